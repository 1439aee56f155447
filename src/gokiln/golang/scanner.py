"""Go's tokens, with every complaint go/scanner has, at the same places and in the same words.

The careful way to read a file: golang.source uses it where the quick way will not do. It goes character by
character (characters.py) like its model, because the order in which errors turn up decides which of them
go/parser keeps; only plain ASCII comments are jumped over.

Tokens are named by what they look like: "IDENT", "INT", "FLOAT", "IMAG", "CHAR", "STRING", "COMMENT",
"ILLEGAL", "EOF", a keyword, or an operator ("(", ";", "...").

Source: go/scanner/scanner.go, go1.26.
"""

from __future__ import annotations

import os.path

from gokiln.base.quote import quote_rune
from gokiln.golang.characters import BOM, EOF, Characters, SourceFile, digit_value, unicode_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.golang.position import Position

KEYWORDS = frozenset(
    (
        *("break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func"),
        *("go", "goto", "if", "import", "interface", "map", "package", "range", "return", "select", "struct"),
        *("switch", "type", "var"),
    )
)
LITERALS = frozenset(("IDENT", "INT", "FLOAT", "IMAG", "CHAR", "STRING"))
_ENDS_STATEMENT = frozenset(("break", "continue", "fallthrough", "return"))
_MAX_LINE_COLUMN = 1 << 30  # cmd/compile's PosMax

# Operators by their first character, longest first.
_OPERATORS = {
    "/": ("/=",),
    ":": (":=",),
    "+": ("+=", "++"),
    "-": ("-=", "--"),
    "*": ("*=",),
    "%": ("%=",),
    "^": ("^=",),
    "<": ("<-", "<<=", "<<", "<="),
    ">": (">>=", ">>", ">="),
    "=": ("==",),
    "!": ("!=",),
    "&": ("&^=", "&^", "&=", "&&"),
    "|": ("|=", "||"),
    ".": ("...",),
    **dict.fromkeys(",;()[]{}~", ()),
}
_ENDING_OPERATORS = frozenset((")", "]", "}", "++", "--"))


class Scanner(Characters):
    """Hands out one token at a time: scan() -> (offset, token, text).

    on_error(offset's Position, message) is told of each error; scanning goes on.
    """

    __slots__ = ("insert_semi", "newline_offset")

    def __init__(self, file: SourceFile, on_error: Callable[[Position, str], None]) -> None:
        super().__init__(file, on_error)
        self.insert_semi = False
        self.newline_offset = -1  # of the first newline in the comment just scanned, which ends a statement

    def scan(self) -> tuple[int, str, bytes]:
        """The next token: where it starts, its name, its text where that is not the name (carriage returns are
        taken out of comments and raw strings; a semicolon's text is ";" or "\\n")."""
        if self.newline_offset >= 0:
            at, self.newline_offset = self.newline_offset, -1
            return at, ";", b"\n"
        while self.ch in (0x20, 0x09, 0x0D) or (self.ch == 0x0A and not self.insert_semi):
            self.next()
        start, ch = self.offset, self.ch
        if _is_letter(ch):
            self.insert_semi = True
            text = self._identifier()
            word = text.decode("utf-8", "replace")
            if word in KEYWORDS:
                self.insert_semi = word in _ENDS_STATEMENT
                return start, word, text
            return start, "IDENT", text
        if 0x30 <= ch <= 0x39 or (ch == 0x2E and 0x30 <= self.peek() <= 0x39):
            self.insert_semi = True
            from gokiln.golang.numberscan import NumberScanner

            token = NumberScanner(self).scan()
            return start, token, self.src[start : self.offset]
        self.next()
        return self._scan_other(start, ch)

    def _scan_other(self, start: int, ch: int) -> tuple[int, str, bytes]:
        """scan() for what begins with neither a letter nor a digit; ch, at start, has been stepped over."""
        if ch == EOF or ch == 0x0A:
            at_end = ch == EOF and not self.insert_semi
            self.insert_semi = False
            return (start, "EOF", b"") if at_end else (start, ";", b"\n")
        char = chr(ch)
        if char in "\"'`":
            self.insert_semi = True
            if char == '"':
                return start, "STRING", self._string()
            return (start, "CHAR", self._rune()) if char == "'" else (start, "STRING", self._raw_string())
        if char == "/" and self.ch in (0x2F, 0x2A):
            text, newline = self._comment()
            if self.insert_semi and newline:
                self.newline_offset = newline
                self.insert_semi = False
            return start, "COMMENT", text
        choices = _OPERATORS.get(char)
        if choices is None:
            return self._illegal(start, ch)
        token = char
        for choice in choices:
            if self.src.startswith(choice.encode(), start):
                token = choice
                for _ in range(len(choice) - 1):
                    self.next()
                break
        self.insert_semi = token in _ENDING_OPERATORS
        return start, token, b";" if token == ";" else b""

    def _illegal(self, start: int, ch: int) -> tuple[int, str, bytes]:
        if ch in (0x201C, 0x201D):
            self.error(start, f"curly quotation mark {quote_rune(ch)} (use neutral {quote_rune(0x22)})")
        elif ch != BOM:
            self.error(start, f"illegal character {unicode_name(ch)}")
        return start, "ILLEGAL", chr(ch).encode("utf-8", "replace")

    def _identifier(self) -> bytes:
        start = self.offset
        while _is_letter(self.ch) or _is_digit(self.ch):
            self.next()
        return self.src[start : self.offset]

    def _comment(self) -> tuple[bytes, int]:
        """The comment whose first "/" has been stepped over, and the offset of a newline within it (0: none)."""
        start = self.offset - 1
        newline = 0
        next_offset = -1  # just after the comment; < 0 for one that is not closed
        if self.ch == 0x2F:
            end = self.src.find(b"\n", start)
            self.jump(end if end >= 0 else len(self.src))
            while self.ch not in (0x0A, EOF):
                self.next()
            next_offset = self.offset + (self.ch == 0x0A)
        else:
            end = self.src.find(b"*/", start + 2)
            self.next()  # over the star: /*/ is not closed
            if end >= 0:
                newline = max(0, self.src.find(b"\n", start, end))
                self.jump(end + 2)
            closed = end >= 0 and self.offset == end + 2
            while not closed and self.ch >= 0:
                was = self.ch
                if was == 0x0A and not newline:
                    newline = self.offset
                self.next()
                if was == 0x2A and self.ch == 0x2F:
                    self.next()
                    closed = True
            if closed:
                next_offset = self.offset
            else:
                self.error(start, "comment not terminated")
        text = self.src[start : self.offset]
        block = text[1] == 0x2A
        if not block and text.endswith(b"\r"):
            text = text[:-1]
        if next_offset >= 0 and (block or start == self.line_offset) and text.startswith(b"line ", 2):
            self._line_comment(next_offset, start, text)
        return (strip_cr(text, block) if b"\r" in text else text), newline

    def _line_comment(self, next_offset: int, start: int, text: bytes) -> None:
        """Heed `//line file:line[:column]`."""
        text = text[7:-2] if text[1] == 0x2A else text[7:]
        start += 7
        colon, number = _trailing_digits(text)
        if not colon:
            return
        if number is None:
            self.error(start + colon, "invalid line number: " + _show(text[colon:]))
            return
        line, column, line_at = number, 0, colon
        colon2, number2 = _trailing_digits(text[: colon - 1])
        if number2 is not None:
            line, column, line_at = number2, number, colon2
            if column == 0 or column > _MAX_LINE_COLUMN:
                self.error(start + colon, "invalid column number: " + _show(text[colon:]))
                return
            text = text[: colon - 1]
        if line == 0 or line > _MAX_LINE_COLUMN:
            self.error(start + line_at, "invalid line number: " + _show(text[line_at:]))
            return
        name = text[: line_at - 1].decode("utf-8", "surrogateescape")
        if not name and number2 is not None:
            name = self.file.position(start).filename
        elif name:
            name = _clean(os.path.join(os.path.dirname(self.file.filename), name))
        self.file.add_line_info(next_offset, name, line, column)

    def _string(self) -> bytes:
        start = self.offset - 1
        while True:
            ch = self.ch
            if ch == 0x0A or ch < 0:
                self.error(start, "string literal not terminated")
                break
            self.next()
            if ch == 0x22:
                break
            if ch == 0x5C:
                self._escape(0x22)
        return self.src[start : self.offset]

    def _raw_string(self) -> bytes:
        start = self.offset - 1
        while True:
            ch = self.ch
            if ch < 0:
                self.error(start, "raw string literal not terminated")
                break
            self.next()
            if ch == 0x60:
                break
        return self.src[start : self.offset].replace(b"\r", b"")

    def _rune(self) -> bytes:
        start = self.offset - 1
        valid = True
        count = 0
        while True:
            ch = self.ch
            if ch == 0x0A or ch < 0:
                if valid:
                    self.error(start, "rune literal not terminated")
                    valid = False
                break
            self.next()
            if ch == 0x27:
                break
            count += 1
            if ch == 0x5C and not self._escape(0x27):
                valid = False
        if valid and count != 1:
            self.error(start, "illegal rune literal")
        return self.src[start : self.offset]

    def _escape(self, quote: int) -> bool:
        """Step over an escape after its backslash; False, at the offending character, when it is none."""
        start, ch = self.offset, self.ch
        if ch == quote or (ch >= 0 and chr(ch) in "abfnrtv\\"):
            self.next()
            return True
        if 0x30 <= ch <= 0x37:
            count, base, most = 3, 8, 255
        elif ch >= 0 and chr(ch) in "xuU":
            self.next()
            count, base, most = {0x78: (2, 16, 255), 0x75: (4, 16, 0x10FFFF), 0x55: (8, 16, 0x10FFFF)}[ch]
        else:
            self.error(start, "escape sequence not terminated" if ch < 0 else "unknown escape sequence")
            return False
        value = 0
        for _ in range(count):
            digit = digit_value(self.ch)
            if digit >= base:
                what = f"illegal character {unicode_name(self.ch)} in escape sequence" if self.ch >= 0 else ""
                self.error(self.offset, what or "escape sequence not terminated")
                return False
            value = (value * base + digit) & 0xFFFFFFFF
            self.next()
        if value > most or 0xD800 <= value < 0xE000:
            self.error(start, "escape sequence is invalid Unicode code point")
            return False
        return True


def strip_cr(text: bytes, block: bool) -> bytes:
    """Take carriage returns out of a comment; in a /* */ one those stay whose going would close it early."""
    if not block:
        return text.replace(b"\r", b"")
    out = bytearray()
    for i, byte in enumerate(text):
        if byte != 0x0D or (len(out) > 2 and out[-1] == 0x2A and text[i + 1 : i + 2] == b"/"):
            out.append(byte)
    return bytes(out)


def _is_letter(ch: int) -> bool:
    if ch < 0x80:
        return 0x61 <= ch | 0x20 <= 0x7A or ch == 0x5F if ch >= 0 else False
    return chr(ch).isalpha()


def _is_digit(ch: int) -> bool:
    return 0x30 <= ch <= 0x39 or (ch >= 0x80 and chr(ch).isdecimal())


def _trailing_digits(text: bytes) -> tuple[int, int | None]:
    """For `...:123`: the offset of the number and its value (None when it is none); (0, None) without a colon."""
    colon = text.rfind(b":")
    if colon < 0:
        return 0, None
    digits = text[colon + 1 :]
    value = int(digits) if digits.isdigit() else -1
    return colon + 1, value if 0 <= value < 1 << 64 else None


def _show(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _clean(path: str) -> str:
    path = os.path.normpath(path)
    return path[1:] if path.startswith("//") else path

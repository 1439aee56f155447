"""Go's tokens, with every complaint go/scanner has, at the same places and in the same words.

The careful way to read a file: golang.source uses it where the quick way will not do. It goes character by
character like its model, because the order in which errors turn up decides which of them go/parser keeps;
only plain ASCII comments are jumped over.

Tokens are named by what they look like: "IDENT", "INT", "FLOAT", "IMAG", "CHAR", "STRING", "COMMENT",
"ILLEGAL", "EOF", a keyword, or an operator ("(", ";", "...").

Source: go/scanner/scanner.go, go/token/position.go, go1.26.
"""

from __future__ import annotations

import os.path

from gokiln.base.quote import is_print, quote_rune
from gokiln.golang.position import Position

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

KEYWORDS = frozenset(
    (
        *("break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func"),
        *("go", "goto", "if", "import", "interface", "map", "package", "range", "return", "select", "struct"),
        *("switch", "type", "var"),
    )
)
LITERALS = frozenset(("IDENT", "INT", "FLOAT", "IMAG", "CHAR", "STRING"))
_BOM = 0xFEFF
_EOF = -1
_ENDS_STATEMENT = frozenset(("break", "continue", "fallthrough", "return"))
_MAX_LINE_COLUMN = 1 << 30  # cmd/compile's PosMax
_RADIX = {"x": 16, "o": 8, "b": 2}
_RADIX_NAMES = {"x": "hexadecimal", "o": "octal", "0": "octal", "b": "binary"}

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


def unicode_name(code: int) -> str:
    """fmt's %#U: `U+0040 '@'`."""
    return f"U+{code:04X} '{chr(code)}'" if is_print(code) else f"U+{code:04X}"


class SourceFile:
    """The bytes of a file and what its `//line` comments say of places in them (go/token.File)."""

    __slots__ = ("filename", "infos", "size", "src")

    def __init__(self, filename: str, src: bytes) -> None:
        self.filename = filename
        self.src = src
        self.size = len(src)
        self.infos: list[tuple[int, str, int, int]] = []  # offset, filename, line, column (0: unknown)

    def line_for(self, offset: int) -> int:
        """The line a byte is on, from 1, whatever `//line` says. The end of the file starts no line."""
        return self.src.count(b"\n", 0, min(offset, self.size - 1)) + 1 if self.size else 1

    def position(self, offset: int) -> Position:
        """The place of a byte as people are told it."""
        offset = max(0, min(offset, self.size))
        line = self.line_for(offset)
        start = self.src.rfind(b"\n", 0, max(0, min(offset, self.size - 1))) + 1
        for at, filename, alt_line, alt_column in reversed(self.infos):
            if at <= offset:
                distance = line - self.line_for(at)
                column = 0
                if alt_column:
                    column = alt_column + offset - at if distance == 0 else offset - start + 1
                return Position(filename, alt_line + distance, column)
        return Position(self.filename, line, offset - start + 1)

    def add_line_info(self, offset: int, filename: str, line: int, column: int) -> None:
        """From offset on, places are counted from filename:line:column."""
        if (not self.infos or self.infos[-1][0] < offset) and offset < self.size:
            self.infos.append((offset, filename, line, column))


class Scanner:
    """Hands out one token at a time: scan() -> (offset, token, text).

    on_error(offset's Position, message) is told of each error; scanning goes on.
    """

    __slots__ = (
        "ch",
        "file",
        "insert_semi",
        "line_offset",
        "newline_offset",
        "offset",
        "on_error",
        "read_offset",
        "src",
    )

    def __init__(self, file: SourceFile, on_error: Callable[[Position, str], None]) -> None:
        self.file = file
        self.src = file.src
        self.on_error = on_error
        self.ch = 0x20
        self.offset = 0
        self.read_offset = 0
        self.line_offset = 0
        self.insert_semi = False
        self.newline_offset = -1  # of the first newline in the comment just scanned, which ends a statement
        self.next()
        if self.ch == _BOM:
            self.next()

    def error(self, offset: int, message: str) -> None:
        self.on_error(self.file.position(offset), message)

    def next(self) -> None:
        """Step to the next character, complaining of what may not be in a source file."""
        src, at = self.src, self.read_offset
        if at >= len(src):
            self.offset = len(src)
            if self.ch == 0x0A:
                self.line_offset = self.offset
            self.ch = _EOF
            return
        self.offset = at
        if self.ch == 0x0A:
            self.line_offset = at
        ch = src[at]
        width = 1
        if ch == 0:
            self.error(at, "illegal character NUL")
        elif ch >= 0x80:
            ch, width = _decode(src, at)
            if width == 0:
                ch, width = 0xFFFD, 1
                if at == 0 and src[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    self.error(at, "illegal UTF-8 encoding (got UTF-16)")
                    width += len(src)
                else:
                    self.error(at, "illegal UTF-8 encoding")
            elif ch == _BOM and at > 0:
                self.error(at, "illegal byte order mark")
        self.read_offset = at + width
        self.ch = ch

    def jump(self, to: int) -> None:
        """Go to a place when all that lies before it is plain ASCII without NUL; do nothing when it is not."""
        part = self.src[self.offset : to]
        if to > self.offset and self.read_offset == self.offset + 1 and part.isascii() and b"\0" not in part:
            self.ch = part[-1]
            newline = part.rfind(b"\n", 0, -1)
            if newline >= 0:
                self.line_offset = self.offset + newline + 1
            self.read_offset = to
            self.next()

    def peek(self) -> int:
        """The byte after the current character, 0 at the end."""
        return self.src[self.read_offset] if self.read_offset < len(self.src) else 0

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
            token = _NumberScanner(self).scan()
            return start, token, self.src[start : self.offset]
        self.next()
        return self._scan_other(start, ch)

    def _scan_other(self, start: int, ch: int) -> tuple[int, str, bytes]:
        """scan() for what begins with neither a letter nor a digit; ch, at start, has been stepped over."""
        if ch == _EOF or ch == 0x0A:
            at_end = ch == _EOF and not self.insert_semi
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
        elif ch != _BOM:
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
            while self.ch not in (0x0A, _EOF):
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
            digit = _digit_value(self.ch)
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


class _NumberScanner:
    """One number: scan() steps over it and gives INT, FLOAT or IMAG."""

    __slots__ = ("digit_seen", "invalid", "prefix", "s", "separator_seen", "start")

    def __init__(self, scanner: Scanner) -> None:
        self.s = scanner
        self.start = scanner.offset
        self.prefix = ""  # "", "0" (old octal), "x", "o" or "b"
        self.digit_seen = False
        self.separator_seen = False
        self.invalid = -1  # offset of the first digit too big for the base

    def lower(self) -> str:
        return chr(self.s.ch | 0x20) if self.s.ch >= 0 else ""

    def name(self) -> str:
        return _RADIX_NAMES.get(self.prefix, "decimal") + " literal"

    def digits(self, base: int, check: bool) -> bool:
        """Step over digits and underscores; whether there was a digit."""
        s = self.s
        seen = False
        while s.ch == 0x5F or _digit_value(s.ch) < (10 if base <= 10 else 16):
            if s.ch == 0x5F:
                self.separator_seen = True
            else:
                seen = True
                if check and base <= 10 and s.ch >= 0x30 + base and self.invalid < 0:
                    self.invalid = s.offset
            s.next()
        return seen

    def scan(self) -> str:
        s = self.s
        token = ""
        base = 10
        if s.ch != 0x2E:
            token = "INT"
            if s.ch == 0x30:
                s.next()
                letter = self.lower()
                if letter in ("x", "o", "b"):
                    s.next()
                    base, self.prefix = _RADIX[letter], letter
                else:
                    base, self.prefix = 8, "0"
                    self.digit_seen = True
            self.digit_seen |= self.digits(base, True)
        if s.ch == 0x2E:
            token = "FLOAT"
            if self.prefix in ("o", "b"):
                s.error(s.offset, f"invalid radix point in {self.name()}")
            s.next()
            self.digit_seen |= self.digits(base, True)
        if not self.digit_seen:
            s.error(s.offset, f"{self.name()} has no digits")
        token = self.exponent(token)
        if s.ch == 0x69:
            token = "IMAG"
            s.next()
        self.check(token)
        return token

    def exponent(self, token: str) -> str:
        s = self.s
        letter = self.lower()
        if letter in ("e", "p") and letter:
            if letter == "e" and self.prefix not in ("", "0"):
                s.error(s.offset, f"{quote_rune(s.ch)} exponent requires decimal mantissa")
            elif letter == "p" and self.prefix != "x":
                s.error(s.offset, f"{quote_rune(s.ch)} exponent requires hexadecimal mantissa")
            s.next()
            if s.ch in (0x2B, 0x2D):
                s.next()
            if not self.digits(10, False):
                s.error(s.offset, "exponent has no digits")
            return "FLOAT"
        if self.prefix == "x" and token == "FLOAT":
            s.error(s.offset, "hexadecimal mantissa requires a 'p' exponent")
        return token

    def check(self, token: str) -> None:
        s = self.s
        text = s.src[self.start : s.offset]
        if token == "INT" and self.invalid >= 0:
            s.error(self.invalid, f"invalid digit {quote_rune(s.src[self.invalid])} in {self.name()}")
        if self.separator_seen:
            at = _invalid_separator(text.decode("ascii"))
            if at >= 0:
                s.error(self.start + at, "'_' must separate successive digits")


def strip_cr(text: bytes, block: bool) -> bytes:
    """Take carriage returns out of a comment; in a /* */ one those stay whose going would close it early."""
    if not block:
        return text.replace(b"\r", b"")
    out = bytearray()
    for i, byte in enumerate(text):
        if byte != 0x0D or (len(out) > 2 and out[-1] == 0x2A and text[i + 1 : i + 2] == b"/"):
            out.append(byte)
    return bytes(out)


def _decode(src: bytes, at: int) -> tuple[int, int]:
    """The code point at a byte >= 0x80 and its width, or (0, 0) where there is no UTF-8."""
    width = 2 if src[at] < 0xE0 else 3 if src[at] < 0xF0 else 4
    try:
        return ord(src[at : at + width].decode("utf-8")), width
    except (UnicodeDecodeError, TypeError):
        return 0, 0


def _is_letter(ch: int) -> bool:
    if ch < 0x80:
        return 0x61 <= ch | 0x20 <= 0x7A or ch == 0x5F if ch >= 0 else False
    return chr(ch).isalpha()


def _is_digit(ch: int) -> bool:
    return 0x30 <= ch <= 0x39 or (ch >= 0x80 and chr(ch).isdecimal())


def _digit_value(ch: int) -> int:
    if 0x30 <= ch <= 0x39:
        return ch - 0x30
    if ch >= 0 and 0x61 <= ch | 0x20 <= 0x66:
        return (ch | 0x20) - 0x61 + 10
    return 16


def _invalid_separator(text: str) -> int:
    """Where an underscore stands that does not part two digits, or -1."""
    radix = " "
    before = "."
    at = 0
    if len(text) >= 2 and text[0] == "0" and text[1].lower() in "xob":
        radix = text[1].lower()
        before = "0"
        at = 2
    for i in range(at, len(text)):
        char = text[i]
        if char == "_":
            if before != "0":
                return i
            before = "_"
        elif char.isdecimal() or (radix == "x" and char.lower() in "abcdef"):
            before = "0"
        else:
            if before == "_":
                return i - 1
            before = "."
    return len(text) - 1 if before == "_" else -1


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

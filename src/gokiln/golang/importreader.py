"""How far go/build reads a Go file: the bytes up to the first code after the imports.

Rougher than the parser (keywords may be names, semicolons are white space), it decides only what the parser
is shown: on anything it does not expect, the whole file. A NUL that it meets makes the file unreadable.

Source: go/build/read.go, cmd/go/internal/imports/read.go, go1.26.
"""

from __future__ import annotations

NUL_ERROR = "unexpected NUL in input"
_SPACES = b" \f\t\r\n;"


class _SyntaxError(Exception):
    """Not what was expected; never leaves this module."""


class _NulError(Exception):
    """A NUL byte was read; never leaves this module."""


class ImportReader:
    """Reads on construction. data has no byte order mark.

    header_end: where the header ends. syntax_error: reading stopped at something unexpected, header_end is
    then the end of data. nul: a NUL was met, nothing else holds. literals: the import paths seen, with quotes.
    """

    __slots__ = ("at", "data", "header_end", "literals", "nul", "syntax_error")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.literals: list[bytes] = []
        self.nul = False
        self.syntax_error = False
        self.header_end = len(data)
        try:
            self.read()
            self.header_end = min(self.at, len(data))
        except _SyntaxError:
            self.syntax_error = True
        except _NulError:
            self.nul = True

    def peek(self) -> int:
        """The next byte, or -1 at the end."""
        if self.at >= len(self.data):
            return -1
        ch = self.data[self.at]
        if ch == 0:
            raise _NulError
        return ch

    def skip(self) -> int:
        """Pass over white space, semicolons and comments, and peek."""
        data = self.data
        while True:
            ch = self.peek()
            if ch < 0 or ch not in _SPACES:
                if ch != 0x2F:
                    return ch
                self.skip_comment()
                continue
            self.at += 1
        return data[self.at]

    def skip_comment(self) -> None:
        """Go past the comment that begins here, its newline included. Raises _SyntaxError, _NulError."""
        data, start = self.data, self.at
        self.at += 1
        kind = self.peek()
        if kind == 0x2F:
            end = data.find(b"\n", start)
            end = end + 1 if end >= 0 else len(data)
        elif kind == 0x2A:
            close = data.find(b"*/", start + 2)
            end = close + 2 if close >= 0 else len(data)
        else:
            raise _SyntaxError
        if data.find(b"\0", start, end) >= 0:
            raise _NulError
        if kind == 0x2A and not (end >= start + 4 and data.endswith(b"*/", start + 2, end)):
            raise _SyntaxError
        self.at = end

    def word(self) -> None:
        """Go past a name. Raises _SyntaxError when there is none."""
        if not _is_ident(self.peek()):
            raise _SyntaxError
        while _is_ident(self.peek()):
            self.at += 1

    def keyword(self, keyword: bytes) -> None:
        """Go past blanks and this keyword. Raises _SyntaxError when it is another."""
        self.skip()
        for byte in keyword:
            if self.peek() != byte:
                raise _SyntaxError
            self.at += 1
        if _is_ident(self.peek()):
            raise _SyntaxError

    def string(self) -> None:
        """Go past blanks and a string, and note it as it is written. Raises _SyntaxError."""
        quote = self.skip()
        start = self.at
        if quote not in (0x60, 0x22):
            if quote >= 0:
                self.at += 1
            raise _SyntaxError
        self.at += 1
        while True:
            ch = self.peek()
            if ch < 0 or (ch == 0x0A and quote == 0x22):
                raise _SyntaxError
            self.at += 1
            if ch == quote:
                break
            if ch == 0x5C and quote == 0x22 and self.peek() >= 0:
                self.at += 1
        self.literals.append(self.data[start : self.at])

    def import_spec(self) -> None:
        """Go past one import: perhaps a name or a dot, then the string. Raises _SyntaxError."""
        ch = self.skip()
        if ch == 0x2E:
            self.at += 1
        elif _is_ident(ch):
            self.word()
        self.string()

    def read(self) -> None:
        """Go past the package clause and all imports. Raises _SyntaxError, _NulError."""
        self.keyword(b"package")
        self.skip()
        self.word()
        while self.skip() == 0x69:
            self.keyword(b"import")
            if self.skip() == 0x28:
                self.at += 1
                while self.skip() != 0x29:
                    self.import_spec()
                self.at += 1
            else:
                self.import_spec()


def comments_end(data: bytes) -> tuple[int, str]:
    """How far the leading comments of a file of any language reach: (end, reading error or "").

    go/build's readComments: the header of .s, .c, .h ... files.
    """
    reader = ImportReader(b"")
    reader.data = data
    try:
        reader.skip()
    except _SyntaxError:
        return min(reader.at, len(data)), "syntax error"
    except _NulError:
        return min(reader.at, len(data)), NUL_ERROR
    return reader.at, ""


def _is_ident(ch: int) -> bool:
    return ch >= 0x80 or 0x30 <= ch <= 0x39 or ch == 0x5F or 0x61 <= ch | 0x20 <= 0x7A

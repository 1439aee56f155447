"""A source file character by character, with a complaint of each that may not be there.

Source: go/scanner/scanner.go (next), go/token/position.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import is_print
from gokiln.golang.position import Position

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BOM = 0xFEFF
EOF = -1


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


class Characters:
    """Steps through a file. ch: the current character, EOF at the end; offset: where it is; src: the bytes.

    on_error(offset's Position, message) is told of each error.
    """

    __slots__ = ("ch", "file", "line_offset", "offset", "on_error", "read_offset", "src")

    def __init__(self, file: SourceFile, on_error: Callable[[Position, str], None]) -> None:
        self.file = file
        self.src = file.src
        self.on_error = on_error
        self.ch = 0x20
        self.offset = 0
        self.read_offset = 0
        self.line_offset = 0
        self.next()
        if self.ch == BOM:
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
            self.ch = EOF
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
            elif ch == BOM and at > 0:
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


def _decode(src: bytes, at: int) -> tuple[int, int]:
    """The code point at a byte >= 0x80 and its width, or (0, 0) where there is no UTF-8."""
    width = 2 if src[at] < 0xE0 else 3 if src[at] < 0xF0 else 4
    try:
        return ord(src[at : at + width].decode("utf-8")), width
    except (UnicodeDecodeError, TypeError):
        return 0, 0


def digit_value(ch: int) -> int:
    """What a digit counts, up to 15; 16 for what is none."""
    if 0x30 <= ch <= 0x39:
        return ch - 0x30
    if ch >= 0 and 0x61 <= ch | 0x20 <= 0x66:
        return (ch | 0x20) - 0x61 + 10
    return 16

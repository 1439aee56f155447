"""A test program's output, cut into lines, as far as they fit.

Source: cmd/internal/test2json/test2json.go (lineBuffer), go1.26 and go1.27.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FRAME = 0x16  # ^V: what follows is the testing package's own line
ESCAPE = 0x1B  # ^[


class LineBuffer:
    """Cuts a stream into lines: line(x) for each whole one that fits, part(x) for pieces of longer ones.

    Pieces end where UTF-8 sequences do. A ^V that does not begin a line begins one. escapes: ^[ takes a following
    ^V's meaning away (go1.27).
    """

    __slots__ = ("_buffer", "_escaped", "_escapes", "_line", "_middle", "_part", "_size")

    def __init__(
        self, size: int, line: Callable[[bytes], None], part: Callable[[bytes], None], *, escapes: bool = False
    ) -> None:
        self._size = size
        self._line = line
        self._part = part
        self._escapes = escapes
        self._escaped = False
        self._middle = False
        self._buffer = b""

    def write(self, data: bytes) -> None:
        """More of the stream."""
        at = 0
        while at < len(data):
            room = self._size - len(self._buffer)
            self._buffer += data[at : at + room]
            at += room
            self._process()

    def flush(self) -> None:
        """The stream's end: what is left is part of a line."""
        if self._buffer:
            self._part(self._buffer)
            self._buffer = b""

    def _process(self) -> None:
        buffer = self._buffer
        i = 0
        while i < len(buffer):
            end = self._line_end(buffer, i)
            if end < 0:
                if not self._middle:
                    tab = buffer.find(b"\t", i)
                    if tab >= 0 and is_benchmark_name(buffer[i:tab].rstrip(b" ")):
                        self._part(buffer[i : tab + 1])
                        self._middle = True
                        i = tab + 1
                break
            if self._middle:
                self._part(buffer[i:end])
                self._middle = False
            else:
                self._line(buffer[i:end])
            i = end
        if i == 0 and len(buffer) == self._size:
            i = trim_utf8(buffer)
            self._part(buffer[:i])
            self._middle = True
        self._buffer = buffer[i:]

    def _line_end(self, buffer: bytes, start: int) -> int:
        """Where the line ends that begins at start (after its newline, or before a ^V), or -1."""
        if self._escapes and (self._escaped or ESCAPE in buffer[start:]):
            return self._escaped_line_end(buffer, start)
        newline = buffer.find(b"\n", start)
        mark = buffer.find(b"\x16", start + 1, newline if newline >= 0 else len(buffer))
        return mark if mark >= 0 else newline + 1 or -1

    def _escaped_line_end(self, buffer: bytes, start: int) -> int:
        for i in range(start, len(buffer)):
            byte = buffer[i]
            if byte == 0x0A:
                return i + 1
            if self._escaped:
                self._escaped = False
            elif byte == ESCAPE:
                self._escaped = True
            elif byte == FRAME and i > start:
                return i
        return -1


def is_benchmark_name(name: bytes) -> bool:
    """Whether a benchmark's result line may begin with this."""
    if not name.startswith(b"Benchmark"):
        return False
    rest = name[len(b"Benchmark") :]
    return not rest or not rest.decode("utf-8", "replace")[0].islower()


def trim_utf8(data: bytes) -> int:
    """How much of data ends before an unfinished UTF-8 sequence."""
    for i in range(1, min(4, len(data) + 1)):
        byte = data[-i]
        if byte & 0xC0 == 0x80:
            continue
        needed = 2 if byte & 0xE0 == 0xC0 else 3 if byte & 0xF0 == 0xE0 else 4 if byte & 0xF8 == 0xF0 else 1
        return len(data) - i if i < needed else len(data)
    return len(data)

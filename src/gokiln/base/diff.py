"""Differences of two texts in the unified format, as Go's internal/diff prints them.

The chosen common lines hang on lines that occur once in both texts ("anchored diff"): clearer than the shortest edit
for files of many similar lines, and fast.

Source: internal/diff/diff.go, go1.26.
"""

from __future__ import annotations

from bisect import bisect_left

_CONTEXT = 3

TYPE_CHECKING = False
if TYPE_CHECKING:
    Pair = tuple[int, int]


def diff(old_name: str, old: bytes, new_name: str, new: bytes) -> bytes:
    """The difference of two texts, b"" when they are equal."""
    if old == new:
        return b""
    head = f"diff {old_name} {new_name}\n--- {old_name}\n+++ {new_name}\n"
    return head.encode("utf-8", "surrogateescape") + _Chunks(_lines(old), _lines(new)).text()


class _Chunks:
    """The chunks of a difference, built match by match."""

    def __init__(self, x: list[bytes], y: list[bytes]) -> None:
        self.x = x
        self.y = y
        self.out: list[bytes] = []
        self.lines: list[bytes] = []  # of the chunk that is being built
        self.start: Pair = (0, 0)
        self.removed = self.added = 0  # lines of either side in it, common ones counted in both

    def _add(self, mark: bytes, lines: list[bytes]) -> None:
        self.lines += [mark + line for line in lines]
        if mark != b"+":
            self.removed += len(lines)
        if mark != b"-":
            self.added += len(lines)

    def _flush(self) -> None:
        # Lines count from 1, but an empty side is 0,0.
        at_x = self.start[0] + (1 if self.removed else 0)
        at_y = self.start[1] + (1 if self.added else 0)
        self.out.append(b"@@ -%d,%d +%d,%d @@\n" % (at_x, self.removed, at_y, self.added))
        self.out += self.lines
        self.lines = []
        self.removed = self.added = 0

    def text(self) -> bytes:
        """All chunks."""
        x, y = self.x, self.y
        done_x = done_y = 0
        for match_x, match_y in _anchors(x, y):
            if match_x < done_x:
                continue
            from_x, from_y = match_x, match_y
            while from_x > done_x and from_y > done_y and x[from_x - 1] == y[from_y - 1]:
                from_x -= 1
                from_y -= 1
            to_x, to_y = match_x, match_y
            while to_x < len(x) and to_y < len(y) and x[to_x] == y[to_y]:
                to_x += 1
                to_y += 1
            self._add(b"-", x[done_x:from_x])
            self._add(b"+", y[done_y:from_y])
            common = to_x - from_x
            at_end = to_x >= len(x) and to_y >= len(y)
            if not at_end and (common < _CONTEXT or (self.lines and common < 2 * _CONTEXT)):
                # Too little in common to end the chunk.
                self._add(b" ", x[from_x:to_x])
                done_x, done_y = to_x, to_y
                continue
            if self.lines:
                self._add(b" ", x[from_x : from_x + min(common, _CONTEXT)])
                self._flush()
            if at_end:
                break
            self.start = to_x - _CONTEXT, to_y - _CONTEXT
            self._add(b" ", x[self.start[0] : to_x])
            done_x, done_y = to_x, to_y
        return b"".join(self.out)


def _lines(text: bytes) -> list[bytes]:
    lines = text.splitlines(keepends=True) if b"\r" not in text else _split(text)
    if lines and not lines[-1].endswith(b"\n"):
        lines[-1] += b"\n\\ No newline at end of file\n"
    return lines


def _split(text: bytes) -> list[bytes]:
    parts = text.split(b"\n")
    last = parts.pop()
    return [part + b"\n" for part in parts] + ([last] if last else [])


def _anchors(x: list[bytes], y: list[bytes]) -> list[Pair]:
    """The longest common subsequence of lines that are unique in both, between (0, 0) and the two ends."""
    once_x = _unique(x)
    once_y = _unique(y)
    in_both = [(i, line) for line, i in once_x.items() if line in once_y]
    order = {line: j for j, line in enumerate(line for line in once_y if line in once_x)}
    at_y = [i for line, i in once_y.items() if line in once_x]
    ranks = [order[line] for _, line in in_both]
    # Patience sorting; the length of the best subsequence that ends at each line.
    tops: list[int] = []
    lengths: list[int] = []
    for rank in ranks:
        k = bisect_left(tops, rank)
        tops[k : k + 1] = [rank]
        lengths.append(k + 1)
    wanted = max(lengths, default=0)
    pairs: list[Pair] = []
    last = len(ranks)
    for i in range(len(ranks) - 1, -1, -1):
        if lengths[i] == wanted and ranks[i] < last:
            pairs.append((in_both[i][0], at_y[ranks[i]]))
            wanted -= 1
    return [(0, 0), *reversed(pairs), (len(x), len(y))]


def _unique(lines: list[bytes]) -> dict[bytes, int]:
    """Lines that occur once, with their index, in order."""
    count: dict[bytes, int] = {}
    for line in lines:
        count[line] = count.get(line, 0) + 1
    return {line: i for i, line in enumerate(lines) if count[line] == 1}

"""What a package would have printed without -v, told from its output with it.

Without -v a test that passes is silent, and one that fails first says so, then what it logged, its failed subtests
among that where they ended, each level indented by four. With -v logs come as they are written, and the reports of
subtests at the end of the whole test, or, with -test.v=test2json, where each ends, but not indented. What a program
prints itself comes at once in both.

Source: flushToParent, report in testing/testing.go, go1.26.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Piece = tuple[str, bytes]  # (test or "" for the package, text)

_INDENT = b"    "


def without_v(pieces: Sequence[Piece], failed: set[str]) -> bytes:
    """pieces: all output in order, with an empty text where a test began or went on. failed: names of tests."""
    rest = [text for test, text in pieces if not test]
    if not failed and not any(text.startswith((b"FAIL", b"panic:")) for text in rest):
        return next((text for text in reversed(rest) if text.startswith(b"ok  \t")), b"")
    out = [text for test, text in pieces if test and text and not text.startswith(b" ") and not _is_report(text)]
    failures = _Failures(pieces, failed)
    for name in failures.top:
        out += failures.lines(name, 0)
    return b"".join(out + [text for text in rest if text != b"PASS\n"])


def _is_report(text: bytes) -> bool:
    return text.lstrip(b" ").startswith((b"--- FAIL: ", b"--- PASS: ", b"--- SKIP: "))


class _Failures:
    """The tree of failed tests. top: those that are nobody's subtests, in the order of their reports."""

    def __init__(self, pieces: Sequence[Piece], failed: set[str]) -> None:
        self.reports: dict[str, bytes] = {}
        self.logs: dict[str, list[tuple[int, bytes]]] = {name: [] for name in failed}
        self.last: dict[str, int] = dict.fromkeys(failed, 0)  # where a test or one of its subtests was heard of last
        self.children: dict[str, list[str]] = {name: [] for name in failed}
        for i, (test, text) in enumerate(pieces):
            if _is_report(text):
                self.reports.setdefault(test, text)
                continue
            if text.startswith(b" ") and test in failed:
                self.logs[test].append((i, text))
            while test:
                if test in failed:
                    self.last[test] = i
                test = test.rpartition("/")[0]
        self.top: list[str] = []
        for name in failed:
            parent = name.rpartition("/")[0]
            while parent and parent not in failed:
                parent = parent.rpartition("/")[0]
            (self.children[parent] if parent else self.top).append(name)
        order = {name: i for i, name in enumerate(self.reports)}
        self.top.sort(key=lambda name: (order.get(name, len(order)), self.last[name]))

    def lines(self, name: str, depth: int) -> list[bytes]:
        """The report of a test, its logs, and its failed subtests where they ended."""
        items = [(i, [_INDENT * depth + text]) for i, text in self.logs[name]]
        items += [(self.last[child], self.lines(child, depth + 1)) for child in self.children[name]]
        items.sort(key=lambda item: item[0])
        report = self.reports.get(name, b"").lstrip(b" ")
        return [_INDENT * depth + report if report else b"", *(line for _, lines in items for line in lines)]

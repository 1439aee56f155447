"""What became of every test: a package's events gathered for reports.

A Collector listens to one package's output through a conversion of its own, whatever the user sees of it.
"""

from __future__ import annotations

import re

from gokiln.gotest.test2json import Converter
from gokiln.gotest.withoutv import without_v

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.gotest.test2json import TestEvent

_KEEP_OUTPUT = 1 << 20  # bytes of one test's output that are kept for reports
_FRAMING = (b"=== RUN   ", b"=== PAUSE ", b"=== CONT  ", b"=== NAME  ")
_PLACE = re.compile(rb"^\s*([^\s:]+\.go):(\d+): (.*)$", re.MULTILINE)


class TestCase:
    """One test, subtest, example or benchmark. result: "pass", "fail", "skip", "" while it has not ended.

    elapsed: seconds. output: what it printed, without the lines that only say what runs.
    """

    __test__ = False
    __slots__ = ("elapsed", "name", "output", "result")

    def __init__(self, name: str) -> None:
        self.name = name
        self.result = ""
        self.elapsed = 0.0
        self.output = bytearray()

    @property
    def root(self) -> str:
        """The name of the top-level test."""
        return self.name.split("/", 1)[0]

    def place(self) -> tuple[str, int, str]:
        """(file, line, message) of the first thing it complains about; ("", 0, "") when it names no place."""
        m = _PLACE.search(self.output)
        if m is None:
            return "", 0, ""
        file, line, message = m.groups()
        return file.decode("utf-8", "replace"), int(line), message.decode("utf-8", "replace")


class Collector:
    """The tests of one package, in the order in which they were first heard of.

    rest: output of no test. pieces: (test or "", output) in the order it came, when keep_pieces asks for it. listen:
    is told of every event that says what a test does.
    """

    def __init__(
        self, minor: int, keep_pieces: bool = False, listen: Callable[[TestEvent], None] | None = None
    ) -> None:
        self._listen = listen
        self.tests: dict[str, TestCase] = {}
        self.rest = bytearray()
        self.pieces: list[tuple[str, bytes]] = []
        self._keep_pieces = keep_pieces
        self._converter = Converter(self._take, minor=minor)

    def write(self, data: bytes) -> None:
        """More of the package's output."""
        self._converter.write(data)

    def close(self, ok: bool) -> None:
        """The package has ended."""
        self._converter.exited(ok)
        self._converter.close()
        for case in self.tests.values():
            if not case.result:
                case.result = "pass" if ok else "fail"  # it panicked, or ran out of time

    def _take(self, event: TestEvent) -> None:
        if self._keep_pieces and event.output is not None:
            self.pieces.append((event.test, b"" if event.output.startswith(_FRAMING) else event.output))
        if event.test and event.output is None and self._listen is not None:
            self._listen(event)
        if not event.test:
            if event.output is not None and len(self.rest) < _KEEP_OUTPUT:
                self.rest += event.output
            return
        case = self.tests.get(event.test)
        if case is None:
            case = self.tests[event.test] = TestCase(event.test)
        if event.output is not None:
            if not event.output.startswith(_FRAMING) and len(case.output) < _KEEP_OUTPUT:
                case.output += event.output
        elif event.action in ("pass", "fail", "skip"):
            case.result = event.action
            case.elapsed = event.elapsed or 0.0
        elif event.action == "bench":
            case.result = "pass"

    def failed(self, and_above: bool = False) -> list[TestCase]:
        """The tests that failed, without those above a failed subtest; and_above: but for those that name a place."""
        bad = [case for case in self.tests.values() if case.result == "fail"]
        return [
            case
            for case in bad
            if not any(other.name.startswith(case.name + "/") for other in bad) or (and_above and case.place()[0])
        ]

    def count(self, result: str) -> int:
        """How many tests ended so."""
        return sum(case.result == result for case in self.tests.values())

    def without_v(self) -> bytes:
        """What the user would have seen without -v, as well as it can be told from the output with it."""
        return without_v(self.pieces, {case.name for case in self.tests.values() if case.result == "fail"})

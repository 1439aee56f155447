"""The output of one test on its way: shown at once or in the package's turn, as it is or as JSON, and kept for later.

Source: the writers that runTestActor chains in cmd/go/internal/test/test.go, go1.26.
"""

from __future__ import annotations

import time

from gokiln.events import TestChanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.gotest.collect import Collector
    from gokiln.gotest.state import Session, TestRun
    from gokiln.gotest.test2json import Converter, TestEvent


class TestOutput:
    """Where the output of one test goes: to the user at once, into a buffer, into the JSON conversion, or both.

    kept: the bytes so far. direct: the program may write to our stdout itself. json: the conversion, or None.
    """

    __slots__ = ("_collector", "_show", "_watch", "direct", "json", "keeps", "kept", "run", "session")

    def __init__(self, session: Session, run: TestRun) -> None:
        self.session = session
        self.run = run
        self.kept = bytearray()
        self.json: Converter | None = None
        if session.flags.json:
            from gokiln.gotest.test2json import Converter

            self.json = Converter(self._emit, minor=session.config.toolchain.release.minor)
        self._collector: Collector | None = None
        self.collect(session.quiet_v, session.live_v)
        self.keeps = not session.stream
        self._show = session.stream or session.stream_and_keep
        self._watch = session.watch_output
        self.direct = session.stream and self.json is None and self._watch is None and self._collector is None

    def collect(self, quiet_v: bool, live_v: bool) -> None:
        """Say how the program will run (TestRun), before it has written anything."""
        session, run = self.session, self.run
        run.quiet_v, run.live_v = quiet_v, live_v
        if session.collects:
            from gokiln.gotest.collect import Collector

            minor = session.config.toolchain.release.minor
            listen = self._show_test if session.live else None
            self._collector = run.collector = Collector(minor, quiet_v, listen)

    def _emit(self, event: TestEvent) -> None:
        from gokiln.gotest.test2json import json_line

        self.session.write(json_line(event, self.run.package.import_path, time.time_ns()))

    def _show_test(self, event: TestEvent) -> None:
        sink, name = self.session.config.sink, self.run.package.import_path
        sink.tell(TestChanged(name, event.test, event.action, time.monotonic()))

    def write(self, data: bytes) -> None:
        """More output."""
        if self._show:
            if self.json is not None:
                self.json.write(data)
            else:
                self.session.write(data)
        if self.keeps:
            self.kept += data
        if self._collector is not None:
            self._collector.write(data)
        if self._watch is not None:
            self._watch(self.run, data)

    def text(self, text: str) -> None:
        """A line of our own."""
        self.write(text.encode("utf-8", "surrogateescape"))

    def close(self, ok: bool) -> None:
        """Nothing more comes: what has not been shown waits for the package's turn."""
        if self.json is not None:
            self.json.exited(ok)
            self.json.close()
        if self._collector is not None:
            self._collector.close(ok)
            if self.run.quiet_v and not self.run.skipped:
                self.kept[:] = self._collector.without_v() or self.kept
        self.run.output = b"" if self._show else bytes(self.kept)

"""The live line: what it says, when it shows, that it goes."""

from __future__ import annotations

from gokiln.events import ActionFinished, ActionStarted, Downloading, Planned, Recorder, Text
from gokiln.terminal.live import LiveSink, Progress


class Screen:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.data = ""

    def write(self, text: str) -> None:
        """Note text."""
        self.data += text

    def flush(self) -> None:
        """Nothing to do."""


def test_the_line_counts_names_and_times() -> None:
    progress = Progress()
    for event in (
        Planned(9),
        ActionFinished("build", "a", 0.1, True, True),
        ActionStarted("build", "b", 1.0),
        ActionStarted("link", "c", 1.0),
    ):
        assert progress.note(event)
    assert progress.line(12.4, 10.0) == "[1/9]  b, c (link)  1 from cache  2 s"
    for name in "defg":
        progress.note(ActionStarted("build", name, 1.0))
    assert "b, c (link), d, +3" in progress.line(12.4, 10.0)


def test_downloads_are_named() -> None:
    progress = Progress()
    progress.note(Downloading("m", "v1.0.0", 5, 10))
    assert progress.line(1.0, 0.0) == "get m@v1.0.0  1 s"


def test_short_builds_show_nothing() -> None:
    screen, inner = Screen(), Recorder()
    sink = LiveSink(inner, screen, clock=lambda: 0.0)
    sink.tell(Planned(2))
    sink.tell(ActionStarted("build", "a", 0.0))
    sink.tell(ActionFinished("build", "a", 0.0, False, True))
    assert screen.data == "" and len(inner.events) == 3


def test_text_goes_above_the_line_and_the_end_leaves_no_trace() -> None:
    now = [0.0]
    screen, inner = Screen(), Recorder()
    sink = LiveSink(inner, screen, clock=lambda: now[0])
    sink.tell(Planned(2))
    now[0] = 1.0
    sink.tell(ActionStarted("build", "example.com/a", 0.0))
    assert "example.com/a" in screen.data
    sink.tell(Text("# a\n"))
    assert screen.data.endswith("\r\x1b[2K")
    assert inner.text() == "# a\n"
    sink.close()
    assert screen.data.endswith("\r\x1b[2K")

"""The live line: what it says, when it shows, that it goes."""

from __future__ import annotations

import os

import pytest

from gokiln.cli.invocation import Output
from gokiln.events import (
    ActionFinished,
    ActionStarted,
    Asking,
    Downloading,
    Planned,
    Recorder,
    Resolving,
    TestChanged,
    Text,
)
from gokiln.terminal.live import LiveSink, Progress
from tests.screen import Screen as Terminal


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


def test_running_tests_have_a_row_a_package() -> None:
    progress = Progress()
    progress.note(Planned(5))
    for package in ("m/a", "m/b"):
        progress.note(ActionStarted("test", package, 10.0))
    for package, test, action, at in (
        ("m/a", "TestA", "run", 10.0),
        ("m/a", "TestA/one", "run", 11.0),
        ("m/a", "TestA/one", "pause", 11.0),
        ("m/a", "TestA/two", "run", 11.0),
        ("m/a", "TestA/two", "pass", 12.0),
        ("m/a", "TestA/three", "run", 12.0),
        ("m/a", "TestA/one", "cont", 15.0),
        ("m/b", "TestB", "run", 10.0),
        ("m/b", "TestB", "fail", 11.0),
        ("m/c", "TestC", "run", 11.0),
    ):
        assert progress.note(TestChanged(package, test, action, at))
    assert progress.line(18.0, 8.0) == "[0/5]  10 s"
    assert progress.rows(18.0) == [
        "  m/a  TestA/three 6 s, TestA/one 3 s  1 passed  8 s",
        "  m/b  1 failed  8 s",
    ]
    assert progress.rows(18.0, 1) == ["  +2 packages"]
    progress.note(ActionFinished("test", "m/a", 8.0, False, True))
    assert progress.rows(18.0) == ["  m/b  1 failed  8 s"]


def test_rows_come_and_go_below_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    now = [0.0]
    terminal = Terminal(60)
    sink = LiveSink(Recorder(), terminal, clock=lambda: now[0])

    def tell(*events: ActionStarted | ActionFinished | TestChanged | Planned) -> list[str]:
        for event in events:
            now[0] += 1
            sink.tell(event)
        return terminal.lines()

    terminal.write("before\n")
    tell(Planned(3), ActionStarted("test", "m/a", 2.0), ActionStarted("test", "m/" + "b" * 80, 3.0))
    shown = tell(TestChanged("m/a", "TestA", "run", 3.0))
    assert shown[:2] == ["before", "[0/3]  4 s"] and shown[2] == "  m/a  TestA 1 s  2 s"
    assert len(shown) == 4 and len(shown[3]) < 60 and shown[3].startswith("  m/bbbb") and shown[3].endswith("…")
    sink.tell(Text("ok  \tm/c\n"))
    assert terminal.lines() == ["before"], "wiped before the text, which the inner sink writes"
    terminal.write("ok  \tm/c\n")
    assert len(tell(ActionFinished("test", "m/a", 1.0, False, True))) == 4
    tell(ActionFinished("test", "m/" + "b" * 80, 1.0, False, True))
    assert terminal.lines() == ["before", "ok      m/c"]
    sink.close()


def test_what_a_command_writes_itself_finds_the_line_gone() -> None:
    """`get` and `mod why` print past the sink: their lines must not begin behind what is shown for the moment."""
    reader, writer = os.pipe()
    now = [0.0]
    sink = LiveSink(Recorder(), Output(writer, buffered=False), clock=lambda: now[0])
    stdout = Output(writer, buffered=True)
    stderr = Output(writer, buffered=False, before=stdout)
    stdout.make_room = stderr.make_room = sink.make_room
    for line, out in (("go: upgraded m v1.0.0 => v1.1.0\n", stderr), ("# m\n", stdout)):
        now[0] += 1.0
        sink.tell(Resolving(1, "example.com/a"))
        out.write(line)
        out.flush()
    sink.close()
    os.close(writer)
    screen = Terminal(80)
    with os.fdopen(reader, "rb") as pipe:
        for piece in pipe.read().decode().split("\x1b[0m"):
            screen.write(piece)
    assert any("1 package, at example.com/a" in frame for frame in screen.frames)
    assert screen.lines() == ["go: upgraded m v1.0.0 => v1.1.0", "# m"]


def test_a_terminal_too_narrow_shows_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "6")
    terminal = Terminal(6)
    now = [0.0]
    sink = LiveSink(Recorder(), terminal, clock=lambda: now[0])
    now[0] = 1.0
    sink.tell(Resolving(12, "example.com/a"))
    assert terminal.lines() == [""]


def test_what_is_asked_for_is_counted_until_the_plan_is_known() -> None:
    progress = Progress()
    for about in ("proxy.example.com/example.com/a", "proxy.example.com/example.com/b"):
        assert progress.note(Asking(about))
    assert progress.busy
    assert progress.line(2.0, 0.0) == "2 asked for, at proxy.example.com/example.com/b  2 s"
    progress.note(Resolving(12, "example.com/a"))
    assert progress.line(2.0, 0.0) == "12 packages, at example.com/a  2 asked for  2 s"
    progress.note(Planned(3))
    assert not progress.busy

"""The file of -debug-trace."""

from __future__ import annotations

import json
from pathlib import Path

from gokiln.events import ActionFinished, ActionStarted, Recorder, Text
from gokiln.terminal.tracefile import TraceSink


def test_spans_of_a_row_do_not_overlap(tmp_path: Path) -> None:
    below = Recorder()
    path = tmp_path / "trace.json"
    trace = TraceSink(below, str(path), "build")
    trace.tell(ActionStarted("build", "a", 0.0))
    trace.tell(ActionStarted("build", "b", 0.0))
    trace.tell(ActionFinished("build", "a", 1.0, False, True))
    trace.tell(ActionStarted("link", 'c "x"', 0.0))
    trace.tell(ActionFinished("build", "cached", 0.0, True, True))
    trace.tell(Text("shown\n"))
    trace.tell(ActionFinished("link", 'c "x"', 1.0, False, True))
    trace.tell(ActionFinished("build", "b", 1.0, False, True))
    trace.close()
    trace.close()
    spans = json.loads(path.read_text())
    assert [(s["name"], s["ph"], s["tid"]) for s in spans] == [
        ("Running build command", "B", 0),
        ("Executing action (build a)", "B", 1),
        ("Executing action (build b)", "B", 2),
        ("Executing action (build a)", "E", 1),
        ('Executing action (link c "x")', "B", 1),
        ('Executing action (link c "x")', "E", 1),
        ("Executing action (build b)", "E", 2),
        ("Running build command", "E", 0),
    ]
    assert [s["ts"] for s in spans] == sorted(s["ts"] for s in spans)
    assert len(below.events) == 8 and below.text() == "shown\n"

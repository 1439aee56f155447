"""GODEBUG=gofsystrace=1: every look at a path is told, and nothing else changes."""

from pathlib import Path

import pytest

from gokiln.base.memorydisk import MemoryDisk
from gokiln.base.overlaydisk import OverlayDisk
from gokiln.base.tracedisk import TracedDisk, traced


def test_tells_operation_and_path_and_answers_as_the_disk_below() -> None:
    told: list[tuple[str, str]] = []
    disk = TracedDisk(MemoryDisk({"/m/go.mod": b"module m\n"}), lambda op, path: told.append((op, path)))
    assert disk.read_file("/m/go.mod") == b"module m\n"
    assert [entry.name for entry in disk.list_dir("/m")] == ["go.mod"]
    assert disk.is_dir("/m")
    assert not disk.exists("/x")
    assert told == [("Open", "/m/go.mod"), ("ReadDir", "/m"), ("Stat", "/m"), ("Stat", "/x")]


def test_an_overlay_below_still_counts() -> None:
    disk = TracedDisk(OverlayDisk({"/m/a.go": "/n/b.go"}, "/"), lambda op, path: None)
    assert disk.overlaid()
    assert disk.actual("/m/a.go") == "/n/b.go"
    assert disk.replaced("/m/a.go")
    assert disk.dir_contains_replacement("/m")


@pytest.mark.parametrize("godebug", ["", "gofsystrace=0", "gofsystracelog=x", "other=1"])
def test_off_unless_asked_for(godebug: str) -> None:
    disk = MemoryDisk({})
    assert traced(disk, godebug, print) is disk


def test_writes_lines_to_a_file_when_one_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines: list[str] = []
    disk = traced(MemoryDisk({}), f"gofsystrace=1,gofsystracelog={log}", lines.append)
    disk.exists("/a")
    disk = traced(MemoryDisk({}), "gofsystrace=1", lines.append)
    disk.exists("/b")
    assert log.read_text().endswith(" gofsystrace Stat /a\n")
    assert lines[0].endswith(" gofsystrace Stat /b\n")

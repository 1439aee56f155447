"""Waiting for files to change."""

from __future__ import annotations

from pathlib import Path

from gokiln.cli.watching import directories, signature, wait_for_change
from gokiln.modules.version import ModulePublic
from gokiln.packages.package import Package


def test_a_change_is_told_once_files_are_quiet(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    file.write_text("one")
    (tmp_path / ".swap").write_text("hidden")
    before = signature([str(tmp_path)])
    assert list(before) == [str(file)]
    sleeps: list[float] = []

    def sleep(seconds: float) -> None:
        sleeps.append(seconds)
        if len(sleeps) == 2:
            file.write_text("changed")
        if len(sleeps) == 3:
            file.write_text("and again")

    assert wait_for_change([str(tmp_path)], before, sleep) == str(file)
    assert len(sleeps) >= 4


def test_new_and_removed_files_count(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    file.write_text("one")
    before = signature([str(tmp_path)])
    file.unlink()
    assert wait_for_change([str(tmp_path)], before, lambda s: None) == str(file)
    assert signature([str(tmp_path / "none")]) == {}


def test_only_what_people_edit_is_watched() -> None:
    top, lib, std = Package(), Package(), Package()
    top.dir, lib.dir, std.dir = "/repo/a", "/cache/lib@v1.0.0", "/go/src/fmt"
    top.module = ModulePublic("example.com/m")
    top.module.dir = "/repo"
    lib.module = ModulePublic("example.com/lib", "v1.0.0")
    std.standard = True
    top.internal_imports = [lib, std]
    assert directories([top]) == ["/repo", "/repo/a", "/repo/a/testdata"]

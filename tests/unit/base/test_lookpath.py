"""Finding programs: exec.LookPath's answers and reasons, and what exec.Command does not look for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.base.lookpath import LookPathError, command_path, look_path
from gokiln.base.shortpath import short_path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes")


def program(path: Path, mode: int) -> str:
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return str(path)


def test_reasons(tmp_path: Path) -> None:
    plain = program(tmp_path / "plain", 0o644)
    for name, reason in [
        (str(tmp_path), "is a directory"),
        (plain, "permission denied"),
        (f"{tmp_path}/no", f"stat {tmp_path}/no: no such file or directory"),
        (f"{plain}/x", f"stat {plain}/x: not a directory"),
        ("no", "executable file not found in $PATH"),
    ]:
        with pytest.raises(LookPathError) as info:
            look_path(name, {"PATH": str(tmp_path)})
        assert str(info.value) == f'exec: "{name}": {reason}'


def test_a_name_with_a_directory_is_run_as_it_is(tmp_path: Path) -> None:
    tool = program(tmp_path / "tool", 0o755)
    assert command_path("tool", {"PATH": str(tmp_path)}) == tool
    assert command_path("./none", {"PATH": str(tmp_path)}) == "./none"
    with pytest.raises(LookPathError, match="not found"):
        command_path("none", {"PATH": str(tmp_path)})


def test_short_paths_are_of_absolute_ones(tmp_path: Path) -> None:
    assert short_path(f"{tmp_path}/a/x.mod", str(tmp_path)) == "a/x.mod"
    assert short_path("./a//x.mod", str(tmp_path)) == "./a//x.mod"

"""The choice of a newer toolchain. Vectors of TestNewerToolchain in cmd/go/internal/toolchain/toolchain_test.go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.config.newertoolchain import (
    NoGorootError,
    NoReleaseError,
    find_on_path,
    goroot_of_command,
    newer_toolchain,
    path_toolchains,
)

_FIRST = ["1.39.0", "1.39.1", "1.39.2", "1.40.0"]
_SECOND = [*_FIRST, "1.40.1", "1.40.2"]
_CANDIDATE = [*_SECOND, "1.41rc1"]


@pytest.mark.parametrize(
    ("need", "first", "second", "candidate"),
    [
        ("1.30", "go1.39.2", "go1.39.2", "go1.39.2"),
        ("1.38.1", "go1.39.2", "go1.39.2", "go1.39.2"),
        ("1.39", "go1.39.2", "go1.39.2", "go1.39.2"),
        ("1.39.2", "go1.39.2", "go1.39.2", "go1.39.2"),
        ("1.39.3", "go1.40.0", "go1.40.2", "go1.40.2"),
        ("1.40", "go1.40.0", "go1.40.2", "go1.40.2"),
        ("1.40.1", "", "go1.40.2", "go1.40.2"),
        ("1.41", "", "", "go1.41rc1"),
        ("1.41.0", "", "", ""),
    ],
)
def test_choice(need: str, first: str, second: str, candidate: str) -> None:
    for versions, chosen in ((_FIRST, first), (_SECOND, second), (_CANDIDATE, candidate), ([], "")):
        if chosen:
            assert newer_toolchain(need, versions) == chosen
            continue
        with pytest.raises(NoReleaseError, match=f"no releases found for go >= {need}"):
            newer_toolchain(need, versions)


def _goroot(root: Path, version: str) -> Path:
    (root / "pkg" / "tool").mkdir(parents=True)
    (root / "bin").mkdir()
    (root / "VERSION").write_text(version + "\ntime 2026-01-01T00:00:00Z\n")
    command = root / "bin" / "go"
    command.write_text("")
    command.chmod(0o755)
    return command


@pytest.mark.skipif(os.name == "nt", reason="makes links and execute bits")
def test_commands_on_path_tell_their_goroot(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go1.30.2").symlink_to(_goroot(tmp_path / "thirty", "go1.30.2"))
    (folder / "go1.4").mkdir()
    launcher = folder / "go1.31rc1"
    launcher.write_text("")
    (folder / "gofmt").write_text("")
    environ = {"PATH": f"relative{os.pathsep}{folder}", "HOME": str(tmp_path)}
    assert path_toolchains(environ) == ["1.30.2"]  # the other one cannot be run
    launcher.chmod(0o755)
    assert path_toolchains(environ) == ["1.30.2", "1.31rc1"]
    exe = find_on_path("go1.30.2", environ)
    assert goroot_of_command(exe, "go1.30.2", environ) == str(tmp_path / "thirty")
    with pytest.raises(NoGorootError):
        goroot_of_command(str(launcher), "go1.31rc1", environ)
    _goroot(tmp_path / "sdk" / "go1.31rc1", "go1.31rc1")
    assert goroot_of_command(str(launcher), "go1.31rc1", environ) == str(tmp_path / "sdk" / "go1.31rc1")


@pytest.mark.skipif(os.name == "nt", reason="makes links and execute bits")
def test_a_goroot_of_another_version_is_not_taken(tmp_path: Path) -> None:
    command = _goroot(tmp_path / "root", "go1.30.2")
    with pytest.raises(NoGorootError):
        goroot_of_command(str(command), "go1.30.3", {})

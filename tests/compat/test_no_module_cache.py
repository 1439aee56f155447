"""Commands that change go.mod alone, where there can be no module cache: go does without its lock, and so do we."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.modules_as_go import Pair, restore

pytestmark = pytest.mark.skipif(gocmd.goroot() is None, reason="needs a Go toolchain")

COMMANDS = (
    "mod init example.com/m",
    "mod tidy",
    "mod edit -require=example.com/a@v1.0.0",
    "mod tidy",
    "mod tidy -go=1.22",
    "get example.com/a@none",
    "work init .",
    "list -m all",
    "mod download",
    "mod vendor",
    "mod verify",
)


@pytest.mark.parametrize("cache", ["/dev/null/cache", "relative"])
def test_go_mod_changes(cache: str, tmp_path: Path) -> None:
    pair = Pair(tmp_path, "off")
    root = tmp_path / "work"
    restore(root, {"m.go": b"package m\n"})
    differences = [pair.difference(command.split(), root, env={"GOMODCACHE": cache}) for command in COMMANDS]
    assert not "\n".join(d for d in differences if d)


def test_neither_home_nor_gopath(tmp_path: Path) -> None:
    pair = Pair(tmp_path, "off")
    root = tmp_path / "work"
    restore(root, {"m.go": b"package m\n"})
    nowhere = {"GOMODCACHE": "", "GOPATH": "", "HOME": "", "USERPROFILE": ""}
    differences = [pair.difference(command.split(), root, env=nowhere) for command in COMMANDS]
    assert not "\n".join(d for d in differences if d)

"""Settings that end a command where the network would be used first, as go ends it: in one line, whoever was asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.modules_as_go import Pair, restore

pytestmark = pytest.mark.skipif(gocmd.goroot() is None, reason="needs a Go toolchain")

COMMANDS = (
    "list -m -versions example.com/a",
    "list -m -e -json example.com/a@latest",
    "mod download -json example.com/a@v1.0.0 example.com/b@v1.0.0",
    "mod tidy -e",
    "get example.com/a",
    "run example.com/a@v1.0.0",
)
# Nobody listens there, and none of these settings lets it come to that.
NOWHERE = "https://127.0.0.1:9"


@pytest.mark.parametrize(
    "env",
    [
        {"GOAUTH": "off;netrc"},
        {"GOAUTH": "git relative"},
        {"GOAUTH": ";"},
        {"GODEBUG": "cmdgonetlimit=0"},
        {"GODEBUG": "cmdgonetlimit=two"},
        {"GODEBUG": "cmdgonetlimit=0", "GOPROXY": "direct"},
        {"GODEBUG": "cmdgonetlimit=two", "GOPROXY": "direct"},
        {"GODEBUG": "cmdgonetlimit=0", "GOPROXY": f"{NOWHERE}|direct"},
    ],
    ids=lambda env: " ".join(f"{k}={v}" for k, v in env.items()),
)
def test_what_stops_at_the_network(tmp_path: Path, env: dict[str, str]) -> None:
    pair = Pair(tmp_path, NOWHERE)
    root = tmp_path / "work"
    source = b'package m\n\nimport _ "example.com/a"\n'
    restore(root, {"go.mod": b"module example.com/m\n\ngo 1.24\n", "m.go": source})
    differences = [pair.difference(command.split(), root, env=env) for command in COMMANDS]
    assert not "\n".join(d for d in differences if d)

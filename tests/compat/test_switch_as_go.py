"""Toolchain switches and FIPS snapshots against the real go command; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compat import gocmd

pytestmark = [pytest.mark.go, pytest.mark.skipif(gocmd.goroot() is None, reason="no go command")]
_NEW = "module m\n\ngo 1.999.1\n"
_LINE = "module m\n\ngo 1.20\n\ntoolchain go1.999.2\n"

CASES: list[tuple[str, list[str], Mapping[str, str]]] = [
    (_NEW, ["version"], {"GOTOOLCHAIN": "auto"}),
    (_NEW, ["version"], {"GOTOOLCHAIN": "path"}),
    (_NEW, ["version"], {"GOTOOLCHAIN": "local+auto", "GODEBUG": "toolchaintrace=1"}),
    (_NEW, ["list"], {"GOTOOLCHAIN": "local"}),
    (_LINE, ["version"], {"GOTOOLCHAIN": "path"}),
    (_LINE, ["env", "GOTOOLCHAIN"], {"GOTOOLCHAIN": "auto"}),
    (_LINE, ["env", "GOMOD"], {"GOTOOLCHAIN": "auto"}),
    ("module m\n", ["version"], {"GOTOOLCHAIN": "bash"}),
    ("module m\n", ["version"], {"GOTOOLCHAIN": "go1.999+bash"}),
    ("module m\n", ["version"], {"GOTOOLCHAIN": "go1.999"}),
    ("module m\n", ["version"], {"GOTOOLCHAIN": "go1.999.1", "GOTOOLCHAIN_INTERNAL_SWITCH_COUNT": "100"}),
    ("module m\n", ["version"], {"GOTOOLCHAIN": "auto", "GOTOOLCHAIN_INTERNAL_SWITCH_VERSION": "go1.999"}),
    ("module m\n", ["version"], {"GOTOOLCHAIN": "auto", "GODEBUG": "toolchaintrace=1"}),
    ("module m\n", ["get", "go@1.999.1"], {"GOTOOLCHAIN": "path"}),
    ("module m\n", ["list", "-deps", "-test", "."], {"GOFIPS140": "inprocess"}),
    ("module m\n", ["list", "-f", "{{.DefaultGODEBUG}}"], {"GOFIPS140": "latest"}),
    ("module m\n", ["list"], {"GOFIPS140": "v0.0.9"}),
    ("module m\n", ["list", "-tags=purego"], {"GOFIPS140": "latest"}),
]


@pytest.mark.parametrize(("go_mod", "args", "environ"), CASES)
def test_same_words(tmp_path: Path, go_mod: str, args: list[str], environ: Mapping[str, str]) -> None:
    (tmp_path / "go.mod").write_text(go_mod)
    (tmp_path / "m.go").write_text('package main\n\nimport _ "crypto/sha256"\n\nfunc main() {}\n')
    extra = {"GOPROXY": "off", "GOMODCACHE": str(tmp_path / "mod"), "GOFLAGS": "-modcacherw", **environ}
    env = gocmd.clean_env(tmp_path / "cache", extra)
    stock = gocmd.run(gocmd.go_command(), args, tmp_path, env)
    (tmp_path / "go.mod").write_text(go_mod)
    ours = gocmd.run(gocmd.gokiln_command(), args, tmp_path, env)
    assert (ours.returncode, ours.stdout, ours.stderr) == (stock.returncode, stock.stdout, stock.stderr)

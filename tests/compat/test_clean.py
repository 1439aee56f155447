"""`clean`, flag by flag: the same tree before, the same tree, output and exit status after."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests import files
from tests.compat import gocmd

pytestmark = pytest.mark.go

INDEX = re.compile(r"gocache/(README|../[0-9a-f]{64}-[ad]|..)$")
FILES = {
    "m/go.mod": "module example.com/m\n\ngo 1.25\n",
    "m/main.go": 'package main\n\nimport _ "example.com/m/lib"\n\nfunc main() {}\n',
    "m/tool.go": "//go:build ignore\n\npackage main\n",
    "m/m": "program",
    "m/m.exe": "program",
    "m/m.test": "program",
    "m/tool": "program",
    "m/main": "program",
    "m/keep": "mine",
    "m/_testmain.go": "package x\n",
    "m/x.o": "",
    "m/y.so": "",
    "m/_obj/z": "",
    "m/_test/z": "",
    "m/a.out/z": "a directory of that name stays",
    "m/lib/lib.go": "package lib\n",
    "m/lib/lib_test.go": "package lib\n",
    "m/lib/lib": "not from a build of a library",
    "m/lib/lib.test": "program",
    "m/lib/other.go": "//go:build ignore\n\npackage main\n",
    "m/lib/other": "program",
    "m/bad/bad.go": "package\n",
    "m/empty/readme.txt": "",
    "outside/x.o": "",
    "gopath/bin/m": "installed",
    "modcache/cache/download/x.zip": "zip",
    "modcache/example.com/y@v1.0.0/y.go": "package y\n",
    "gocache/00/aa-a": "",
    "gocache/ff/bb-d/exe": "",
    "gocache/fuzz/example.com/m/FuzzX/1": "",
    "gocache/log.txt": "",
    "gocache/trim.txt": "1",
    "gocache/other/x": "",
}


def lay_out(root: Path) -> None:
    files.lay_out(root, FILES)
    for number in range(256):
        (root / f"gocache/{number:02x}").mkdir(exist_ok=True)
    os.chmod(root / "modcache/example.com/y@v1.0.0", 0o555)


def tree(root: Path) -> list[str]:
    """Every file but the index of packages that go keeps in its cache, which is its own affair."""
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    return [name for name in names if not INDEX.match(name)]


def one(command: list[str], root: Path, directory: str, args: list[str], env: dict[str, str]) -> tuple[object, ...]:
    lay_out(root)
    full = gocmd.clean_env(
        root / "gocache",
        {"GOMODCACHE": str(root / "modcache"), "GOPATH": str(root / "gopath"), "GOPROXY": "off", **env},
    )
    full["GOKILNCACHE"] = str(root.parent / "kiln")
    done = gocmd.run(command, ["clean", *args], root / directory, full)
    where = str(root)
    return (
        done.returncode,
        done.stdout.decode().replace(where, "ROOT"),
        done.stderr.decode().replace(where, "ROOT"),
        tree(root),
    )


@pytest.mark.parametrize(
    ("directory", "args"),
    [
        ("m", []),
        ("m", ["-n"]),
        ("m", ["-x"]),
        ("m", ["-x", "./..."]),
        ("m", ["-x", "-r"]),
        ("m", ["-n", "-r", "-i"]),
        ("m", ["-i"]),
        ("m", ["-x", "-i", "example.com/m", "example.com/m/lib"]),
        ("m", ["-x", "main.go"]),
        ("m", ["./bad"]),
        ("m", ["./empty", "./lib"]),
        ("m", ["example.com/none"]),
        ("m", ["-cache"]),
        ("m", ["-cache", "-x"]),
        ("m", ["-cache", "-n"]),
        ("m", ["-cache", "-testcache", "-modcache", "-fuzzcache", "-x"]),
        ("m", ["-modcache"]),
        ("m", ["-modcache", "-n"]),
        ("m", ["-fuzzcache", "-x"]),
        ("m", ["-testcache"]),
        ("m", ["-testcache", "-n"]),
        ("m", ["-cache", "-i", "-x"]),
        ("m", ["-cache", "./lib"]),
        ("m", ["-modcache", "-cache", "./lib"]),
        ("m", ["-testcache", "./lib"]),
        ("m", ["-fuzzcache", "./lib"]),
        ("m", ["-nosuch"]),
        ("outside", []),
        ("outside", ["-cache"]),
        ("outside", ["-i"]),
        ("outside", ["-n", "fmt"]),
        ("m", ["-n", "-i", "fmt"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "_".join(value) or "none",
)
def test_clean(tmp_path, directory, args):
    theirs = one(gocmd.go_command(), tmp_path / "go", directory, args, {})
    ours = one(gocmd.gokiln_command(), tmp_path / "us", directory, args, {})
    assert ours == theirs


@pytest.mark.parametrize("env", [{"GOCACHE": "off"}, {"GOCACHE": "relative"}, {"GOCACHE": "", "HOME": ""}])
@pytest.mark.parametrize("flag", ["-cache", "-testcache", "-fuzzcache"])
def test_clean_without_a_cache(tmp_path, env, flag):
    gone = {"XDG_CACHE_HOME": "", **env}
    theirs = one(gocmd.go_command(), tmp_path / "go", "m", [flag], gone)
    ours = one(gocmd.gokiln_command(), tmp_path / "us", "m", [flag], gone)
    assert ours == theirs


def test_testcache_writes_the_time_once(tmp_path):
    one(gocmd.gokiln_command(), tmp_path / "us", "m", ["-testcache"], {})
    path = tmp_path / "us" / "gocache" / "testexpire.txt"
    first = path.read_text()
    assert first.endswith("\n")
    assert first[:-1].isdigit()
    one(gocmd.go_command(), tmp_path / "us", "m", ["-testcache"], {})
    assert int(path.read_text()) > int(first)
    path.write_text("9000000000000000000\n")
    one(gocmd.gokiln_command(), tmp_path / "us", "m", ["-testcache"], {})
    assert path.read_text() == "9000000000000000000\n"

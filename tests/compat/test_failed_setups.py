"""Tests that cannot be set up or built: the same lines, events, names of failed builds and exit status as go's.

Programs here import nothing but testing where it can be helped, and each package is wrong in one way.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.files import lay_out

pytestmark = pytest.mark.go

GOOD = 'import "testing"\n\nfunc TestX(t *testing.T) {}\n'

# Folder of the package -> its files.
CASES = {
    "body": {"b_test.go": 'package body\n\nimport "testing"\n\nfunc TestX(t *testing.T) {\n\tx := := 3\n}\n'},
    "bodies": {
        "a_test.go": f"package bodies\n\n{GOOD}",
        "b_test.go": "package bodies\n\nfunc f() {\n\tx := := 3\n\ty = = 4\n}\n\nfunc g( {\n}\n",
        "c_test.go": "package bodies\n\nfunc h() { if }\n",
    },
    "both": {
        "a_test.go": f"package both\n\n{GOOD}\nfunc f() {{ for for }}\n",
        "x_test.go": "package both_test\n\nfunc f() { if if }\n",
    },
    "outer": {"x_test.go": 'package outer_test\n\nimport "testing"\n\nfunc TestX(t *testing.T) { return return }\n'},
    "stray": {"a_test.go": f"package stray\n\n{GOOD}\nfor x := range y {{}}\n"},
    "unclosed": {"a_test.go": f"package unclosed\n\n{GOOD}\nfunc f() {{\n"},
    "unended": {"a_test.go": f"package unended\n\n{GOOD}\nvar s = `x\n"},
    "letters": {"a_test.go": f"package letters\n\n{GOOD}\nvar s = 'xy' + 0x + 08 + \"\\q\" # 1\n"},
    "lines": {"a_test.go": f"package lines\n\n{GOOD}\n//line other.go:100\nvar x = = 1\n"},
    "header": {"a_test.go": "package header\n\nimport testing\n"},
    "clause": {"a_test.go": "pakkage clause\n"},
    "empty": {"a_test.go": ""},
    "source": {"a.go": "package source\n\nfunc F() {\n\tx := := 3\n}\n", "a_test.go": f"package source\n\n{GOOD}"},
    "sourcehead": {"a.go": "package sourcehead\n\nimport fmt\n", "a_test.go": f"package sourcehead\n\n{GOOD}"},
    "types": {"a.go": 'package types\n\nvar X int = "s"\n', "a_test.go": f"package types\n\n{GOOD}"},
    "testtypes": {"a.go": "package testtypes\n", "a_test.go": f'package testtypes\n\n{GOOD}\nvar X int = "s"\n'},
    "outertypes": {"x_test.go": f'package outertypes_test\n\n{GOOD}\nvar X int = "s"\n'},
    "dependency": {
        "a_test.go": f'package dependency\n\nimport _ "example.com/f/dependency/dep"\n\n{GOOD}',
        "dep/d.go": 'package dep\n\nvar X int = "s"\n',
    },
    "missing": {"a.go": 'package missing\n\nimport _ "example.com/none"\n', "a_test.go": f"package missing\n\n{GOOD}"},
    "testmissing": {"a_test.go": f'package testmissing\n\nimport _ "example.com/none"\n\n{GOOD}'},
    "outermissing": {"x_test.go": f'package outermissing_test\n\nimport _ "example.com/none/x"\n\n{GOOD}'},
    "gone": {"a_test.go": f'package gone\n\nimport _ "example.com/f/notthere"\n\n{GOOD}'},
    "nostd": {"a_test.go": f'package nostd\n\nimport _ "no/such/std"\n\n{GOOD}'},
    "signature": {"a_test.go": 'package signature\n\nimport "testing"\n\nfunc TestX(t *testing.T, n int) {}\n'},
    "bench": {"a_test.go": 'package bench\n\nimport "testing"\n\nfunc BenchmarkX(t *testing.T) {}\n'},
    "generic": {"a_test.go": 'package generic\n\nimport "testing"\n\nfunc TestX[T any](t *testing.T) {}\n'},
    "mains": {
        "a_test.go": 'package mains\n\nimport "testing"\n\nfunc TestMain(m *testing.M) {}\n',
        "x_test.go": 'package mains_test\n\nimport "testing"\n\nfunc TestMain(m *testing.M) {}\n',
    },
    "twice": {"a_test.go": f"package twice\n\n{GOOD}\nfunc TestX(t *testing.T) {{}}\n"},
    "cycle": {
        "c.go": "package cycle\n",
        "c_test.go": f'package cycle\n\nimport _ "example.com/f/cycle/in"\n\n{GOOD}',
        "in/i.go": 'package in\n\nimport _ "example.com/f/cycle"\n',
    },
    "turn": {
        "a.go": 'package turn\n\nimport _ "example.com/f/turn/b"\n',
        "b/b.go": 'package b\n\nimport _ "example.com/f/turn"\n',
        "a_test.go": f"package turn\n\n{GOOD}",
    },
    "own": {"a_test.go": f'package own\n\nimport _ "example.com/f/own"\n\n{GOOD}'},
    "embed": {"a_test.go": f'package embed\n\nimport _ "embed"\n\n//go:embed none.txt\nvar s string\n\n{GOOD}'},
    "names": {"a.go": "package names\n", "a_test.go": f"package other\n\n{GOOD}"},
    "twonames": {"a.go": "package one\n", "b.go": "package two\n", "a_test.go": f"package one\n\n{GOOD}"},
    "program": {
        "a_test.go": f'package program\n\nimport _ "example.com/f/program/main"\n\n{GOOD}',
        "main/m.go": "package main\n\nfunc main() {}\n",
    },
    "inside": {"a_test.go": f'package inside\n\nimport _ "internal/abi"\n\n{GOOD}'},
    "vetted": {"a_test.go": 'package vetted\n\nimport "testing"\n\nfunc TestX(t *testing.T) { t.Logf("%d", "x") }\n'},
    "linked": {"a_test.go": 'package linked\n\nimport (\n\t"testing"\n\t_ "unsafe"\n)\n\n'
               "//go:linkname f example.com/f/none.g\nfunc f()\n\nfunc TestX(t *testing.T) { f() }\n", "empty.s": ""},
    "assembled": {"a.go": "package assembled\n", "a_amd64.s": "TEXT ·f(SB\n", "a_arm64.s": "TEXT ·f(SB\n",
                  "a_test.go": f"package assembled\n\n{GOOD}"},
    "excluded": {"a.go": "//go:build none\n\npackage excluded\n"},
    "nofiles": {"readme.txt": "nothing\n"},
    "untested": {"a.go": 'package untested\n\nvar X int = "s"\n'},
    "untestedsyntax": {"a.go": "package untestedsyntax\n\nfunc f() { if }\n"},
    "good": {"a_test.go": f"package good\n\n{GOOD}"},
}  # fmt: skip
_TIMES = ("Time", "Elapsed")
PLACES = [f"./{name}" for name in CASES] + ["./nosuch", "example.com/nowhere", "./cycle/...", "./nosuch/..."]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("f")
    (root / "go.mod").write_text("module example.com/f\n\ngo 1.24\n")
    for folder, files in CASES.items():
        lay_out(root / folder, files)
    return root


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "c"


def run(command: list[str], module: Path, cache: Path, *args: str) -> tuple[int, list[object], str]:
    """Exit status, lines or events of stdout, stderr; times and work directories have one name."""
    env = gocmd.clean_env(cache, {"GOPROXY": "off"})
    done = gocmd.run(command, ["test", "-p=1", *args], module, env)

    def plain(text: str) -> str:
        return re.sub(r"\b\d+(\.\d+)?s\b|\(cached\)", "Ns", re.sub(r"go-build\d+", "go-buildN", text))

    lines: list[object] = []
    for line in done.stdout.decode().splitlines():
        if line.startswith("{"):
            event = json.loads(line)
            lines.append({k: plain(v) if isinstance(v, str) else v for k, v in event.items() if k not in _TIMES})
        else:
            lines.append(plain(line))
    return done.returncode, lines, plain(done.stderr.decode())


@pytest.mark.parametrize("json_flag", ["-json=false", "-json"])
@pytest.mark.parametrize("place", PLACES)
def test_fails_as_with_go(place: str, json_flag: str, module: Path, cache: Path) -> None:
    if place == "./assembled" and os.uname().machine not in ("x86_64", "aarch64"):
        pytest.skip("its assembly is for other machines")
    expected = run(gocmd.go_command(), module, cache, json_flag, place)
    assert run(gocmd.gokiln_command(), module, cache, json_flag, place) == expected


def test_setups_fail_before_anything_runs(module: Path, cache: Path) -> None:
    places = ["./good", "./body", "./testmissing", "./outer", "./vetted", "./types", "./untested", "./signature"]
    for flag in ("-json=false", "-json"):
        expected = run(gocmd.go_command(), module, cache, flag, *places)
        assert run(gocmd.gokiln_command(), module, cache, flag, *places) == expected


@pytest.mark.parametrize(
    "args", [("./body", "./stray", "./good"), ("-json", "./outer"), ("-c=1", "./both", "./bodies")]
)
def test_vet_says_what_does_not_parse(args: tuple[str, ...], module: Path, cache: Path) -> None:
    env = gocmd.clean_env(cache, {"GOPROXY": "off"})
    theirs, ours = (
        gocmd.run(command, ["vet", *args], module, env) for command in (gocmd.go_command(), gocmd.gokiln_command())
    )
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@pytest.mark.parametrize("place", ["./body", "./both", "./lines", "./signature", "./testmissing", "./good"])
def test_list_says_what_does_not_parse(place: str, module: Path, cache: Path) -> None:
    env = gocmd.clean_env(cache, {"GOPROXY": "off"})
    for args in (["-test"], ["-e", "-test", "-f", "{{.ImportPath}}: {{.Error}} {{.Incomplete}}"]):
        theirs, ours = (
            gocmd.run(command, ["list", *args, place], module, env)
            for command in (gocmd.go_command(), gocmd.gokiln_command())
        )
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)

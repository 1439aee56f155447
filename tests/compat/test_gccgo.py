"""-compiler=gccgo beside go: the same steps and programs, each using the other's cache. Skips without gccgo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.test_build import Side
from tests.files import lay_out

pytestmark = [pytest.mark.go, pytest.mark.skipif(shutil.which("gccgo") is None, reason="needs gccgo")]

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.18\n",
    "pure/main.go": 'package main\n\nimport (\n\t"os"\n\n\t"example.com/m/dep"\n)\n\n'
    'func main() { os.Stdout.WriteString(dep.F() + "\\n") }\n',
    "dep/dep.go": 'package dep\n\nfunc F() string { return "gccgo" }\n',
    "c/main.go": "package main\n\n// #cgo LDFLAGS: -lm\n// #include <math.h>\n"
    'import "C"\n\nfunc main() { println(int(C.sqrt(1764))) }\n',
    "plainc/main.go": 'package main\n\nimport "example.com/m/extern"\n\nfunc main() { println(extern.F(21)) }\n',
    "extern/e.go": "package extern\n\n//extern twice\nfunc twice(int32) int32\n\n"
    "func F(x int32) int32 { return twice(x) }\n",
    "extern/twice.c": "int twice(int x) { return 2 * x; }\n",
}
OUTPUTS = {"pure": "gccgo\n", "c": "42\n", "plainc": "42\n"}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module on disk."""
    return lay_out(tmp_path_factory.mktemp("m"), FILES)


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the two commands' caches."""
    return tmp_path_factory.mktemp("caches")


def _plain(text: str) -> str:
    return re.sub(r"\d+_gccgo_", "N_gccgo_", text)


@pytest.mark.parametrize("name", sorted(OUTPUTS))
def test_programs(name: str, module: Path, caches: Path) -> None:
    if name == "c" and not gocmd.have_gcc():
        pytest.skip("needs gcc")
    sides = {
        "go": Side(gocmd.go_command(), module, caches / "go"),
        "kiln": Side(gocmd.gokiln_command(), module, caches / "kiln"),
    }
    program = module / "program.out"
    made = []
    for side in sides.values():
        status, _, err = side.run("build", "-compiler=gccgo", "-o", str(program), "./" + name)
        assert status == 0, err
        made.append(program.read_bytes())
        ran = subprocess.run([program], capture_output=True, text=True)
        assert ran.stdout + ran.stderr == OUTPUTS[name]
        os.remove(program)
    assert made[0] == made[1]
    # Each takes the other's archives.
    for who, cache in (("go", "kiln"), ("kiln", "go")):
        other = Side(sides[who].command, module, caches / cache)
        _, _, shown = other.run("build", "-compiler=gccgo", "-x", "-o", str(program), "./" + name)
        assert "gccgo -c " not in shown
        assert program.read_bytes() == made[0]
        os.remove(program)
    plans = [side.run("build", "-compiler=gccgo", "-n", "-a", "-p=1", "./" + name) for side in sides.values()]
    assert _plain(plans[0][2]) == _plain(plans[1][2])
    lists = [side.run("list", "-compiler=gccgo", "-deps", "-json", "./" + name) for side in sides.values()]
    assert lists[0] == lists[1]


def test_flags_of_the_other_compiler_are_pointed_out(module: Path, caches: Path) -> None:
    args = ("build", "-compiler=gccgo", "-gcflags=-N", "-ldflags=-s", "./dep")
    go = Side(gocmd.go_command(), module, caches / "go").run(*args)
    assert go[1].count("gccgo toolchain") == 2
    assert Side(gocmd.gokiln_command(), module, caches / "kiln").run(*args) == go


def test_vet(module: Path, caches: Path) -> None:
    args = ("vet", "-compiler=gccgo", "./dep", "./bad")
    bad = module / "bad"
    bad.mkdir(exist_ok=True)
    (bad / "bad.go").write_text('package bad\n\nimport "fmt"\n\nfunc F() { fmt.Printf("%d", "x") }\n')
    go = Side(gocmd.go_command(), module, caches / "go").run(*args)
    assert "wrong type" in go[2]
    assert Side(gocmd.gokiln_command(), module, caches / "kiln").run(*args) == go


def test_a_missing_gccgo(module: Path, caches: Path) -> None:
    env = {"GCCGO": "no-such-gccgo"}
    args = ("build", "-compiler=gccgo", "./dep")
    go = Side(gocmd.go_command(), module, caches / "go").run(*args, env=env)
    assert Side(gocmd.gokiln_command(), module, caches / "kiln").run(*args, env=env) == go

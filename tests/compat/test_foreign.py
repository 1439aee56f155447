"""Packages with files of other languages: SWIG, Fortran, Objective-C. gokiln builds what go builds, and it runs.

Each test skips, with the reason, when the language's tool is not installed.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.test_build import Side
from tests.files import lay_out

pytestmark = [pytest.mark.go, pytest.mark.skipif(not gocmd.have_gcc(), reason="needs gcc")]

GO_MOD = "module example.com/m\n\ngo 1.24\n"
SWIG_C = {
    "main.go": 'package main\n\nimport "C"\n\nfunc main() { println(Twice(21)) }\n',
    "main.swig": "%{\nstatic int twice(int x) { return 2*x; }\n%}\n%rename(Twice) twice;\nint twice(int x);\n",
}
SWIG_CXX = {
    "main.go": "package main\n\nfunc main() { println(NewThing(20).Value()) }\n",
    "thing.h": "class Thing { int v; public: Thing(int n); virtual ~Thing(); int value(); };\n",
    "thing.cc": '#include "thing.h"\nThing::Thing(int n) : v(n + 22) {}\nThing::~Thing() {}\n'
    "int Thing::value() { return v; }\n",
    "main.swigcxx": '%{\n#include "thing.h"\n%}\n%include "thing.h"\n',
}
FORTRAN = {
    "main.go": "package main\n\n// int the_answer();\n// static int ask() { return the_answer(); }\n"
    'import "C"\n\nfunc main() { println(int(C.ask())) }\n',
    "answer.f90": "function the_answer() result(j) bind(C)\n  use iso_c_binding, only: c_int\n  integer(c_int) :: j\n"
    "  j = 42\nend function the_answer\n",
}
OBJECTIVE_C = {
    "main.go": 'package main\n\n// int answer(void);\nimport "C"\n\nfunc main() { println(int(C.answer())) }\n',
    "answer.m": "#include <objc/Object.h>\n@interface Deep : Object\n+ (int) answer;\n@end\n@implementation Deep\n"
    "+ (int) answer { return 42; }\n@end\nint answer(void) { return [Deep answer]; }\n",
}


def _can_compile(name: str, text: str, tmp_path: Path) -> bool:
    """Whether gcc has the language of a file."""
    (tmp_path / name).write_text(text)
    done = subprocess.run(["gcc", "-c", "-o", "probe.o", name], cwd=tmp_path, capture_output=True)
    return done.returncode == 0


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the two commands' caches, shared by the tests so that runtime/cgo is built once."""
    return tmp_path_factory.mktemp("caches")


def _same_program(files: dict[str, str], tmp_path: Path, caches: Path) -> None:
    """Build with both commands; programs, output of -n and hits in the other's cache are as they should be."""
    module = lay_out(tmp_path / "m", {"go.mod": GO_MOD, **files})
    go = Side(gocmd.go_command(), module, caches / "go")
    kiln = Side(gocmd.gokiln_command(), module, caches / "kiln")
    for side, name in ((go, "p1"), (kiln, "p2")):
        status, _, err = side.run("build", "-o", str(tmp_path / name), ".")
        assert status == 0, err
    assert (tmp_path / "p1").read_bytes() == (tmp_path / "p2").read_bytes()
    ran = subprocess.run([tmp_path / "p2"], capture_output=True, text=True)
    assert ran.stderr == "42\n"
    assert go.run("list", "-json", ".") == kiln.run("list", "-json", ".")
    # Each finds the other's results: nothing is left to be shown under -n.
    back = Side(gocmd.gokiln_command(), module, caches / "go").run("build", "-x", "-o", str(tmp_path / "p3"), ".")
    forth = Side(gocmd.go_command(), module, caches / "kiln").run("build", "-x", "-o", str(tmp_path / "p4"), ".")
    assert "/cgo " not in back[2] and "/compile " not in back[2]
    assert "/cgo " not in forth[2] and "/compile " not in forth[2]
    plans = [side.run("build", "-n", "-a", "-p=1", "-o", str(tmp_path / "p5"), ".") for side in (go, kiln)]
    assert plans[0] == plans[1]


@pytest.mark.skipif(shutil.which("swig") is None, reason="needs swig")
@pytest.mark.parametrize("files", [SWIG_C, SWIG_CXX], ids=["c", "c++"])
def test_swig(files: dict[str, str], tmp_path: Path, caches: Path) -> None:
    if files is SWIG_CXX and shutil.which("g++") is None:
        pytest.skip("needs g++")
    _same_program(files, tmp_path, caches)


@pytest.mark.parametrize(
    ("name", "text"),
    [("bad.swig", "%{ no end\n"), ("bad.swigcxx", "%{ no end\n"), ("cgobad.swig", "")],
)
def test_swig_refusals(name: str, text: str, tmp_path: Path, caches: Path) -> None:
    """Without swig installed the message is that it is not found; with it, its own."""
    for file, content in {"go.mod": GO_MOD, "main.go": "package main\n\nfunc main() {}\n", name: text}.items():
        (tmp_path / file).write_text(content)
    go = Side(gocmd.go_command(), tmp_path, caches / "go").run("build", ".")
    assert go[0] == 1
    assert Side(gocmd.gokiln_command(), tmp_path, caches / "kiln").run("build", ".") == go


@pytest.mark.skipif(shutil.which("gfortran") is None, reason="needs gfortran")
def test_fortran(tmp_path: Path, caches: Path) -> None:
    _same_program(FORTRAN, tmp_path, caches)


def test_objective_c(tmp_path: Path, caches: Path) -> None:
    if not _can_compile("probe.m", OBJECTIVE_C["answer.m"], tmp_path):
        pytest.skip("needs gcc for Objective-C")
    _same_program(OBJECTIVE_C, tmp_path, caches)

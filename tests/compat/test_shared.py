"""-buildmode=shared and -linkshared: the same libraries, notes and programs as go makes, in a GOROOT of its own each.

Installing a shared library writes below GOROOT/pkg, so the GOROOT is a folder of links with a pkg of its own.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.test_build import Side
from tests.files import lay_out

pytestmark = [pytest.mark.go, pytest.mark.skipif(not gocmd.have_gcc(), reason="needs gcc")]

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "main.go": 'package main\n\nimport "example.com/m/dep"\n\nfunc main() { println(dep.F()) }\n',
    "dep/dep.go": "package dep\n\nfunc F() int { return 42 }\n",
}
STEPS = [
    ("install", "-p=1", "-buildmode=shared", "runtime", "sync/atomic"),
    ("list", "-linkshared", "-f={{.ImportPath}}:{{.Target}}:{{.Shlib}}", "runtime", "sync", "example.com/m/dep"),
    ("build", "-p=1", "-linkshared", "-o", "p.exe", "."),
    ("install", "-p=1", "-buildmode=shared", "./dep"),
    ("build", "-buildmode=shared", "-o", "x", "fmt"),
    ("build", "-buildmode=shared", "std", "fmt"),
    ("build", "-n", "-p=1", "-buildmode=shared", "runtime"),
]


@pytest.fixture
def private_goroot(tmp_path: Path) -> Path:
    """A GOROOT of which pkg may be written to. bin/go is a copy, as go finds its GOROOT by where it lies."""
    real = gocmd.goroot()
    assert real is not None
    root = tmp_path / "goroot"
    (root / "pkg").mkdir(parents=True)
    (root / "bin").mkdir()
    for entry in real.iterdir():
        if entry.name not in ("pkg", "bin"):
            os.symlink(entry, root / entry.name)
    for entry in (real / "pkg").iterdir():
        os.symlink(entry, root / "pkg" / entry.name)
    for entry in (real / "bin").iterdir():
        shutil.copy2(entry, root / "bin" / entry.name)
    return root


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_libraries_and_programs_against_them(private_goroot: Path, tmp_path: Path) -> None:
    module = lay_out(tmp_path / "m", FILES)
    installed = private_goroot / "pkg" / "linux_amd64_dynlink"
    seen = []
    for name, command in (("go", [str(private_goroot / "bin" / "go")]), ("gokiln", gocmd.gokiln_command())):
        cache = tmp_path / f"cache-{name}"
        side = Side(command, module, cache)
        env = {"GOROOT": str(private_goroot)}
        steps = []
        for step in STEPS:
            status, out, err = side.run(*step, env=env)
            # -n shows where in the cache an archive lies.
            steps.append((status, out, err.replace(f"{cache}/", "CACHE/"), _files(installed)))
        if steps[0][0]:
            pytest.skip(f"go cannot make shared libraries here: {steps[0][2]}")
        ran = subprocess.run([module / "p.exe"], capture_output=True, text=True)
        assert ran.stderr == "42\n"
        os.rename(module / "p.exe", tmp_path / f"{name}.exe")
        shutil.rmtree(installed)
        seen.append(steps)
    for step, ours, theirs in zip(STEPS, seen[1], seen[0]):
        assert ours == theirs, step
    assert filecmp.cmp(tmp_path / "go.exe", tmp_path / "gokiln.exe", shallow=False)

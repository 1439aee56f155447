"""What gokiln builds in the other build modes runs: plugins, C libraries, WebAssembly. And it is what go builds.

Each test skips, with the reason, when the tool that runs its result is not installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.test_build import Side
from tests.files import lay_out

pytestmark = pytest.mark.go
needs_gcc = pytest.mark.skipif(not gocmd.have_gcc(), reason="needs gcc")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "greet/greet.go": 'package greet\n\nfunc Hello(who string) string { return "hello " + who }\n',
    "plug/plug.go": 'package main\n\nimport "example.com/m/greet"\n\nvar Who = "plugin"\n\n'
    "func Greet() string { return greet.Hello(Who) }\n\nfunc main() {}\n",
    "host/host.go": 'package main\n\nimport (\n\t"os"\n\t"plugin"\n\n\t"example.com/m/greet"\n)\n\n'
    "func main() {\n\tp, err := plugin.Open(os.Args[1])\n\tif err != nil {\n\t\tpanic(err)\n\t}\n"
    '\tf, err := p.Lookup("Greet")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n'
    '\tprintln(greet.Hello("host"), f.(func() string)())\n}\n',
    "clib/lib.go": 'package main\n\nimport "C"\n\n//export Twice\nfunc Twice(x C.int) C.int { return 2 * x }\n\n'
    "func main() {}\n",
    "main.c": '#include <stdio.h>\n#include "lib.h"\nint main(void) { printf("%d\\n", Twice(21)); return 0; }\n',
    "prog/prog.go": 'package main\n\nimport "os"\n\n'
    'func main() { os.Stdout.WriteString("hello " + os.Args[1] + "\\n") }\n',
}
# Runs a program for wasip1 in node: node wasi.mjs PROGRAM ARGUMENT
WASI = """import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';
const wasi = new WASI({ version: 'preview1', args: process.argv.slice(2), env: {}, returnOnExit: true });
const module = await WebAssembly.compile(await readFile(process.argv[2]));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module on disk, with folders for results."""
    return lay_out(tmp_path_factory.mktemp("m"), {**FILES, "wasi.mjs": WASI})


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the two commands' caches."""
    return tmp_path_factory.mktemp("caches")


def _build(module: Path, caches: Path, output: str, *args: str, env: dict[str, str] | None = None) -> Path:
    """Build with both commands; the results (a header beside them included) are equal. Returns gokiln's."""
    made = []
    for name, command in (("go", gocmd.go_command()), ("gokiln", gocmd.gokiln_command())):
        target = module / f"by-{name}" / output
        target.parent.mkdir(exist_ok=True)
        status, _, err = Side(command, module, caches / name).run("build", "-o", str(target), *args, env=env)
        assert status == 0, err
        made.append(target)
    theirs, ours = made
    assert theirs.read_bytes() == ours.read_bytes()
    if ours.with_suffix(".h").exists() or theirs.with_suffix(".h").exists():
        assert theirs.with_suffix(".h").read_text() == ours.with_suffix(".h").read_text()
    return ours


def _output(*command: str | Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})})
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@needs_gcc
def test_a_plugin_is_loaded_by_a_program(module: Path, caches: Path) -> None:
    plugin = _build(module, caches, "plug.so", "-buildmode=plugin", "./plug")
    host = _build(module, caches, "host", "./host")
    assert _output(host, plugin) == "hello host hello plugin\n"


@needs_gcc
def test_a_c_shared_library_is_called_from_c(module: Path, caches: Path) -> None:
    library = _build(module, caches, "lib.so", "-buildmode=c-shared", "./clib")
    program = library.parent / "shared"
    _output("gcc", "-I", library.parent, "-o", program, module / "main.c", library)
    assert _output(program, env={"LD_LIBRARY_PATH": str(library.parent)}) == "42\n"


@needs_gcc
def test_a_c_archive_is_linked_into_a_c_program(module: Path, caches: Path) -> None:
    library = _build(module, caches, "lib.a", "-buildmode=c-archive", "./clib")
    program = library.parent / "static"
    _output("gcc", "-I", library.parent, "-o", program, module / "main.c", library, "-pthread")
    assert _output(program) == "42\n"


@needs_gcc
def test_a_position_independent_program_runs(module: Path, caches: Path) -> None:
    program = _build(module, caches, "pie", "-buildmode=pie", "./prog")
    assert _output(program, "pie") == "hello pie\n"


@needs_node
def test_a_program_for_js_runs_in_node(module: Path, caches: Path) -> None:
    goroot = gocmd.goroot()
    assert goroot is not None
    env = {"GOOS": "js", "GOARCH": "wasm"}
    program = _build(module, caches, "js.wasm", "./prog", env=env)
    wasm = goroot / "lib" / "wasm"
    assert _output(wasm / "go_js_wasm_exec", program, "js") == "hello js\n"
    # `run` finds the wrapper by its name on PATH.
    env["PATH"] = f"{wasm}{os.pathsep}{os.environ['PATH']}"
    kiln = Side(gocmd.gokiln_command(), module, caches / "gokiln")
    assert kiln.run("run", "./prog", "run", env=env) == (0, "hello run\n", "")


@needs_node
def test_a_program_for_wasip1_runs_in_node(module: Path, caches: Path) -> None:
    program = _build(module, caches, "wasi.wasm", "./prog", env={"GOOS": "wasip1", "GOARCH": "wasm"})
    done = subprocess.run(
        ["node", "--no-warnings", module / "wasi.mjs", program, "wasi"], capture_output=True, text=True
    )
    if "ERR_UNKNOWN_BUILTIN_MODULE" in done.stderr:
        pytest.skip("needs a node with WASI")
    assert (done.returncode, done.stdout) == (0, "hello wasi\n"), done.stderr

"""`gokiln doc` and `go doc`, form by form: what is printed where, and the exit status."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat import gocmd

FORMS = [
    ["json.decode"],
    ["text/template", "new"],
    ["-src", "strings.Builder.WriteString"],
    ["-u", "-short", "errors"],
    [],
    ["greet.hail"],
    ["-C", "greet"],
    ["fmt.Nosuch"],
    ["example.com/none"],
    ["-nosuch"],
]
FROM_NOWHERE = [
    ["-C", "empty", "fmt.nosuch"],
    ["-C", "empty", "strings.Builder.nosuch"],
    ["-C", "empty", "greet.Hail"],
    ["-C", "empty", "example.com/m/greet.nosuch"],
    ["-C", "empty", "Nosuch"],
]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("doc") / "m"
    (root / "greet").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "go.mod").write_text("module example.com/m\n\ngo 1.25\n")
    (root / "m.go").write_text("// Package m is here.\npackage m\n")
    (root / "greet" / "greet.go").write_text(
        "// Package greet greets.\npackage greet\n\n// Hail hails.\nfunc Hail() {}\n"
    )
    starter = root.parent / "gokiln"
    starter.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(gocmd.SRC)!r})\n"
        "from gokiln.__main__ import main\nsys.exit(main())\n"
    )
    starter.chmod(0o755)
    return root


@pytest.mark.go
def test_every_form_prints_what_go_prints(module: Path) -> None:
    """In one test: the program behind `doc` is built once."""
    env = gocmd.clean_env(module.parent / "cache")

    def call(command: list[str], form: list[str]) -> subprocess.CompletedProcess[bytes]:
        return gocmd.run(command, ["doc", *form], module, env)

    for form in [*FORMS, *FROM_NOWHERE]:
        theirs, ours = call(gocmd.go_command(), form), call([str(module.parent / "gokiln")], form)
        assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode), form
        assert theirs.stdout or theirs.stderr
    # Without the variable go/build knows no GOROOT, and what is no symbol of fmt is looked for here.
    env["PATH"] = str(Path(env.pop("GOROOT")) / "bin") + os.pathsep + env["PATH"]
    for form in FROM_NOWHERE:
        theirs, ours = call(gocmd.go_command(), form), call([str(module.parent / "gokiln")], form)
        assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode), form
    if os.name != "nt":
        script = f"{shlex.quote(str(module.parent / 'gokiln'))} doc -all net/http | head -n 1"
        cut = subprocess.run(["sh", "-c", script], cwd=module, env=env, capture_output=True)
        assert (cut.stdout, cut.stderr) == (b'package http // import "net/http"\n', b"")

"""`gokiln list` against `go list` of the same GOROOT: packages of std and cmd field by field, and modules full of
mistakes, whose stdout, stderr and exit status must be the same.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.compat import gocmd

pytestmark = pytest.mark.go

# Build results, which `list -json` shows only with the builder: compared where the build is.
_BUILT = {"Stale", "StaleReason"}
FIELDS = (
    "Dir,ImportPath,Name,Doc,Target,Root,Match,Goroot,Standard,DepOnly,Incomplete,DefaultGODEBUG,GoFiles,CgoFiles,"
    "IgnoredGoFiles,InvalidGoFiles,IgnoredOtherFiles,CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SysoFiles,"
    "EmbedPatterns,EmbedFiles,CgoCFLAGS,CgoLDFLAGS,CgoPkgConfig,Imports,ImportMap,Deps,Error,DepsErrors,TestGoFiles,"
    "TestImports,TestEmbedPatterns,XTestGoFiles,XTestImports,Module"
)


def both(args: list[str], cwd: Path, tmp_path: Path, **variables: str) -> list[tuple[int, str, str]]:
    """(go's, gokiln's) exit status, stdout, stderr."""
    env = gocmd.clean_env(tmp_path / "cache", {"GOPROXY": "off", "GOSUMDB": "off", **variables})
    theirs = gocmd.run(gocmd.go_command(), ["list", *args], cwd, env)
    ours = gocmd.run(gocmd.gokiln_command(), ["list", *args], cwd, env)
    return [(r.returncode, r.stdout.decode(), r.stderr.decode()) for r in (theirs, ours)]


def objects(text: str) -> list[dict[str, object]]:
    """The JSON objects of a listing."""
    decoder, at, out = json.JSONDecoder(), 0, []
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        out.append(value)
        at += 1
    return out


@pytest.mark.parametrize(
    ("patterns", "variables"),
    [
        (["std"], {}),
        (["std"], {"CGO_ENABLED": "0"}),
        (["std"], {"GOOS": "windows", "GOARCH": "arm64"}),
        (["std"], {"GOOS": "js", "GOARCH": "wasm"}),
        (["net/http", "os/user"], {"GOOS": "darwin", "GOARCH": "amd64"}),
        (["cmd/gofmt", "cmd/link"], {}),
        (["-tags=netgo,osusergo,race", "net", "os/user", "runtime/race"], {}),
    ],
)
def test_standard_library(patterns, variables, tmp_path):
    theirs, ours = both(["-e", "-deps", f"-json={FIELDS}", *patterns], tmp_path, tmp_path, **variables)
    mine, other = objects(ours[1]), objects(theirs[1])
    assert [p["ImportPath"] for p in mine] == [p["ImportPath"] for p in other]
    for a, b in zip(mine, other):
        assert a == b
    assert ours == theirs


MOD = "-- go.mod --\nmodule example.com/m\n\ngo 1.21\n"
# name: (files in txtar, arguments)
CASES: dict[str, tuple[str, list[str]]] = {
    "fine": ('-- a.go --\npackage m\n-- b/b.go --\npackage b\nimport _ "fmt"\n', ["./..."]),
    "missing std": ('-- a.go --\npackage m\nimport _ "nosuch"\n', ["-deps", "."]),
    "missing std e": ('-- a.go --\npackage m\nimport _ "nosuch"\n', ["-e", "-deps", f"-json={FIELDS}", "."]),
    "missing module": ('-- a.go --\npackage m\nimport _ "example.org/x"\n', ["-deps", "."]),
    "missing package": (
        '-- a.go --\npackage m\nimport _ "example.com/m/none"\n',
        ["-e", "-deps", f"-json={FIELDS}", "."],
    ),
    "no such pattern": ("-- a.go --\npackage m\n", ["./none", "./none/..."]),
    "no such path": ("-- a.go --\npackage m\n", ["example.com/m/none"]),
    "syntax error": ('-- a.go --\npackage m\nimport (\n\t"fmt"\n\tx y z\n)\n', ["."]),
    "syntax error e": ("-- a.go --\npackage m\nimport fmt\n", ["-e", f"-json={FIELDS}", "."]),
    "two packages": ("-- a.go --\npackage m\n-- b.go --\npackage n\n", ["."]),
    "two packages imported": (
        '-- a.go --\npackage m\nimport _ "example.com/m/x"\n-- x/a.go --\npackage x\n-- x/b.go --\npackage y\n',
        ["-e", "-deps", f"-json={FIELDS}", "."],
    ),
    "only tests": ("-- a_test.go --\npackage m\n", ["-e", f"-json={FIELDS}", "."]),
    "imports only tests": (
        '-- a.go --\npackage m\nimport _ "example.com/m/x"\n-- x/x_test.go --\npackage x\n',
        ["-deps", "."],
    ),
    "all excluded": ("-- a_plan9.go --\npackage m\n", ["."]),
    "imports excluded": (
        '-- a.go --\npackage m\nimport _ "example.com/m/x"\n-- x/x_plan9.go --\npackage x\n',
        ["-e", "-deps", f"-json={FIELDS}", "."],
    ),
    "no go files": ("-- x/readme --\nhello\n", ["./x"]),
    "cycle": (
        '-- a/a.go --\npackage a\nimport _ "example.com/m/b"\n-- b/b.go --\npackage b\nimport _ "example.com/m/c"\n'
        '-- c/c.go --\npackage c\nimport _ "example.com/m/a"\n',
        ["-deps", "./a"],
    ),
    "cycle json": (
        '-- a/a.go --\npackage a\nimport _ "example.com/m/b"\n-- b/b.go --\npackage b\nimport _ "example.com/m/a"\n',
        ["-e", "-deps", f"-json={FIELDS}", "./..."],
    ),
    "self import": ('-- a/a.go --\npackage a\nimport _ "example.com/m/a"\n', ["-e", f"-json={FIELDS}", "./a"]),
    "internal": ('-- a.go --\npackage m\nimport _ "internal/abi"\n', ["."]),
    "internal of another tree": (
        '-- a/a.go --\npackage a\nimport _ "example.com/m/b/internal/c"\n-- b/internal/c/c.go --\npackage c\n',
        ["-e", "-deps", f"-json={FIELDS}", "./a"],
    ),
    "program imported": (
        '-- a.go --\npackage m\nimport _ "example.com/m/x"\n-- x/x.go --\npackage main\nfunc main() {}\n',
        ["."],
    ),
    "relative import": ('-- a.go --\npackage m\nimport _ "./x"\n-- x/x.go --\npackage x\n', ["."]),
    "absolute import": ('-- a.go --\npackage m\nimport _ "/x"\n', ["."]),
    "bad import path": ('-- a.go --\npackage m\nimport _ "example.com/m/a b"\n', ["."]),
    "c without cgo": ("-- a.go --\npackage m\n-- x.c --\nint x;\n", ["."]),
    "c++ without cgo": ("-- a.go --\npackage m\n-- x.cc --\nint x;\n-- y.cpp --\nint y;\n", ["."]),
    "cgo line": ('-- a.go --\npackage m\n\n// #cgo NOPE: x\nimport "C"\n', ["."]),
    "cgo flags": (
        "-- a.go --\npackage main\n\n// #cgo CFLAGS: -I${SRCDIR}/inc -DX=1\n// #cgo windows LDFLAGS: -lw\n"
        '// #cgo !windows LDFLAGS: -lm\n// #cgo pkg-config: foo\nimport "C"\n\nfunc main() {}\n',
        [f"-json={FIELDS},CompiledGoFiles", "."],
    ),
    "bad constraint": ("-- a.go --\n//go:build a b\n\npackage m\n", ["."]),
    "embed": (
        '-- a.go --\npackage m\n\nimport _ "embed"\n\n//go:embed *.txt d\nvar x string\n'
        "-- a.txt --\n-- d/y --\n-- d/.z --\n",
        [f"-json={FIELDS}", "."],
    ),
    "embed nothing": (
        '-- a.go --\npackage m\n\nimport "embed"\n\n//go:embed *.nope\nvar x embed.FS\n',
        [f"-json={FIELDS}", "."],
    ),
    "embed another module": (
        '-- a.go --\npackage m\n\nimport "embed"\n\n//go:embed sub/x\nvar x embed.FS\n'
        "-- sub/go.mod --\nmodule s\n-- sub/x --\n",
        ["-e", f"-json={FIELDS}", "."],
    ),
    "embed syntax": (
        '-- a.go --\npackage m\n\nimport "embed"\n\n//go:embed ../x\nvar x embed.FS\n',
        ["-e", f"-json={FIELDS}", "."],
    ),
    "files": (
        "-- a.go --\npackage main\nfunc main() {}\n-- b.go --\npackage main\n",
        [f"-json={FIELDS}", "a.go", "b.go"],
    ),
    "files of two directories": ("-- a.go --\npackage m\n-- x/b.go --\npackage m\n", ["a.go", "x/b.go"]),
    "files and packages": ("-- a.go --\npackage m\n", ["a.go", "fmt"]),
    "file that is not there": ("-- a.go --\npackage m\n", ["a.go", "b.go"]),
    "case collision of files": ("-- a.go --\npackage m\n-- A.go --\npackage m\n", ["."]),
    "case collision of imports": (
        '-- a.go --\npackage m\nimport _ "example.com/m/x"\nimport _ "example.com/m/X"\n'
        "-- x/x.go --\npackage x\n-- X/x.go --\npackage x\n",
        ["-deps", "."],
    ),
    "godebug": ("-- a.go --\n//go:debug panicnil=1\n\npackage main\n\nfunc main() {}\n", [f"-json={FIELDS}", "."]),
    "find": ('-- a.go --\npackage m\nimport _ "nosuch"\n', ["-find", f"-json={FIELDS}", "."]),
    "find with deps": ("-- a.go --\npackage m\n", ["-find", "-deps", "."]),
    "f with json": ("-- a.go --\npackage m\n", ["-f", "x", "-json", "."]),
    "u without m": ("-- a.go --\npackage m\n", ["-u", "."]),
    "unknown flag": ("-- a.go --\npackage m\n", ["-nope"]),
    "versions in a path": ("-- a.go --\npackage m\n", ["example.com/m@v1"]),
    "templates": (
        '-- a.go --\n// Package m does.\npackage m\nimport (\n\t"fmt"\n\t"os"\n)\n',
        ["-f", '{{.Name}} {{.Doc}} {{join .Imports ","}} {{len .Deps}} {{.Module.Path}} {{context.GOOS}}', "."],
    ),
    "module": ("-- a.go --\npackage m\n", ["-m"]),
    "module json": ("-- a.go --\npackage m\n", ["-m", "-json"]),
}


def unpack(archive: str, where: Path) -> None:
    """Write the files of a txtar archive."""
    name, lines = "", []
    for line in [*archive.splitlines(keepends=True), "--  --\n"]:
        if line.startswith("-- ") and line.rstrip().endswith(" --"):
            if name:
                (where / name).parent.mkdir(parents=True, exist_ok=True)
                (where / name).write_text("".join(lines))
                # go words a message or two otherwise when its index takes a directory, which it does not
                # while files are younger than two seconds. gokiln follows the index, as users meet it.
                os.utime(where / name, (1_700_000_000, 1_700_000_000))
            name, lines = line[3:-3].strip(), []
        else:
            lines.append(line)


@pytest.mark.parametrize("name", CASES)
def test_modules_with_mistakes(name, tmp_path):
    if name == "bad import path" and gocmd.minor() < 26:
        pytest.skip("go1.25's index of packages loses the error: it says `no errors`")
    files, args = CASES[name]
    where = tmp_path / "m"
    where.mkdir()
    unpack(MOD + files, where)
    theirs, ours = both(args, where, tmp_path)
    assert ours == theirs


@pytest.mark.parametrize("variables", [{"GOARCH": "wasm"}, {"GOOS": "nosuch"}], ids=str)
@pytest.mark.parametrize(
    "args",
    [["."], ["-m"], ["-f", "{{context.ToolTags}}"], ["-f", "{{.Stale}}"], ["-export", "."], ["-json=Name,Stale"]],
)
def test_only_what_needs_a_builder_refuses_a_target_without_port(args, variables, tmp_path):
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "m.go").write_text("package m\n")
    theirs, ours = both(args, tmp_path, tmp_path, **variables)
    assert ours == theirs


@pytest.mark.parametrize("args", [["-test", "."], ["."], ["-e", "-test", "-deps", "."], ["-test", "./nosuch"]], ids=str)
def test_without_a_build_cache(args, tmp_path):
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "m.go").write_text("package m\n")
    theirs, ours = both(args, tmp_path, tmp_path, GOCACHE="off")
    assert ours == theirs


@pytest.mark.skipif(os.name == "nt", reason="a limit of POSIX makes writing fail")
def test_compiled_files_when_the_cache_takes_nothing(tmp_path):
    """Go fails there; for us a cache that cannot be written costs a warning."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "m" / "m.go").write_text("package m\n")
    script = 'ulimit -f 0 && exec "$@"'
    command = ["sh", "-c", script, "sh", *gocmd.gokiln_command()]
    args = ["list", "-compiled", "-f", "{{.ImportPath}} {{.CompiledGoFiles}}", "."]
    done = gocmd.run(command, args, tmp_path / "m", gocmd.clean_env(tmp_path / "cache"))
    assert (done.returncode, done.stdout) == (0, b"example.com/m [m.go]\n")
    assert done.stderr.startswith(b"gokiln: cannot write to the build cache: ")

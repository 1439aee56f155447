"""Modules and imports as the go command resolves them: the same lines, errors and exit codes.

The modules come from a file:// proxy made here.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.proxy import Proxy, write_tree
from tests.compat.resolve_cases import HARD_CASES, main_go, module

pytestmark = pytest.mark.go

DEPS = ["list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{with .Module}}{{.}}{{end}}{{end}}"]
GO = "go 1.24\n"


def make_proxy(root: Path) -> Proxy:
    """A small world: pruned and unpruned modules, nested ones, retractions, old style ones without go.mod."""
    p = Proxy(root)
    p.add("example.com/a@v1.0.0", {"a.go": "package a\n", "sub/s.go": "package sub\n"})
    p.add(
        "example.com/a@v1.1.0",
        {"a.go": 'package a\n\nimport _ "example.com/b"\n', "sub/s.go": "package sub\n"},
        go_mod="module example.com/a\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n",
    )
    p.add(
        "example.com/a@v1.2.0",
        {"a.go": "package a\n"},
        go_mod="module example.com/a\n\ngo 1.21\n\nretract v1.0.0 // bad\n",
    )
    p.add("example.com/b@v1.0.0", {"b.go": "package b\n", "b_test.go": 'package b\n\nimport _ "example.com/c"\n'})
    p.add(
        "example.com/b@v1.1.0",
        {"b.go": 'package b\n\nimport _ "example.com/c/d"\n'},
        go_mod="module example.com/b\n\ngo 1.16\n\nrequire example.com/c v1.0.0\n",
    )
    p.add("example.com/c@v1.0.0", {"c.go": "package c\n", "d/d.go": "package d\n"})
    p.add("example.com/c@v1.1.0", {"c.go": "package c\n"})
    p.add("example.com/c/d@v1.0.0", {"d.go": "package d\n"})
    p.add("example.com/new@v1.0.0", {"n.go": "package new\n"}, go_mod="module example.com/new\n\ngo 1.99\n")
    p.add("example.com/old@v1.0.0", {"o.go": "package old\n"}, go_mod="module example.com/old\n")
    p.add("example.com/wrong@v1.0.0", {"w.go": "package w\n"}, go_mod="module example.com/right\n\ngo 1.21\n")
    return p


Case = tuple[str, Mapping[str, str], Sequence[Sequence[str]]]

CASES: list[Case] = [
    (
        "requires",
        {"go.mod": module("require example.com/a v1.0.0"), "main.go": main_go("example.com/a", "example.com/a/sub")},
        [DEPS, ["list", "-m", "all"], ["mod", "graph"], ["list", "-m", "-json", "all"]],
    ),
    (
        "missing package",
        {"go.mod": module(), "main.go": main_go("example.com/a", "nosuch/std", "fmt")},
        [
            ["list", "./..."],
            ["list", "-e", "-f", "{{.ImportPath}} {{.Error}} {{len .DepsErrors}}", "./..."],
            [*DEPS, "."],
        ],
    ),
    (
        "missing, -mod given",
        {"go.mod": module(), "main.go": main_go("example.com/a")},
        [["list", "-mod=readonly", "-deps", "."], ["list", "-mod=mod", "-deps", "-f", "{{.Module}}", "."]],
    ),
    (
        "implicit dependency",
        {
            "go.mod": module("require example.com/a v1.1.0"),
            "main.go": main_go("example.com/a", "example.com/b"),
        },
        [["list", "-deps", "."], ["list", "-m", "all"], ["mod", "graph"], ["list", "-mod=mod", "-m", "all"]],
    ),
    (
        "unpruned",
        {"go.mod": module("require example.com/b v1.1.0", go="1.15"), "main.go": main_go("example.com/b")},
        [DEPS, ["mod", "graph"], ["list", "-m", "all"]],
    ),
    (
        "ambiguous",
        {
            "go.mod": module("require (", "example.com/c v1.0.0", "example.com/c/d v1.0.0", ")"),
            "main.go": main_go("example.com/c/d"),
        },
        [["list", "-deps", "."], ["list", "-deps", "-e", "-f", "{{.ImportPath}} {{.Error}}", "."]],
    ),
    (
        "too new dependency",
        {"go.mod": module("require example.com/new v1.0.0"), "main.go": main_go("example.com/new")},
        [["list", "-deps", "."], ["mod", "graph"], ["list", "-m", "all"]],
    ),
    (
        "too new itself",
        {"go.mod": module(go="1.99"), "main.go": main_go()},
        [["list", "."], ["mod", "graph"], ["list", "-m"]],
    ),
    (
        "wrong module path",
        {"go.mod": module("require example.com/wrong v1.0.0"), "main.go": main_go("example.com/wrong")},
        [["list", "-deps", "."], ["mod", "graph"]],
    ),
    (
        "exclude",
        {
            "go.mod": module("require example.com/a v1.1.0", "exclude example.com/a v1.1.0"),
            "main.go": main_go("example.com/a"),
        },
        [["list", "-deps", "."], ["list", "-m", "all"], ["mod", "graph"]],
    ),
    (
        "replace by directory",
        {
            "go.mod": module("require example.com/a v1.0.0", "replace example.com/a => ./a"),
            "a/go.mod": "module example.com/a\n\ngo 1.20\n",
            "a/a.go": "package a\n",
            "main.go": main_go("example.com/a", "example.com/a/sub"),
        },
        [
            [*DEPS, "."],
            ["list", "-m", "-json", "all"],
            ["list", "./..."],
            ["list", "./a"],
            ["build", "-mod=mod", "."],
            ["build", "."],
        ],
    ),
    (
        "replace by version",
        {
            "go.mod": module("require example.com/a v1.0.0", "replace example.com/a v1.0.0 => example.com/a v1.1.0"),
            "main.go": main_go("example.com/a"),
        },
        [[*DEPS, "-e", "."], ["list", "-m", "all"], ["list", "-m", "-json", "all"]],
    ),
    (
        "replaced but not required",
        {
            "go.mod": module("replace example.com/a => ./a", "replace example.com/z v1.2.3 => ./a"),
            "a/go.mod": "module example.com/a\n",
            "a/a.go": "package a\n",
            "main.go": main_go("example.com/a", "example.com/z"),
        },
        [["list", "-deps", "."], ["list", "-deps", "-mod=mod", "-f", "{{.Module}}", "."]],
    ),
    (
        "replacement is missing",
        {
            "go.mod": module("require example.com/a v1.0.0", "replace example.com/a => ./nowhere"),
            "main.go": main_go("example.com/a"),
        },
        [["list", "-deps", "."], ["list", "-m", "all"], ["mod", "graph"]],
    ),
    (
        "versions at odds",
        {
            "go.mod": module("require (", "example.com/a v1.1.0", "example.com/b v1.0.0", "example.com/b v1.1.0", ")"),
            "main.go": main_go("example.com/a", "example.com/b"),
        },
        [["list", "-deps", "."], ["list", "-m", "all"], ["mod", "graph"], ["list", "-mod=mod", "-m", "all"]],
    ),
    ("bad go.mod", {"go.mod": "module example.com/m\n\nbad line\nrequire x\n"}, [["list", "."], ["mod", "graph"]]),
    ("no module line", {"go.mod": "go 1.24\n"}, [["list", "."], ["list", "-m"]]),
    ("reserved path", {"go.mod": "module go\n"}, [["list", "."]]),
    (
        "odd imports",
        {
            "go.mod": module(),
            "main.go": main_go("./rel", "/abs", "example.com/a@v1.0.0", "all", "C", "bad path"),
        },
        [["list", "-deps", "."], ["list", "-deps", "-e", "-f", "{{.ImportPath}} {{.Error}}", "."]],
    ),
    (
        "patterns",
        {
            "go.mod": module("ignore ./skipped"),
            "main.go": main_go(),
            "x/x.go": "package x\n",
            "x/testdata/t.go": "package t\n",
            "x/_y/y.go": "package y\n",
            "skipped/s.go": "package s\n",
            "nested/go.mod": "module example.com/nested\n",
            "nested/n.go": "package nested\n",
            "empty/readme": "",
            "tagged/t.go": "//go:build never\n\npackage t\n",
            "test/t_test.go": "package t\n",
        },
        [
            ["list", "./..."],
            ["list", "./x/..."],
            ["list", "x/..."],
            ["list", "example.com/m/..."],
            ["list", "all"],
            ["list", "work"],
            ["list", "tool"],
            ["list", "./nested"],
            ["list", "./nested/..."],
            ["list", "./empty"],
            ["list", "./tagged"],
            ["list", "-e", "-f", "{{.ImportPath}} {{.Error}}", "./tagged", "./empty", "./none", "./test"],
            ["list", "./none/..."],
            ["list", ".."],
            ["list", "../..."],
            ["list", "./..", "/"],
            ["list", "example.com/m", "example.com/m/none", "nonsense"],
            ["list", "fmt", "net/http", "net/..."],
            ["list", "-m", "example.com/...", "example.com/none", "./x"],
        ],
    ),
    (
        "tools",
        {
            "go.mod": module("require example.com/a v1.0.0", "tool example.com/a/sub", "tool example.com/m/t"),
            "main.go": main_go(),
            "t/t.go": main_go(),
        },
        [["list", "all"], [*DEPS, "all"]],
    ),
    (
        "one tool",
        {"go.mod": module("require example.com/a v1.0.0", "tool example.com/a/sub"), "main.go": main_go()},
        [["list", "tool"], ["list", "all"], [*DEPS, "all"]],
    ),
    (
        "outside a module",
        {"x.go": main_go("fmt"), "y.go": main_go("example.com/a")},
        [
            ["list", "x.go"],
            ["list", "-deps", "y.go"],
            ["list", "."],
            ["list", "./..."],
            ["list", "fmt"],
            ["list", "-m"],
            ["list", "-m", "all"],
            ["list", "example.com/a"],
            ["mod", "graph"],
            ["mod", "why", "fmt"],
            ["list", "-m", "example.com/a@latest"],
            ["list", "-m", "-versions", "example.com/a"],
        ],
    ),
    (
        "queries",
        {"go.mod": module("require example.com/a v1.0.0"), "main.go": main_go("example.com/a")},
        [
            [
                "list",
                "-m",
                "-f",
                "{{.}} {{.Query}} {{.Time}}",
                *(
                    f"example.com/a@{q}"
                    for q in (
                        "latest",
                        "v1",
                        "v1.1",
                        "<v1.2.0",
                        "<=v1.1.0",
                        ">v1.0.0",
                        ">=v1.0.0",
                        "v1.0.0",
                        "upgrade",
                        "patch",
                    )
                ),
            ],
            ["list", "-m", "example.com/a@<v1.0.0"],
            ["list", "-m", "example.com/a@v9.9.9"],
            ["list", "-m", "example.com/a@nobranch"],
            ["list", "-m", "example.com/a@<=v1"],
            ["list", "-m", "example.com/a@<bad"],
            ["list", "-m", "example.com/nosuch@latest"],
            ["list", "-m", "-versions", "example.com/a"],
            ["list", "-m", "-versions", "-retracted", "example.com/a"],
            ["list", "-m", "-u", "all"],
            ["list", "-m", "-retracted", "-f", "{{.}} {{.Retracted}}", "all"],
            ["list", "-m", "example.com/m@latest"],
            ["list", "-m", "go@1.21", "toolchain"],
        ],
    ),
    (
        "why",
        {
            "go.mod": module("require example.com/a v1.1.0", "require example.com/b v1.0.0 // indirect"),
            "main.go": main_go("example.com/a"),
            "main_test.go": 'package main\n\nimport _ "example.com/a/sub"\n',
        },
        [
            ["mod", "why", "example.com/b", "example.com/c", "fmt"],
            ["mod", "why", "-m", "example.com/b", "example.com/a"],
            ["mod", "why", "-vendor", "example.com/b"],
            ["mod", "why", "-m", "example.com/b@v1.0.0"],
        ],
    ),
    (
        "go line missing",
        {"go.mod": "module example.com/m\n", "main.go": main_go()},
        [
            ["list", "-m", "-json"],
            ["list", "-mod=mod", "-m", "-json"],
            ["mod", "graph"],
        ],
    ),
    (
        "modfile",
        {"go.mod": module(), "other.mod": module("require example.com/a v1.0.0"), "main.go": main_go("example.com/a")},
        [
            ["list", "-modfile=other.mod", "-m", "-json"],
            ["list", "-modfile=other.mod", "-deps", "."],
            ["list", "-modfile=other.txt", "."],
        ],
    ),
    (
        "godebug lines",
        {"go.mod": module("godebug nosuch=1", "godebug default=go1.99"), "main.go": main_go()},
        [["list", "."]],
    ),
    (
        "vendored",
        {
            "go.mod": module("require example.com/a v1.0.0"),
            "main.go": main_go("example.com/a"),
            "vendor/modules.txt": "# example.com/a v1.0.0\n## explicit; go 1.21\nexample.com/a\n",
            "vendor/example.com/a/a.go": "package a\n",
            "vendor/example.com/b/b.go": "package b\n",
        },
        [
            [*DEPS, "."],
            ["list", "all"],
            ["list", "-m", "all"],
            ["list", "./..."],
            ["list", "example.com/a", "example.com/b"],
            ["list", "-m", "-json", "example.com/a"],
            ["list", "./vendor/example.com/a", "./vendor/example.com/b"],
            ["list", "-mod=mod", "-m", "all"],
            ["list", "example.com/..."],
        ],
    ),
    (
        "vendor inconsistent",
        {
            "go.mod": module("require example.com/a v1.0.0", "replace example.com/z => ./z"),
            "main.go": main_go("example.com/a"),
            "vendor/modules.txt": "# example.com/q v1.0.0\n## explicit\nexample.com/q\n# example.com/r => ./r\n",
        },
        [["list", "."], ["list", "-mod=readonly", "-deps", "."]],
    ),
    (
        "workspace",
        {
            "go.work": "go 1.24\n\nuse (\n\t./x\n\t./y\n)\n",
            "x/go.mod": "module example.com/x\n\ngo 1.24\n\nrequire example.com/a v1.0.0\n",
            "x/x.go": 'package x\n\nimport _ "example.com/y"\nimport _ "example.com/a"\n',
            "y/go.mod": "module example.com/y\n\ngo 1.21\n",
            "y/y.go": 'package y\n\nimport _ "example.com/nosuch"\n',
            "z/go.mod": "module example.com/z\n",
            "z/z.go": "package z\n",
        },
        [
            ["list", "./x"],
            ["list", "./y/..."],
            ["list", "./z"],
            ["list", "work"],
            ["list", "-m"],
            ["list", "-m", "all"],
            ["mod", "graph"],
            ["list", "-e", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{.Module}} {{.Error}}{{end}}", "./x"],
            ["list", "-mod=mod", "./x"],
        ],
    ),
]


def outcome(
    command: list[str], args: Sequence[str], work: Path, where: Path, env: Mapping[str, str]
) -> tuple[int, str, str, dict[str, str]]:
    """(status, stdout, stderr, go.mod and go.sum afterwards)."""
    done = gocmd.run(command, args, where, env, timeout=120)
    after = {f.name: f.read_text() for f in work.glob("*") if f.suffix in (".mod", ".sum")}
    # Downloads run side by side: their lines come in any order.
    lines = done.stderr.decode().splitlines(True)
    fetched = sorted(line for line in lines if line.startswith("go: downloading "))
    rest = [line for line in lines if not line.startswith("go: downloading ")]
    return done.returncode, done.stdout.decode(), "".join([*fetched, *rest]), after


def fill_sums(work: Path, env: Mapping[str, str]) -> None:
    """Have go write go.sum, as far as it can."""
    if gocmd.run(gocmd.go_command(), ["mod", "download", "all"], work, env).returncode:
        gocmd.run(gocmd.go_command(), ["mod", "download"], work, env)


ALL = [*((*case, "") for case in CASES), *HARD_CASES]


@pytest.mark.parametrize(("name", "files", "commands", "below"), ALL, ids=[c[0] for c in ALL])
def test_resolves_as_go_does(
    name: str, files: Mapping[str, str], commands: Sequence[Sequence[str]], below: str, tmp_path: Path
) -> None:
    if name == "reserved path" and gocmd.minor() < 26:
        pytest.skip("go1.25 takes modules called go and toolchain")
    proxy = make_proxy(tmp_path / "proxy")
    work = tmp_path / "w" / "m"
    cache = tmp_path / "mod"
    env = gocmd.clean_env(
        tmp_path / "cache",
        {"GOPROXY": proxy.url, "GONOSUMDB": "*", "GOFLAGS": "-modcacherw", "GOMODCACHE": str(cache), "GOPATH": "/go"},
    )
    env["GOSUMDB"] = "off"
    for sums in (False, True):
        for args in commands:
            found = []
            for command in (gocmd.go_command(), gocmd.gokiln_command()):
                shutil.rmtree(work, ignore_errors=True)
                shutil.rmtree(cache, ignore_errors=True)
                work.mkdir(parents=True)
                write_tree(work, files)
                if sums and "go.mod" in files:
                    fill_sums(work, env)
                found.append(outcome(command, args, work, work / below, env))
            assert found[1] == found[0], f"{name}: go {' '.join(args)} (go.sum filled: {sums})"

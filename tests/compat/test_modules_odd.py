"""Module commands where something is odd: each case once differed from go. What was said and what was left must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.modules_as_go import Pair
from tests.compat.proxy import Proxy, write_tree

pytestmark = pytest.mark.skipif(gocmd.goroot() is None, reason="needs a Go toolchain")

M = "module example.com/m\n\ngo 1.24\n"
ONE = "module example.com/one\n\ngo 1.24\n"
TWO = "module example.com/two\n\ngo 1.24\n"
WORK = "go 1.26.0\n\nuse (\n\t./one\n\t./two\n)\n"


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    """example.com/a in two versions, the second deprecating itself; example.com/broken with a file that is wrong."""
    made = Proxy(tmp_path / "proxy")
    made.add("example.com/a@v1.0.0", {"a.go": "package a\n", "q/q.go": "package q\n"})
    made.add(
        "example.com/a@v1.1.0",
        {"go.mod": "// Deprecated: use b\nmodule example.com/a\n\ngo 1.21\n", "a.go": "package a\n"},
    )
    made.add("example.com/b@v1.0.0", {"b.go": "package b\n"})
    made.add(
        "example.com/broken@v1.0.0",
        {
            "x.go": "package x\n",
            "path.go": 'package x\n\nimport _ "bad path"\nimport _ "example.com/nowhere"\n',
            "syntax.go": 'package x\n\nimport _ "example.com/b"\nimport what\n',
        },
    )
    # Only a Go without graph pruning sees that example.com/a/q has become a module of its own.
    made.add("example.com/a/q@v1.0.0", {"q.go": "package q\n"})
    wants_q = "module example.com/b\n\ngo 1.21\n\nrequire example.com/a/q v1.0.0\n"
    made.add("example.com/b@v1.1.0", {"go.mod": wants_q, "b.go": "package b\n"})
    wants_b = "module example.com/middle\n\ngo 1.21\n\nrequire example.com/b v1.1.0\n"
    made.add("example.com/middle@v1.0.0", {"go.mod": wants_b, "m.go": "package m\n"})
    wants_a = (
        "module example.com/outer\n\ngo 1.21\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/middle v1.0.0\n)\n"
    )
    made.add("example.com/outer@v1.0.0", {"go.mod": wants_a, "o.go": 'package o\n\nimport _ "example.com/a/q"\n'})
    return made


CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "a file of a module has an import path that cannot be one": (
        {"go.mod": M, "m.go": 'package m\n\nimport _ "example.com/broken"\n'},
        ["mod tidy", "get -u all", "mod vendor -e", "list -e -deps ./..."],
    ),
    "two modules of a workspace have one path": (
        {"go.work": WORK, "one/go.mod": ONE, "two/go.mod": ONE + "\nrequire example.com/a v1.9.0\n"},
        ["work sync", "list -m all", "mod graph", "mod why -m example.com/a", "list ./one"],
    ),
    "they are replaced as well": (
        {
            "go.work": WORK + "\nreplace example.com/one => ./two\n",
            "one/go.mod": ONE,
            "two/go.mod": ONE,
        },
        ["work sync", "list -m", "work vendor", "build ./one"],
    ),
    "two modules of a workspace replace a module by two others": (
        {
            "go.work": WORK,
            "one/go.mod": ONE
            + "\nrequire example.com/a v1.0.0\n\nreplace example.com/a v1.0.0 => example.com/b v1.0.0\n",
            "one/one.go": 'package one\n\nimport _ "example.com/a"\n',
            "two/go.mod": TWO + "\nreplace example.com/a => example.com/a v1.1.0\n",
        },
        ["work sync", "list -m all", "list ./one", "mod download"],
    ),
    "the toolchain line says default": (
        {
            "go.work": "go 1.24\n\nuse ./one\n\nuse ./two\n",
            "one/go.mod": "module example.com/one\n\ngo 1.16\n\ntoolchain default\n",
            "two/go.mod": TWO,
        },
        ["work sync", "-C one get toolchain@go1.21.1", "-C one get go@1.25", "-C one mod tidy", "list -m all"],
    ),
    "go.work alone replaces a module that has no versions": (
        {
            "go.work": WORK + "\nreplace example.com/none => example.com/a v1.0.0\n",
            "one/go.mod": ONE,
            "two/go.mod": TWO,
        },
        ["-C one list -m example.com/none@latest", "-C one get example.com/none", "list -m -u example.com/none"],
    ),
    "a vendor directory knows too little": (
        {"go.mod": M, "vendor/modules.txt": ""},
        ["list -m -mod=vendor example.com/... all", "list -m -mod=vendor all ...", "list -m -u -mod=vendor all"],
    ),
    "go.mod lists a module twice": (
        {
            "go.mod": M + "\nrequire example.com/a v1.0.0\n\nrequire example.com/a v1.1.0\n",
            "m.go": 'package m\n\nimport _ "example.com/a"\n',
        },
        ["get -u ./...", "get example.com/a@v1.0.0", "mod tidy", "mod edit -json"],
    ),
    "a Go version that go.mod cannot have": ({"go.mod": M}, ["get go@1", "get go@1.x"]),
    "a file that -modfile names is not there": (
        {"go.mod": M},
        ["mod edit -modfile=alt.mod -go=1.25", "list -modfile=x.mod"],
    ),
    "vendor packages are to go where they cannot": (
        {"go.mod": M, "m.go": 'package m\n\nimport _ "example.com/a"\n', "go.sum": ""},
        [
            "get example.com/a",
            "mod vendor -o go.mod/x",
            "mod vendor -o go.mod/x/y",
            "mod vendor -o m.go",
            "mod vendor -o .",
        ],
    ),
    "an older Go would find a package in two modules": (
        {
            "go.mod": M + "\nrequire example.com/outer v1.0.0\n",
            "m.go": 'package m\n\nimport _ "example.com/outer"\n',
        },
        ["mod tidy -compat=1.16", "mod tidy -compat=1.16 -e", "mod tidy"],
    ),
    "a package imports the root of the main module, where none is": (
        {"go.mod": M, "p/p.go": 'package p\n\nimport _ "example.com/m"\n'},
        ["get -u all", "get -u ./...", "get example.com/m@upgrade", "get example.com/m@latest", "mod tidy"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_odd_places_end_as_go(tmp_path: Path, proxy: Proxy, name: str) -> None:
    files, commands = CASES[name]
    root = tmp_path / "main"
    pair = Pair(tmp_path, proxy.url)
    for command in commands:
        write_tree(root, files)
        assert not pair.difference(command.split(), root)


def test_a_workspace_goes_on_with_what_its_module_knows(tmp_path: Path, proxy: Proxy) -> None:
    """The latest version of a module is asked for once: in the workspace another module replaces it."""
    replaced = "\nrequire example.com/b v1.0.0\n\nreplace example.com/a v1.1.0 => example.com/b v1.0.0\n"
    root = tmp_path / "main"
    write_tree(
        root,
        {
            "go.work": WORK,
            "one/go.mod": ONE + "\nrequire example.com/a v1.0.0\n",
            "one/one.go": 'package one\n\nimport _ "example.com/a"\n',
            "two/go.mod": TWO + replaced,
        },
    )
    found = Pair(tmp_path, proxy.url).difference(["get", "example.com/a@>=v1.0.0"], root, "one")
    assert not found


def test_a_zip_that_the_workspace_got_is_not_looked_at_again(tmp_path: Path, proxy: Proxy) -> None:
    """go.sum of the module that is edited does not learn of it."""
    proxy.add("example.com/c@v1.0.0", {"c.go": "package c\n"})
    wants_a = "module example.com/c\n\ngo 1.21\n\nrequire example.com/a v1.1.0\n"
    proxy.add("example.com/c@v1.1.0", {"go.mod": wants_a, "c.go": "package c\n"})
    root = tmp_path / "main"
    write_tree(
        root,
        {
            "go.work": WORK,
            "one/go.mod": ONE + "\nrequire (\n\texample.com/a v1.0.0\n\texample.com/c v1.0.0\n)\n",
            "one/one.go": 'package one\n\nimport _ "example.com/c"\n',
            "two/go.mod": TWO + "\nrequire example.com/a v1.0.0\n",
            "two/two.go": 'package two\n\nimport _ "example.com/a"\n',
        },
    )
    pair = Pair(tmp_path, proxy.url)
    assert not pair.difference(["mod", "download", "all"], root, "one", {"GOWORK": "off"})
    assert not pair.difference(["get", "-u", "all"], root, "one")


@pytest.fixture
def cycle(tmp_path: Path, proxy: Proxy) -> Path:
    """A tidy module one of whose dependencies, from before pruning, requires an older version of it."""
    proxy.add("example.com/c@v1.0.0", {"c.go": "package c\n"})
    proxy.add("example.com/m@v0.1.0", {"m.go": "package m\n"})
    old = "module example.com/old\n\ngo 1.16\n\nrequire (\n\texample.com/c v1.0.0\n\texample.com/m v0.1.0\n)\n"
    proxy.add("example.com/old@v1.0.0", {"go.mod": old, "old.go": "package old\n"})
    root = tmp_path / "main"
    source = 'package m\n\nimport _ "example.com/old"\n'
    write_tree(root, {"go.mod": M + "\nrequire example.com/old v1.0.0\n", "m.go": source})
    assert not Pair(tmp_path, proxy.url).difference(["mod", "tidy"], root)
    return root


def test_who_requires_the_main_module_has_the_graph_read(tmp_path: Path, proxy: Proxy, cycle: Path) -> None:
    """And so wants sums of go.mod files that nothing else needs."""
    sums = (cycle / "go.sum").read_text().splitlines(keepends=True)
    (cycle / "go.sum").write_text("".join(line for line in sums if "example.com/c " not in line))
    pair = Pair(tmp_path, proxy.url)
    assert not pair.difference(["list", "./..."], cycle)
    assert "missing go.sum entry" in str(pair.run("gokiln", ["list", "./..."], cycle))


@pytest.mark.parametrize("args", [["list", "./..."], ["list", "-m", "all"], ["list", "-m"], ["mod", "vendor"]])
@pytest.mark.parametrize("needs_graph", [True, False])
def test_lazymod_tells_of_the_graph(
    tmp_path: Path, proxy: Proxy, cycle: Path, args: list[str], needs_graph: bool
) -> None:
    """GODEBUG=lazymod=log and strict, without the stack trace that go prints first."""
    if not needs_graph:
        write_tree(cycle, {"go.mod": M, "m.go": "package m\n"})
    pair = Pair(tmp_path, proxy.url)
    for mode in ("log", "strict"):
        ends = {}
        for name in ("go", "gokiln"):
            code, stdout, lines = pair.run(name, args, cycle, env={"GODEBUG": f"lazymod={mode}"})
            ends[name] = code, stdout, [line for line in lines if "read full module graph" in line]
        assert ends["go"] == ends["gokiln"]


def test_an_older_go_would_select_another_version(tmp_path: Path, proxy: Proxy) -> None:
    for version in ("v1.0.0", "v1.1.0"):
        proxy.add(f"example.com/low@{version}", {"low.go": "package low\n"})
    mid = "module example.com/mid\n\ngo 1.17\n\nrequire example.com/low v1.1.0\n"
    proxy.add("example.com/mid@v1.0.0", {"go.mod": mid, "mid.go": "package mid\n"})
    top = "module example.com/top\n\ngo 1.17\n\nrequire example.com/mid v1.0.0\n"
    proxy.add("example.com/top@v1.0.0", {"go.mod": top, "top.go": "package top\n"})
    root = tmp_path / "main"
    go_mod = "module example.com/m\n\ngo 1.17\n\nrequire (\n\texample.com/low v1.0.0\n\texample.com/top v1.0.0\n)\n"
    source = 'package m\n\nimport (\n\t_ "example.com/low"\n\t_ "example.com/top"\n)\n'
    write_tree(root, {"go.mod": go_mod, "m.go": source})
    pair = Pair(tmp_path, proxy.url)
    assert "but go 1.16 would select v1.1.0" in str(pair.run("go", ["mod", "tidy", "-compat=1.16"], root))
    for flags in (["-compat=1.16"], ["-compat=1.17"], ["-compat=1.16", "-go=1.18"], ["-compat=1.16", "-e"]):
        assert not pair.difference(["mod", "tidy", *flags], root)


@pytest.mark.parametrize("args", [["mod", "tidy"], ["mod", "tidy", "-diff"], ["list", "-mod=mod", "./..."]])
def test_sums_that_cannot_be_read_leave_go_mod_alone(tmp_path: Path, proxy: Proxy, args: list[str]) -> None:
    """With the modules in the cache nothing else asks for go.sum; of go it is a matter of time whether it ends so."""
    root = tmp_path / "main"
    go_mod = M + "\nrequire example.com/b v1.0.0\n"
    files = {"go.mod": go_mod, "m.go": 'package m\n\nimport (\n\t_ "example.com/a"\n\t_ "example.com/b"\n)\n'}
    write_tree(root, files)
    pair = Pair(tmp_path, proxy.url)
    assert not pair.difference(["mod", "tidy"], root)
    write_tree(root, files)
    (root / "go.sum").unlink()
    (root / "go.sum").mkdir()
    code, stdout, lines = pair.run("gokiln", args, root)
    assert (code, stdout, lines) == (1, "", [f"read {root}/go.sum: is a directory"])
    assert (root / "go.mod").read_text() == go_mod

"""GOPATH mode against the `go` of the same GOROOT: where packages are found, what is said of mistakes, what is built
and where it is installed, and that each command takes the other's cache entries for its own.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.test_list import CASES, FIELDS, both, unpack

pytestmark = pytest.mark.go

# Two entries of GOPATH, a and b, and a directory outside both.
TREE = """
-- a/src/x/y/y.go --
package y // import "x/y"

import "q"

const Y = q.Q
-- a/src/x/y/y_test.go --
package y

import "testing"

func TestY(t *testing.T) {
	if Y != 1 {
		t.Fatal(Y)
	}
}
-- a/src/x/y/ext_test.go --
package y_test

import (
	"testing"
	"x/internal/s"
	"x/y"
)

func TestExternal(t *testing.T) { t.Log(y.Y, s.S) }
-- a/src/x/vendor/q/q.go --
package q

import "r"

const Q = r.R
-- a/src/x/vendor/q/vendor/r/r.go --
package r

const R = 1
-- a/src/x/vendor/empty/readme --
-- a/src/x/internal/s/s.go --
package s

const S = 2
-- a/src/x/cmd/v2/main.go --
package main

import (
	"fmt"
	"x/y"
)

func main() { fmt.Println(y.Y) }
-- a/src/both/b.go --
package both

const Where = "a"
-- b/src/both/b.go --
package both

const Where = "b"
-- b/src/second/main.go --
//go:debug panicnil=1

package main

import "both"

func main() { println(both.Where) }
-- a/src/fmt/f.go --
package fmt
-- a/src/bad/direct/d.go --
package direct

import _ "x/vendor/q"
-- a/src/bad/nosuch/n.go --
package nosuch

import _ "empty"
-- a/src/x/nosuch/n.go --
package nosuch

import _ "empty"
-- a/src/bad/internal/n.go --
package internal

import _ "x/internal/s"
-- a/src/bad/local/n.go --
package local

import _ "./sub"
-- a/src/bad/local/sub/n.go --
package sub
-- a/src/bad/comment/a.go --
package comment // import "other/comment"
-- a/src/bad/comments/a.go --
package comments // import "bad/comments"
-- a/src/bad/comments/b.go --
package comments // import "bad"
-- a/src/bad/usecomment/a.go --
package usecomment

import _ "bad/comment"
-- a/src/bad/clean/a.go --
package clean

import _ "x//y"
-- a/src/bad/vet/a.go --
package vet

import "fmt"

func F() { fmt.Printf("%d", "") }
-- a/src/mod/go.mod --
module mod/v2
-- a/src/mod/p/p.go --
package p
-- a/src/mod/use/p.go --
package use

import _ "mod/v2/p"
-- a/src/testdata/td/td.go --
package td
-- a/src/test.go.d/readme --
-- out/main.go --
package main

import (
	"./sub"
	"both"
)

func main() { println(sub.X, both.Where) }
-- out/sub/s.go --
package sub

import _ "../sub2"

const X = 1
-- out/sub2/s.go --
package sub2
-- out/sub2/s_test.go --
package sub2

import "testing"

func TestS(t *testing.T) {}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    unpack(TREE, tmp_path)
    (tmp_path / "b/src/link").symlink_to(tmp_path / "a/src/x")
    return tmp_path


def variables(tree: Path, **more: str) -> dict[str, str]:
    gopath = f"{tree}/a:{tree}/b"
    return {"GO111MODULE": "off", "GOPATH": gopath, "GOPROXY": "off", "GOSUMDB": "off", **more}


def run(command: list[str], args: list[str], cwd: Path, tree: Path, **more: str) -> tuple[int, str, str]:
    env = gocmd.clean_env(tree / "cache", variables(tree, **more))
    env.pop("GOMODCACHE", None)
    done = gocmd.run(command, args, cwd, env)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def agree(args: list[str], cwd: Path, tree: Path, **more: str) -> tuple[int, str, str]:
    """What both commands answer; fails where they differ."""
    theirs = run(gocmd.go_command(), args, cwd, tree, **more)
    ours = run(gocmd.gokiln_command(), args, cwd, tree, **more)
    assert ours == theirs
    return ours


@pytest.mark.parametrize(
    "patterns",
    [
        ["x/y"],
        ["x/..."],
        ["x/y", "both", "second", "x/cmd/v2"],
        ["fmt"],
        ["./fmt"],
        ["./x/vendor/q"],
        ["vendor/..."],
        ["link/y"],
        ["mod/use"],
        ["testdata/td"],
        ["./testdata/td"],
        ["./none", "none", "/none", "./none/..."],
        ["./bad/..."],
        ["x/nosuch"],
        ["x//y"],
    ],
)
def test_list(patterns: list[str], tree: Path) -> None:
    fields = f"{FIELDS},ImportComment,ConflictDir"
    agree(["list", "-e", f"-json={fields}", "-deps", *patterns], tree / "a/src", tree)
    agree(["list", *patterns], tree / "a/src", tree)


@pytest.mark.parametrize("pattern", ["all", "...", "std", "cmd", "tool", "work", "x...", "b..."])
def test_patterns(pattern: str, tree: Path) -> None:
    shutil.rmtree(tree / "a/src/bad")
    agree(["list", "-e", pattern], tree, tree)


@pytest.mark.parametrize("name", CASES)
def test_mistakes(name: str, tmp_path: Path) -> None:
    files, args = CASES[name]
    where = tmp_path / "src/example.com/m"
    where.mkdir(parents=True)
    unpack(files, where)
    theirs, ours = both(args, where, tmp_path, GO111MODULE="off", GOPATH=str(tmp_path))
    assert ours == theirs


@pytest.mark.parametrize(
    "args",
    [
        ["list", "-m"],
        ["list", "-retracted"],
        ["list", "-mod=mod", "fmt"],
        ["list", "-mod=no", "fmt"],
        ["list", "x@v1"],
        ["build", "-modcacherw", "both"],
        ["build", "-modfile=x.mod", "both"],
        ["install", "x@latest"],
        ["install", "x@latest", "y"],
        ["run", "x@latest"],
        ["get", "x"],
        ["mod", "tidy"],
        ["mod", "edit", "-json"],
        ["mod", "download"],
        ["work", "sync"],
        ["env", "GOMOD", "GOWORK", "GO111MODULE"],
        ["tool", "nosuch"],
        ["clean", "-n", "both"],
        ["clean", "-i", "-n", "-r", "second"],
        ["fmt", "-n", "./bad/..."],
        ["install", "fmt", "./fmt"],
        ["install", "./testdata/td"],
    ],
)
@pytest.mark.parametrize("mode", ["off", "auto"])
def test_refusals_and_answers(args: list[str], mode: str, tree: Path) -> None:
    agree(args, tree / "a/src", tree, GO111MODULE=mode)


def test_auto_uses_modules_where_there_is_a_go_mod(tree: Path) -> None:
    agree(["list", "-json=ImportPath,Root,Module", "./..."], tree / "a/src/mod", tree, GO111MODULE="auto")
    agree(["list", "-json=ImportPath,Root,Module", "."], tree / "a/src/both", tree, GO111MODULE="auto")
    agree(["list", "."], tree, tree, GO111MODULE="maybe")
    agree(["mod", "init", "x"], tree, tree)


def test_outside_all_trees(tree: Path) -> None:
    out = tree / "out"
    agree(["list", "-e", "-deps", f"-json={FIELDS}", "."], out, tree)
    agree(["install"], out, tree)
    agree(["install", "main.go"], out, tree)
    agree(["vet", "./..."], out, tree)
    assert agree(["run", "."], out, tree) == (0, "", "1 a\n")
    assert agree(["run", "main.go"], out, tree) == (0, "", "1 a\n")
    status, text, _ = run(gocmd.gokiln_command(), ["test", "./..."], out, tree)
    assert status == 0
    assert re.search(r"(?m)^ok  \t_" + re.escape(str(out)) + r"/sub2\t", text)


# A tool with its arguments, as -x shows it.
_TOOLS = re.compile(r"/(?:compile|asm|cgo) -")


@pytest.mark.parametrize(
    ("args", "where"),
    [
        (["x/cmd/v2"], "a/src"),
        (["-trimpath", "second"], "a/src"),
        (["."], "out"),
        (["main.go"], "out"),
    ],
)
def test_the_same_bytes_and_one_cache(args: list[str], where: str, tree: Path) -> None:
    commands = {"theirs": gocmd.go_command(), "ours": gocmd.gokiln_command()}
    for name, command in commands.items():
        env = gocmd.clean_env(tree / f"cache-{name}", variables(tree))
        assert gocmd.run(command, ["build", "-o", str(tree / name), *args], tree / where, env).returncode == 0
    assert (tree / "ours").read_bytes() == (tree / "theirs").read_bytes()
    for name, other in (("theirs", "ours"), ("ours", "theirs")):
        env = gocmd.clean_env(tree / f"cache-{other}", variables(tree))
        again = gocmd.run(commands[name], ["build", "-x", "-o", str(tree / "again"), *args], tree / where, env)
        assert again.returncode == 0
        assert not _TOOLS.search(again.stderr.decode())


def installed(root: Path) -> dict[str, bytes]:
    """Everything below bin and pkg of the two trees."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for entry in ("a", "b")
        for below in ("bin", "pkg")
        for path in sorted((root / entry / below).rglob("*"))
        if path.is_file()
    }


def test_install(tmp_path: Path) -> None:
    """Commands go to bin, archives to pkg; what is installed goes stale when its vendored import changes."""
    answers, results = [], []
    tree = tmp_path / "tree"
    for command in (gocmd.go_command(), gocmd.gokiln_command()):
        tree.mkdir()
        unpack(TREE, tree)
        src = tree / "a/src"
        steps = [
            (["install", "x/y", "x/cmd/v2", "second"], {}),
            (["list", "-f", "{{.ImportPath}} {{.Target}} {{.Stale}} {{.StaleReason}}", "x/y", "second", "both"], {}),
            (["install", "-pkgdir", str(tree / "a/pkg/own"), "both"], {}),
            (["install", "-buildmode=archive", "-installsuffix=s", "both"], {}),
            (["install", "second"], {"GOOS": "windows"}),
            (["install", "second"], {"GOOS": "windows", "GOBIN": str(tree / "gobin")}),
            (["clean", "-i", "second"], {}),
            (["test", "-c", "-o", str(tree / "a/bin/y.test"), "x/y"], {}),
        ]
        answers.append([run(command, args, src, tree, **more) for args, more in steps])
        with (src / "x/vendor/q/q.go").open("a") as file:
            file.write("\nconst More = 1\n")
        stale = ["list", "-f", "{{.ImportPath}} {{.Stale}} {{.StaleReason}}", "x/y", "x/cmd/v2"]
        answers[-1].append(run(command, stale, src, tree))
        results.append(installed(tree))
        shutil.rmtree(tree)
    assert answers[1] == answers[0]
    assert results[1] == results[0]
    assert {"a/bin/v2", "b/bin/windows_amd64/second.exe"} <= {name.replace("arm64", "amd64") for name in results[1]}


def test_test_and_vet(tree: Path) -> None:
    """A result that go stored is gokiln's too."""
    src = tree / "a/src"
    theirs = run(gocmd.go_command(), ["test", "x/y", "both"], src, tree)
    ours = run(gocmd.gokiln_command(), ["test", "x/y", "both"], src, tree)
    assert theirs[0] == ours[0] == 0
    assert ours[1] == "ok  \tx/y\t(cached)\n?   \tboth\t[no test files]\n"
    agree(["vet", "x/...", "bad/vet"], src, tree)
    agree(["list", "-test", "-deps", "x/y"], src, tree)
    # One at a time: both import a package that is missing, and go names in both the places where it looked first.
    agree(["test", "bad/nosuch"], src, tree)
    agree(["test", "x/nosuch"], src, tree)
    agree(["generate", "-n", "./both"], src, tree)
    agree(["doc", "x/y"], src, tree)

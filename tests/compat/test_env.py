"""`gokiln env` against `go env`, word for word, in many environments and for every GOROOT at hand.

GOKILN_TEST_GOROOTS: more GOROOTs to compare with, separated like PATH.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from gokiln.config import experiment
from gokiln.config.goflags import KNOWN, is_known
from gokiln.config.release import Release, minor_version
from gokiln.golang.platform import Platforms
from tests.compat import gocmd
from tests.files import lay_out

pytestmark = pytest.mark.go


def _goroots() -> list[Path]:
    first = gocmd.goroot()
    more = [Path(p) for p in os.environ.get("GOKILN_TEST_GOROOTS", "").split(os.pathsep) if p]
    return ([first] if first is not None else []) + more


GOROOTS = _goroots() or [Path("/nonexistent")]
FILES = {
    "mod/go.mod": "module example.com/m\n\ngo 1.21\n",
    "mod/sub/x.go": "package sub\n",
    "work/go.work": "go 1.21\n\nuse ./a\n",
    "work/a/go.mod": "module example.com/a\n\ngo 1.21\n",
    "outside/keep": "",
    "envfile": "GOFLAGS=-trimpath\nGOARCH=arm64\nGOPROXY=off\nGOPATH=/from/file\nGO111MODULE=on\n",
}
# name: (folder, variables, arguments)
CASES: dict[str, tuple[str, Mapping[str, str], list[str]]] = {
    "plain": ("outside", {}, []),
    "in a module": ("mod/sub", {}, []),
    "in a workspace": ("work/a", {}, []),
    "workspace off": ("work/a", {"GOWORK": "off"}, []),
    "json": ("mod", {}, ["-json"]),
    "changed": ("mod", {"GOARCH": "arm64", "GOPRIVATE": "x", "GOFLAGS": "-v"}, ["-changed"]),
    "changed json": ("mod", {"CC": "clang", "GOOS": "windows"}, ["-changed", "-json"]),
    "windows": ("mod", {"GOOS": "windows"}, []),
    "darwin arm64": ("mod", {"GOOS": "darwin", "GOARCH": "arm64"}, []),
    "wasm": ("mod", {"GOOS": "js", "GOARCH": "wasm"}, []),
    "mips softfloat": ("mod", {"GOARCH": "mips", "GOMIPS": "softfloat"}, []),
    "386 with cgo": ("mod", {"GOARCH": "386", "CGO_ENABLED": "1"}, []),
    "cgo off": ("mod", {"CGO_ENABLED": "0"}, []),
    "no compiler on PATH": ("mod", {"PATH": "/nonexistent"}, ["CGO_ENABLED", "CC", "AR", "GCCGO"]),
    "CC of two words": ("mod", {"CC": "gcc -m64", "CXX": "g++ 'a b'"}, []),
    "flags": ("mod", {"GOFLAGS": "-mod=mod '-ldflags=-X a=b'", "CGO_CFLAGS": "-O0 -DX='a b'"}, []),
    "experiment": ("mod", {"GOEXPERIMENT": "nodwarf5,arenas"}, []),
    "levels": ("mod", {"GOAMD64": "v3", "GOFIPS140": "latest"}, []),
    "env file": ("mod", {"GOENV": "{files}/envfile"}, []),
    "no home": ("mod", {"HOME": "", "GOPATH": "/a:/b", "XDG_CACHE_HOME": "/c"}, []),
    "quotes": ("mod", {"GOPRIVATE": 'it\'s a $x "y"'}, []),
    "relative GOCACHE": ("outside", {"GOCACHE": "rel"}, ["GOCACHE"]),
    "names": ("mod", {"GOVCS": "x:git"}, ["GOOS", "NOPE", "GOVCS", "GOMOD", "GOGCCFLAGS", "GO_EXTLINK_ENABLED"]),
    "names json": ("mod", {}, ["-json", "GOOS", "NOPE"]),
    "names changed": ("mod", {"GOOS": "plan9"}, ["-changed", "GOOS", "GOARCH"]),
    "GOPATH mode": ("mod", {"GO111MODULE": "off"}, []),
    "wrong GO111MODULE": ("mod", {"GO111MODULE": "maybe"}, []),
    "wrong experiment": ("mod", {"GOEXPERIMENT": "foo"}, []),
    "wrong level": ("mod", {"GOPPC64": "power1"}, ["GOOS"]),
    "level that only the compiler refuses": ("mod", {"GOAMD64": "v9"}, ["GOAMD64"]),
    "unknown target": ("mod", {"GOOS": "nope"}, ["GOOS"]),
    "unknown target, all": ("mod", {"GOOS": "nope"}, []),
    "bad flags are shown": ("mod", {"GOFLAGS": "x y"}, ["GOFLAGS"]),
    "bad quoting is shown": ("mod", {"GOFLAGS": "-x='a"}, ["GOFLAGS"]),
    "unknown flag": ("mod", {}, ["-nope"]),
    "set by equals": ("mod", {}, ["GOOS=linux"]),
    "two actions": ("mod", {}, ["-u", "-w", "GOOS=linux"]),
    "relative GOPATH": ("mod", {"GOPATH": "x/y"}, ["GOPATH"]),
    "tilde GOPATH": ("mod", {"GOPATH": "~/go"}, ["GOPATH"]),
    "relative CC": ("mod", {"CC": "./cc"}, []),
    "toolchain too new": ("mod", {"GOTOOLCHAIN": "go1.99+nope"}, ["GOOS"]),
    "not first -C": ("mod", {}, ["GOOS", "-C", "sub"]),
    "late -C": ("mod", {}, ["-json", "-C", "sub"]),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("env"), FILES)


def _settled(output: bytes) -> bytes:
    """Without the name of the work directory, which is new every time."""
    return re.sub(rb"go-build\d+", b"go-buildN", output)


def _both(
    root: Path, args: list[str], cwd: Path, files: Path, extra: Mapping[str, str]
) -> tuple[tuple[int, bytes, bytes], tuple[int, bytes, bytes]]:
    env = gocmd.clean_env(files / "cache", {"GOROOT": str(root)})
    env.update({k: v.replace("{files}", str(files)) for k, v in extra.items()})
    seen = []
    for command in ([str(root / "bin" / "go")], gocmd.gokiln_command()):
        done = gocmd.run(command, args, cwd, env, timeout=60)
        seen.append((done.returncode, _settled(done.stdout), _settled(done.stderr)))
    return seen[0], seen[1]


@pytest.mark.parametrize("root", GOROOTS, ids=str)
@pytest.mark.parametrize("name", CASES)
def test_same_as_go(name: str, root: Path, files: Path) -> None:
    folder, variables, args = CASES[name]
    theirs, ours = _both(root, ["env", *args], files / folder, files, variables)
    assert ours == theirs


WRITES: list[list[str]] = [
    ["-w", "GOOS=linux", "GOARCH=arm64"],
    ["-w", "CC=clang -m64"],
    ["-u", "GOOS"],
    ["-u", "NOPE"],
    ["-w"],
    ["-w", "GOOS"],
    ["-w", "GOOS=plan10"],
    ["-w", "GOVERSION=x"],
    ["-w", "GODEBUG=x"],
    ["-w", "GOROOT=/x"],
    ["-w", "GO111MODULE=maybe"],
    ["-w", "GOPATH=rel"],
    ["-w", "GOMODCACHE=rel"],
    ["-w", "CC=./cc"],
    ["-w", "CC= "],
    ["-w", "CC='x"],
    ["-w", "GOFLAGS=a\nb"],
    ["-w", "GOTMPDIR=rel"],
    ["-w", "GOEXPERIMENT=foo"],
    ["-w", "GOPROXY=off", "GOPROXY=direct"],
    ["-w", "MINE=1"],
    ["-w", "GOFIPS140=nope"],
]


@pytest.mark.parametrize("root", GOROOTS, ids=str)
def test_writing_as_go(root: Path, files: Path, tmp_path: Path) -> None:
    """The same changes, one after the other, give the same files and words."""
    start = "MINE=2\n# note\nGOOS=linux\nGOOS=windows\nAR=ar\n"
    for args in WRITES:
        results = []
        for which, command in enumerate(([str(root / "bin" / "go")], gocmd.gokiln_command())):
            path = tmp_path / f"env{which}"
            if not path.exists():
                path.write_text(start)
            env = gocmd.clean_env(files / "cache", {"GOROOT": str(root), "GOENV": str(path)})
            done = gocmd.run(command, ["env", *args], files / "mod", env, timeout=60)
            output = done.stderr.replace(str(path).encode(), b"FILE")
            results.append((args, done.returncode, done.stdout, output, sorted(path.read_text().split("\n"))))
        assert results[1] == results[0]


@pytest.mark.parametrize("root", GOROOTS, ids=str)
def test_goflags_names(root: Path, files: Path) -> None:
    """Every name in our table, and a few that are not, as the go command judges them."""
    minor = minor_version((root / "VERSION").read_text())
    env = gocmd.clean_env(files / "cache", {"GOROOT": str(root)})
    for name in [*sorted(KNOWN)[::3], "test.v", "test.cover", "zz", "json2", "artifacts", "test.artifacts"]:
        done = gocmd.run([str(root / "bin" / "go")], ["clean", "-zzz"], files, {**env, "GOFLAGS": f"-{name}"}, 60)
        assert (b"unknown flag" not in done.stderr) == is_known(name, minor), name


@pytest.mark.parametrize("root", GOROOTS, ids=str)
def test_tables_hold_for_the_source(root: Path) -> None:
    """What stands in a table per release is what this GOROOT's source says."""
    release = Release(str(root), (root / "VERSION").read_text().split("\n")[0])
    assert experiment.read_fields(release.source("internal/goexperiment/flags.go")) == experiment.FIELDS[release.minor]
    assert set(experiment.read_baseline(release.source("internal/buildcfg/exp.go"))) == set(
        experiment.BASELINE[release.minor]
    )
    assert isinstance(release.platforms, Platforms) and release.platforms.cgo_supported("linux", "amd64")
    godebugs = {info.name: info for info in release.godebugs}
    assert len(godebugs) > 40 and godebugs["fips140"].opaque
    assert (godebugs["containermaxprocs"].changed, godebugs["containermaxprocs"].old) == (25, "0")
    text = release.source("internal/godebugs/table.go")
    assert len(release.removed_godebugs) == text.partition("var Removed =")[2].count("{Name:")


@pytest.mark.parametrize("root", GOROOTS, ids=str)
@pytest.mark.parametrize("target", ["linux/amd64", "linux/s390x", "darwin/arm64", "windows/386", "linux/mips"])
def test_tags_of_a_target(root: Path, target: str, files: Path) -> None:
    """ToolTags and ReleaseTags as `go list` sees them."""
    from gokiln.config.environ import GoEnv
    from gokiln.config.target import make_target

    goos, goarch = target.split("/")
    env = gocmd.clean_env(files / "cache", {"GOROOT": str(root), "GOOS": goos, "GOARCH": goarch})
    done = gocmd.run(
        [str(root / "bin" / "go")],
        ["list", "-f", "{{(context).ToolTags}} {{(context).ReleaseTags}} {{(context).CgoEnabled}}", "unsafe"],
        files / "mod",
        env,
        timeout=60,
    )
    made = make_target(GoEnv(env, "", str(files)))
    ours = f"[{' '.join(made.tool_tags)}] [{' '.join(made.release_tags)}] {str(made.cgo_enabled).lower()}\n"
    assert ours.encode() == done.stdout, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="links to the toolchain's folders")
@pytest.mark.parametrize("named", [False, True], ids=["found", "GOROOT"])
def test_go_unpacked_at_home(named: bool, tmp_path: Path) -> None:
    """$HOME/go is GOPATH's default too: go warns of that, unless GOROOT names it, and then has no GOPATH."""
    root = gocmd.goroot()
    assert root is not None
    home = tmp_path / "go"
    (home / "bin").mkdir(parents=True)
    for entry in root.iterdir():
        if entry.name != "bin":
            (home / entry.name).symlink_to(entry)
    shutil.copy2(root / "bin" / "go", home / "bin" / "go")  # no link: go would take the place that it leads to
    env = gocmd.clean_env(tmp_path / "cache", {"HOME": str(tmp_path), "GOPATH": "", "GOMODCACHE": ""})
    env["PATH"] = str(home / "bin") + os.pathsep + env["PATH"]
    del env["GOROOT"]
    if named:
        env["GOROOT"] = str(home)
    for args in (["env", "GOROOT", "GOPATH", "GOMODCACHE"], ["env", "-changed"], ["list", "errors"]):
        theirs = gocmd.run([str(home / "bin" / "go")], args, tmp_path, env)
        ours = gocmd.run(gocmd.gokiln_command(), args, tmp_path, env)
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), args
        assert named or b"both GOPATH and GOROOT" in theirs.stderr

"""Stamps of version control, and modules from their repositories, beside the go command's."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gokiln.modules.fetch.cachedir import remove_all
from tests.compat import gocmd
from tests.gitrepo import HAVE_GIT, GitRepoMaker
from tests.gitserver import GitServer

pytestmark = [pytest.mark.go, pytest.mark.skipif(not HAVE_GIT, reason="no git")]
MAIN = {"main.go": "package main\n\nfunc main() {}\n"}
GO_MOD = "module example.test/app\n\ngo 1.20\n"


@pytest.fixture(scope="module")
def gocache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gocache")


class Pair:
    """Both commands, each with its own module cache."""

    def __init__(self, tmp_path: Path, gocache: Path) -> None:
        self.tmp_path = tmp_path
        self.gocache = gocache
        self.extra: dict[str, str] = {}

    def env(self, which: str) -> dict[str, str]:
        extra = {"GOMODCACHE": str(self.tmp_path / f"mod-{which}"), "GOPROXY": "direct", "GOSUMDB": "off"}
        return gocmd.clean_env(self.gocache, extra | self.extra)

    def build(self, cwd: Path, *args: str) -> tuple[list[str], subprocess.CompletedProcess[bytes]]:
        """What `version -m` shows of our program, once it is known to be the go command's."""
        outputs = []
        for which, command in (("go", gocmd.go_command()), ("us", gocmd.gokiln_command())):
            program = self.tmp_path / f"program-{which}"
            program.unlink(missing_ok=True)
            done = gocmd.run(command, ["build", "-o", str(program), *args], cwd, self.env(which))
            outputs.append((done.returncode, done.stderr, program.read_bytes() if program.exists() else b""))
        theirs, ours = outputs
        assert ours[:2] == theirs[:2]
        assert self.cached("us") == self.cached("go")
        shown = gocmd.run(gocmd.go_command(), ["version", "-m", str(self.tmp_path / "program-us")], cwd, self.env("go"))
        theirs_shown = gocmd.run(
            gocmd.go_command(), ["version", "-m", str(self.tmp_path / "program-go")], cwd, self.env("go")
        )
        lines, their_lines = (out.stdout.decode().splitlines()[1:] for out in (shown, theirs_shown))
        assert lines == their_lines
        assert ours[2] == theirs[2]
        return [line.strip() for line in lines if "vcs" in line or line.startswith("\tmod")], done

    def cached(self, which: str) -> dict[str, bytes]:
        """The small files of the module cache."""
        root = self.tmp_path / f"mod-{which}" / "cache" / "download"
        files = [
            path for path in root.rglob("*") if path.suffix in (".info", ".mod", ".ziphash") or path.name == "list"
        ]
        return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.fixture
def pair(tmp_path: Path, gocache: Path) -> Iterator[Pair]:
    yield Pair(tmp_path, gocache)
    for which in ("go", "us"):
        remove_all(str(tmp_path / f"mod-{which}"))


def test_tags_commits_and_changes(tmp_path: Path, pair: Pair) -> None:
    repo = GitRepoMaker(tmp_path / "app")
    where = repo.directory
    (where / "go.mod").write_text(GO_MOD)
    (where / "main.go").write_text(MAIN["main.go"])
    assert pair.build(where)[0] == ["mod\texample.test/app\t(devel)", "build\tvcs=git", "build\tvcs.modified=true"]
    commit = repo.commit({})
    stamp = ["build\tvcs=git", f"build\tvcs.revision={commit}", "build\tvcs.time=2020-01-01T00:00:00Z"]
    clean = [*stamp, "build\tvcs.modified=false"]
    version = f"v0.0.0-20200101000000-{commit[:12]}"
    assert pair.build(where)[0] == [f"mod\texample.test/app\t{version}", *clean]
    repo.git("tag", "v1.2.3")
    assert pair.build(where)[0] == ["mod\texample.test/app\tv1.2.3", *clean]
    (where / "notes").write_text("")
    dirty = [*stamp, "build\tvcs.modified=true"]
    assert pair.build(where)[0] == ["mod\texample.test/app\tv1.2.3+dirty", *dirty]
    commit = repo.commit({})
    assert pair.build(where)[0][0] == f"mod\texample.test/app\tv1.2.4-0.20200102000000-{commit[:12]}"
    assert pair.build(where, "-buildvcs=false")[0] == ["mod\texample.test/app\t(devel)"]


def test_nested_module_major_version_and_retraction(tmp_path: Path, pair: Pair) -> None:
    repo = GitRepoMaker(tmp_path / "app")
    nested = {"tool/go.mod": "module example.test/app/tool\n", "tool/main.go": MAIN["main.go"]}
    v2 = {"v2/go.mod": "module example.test/app/v2\n", "v2/main.go": MAIN["main.go"]}
    repo.commit({"go.mod": GO_MOD, **MAIN, **nested, **v2}, "v1.0.0", "tool/v0.3.0", "v2.1.0")
    assert pair.build(repo.directory / "tool")[0][0] == "mod\texample.test/app/tool\tv0.3.0"
    assert pair.build(repo.directory / "v2")[0][0] == "mod\texample.test/app/v2\tv2.1.0"
    repo.commit({"go.mod": GO_MOD + "\nretract v1.0.1\n"}, "v1.0.1", "v1.0.2-pre")
    pair.build(repo.directory)
    repo.commit({"go.mod": "module example.test/app // with a comment\n"})
    pair.build(repo.directory)


def test_repositories_in_repositories(tmp_path: Path, pair: Pair) -> None:
    outer = GitRepoMaker(tmp_path / "outer")
    outer.commit({"go.mod": "module example.test/outer\n", **MAIN}, "v1.0.0")
    inner = GitRepoMaker(tmp_path / "outer" / "inner")
    inner.commit({"go.mod": GO_MOD, **MAIN}, "v0.1.0")
    pair.build(inner.directory)
    (inner.directory / ".hg").mkdir()
    _, failed = pair.build(inner.directory)
    assert b"error obtaining VCS status: multiple VCS detected: hg in " in failed.stderr
    assert failed.stderr.endswith(b"\tUse -buildvcs=false to disable VCS stamping.\n")
    pair.extra["GODEBUG"] = "allowmultiplevcs=1"
    pair.build(inner.directory, "-buildvcs=auto")


def test_module_below_and_above_the_repository(tmp_path: Path, pair: Pair) -> None:
    (tmp_path / "above").mkdir()
    (tmp_path / "above" / "go.mod").write_text(GO_MOD)
    repo = GitRepoMaker(tmp_path / "above" / "cmd")
    repo.commit(MAIN)
    pair.build(repo.directory)
    _, failed = pair.build(repo.directory, "-buildvcs=true")
    assert failed.returncode == 1


def test_damaged_repository(tmp_path: Path, pair: Pair) -> None:
    (tmp_path / "bad" / ".git").mkdir(parents=True)
    for name, text in {"go.mod": GO_MOD, **MAIN}.items():
        (tmp_path / "bad" / name).write_text(text)
    _, failed = pair.build(tmp_path / "bad")
    assert failed.stderr.startswith(b"error obtaining VCS status: exit status 128\n\tUse -buildvcs=false")
    pair.build(tmp_path / "bad", "-v", "-buildvcs=true")


def test_without_the_program(tmp_path: Path, pair: Pair) -> None:
    repo = GitRepoMaker(tmp_path / "app")
    repo.commit({"go.mod": GO_MOD, **MAIN})
    (tmp_path / "bin").mkdir()
    pair.extra = {"PATH": str(tmp_path / "bin"), "CGO_ENABLED": "0"}
    assert pair.build(repo.directory)[0] == ["mod\texample.test/app\t(devel)"]
    _, failed = pair.build(repo.directory, "-buildvcs=true")
    assert failed.stderr.startswith(b"go: missing Git command. See https://")


def test_worktree(tmp_path: Path, pair: Pair) -> None:
    repo = GitRepoMaker(tmp_path / "app")
    repo.commit({"go.mod": GO_MOD, **MAIN}, "v1.0.0")
    repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "HEAD")
    pair.build(tmp_path / "tree")  # a root since Go 1.27; before that, outside of any repository


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    (tmp_path / "repos").mkdir()
    made = GitServer(tmp_path / "repos")
    yield made
    made.close()


def _library(tmp_path: Path, server: GitServer) -> list[str]:
    """A repository with nested modules and two major versions; its commits."""
    repo = GitRepoMaker(tmp_path / "lib")
    (repo.directory / "link.go").symlink_to("lib.go")
    first = {
        "go.mod": "module example.test/lib\n\ngo 1.20\n",
        "lib.go": "package lib\n\nconst Format = `$Format:%H$`\n",
        "LICENSE": "free\n",
        ".gitattributes": "*.txt export-ignore\n*.go export-subst\n",
        "a.txt": "kept\r\n",
        "vendor/modules.txt": "# x\n",
        "vendor/x/y/y.go": "package y\n",
    }
    commits = [repo.commit(first, "v1.0.0")]
    commits.append(repo.commit({"in/go.mod": "module example.test/lib/in\n", "in/in.go": "package in\n"}, "in/v0.1.0"))
    repo.git("tag", "-a", "-m", "annotated", "v1.1.0")
    commits.append(repo.commit({"lib.go": "package lib\n"}, "v2.0.0", "not-a-version"))
    commits.append(repo.commit({"v3/go.mod": "module example.test/lib/v3\n", "v3/lib.go": "package lib\n"}, "v3.0.0"))
    commits.append(repo.commit({"more.go": "package lib\n"}))
    repo.git("checkout", "-q", "-b", "dev")
    commits.append(repo.commit({"dev.go": "package lib\n"}))
    repo.git("checkout", "-q", "main")
    repo.bare(server.root / "lib.git")
    old = GitRepoMaker(tmp_path / "old")
    old.commit({"old.go": "package old\n"}, "v0.9.0")
    old.commit({"new.go": "package old\n"}, "v4.1.0")
    old.bare(server.root / "old.git")
    return commits


def test_direct_downloads(tmp_path: Path, pair: Pair, server: GitServer) -> None:
    commits = _library(tmp_path, server)
    pair.extra = server.environ()
    when = [f"2020010{i + 1}000000-{commit[:12]}" for i, commit in enumerate(commits)]
    queries = [
        *("lib@" + q for q in ("v1.0.0", "latest", "main", "dev", "v2.0.0", "v1", ">v1.0.0", "nobranch", "v9.9.9")),
        *("lib@" + q for q in (commits[5][:12], f"v1.1.1-0.{when[4]}", f"v1.0.9-0.{when[4]}", f"v1.1.1-0.{when[0]}")),
        *(
            "lib@" + q
            for q in (f"v1.0.1-0.20200105000001-{commits[4][:12]}", f"v1.0.1-0.{when[0]}", "v1.0.0+incompatible")
        ),
        *("lib/v3@v3.0.0", "lib/v3@main", "lib/v2@v2.0.0", "lib/in@latest", "lib/in@v0.1.0+meta", "lib/none@v1.0.0"),
        *("old@latest", "old@v4.1.0", "old@v4.1.0+incompatible", "old/v4@v4.1.0", "old@main", "absent@v1.0.0"),
    ]
    work = tmp_path / "work"
    work.mkdir()
    for query in queries:
        answers = []
        for which, command in (("go", gocmd.go_command()), ("us", gocmd.gokiln_command())):
            args = ["mod", "download", "-json", "example.test/" + query]
            done = gocmd.run(command, args, work, pair.env(which))
            text = done.stdout.decode().replace(f"mod-{which}", "mod")
            answers.append((done.returncode, text and json.loads(text), done.stderr))
        assert answers[1] == answers[0], query
    assert pair.cached("us") == pair.cached("go")


def test_packages_and_origins_of_repositories(tmp_path: Path, pair: Pair, server: GitServer) -> None:
    """Packages below a module's root, by queries that list versions; where versions came from, as JSON has it."""
    repo = GitRepoMaker(tmp_path / "deep")
    repo.commit({"go.mod": "module example.test/deep\n\ngo 1.20\n", "p/q/q.go": "package q\n"}, "v1.0.0")
    repo.commit({"in/go.mod": "module example.test/deep/in\n", "in/x/x.go": "package x\n"}, "v1.1.0", "in/v0.1.0")
    repo.bare(server.root / "deep.git")
    pair.extra = server.environ()
    work = tmp_path / "work"
    work.mkdir()
    queries = ("p/q", "p/q@latest", "p/q@v1", "p/q@<v1.1.0", "in/x@latest", "p/none@latest", "in/none@v0", "v3@latest")
    lines = [["get", f"example.test/deep/{query}"] for query in queries]
    lines += [["get", "-u", "example.test/deep/p/q"], ["get", "-u=patch", "example.test/deep/p/q@v1.0.0"]]
    for query in ("latest", "main", "v1", ">=v1.0.0", "v1.0.0", "upgrade", "v9"):
        lines.append(["list", "-m", "-json", f"example.test/deep@{query}"])
    lines.append(["list", "-m", "-json", "-versions", "-u", "example.test/deep", "example.test/deep/in@latest"])
    for args in lines:
        answers = []
        for which, command in (("go", gocmd.go_command()), ("us", gocmd.gokiln_command())):
            (work / "go.mod").write_text(GO_MOD + "\nrequire example.test/deep v1.0.0\n")
            done = gocmd.run(command, args, work, pair.env(which))
            said = [line for line in done.stderr.splitlines() if not line.startswith(b"go: downloading")]
            text = done.stdout.decode().replace(f"mod-{which}", "mod")
            answers.append((done.returncode, text, said, (work / "go.mod").read_text()))
        assert answers[1] == answers[0], args


def test_direct_build_and_pages_that_lie(tmp_path: Path, pair: Pair, server: GitServer) -> None:
    _library(tmp_path, server)
    pair.extra = server.environ()
    head = '<meta name="go-import" content="'
    git = f"git {server.url}/git/lib.git"
    server.pages["/liar/x"] = f'{head}example.test/lib {git}">'
    server.pages["/two"] = f'{head}example.test/two {git}">{head}example.test/two {git}">'
    server.pages["/file"] = f'{head}example.test/file git file:///tmp/x">'
    server.pages["/odd"] = f'{head}example.test/odd cvs {server.url}">'
    server.pages["/dash"] = f'{head}example.test/dash {git} -x">'
    server.pages["/broken"] = "<html><head <"
    server.pages["/parent/x"] = f'{head}example.test/parent {git}">'
    server.pages["/svn"] = f'{head}example.test/svn svn {server.url}/svn">'
    server.pages["/moved"] = f'{head}example.test/moved {git} in">'
    work = tmp_path / "work"
    work.mkdir()
    for path in ("liar/x", "two", "file", "odd", "dash", "broken", "parent/x", "svn", "moved"):
        answers = []
        for which, command in (("go", gocmd.go_command()), ("us", gocmd.gokiln_command())):
            done = gocmd.run(command, ["mod", "download", f"example.test/{path}@v1.0.0"], work, pair.env(which))
            answers.append((done.returncode, done.stderr))
        if path != "dash" or gocmd.minor() >= 26:  # go1.25 takes a directory that git could read as an option
            assert answers[1] == answers[0], path
    (work / "go.mod").write_text(GO_MOD + "\nrequire example.test/lib v1.1.0\n")
    (work / "main.go").write_text('package main\n\nimport _ "example.test/lib"\n\nfunc main() {}\n')
    pair.extra["GOFLAGS"] = "-mod=mod"
    pair.build(work, "-trimpath")  # without the names of the two module caches
    assert (work / "go.sum").exists()


@pytest.mark.parametrize(
    "govcs", ["off", "public:off", "example.test:hg", "example.test:git|hg", ":git", "./x:git", ""]
)
def test_govcs(tmp_path: Path, pair: Pair, server: GitServer, govcs: str) -> None:
    _library(tmp_path, server)
    pair.extra = server.environ() | {"GOVCS": govcs}
    work = tmp_path / "work"
    work.mkdir()
    answers = []
    for which, command in (("go", gocmd.go_command()), ("us", gocmd.gokiln_command())):
        done = gocmd.run(command, ["mod", "download", "example.test/lib@v1.0.0"], work, pair.env(which))
        answers.append((done.returncode, done.stderr))
    assert answers[1] == answers[0]
    assert os.listdir(work) == []

"""Whose directory a directory is in, and how states are read out of what the programs print."""

# ruff: noqa: E501  (tables of cases)

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.events import Recorder
from gokiln.modules.fetch.vcs.status import Runner, parse_rev_time, status_of
from gokiln.modules.fetch.vcs.systems import (
    BZR,
    FOSSIL,
    GIT,
    HG,
    SVN,
    Systems,
    VcsError,
    VcsNotFoundError,
)
from gokiln.packages.gomodpath import root_module_path

GO126, GO127 = Systems("1.26.8"), Systems("1.27.3")


def make(base: Path, *names: str) -> None:
    for name in names:
        path = base / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")


@pytest.mark.parametrize(
    ("name", "system"),
    [(".git/", GIT), (".hg/", HG), (".svn/", SVN), (".bzr/", BZR), (".fslckout", FOSSIL), ("_FOSSIL_", FOSSIL)],
)
def test_roots(tmp_path: Path, name: str, system: object) -> None:
    make(tmp_path, name, "a/b/")
    assert GO126.from_dir(str(tmp_path / "a" / "b")) == (str(tmp_path), system)
    if system is BZR:
        with pytest.raises(VcsNotFoundError, match="is not using a known version control system"):
            GO127.from_dir(str(tmp_path))
    else:
        assert GO127.from_dir(str(tmp_path) + "/a/../a") == (str(tmp_path), system)


def test_wrong_kinds_are_no_roots(tmp_path: Path) -> None:
    make(tmp_path, ".git", ".hg", ".fslckout/", "_FOSSIL_/")
    for systems in (GO126, GO127):
        with pytest.raises(VcsNotFoundError):
            systems.from_dir(str(tmp_path))


def test_two_systems_are_refused_whichever_is_inside(tmp_path: Path) -> None:
    make(tmp_path, ".hg/", "in/.git/", "in/deep/")
    with pytest.raises(VcsError) as err:
        GO126.from_dir(str(tmp_path / "in" / "deep"))
    assert str(err.value) == f'multiple VCS detected: git in "{tmp_path}/in", and hg in "{tmp_path}"'
    allowed = Systems("1.26.8", "allowmultiplevcs=0,x=1,allowmultiplevcs=1")
    assert allowed.from_dir(str(tmp_path / "in")) == (str(tmp_path / "in"), GIT)


def test_two_systems_in_one_directory(tmp_path: Path) -> None:
    make(tmp_path, ".git/", ".svn/")
    with pytest.raises(VcsError, match=r"multiple VCS detected: git in .*, and svn in"):
        GO126.from_dir(str(tmp_path))


def test_git_in_git_is_a_submodule(tmp_path: Path) -> None:
    make(tmp_path, ".git/", "in/.git/")
    assert GO126.from_dir(str(tmp_path / "in"))[0] == str(tmp_path / "in")


@pytest.mark.parametrize(
    ("text", "is_root"),
    [
        ("gitdir: ../store\n", True),
        ("gitdir:../store", True),
        ("gitdir: {abs}/store\n", True),
        ("gitdir: ../absent\n", False),
        ("gitdir:\n", False),
        ("gitdi: ../store\n", False),
        ("", False),
        ("gitdir: ../store" + "/." * 2100, False),
    ],
)
def test_worktree_file(tmp_path: Path, text: str, is_root: bool) -> None:
    make(tmp_path, "store/", "tree/")
    (tmp_path / "tree" / ".git").write_text(text.replace("{abs}", str(tmp_path)))
    assert GO127.is_root(str(tmp_path / "tree"), GIT) is is_root
    assert not GO126.is_root(str(tmp_path / "tree"), GIT)


def test_secure_schemes() -> None:
    assert GIT.is_secure_scheme("https", {}) and not GIT.is_secure_scheme("http", {})
    assert BZR.is_secure_scheme("bzr+ssh", {}) and not HG.is_secure_scheme("bzr+ssh", {})
    assert GIT.is_secure_scheme("http", {"GIT_ALLOW_PROTOCOL": "http:git"})
    assert not GIT.is_secure_scheme("https", {"GIT_ALLOW_PROTOCOL": "http:git"})
    assert HG.is_secure_scheme("https", {"GIT_ALLOW_PROTOCOL": "http"})


def test_parse_rev_time() -> None:
    assert parse_rev_time(b"abc:1580000000\n") == ("abc", "2020-01-26T00:53:20Z")
    for bad in (b"", b"abc", b":12", b"abc:", b"abc:x", b"abc:1 2"):
        with pytest.raises(VcsError, match=r"^unrecognized VCS tool output"):
            parse_rev_time(bad)


class Script(Runner):
    """Answers instead of a program."""

    def __init__(self, answers: dict[str, bytes | None]) -> None:
        super().__init__(lambda directory: {}, "1.26.8")
        self.answers = answers

    def run(self, system: object, directory: str, args: list[str]) -> bytes:
        answer = self.answers[" ".join(args)]
        if answer is None:
            raise VcsError("exit status 128")
        return answer


LOG = "-c log.showsignature=false log -1 --format=%H:%ct"


@pytest.mark.parametrize(
    ("system", "answers", "want"),
    [
        (GIT, {"status --porcelain": b"", LOG: b"abc:0\n"}, ("abc", "1970-01-01T00:00:00Z", False)),
        (GIT, {"status --porcelain": b"?? x\n", LOG: None}, ("", "", True)),
        (HG, {"log -r. -T {node}:{date|hgdate}": b"abc:1 -7200", "status -S": b""}, ("abc", "1970-01-01T00:00:01Z", False)),
        (HG, {"log -r. -T {node}:{date|hgdate}": b"", "status -S": b"? x"}, ("", "", True)),
        (
            SVN,
            {
                "info --show-item last-changed-revision": b"12\n",
                "info --show-item last-changed-date": b"2021-09-21T12:00:00.120000Z\n",
                "status": b"",
            },
            ("12", "2021-09-21T12:00:00.12Z", False),
        ),
        (
            BZR,
            {"version-info": b"revision-id: me@x-1\ndate: 2021-09-21 12:00:00 +1000\n", "status": b"working tree is out of date, run\n"},
            ("me@x-1", "2021-09-21T02:00:00Z", True),
        ),
        (
            FOSSIL,
            {"info": b"x: y\ncheckout:     91ed71 2021-09-21 12:00:00 UTC\n", "changes --differ": b""},
            ("91ed71", "2021-09-21T12:00:00Z", False),
        ),
    ],
)  # fmt: skip
def test_states(system: object, answers: dict[str, bytes | None], want: tuple[str, str, bool]) -> None:
    found = status_of(system, "/r", Script(answers))  # type: ignore[arg-type]
    assert (found.revision, found.commit_time, found.uncommitted) == want


def test_states_that_cannot_be_read() -> None:
    with pytest.raises(VcsError, match=r"^exit status 128$"):
        status_of(GIT, "/r", Script({"status --porcelain": b"", LOG: None}))
    with pytest.raises(VcsError, match=r"^unable to parse output of fossil info$"):
        status_of(FOSSIL, "/r", Script({"info": b"checkout: at the start\n"}))
    with pytest.raises(VcsError, match=r"^unable to parse output of bzr version-info$"):
        status_of(BZR, "/r", Script({"version-info": b"date: yesterday\n", "status": b""}))


def test_runner_shows_what_failed(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "hg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho $HGPLAIN $1\necho bad >&2\nexit $2\n")
    program.chmod(0o755)
    sink = Recorder()
    path = {"PATH": f"{program.parent}{os.pathsep}/bin{os.pathsep}/usr/bin"}
    runner = Runner(lambda directory: path, "1.26.8", sink, build_v=True, build_x=True)
    assert runner.run(HG, str(tmp_path), ["x", "0"]) == b"+strictflags x\n"
    with pytest.raises(VcsError, match=r"^exit status 3$"):
        runner.run(HG, str(tmp_path), ["x", "3"])
    shown = f"cd {tmp_path}\nhg x 0\ncd {tmp_path}\nhg x 3\n# cd {tmp_path}; hg x 3\nbad\n"
    assert sink.text() == shown


@pytest.mark.parametrize(("version", "host"), [("1.26.8", "golang.org"), ("1.27.3", "go.dev")])
def test_missing_program(version: str, host: str) -> None:
    sink = Recorder()
    with pytest.raises(VcsError, match=r'^exec: "svn": executable file not found in \$PATH$'):
        Runner(lambda directory: {"PATH": ""}, version, sink).run(SVN, "/", ["info"])
    assert sink.text() == f"go: missing Subversion command. See https://{host}/s/gogetcmd\n"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("module example.com/m\n", "example.com/m"),
        ("// c\r\nmodule  example.com/m \r\n", "example.com/m"),
        ('module "example.com/m"', "example.com/m"),
        ('module "example.com', ""),
        ("module example.com/m // c\n", "example.com/m // c"),
        ("go 1.20\n", ""),
        ("", ""),
    ],
)
def test_root_module_path(tmp_path: Path, text: str, path: str) -> None:
    (tmp_path / "go.mod").write_text(text, newline="")
    assert root_module_path(str(tmp_path)) == path
    assert root_module_path(str(tmp_path / "absent")) == ""

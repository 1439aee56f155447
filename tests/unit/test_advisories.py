"""Security advisories on the Go command that no test of one room covers; docs/security.md has the whole table."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.base import publish
from gokiln.base.lookpath import LookPathError, look_path
from gokiln.errors import GokilnError
from gokiln.golang import archive
from gokiln.golang.gover import Startup
from gokiln.modules.fetch.codehost.git import GitRepo
from gokiln.modules.fetch.codehost.model import UnknownRevisionError
from gokiln.modules.fetch.codehost.programs import program_for
from gokiln.modules.fetch.codehost.shell import Shell
from gokiln.modules.fetch.coderepo import CodeRepo
from gokiln.modules.fetch.goturl import parse
from gokiln.modules.fetch.http import HttpClient
from gokiln.modules.fetch.settings import Settings
from gokiln.packages.inputs import check_inputs
from gokiln.packages.package import Package
from tests.gitrepo import HAVE_GIT, GitRepoMaker
from tests.unit.packages.test_select import memo
from tests.unit.tools.test_cgo import FakeSteps, cgo, package

EVIL = "--config=alias.log=!touch owned"


# 2026-39819: names of temporary files that an attacker can foresee


def test_temporary_files_are_never_opened_through_a_planted_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert publish.temp_name("x") != publish.temp_name("x")
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    os.symlink(victim, tmp_path / "foreseen.tmp")
    monkeypatch.setattr(publish, "temp_name", lambda path: str(tmp_path / "foreseen.tmp"))
    with pytest.raises(FileExistsError):
        publish.publish(str(tmp_path / "target"), b"theirs")
    assert victim.read_bytes() == b"mine" and not (tmp_path / "target").exists()


# 2026-39817: paths in archive members


def test_names_of_archive_members_are_names_only(tmp_path: Path) -> None:
    """Nothing of gokiln takes members out of an archive."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "o.o").write_bytes(b"obj")
    (tmp_path / "a").write_bytes(b"!<arch>\n")
    archive.append_objects(str(tmp_path / "a"), [f"{tmp_path}/./sub/../sub/o.o"])
    data = (tmp_path / "a").read_bytes()
    assert data[8:24] == b"o.o".ljust(16) and b"/" not in data[8:68]


# 2026-27140: SWIG files named so that what comes out passes for cgo's


# 2025-68119: revisions that a program would read as options


@pytest.mark.parametrize("vcs", ["hg", "svn", "bzr", "fossil"])
def test_no_revision_file_or_remote_is_read_as_an_option(vcs: str) -> None:
    program = program_for(vcs)
    assert program is not None
    commands = {
        "init": program.init(EVIL),
        "repo_sum": program.repo_sum("goroot", EVIL),
        "lookup_ref": program.lookup_ref("goroot", EVIL, EVIL),
        "tags": program.tags(EVIL),
        "stat": program.stat(EVIL, EVIL),
        "descends_from": program.descends_from(EVIL, EVIL),
        "recent_tags": program.recent_tags(EVIL),
        "read_file": program.read_file(EVIL, EVIL, EVIL),
        "read_zip": program.read_zip(EVIL, EVIL, EVIL),
    }
    for what, argv in commands.items():
        options = argv[: argv.index("--")] if "--" in argv else argv
        assert not [word for word in options if word.startswith(EVIL)], (what, argv)


@pytest.mark.skipif(not HAVE_GIT, reason="no git")
@pytest.mark.parametrize("rev", ["--upload-pack=touch owned", "--output=owned", "-c", "--", "-", "@{upstream}"])
def test_git_takes_no_revision_for_an_option(rev: str, tmp_path: Path) -> None:
    maker = GitRepoMaker(tmp_path / "origin")
    maker.commit({"go.mod": "module x.org/m\n"}, "v1.0.0")
    shell = Shell(str(tmp_path / "mod"), os.environ, go_version="1.26.8")
    with pytest.raises(UnknownRevisionError):
        GitRepo(shell, maker.directory.as_uri()).stat(rev)
    assert not list(tmp_path.rglob("owned"))


# 2025-61732: what a comment above `import "C"` says is the cgo tool's to read


def test_a_cgo_comment_reaches_no_command_line(tmp_path: Path) -> None:
    text = '// */ #cgo LDFLAGS: -fplugin=evil.so\n/*\nint evil; // #cgo CFLAGS: -Devil\n*/\nimport "C"\n'
    p = package(tmp_path)
    p.cgo_files = ["p.go"]
    found = memo({"p.go": "package p\n\n" + text}).source_package("/p")
    assert found.cgo_files == ["p.go"]
    p.cgo_cflags, p.cgo_ldflags = found.cgo_cflags, found.cgo_ldflags
    steps = FakeSteps()
    cgo(tmp_path).run_cgo(steps, p, "/w/b1/", ["p.go"])
    assert any("/t/cgo" in argv for argv in steps.ran)
    assert not [argv for argv in steps.ran if any("evil" in word for word in argv)]
    assert not [path for path, data in steps.written.items() if b"evil" in data]


# 2024-45340: credentials of one host that a redirect takes to another


class Answer:
    """Of urllib3's answer what following redirects looks at."""

    def __init__(self, location: str) -> None:
        self.status = 302 if location else 200
        self.headers = {"Location": location} if location else {}

    def drain_conn(self) -> None:
        """Nothing to read."""

    release_conn = drain_conn


def test_credentials_stay_with_their_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine a.example login me password secret\n")
    settings = Settings(str(tmp_path / "mod"), environ={"HOME": str(tmp_path)})
    client = HttpClient(settings)
    hops = {"https://a.example/x": "https://a.example/y", "https://a.example/y": "https://a.example.evil/z"}
    hops["https://a.example.evil/z"] = "https://a.example/back"
    sent: dict[str, dict[str, str]] = {}

    def answer(url: object, headers: dict[str, str], unchecked: bool) -> Answer:
        text = url.text()  # type: ignore[attr-defined]
        sent[text] = headers
        return Answer(hops.get(text, ""))

    monkeypatch.setattr(client, "_try", answer)
    first = parse("https://a.example/x")
    client._redirected(first, client._auth(first), False)
    assert [bool(h) for h in sent.values()] == [True, True, False, False] and len(sent) == 4
    assert client._auth(parse("https://a.example.evil/")) == {}
    assert client._auth(parse("http://a.example/")) == {}


# 2023-29405, -29404, -29402: what stands in names of directories and files


@pytest.mark.parametrize("text", ["a\nb", "a\rb"])
def test_line_ends_in_a_package_directory_are_refused(text: str) -> None:
    p = Package()
    p.import_path, p.dir = "example.com/p", "/m/" + text
    assert "invalid package directory" in check_inputs(p)


@pytest.mark.parametrize("name", ["-x.go", "@x.go", "+x.go"])
def test_files_that_a_tool_would_take_for_options_are_refused(name: str) -> None:
    p = Package()
    p.import_path, p.dir, p.cgo_files = "example.com/p", "/m/p", [name]
    assert check_inputs(p).startswith("invalid input file name")


# 2022-23773: a branch that is named like a version


@pytest.mark.skipif(not HAVE_GIT, reason="no git")
def test_a_branch_named_like_a_version_is_none(tmp_path: Path) -> None:
    maker = GitRepoMaker(tmp_path / "origin")
    maker.commit({"go.mod": "module x.org/m\n"}, "v1.0.0")
    maker.git("branch", "v1.2.0")
    shell = Shell(str(tmp_path / "mod"), os.environ, go_version="1.26.8")
    repo = CodeRepo(GitRepo(shell, maker.directory.as_uri()), "x.org/m", "", "x.org/m", "1.26.8", Startup())
    assert repo.versions("").list == ["v1.0.0"]
    with pytest.raises(GokilnError, match=r"v1\.2\.0 is not a tag"):
        repo.stat("v1.2.0")


# 2021-3115: programs in the working directory


@pytest.mark.skipif(os.name == "nt", reason="modes")
def test_programs_of_the_working_directory_do_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gcc").write_text("#!/bin/sh\n")
    (tmp_path / "gcc").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for path in (".", "", f"{os.pathsep}/bin/none", "./"):
        with pytest.raises(LookPathError, match="relative to current directory"):
            look_path("gcc", {"PATH": path})
    assert look_path("gcc", {"PATH": f"{tmp_path}"}) == str(tmp_path / "gcc")

"""Git repositories, real ones: local as they lie there, remote through a bare clone (file:// URLs)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from gokiln.errors import GokilnError
from gokiln.golang.gover import Startup
from gokiln.modules.fetch.codehost.git import GitRepo, ensure_attributes
from gokiln.modules.fetch.codehost.model import CodeHostError, FileMissingError, UnknownRevisionError, is_origin_tag
from gokiln.modules.fetch.codehost.shell import RunError, Shell
from gokiln.modules.fetch.coderepo import CodeRepo
from tests.gitrepo import HAVE_GIT, GitRepoMaker

pytestmark = pytest.mark.skipif(not HAVE_GIT, reason="no git")


@pytest.fixture
def maker(tmp_path: Path) -> GitRepoMaker:
    return GitRepoMaker(tmp_path / "origin")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    import os

    return Shell(str(tmp_path / "mod"), os.environ, go_version="1.26.8")


def remote(shell: Shell, maker: GitRepoMaker) -> GitRepo:
    return GitRepo(shell, maker.directory.as_uri())


def module(code: GitRepo, path: str = "x.org/m") -> CodeRepo:
    return CodeRepo(code, "x.org/m", "", path, "1.26.8", Startup())


def test_stat_by_tag_branch_and_hash(shell: Shell, maker: GitRepoMaker) -> None:
    first = maker.commit({"a": "1"}, "v1.0.0")
    second = maker.commit({"a": "2"})
    repo = remote(shell, maker)
    info = repo.stat("v1.0.0")
    assert (info.name, info.short, info.version, info.tags) == (first, first[:12], "v1.0.0", ["v1.0.0"])
    assert (info.time, info.seconds) == ("2020-01-01T00:00:00Z", 1577836800)
    url = maker.directory.as_uri()
    assert info.origin == {"VCS": "git", "URL": url, "Hash": first, "Ref": "refs/tags/v1.0.0"}
    assert repo.stat("main").name == repo.stat(second[:7]).name == repo.latest().name == second
    assert repo.latest().origin["Ref"] == "HEAD"
    assert repo.stat("main").version == second
    for unknown in ("nothing", "0" * 40, "v9.9.9"):
        with pytest.raises(UnknownRevisionError, match=f"^unknown revision {unknown}$") as err:
            repo.stat(unknown)
        assert err.value.origin is not None and err.value.origin["RepoSum"].startswith("r1:")
    repo.check_reuse(info.origin, "")
    with pytest.raises(CodeHostError, match=r"ref .* deleted"):
        repo.check_reuse(info.origin | {"Ref": "refs/tags/v0.0.1"}, "")
    with pytest.raises(CodeHostError, match=r"^origin moved from git"):
        repo.check_reuse(info.origin, "sub")


def test_history_is_fetched_only_when_it_matters(shell: Shell, maker: GitRepoMaker, tmp_path: Path) -> None:
    maker.commit({"go.mod": "module x.org/m\n"}, "v1.0.0")
    maker.commit({"a": "2"}, "v1.1.0-pre", "other")
    last = maker.commit({"a": "3"})
    repo = remote(shell, maker)
    assert repo.read_file("main", "a", 100) == b"3"
    shallow = next((tmp_path / "mod" / "cache" / "vcs").glob("*/shallow"))
    assert repo.recent_tag(last, "", lambda tag: tag != "other") == "v1.1.0-pre"
    assert not shallow.exists()
    assert repo.descends_from(last, "v1.0.0") and not repo.descends_from(last, "v8.0.0")
    with pytest.raises(FileMissingError):
        repo.read_file("main", "absent", 100)


def test_tag_list_and_its_sum(shell: Shell, maker: GitRepoMaker) -> None:
    maker.commit({"a": "1"}, "v1.0.0", "sub/v1.0.0", "junk")
    maker.git("tag", "-a", "-m", "x", "v1.1.0")
    repo = remote(shell, maker)
    assert [name for name, _ in repo.tags("").list] == ["junk", "sub/v1.0.0", "v1.0.0", "v1.1.0"]
    assert len({value for _, value in repo.tags("").list}) == 1  # the annotated tag too stands for its commit
    before = repo.tags("v").origin["TagSum"]
    maker.git("tag", "more-junk")
    assert remote(shell, maker).tags("v").origin["TagSum"] == before
    maker.git("tag", "v1.2.0")
    assert remote(shell, maker).tags("v").origin["TagSum"] != before
    assert (
        is_origin_tag("v1.2.3+meta")
        and not is_origin_tag("v1.2")
        and not is_origin_tag("v0.0.0-20200101000000-abcdefabcdef")
    )


def test_zip_does_not_depend_on_attributes(shell: Shell, maker: GitRepoMaker) -> None:
    files = {".gitattributes": "* export-subst\nb export-ignore\n", "a": "$Format:%H$\r\n", "b": "", "d/c": ""}
    maker.commit(files, "v1.0.0")
    repo = remote(shell, maker)
    with zipfile.ZipFile(io.BytesIO(repo.read_zip("v1.0.0", "", 1000))) as archive:
        assert archive.read("prefix/a") == b"$Format:%H$\r\n"
        assert "prefix/b" in archive.namelist()
    with zipfile.ZipFile(io.BytesIO(repo.read_zip("v1.0.0", "d", 1000))) as archive:
        assert [name for name in archive.namelist() if not name.endswith("/")] == ["prefix/d/c"]
    with pytest.raises(FileMissingError):
        repo.read_zip("v1.0.0", "absent", 1000)


def test_attributes_are_written_once(tmp_path: Path) -> None:
    for _ in range(2):
        ensure_attributes(str(tmp_path))
    assert (tmp_path / "info" / "attributes").read_bytes() == b"\n* -export-subst -export-ignore\n"


def test_local_repository_is_only_read(shell: Shell, maker: GitRepoMaker, tmp_path: Path) -> None:
    maker.commit({"go.mod": "module x.org/m\n"}, "v1.0.0")
    head = maker.commit({"a": "2"})
    before = sorted(str(p) for p in tmp_path.rglob("*"))
    code = GitRepo(shell, str(maker.directory), local=True)
    assert module(code).stat(head).version == f"v1.0.1-0.20200102000000-{head[:12]}"
    assert sorted(str(p) for p in tmp_path.rglob("*")) == before
    with pytest.raises(GokilnError):
        code.stat("0" * 40)


def test_versions_of_modules(shell: Shell, maker: GitRepoMaker) -> None:
    maker.commit({"a.go": ""}, "v0.1.0", "v2.0.0", "v1", "v1.2.3+meta", "v0.0.0-20200101000000-abcdefabcdef")
    maker.commit({"go.mod": "module x.org/m\nretract v1.1.0\n"}, "v1.0.0", "v3.0.0")
    maker.commit(
        {"v3/go.mod": "module x.org/m/v3\n", "in/go.mod": "module x.org/m/in\n"}, "v1.1.0", "in/v0.5.0", "v3.1.0"
    )
    code = remote(shell, maker)
    assert module(code).versions("").list == ["v0.1.0", "v1.0.0", "v1.1.0"]
    assert module(code, "x.org/m/v3").versions("").list == ["v3.0.0", "v3.1.0"]
    assert module(code, "x.org/m/in").versions("v0").list == ["v0.5.0"]
    assert module(code, "x.org/m/v3").find_dir("v3.1.0")[1] == "v3"
    assert module(code).retracted()("v1.1.0") and not module(code).retracted()("v1.0.0")
    assert module(code).go_mod("v0.1.0") == b"module x.org/m\n"
    assert module(code).stat("v0.1.0").version == "v0.1.0"
    with pytest.raises(GokilnError, match=r"^x.org/m/in@v0.9.0: invalid version: unknown revision in/v0.9.0$"):
        module(code, "x.org/m/in").stat("v0.9.0")


def test_incompatible_until_a_go_mod_comes(shell: Shell, maker: GitRepoMaker) -> None:
    maker.commit({"a.go": ""}, "v1.0.0", "v2.0.0", "v3.0.0")
    maker.commit({"go.mod": "module x.org/m/v3\n"}, "v3.1.0")
    repo = module(remote(shell, maker))
    assert repo.versions("").list == ["v1.0.0", "v2.0.0+incompatible"]
    assert repo.stat("v2.0.0").version == "v2.0.0+incompatible"
    with pytest.raises(
        GokilnError, match=r"^x.org/m@v1.0.0\+incompatible: invalid version: \+incompatible suffix not allowed"
    ):
        repo.stat("v1.0.0+incompatible")


def test_bad_remotes(shell: Shell, tmp_path: Path) -> None:
    for text, problem in (
        ("host:path", r"must not be local directory \(use URL"),
        ("/a/b", "must not be local directory$"),
    ):
        with pytest.raises(CodeHostError, match=problem):
            GitRepo(shell, text)
    repo = GitRepo(shell, (tmp_path / "absent").as_uri())
    with pytest.raises(
        RunError, match=r"^git ls-remote -q --end-of-options file://.*/absent in .*: exit status 128:\n\tfatal: "
    ):
        repo.stat("main")
    with pytest.raises(CodeHostError, match="neither GOPATH nor GOMODCACHE are set"):
        GitRepo(Shell("", {}), "https://x.org/r")


def test_work_dir_notices_a_stranger(shell: Shell) -> None:
    directory, lock = shell.work_dir("git3", "https://x.org/r")
    assert lock == directory + ".lock" and Path(directory).is_dir()
    assert shell.work_dir("git3", "https://x.org/r")[0] == directory
    Path(directory + ".info").write_text("git3:other")
    with pytest.raises(CodeHostError, match=r'exists with wrong content .have "git3:other" want'):
        shell.work_dir("git3", "https://x.org/r")

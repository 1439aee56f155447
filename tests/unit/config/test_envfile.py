"""The go/env file: what counts, what edits leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from gokiln.config import envfile


def test_parse() -> None:
    data = b"# comment\nGOFLAGS=-x=1\nlower=1\n GOOS=linux\nGOARCH\nGOOS=a\nGOOS=b\n=x\nGOPATH="
    assert envfile.parse(data) == {"GOFLAGS": "-x=1", "GOOS": "b", "GOPATH": ""}


def test_parse_keeps_bytes_that_are_not_utf8() -> None:
    assert envfile.parse(b"GOPATH=/a\xff")["GOPATH"] == "/a\udcff"


def test_edit_sorts_runs_and_keeps_comments() -> None:
    text = "GOOS=linux\nGOARCH=arm\n# mine\nCC=gcc\nAR=ar\n"
    assert envfile.edit(text, {"GO386": "sse2"}, []) == "GOARCH=arm\nGOOS=linux\n# mine\nAR=ar\nCC=gcc\nGO386=sse2\n"


def test_edit_replaces_in_place_and_drops_duplicates() -> None:
    assert envfile.edit("GOOS=a\nGOOS=b\n", {"GOOS": "c"}, []) == "GOOS=c\n"
    assert envfile.edit("GOOS=a\nGOOS=b\nCC=x", {}, ["GOOS"]) == "CC=x\n"


def test_sorting_is_by_key_not_by_line() -> None:
    assert envfile.edit("GO386=1\nGO=2\n", {}, []) == "GO=2\nGO386=1\n"


@pytest.mark.parametrize(
    ("environ", "host", "expected"),
    [
        ({"HOME": "/h"}, "linux", ("/h/.config/go/env", False, "")),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "linux", ("/x/go/env", False, "")),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "x"}, "linux", ("", False, "path in $XDG_CONFIG_HOME is relative")),
        ({}, "linux", ("", False, "neither $XDG_CONFIG_HOME nor $HOME are defined")),
        ({"HOME": "/h"}, "darwin", ("/h/Library/Application Support/go/env", False, "")),
        ({"GOENV": "off", "HOME": "/h"}, "linux", ("", False, "GOENV=off")),
        ({"GOENV": "/e"}, "linux", ("/e", True, "")),
        ({}, "windows", ("", False, "%AppData% is not defined")),
    ],
)
def test_where_the_file_is(environ: dict[str, str], host: str, expected: tuple[str, bool, str]) -> None:
    assert envfile.env_file(environ, host) == expected


def test_update_makes_the_folder_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "env"
    environ = {"GOENV": str(path)}
    envfile.update(environ, "linux", {"GOOS": "linux"}, [])
    envfile.update(environ, "linux", {"CC": "cc"}, [])
    assert path.read_text() == "CC=cc\nGOOS=linux\n"
    envfile.update(environ, "linux", {}, ["CC"])
    assert path.read_text() == "GOOS=linux\n"
    assert [p.name for p in path.parent.iterdir()] == ["env"]


def test_update_follows_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("# kept\n")
    link.symlink_to(real)
    envfile.update({"GOENV": str(link)}, "linux", {"GOOS": "linux"}, [])
    assert link.is_symlink()
    assert real.read_text() == "# kept\nGOOS=linux\n"


def test_unset_needs_the_file(tmp_path: Path) -> None:
    with pytest.raises(envfile.EnvFileError, match=r"reading go env config: open .*: no such file or directory"):
        envfile.update({"GOENV": str(tmp_path / "none")}, "linux", {}, ["GOOS"])
    with pytest.raises(envfile.EnvFileError, match="cannot find go env config: GOENV=off"):
        envfile.update({"GOENV": "off"}, "linux", {"GOOS": "x"}, [])

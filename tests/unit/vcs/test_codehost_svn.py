"""Zips made of what `svn list` and `svn export` say, without a Subversion."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gokiln.modules.fetch.codehost.model import RepoError
from gokiln.modules.fetch.codehost.shell import Shell
from gokiln.modules.fetch.codehost.svn import export_zip

LISTED = """<?xml version="1.0"?><lists><list path="x">
<entry kind="file"><name>go.mod</name><size>9</size></entry>
<entry kind="dir"><name>sub</name></entry>
<entry kind="file"><name>sub/s.go</name><size>12</size></entry>
</list></lists>"""
FILES = {"go.mod": "module m\n", "sub/s.go": "package sub\n"}


class FakeSvn(Shell):
    """Answers `svn list` with a text and `svn export` with files."""

    def __init__(self, listed: str, files: dict[str, str]) -> None:
        super().__init__("", {})
        self.listed = listed
        self.files = files
        self.asked: list[str] = []

    def run(self, directory: str, argv: list[str], *args: object, **more: object) -> bytes:  # type: ignore[override]
        if argv[1] == "list":
            self.asked.append(argv[-1])
            return self.listed.encode()
        self.asked.append(argv[-2])
        for name, text in self.files.items():
            path = Path(argv[-1], name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return b""


@pytest.mark.parametrize(
    ("remote", "subdir", "asked", "top"),
    [
        ("svn://host/repo", "", "svn://host/repo", "repo"),
        ("svn://host/repo/", "", "svn://host/repo/", "repo"),
        ("svn://host/", "", "svn://host/", "host"),
        ("https://host/repo", "in/side", "https://host/repo/in/side", "repo/in/side"),
    ],
)
def test_files_lie_below_one_directory(remote: str, subdir: str, asked: str, top: str, tmp_path: Path) -> None:
    svn = FakeSvn(LISTED, FILES)
    target = tmp_path / "x.zip"
    export_zip(svn, str(target), str(tmp_path), "7", subdir, remote)
    with zipfile.ZipFile(target) as found:
        assert {name: found.read(name).decode() for name in found.namelist()} == {
            f"{top}/{name}": text for name, text in FILES.items()
        }
    assert svn.asked == [asked, asked]
    assert not (tmp_path / "export").exists()


@pytest.mark.parametrize(
    ("listed", "files", "problem"),
    [
        ("<lists", FILES, "unexpected response from svn list --xml: "),
        (LISTED, {"go.mod": "module m\n"}, "file reported by 'svn list', but not written by 'svn export': sub/s.go"),
        (LISTED, {**FILES, "sub/s.go": "x"}, "file sub/s.go listed as 12 bytes, but exported as 1 bytes"),
    ],
)
def test_answers_that_do_not_agree(listed: str, files: dict[str, str], problem: str, tmp_path: Path) -> None:
    with pytest.raises(RepoError, match=problem):
        export_zip(FakeSvn(listed, files), str(tmp_path / "x.zip"), str(tmp_path), "7", "", "svn://host/r")
    assert not (tmp_path / "export").exists()

"""Module zips that want to write elsewhere, collide, or lie about their sizes: refused before anything is outside."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from gokiln.golang.dirhash import hash_zip
from gokiln.modules.fetch.unzip import UnzipError, unzip
from gokiln.modules.fetch.zipcheck import MAX_GO_MOD, MAX_LICENSE, MAX_ZIP_FILE, ZipProblem, check_members
from gokiln.modules.version import ModVersion

MOD = ModVersion("example.com/m", "v1.0.0")
PREFIX = "example.com/m@v1.0.0/"


def make(names: list[str], contents: bytes = b"x", mode: int = 0o644 | stat.S_IFREG) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            info.external_attr = mode << 16
            info.create_system = 3
            archive.writestr(info, contents)
    return out.getvalue()


def extract(tmp_path: Path, data: bytes) -> str:
    (tmp_path / "m.zip").write_bytes(data)
    return unzip(str(tmp_path / "out"), MOD, str(tmp_path / "m.zip"))


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["../evil"], 'path does not have prefix "example.com/m@v1.0.0/"'),
        (["/etc/evil"], "path does not have prefix"),
        (["example.com/m@v1.0.1/a.go"], "path does not have prefix"),
        ([PREFIX + "../evil"], 'malformed file path "../evil": invalid path element ".."'),
        ([PREFIX + "a/../../evil"], "file path is not clean"),
        ([PREFIX + "a//b"], "file path is not clean"),
        ([PREFIX + "./a"], "file path is not clean"),
        ([PREFIX + "/etc/evil"], 'malformed file path "/etc/evil": empty path element'),
        ([PREFIX + "a\\..\\evil"], "malformed file path"),
        ([PREFIX + "C:evil"], "malformed file path"),
        ([PREFIX + "con"], '"con" disallowed as path element component on Windows'),
        ([PREFIX + "a."], "trailing dot in path element"),
        ([PREFIX + "a\nb"], "malformed file path"),
        ([PREFIX + "a\0b"], "malformed file path"),
        ([PREFIX + "a", PREFIX + "A"], "case-insensitive file name collision: "),
        ([PREFIX + "k", PREFIX + "\u212a"], "case-insensitive file name collision: "),
        ([PREFIX + "a/x", PREFIX + "A/y"], "case-insensitive file name collision: "),
        ([PREFIX + "\u00e4K", PREFIX + "\u00c4k"], "case-insensitive file name collision: "),
        ([PREFIX + "a", PREFIX + "a"], 'multiple entries for file "a"'),
        ([PREFIX + "a", PREFIX + "a/b"], 'entry "a" is both a file and a directory'),
        ([PREFIX + "sub/go.mod"], "go.mod file not in module root directory"),
        ([PREFIX + "GO.MOD"], "go.mod files must have lowercase names"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names(names: list[str], problem: str, tmp_path: Path) -> None:
    with pytest.raises(UnzipError) as err:
        extract(tmp_path, make(names))
    shown = str(err.value)
    assert problem in shown
    assert sorted(os.listdir(tmp_path)) == ["m.zip"]


@pytest.mark.parametrize("pair", [("ss", "\u00df"), ("i", "\u0131"), ("i", "\u0130"), ("a", "\u00e4")])
def test_names_that_no_file_system_takes_for_one(pair: tuple[str, str], tmp_path: Path) -> None:
    extract(tmp_path, make([PREFIX + name for name in pair]))
    assert sorted(os.listdir(tmp_path / "out")) == sorted(pair)


def test_everything_is_extracted_and_hashed_on_the_way(tmp_path: Path) -> None:
    """Small members, an empty one, directories, one in parts."""
    files = {"go.mod": b"module m\n", "empty": b"", "sub/sub/a.go": b"package a\n", "large": os.urandom(5 << 20)}
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("", "sub/", "bare/"):
            archive.writestr(PREFIX + name, b"")
        for name, data in files.items():
            archive.writestr(PREFIX + name, data)
    out = tmp_path / "out"
    open_files = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert unzip(str(out), MOD, str(tmp_path / "m.zip")) == hash_zip(str(tmp_path / "m.zip"))
    assert not open_files or len(os.listdir("/proc/self/fd")) == open_files
    assert {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if not p.is_dir()} == files


def test_what_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_bytes(b"mine")
    with pytest.raises(UnzipError, match=r"target directory .*/out exists and is not empty$"):
        extract(tmp_path, make([PREFIX + "a"]))
    assert os.listdir(tmp_path / "out") == ["mine"]


@pytest.mark.parametrize("version", ["v1.0", "v1.0.0+meta", "latest"])
def test_a_version_that_is_not_canonical(version: str, tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(make([f"example.com/m@{version}/a"]))
    with pytest.raises(UnzipError, match=f'version "{version}" is not canonical'.replace("+", r"\+")):
        unzip(str(tmp_path / "out"), ModVersion("example.com/m", version), str(tmp_path / "m.zip"))


def test_no_zip_is_another_problem_than_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(UnzipError, match="no such file or directory") as err:
        unzip(str(tmp_path / "out"), MOD, str(tmp_path / "m.zip"))
    assert not err.value.damaged
    with pytest.raises(UnzipError, match="not a valid zip file") as err:
        extract(tmp_path, b"no zip at all")
    assert err.value.damaged


@pytest.mark.skipif(os.name == "nt", reason="modes")
@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFREG | 0o4755, stat.S_IFCHR])
def test_modes_are_not_believed(mode: int, tmp_path: Path) -> None:
    extract(tmp_path, make([PREFIX + "a"], b"/etc/passwd", mode))
    found = os.lstat(tmp_path / "out" / "a").st_mode
    assert stat.S_ISREG(found) and found & 0o7333 == 0


def patched(data: bytes, at: int, fmt: str, value: int, signature: bytes) -> bytes:
    """Overwrite a field of the first local or central header."""
    start = data.index(signature) + at
    return data[:start] + struct.pack(fmt, value) + data[start + struct.calcsize(fmt) :]


@pytest.mark.parametrize("size", [0, 1, 11, 13, 1 << 20, (1 << 32) - 2])
def test_a_declared_size_that_is_not_the_size(size: int, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PREFIX + "a", b"twelve bytes")
    data = patched(out.getvalue(), 24, "<I", size, b"PK\1\2")
    with pytest.raises(UnzipError):
        extract(tmp_path, data)
    left = tmp_path / "out" / "a"
    assert not left.exists() or left.stat().st_size <= 12


def test_a_bomb_stops_at_its_declared_size(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PREFIX + "a", bytes(8 << 20))
    with pytest.raises(UnzipError):
        extract(tmp_path, patched(out.getvalue(), 24, "<I", 100, b"PK\1\2"))
    assert (tmp_path / "out" / "a").stat().st_size <= 1 << 20


@pytest.mark.parametrize(
    ("name", "size", "problem"),
    [
        ("go.mod", (16 << 20) + 1, "go.mod file too large (max size is 16777216 bytes)"),
        ("LICENSE", (16 << 20) + 1, "LICENSE file too large (max size is 16777216 bytes)"),
        ("a", (500 << 20) + 1, "total uncompressed size of module contents too large (max size is 524288000 bytes)"),
    ],
)
def test_limits(name: str, size: int, problem: str, tmp_path: Path) -> None:
    data = patched(make([PREFIX + name]), 24, "<I", size, b"PK\1\2")
    with pytest.raises(UnzipError) as err:
        extract(tmp_path, data)
    assert problem in str(err.value) and not (tmp_path / "out").exists()


def member(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(PREFIX + name)
    info.file_size = size
    return info


def test_what_is_just_allowed() -> None:
    check_members(MOD, [member("go.mod", MAX_GO_MOD), member("LICENSE", MAX_LICENSE), member("sub/LICENSE", 99 << 20)])
    check_members(MOD, [member("a", MAX_ZIP_FILE - 1), member("b", 1), member("c", 0)])
    with pytest.raises(ZipProblem, match="total uncompressed size"):
        check_members(MOD, [member("a", MAX_ZIP_FILE - 1), member("b", 2), member("c", 0)])


def test_a_large_file_is_not_read_at_all(tmp_path: Path) -> None:
    with open(tmp_path / "m.zip", "wb") as file:
        file.truncate((500 << 20) + 1)  # sparse
    with pytest.raises(UnzipError, match=r"module zip file is too large .524288001 bytes; limit is 524288000 bytes"):
        unzip(str(tmp_path / "out"), MOD, str(tmp_path / "m.zip"))

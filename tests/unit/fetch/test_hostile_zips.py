"""Module zips that want to write elsewhere, collide, or lie about their sizes: refused before anything is outside."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from gokiln.modules.fetch.unzip import UnzipError, unzip
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


def test_a_large_file_is_not_read_at_all(tmp_path: Path) -> None:
    with open(tmp_path / "m.zip", "wb") as file:
        file.truncate((500 << 20) + 1)  # sparse
    with pytest.raises(UnzipError, match=r"module zip file is too large .524288001 bytes; limit is 524288000 bytes"):
        unzip(str(tmp_path / "out"), MOD, str(tmp_path / "m.zip"))

"""Which files of a tree go into a module zip."""

from __future__ import annotations

import io
import zipfile

import pytest

from gokiln.modules.fetch.modzip import SYMLINK, CreateZipError, SourceFile, create_zip, is_vendored, wanted_files
from gokiln.modules.fetch.zipcheck import check_members
from gokiln.modules.version import ModVersion

MOD = ModVersion("x.org/m", "v1.0.0")


def tree(*paths: str, go_mod: str = "module x.org/m\n") -> list[SourceFile]:
    data = {path: go_mod.encode() if path == "go.mod" else b"text" for path in paths}
    return [SourceFile(path, len(text), lambda text=text: text) for path, text in data.items()]  # type: ignore[misc]


def test_what_belongs_to_the_module() -> None:
    files = tree(
        "go.mod", "a.go", "in/go.mod", "in/a.go", "vendor/modules.txt", "vendor/x/x.go", ".hg_archival.txt", "d/e/f"
    )
    files.append(SourceFile("link", 1, lambda: b"", SYMLINK))
    assert [f.path for f in wanted_files(files)] == ["go.mod", "a.go", "vendor/modules.txt", "d/e/f"]
    modern = tree("go.mod", "vendor/modules.txt", go_mod="module x.org/m\n\ngo 1.24\n")
    assert [f.path for f in wanted_files(modern)] == ["go.mod"]


def test_zip_passes_its_own_check() -> None:
    out = io.BytesIO()
    create_zip(out, MOD, tree("go.mod", "a.go", "d/ä"))
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == [f"x.org/m@v1.0.0/{name}" for name in ("go.mod", "a.go", "d/ä")]
        assert archive.read("x.org/m@v1.0.0/a.go") == b"text"
        check_members(MOD, archive.infolist())


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        (["a.go", "A.go"], 'A.go: case-insensitive file name collision: "a.go" and "A.go"'),
        (["GO.MOD"], "GO.MOD: go.mod files must have lowercase names"),
        (["a//b"], "a//b: file path is not clean"),
        (["/a"], "/a: file path is not relative"),
        (["con.txt"], 'con.txt: malformed file path "con.txt": "con" disallowed as path element component on Windows'),
        (
            ["b*", "c?"],
            "b*: malformed file path \"b*\": invalid char '*'\nc?: malformed file path \"c?\": invalid char '?'",
        ),
    ],
)
def test_names_that_cannot_be(paths: list[str], problem: str) -> None:
    with pytest.raises(CreateZipError) as err:
        create_zip(io.BytesIO(), MOD, tree(*paths))
    assert str(err.value) == f"create zip: {problem}"


def test_versions_must_fit() -> None:
    with pytest.raises(CreateZipError, match=r'^create zip: version "v1.0" is not canonical'):
        create_zip(io.BytesIO(), ModVersion("x.org/m", "v1.0"), [])
    with pytest.raises(CreateZipError, match=r"^create zip: x.org/m@v2.0.0: invalid version: should be v0 or v1"):
        create_zip(io.BytesIO(), ModVersion("x.org/m", "v2.0.0"), [])


# From golang.org/x/mod/zip/vendor_test.go.
@pytest.mark.parametrize(
    ("path", "old", "modern"),
    [
        ("vendor/foo/foo.go", True, True),
        ("pkg/vendor/foo/foo.go", True, True),
        ("longpackagename/vendor/foo/foo.go", True, True),
        ("vendor/vendor.go", False, False),
        ("vendor/modules.txt", False, True),
        ("pkg/vendor/vendor.go", True, False),
        ("longpackagename/vendor/vendor.go", True, False),
        ("notvendor/foo/foo.go", False, False),
    ],
)
def test_is_vendored(path: str, old: bool, modern: bool) -> None:
    assert (is_vendored(path, ""), is_vendored(path, "1.23"), is_vendored(path, "1.24")) == (old, old, modern)

"""Import path to directory and back, in trees that exist only in memory."""

from __future__ import annotations

import pytest

from gokiln.base.memorydisk import MemoryDisk
from gokiln.packages.gopath.places import Places

FILES = {
    "/go/src/fmt/print.go": b"",
    "/go/src/vendor/golang.org/x/text/t.go": b"",
    "/a/src/both/x.go": b"",
    "/a/src/fmt/mine.go": b"",
    "/a/src/top/p/x.go": b"",
    "/a/src/top/vendor/dep/x.go": b"",
    "/a/src/top/vendor/empty/readme": b"",
    "/a/src/top/testdata/td/x.go": b"",
    "/a/src/vendor/own/x.go": b"",
    "/b/src/both/x.go": b"",
    "/b/src/second/x.go": b"",
    "/out/x.go": b"",
}


def places(gopath: str = "/a:/b", gccgo: bool = False) -> Places:
    return Places(MemoryDisk(dict(FILES)), "/go", gopath, (lambda path: "") if gccgo else None)


@pytest.mark.parametrize(
    ("path", "src_dir", "directory", "root"),
    [
        ("fmt", "", "/go/src/fmt", "/go"),
        ("both", "", "/a/src/both", "/a"),
        ("second", "/out", "/b/src/second", "/b"),
        ("dep", "/a/src/top/p", "/a/src/top/vendor/dep", "/a"),
        ("own", "/a/src/top/p", "/a/src/vendor/own", "/a"),
        ("golang.org/x/text", "/go/src/fmt", "/go/src/vendor/golang.org/x/text", "/go"),
        ("vendor/golang.org/x/text", "/out", "/go/src/vendor/golang.org/x/text", "/go"),
        ("vendor/own", "/out", "/a/src/vendor/own", "/a"),
        ("both//", "", "/a/src/both", "/a"),
    ],
)
def test_find(path: str, src_dir: str, directory: str, root: str) -> None:
    found = places().find(path, src_dir, False)
    assert (found.directory, found.root, found.error) == (directory, root, None)
    assert found.goroot is (root == "/go")


def test_a_vendored_package_has_its_full_path_unless_vendor_directories_do_not_count() -> None:
    assert places().find("dep", "/a/src/top/p", False).import_path == "top/vendor/dep"
    assert places().find("dep", "/a/src/top/p", True).error is not None


def test_not_found_tells_every_place() -> None:
    assert str(places().find("empty", "/a/src/top/p", False).error) == (
        'cannot find package "empty" in any of:\n'
        "\t/a/src/top/vendor/empty (vendor tree)\n"
        "\t/a/src/vendor/empty\n"
        "\t/go/src/empty (from $GOROOT)\n"
        "\t/a/src/empty (from $GOPATH)\n"
        "\t/b/src/empty"
    )
    assert str(places("").find("x", "", True).error) == (
        'cannot find package "x" in any of:\n\t/go/src/x (from $GOROOT)\n'
        "\t($GOPATH not set. For more details see: 'go help gopath')"
    )
    assert str(places().find("/x", "", True).error) == 'import "/x": cannot import absolute path'


@pytest.mark.parametrize(
    ("directory", "path", "root", "conflict"),
    [
        ("/go/src/fmt", "fmt", "/go", ""),
        ("/a/src/top/p", "top/p", "/a", ""),
        ("/a/src/fmt", ".", "", "/go/src/fmt"),
        ("/b/src/both", ".", "", "/a/src/both"),
        ("/a/src/top/testdata/td", ".", "", ""),
        ("/out", ".", "", ""),
    ],
)
def test_find_dir(directory: str, path: str, root: str, conflict: str) -> None:
    found = places().find_dir(directory)
    assert (found.import_path, found.root, found.conflict_dir, found.error) == (path, root, conflict, None)
    assert found.installable is bool(root)


def test_a_directory_that_is_not_there() -> None:
    found = places().find_dir("/a/src/none")
    assert found.import_path == "none"
    assert str(found.error) == 'cannot find package "none" in:\n\t/a/src/none'


def test_which_entries_of_gopath_count() -> None:
    found = places("/go::~/x:/b:/none")
    assert found.roots == ["/b", "/none"]
    assert found.source_dirs() == ["/go/src", "/b/src"]


def test_with_gccgo_the_standard_library_has_no_directory() -> None:
    found = places(gccgo=True)
    assert found.source_dirs() == ["/a/src", "/b/src"]
    assert found.find("fmt", "", True).directory == "/a/src/fmt"

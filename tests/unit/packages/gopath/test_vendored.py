"""What import paths mean by who imports them; go.mod files are read from the real disk, as cmd/go does."""

from __future__ import annotations

from pathlib import Path

import pytest

from gokiln.base.disk import Disk
from gokiln.packages.error import LoadFatalError
from gokiln.packages.gomodpath import module_path
from gokiln.packages.gopath.places import Places
from gokiln.packages.gopath.vendored import ImportPaths, dir_and_src, dir_import_path, version_element


@pytest.mark.parametrize(
    ("directory", "path"),
    [
        ("/home/me/x", "_/home/me/x"),
        ("/a b/c!d", "_/a_b/c_d"),
        ("/a\u00a0\u200b/\udcff", "_/a__/_"),
        ("/\u00e9t\u00e9", "_/\u00e9t\u00e9"),
    ],
)
def test_dir_import_path(directory: str, path: str) -> None:
    assert dir_import_path(directory) == path


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("m/v2", (1, 4)),
        ("m/v2/p", (1, 4)),
        ("m/v2/api/v3/x", (8, 11)),
        ("m/v1/p", (-1, -1)),
        ("v2/p", (-1, -1)),
        ("m/v02", (-1, -1)),
    ],
)
def test_version_element(path: str, found: tuple[int, int]) -> None:
    assert version_element(path) == found


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"module m/v2\n", "m/v2"),
        (b"// hello\nmodule  m \r\ngo 1.20\n", "m"),
        (b'module "m/v3"', "m/v3"),
        (b'module "m', ""),
        (b"\tmodule m\n", ""),
        (b"", ""),
    ],
)
def test_module_path(data: bytes, path: str) -> None:
    assert module_path(data) == path


@pytest.fixture
def tree(tmp_path: Path) -> ImportPaths:
    for name, text in {
        "x/a/b/b.go": "",
        "x/vendor/q/q.go": "",
        "x/a/vendor/q/q.go": "",
        "x/vendor/none/readme": "",
        "vendor/top/t.go": "",
        "m/go.mod": "module m/v2\n",
        "m/p/p.go": "",
        "old/go.mod": "module old\n",
        "new/go.mod": "module new\n",
        "new/n/n.go": "",
        "new/v2/real/r.go": "",
    }.items():
        file = tmp_path / "src" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return ImportPaths(Places(Disk(), str(tmp_path / "goroot"), str(tmp_path)))


def resolve(tree: ImportPaths, path: str, parent: str) -> str:
    root = tree.places.roots[0]
    return tree.resolve(path, parent, f"{root}/src/{parent}", root)


@pytest.mark.parametrize(
    ("path", "parent", "found"),
    [
        ("q", "x/a/b", "x/a/vendor/q"),
        ("q", "x/other", "x/vendor/q"),
        ("q", "y", "q"),
        ("top", "x/a/b", "vendor/top"),
        ("none", "x/a/b", "none"),
        # only code in a tree with a go.mod may write a major version
        ("m/v2/p", "x/a/b", "m/v2/p"),
        ("m/v2/p", "new/n", "m/p"),
        ("m/v3/p", "new/n", "m/v3/p"),
        ("new/v2/real", "new/n", "new/v2/real"),
        ("old/v2/p", "new/n", "old/v2/p"),
        ("m/p", "new/n", "m/p"),
    ],
)
def test_resolve(tree: ImportPaths, path: str, parent: str, found: str) -> None:
    assert resolve(tree, path, parent) == found


def test_without_a_tree_paths_mean_what_they_say(tree: ImportPaths) -> None:
    assert tree.resolve("q", "x/a/b", "/elsewhere", "") == "q"


def test_files_of_the_command_line_have_the_vendor_directories_of_where_they_lie(tree: ImportPaths) -> None:
    root = tree.places.roots[0]
    assert tree.resolve("q", "command-line-arguments", f"{root}/src/x/a/b", root) == "x/a/vendor/q"


def test_a_package_that_is_not_where_its_path_says(tmp_path: Path) -> None:
    (tmp_path / "src/x").mkdir(parents=True)
    (tmp_path / "elsewhere").symlink_to(tmp_path / "src/x")
    assert dir_and_src("x", str(tmp_path / "elsewhere"), str(tmp_path)) == (
        str(tmp_path / "src/x"),
        str(tmp_path / "src"),
    )
    with pytest.raises(LoadFatalError, match="unexpected directory layout:\n\timport path: y\n"):
        dir_and_src("y", str(tmp_path / "src/x"), str(tmp_path))

"""Names in a module cache, and trees that are made read-only and go all the same."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.fetch.cachedir import CacheDir, make_dirs_read_only, remove_all
from gokiln.modules.fetch.errors import DownloadDirError, DownloadDirPartialError, OsFailure
from gokiln.modules.version import ModVersion

MOD = ModVersion("example.com/Greet/v2", "v2.0.0-Pre")


def test_names(tmp_path: Path) -> None:
    for root in (str(tmp_path), f"{tmp_path}/"):
        dirs = CacheDir(root)
        assert dirs.tree_dir(MOD) == f"{tmp_path}/example.com/!greet/v2@v2.0.0-!pre"
        assert dirs.cache_path(MOD, "zip") == f"{tmp_path}/cache/download/example.com/!greet/v2/@v/v2.0.0-!pre.zip"


@pytest.mark.parametrize(
    ("path", "version", "problem"),
    [
        ("go", "1.21", "toolchain"),
        ("toolchain", "go1.21.0", "toolchain"),
        ("example.com/m", "main", 'non-semver module version "main"'),
        ("example.com/m", "v1.0", 'non-canonical module version "v1.0"'),
        ("example.com/m", "v1.0.0+meta", 'non-canonical module version "v1.0.0+meta"'),
        ("example.com/../m", "v1.0.0", "malformed module path"),
        ("example.com/m!", "v1.0.0", "malformed module path"),
    ],
)
def test_names_that_no_cache_has(path: str, version: str, problem: str, tmp_path: Path) -> None:
    dirs = CacheDir(str(tmp_path))
    for name in (dirs.tree_dir, lambda mod: dirs.cache_path(mod, "mod")):
        with pytest.raises(GokilnError) as err:
            name(ModVersion(path, version))
        assert problem in str(err.value)


@pytest.mark.parametrize(
    ("root", "problem"),
    [
        ("", "module cache not found: neither GOMODCACHE nor GOPATH is set"),
        ("rel/mod", 'GOMODCACHE entry is relative; must be absolute path: "rel/mod".\n'),
        ("{tmp}/file", 'could not create module cache: "{tmp}/file" is not a directory'),
        ("{tmp}/file/mod", "could not create module cache: stat {tmp}/file/mod: not a directory"),
    ],
)
def test_places_that_are_no_cache(root: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    dirs = CacheDir(root.format(tmp=tmp_path))
    for _ in range(2):
        with pytest.raises(GokilnError) as err:
            dirs.tree_dir(MOD)
        assert str(err.value) == problem.format(tmp=tmp_path)


def test_the_cache_is_made_when_it_is_first_named(tmp_path: Path) -> None:
    CacheDir(str(tmp_path / "a" / "b")).tree_dir(MOD)
    assert (tmp_path / "a" / "b").is_dir()


def test_a_tree_counts_when_it_is_whole(tmp_path: Path) -> None:
    dirs = CacheDir(str(tmp_path))
    tree, partial, ziphash = dirs.tree_dir(MOD), dirs.cache_path(MOD, "partial"), dirs.cache_path(MOD, "ziphash")
    os.makedirs(os.path.dirname(partial))
    with pytest.raises(DownloadDirError) as missing:
        dirs.download_dir(MOD)
    assert missing.value.dir == tree
    os.makedirs(os.path.dirname(tree))
    Path(tree).touch()
    with pytest.raises(DownloadDirPartialError, match="not a directory"):
        dirs.download_dir(MOD)
    os.unlink(tree)
    os.mkdir(tree)
    with pytest.raises(DownloadDirPartialError, match="ziphash file is missing"):
        dirs.download_dir(MOD)
    Path(ziphash).touch()
    assert dirs.download_dir(MOD) == tree
    Path(partial).touch()
    with pytest.raises(DownloadDirPartialError, match="not completely extracted"):
        dirs.download_dir(MOD)


def test_the_tree_of_fips140_has_no_zip(tmp_path: Path) -> None:
    mod = ModVersion("golang.org/fips140", "v1.0.0")
    dirs = CacheDir(str(tmp_path))
    os.makedirs(dirs.tree_dir(mod))
    assert dirs.download_dir(mod) == dirs.tree_dir(mod)


def tree(root: Path) -> Path:
    (root / "t" / "a" / "b").mkdir(parents=True)
    (root / "t" / "a" / "b" / "file").write_text("x")
    (root / "outside").mkdir()
    (root / "outside" / "file").write_text("mine")
    (root / "t" / "link").symlink_to(root / "outside")
    return root / "t"


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_directories_become_read_only_and_links_are_not_followed(tmp_path: Path) -> None:
    root = tree(tmp_path)
    before = (tmp_path / "outside").stat().st_mode
    make_dirs_read_only(str(root))
    assert all(stat.S_IMODE(d.stat().st_mode) & 0o222 == 0 for d in (root, root / "a", root / "a" / "b"))
    assert (tmp_path / "outside").stat().st_mode == before
    remove_all(str(root))
    assert sorted(os.listdir(tmp_path)) == ["outside"] and os.listdir(tmp_path / "outside") == ["file"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing stops root")
def test_directories_that_cannot_even_be_listed_go_too(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "a" / "b" / "c" / "d").mkdir(parents=True)
    for name in ("a/b/c/d", "a/b/c", "a/b", "a", "."):
        (root / name).chmod(0)
    remove_all(str(root))
    assert not root.exists() and (tmp_path / "outside" / "file").exists()


def test_what_is_not_there_is_removed_already_and_a_link_is_one_file(tmp_path: Path) -> None:
    remove_all(str(tmp_path / "none"))
    root = tree(tmp_path)
    remove_all(str(root / "link"))
    assert (tmp_path / "outside" / "file").exists() and not (root / "link").is_symlink()
    remove_all(str(root / "a" / "b" / "file"))
    assert os.listdir(root / "a" / "b") == []
    with pytest.raises(OsFailure, match=r"unlinkat .*file/x: not a directory"):
        remove_all(str(tmp_path / "outside" / "file" / "x"))
    with pytest.raises(OsFailure, match=r"open .*file/x: not a directory"):
        remove_all(str(tmp_path / "outside" / "file" / "x" / "y"))


def test_the_first_thing_that_stays_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(tmp_path)
    real = os.unlink

    def unlink(path: str, **options: object) -> None:
        if os.path.basename(path) == "file":
            raise PermissionError(13, "Permission denied", path)
        real(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("os.unlink", unlink)
    with pytest.raises(OsFailure, match=r"unlinkat .*file: permission denied"):
        remove_all(str(root))
    assert (root / "a" / "b" / "file").exists() and not (root / "link").is_symlink()

"""GOFIPS140's snapshots: what import paths mean, and where their files are seen."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from gokiln.base.binddisk import BindDisk
from gokiln.base.memorydisk import MemoryDisk
from gokiln.config.fips140 import Fips140
from gokiln.errors import GokilnError, PlainError
from gokiln.packages.fips140 import _ZipSums, init_fips140

ROOT = "crypto/internal/fips140"


@pytest.mark.parametrize(
    ("path", "meant", "directory"),
    [
        (f"{ROOT}/sha256", f"{ROOT}/v1.26.0/sha256", "/mod/fips140/v1.26.0/sha256"),
        (f"{ROOT}/v1.26.0/sha256", f"{ROOT}/v1.26.0/sha256", "/mod/fips140/v1.26.0/sha256"),
        (ROOT, f"{ROOT}/v1.26.0", "/mod/fips140/v1.26.0"),
    ],
)
def test_imports_mean_the_snapshot(path: str, meant: str, directory: str) -> None:
    assert Fips140("v1.26.0", "/mod/fips140").resolve_import(path) == (meant, directory)
    assert Fips140("latest").resolve_import(path) is None


def test_other_imports_stay() -> None:
    fips = Fips140("v1.26.0", "/mod/fips140")
    assert fips.resolve_import(ROOT + "only") is None
    assert fips.resolve_import("crypto/sha256") is None
    assert fips.holds("/mod/fips140/v1.26.0/aes") and not fips.holds("/mod/fips140x")


def test_the_snapshot_stands_in_the_place_of_the_sources() -> None:
    disk = BindDisk(
        MemoryDisk({"/go/src/a/old.go": b"old", "/go/src/ab/x.go": b"x", "/mod/v1/new.go": b"new"}), "/mod", "/go/src/a"
    )
    assert [e.name for e in disk.list_dir("/go/src/a")] == ["v1"]
    assert disk.read_file("/go/src/a/v1/new.go") == b"new"
    assert not disk.exists("/go/src/a/old.go")
    assert disk.read_file("/go/src/ab/x.go") == b"x"
    assert disk.replaced("/go/src/a/v1") and not disk.replaced("/go/src/ab")


def _config(goroot: Path, setting: str, tags: list[str], minor: int = 26) -> SimpleNamespace:
    release = SimpleNamespace(default=lambda name: "off", minor=minor)
    return SimpleNamespace(
        fips140=None,
        env=SimpleNamespace(get=lambda name: setting),
        toolchain=SimpleNamespace(goroot=str(goroot), release=release),
        target=SimpleNamespace(build_tags=tags, tool_tags=[]),
    )


@pytest.mark.parametrize(
    ("setting", "tags", "problem"),
    [
        ("../v1", [], 'go: malformed GOFIPS140 version "../v1"'),
        ("v9.9.9", [], 'go: unknown GOFIPS140 version "v9.9.9"'),
        ("certified", [], 'go: unknown GOFIPS140 version "v8.0.0" (from "certified")'),
        ("latest", ["purego"], "go: cannot use GOFIPS140 with the purego build tag"),
    ],
)
def test_refusals(tmp_path: Path, setting: str, tags: list[str], problem: str) -> None:
    folder = tmp_path / "lib" / "fips140"
    folder.mkdir(parents=True)
    (folder / "certified.txt").write_text("v8.0.0\n")
    with pytest.raises(PlainError) as caught:
        init_fips140(_config(tmp_path, setting, tags))  # type: ignore[arg-type]
    assert str(caught.value) == problem


def test_old_releases_take_purego(tmp_path: Path) -> None:
    config = _config(tmp_path, "latest", ["purego"], minor=25)
    init_fips140(config)  # type: ignore[arg-type]
    assert config.fips140.enabled


@pytest.mark.parametrize(("setting", "enabled"), [("", False), ("off", False), ("latest", True)])
def test_without_a_snapshot(tmp_path: Path, setting: str, enabled: bool) -> None:
    config = _config(tmp_path, setting, [])
    init_fips140(config)  # type: ignore[arg-type]
    assert config.fips140.enabled is enabled and not config.fips140.dir
    assert config.target.build_tags == []


def test_zips_are_held_against_the_sums_beside_them(tmp_path: Path) -> None:
    zip_file = tmp_path / "v1.0.0.zip"
    zip_file.write_bytes(b"zip")
    sums = tmp_path / "fips140.sum"
    with pytest.raises(PlainError, match=r"go: verifying GOFIPS140=v1.0.0: open .*fips140.sum: no such file"):
        _ZipSums(str(zip_file), "v1.0.0")
    sums.write_text("# v1.0.0.zip\nv1.0.0.zip 12 md5:x\n")
    with pytest.raises(PlainError, match=r'malformed module zip hash "md5:x" for v1.0.0.zip in '):
        _ZipSums(str(zip_file), "v1.0.0")
    sums.write_text("v1.1.0.zip 12 h1:x\n")
    with pytest.raises(PlainError, match=r"no entry for v1.0.0.zip in "):
        _ZipSums(str(zip_file), "v1.0.0")
    sums.write_text("v1.0.0.zip 12 h1:x\n")
    found = _ZipSums(str(zip_file), "v1.0.0")
    assert found.module_hash == "h1:x"
    with pytest.raises(GokilnError, match=r"SHA-256 hash of v1\.0\.0\.zip is [0-9a-f]{64}, want 12 \(from "):
        found.verify()
    sums.write_text(f"v1.0.0.zip {hashlib.sha256(b'zip').hexdigest()} h1:x\n")
    _ZipSums(str(zip_file), "v1.0.0").verify()

"""Records of imports hold as long as the files they were made from, and not a moment longer."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from gokiln.index.importrecords import ImportRecords


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    package = tmp_path / "mod" / "example.com" / "m@v1.0.0" / "p"
    package.mkdir(parents=True)
    write(package / "a.go", "package p\n")
    return package


def write(path: Path, text: str, age: float = 60) -> None:
    path.write_text(text)
    then = time.time() - age
    os.utime(path, (then, then))


def records(tmp_path: Path, tags: str = "*") -> ImportRecords:
    return ImportRecords(str(tmp_path / "records"), str(tmp_path / "mod"), str(tmp_path / "go" / "src"), tags)


@pytest.fixture(autouse=True)
def not_racy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change times cannot be set: look at them from a minute later."""
    now = time.time_ns
    monkeypatch.setattr("gokiln.index.importrecords.time.time_ns", lambda: now() + 60_000_000_000)


def learn(tmp_path: Path, tree: Path) -> None:
    r = records(tmp_path)
    assert r.get(str(tree)) == (False, None)
    r.put(str(tree), (["fmt", "os"], ["testing"]))
    r.save()


def test_records_are_kept(tmp_path: Path, tree: Path) -> None:
    learn(tmp_path, tree)
    assert records(tmp_path).get(str(tree)) == (True, (["fmt", "os"], ["testing"]))
    assert records(tmp_path, "linux").get(str(tree)) == (False, None)


def test_directory_without_go(tmp_path: Path, tree: Path) -> None:
    r = records(tmp_path)
    r.put(str(tree), None)
    r.save()
    assert records(tmp_path).get(str(tree)) == (True, None)


@pytest.mark.parametrize("change", ["edit", "add", "remove", "touch"])
def test_any_change_makes_it_unknown(tmp_path: Path, change: str) -> None:
    package = tmp_path / "go" / "src" / "p"
    package.mkdir(parents=True)
    write(package / "a.go", "package p\n")
    learn(tmp_path, package)
    if change == "edit":
        write(package / "a.go", "package q\n")
    elif change == "add":
        write(package / "b.go", "package p\n")
    elif change == "remove":
        (package / "a.go").unlink()
    else:
        os.utime(package / "a.go", (1, 1))
    assert records(tmp_path).get(str(package)) == (False, None)


def test_files_that_come_and_go_in_the_module_cache(tmp_path: Path, tree: Path) -> None:
    learn(tmp_path, tree)
    assert records(tmp_path).get(str(tree))[0]
    write(tree / "b.go", "package p\n")
    assert records(tmp_path).get(str(tree)) == (False, None)


def test_damaged_record_is_none(tmp_path: Path, tree: Path) -> None:
    learn(tmp_path, tree)
    (file,) = (tmp_path / "records").iterdir()
    file.write_bytes(file.read_bytes().replace(b"fmt", b"fmx"))
    assert records(tmp_path).get(str(tree)) == (False, None)


def test_other_places_are_not_remembered(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    write(own / "a.go", "package own\n")
    r = records(tmp_path)
    r.put(str(own), ([], []))
    r.save()
    assert r.get(str(own)) == (False, None)
    assert not (tmp_path / "records").exists()


def test_files_of_this_moment_are_not_trusted(tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = os.stat(tree).st_ctime_ns
    monkeypatch.setattr("gokiln.index.importrecords.time.time_ns", lambda: changed + 1_000_000)
    r = records(tmp_path)
    r.put(str(tree), ([], []))
    assert r.get(str(tree)) == (False, None)

"""go.sum in use: what counts as known, what is asked of the database, what ends up in the file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.base.overlaydisk import OverlayDisk
from gokiln.errors import FatalError
from gokiln.events import Recorder
from gokiln.modules.fetch.cachedir import CacheDir
from gokiln.modules.fetch.gosum import GoSum
from gokiln.modules.fetch.settings import Settings
from gokiln.modules.version import ModVersion

A, B = ModVersion("x.y/a", "v1.0.0"), ModVersion("x.y/b", "v1.0.0")
GOOD, WRONG = "h1:" + "A" * 43 + "=", "h1:" + "B" * 43 + "="


def line(mod: ModVersion, sum: str) -> str:
    return f"{mod.path} {mod.version} {sum}\n"


class Bench:
    """A go.sum in a directory; what the checksum database was asked; what was told."""

    def __init__(self, root: Path) -> None:
        self.file = root / "go.sum"
        self.asked: list[ModVersion] = []
        self.settings = Settings(str(root / "mod"))
        self.sink = self.settings.sink = Recorder()

    def sums(self, *workspace: Path) -> GoSum:
        sums = GoSum(self.settings, CacheDir(self.settings.gomodcache), lambda mod, sum: self.asked.append(mod))
        sums.go_sum_file = str(self.file)
        sums.workspace_files = [str(path) for path in workspace]
        return sums


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_without_a_file_all_is_asked_and_nothing_is_known(bench: Bench) -> None:
    sums = bench.sums()
    sums.go_sum_file = ""
    sums.check_mod_sum(A, GOOD)
    assert bench.asked == [A]
    assert not sums.have_sum(A) and sums.recorded_sum(A) is None
    sums.trim_go_sum(set())
    sums.write_go_sum({A}, readonly=True)


def test_what_was_never_read_is_not_written(bench: Bench) -> None:
    bench.sums().write_go_sum({A}, readonly=False)
    assert not bench.file.exists()


def test_what_the_database_refuses_is_not_remembered(bench: Bench) -> None:
    def refuse(mod: ModVersion, sum: str) -> None:
        raise FatalError("not so")

    sums = bench.sums()
    sums._check_sum_db = refuse
    with pytest.raises(FatalError, match="not so"):
        sums.check_mod_sum(A, WRONG)
    sums.write_go_sum({A}, readonly=False)
    assert not bench.file.exists()


def test_a_new_hash_is_written_only_if_it_is_wanted(bench: Bench) -> None:
    sums = bench.sums()
    for mod in (A, B):
        sums.check_mod_sum(mod, GOOD)
        sums.check_mod_sum(mod, GOOD)
    assert bench.asked == [A, B]
    assert not sums.have_sum(A)  # not until it is in the file
    assert sums.tidy_go_sum({B}) == (b"", line(B, GOOD).encode())
    sums.write_go_sum({B}, readonly=False)
    assert bench.file.read_text() == line(B, GOOD)
    assert sums.have_sum(B) and sums.recorded_sum(B) == GOOD


def test_what_others_changed_meanwhile_stays(bench: Bench) -> None:
    bench.file.write_text(line(A, WRONG))
    sums = bench.sums()
    assert sums.recorded_sum(A) == WRONG
    sums.check_mod_sum(B, GOOD)
    other = ModVersion("x.y/c", "v1.0.0")
    bench.file.write_text(line(other, GOOD))  # somebody took the wrong hash out and brought another one
    sums.write_go_sum({A, B}, readonly=False)
    assert bench.file.read_text() == line(B, GOOD) + line(other, GOOD)


def test_a_trim_removes_what_is_not_kept_and_only_once(bench: Bench) -> None:
    bench.file.write_text(line(A, GOOD) + line(B, GOOD))
    sums = bench.sums()
    sums.trim_go_sum({A})
    sums.write_go_sum({A, B}, readonly=False)  # unused: wanted or not, B was given up
    assert bench.file.read_text() == line(A, GOOD)
    bench.file.write_text(line(A, GOOD) + line(B, WRONG))
    other = ModVersion("x.y/c", "v1.0.0")
    sums.check_mod_sum(other, GOOD)
    sums.write_go_sum({other}, readonly=False)
    assert bench.file.read_text() == line(A, GOOD) + line(B, WRONG) + line(other, GOOD)


def test_a_hash_in_use_that_was_trimmed_is_kept_when_wanted(bench: Bench) -> None:
    bench.file.write_text(line(A, GOOD) + line(B, GOOD))
    sums = bench.sums()
    sums.trim_go_sum(set())
    sums.check_mod_sum(A, GOOD)
    sums.write_go_sum({A}, readonly=False)
    assert bench.file.read_text() == line(A, GOOD)


def test_hashes_of_an_unknown_kind_prove_nothing(bench: Bench) -> None:
    bench.file.write_text(line(A, "h2:x"))
    sums = bench.sums()
    assert not sums.have_sum(A) and sums.recorded_sum(A) == ""
    sums.check_mod_sum(A, GOOD)
    assert bench.asked == [A]
    text = bench.sink.text()
    assert text.startswith(
        f"warning: verifying x.y/a@v1.0.0: unknown hashes in go.sum: h2:x; adding {GOOD}\n\nSECURITY"
    )
    sums.write_go_sum({A}, readonly=False)
    assert bench.file.read_text() == line(A, GOOD) + line(A, "h2:x")


def test_the_modules_of_a_workspace_know_too(bench: Bench, tmp_path: Path) -> None:
    one, two = tmp_path / "one.sum", tmp_path / "two.sum"
    one.write_text(line(A, GOOD))
    two.write_text(line(A, GOOD) + line(B, WRONG))
    bench.file = tmp_path / "go.work.sum"
    sums = bench.sums(one, two)
    assert sums.have_sum(A) and sums.recorded_sum(A) == GOOD
    sums.check_mod_sum(A, GOOD)
    assert bench.asked == []
    with pytest.raises(FatalError) as err:
        sums.check_mod_sum(B, GOOD)
    assert f"\n\tdownloaded: {GOOD}\n\t{two}:     {WRONG}\n\nSECURITY ERROR\n" in str(err.value)
    new = ModVersion("x.y/c", "v1.0.0")
    sums.check_mod_sum(new, GOOD)
    sums.write_go_sum({A, B, new}, readonly=False)
    assert bench.file.read_text() == line(new, GOOD)  # not what a module's own go.sum has
    with pytest.raises(FatalError, match=f"\tgo.work.sum:     {GOOD}"):
        sums.check_mod_sum(new, WRONG)


def test_files_that_disagree_answer_nothing(bench: Bench, tmp_path: Path) -> None:
    other = tmp_path / "one.sum"
    other.write_text(line(A, GOOD))
    bench.file.write_text(line(A, WRONG))
    sums = bench.sums(other)
    assert sums.recorded_sum(A) is None
    with pytest.raises(FatalError, match="SECURITY ERROR"):
        sums.check_mod_sum(A, GOOD)


def test_a_file_of_the_overlay_is_read_and_never_written(bench: Bench, tmp_path: Path) -> None:
    shown = tmp_path / "elsewhere"
    shown.write_text(line(A, GOOD))
    bench.file.write_text(line(A, WRONG))
    bench.settings.disk = OverlayDisk({str(bench.file): str(shown)}, str(tmp_path))
    sums = bench.sums()
    assert sums.recorded_sum(A) == GOOD
    sums.check_mod_sum(B, GOOD)
    with pytest.raises(FatalError, match=r"updates to go\.sum needed, but go\.sum is part of the overlay"):
        sums.write_go_sum({B}, readonly=False)
    assert (bench.file.read_text(), shown.read_text()) == (line(A, WRONG), line(A, GOOD))


def test_a_file_that_cannot_be_read_is_no_empty_one(bench: Bench) -> None:
    bench.file.mkdir()
    problem = f"read {bench.file}: is a directory"
    assert not bench.sums().have_sum(A) and bench.sums().recorded_sum(A) is None
    with pytest.raises(FatalError, match=problem):
        bench.sums().trim_go_sum(set())
    with pytest.raises(FatalError, match=f"reading go.sum: {problem}"):
        bench.sums().tidy_go_sum(set())


def test_a_disk_that_takes_nothing_leaves_the_old_file(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from gokiln.modules.fetch.errors import FetchError

    def refuse(*args: object) -> int:
        raise OSError(28, os.strerror(28))

    bench.file.write_text(line(A, GOOD))
    sums = bench.sums()
    sums.check_mod_sum(B, GOOD)
    monkeypatch.setattr("gokiln.base.lock.os.write", refuse)
    with pytest.raises(FetchError, match=r"^updating go\.sum: "):
        sums.write_go_sum({B}, readonly=False)
    monkeypatch.undo()
    assert bench.file.read_text() == line(A, GOOD)
    sums.write_go_sum({B}, readonly=False)
    assert bench.file.read_text() == line(A, GOOD) + line(B, GOOD)


def test_tidy_mends_a_malformed_file(bench: Bench) -> None:
    bench.file.write_text("x\n" + line(A, GOOD))
    bench.settings.cmd_name = "mod tidy"
    sums = bench.sums()
    sums.check_mod_sum(B, GOOD)
    sums.write_go_sum({A, B}, readonly=False)
    assert bench.file.read_text() == line(A, GOOD) + line(B, GOOD)

"""What a stat signature may be trusted for, and when not."""

from __future__ import annotations

import os

import pytest

from gokiln.index.verified import COARSE_TICK_NS, DIRTY_SECONDS, FINE_TICK_NS, VerifiedOutputs, is_racy, record_path

ID = b"\x01" * 32
OTHER = b"\x02" * 32
SECOND = 10**9
BASE = 1_800_000_000 * SECOND + 123


class Stat:
    """As much of a stat result as a signature takes."""

    def __init__(self, **changes: int) -> None:
        self.st_dev, self.st_ino, self.st_size, self.st_mtime_ns, self.st_ctime_ns = 1, 2, 3, BASE, BASE
        for name, value in changes.items():
            setattr(self, f"st_{name}", value)


def record(path: str = "", boot: bytes = b"1" * 16, now: int = BASE + 10 * SECOND) -> VerifiedOutputs:
    return VerifiedOutputs(path, boot=boot, clock=lambda: now)


@pytest.mark.parametrize("field", ["dev", "ino", "size", "mtime_ns", "ctime_ns"])
def test_any_changed_field_ends_the_trust(field):
    known = record()
    known.checked(ID, Stat(), BASE + SECOND)
    assert known.holds(ID, Stat())
    assert not known.holds(ID, Stat(**{field: 99}))
    assert not known.holds(OTHER, Stat())


def test_racy_files_are_not_recorded():
    assert is_racy(Stat(), BASE)
    assert is_racy(Stat(), BASE + FINE_TICK_NS - 1)
    assert not is_racy(Stat(), BASE + FINE_TICK_NS)
    coarse = Stat(ctime_ns=BASE // SECOND * SECOND)
    assert is_racy(coarse, BASE + FINE_TICK_NS)
    assert not is_racy(coarse, BASE + COARSE_TICK_NS)
    known = record()
    known.checked(ID, Stat(), BASE + 1)
    assert not known.holds(ID, Stat())


def test_our_own_refresh_is_carried_over_and_only_if_known():
    known = record()
    known.checked(ID, Stat(), BASE + SECOND)
    known.touched(ID, Stat(), Stat(mtime_ns=BASE + 5, ctime_ns=BASE + 5))
    assert known.holds(ID, Stat(mtime_ns=BASE + 5, ctime_ns=BASE + 5))
    known.touched(ID, Stat(size=9), Stat(size=9, ctime_ns=7))
    assert not known.holds(ID, Stat(size=9, ctime_ns=7))
    known.touched(OTHER, Stat(), Stat(ctime_ns=BASE + 5))
    assert not known.holds(OTHER, Stat(ctime_ns=BASE + 5))


def test_saved_and_merged(tmp_path):
    path = str(tmp_path / "kiln" / "record")
    one, two = record(path), record(path)
    one.checked(ID, Stat(), BASE + SECOND)
    two.checked(OTHER, Stat(), BASE + SECOND)
    one.save()
    two.save()
    both = record(path)
    assert both.holds(ID, Stat()) and both.holds(OTHER, Stat())
    both.forget(ID)
    both.save()
    assert len(record(path)) == 1
    both.save(lambda output: False)
    assert len(record(path)) == 0


def test_nothing_learnt_writes_nothing(tmp_path):
    path = str(tmp_path / "record")
    record(path).save()
    assert not os.path.exists(path)


def test_an_unwritable_place_is_lived_without(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    known = record(str(tmp_path / "file" / "record"))
    known.checked(ID, Stat(), BASE + SECOND)
    known.save()
    assert known.holds(ID, Stat())
    nowhere = record("")
    nowhere.written(ID, Stat())
    nowhere.save()
    assert nowhere.holds(ID, Stat())


def test_after_another_boot_only_what_had_reached_the_disk(tmp_path):
    path = str(tmp_path / "record")
    saved = BASE + 1000 * SECOND
    old, young = Stat(), Stat(ctime_ns=saved - (DIRTY_SECONDS - 1) * SECOND)
    known = record(path, now=saved)
    known.written(ID, old)
    known.written(OTHER, young)
    known.save()
    assert len(record(path)) == 2
    rebooted = record(path, boot=b"2" * 16)
    assert rebooted.holds(ID, old)
    assert not rebooted.holds(OTHER, young)


def test_each_cache_directory_has_its_own_record():
    assert record_path("/k", "/c1") != record_path("/k", "/c2")
    assert record_path("/k", "/c1/") == record_path("/k", "/c1")

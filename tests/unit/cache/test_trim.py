"""When the cache is trimmed, and what of it."""

from __future__ import annotations

import os

import pytest

from gokiln.base.lock import LockedFile
from gokiln.cache.diskstore import DiskStore
from gokiln.cache.location import make_cache_dir
from gokiln.cache.testexpire import expire, parse_expiry, read_expiry
from gokiln.cache.trim import remove_entry, trim, trimmed_lately

NOW = 1_800_000_000.0
HOUR, DAY = 3600, 24 * 3600


@pytest.mark.parametrize(
    ("text", "lately"),
    [
        (b"", False),
        (b"garbage", False),
        (b"%d" % NOW, True),
        (b" %d\n" % (NOW - DAY + 1), True),
        (b"%d" % (NOW - DAY), False),
        (b"%d" % (NOW + HOUR - 1), True),
        (b"%d" % (NOW + HOUR), False),
        (b"-5", False),
        (b"+%d" % NOW, True),
        (b"-%d" % NOW, False),
        (b"1_0", False),
    ],
)
def test_when_a_trim_is_due(text, lately):
    assert trimmed_lately(text, NOW) is lately


def put(directory: str, name: str, age: float, is_dir: bool = False) -> str:
    path = os.path.join(directory, "00", name)
    if is_dir:
        os.mkdir(path)
        with open(os.path.join(path, "prog"), "w"):
            pass
    else:
        with open(path, "w"):
            pass
    os.utime(path, (NOW - age, NOW - age))
    return path


def test_what_is_removed(tmp_path):
    directory = str(tmp_path)
    make_cache_dir(directory)
    limit = 5 * DAY + HOUR
    gone = [
        put(directory, "old-a", limit + 1),
        put(directory, "old-d", limit + 1),
        put(directory, "oldexe-d", limit + 1, is_dir=True),
        put(directory, "x-d.0123456789ab.tmp", DAY + 1),
        put(directory, "dir-d.0123456789ab.tmp", DAY + 1, is_dir=True),
    ]
    kept = [
        put(directory, "young-a", limit - 1),
        put(directory, "young-d", limit - 1),
        put(directory, "youngexe-d", limit - 1, is_dir=True),
        put(directory, "y-d.0123456789ab.tmp", DAY - 1),
        put(directory, "other", limit * 9),
    ]
    assert trim(directory, NOW)
    assert not any(os.path.exists(path) for path in gone)
    assert all(os.path.exists(path) for path in kept)
    with open(os.path.join(directory, "trim.txt")) as file:
        assert file.read() == "1800000000"
    assert not trim(directory, NOW + DAY - 1)
    assert trim(directory, NOW + DAY)


def test_whether_an_entry_is_gone(tmp_path):
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "file").touch()
    assert not remove_entry(str(tmp_path / "dir"), False)  # taken for a file
    assert remove_entry(str(tmp_path / "dir"), True)
    assert not remove_entry(str(tmp_path / "none"), False)
    assert not remove_entry(str(tmp_path / "none"), True)


def test_trim_waits_for_the_lock_and_then_declines(tmp_path):
    """Another process trims while we wait: what it wrote must be seen."""
    import threading

    directory = str(tmp_path)
    make_cache_dir(directory)
    stamp = os.path.join(directory, "trim.txt")
    old = put(directory, "old-d", 9 * DAY)
    results = []
    with LockedFile(stamp, os.O_RDWR | os.O_CREAT) as held:
        thread = threading.Thread(target=lambda: results.append(trim(directory, NOW)))
        thread.start()
        thread.join(0.05)
        held.write_at(b"%d" % NOW, 0)
    thread.join()
    assert results == [False]
    assert os.path.exists(old)


def test_closing_the_store_trims_and_forgets_what_went(tmp_path):
    from gokiln.index.verified import VerifiedOutputs

    directory = str(tmp_path / "cache")
    make_cache_dir(directory)
    record = str(tmp_path / "record")
    store = DiskStore(directory, None, VerifiedOutputs(record))
    output = store.put_bytes(b"1" * 32, b"one")
    kept = store.put_bytes(b"2" * 32, b"two")
    os.utime(store.file_name(output, "d"), (NOW - 9 * DAY, NOW - 9 * DAY))
    os.utime(store.file_name(kept, "d"), (NOW, NOW))
    store.clock = lambda: NOW
    store.close()
    assert not os.path.exists(store.file_name(output, "d"))
    assert len(VerifiedOutputs(record)) == 1


def test_test_expiry(tmp_path):
    assert expire(b"", 5) == b"5\n"
    assert expire(b"6\n", 5) is None
    assert expire(b"5\n", 5) is None
    assert expire(b"junk", 5) == b"5\n"
    assert parse_expiry(b" 12 \n") == 12
    assert read_expiry(str(tmp_path)) == 0
    for text, want in ((b"12\n", 12), (b"12", 0), (b" 12\n", 0), (b"x\n", 0)):
        (tmp_path / "testexpire.txt").write_bytes(text)
        assert read_expiry(str(tmp_path)) == want

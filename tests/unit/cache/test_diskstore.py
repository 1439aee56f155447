"""The disk store: what goes in comes out, and only that; damage is a miss; a full disk is no error."""

from __future__ import annotations

import errno
import hashlib
import os
import time

import pytest

from gokiln.cache.debug import CacheDebug, CacheVerifyError
from gokiln.cache.diskstore import DiskStore
from gokiln.cache.entry import Entry, encode_entry
from gokiln.cache.location import make_cache_dir
from gokiln.events import Recorder, Warn
from gokiln.index.verified import VerifiedOutputs

ACTION = hashlib.sha256(b"action").digest()
OTHER = hashlib.sha256(b"other").digest()


class Bench:
    """A cache directory, a record of verified outputs, and everything that was warned of."""

    def __init__(self, root: str) -> None:
        self.dir = os.path.join(root, "cache")
        self.record = os.path.join(root, "kiln", "verified")
        make_cache_dir(self.dir)
        self.sink = Recorder()

    def store(self, **options: object) -> DiskStore:
        return DiskStore(self.dir, self.sink, VerifiedOutputs(self.record, boot=b"b" * 16), **options)  # type: ignore[arg-type]

    def warnings(self) -> list[str]:
        return [event.text for event in self.sink.events if isinstance(event, Warn)]

    def damaged(self) -> list[str]:
        return [name for _, _, names in os.walk(self.dir) for name in names if ".damaged." in name]


@pytest.fixture
def bench(tmp_path) -> Bench:
    return Bench(str(tmp_path))


def age(path: str, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_goes_in_comes_out(bench):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    assert output == hashlib.sha256(b"hello").digest()
    found = store.get_bytes(ACTION)
    assert found is not None
    assert found[0] == b"hello"
    assert found[1].size == 5
    assert found[1].output_id == output
    assert store.get(OTHER) is None
    assert store.get_file(OTHER) is None
    assert bench.warnings() == []


def test_layout_is_the_go_commands(bench):
    output = bench.store().put_bytes(ACTION, b"hello")
    entry = os.path.join(bench.dir, ACTION.hex()[:2], ACTION.hex() + "-a")
    data = os.path.join(bench.dir, output.hex()[:2], output.hex() + "-d")
    with open(entry) as file:
        text = file.read()
    assert len(text) == 175
    assert text.startswith(f"v1 {ACTION.hex()} {output.hex()} {5:20d} ")
    with open(data, "rb") as file:
        assert file.read() == b"hello"
    assert sorted(os.listdir(bench.dir)) == sorted([f"{n:02x}" for n in range(256)] + ["README"])


def test_put_file_small_and_large(bench, tmp_path, monkeypatch):
    monkeypatch.setattr("gokiln.cache.diskstore._IN_MEMORY", 1000)
    store = bench.store()
    for size in (0, 1, 1000, 1001, 70000):
        source = tmp_path / "source"
        source.write_bytes(os.urandom(size))
        output, length = store.put_file(ACTION, str(source))
        assert length == size
        assert output == hashlib.sha256(source.read_bytes()).digest()
        found = store.get_bytes(ACTION)
        assert found is not None and found[0] == source.read_bytes()
        assert os.path.isfile(store.file_name(output, "d"))  # a directory is for programs only


def test_a_source_that_changes_while_it_is_copied_is_not_stored(bench, tmp_path, monkeypatch):
    monkeypatch.setattr("gokiln.cache.diskstore._IN_MEMORY", 10)
    source = tmp_path / "source"
    source.write_bytes(b"x" * 1000)
    monkeypatch.setattr("gokiln.cache.diskstore.hash_fd", lambda fd: (hashlib.sha256(b"x" * 999).digest(), 1000))
    store = bench.store()
    output, _ = store.put_file(ACTION, str(source))
    assert not store.has_output(output)
    assert store.get(ACTION) is None
    assert "underfoot" in bench.warnings()[0]


@pytest.mark.parametrize("change", [b"hellO", b"", b"hell", b"hello!", b"\0" * 5])
def test_a_changed_output_is_a_miss_and_one_warning(bench, change):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    path = store.output_file(output)
    time.sleep(0.03)
    with open(path, "wb") as file:
        file.write(change)
    assert store.get_file(ACTION) is None
    assert store.get_bytes(ACTION) is None
    assert path in bench.warnings()[0]
    assert store.put_bytes(ACTION, b"hello") == output
    found = store.get_bytes(ACTION)
    assert found is not None and found[0] == b"hello"


def test_every_flipped_byte_of_both_files_is_a_miss(bench):
    store = bench.store(paranoid=True)
    output = store.put_bytes(ACTION, b"hello")
    for path in (store.file_name(ACTION, "a"), store.file_name(output, "d")):
        with open(path, "rb") as file:
            good = file.read()
        # the last 20 digits of the entry are its time, which nothing depends on
        checked = range(len(good) - 21) if path.endswith("-a") else range(len(good))
        for at in checked:
            bad = bytearray(good)
            bad[at] ^= 0x01
            with open(path, "wb") as file:
                file.write(bad)
            assert bench.store(paranoid=True).get_file(ACTION) is None, at
            with open(path, "wb") as file:
                file.write(good)
    assert store.get_file(ACTION) is not None


def test_a_miss_has_a_reason(bench):
    store = bench.store()
    path = store.file_name(ACTION, "a")
    assert store.why_missing(ACTION) == f"cache entry not found: open {path}: no such file or directory"
    store.put_bytes(ACTION, b"hello")
    with open(path, "r+b") as file:
        file.truncate(20)
    assert store.why_missing(ACTION) == "cache entry not found: entry file incomplete"
    store.put_bytes(ACTION, b"hello")
    with open(store.output_file(store.get(ACTION).output_id), "wb") as file:
        file.write(b"jello")
    assert store.get_bytes(ACTION) is None
    path = store.file_name(OTHER, "a")
    store.put_bytes(OTHER, b"")
    with open(path, "ab") as file:
        file.write(b"\n")
    assert store.why_missing(OTHER) == "cache entry not found: too long"
    with open(path, "wb"):
        pass
    assert store.why_missing(OTHER) == "cache entry not found: file is empty"


def test_damage_is_set_aside_and_warned_of_once(bench):
    store = bench.store(paranoid=True)
    output = store.put_bytes(ACTION, b"hello")
    store.put_bytes(OTHER, b"hello")
    with open(store.output_file(output), "wb") as file:
        file.write(b"HELLO")
    assert store.get_file(ACTION) is None
    assert store.get_file(OTHER) is None
    assert len(bench.warnings()) == 1
    assert len(bench.damaged()) == 1
    assert not os.path.exists(store.file_name(output, "d"))


def test_a_short_output_is_left_to_its_writer(bench):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    with open(store.output_file(output), "wb") as file:
        file.write(b"hel")
    assert store.get_file(ACTION) is None
    assert bench.damaged() == []
    assert os.path.exists(store.file_name(output, "d"))


def test_unreadable_files_are_rebuilt(bench):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    store = bench.store(paranoid=True)
    output = store.put_bytes(ACTION, b"hello")
    os.chmod(store.output_file(output), 0)
    assert store.get_file(ACTION) is None
    store.put_bytes(ACTION, b"hello")
    assert store.get_file(ACTION) is not None


def test_a_directory_in_place_of_an_entry_or_output(bench):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    for path in (store.file_name(ACTION, "a"), store.file_name(output, "d")):
        os.unlink(path)
        os.mkdir(path)
        assert store.get_file(ACTION) is None
        store.put_bytes(ACTION, b"hello")
        assert store.get_bytes(ACTION)[0] == b"hello"


def test_a_dangling_link_is_a_miss(bench):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    path = store.file_name(output, "d")
    os.unlink(path)
    os.symlink("/nowhere/at/all", path)
    assert store.get_file(ACTION) is None
    store.put_bytes(ACTION, b"hello")
    assert store.get_bytes(ACTION)[0] == b"hello"


def test_reject_drops_an_entry(bench):
    store = bench.store()
    store.put_bytes(ACTION, b"hello")
    store.reject(ACTION, "build ID of another action")
    assert store.get(ACTION) is None
    assert "build ID of another action" in bench.warnings()[0]


def test_executables(bench, tmp_path):
    program = tmp_path / "prog"
    program.write_bytes(b"#!/bin/sh\nexit 7\n")
    store = bench.store()
    output, size = store.put_executable(ACTION, "tool", str(program))
    slot = store.file_name(output, "d")
    assert os.listdir(slot) == ["tool"]
    found = store.get_file(ACTION)
    assert found is not None
    assert found[0] == os.path.join(slot, "tool")
    assert found[1].size == size
    assert os.spawnv(os.P_WAIT, found[0], [found[0]]) == 7
    assert store.output_file(output) == found[0]
    store.put_executable(ACTION, "tool", str(program))
    assert os.listdir(slot) == ["tool"]


@pytest.mark.parametrize("fault", ["zero", "mode", "two", "none", "cut"])
def test_damaged_executables_are_rebuilt(bench, tmp_path, fault):
    program = tmp_path / "prog"
    program.write_bytes(b"#!/bin/sh\nexit 7\n")
    store = bench.store()
    output, size = store.put_executable(ACTION, "tool", str(program))
    slot = store.file_name(output, "d")
    inner = os.path.join(slot, "tool")
    time.sleep(0.03)
    if fault == "zero":
        with open(inner, "r+b") as file:
            file.write(bytes(size))
    elif fault == "mode":
        os.chmod(inner, 0o644)
    elif fault == "two":
        open(os.path.join(slot, "more"), "w").close()
    elif fault == "none":
        os.unlink(inner)
    else:
        os.truncate(inner, 3)
    assert store.get_file(ACTION) is None
    assert os.path.exists(slot) == (fault == "cut")  # may be under way; all else is out of the way of other commands
    store.put_executable(ACTION, "tool", str(program))
    found = store.get_file(ACTION)
    assert found is not None
    assert os.spawnv(os.P_WAIT, found[0], [found[0]]) == 7


@pytest.mark.parametrize("before", ["plain", "mode", "name"])
def test_an_executable_takes_the_place_of_what_cannot_be_run(bench, tmp_path, before):
    program = tmp_path / "prog"
    program.write_bytes(b"#!/bin/sh\nexit 7\n")
    store = bench.store()
    if before == "plain":
        store.put_file(OTHER, str(program))
    else:
        output, _ = store.put_executable(OTHER, "other", str(program))
        if before == "mode":
            os.chmod(store.output_file(output), 0o644)
    store.put_executable(ACTION, "tool", str(program))
    found = store.get_file(ACTION)
    assert found is not None and os.path.basename(found[0]) == "tool"
    assert os.spawnv(os.P_WAIT, found[0], [found[0]]) == 7


def test_a_plain_output_may_be_an_executables_bytes(bench, tmp_path):
    program = tmp_path / "prog"
    program.write_bytes(b"#!/bin/sh\nexit 7\n")
    store = bench.store()
    store.put_executable(ACTION, "tool", str(program))
    store.put_file(OTHER, str(program))
    assert store.get_bytes(OTHER)[0] == program.read_bytes()
    assert store.get_file(ACTION) is not None


def test_use_refreshes_times_older_than_an_hour(bench):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    entry, data = store.file_name(ACTION, "a"), store.file_name(output, "d")
    for path in (entry, data):
        age(path, 3590)
    store.get_file(ACTION)
    assert all(time.time() - os.stat(path).st_mtime > 3000 for path in (entry, data))
    for path in (entry, data):
        age(path, 3700)
    store.get_file(ACTION)
    assert all(time.time() - os.stat(path).st_mtime < 60 for path in (entry, data))


def test_a_put_of_what_is_there_refreshes_its_time(bench, tmp_path):
    program = tmp_path / "prog"
    program.write_bytes(b"#!/bin/sh\nexit 7\n")
    store = bench.store()
    for put in (
        lambda: store.put_executable(ACTION, "tool", str(program))[0],
        lambda: store.put_bytes(OTHER, b"hello"),
    ):
        path = store.file_name(put(), "d")
        age(path, 7200)
        put()
        assert time.time() - os.stat(path).st_mtime < 60


def test_exactly_an_hour_is_old(bench):
    now = 1_800_000_000.0
    output = bench.store().put_bytes(ACTION, b"hello")
    store = bench.store(clock=lambda: now)
    for path in (store.file_name(ACTION, "a"), store.file_name(output, "d")):
        os.utime(path, (now - 3600, now - 3600))
    assert store.get_file(ACTION) is not None
    assert [os.stat(store.file_name(*name)).st_mtime for name in ((ACTION, "a"), (output, "d"))] == [now, now]


def test_what_was_verified_is_remembered_with_and_without_a_trim(bench, monkeypatch):
    store = bench.store()
    store.close()  # trims
    output = store.put_bytes(ACTION, b"hello")
    age(store.file_name(output, "d"), 60)
    time.sleep(0.05)
    calls = hash_counter(monkeypatch)
    for _ in range(2):
        store = bench.store()
        assert store.get_file(ACTION) is not None
        store.close()
    assert len(calls) == 1


def hash_counter(monkeypatch) -> list[int]:
    from gokiln.cache import diskstore as module

    calls: list[int] = []
    real = module.hash_fd

    def counting(fd: int) -> tuple[bytes, int]:
        calls.append(fd)
        return real(fd)

    monkeypatch.setattr(module, "hash_fd", counting)
    return calls


def test_verified_once_is_not_hashed_again_even_after_our_refresh(bench, monkeypatch):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    age(store.file_name(output, "d"), 7200)
    time.sleep(0.05)
    calls = hash_counter(monkeypatch)
    store = bench.store()
    assert store.get_file(ACTION) is not None  # a changed time: one hash, then a refresh
    assert len(calls) == 1
    store.close()
    again = bench.store()
    assert again.get_file(ACTION) is not None
    assert len(calls) == 1
    assert bench.store(paranoid=True).get_file(ACTION) is not None
    assert len(calls) == 2


def test_a_swap_that_keeps_size_and_mtime_is_seen(bench):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    store.close()
    path = store.file_name(output, "d")
    info = os.stat(path)
    time.sleep(0.03)
    with open(path, "r+b") as file:
        file.write(b"HELLO")
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert bench.store().get_file(ACTION) is None


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_put_that_fails_is_one_warning(bench, monkeypatch, code):
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(code, os.strerror(code), "somewhere")

    store = bench.store()
    monkeypatch.setattr("gokiln.cache.diskstore.publish", refuse)
    first = store.put_bytes(ACTION, b"one")
    store.put_bytes(OTHER, b"two")
    assert not store.has_output(first)
    assert len(bench.warnings()) == 1
    assert "cannot write to the build cache" in bench.warnings()[0]


def test_running_out_of_files_is_not_damage(bench, monkeypatch):
    store = bench.store()
    store.put_bytes(ACTION, b"one")

    def refuse(*args: object, **kwargs: object) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr("gokiln.cache.diskstore.os.open", refuse)
        assert store.get_file(ACTION) is None
    assert bench.damaged() == []
    assert store.get_file(ACTION) is not None


def test_verify_mode_takes_no_hits_and_compares(bench):
    bench.store().put_bytes(ACTION, b"one")
    store = bench.store(debug=CacheDebug("gocacheverify=1", lambda text: None))
    assert store.get(ACTION) is None
    store.put_bytes(ACTION, b"one")
    with pytest.raises(CacheVerifyError, match="cache verify failed"):
        store.put_bytes(ACTION, b"two")
    store.put_bytes(ACTION, b"three", verify=False)


def test_negative_and_foreign_entries_are_misses(bench):
    store = bench.store()
    output = store.put_bytes(ACTION, b"hello")
    path = store.file_name(OTHER, "a")
    for data in (
        encode_entry(ACTION, Entry(output, 5, 1)),
        encode_entry(OTHER, Entry(output, 6, 1)),
        encode_entry(OTHER, Entry(output, 4, 1)),
        encode_entry(OTHER, Entry(hashlib.sha256(b"?").digest(), 5, 1)),
        encode_entry(OTHER, Entry(output, 5, 1)).replace(b"    5", b"   -5"),
        b"",
    ):
        with open(path, "wb") as file:
            file.write(data)
        assert bench.store(paranoid=True).get_file(OTHER) is None
        store.put_bytes(ACTION, b"hello")  # the output may have been set aside

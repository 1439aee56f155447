"""Damaged files: told of once, out of everybody's way; where that cannot be, a miss until they are written anew."""

from __future__ import annotations

import errno
import os
import time

import pytest

from gokiln.cache.quarantine import Quarantine
from gokiln.cache.store import NothingKnown
from gokiln.events import Recorder, Warn

OUTPUT = b"o" * 32


class Forgetful(NothingKnown):
    """A memory that tells what it was to forget."""

    def __init__(self) -> None:
        self.forgotten: list[bytes] = []

    def forget(self, output_id: bytes) -> None:
        self.forgotten.append(output_id)


class Bench:
    """A directory with one file `bad-d`, last used long ago, and its quarantine."""

    def __init__(self, root: str) -> None:
        self.dir = root
        self.path = os.path.join(root, "bad-d")
        with open(self.path, "wb") as file:
            file.write(b"bytes")
        os.utime(self.path, (1, 1))
        self.sink = Recorder()
        self.memory = Forgetful()
        self.bad = Quarantine(self.sink, self.memory, time.time)

    def warnings(self) -> list[str]:
        return [event.text for event in self.sink.events if isinstance(event, Warn)]


@pytest.fixture
def bench(tmp_path) -> Bench:
    return Bench(str(tmp_path))


def test_a_damaged_file_is_moved_aside_with_its_bytes(bench):
    bench.bad.damaged(bench.path, "rotten", OUTPUT)
    assert bench.path not in bench.bad  # nothing is left there that could be read
    (aside,) = os.listdir(bench.dir)
    assert aside.startswith("bad-d.damaged.") and aside.endswith(".tmp")
    path = os.path.join(bench.dir, aside)
    with open(path, "rb") as file:
        assert file.read() == b"bytes"
    assert time.time() - os.stat(path).st_mtime < 600  # its day begins now
    assert bench.memory.forgotten == [OUTPUT]
    assert bench.warnings() == [f"damaged cache file {bench.path}: rotten; building it again"]
    bench.bad.damaged(bench.path, "rotten again")  # made anew, and damaged anew
    assert len(bench.warnings()) == 2 and bench.memory.forgotten == [OUTPUT]


def test_what_cannot_be_moved_is_a_miss_until_it_is_written(bench, monkeypatch):
    def refuse(source: str, target: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("gokiln.cache.quarantine.replace", refuse)
    assert not bench.bad.set_aside(bench.path)
    for _ in range(2):
        bench.bad.damaged(bench.path, "rotten", OUTPUT)
        assert bench.path in bench.bad
    assert len(bench.warnings()) == 1 and bench.memory.forgotten == [OUTPUT]
    bench.bad.clear(bench.path)
    assert bench.path not in bench.bad
    bench.bad.damaged(bench.path, "rotten", OUTPUT)
    assert len(bench.warnings()) == 2


def test_a_shortage_is_told_once_and_blames_no_file(bench):
    for code in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN):
        bench.bad.unreadable(bench.path, OSError(code, os.strerror(code)), OUTPUT)
    assert bench.warnings() == [f"cannot read the build cache: open {bench.path}: too many open files"]
    assert os.listdir(bench.dir) == ["bad-d"] and not bench.memory.forgotten


def test_a_file_that_is_gone_is_no_damage_and_one_that_fails_is(bench):
    bench.bad.unreadable(bench.path, FileNotFoundError(errno.ENOENT, "gone"), OUTPUT)
    assert bench.warnings() == [] and not bench.memory.forgotten
    bench.bad.unreadable(bench.path, OSError(errno.EIO, os.strerror(errno.EIO)), OUTPUT)
    assert bench.warnings() == [f"damaged cache file {bench.path}: input/output error; building it again"]
    assert bench.memory.forgotten == [OUTPUT]


def test_of_a_program_nothing_is_said(bench):
    slot = os.path.join(bench.dir, "exe-d")
    os.mkdir(slot)
    bench.bad.damaged(slot, "not executable", OUTPUT)
    assert bench.warnings() == [] and not os.path.exists(slot) and bench.memory.forgotten == [OUTPUT]

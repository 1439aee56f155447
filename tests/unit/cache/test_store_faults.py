"""Every system call of a put fails once, or is the process's last: what remains is a right hit or a miss."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from pathlib import Path

import pytest

from gokiln.cache.diskstore import DiskStore
from gokiln.cache.trim import trim
from gokiln.events import Recorder, Warn
from gokiln.index.verified import VerifiedOutputs

ACTION = hashlib.sha256(b"action").digest()
DATA = b"the output of an action" * 100
CALLS = ("open", "write", "read", "replace", "rename", "mkdir", "fsync", "fstat", "stat", "close", "utime", "unlink")


OLD = b"an older output"


def make_small_cache(directory: str) -> None:
    """Only the subdirectories that the test uses: two hundred caches are made."""
    for digest in (ACTION, hashlib.sha256(DATA).digest(), hashlib.sha256(OLD).digest()):
        os.makedirs(os.path.join(directory, digest.hex()[:2]), exist_ok=True)


class Trap:
    """Counts the calls of os functions and springs at the Nth: raises an error, or ends the process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, code: int | None) -> None:
        self.at = at
        self.code = code
        self.count = 0
        for name in CALLS:
            monkeypatch.setattr(os, name, self.wrap(name, getattr(os, name)))

    def wrap(self, name: str, real: object) -> object:
        def call(*args: object, **kwargs: object) -> object:
            self.count += 1
            if self.count == self.at:
                if self.code is None:
                    os._exit(9)
                if name != "close":  # a close that fails still closes
                    raise OSError(self.code, os.strerror(self.code), "trap")
            return real(*args, **kwargs)  # type: ignore[operator]

        return call


def put(directory: str, source: str, kind: str, sink: Recorder | None = None) -> None:
    store = DiskStore(directory, sink, VerifiedOutputs(directory + ".record"))
    if kind == "bytes":
        store.put_bytes(ACTION, DATA)
    elif kind == "file":
        store.put_file(ACTION, source)
    else:
        store.put_executable(ACTION, "prog", source)
    store.close()


def check(directory: str, source: str, kind: str) -> bool:
    """Whether the action is a hit, whose bytes must be right; and a new put must always heal."""
    found = DiskStore(directory, paranoid=True).get_bytes(ACTION)
    assert found is None or found[0] == DATA
    put(directory, source, kind)
    sink = Recorder()
    after = DiskStore(directory, sink, paranoid=True).get_bytes(ACTION)
    assert after is not None and after[0] == DATA
    assert not [event for event in sink.events if isinstance(event, Warn)]
    return found is not None


def leftovers(directory: str) -> list[str]:
    return [name for _, dirs, files in os.walk(directory) for name in dirs + files if name.endswith(".tmp")]


@pytest.fixture
def bench():
    """A place in memory where there is one: hundreds of caches come and go."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        source = Path(folder) / "source"
        source.write_bytes(DATA)
        yield Path(folder), str(source)


@pytest.mark.parametrize("kind", ["bytes", "file", "executable"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO, errno.EMFILE])
def test_the_nth_call_fails(bench, monkeypatch, kind, code):
    root, source = bench
    for at in range(1, 200):
        directory = str(root / f"cache{at}")
        make_small_cache(directory)
        sink = Recorder()
        with monkeypatch.context() as patch:
            trap = Trap(patch, at, code)
            try:
                put(directory, source, kind, sink)
            except OSError as exc:
                assert kind != "bytes" and exc.filename == "trap"  # only reading the source may raise
        assert sum(isinstance(event, Warn) for event in sink.events) <= 1
        check(directory, source, kind)
        assert leftovers(directory) == []
        if trap.count < at:
            break
    else:
        pytest.fail("the put never ended")
    assert at > 8


@pytest.mark.parametrize("kind", ["file", "executable"])  # bytes take the same way as a small file
@pytest.mark.parametrize("replacing", [False, True])
def test_killed_at_the_nth_call(bench, monkeypatch, kind, replacing):
    root, source = bench
    hits = 0
    for at in range(1, 200):
        directory = str(root / f"cache{at}")
        make_small_cache(directory)
        if replacing:
            DiskStore(directory).put_bytes(ACTION, OLD)
        child = os.fork()
        if child == 0:
            with monkeypatch.context() as patch:
                Trap(patch, at, None)
                put(directory, source, kind)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if replacing:
            found = DiskStore(directory, paranoid=True).get_bytes(ACTION)
            assert found is not None and found[0] in (DATA, OLD)
            put(directory, source, kind)
        else:
            hits += check(directory, source, kind)
        for name in leftovers(directory):
            path = next(os.path.join(d, name) for d, dirs, files in os.walk(directory) if name in dirs + files)
            os.utime(path, (1, 1))
        if os.path.exists(os.path.join(directory, "trim.txt")):
            os.unlink(os.path.join(directory, "trim.txt"))
        trim(directory, time.time())
        assert leftovers(directory) == []
        if os.waitstatus_to_exitcode(status) == 0:
            break
    else:
        pytest.fail("the put never ended")
    assert at > 8
    assert replacing or hits >= 1

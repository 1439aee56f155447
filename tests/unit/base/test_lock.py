"""Locks between processes, and changing a file under one."""

from __future__ import annotations

import errno
import multiprocessing
import os
import threading

import pytest

from gokiln.base.lock import LockedFile, lock_file, read_locked, transform_locked, try_lock, write_locked


def add_many(path: str, times: int) -> None:
    for _ in range(times):
        transform_locked(path, lambda old: b"%d" % (int(old or b"0") + 1))


def test_transform_is_atomic_between_processes(tmp_path):
    path = str(tmp_path / "count")
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=add_many, args=(path, 50)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert read_locked(path) == b"200"


def test_a_lock_waits_for_another_thread(tmp_path):
    path = str(tmp_path / "lock")
    order = []
    held = threading.Event()

    def second() -> None:
        held.wait()
        with lock_file(path):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with lock_file(path):
        held.set()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_readers_share(tmp_path):
    path = str(tmp_path / "f")
    write_locked(path, b"x")
    with LockedFile(path, os.O_RDONLY):
        assert read_locked(path) == b"x"


def test_write_replaces(tmp_path):
    path = str(tmp_path / "f")
    write_locked(path, b"long text")
    write_locked(path, b"s")
    assert read_locked(path) == b"s"
    write_locked(path, b"")
    assert read_locked(path) == b""


@pytest.mark.skipif(os.name != "posix", reason="flock, umask")
def test_the_end_frees_the_lock_and_the_file(tmp_path):
    path = str(tmp_path / "f")
    old = os.umask(0)
    try:
        write_locked(path, b"")
    finally:
        os.umask(old)
    assert os.stat(path).st_mode & 0o777 == 0o666
    file = lock_file(path)
    held = file.fd
    inherited = os.dup(held)  # as a process has it that was forked meanwhile
    file.close()
    file.close()
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(held)
    other = os.open(path, os.O_RDONLY)
    try:
        assert try_lock(other)
    finally:
        os.close(other)
        os.close(inherited)


@pytest.mark.skipif(os.name != "posix", reason="flock")
def test_readers_share_and_a_writer_excludes_them(tmp_path):
    path = str(tmp_path / "f")
    write_locked(path, b"x")
    fd = os.open(path, os.O_RDONLY)
    try:
        for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
            with LockedFile(path, flags):
                assert not try_lock(fd)
        assert try_lock(fd)
    finally:
        os.close(fd)


@pytest.mark.parametrize(("old", "new"), [(b"", b"abc"), (b"abc", b"a"), (b"a", b"abc"), (b"abc", b"xyz")])
def test_transform_writes_exactly(tmp_path, old, new):
    path = tmp_path / "f"
    path.write_bytes(old)
    assert transform_locked(str(path), lambda seen: new if seen == old else None)
    assert path.read_bytes() == new


def test_transform_may_decline_and_may_raise(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    assert not transform_locked(str(path), lambda old: None)

    def fail(old: bytes) -> bytes:
        raise KeyError(old)

    with pytest.raises(KeyError):
        transform_locked(str(path), fail)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("fail_at", [0, 1])
def test_a_full_disk_leaves_the_old_content(tmp_path, monkeypatch, fail_at):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    real, calls = os.write, []

    def write(fd: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) == fail_at + 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, data)

    monkeypatch.setattr("gokiln.base.lock.os.write", write)
    with pytest.raises(OSError, match="space"):
        transform_locked(str(path), lambda old: b"new and longer")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("new", [b"old and longer", b"new"])
def test_a_disk_that_fills_up_within_a_write_leaves_the_old_content(tmp_path, monkeypatch, new):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    real, calls = os.write, []

    def write(fd: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, data[:1] if len(calls) == 1 and len(data) > 1 else data)

    monkeypatch.setattr("gokiln.base.lock.os.write", write)
    with pytest.raises(OSError, match="space"):
        transform_locked(str(path), lambda old: new)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


def test_a_file_that_cannot_be_cut_keeps_the_old_content(tmp_path, monkeypatch):
    def refuse(fd: int, size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    path = tmp_path / "f"
    path.write_bytes(b"old")
    monkeypatch.setattr("gokiln.base.lock.os.ftruncate", refuse)
    with pytest.raises(OSError, match="error"):
        transform_locked(str(path), lambda old: b"n")
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix", reason="flock")
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP])
def test_a_file_system_without_locks_is_an_error_and_leaks_nothing(tmp_path, monkeypatch, code):
    import fcntl

    def refuse(fd, how):
        raise OSError(code, os.strerror(code))

    path = tmp_path / "f"
    path.write_bytes(b"old")
    monkeypatch.setattr(fcntl, "flock", refuse)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for work in (lambda: read_locked(str(path)), lambda: write_locked(str(path), b"new")):
        with pytest.raises(OSError) as err:
            work()
        assert err.value.errno == code
    fd = os.open(path, os.O_RDONLY)
    assert not try_lock(fd)
    os.close(fd)
    assert path.read_bytes() == b"old"
    assert not before or len(os.listdir("/proc/self/fd")) == before

"""A published file is whole or not there, and nothing is left lying about."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from gokiln.base.mkdir import mkdir_all
from gokiln.base.oserror import path_error
from gokiln.base.publish import is_temp_name, publish, temp_name, write_named


def test_bytes_and_writers(tmp_path):
    path = str(tmp_path / "f")
    info = publish(path, b"one")
    assert info.st_ino == os.stat(path).st_ino
    assert info.st_ctime_ns == os.stat(path).st_ctime_ns
    publish(path, lambda file: file.write(b"two") and None, fsync=True)
    with open(path, "rb") as file:
        assert file.read() == b"two"
    assert os.listdir(tmp_path) == ["f"]


def test_mode_is_before_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        publish(str(tmp_path / "f"), b"", 0o777)
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(tmp_path / "f").st_mode) == 0o750


def test_a_file_is_for_all_whom_the_umask_lets(tmp_path):
    old = os.umask(0)
    try:
        publish(str(tmp_path / "f"), b"")
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(tmp_path / "f").st_mode) == 0o666


def test_a_writer_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def fail(file: object) -> None:
        file.write(b"part")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(str(path), fail)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]


@pytest.mark.parametrize("call", ["open", "replace", "fdopen", "fsync"])
def test_any_failing_call_leaves_the_old_file(tmp_path, monkeypatch, call):
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(f"gokiln.base.publish.os.{call}", refuse)
    with pytest.raises(OSError, match="space"):
        publish(str(path), b"new", fsync=True)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]


def test_temporary_names_are_no_cache_entries():
    name = temp_name("/c/00/ab-d")
    assert is_temp_name(name)
    assert not name.endswith(("-a", "-d"))
    assert name != temp_name("/c/00/ab-d")


def test_mkdir_all_blames_the_right_directory(tmp_path):
    mkdir_all(str(tmp_path / "a" / "b" / "c"))
    mkdir_all(str(tmp_path / "a" / "b" / "c"))
    (tmp_path / "file").write_bytes(b"")
    for path in ("file", "file/x", "file/x/y"):
        with pytest.raises(OSError) as caught:
            mkdir_all(str(tmp_path / path))
        exc = caught.value
        assert path_error("mkdir", exc.filename, exc) == f"mkdir {tmp_path}/file: not a directory"


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes")
def test_a_file_that_the_user_named_stays_what_it_is(tmp_path):
    file, link, pipe = tmp_path / "file", tmp_path / "link", tmp_path / "pipe"
    write_named(str(file), b"new")
    assert file.read_bytes() == b"new"
    file.chmod(0o666)
    link.symlink_to("file")
    write_named(str(link), b"through")
    assert link.is_symlink() and file.read_bytes() == b"through" and file.stat().st_mode & 0o777 == 0o666
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_named(str(pipe), b"bytes")
    assert os.read(reader, 9) == b"bytes"
    os.close(reader)
    with pytest.raises(IsADirectoryError):
        write_named(str(tmp_path), b"")
    assert sorted(os.listdir(tmp_path)) == ["file", "link", "pipe"]

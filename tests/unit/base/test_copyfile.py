"""Files copied and written in few system calls."""

from __future__ import annotations

import os

import pytest

from gokiln.base.copyfile import copy_file, write_file


@pytest.mark.parametrize("size", [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 700_001])
def test_copies_every_byte(tmp_path, size):
    data = os.urandom(size)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(data)
    target.write_bytes(b"x" * 900_000)
    copy_file(str(source), str(target))
    assert target.read_bytes() == data


def test_a_file_system_that_takes_little_at_a_time(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr("gokiln.base.copyfile.os.write", lambda fd, data: real(fd, bytes(data[:3])))
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    write_file(str(tmp_path / "a"), b"0123456789")
    copy_file(str(tmp_path / "a"), str(tmp_path / "b"))
    write_file(str(tmp_path / "c"), b"")
    assert not before or len(os.listdir("/proc/self/fd")) == before
    assert [(tmp_path / name).read_bytes() for name in "abc"] == [b"0123456789", b"0123456789", b""]


def test_mode_is_that_of_a_new_file(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"data")
    source.chmod(0o444)
    copy_file(str(source), str(target))
    write_file(str(tmp_path / "c"), b"data")
    assert target.stat().st_mode == (tmp_path / "c").stat().st_mode
    assert target.stat().st_mode & 0o200


def test_missing_source_leaves_no_target(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        copy_file(str(tmp_path / "none"), str(tmp_path / "b"))
    assert caught.value.filename == str(tmp_path / "none")
    assert not (tmp_path / "b").exists()

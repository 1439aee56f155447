"""A write that fails says which file it was, as fs.PathError does: the system was told a descriptor alone."""

from __future__ import annotations

import errno
import os

import pytest

from gokiln.base.copyfile import copy_file, write_file
from gokiln.base.lock import transform_locked
from gokiln.base.oserror import os_error_text, path_error


@pytest.mark.parametrize("how", ["write_file", "copy_file", "transform_locked"])
def test_a_full_disk_names_the_file(tmp_path, monkeypatch, how):
    def full(fd, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source, target = str(tmp_path / "source"), str(tmp_path / "target")
    (tmp_path / "source").write_bytes(b"data")
    monkeypatch.setattr("gokiln.base.copyfile.os.write", full)
    monkeypatch.setattr("gokiln.base.lock.os.write", full)
    ways = {
        "write_file": lambda: write_file(target, b"data"),
        "copy_file": lambda: copy_file(source, target),
        "transform_locked": lambda: transform_locked(target, lambda old: b"data"),
    }
    with pytest.raises(OSError) as caught:
        ways[how]()
    text = f"write {target}: no space left on device"
    assert os_error_text(caught.value) == text
    assert path_error("open", target, caught.value) == text

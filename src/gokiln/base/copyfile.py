"""Bytes into a file with as few system calls as it takes: trees of many small files are what modules are made of.

The mode of a new file is 0666 less the umask, as os.Create of Go has it.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import name_failure

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_CHUNK = 1 << 18  # bytes read at a time


def write_file(target: str, data: bytes) -> None:
    """Make target, or empty it, and write data. Raises OSError, which names the file."""
    fd = os.open(target, _CREATE, 0o666)
    try:
        write_all(fd, data, target)
    finally:
        os.close(fd)


def copy_file(source: str, target: str) -> None:
    """Copy the bytes of source, not its mode, into target. Raises OSError."""
    fd = os.open(source, _READ)
    try:
        data = os.read(fd, _CHUNK)
        out = os.open(target, _CREATE, 0o666)
        try:
            # A read that comes short does not prove the end of the file; an empty one does.
            while data:
                write_all(out, data, target)
                data = os.read(fd, _CHUNK)
        finally:
            os.close(out)
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes, path: str) -> None:
    """Write all of data to an open file. path: its name. Raises OSError, which has that name."""
    try:
        written = os.write(fd, data) if data else 0
        while written < len(data):
            written += os.write(fd, memoryview(data)[written:])
    except OSError as err:
        name_failure(err, "write", path)
        raise

"""Making a file appear whole or not at all.

The bytes go to a temporary name beside the target; a rename then replaces the target in one step. A
reader sees the old file or the new one, never a part. A crash leaves at most a file whose name ends in
TEMP_SUFFIX; whoever owns the directory sweeps old ones (cache/trim.py does for the build cache).

The temporary name must not look like something the owner of the directory reads: the go command takes
every name ending in `-a` or `-d` in a cache directory for an entry.
"""

from __future__ import annotations

import os
import stat
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

TEMP_SUFFIX = ".tmp"
PROCESS_TAG = os.urandom(4).hex()  # in every temporary name of this process; a killed one's can be told by it
# Windows refuses to rename onto a file that another process has open; such opens are short.
_WINDOWS_TRIES = 10
_WINDOWS_PAUSE = 0.02  # seconds


def temp_name(path: str) -> str:
    """A name beside path that no other process picks (64 random bits), ending in TEMP_SUFFIX."""
    return f"{path}.{PROCESS_TAG}{os.urandom(4).hex()}{TEMP_SUFFIX}"


def is_temp_name(name: str) -> bool:
    """Whether a file name has the shape that temp_name gives."""
    return name.endswith(TEMP_SUFFIX)


def tag_of(name: str) -> str:
    """The PROCESS_TAG in a temporary name, "" for another name."""
    stem = name.removesuffix(TEMP_SUFFIX)
    last = stem.rpartition(".")[2]
    return last[:8] if stem != name and len(last) == 16 else ""


def replace(source: str, target: str) -> None:
    """os.replace that waits a moment on Windows for readers of the target to close it. Raises OSError."""
    if os.name != "nt":
        os.replace(source, target)
        return
    for attempt in range(_WINDOWS_TRIES):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if attempt == _WINDOWS_TRIES - 1:
                raise
            time.sleep(_WINDOWS_PAUSE)


def publish(
    path: str,
    content: bytes | Callable[[BinaryIO], None],
    mode: int = 0o666,
    *,
    fsync: bool = False,
) -> os.stat_result:
    """Write a file so that it appears under `path` whole or not at all, replacing what was there.

    content: the bytes, or a function that writes them to the file it is given. mode: permission bits before
    the umask. fsync: force the bytes to the disk before the rename (survives a power cut).
    Returns the stat of the published file (its ctime is the rename's). Raises OSError, or whatever content
    raises; then the target is untouched and the temporary file is gone.
    """
    temp = temp_name(path)
    fd = os.open(temp, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(fd, "w+b") as file:
            if callable(content):
                content(file)
            else:
                file.write(content)
            file.flush()
            if fsync:
                os.fsync(file.fileno())
            if os.name == "nt":  # an open file cannot be renamed there
                file.close()
                replace(temp, path)
                return os.stat(path)
            os.replace(temp, path)
            return os.fstat(file.fileno())
    except BaseException:
        _discard(temp)
        raise


def write_named(path: str, data: bytes) -> None:
    """Write a file that the user named: a link stays a link, a device or a pipe gets the bytes, any other file appears
    whole or not at all and keeps its mode. Raises OSError.
    """
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        publish(target, data)
        return
    if not stat.S_ISREG(mode):
        with open(target, "wb") as out:
            out.write(data)
        return
    publish(target, data, stat.S_IMODE(mode))
    os.chmod(target, stat.S_IMODE(mode))  # whatever the umask


def _discard(path: str) -> None:
    """Remove a temporary file; if even that fails, the next sweep of the directory gets it."""
    try:
        os.unlink(path)
    except OSError:
        return

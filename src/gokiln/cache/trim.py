"""Throwing out of the cache what nobody has used for a while, as the go command does.

At most once a day, entries whose mtime (roughly: last use, see store.py) is more than five days and an hour
old are removed. `trim.txt` holds the Unix second of the last trim and is read and changed under its lock,
so that concurrent builds, of gokiln or go, do not all trim. The new time is written before the trim.
A trim.txt that cannot be read as a time or lies more than an hour in the future does not stop a trim.

Beyond the go command: old temporary names (a killed writer's, a damaged entry set aside) go too.
Source: cmd/go/internal/cache/cache.go (Trim, trimSubdir), go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.lock import read_locked, transform_locked
from gokiln.base.publish import is_temp_name, tag_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

MTIME_INTERVAL = 3600  # seconds; a used entry's mtime is at most this much behind
TRIM_INTERVAL = 24 * 3600
TRIM_LIMIT = 5 * 24 * 3600
TEMP_LIMIT = 24 * 3600  # no build holds a temporary file of the cache for a day


def trimmed_lately(data: bytes, now: float) -> bool:
    """Whether the content of trim.txt says that a trim at `now` (Unix seconds) is not due."""
    digits = data.strip()
    sign = 1
    if digits[:1] in (b"+", b"-"):
        sign = -1 if digits[:1] == b"-" else 1
        digits = digits[1:]
    if not digits.isdigit() or len(digits) > 20:
        return False
    ago = now - sign * int(digits)
    return -MTIME_INTERVAL < ago < TRIM_INTERVAL


def trim(directory: str, now: float) -> bool:
    """Trim the cache in `directory` if that is due at `now` (Unix seconds). Returns whether it was done.

    Never raises OSError: what cannot be removed stays for the next time.
    """
    stamp = os.path.join(directory, "trim.txt")
    try:
        if trimmed_lately(read_locked(stamp), now):
            return False
    except OSError:  # no trim.txt yet, or not readable: the locked look below decides
        pass
    try:
        if not transform_locked(stamp, lambda old: None if trimmed_lately(old, now) else b"%d" % int(now)):
            return False
    except OSError:  # a full or read-only disk: the more reason to try to make room
        pass
    for subdir in subdirectories(directory):
        _trim_subdir(subdir, now)
    return True


def _trim_subdir(subdir: str, now: float) -> None:
    """Remove the old entries and temporary names of one of the 256 directories."""
    try:
        names = os.listdir(subdir)
    except OSError:
        return
    cutoff = now - TRIM_LIMIT - MTIME_INTERVAL
    for name in names:
        if name.endswith(("-a", "-d")):
            limit = cutoff
        elif is_temp_name(name):
            limit = now - TEMP_LIMIT
        else:
            continue
        path = os.path.join(subdir, name)
        try:
            info = os.stat(path)
        except OSError:
            continue
        if info.st_mtime < limit:
            remove_entry(path, stat.S_ISDIR(info.st_mode))


def sweep_temps(directories: Iterable[str], tags: Container[str]) -> None:
    """Remove the temporary files of processes that were killed (PROCESS_TAGs) from directories; best effort."""
    for directory in directories:
        try:
            names = os.listdir(directory)
        except OSError:
            continue
        for name in names:
            if tag_of(name) in tags:
                path = os.path.join(directory, name)
                remove_entry(path, os.path.isdir(path))


def touch(path: str, now: float) -> None:
    """Set a file's times to now (Unix seconds), if the system lets us."""
    try:
        os.utime(path, (now, now))
    except OSError:
        return


def subdirectories(directory: str) -> list[str]:
    """The 256 directories of a build cache."""
    return [os.path.join(directory, f"{number:02x}") for number in range(256)]


def remove_entry(path: str, is_dir: bool) -> bool:
    """Remove a file, or a directory with what is in it; whether it is gone."""
    try:
        if is_dir:
            import shutil

            shutil.rmtree(path)
        else:
            os.unlink(path)
    except OSError:
        return False
    return True

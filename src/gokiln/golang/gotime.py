"""Times as Go prints them with %v: in the local zone, nanoseconds without trailing zeros.

cmd/go puts such times into cache entries (what it knows of a C compiler, what a test looked at), so two commands that
share a cache must print them alike. Source: time.Time.String, os.FileMode (io/fs/fs.go), go1.26.
"""

from __future__ import annotations

import stat
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os

_NS = 1_000_000_000


def format_local(ns: int) -> str:
    """`2026-11-21 02:23:38.584012164 +0000 UTC` for nanoseconds since 1970, in the process's zone."""
    seconds, fraction = divmod(ns, _NS)
    at = time.localtime(seconds)
    offset = at.tm_gmtoff
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset) // 60, 60)
    zone = f"{sign}{hours:02d}{minutes:02d}"
    name = at.tm_zone
    if not name or name[0] in "+-":
        name = f"{sign}{hours:02d}" + (f"{minutes:02d}" if minutes else "")
    digits = f".{fraction:09d}".rstrip("0") if fraction else ""
    year = f"{at.tm_year:04d}"
    clock = f"{at.tm_hour:02d}:{at.tm_min:02d}:{at.tm_sec:02d}"
    return f"{year}-{at.tm_mon:02d}-{at.tm_mday:02d} {clock}{digits} {zone} {name}"


_TYPES = (
    (stat.S_ISDIR, 1 << 31),
    (stat.S_ISLNK, 1 << 27),
    (stat.S_ISBLK, 1 << 26),
    (stat.S_ISFIFO, 1 << 25),
    (stat.S_ISSOCK, 1 << 24),
    (stat.S_ISCHR, 1 << 26 | 1 << 21),
)


def file_mode(mode: int) -> int:
    """The bits of Go's fs.FileMode for a Unix st_mode."""
    bits = mode & 0o777
    for test, bit in _TYPES:
        if test(mode):
            bits |= bit
    if mode & stat.S_ISGID:
        bits |= 1 << 22
    if mode & stat.S_ISUID:
        bits |= 1 << 23
    if mode & stat.S_ISVTX:
        bits |= 1 << 20
    return bits


def stat_line(info: os.stat_result) -> str:
    """`stat SIZE MODE TIME ISDIR\\n` as work.statString and test.hashWriteStat print a file's state."""
    is_dir = "true" if stat.S_ISDIR(info.st_mode) else "false"
    return f"stat {info.st_size} {file_mode(info.st_mode):x} {format_local(info.st_mtime_ns)} {is_dir}\n"


def format_rfc3339(ns: int) -> str:
    """`2026-11-21T02:23:38.584012164Z` (time.RFC3339Nano, the form of times in JSON) in the process's zone."""
    seconds, fraction = divmod(ns, _NS)
    at = time.localtime(seconds)
    digits = f".{fraction:09d}".rstrip("0") if fraction else ""
    minutes = at.tm_gmtoff // 60
    zone = "Z"
    if minutes:
        zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    clock = f"{at.tm_hour:02d}:{at.tm_min:02d}:{at.tm_sec:02d}"
    return f"{at.tm_year:04d}-{at.tm_mon:02d}-{at.tm_mday:02d}T{clock}{digits}{zone}"

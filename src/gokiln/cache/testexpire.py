"""`testexpire.txt`: before which moment cached test results count no more.

One line, Unix nanoseconds, read and changed under the file's lock. Source: cmd/go/internal/clean/clean.go
(runClean), cmd/go/internal/test/test.go (testCache.init), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.lock import read_locked

_INT64_MAX = (1 << 63) - 1


def parse_expiry(data: bytes) -> int:
    """The moment in the file's bytes (Unix ns); 0 if they are not one."""
    text = data.strip()
    digits = text[1:] if text[:1] in (b"+", b"-") else text
    if not digits.isdigit():
        return 0
    return max(-_INT64_MAX - 1, min(_INT64_MAX, int(text)))


def expire(old: bytes, now_ns: int) -> bytes | None:
    """The file's new bytes when all results until now are to expire; None if the old ones say later already."""
    return b"%d\n" % now_ns if now_ns > parse_expiry(old) else None


def read_expiry(cache_dir: str) -> int:
    """The moment (Unix ns) from which on results of this cache count; 0 if nothing was expired.

    A line that is not whole (no newline, blanks) counts for nothing, as with the go command.
    """
    try:
        data = read_locked(os.path.join(cache_dir, "testexpire.txt"))
    except OSError:
        return 0
    return parse_expiry(data) if data[-1:] == b"\n" and data[:-1] == data.strip() else 0

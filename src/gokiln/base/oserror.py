"""System errors in the words a Go program prints: "open /x: no such file or directory".

Go prints the C library's text in lower case (its own table for Linux is that), after the operation and the path
(io/fs.PathError).
"""

from __future__ import annotations

import errno
import os


def strerror(err: OSError) -> str:
    """The reason alone, e.g. "permission denied"."""
    said = getattr(err, "said", "")  # of a disk that is not the system's
    if said:
        return str(said)
    text = os.strerror(err.errno) if err.errno is not None else str(err)
    # "I/O error" style abbreviations stay; Go's "input/output error" and the rest begin in lower case.
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def path_error(op: str, path: str, err: OSError) -> str:
    """fs.PathError's text: operation (open, stat, mkdir, chdir ...), path, reason."""
    return f"{getattr(err, 'op', op)} {path}: {strerror(err)}"


def name_failure(err: OSError, op: str, path: str) -> None:
    """Have err say what was done to which file, where the system was told a descriptor alone."""
    if err.filename is None:
        err.filename = path
        err.__dict__["op"] = op


def read_error(path: str, err: OSError) -> str:
    """path_error of reading a whole file. Go can open a directory: it is the read that fails."""
    return path_error("read" if err.errno == errno.EISDIR else "open", path, err)


def os_error_text(err: OSError, op: str = "open") -> str:
    """The best text for an error of unknown origin: with its path when it has one."""
    name = err.filename
    if name is None:
        return strerror(err)
    path = os.fsdecode(name) if isinstance(name, (str, bytes)) else str(name)
    if err.filename2 is not None:
        other = os.fsdecode(err.filename2) if isinstance(err.filename2, (str, bytes)) else str(err.filename2)
        return f"rename {path} {other}: {strerror(err)}"
    return path_error(op, path, err)

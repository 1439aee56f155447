"""Package archives: the `ar` files that the compiler writes and the go command appends objects to.

    !<arch>\\n
    then per member: a header of 60 bytes, left-aligned and padded with blanks
        name (16) date (12) uid (6) gid (6) mode, octal (8) size (10) "`\\n"
    and its bytes, padded with one zero byte (newline when read) to an even length

The first member, `__.PKGDEF`, is all that a compile of an importer reads; `_go_.o` is the object. Both begin with
`go object <os> <arch> <version> ...` and the build ID. Date, owner and mode are fixed so that equal inputs give equal
archives. Source: cmd/go/internal/work/gc.go (packInternal), cmd/internal/archive, go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

NAME_SIZE = 16
_MODE = 0o644
_PIECE = 1 << 20


class ArchiveError(GokilnError):
    """An object could not be appended whole."""


def member_header(name: bytes, size: int) -> bytes:
    """The 60 bytes before a member. name is cut to 16 bytes (not characters); size in bytes."""
    return name[:NAME_SIZE].ljust(NAME_SIZE) + b"%-12d%-6d%-6d%-8o%-10d`\n" % (0, 0, 0, _MODE, size)


def append_objects(archive: str, objects: list[str]) -> None:
    """Append files to an archive, in order, each under its base name. Raises OSError, ArchiveError."""
    with open(archive, "ab") as target:
        for path in objects:
            with open(path, "rb") as source:
                _append(target, source, path, archive)


def _append(target: BinaryIO, source: BinaryIO, path: str, archive: str) -> None:
    size = os.fstat(source.fileno()).st_size
    target.write(member_header(os.fsencode(os.path.basename(path)), size))
    copied = 0
    while piece := source.read(_PIECE):
        target.write(piece)
        copied += len(piece)
    if copied != size:
        reason = "unexpected EOF" if copied < size else "file larger than size reported by stat"
        raise ArchiveError(f"copying {path} to {archive}: {reason}")
    if size & 1:
        target.write(b"\0")

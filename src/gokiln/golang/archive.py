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
from collections import namedtuple

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, NamedTuple

    class Member(NamedTuple):
        """A member: its name without padding, where its bytes begin in the file, and how many there are."""

        name: str
        offset: int
        size: int
else:
    Member = namedtuple("Member", "name offset size")

MAGIC = b"!<arch>\n"
HEADER_SIZE = 60
NAME_SIZE = 16
PKGDEF = "__.PKGDEF"
_MODE = 0o644
_PIECE = 1 << 20


class ArchiveError(GokilnError):
    """Not an archive, or a damaged one."""


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


def members(file: BinaryIO, name: str = "archive") -> Iterator[Member]:
    """The members of an open archive in order, without reading their bytes. Raises ArchiveError, OSError."""
    file.seek(0, os.SEEK_END)
    end = file.tell()
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        raise ArchiveError(f"{name}: not an archive")
    at = len(MAGIC)
    while at < end:
        file.seek(at)
        head = file.read(HEADER_SIZE)
        digits = head[48:58].strip(b" ")
        if head[58:] != b"`\n" or not digits.isdigit():  # a head cut short does not end so
            raise ArchiveError(f"{name}: malformed archive header at {at}")
        size = int(digits)
        at += HEADER_SIZE
        if at + size > end:
            raise ArchiveError(f"{name}: member at {at} ends after the file")
        yield Member(head[:NAME_SIZE].rstrip(b" ").decode("utf-8", "surrogateescape"), at, size)
        at += size + (size & 1)


def read_member(path: str, member: str) -> bytes | None:
    """The bytes of the first member of a name; None if there is none. Raises ArchiveError, OSError."""
    with open(path, "rb") as file:
        for found in members(file, path):
            if found.name == member:
                file.seek(found.offset)
                return file.read(found.size)
    return None


def export_data(path: str) -> bytes:
    """The `__.PKGDEF` member of a package archive, what importers are compiled against, with its build ID blanked.

    Equal results mean that a compile of an importer cannot tell the archives apart. Raises ArchiveError, OSError.
    """
    data = read_member(path, PKGDEF)
    if data is None:
        raise ArchiveError(f"{path}: no {PKGDEF}")
    lines = data.split(b"\n", 2)
    if len(lines) == 3 and lines[1].startswith(b"build id "):
        lines[1] = b"build id " + b"." * (len(lines[1]) - len(b"build id "))
    return b"\n".join(lines)

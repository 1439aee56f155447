"""Build IDs in files: read from an archive or a program, the file hashed around them, the final one written in.

While a file is being built the content part of its ID (golang.buildid) is a copy of the action part. Then the
file is hashed with every occurrence of the whole temporary ID read as zeros, and the ID with the true content
part is written over all of them. What other tools derive from the ID and write into the file (GNU build ID,
Mach-O UUID, Mach-O code signature) counts as zeros too.

Files are read in pieces, so a program of 100 MB costs no memory to speak of. Source:
cmd/internal/buildid (buildid.go, note.go, rewrite.go), cmd/go/internal/work/buildid.go, go1.26.
"""

from __future__ import annotations

import errno
import hashlib
import os

from gokiln.golang.buildid import (
    READ_SIZE,
    SEPARATOR,
    BuildIdError,
    find_raw,
    hash_to_string,
    parse_archive_head,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_PIECE = 1 << 20
_MACHO_MAGICS = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")


def read_file(path: str) -> str:
    """The build ID of an archive or a program; "" if it has none.

    Raises OSError when the file cannot be read, BuildIdError when it is neither or is malformed.
    """
    with open(path, "rb", buffering=0) as file:
        if not file.seekable():  # a pipe (-o /dev/stdout): who reads it waits for ever; go's pread fails at once
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE), path)
        return read_open_file(file, path)


def read_open_file(file: BinaryIO, path: str) -> str:
    """read_file for an open file; path is for messages."""
    head = file.read(1024)
    if len(head) < 8:
        raise BuildIdError("EOF" if not head else "unexpected EOF")
    if head[:8] == b"!<arch>\n":
        found = parse_archive_head(head)
        if found is not None:
            return found
        from gokiln.golang.gccgoid import read_archive

        return read_archive(file, path)
    if head[:8] == b"<bigaf>\n":
        from gokiln.golang.gccgoid import read_big_archive

        return read_big_archive(file, path)
    head += file.read(READ_SIZE - len(head))
    if head[:4] == b"\x7fELF":
        from gokiln.golang.elf import read_note_id

        return read_note_id(file, head, path)
    if head[:4] in _MACHO_MAGICS:
        from gokiln.golang.macho import read_text_id

        return read_text_id(file, head, path)
    return find_raw(head, path)


def excluded_ranges(file: BinaryIO) -> list[tuple[int, int]]:
    """The (begin, end) byte offsets of what other tools derive from the build ID: read as zeros when hashing."""
    file.seek(0)
    magic = file.read(4)
    if magic == b"\x7fELF":
        from gokiln.golang.elf import gnu_build_id_range

        found = gnu_build_id_range(file)
        return [found] if found else []
    if magic in _MACHO_MAGICS:
        from gokiln.golang.macho import derived_ranges

        return derived_ranges(file)
    return []


def find_and_hash(path: str, build_id: str, piece: int = _PIECE) -> tuple[list[int], bytes]:
    """Where in a file an ID occurs (byte offsets), and the SHA-256 of the file with all of them zeroed.

    piece: how many bytes to read at a time, at least the ID's length. Raises OSError, BuildIdError.
    """
    with open(path, "rb", buffering=0) as file:
        return find_and_hash_open(file, build_id, piece)


def find_and_hash_open(file: BinaryIO, build_id: str, piece: int = _PIECE) -> tuple[list[int], bytes]:
    """find_and_hash of an open file, from its beginning."""
    needle = build_id.encode("utf-8", "surrogateescape")
    if not needle:
        raise BuildIdError("buildid.FindAndHash: no id specified")
    if len(needle) > piece:
        raise BuildIdError("buildid.FindAndHash: buffer too small")
    ranges = excluded_ranges(file)
    zeros = bytes(len(needle))
    sha = hashlib.sha256()
    matches: list[int] = []
    file.seek(0)
    base = 0  # file offset of data[0]
    rest = b""  # end of the last piece, in which an occurrence may have begun
    while chunk := file.read(piece):
        if ranges:
            chunk = _blank(chunk, base + len(rest), ranges)
        data = rest + chunk
        done = 0
        while (at := data.find(needle, done)) >= 0:
            matches.append(base + at)
            sha.update(memoryview(data)[done:at])
            sha.update(zeros)
            done = at + len(needle)
        keep = max(done, len(data) - len(needle) + 1)
        sha.update(memoryview(data)[done:keep])
        rest = data[keep:]
        base += keep
    sha.update(rest)
    return matches, sha.digest()


def _blank(chunk: bytes, offset: int, ranges: list[tuple[int, int]]) -> bytes:
    """chunk, which stands at a file offset, with the parts inside the ranges zeroed."""
    for begin, end in ranges:
        low, high = max(begin - offset, 0), min(end - offset, len(chunk))
        if low < high:
            chunk = chunk[:low] + bytes(high - low) + chunk[high:]
    return chunk


def rewrite(path: str, offsets: list[int], build_id: str) -> None:
    """Write an ID over all its occurrences, and renew the Mach-O signature if there is one. Raises OSError."""
    data = build_id.encode("utf-8", "surrogateescape")
    with open(path, "r+b", buffering=0) as file:
        for offset in offsets:
            file.seek(offset)
            _write_all(file, data)
        file.seek(0)
        if file.read(4) in _MACHO_MAGICS:
            from gokiln.golang.codesign import resign

            resign(file)


def _write_all(file: BinaryIO, data: bytes) -> None:
    while data:
        data = data[file.write(data) :]


def update(path: str, build_id: str) -> tuple[str, bool]:
    """Give a freshly built file its final ID (Builder.updateBuildID).

    build_id: the temporary one that the file was built with. Returns the final ID and whether the file
    carries it: False when the temporary ID occurs nowhere (the user gave `-buildid=`), then the file is
    unchanged. Raises OSError, BuildIdError.
    """
    matches, digest = find_and_hash(path, build_id)
    final = build_id[: build_id.rindex(SEPARATOR) + 1] + hash_to_string(digest)
    if len(final) != len(build_id):
        raise BuildIdError(f'internal error: build ID length mismatch "{build_id}" vs "{final}"')
    if matches:
        rewrite(path, matches, final)
    return final, bool(matches)

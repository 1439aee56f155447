"""The `h1:` hash that go.sum, .ziphash files and the checksum database hold.

It is the SHA-256 of a listing, base64: for every file, sorted by name, `<sha256 hex>  <name>\\n`. Names are those in
the zip, that is with `path@version/` in front; the hash of a go.mod file is that of a listing with only "go.mod".

Source: golang.org/x/mod/sumdb/dirhash, go1.26.
"""

from __future__ import annotations

import errno
import hashlib
import os
from binascii import b2a_base64

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zipfile import ZipFile, ZipInfo

_CHUNK = 1 << 18  # bytes read at a time
_SMALL = 1 << 22  # bytes of a member, packed or not, that is taken in one piece
_LOCAL_HEADER = 30  # bytes of the fixed part; after it the name and the extra field, their lengths at its end
_EXTRA_GUESS = 64  # bytes an extra field rarely exceeds
_READ_ERROR_TEXT = "zip: checksum error"


class DirHashError(GokilnError):
    """A listing that has no hash: a name with a newline in it, a zip that does not read."""


def hash1(names: Iterable[str], digest: Callable[[str], str]) -> str:
    """The h1: hash of files; digest(name) gives the lower-case hex SHA-256 of one.

    Raises DirHashError for a name with a newline, and what digest raises.
    """
    whole = hashlib.sha256()
    for name in sorted(names, key=os.fsencode):
        if "\n" in name:
            raise DirHashError("dirhash: filenames with newlines are not supported")
        whole.update(f"{digest(name)}  {name}\n".encode("utf-8", "surrogateescape"))
    return "h1:" + b2a_base64(whole.digest(), newline=False).decode()


def hash_go_mod(data: bytes) -> str:
    """The hash of a go.mod file with this content."""
    line = f"{hashlib.sha256(data).hexdigest()}  go.mod\n".encode()
    return "h1:" + b2a_base64(hashlib.sha256(line).digest(), newline=False).decode()


def dir_files(root: str, prefix: str) -> dict[str, str]:
    """Name in the listing -> path of every file below root; links count as files. Raises OSError."""
    found: dict[str, str] = {}
    stack = [(root, prefix)]
    while stack:
        dir, name = stack.pop()
        with os.scandir(dir) as entries:
            for entry in entries:
                inner = f"{name}/{entry.name}" if name else entry.name
                if entry.is_dir(follow_symlinks=False):
                    stack.append((entry.path, inner))
                else:
                    found[inner] = entry.path
    return found


def hash_dir(root: str, prefix: str) -> str:
    """The hash of a tree on disk. prefix: what stands before "/" and each name, `path@version`.

    Raises OSError, DirHashError.
    """
    paths = dir_files(root, prefix)

    def digest(name: str) -> str:
        sha = hashlib.sha256()
        with open(paths[name], "rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                sha.update(chunk)
        return sha.hexdigest()

    return hash1(paths, digest)


def hash_zip(path: str) -> str:
    """The hash of all members of a zip; compression, order and times do not count.

    Raises OSError; DirHashError when it is no zip, or a member is damaged.
    """
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(path) as archive:
            members = {raw_name(info): info for info in archive.infolist()}
            names = [raw_name(info) for info in archive.infolist()]

            def digest(name: str) -> str:
                data = small_member(archive, members[name])
                if data is not None:
                    return hashlib.sha256(data).hexdigest()
                sha = hashlib.sha256()
                with archive.open(members[name]) as file:
                    while chunk := file.read(_CHUNK):
                        sha.update(chunk)
                return sha.hexdigest()

            return hash1(names, digest)
    except OSError as err:
        if tells_damage(err):
            raise DirHashError("zip: not a valid zip file") from err
        raise
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError) as err:
        raise DirHashError(zip_problem(err)) from err


def small_member(archive: ZipFile, info: ZipInfo) -> bytes | None:
    """The bytes of a member that is small and has nothing wrong with it, read and unpacked in one piece each.

    None for every other: reading it through zipfile tells what is wrong, at several times the cost.
    """
    import zlib

    packed_size, size = info.compress_size, info.file_size
    if info.flag_bits & 0x61 or info.compress_type not in (0, 8) or max(packed_size, size) > _SMALL:
        return None
    file = archive.fp
    if file is None or info.header_offset < 0:
        return None
    name = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "surrogateescape")
    file.seek(info.header_offset)
    data = file.read(_LOCAL_HEADER + len(name) + _EXTRA_GUESS + packed_size)
    if data[:4] != b"PK\3\4" or len(data) < _LOCAL_HEADER:
        return None
    start = _LOCAL_HEADER + len(name)
    if int.from_bytes(data[26:28], "little") != len(name) or data[_LOCAL_HEADER:start] != name:
        return None
    start += int.from_bytes(data[28:30], "little")
    end = getattr(info, "_end_offset", None)  # where the next member begins, in Pythons that look for overlaps
    if end is not None and info.header_offset + start + packed_size > end:
        return None
    packed = data[start : start + packed_size]
    if len(packed) != packed_size:
        return None
    try:
        found = zlib.decompressobj(-15).decompress(packed, size + 1) if info.compress_type else packed
    except zlib.error:
        return None
    return found if len(found) == size and zlib.crc32(found) == info.CRC else None


def tells_damage(err: OSError) -> bool:
    """Whether an OSError out of zipfile tells of the file's bytes (a bad bzip2 stream, an offset before the file)."""
    return err.errno is None or err.errno == errno.EINVAL


def zip_problem(err: Exception) -> str:
    """What archive/zip calls an error of the zipfile module."""
    text = str(err)
    if "Bad CRC" in text:
        return _READ_ERROR_TEXT
    if isinstance(err, EOFError):
        return "unexpected EOF"
    if type(err).__name__ == "error":  # zlib.error
        return "flate: corrupt input before offset 0" if "incomplete" not in text else "unexpected EOF"
    if isinstance(err, (NotImplementedError, RuntimeError)):
        return "zip: unsupported compression algorithm"
    return "zip: not a valid zip file"


def raw_name(info: ZipInfo) -> str:
    """A member's name as the archive spells it: zipfile changes separators, cuts at NUL and knows code pages."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:  # not marked as UTF-8: zipfile read the bytes as code page 437
        return name.encode("cp437").decode("utf-8", "surrogateescape")
    return name

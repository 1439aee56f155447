"""Extracting a module zip, with nothing in it trusted: names, sizes and check sums are held against the rules.

The files' hash (h1:) falls out of the same pass over the bytes.

Source: golang.org/x/mod/zip (Unzip), cmd/go/internal/modfetch/fetch.go (the prefix check), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.copyfile import write_all
from gokiln.base.oserror import os_error_text
from gokiln.errors import GokilnError
from gokiln.golang import modpath
from gokiln.golang.dirhash import DirHashError, hash1, raw_name, small_member, tells_damage, zip_problem
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.zipcheck import ZipProblem, check_members, check_zip_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

    from gokiln.modules.version import ModVersion

_CHUNK = 1 << 18


class UnzipError(GokilnError):
    """A module zip could not be extracted. damaged: its bytes are broken, another copy may do better."""

    def __init__(self, zip_file: str, err: BaseException, damaged: bool = False) -> None:
        super().__init__(f"unzip {zip_file}: {err}")
        self.err = err
        self.damaged = damaged


def check_prefix(mod: ModVersion, zip_file: str) -> None:
    """Every name in the zip begins with `path@version/`. Raises OSError, GokilnError."""
    prefix = f"{mod.path}@{mod.version}/"
    with _open(zip_file) as archive:
        members = archive.infolist()
    for info in members:
        if not raw_name(info).startswith(prefix):
            raise FetchError(f"zip for {prefix[:-1]} has unexpected file {raw_name(info)}")


def _open(zip_file: str) -> ZipFile:
    """The open zip file.

    Raises OSError, DirHashError when it is no zip.
    """
    import zipfile

    try:
        return zipfile.ZipFile(zip_file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as err:
        raise DirHashError(zip_problem(err)) from err


def unzip(dir: str, mod: ModVersion, zip_file: str) -> str:
    """Extract into dir, which must be missing or empty; files get mode 0444.

    Returns the h1: hash of what was extracted. Raises UnzipError; what was written so far stays for the caller to
    remove.
    """
    try:
        if os.path.isdir(dir) and os.listdir(dir):
            raise ZipProblem(f"target directory {dir} exists and is not empty")
        _check_mod(mod)
        check_zip_size(zip_file)
        with _open(zip_file) as archive:
            check_members(mod, archive.infolist())
            return _extract_all(dir, f"{mod.path}@{mod.version}/", archive)
    except DirHashError as err:
        raise UnzipError(zip_file, err, damaged=True) from err
    except OSError as err:
        raise UnzipError(zip_file, FetchError(os_error_text(err), err)) from err
    except GokilnError as err:
        raise UnzipError(zip_file, err) from err


def _check_mod(mod: ModVersion) -> None:
    canonical = modpath.canonical_version(mod.version)
    if canonical != mod.version:
        shown, wanted = modpath.quoted(mod.version), modpath.quoted(canonical)
        raise ZipProblem(f"version {shown} is not canonical (should be {wanted})")
    modpath.check(mod.path, mod.version)


def _extract_all(dir: str, prefix: str, archive: ZipFile) -> str:
    import hashlib

    os.makedirs(dir, 0o777, exist_ok=True)
    made = {dir}
    digests: dict[str, str] = {}
    for info in archive.infolist():
        full = raw_name(info)
        name = full[len(prefix) :]
        if not name or name.endswith("/"):
            digests[full] = hashlib.sha256().hexdigest()
            continue
        target = os.path.join(dir, *name.split("/"))
        parent = os.path.dirname(target)
        if parent not in made:
            os.makedirs(parent, 0o777, exist_ok=True)
            made.add(parent)
        digests[full] = _extract_one(archive, info, target)
    return hash1(digests, digests.__getitem__)


_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def _extract_one(archive: ZipFile, info: ZipInfo, target: str) -> str:
    """Write one file; its hex SHA-256. Raises OSError, DirHashError."""
    import hashlib

    data = small_member(archive, info)
    if data is None:
        return _extract_in_parts(archive, info, target)
    fd = os.open(target, _NEW_FILE, 0o444)
    try:
        write_all(fd, data, target)
    finally:
        os.close(fd)
    return hashlib.sha256(data).hexdigest()


def _extract_in_parts(archive: ZipFile, info: ZipInfo, target: str) -> str:
    """The same for a file that is large or damaged. zipfile stops at the declared size and compares the CRC there."""
    import hashlib
    import zipfile
    import zlib

    sha = hashlib.sha256()
    fd = os.open(target, _NEW_FILE, 0o444)
    with os.fdopen(fd, "wb", buffering=0) as out:
        left = info.file_size
        try:
            with archive.open(info) as source:
                while chunk := source.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise ZipProblem(
                            f"uncompressed size of file {raw_name(info)} is larger than declared size"
                            f" ({info.file_size} bytes)"
                        )
                    sha.update(chunk)
                    write_all(out.fileno(), chunk, target)
        except OSError as err:
            if tells_damage(err):
                raise DirHashError("zip: not a valid zip file") from err
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as err:
            raise DirHashError(zip_problem(err)) from err
        if left > 0:
            raise DirHashError("unexpected EOF")
    return sha.hexdigest()

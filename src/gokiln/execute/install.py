"""Putting a result where the user wants it: never over a directory or a file that no build made.

Source: moveOrCopyFile, CopyFile, checkDstOverwrite in cmd/go/internal/work/shell.go; isObject in exec.go, go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.oserror import os_error_text, strerror
from gokiln.base.quote import go_quote
from gokiln.execute.report import StepError

OBJECT_MAGIC = (
    b"!<arch>\n",  # package archive
    b"<bigaf>\n",  # AIX archive
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # Mach-O, the four kinds
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"MZ\x90\x00\x03\x00",  # PE, of Go and gcc
    b"MZ\x78\x00\x01\x00",  # PE, of llvm
    b"\x00\x00\x01\xeb",  # Plan 9: 386, amd64, arm
    b"\x00\x00\x8a\x97",
    b"\x00\x00\x06\x47",
    b"\x00asm",
    b"\x01\xdf",  # XCOFF 32 and 64 bits
    b"\x01\xf7",
)
_PIECE = 1 << 20


def is_object(path: str) -> bool:
    """Whether a file looks like something that a compiler or linker wrote."""
    try:
        with open(path, "rb") as file:
            return file.read(64).startswith(OBJECT_MAGIC)
    except OSError:
        return False


def check_overwrite(target: str, force: bool) -> None:
    """Raises StepError if target is a directory, or (not force) a file that is neither empty nor an object."""
    try:
        info = os.stat(target)
    except OSError:
        return
    if stat.S_ISDIR(info.st_mode):
        raise StepError(f"build output {go_quote(target)} already exists and is a directory")
    if not force and stat.S_ISREG(info.st_mode) and info.st_size != 0 and not is_object(target):
        raise StepError(f"build output {go_quote(target)} already exists and is not an object file")


def move(target: str, source: str, mode: int) -> bool:
    """Rename a file to target with the mode the umask leaves; False where only a copy will do, nothing changed then."""
    if os.name == "nt":
        return False  # a copy takes the permissions of the folder it is in
    try:
        parent = os.stat(os.path.dirname(target) or ".")
        if parent.st_mode & stat.S_ISGID:
            return False  # a new file gets the folder's group, a moved one would not
    except OSError:
        return False
    try:
        os.chmod(source, _with_umask(target, mode))
        os.rename(source, target)
    except OSError:
        return False
    return True


def _with_umask(target: str, mode: int) -> int:
    """The mode that a new file in target's directory gets: found by making one, as the umask cannot just be read."""
    probe = os.path.normpath(target) + "-go-tmp-umask"
    try:
        fd = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError:
        return mode
    try:
        return stat.S_IMODE(os.fstat(fd).st_mode) & 0o777
    finally:
        os.close(fd)
        os.remove(probe)


def _remove_regular(path: str) -> None:
    """Remove a file unless it is a device, a link or another special thing."""
    try:
        if stat.S_ISREG(os.lstat(path).st_mode):
            os.remove(path)
    except OSError:
        return


def copy(target: str, source: str, mode: int, force: bool) -> None:
    """Copy a file's content to a new file. Raises StepError."""
    try:
        file = open(source, "rb")  # noqa: SIM115 - closed below, after checks whose order matters
    except OSError as err:
        raise StepError(os_error_text(err)) from err
    with file:
        check_overwrite(target, force)
        fd = _create(target, source, mode)
        try:
            while piece := file.read(_PIECE):
                view = memoryview(piece)
                while view:
                    view = view[os.write(fd, view) :]
        except OSError as err:
            os.close(fd)
            _remove_regular(target)
            raise StepError(f"copying {source} to {target}: write {target}: {strerror(err)}") from err
        os.close(fd)


def _create(target: str, source: str, mode: int) -> int:
    """Open a new, empty target; on Windows a program that runs is moved out of the way first."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    if os.name == "nt":
        _remove_regular(target + "~")
    _remove_regular(target)
    try:
        return os.open(target, flags, mode)
    except OSError as err:
        problem = err
    if os.name == "nt":
        try:
            os.rename(target, target + "~")
            return os.open(target, flags, mode)
        except OSError as err:
            problem = err
    raise StepError(f"copying {source}: {os_error_text(problem)}") from problem

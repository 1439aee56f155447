"""Locking files so that gokiln and the go command exclude each other.

Same calls and same files as cmd/go/internal/lockedfile (go1.26): `flock` where Go uses flock, `fcntl`
record locks where Go uses those (AIX, Solaris), LockFileEx over the whole range on Windows. Opening for
reading takes a shared lock, opening for writing an exclusive one; both wait. A lock lives as long as its
file is open, so a killed process releases it. O_TRUNC must wait for the lock, hence files are opened
without it and cut afterwards.

Several threads of one process exclude each other too (flock locks belong to the open file).
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_BINARY = getattr(os, "O_BINARY", 0)

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _LOCKFILE_EXCLUSIVE_LOCK = 2
    _ALL_BYTES = 0xFFFFFFFF

    class _Overlapped(ctypes.Structure):
        _fields_ = [
            ("Internal", ctypes.c_void_p),
            ("InternalHigh", ctypes.c_void_p),
            ("Offset", wintypes.DWORD),
            ("OffsetHigh", wintypes.DWORD),
            ("hEvent", wintypes.HANDLE),
        ]

    def _lock(fd: int, exclusive: bool) -> None:
        flags = _LOCKFILE_EXCLUSIVE_LOCK if exclusive else 0
        handle = wintypes.HANDLE(msvcrt.get_osfhandle(fd))
        overlapped = _Overlapped()
        if not ctypes.windll.kernel32.LockFileEx(handle, flags, 0, _ALL_BYTES, _ALL_BYTES, ctypes.byref(overlapped)):
            raise ctypes.WinError()

    def _unlock(fd: int) -> None:
        handle = wintypes.HANDLE(msvcrt.get_osfhandle(fd))
        overlapped = _Overlapped()
        ctypes.windll.kernel32.UnlockFileEx(handle, 0, _ALL_BYTES, _ALL_BYTES, ctypes.byref(overlapped))

elif sys.platform in ("aix", "sunos5"):
    import fcntl

    def _lock(fd: int, exclusive: bool) -> None:
        fcntl.lockf(fd, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)

    def _unlock(fd: int) -> None:
        fcntl.lockf(fd, fcntl.LOCK_UN)

else:
    import fcntl

    def _lock(fd: int, exclusive: bool) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)


def try_lock(fd: int) -> bool:
    """Take the exclusive lock of an open file or directory if nobody has it; False also where that cannot be told."""
    if sys.platform != "win32" and sys.platform not in ("aix", "sunos5"):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
    return False


class LockedFile:
    """An open file with its lock; a context manager whose end closes the file and so frees the lock.

    fd: the open descriptor. path: the name it was opened by.
    """

    __slots__ = ("fd", "path")

    def __init__(self, path: str, flags: int, mode: int = 0o666) -> None:
        """Open path with os.open flags and wait for the lock that fits them. Raises OSError."""
        self.path = path
        self.fd = os.open(path, (flags & ~os.O_TRUNC) | _BINARY, mode)
        try:
            _lock(self.fd, bool(flags & (os.O_WRONLY | os.O_RDWR)))
            if flags & os.O_TRUNC:
                os.ftruncate(self.fd, 0)
        except BaseException:
            os.close(self.fd)
            self.fd = -1
            raise

    def read(self) -> bytes:
        """Everything from the current position to the end."""
        chunks = []
        while chunk := os.read(self.fd, 1 << 20):
            chunks.append(chunk)
        return b"".join(chunks)

    def write_at(self, data: bytes, offset: int) -> None:
        """Write all of data at a byte offset. Raises OSError, which names the file."""
        from gokiln.base.copyfile import write_all

        os.lseek(self.fd, offset, os.SEEK_SET)
        write_all(self.fd, data, self.path)

    def truncate(self, size: int) -> None:
        """Cut (or grow) the file to size bytes."""
        os.ftruncate(self.fd, size)

    def close(self) -> None:
        """Free the lock and close. May be called again."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            try:
                _unlock(fd)
            finally:
                os.close(fd)

    def __enter__(self) -> LockedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def lock_file(path: str) -> LockedFile:
    """Make the file if needed and hold its exclusive lock: `with lock_file(p): ...` (lockedfile.MutexAt)."""
    return LockedFile(path, os.O_RDWR | os.O_CREAT)


def read_locked(path: str) -> bytes:
    """The file's bytes, read under a shared lock. Raises OSError (FileNotFoundError when there is none)."""
    with LockedFile(path, os.O_RDONLY) as file:
        return file.read()


def write_locked(path: str, data: bytes, mode: int = 0o666) -> None:
    """Replace the file's content under its exclusive lock, making the file if needed. Raises OSError."""
    with LockedFile(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode) as file:
        file.write_at(data, 0)


def transform_locked(path: str, change: Callable[[bytes], bytes | None]) -> bool:
    """Read, change and write a file back while holding its exclusive lock (lockedfile.Transform).

    change gets the old bytes (b"" for a new file) and returns the new ones, or None to leave the file alone.
    Whatever change raises passes through with the file untouched. Returns whether the file was written. A
    failing write is rolled back as far as the system lets us, then raised as OSError.
    """
    with LockedFile(path, os.O_RDWR | os.O_CREAT) as file:
        old = file.read()
        new = change(old)
        if new is None:
            return False
        if len(new) > len(old):
            # The tail first: a full disk then shows before anything old is overwritten.
            try:
                file.write_at(new[len(old) :], len(old))
            except OSError:
                _try_truncate(file, len(old))
                raise
        try:
            file.write_at(new[: len(old)], 0)
            if len(new) < len(old):
                file.truncate(len(new))  # after the write, so that its space stays reserved until then
        except OSError:
            _roll_back(file, old)
            raise
        return True


def _try_truncate(file: LockedFile, size: int) -> None:
    try:
        file.truncate(size)
    except OSError:
        return


def _roll_back(file: LockedFile, old: bytes) -> None:
    try:
        file.write_at(old, 0)
        file.truncate(len(old))
    except OSError:
        return

"""A disk that tells which paths are looked at: GODEBUG=gofsystrace=1.

Settings of GODEBUG: gofsystrace=1 switches it on; gofsystracelog=FILE appends to a file instead of standard error.
A line is `pid gofsystrace operation path`. gokiln looks at the same trees as the go command, but not always in the
same order or as often.

Source: Trace in cmd/go/internal/fsys/fsys.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.disk import Disk, Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class TracedDisk(Disk):
    """Another disk, with `tell(operation, path)` called before each look at it."""

    def __init__(self, inner: Disk, tell: Callable[[str, str], object]) -> None:
        self.inner = inner
        self.tell = tell

    def read_file(self, path: str) -> bytes:
        """As the inner disk's."""
        self.tell("Open", path)
        return self.inner.read_file(path)

    def list_dir(self, path: str) -> list[Entry]:
        """As the inner disk's."""
        self.tell("ReadDir", path)
        return self.inner.list_dir(path)

    def stat(self, path: str) -> os.stat_result:
        """As the inner disk's."""
        self.tell("Stat", path)
        return self.inner.stat(path)

    def lstat(self, path: str) -> os.stat_result:
        """As the inner disk's."""
        self.tell("Lstat", path)
        return self.inner.lstat(path)

    def actual(self, path: str) -> str:
        """As the inner disk's."""
        return self.inner.actual(path)

    def replaced(self, path: str) -> bool:
        """As the inner disk's."""
        return self.inner.replaced(path)

    def dir_contains_replacement(self, path: str) -> str:
        """As the inner disk's."""
        return self.inner.dir_contains_replacement(path)

    def overlaid(self) -> bool:
        """As the inner disk's."""
        return self.inner.overlaid()


def traced(disk: Disk, godebug: str, write: Callable[[str], object]) -> Disk:
    """The disk, traced if GODEBUG (its value) asks for it. write: takes the lines that no log file is named for.

    Raises OSError when the log file cannot be opened.
    """
    settings = dict(word.partition("=")[::2] for word in godebug.split(",") if "=" in word)
    if settings.get("gofsystrace") != "1":
        return disk
    log = settings.get("gofsystracelog")
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666) if log else -1

    def tell(operation: str, path: str) -> None:
        line = f"{os.getpid()} gofsystrace {operation} {path}\n"
        if fd < 0:
            write(line)
        else:
            os.write(fd, os.fsencode(line))

    return TracedDisk(disk, tell)

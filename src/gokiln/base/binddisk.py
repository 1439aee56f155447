"""A disk that shows one directory in the place of another, as Linux's `mount --bind`.

Source: Bind in cmd/go/internal/fsys/fsys.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.disk import Disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.disk import Entry


class BindDisk(Disk):
    """inner: the disk below. directory: what is shown at `place`; both absolute and clean."""

    def __init__(self, inner: Disk, directory: str, place: str) -> None:
        self.inner = inner
        self.directory = directory
        self.place = place

    def _below(self, path: str) -> str:
        """Where `path` is on the disk below."""
        if not path.startswith(self.place):
            return path
        rest = path[len(self.place) :]
        return self.directory + rest if rest[:1] in ("", os.sep) else path

    def read_file(self, path: str) -> bytes:
        return self.inner.read_file(self._below(path))

    def list_dir(self, path: str) -> list[Entry]:
        return self.inner.list_dir(self._below(path))

    def stat(self, path: str) -> os.stat_result:
        return self.inner.stat(self._below(path))

    def lstat(self, path: str) -> os.stat_result:
        return self.inner.lstat(self._below(path))

    def actual(self, path: str) -> str:
        return self.inner.actual(self._below(path))

    def replaced(self, path: str) -> bool:
        below = self._below(path)
        return below != path or self.inner.replaced(path)

    def dir_contains_replacement(self, path: str) -> str:
        return self.inner.dir_contains_replacement(self._below(path))

    def overlaid(self) -> bool:
        return self.inner.overlaid()

"""A disk in memory, for tests: no file is touched, and what was read is noted."""

from __future__ import annotations

import errno
import os
import stat as st

from gokiln.base.disk import DIR, FILE, LINK, Disk, Entry, NotDirError, made_up_stat


class MemoryDisk(Disk):
    """Files in a dictionary, for tests: absolute path -> bytes; a str value is the target of a symbolic link."""

    def __init__(self, files: dict[str, bytes | str]) -> None:
        self.files = dict(files)
        self.read: list[str] = []  # what read_file was asked for
        self.listed: list[str] = []

    def _dirs(self) -> dict[str, dict[str, str]]:
        dirs: dict[str, dict[str, str]] = {}
        for path, value in self.files.items():
            kind = LINK if isinstance(value, str) else FILE
            while os.path.dirname(path) != path:
                dirs.setdefault(os.path.dirname(path), {})[os.path.basename(path)] = kind
                path, kind = os.path.dirname(path), DIR
        return dirs

    def _missing(self, path: str) -> FileNotFoundError:
        return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)

    def _follow(self, path: str) -> str:
        path = os.path.normpath(path)
        for _ in range(40):
            value = self.files.get(path)
            if not isinstance(value, str):
                return path
            path = os.path.normpath(os.path.join(os.path.dirname(path), value))
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)

    def read_file(self, path: str) -> bytes:
        self.read.append(path)
        value = self.files.get(self._follow(path))
        if isinstance(value, bytes):
            return value
        if self.is_dir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        raise self._missing(path)

    def list_dir(self, path: str) -> list[Entry]:
        self.listed.append(path)
        at = self._follow(path)
        dirs = self._dirs()
        if at in dirs:
            return [Entry(n, k) for n, k in sorted(dirs[at].items())]
        if at in self.files:
            raise NotDirError(errno.ENOTDIR, "not a directory", path)
        raise self._missing(path)

    def _mode(self, path: str) -> os.stat_result:
        value = self.files.get(path)
        if isinstance(value, bytes):
            return made_up_stat(st.S_IFREG | 0o644, len(value))
        if isinstance(value, str):
            return made_up_stat(st.S_IFLNK | 0o777)
        if path in self._dirs():
            return made_up_stat(st.S_IFDIR | 0o755)
        raise self._missing(path)

    def stat(self, path: str) -> os.stat_result:
        return self._mode(self._follow(path))

    def lstat(self, path: str) -> os.stat_result:
        return self._mode(os.path.normpath(path))

"""The disk under -overlay: some files replaced by others, added, or deleted, wherever source trees are read.

A path's directories are there if a file below them is; what stood at the path of an added file is hidden.
Source: cmd/go/internal/fsys/fsys.go, go1.26.
"""

from __future__ import annotations

import errno
import os
import stat as st

from gokiln.base.disk import DIR, IRREGULAR, Disk, Entry, NotDirError, kind_of_mode, made_up_stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class OverlayError(Exception):
    """The -overlay file cannot be used; str() is cmd/go's message."""


class OverlayDisk(Disk):
    """The real disk with some files replaced by others, added, or deleted (-overlay)."""

    def __init__(self, replace: dict[str, str], cwd: str) -> None:
        """replace: path seen -> path read, "" for deleted; relative paths are meant from cwd. Raises OverlayError."""
        self.cwd = cwd
        seen: dict[str, str] = {}
        self._to: dict[str, str] = {}
        for key in sorted(replace):
            if key == "":
                raise OverlayError("empty string key in overlay map")
            key_abs = self._abs(key)
            if key_abs in seen:
                raise OverlayError(f"duplicate paths {seen[key_abs]} and {key} in overlay map")
            seen[key_abs] = key
            self._to[key_abs] = self._abs(replace[key])
        self._children: dict[str, dict[str, bool]] = {}  # directory -> child -> whether it is a directory
        self._index()

    @classmethod
    def from_json(cls, data: bytes, cwd: str) -> OverlayDisk:
        """The overlay written in the file that -overlay names. Raises OverlayError."""
        import json

        try:
            doc = json.loads(data)
        except ValueError as err:
            raise OverlayError(f"parsing overlay JSON: {err}") from None
        except RecursionError:
            raise OverlayError("parsing overlay JSON: exceeded max depth") from None
        table: object = (
            next((v for k, v in doc.items() if k.lower() == "replace"), {}) if isinstance(doc, dict) else None
        )
        if table is None:
            table = {}
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise OverlayError("parsing overlay JSON: json: cannot unmarshal value into Go struct field .Replace")
        return cls(table, cwd)

    def _abs(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.cwd, path)) if path else ""

    def _index(self) -> None:
        live = {p for p, to in self._to.items() if to}
        for path in sorted(live):
            parent, name, is_dir = os.path.dirname(path), os.path.basename(path), False
            while True:
                if is_dir and os.path.join(parent, name) in live:
                    at = os.path.join(parent, name)
                    raise OverlayError(f"inconsistent files {at} and {path} in overlay map")
                kids = self._children.setdefault(parent, {})
                kids[name] = kids.get(name, False) or is_dir
                if os.path.dirname(parent) == parent:
                    break
                parent, name, is_dir = os.path.dirname(parent), os.path.basename(parent), True

    def _look(self, path: str) -> tuple[str, str]:
        """("deleted"|"dir"|"file"|"", where the bytes are)."""
        at = self._abs(path)
        if at in self._to:
            to = self._to[at]
            if not to:
                return ("dir", path) if at in self._children else ("deleted", "")
            return "file", to
        if at in self._children:
            return "dir", path
        up = os.path.dirname(at)
        while up != os.path.dirname(up):
            if up in self._to and up not in self._children:
                return "deleted", ""
            up = os.path.dirname(up)
        return "", path

    def read_file(self, path: str) -> bytes:
        kind, actual = self._look(path)
        if kind == "deleted":
            raise FileNotFoundError(errno.ENOENT, "deleted in overlay", path)
        if kind == "dir":
            raise IsADirectoryError(errno.EISDIR, "cannot open directory in overlay", path)
        return super().read_file(actual)

    def list_dir(self, path: str) -> list[Entry]:
        kind, _ = self._look(path)
        if kind == "deleted":
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if kind == "file":
            raise NotDirError(errno.ENOTDIR, "not a directory", path)
        at = self._abs(path)
        try:
            entries = super().list_dir(path)
            missing: OSError | None = None
        except (FileNotFoundError, NotDirError) as err:
            if kind != "dir":
                raise
            entries, missing = [], err
        found = {e.name: e for e in entries}
        for gone in [n for n in found if self._to.get(os.path.join(at, n)) == ""]:
            del found[gone]
        for name, is_dir in self._children.get(at, {}).items():
            found[name] = Entry(name, DIR if is_dir else self._kind_of(os.path.join(at, name), name, path))
        if not found and missing is not None:
            raise missing
        return sorted(found.values(), key=lambda e: os.fsencode(e.name))

    def _kind_of(self, at: str, name: str, directory: str) -> str:
        try:
            mode = os.stat(self._to[at]).st_mode
        except OSError:
            return IRREGULAR
        if st.S_ISDIR(mode):
            raise OSError(errno.EINVAL, f"overlay maps child {name} to directory", directory)
        return kind_of_mode(mode)

    def _stat(self, path: str, real: Callable[[str], os.stat_result]) -> os.stat_result:
        kind, actual = self._look(path)
        if kind == "deleted":
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if kind == "dir":
            return made_up_stat(st.S_IFDIR | 0o500)
        if kind == "file":
            result = os.stat(actual)
            if st.S_ISDIR(result.st_mode):
                raise OSError(errno.EINVAL, "overlay maps to directory", path)
            return result
        return real(path)

    def stat(self, path: str) -> os.stat_result:
        return self._stat(path, os.stat)

    def lstat(self, path: str) -> os.stat_result:
        return self._stat(path, os.lstat)

    def actual(self, path: str) -> str:
        return self._look(path)[1]

    def replaced(self, path: str) -> bool:
        return self._look(path)[0] in ("deleted", "file")

    def overlaid(self) -> bool:
        return bool(self._to)

    def dir_contains_replacement(self, path: str) -> str:
        at = self._abs(path)
        for key in self._to:
            if key == at or key.startswith(at.rstrip(os.sep) + os.sep) or at.startswith(key + os.sep):
                return key
        return ""

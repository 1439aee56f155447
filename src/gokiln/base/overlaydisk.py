"""The disk under -overlay: some files replaced by others, added, or deleted, wherever source trees are read.

A path's directories are there if a file below them is; what stood at the path of an added file is hidden.
Source: cmd/go/internal/fsys/fsys.go, go1.26.
"""

from __future__ import annotations

import errno
import os
import stat as st

from gokiln.base.disk import DIR, IRREGULAR, Disk, Entry, NotDirError, kind_of_mode, made_up_stat
from gokiln.base.jsonread import kind, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


_MEMBER_TOLD_SINCE = 27  # encoding/json over json/v2


class OverlayError(Exception):
    """The -overlay file cannot be used; str() is cmd/go's message."""


class OverlaidDirError(OSError):
    """A file is to be replaced by a directory. op, said: as fs.PathError says them."""

    def __init__(self, op: str, said: str, path: str) -> None:
        super().__init__(errno.EINVAL, said, path)
        self.op = op
        self.said = said


class _Pairs(list[tuple[str, "Any"]]):
    """The members of a JSON object, those of one name too."""


def _wrong_type(value: object, into: str) -> OverlayError:
    shown = "object" if isinstance(value, _Pairs) else kind(value)
    return OverlayError(f"parsing overlay JSON: json: cannot unmarshal {shown} into Go {into}")


def _stat_file(path: str) -> os.stat_result:
    try:
        return os.stat(path)
    except ValueError:  # a zero byte
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path) from None


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
    def from_json(cls, data: bytes, cwd: str, minor: int = 26) -> OverlayDisk:
        """The overlay written in the file that -overlay names. minor: the release, for its words.

        Raises OverlayError.
        """
        try:
            doc = load(data, pairs=_Pairs)
        except ValueError as err:
            raise OverlayError(f"parsing overlay JSON: {err}") from None
        table: dict[str, str] = {}
        if doc is not None and not isinstance(doc, _Pairs):
            raise _wrong_type(doc, "value of type fsys.overlayJSON")
        for name, replace in doc or ():
            if name.lower() != "replace":
                continue
            if replace is None:
                table = {}
            elif not isinstance(replace, _Pairs):
                raise _wrong_type(replace, "struct field overlayJSON.Replace of type map[string]string")
            for seen, read in replace or ():
                if read is not None and not isinstance(read, str):
                    member = f".{seen}" if minor >= _MEMBER_TOLD_SINCE else ""
                    raise _wrong_type(read, f"struct field overlayJSON.Replace{member} of type string")
                table[seen] = read or ""
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
        if kind == "file":
            _stat_file(actual)
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
            mode = _stat_file(self._to[at]).st_mode
        except OSError:
            return IRREGULAR
        if st.S_ISDIR(mode):
            raise OverlaidDirError("read", f"overlay maps child {name} to directory", directory)
        return kind_of_mode(mode)

    def _stat(self, path: str, real: Callable[[str], os.stat_result]) -> os.stat_result:
        kind, actual = self._look(path)
        if kind == "deleted":
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if kind == "dir":
            return made_up_stat(st.S_IFDIR | 0o500)
        if kind == "file":
            result = _stat_file(actual)
            if st.S_ISDIR(result.st_mode):
                raise OverlaidDirError("stat", "overlay maps to directory", path)
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
            if key == at or key.startswith(at.rstrip(os.sep) + os.sep) or at.startswith(key.rstrip(os.sep) + os.sep):
                return key
        return ""

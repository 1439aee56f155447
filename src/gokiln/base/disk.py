"""The disk as the go command sees it: real, overlaid (-overlay), or in memory for tests.

Everyone who reads *source trees* (go.mod, .go files, embedded files) goes through a Disk, so that one place
decides what a path holds. A Disk raises OSError with the errno the system gave; `go_os_error` puts one in Go's
words (`open /x: no such file or directory`).

Source: cmd/go/internal/fsys (fsys.go, glob.go, walk.go), go1.26. Paths are str with surrogate escapes.
"""

from __future__ import annotations

import errno
import os
import stat as st

from gokiln.base.pattern import BadPatternError, path_match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Visit = Callable[[str, "Entry", OSError | None], object]

SKIP_DIR = object()  # returned by a visitor of walk_dir: do not go in / skip the rest of the directory

FILE, DIR, LINK, IRREGULAR = "f", "d", "l", "?"


class Entry:
    """One name in a directory, as readdir tells it (symbolic links are not followed)."""

    __slots__ = ("kind", "name")

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind

    @property
    def is_dir(self) -> bool:
        """A directory itself, not a link to one."""
        return self.kind == DIR

    @property
    def is_regular(self) -> bool:
        """An ordinary file itself, not a link to one."""
        return self.kind == FILE

    @property
    def is_symlink(self) -> bool:
        """A symbolic link."""
        return self.kind == LINK


class NotDirError(NotADirectoryError):
    """A directory was to be read and the path is something else (fsys.errNotDir)."""


class OverlayError(Exception):
    """The -overlay file cannot be used; str() is cmd/go's message."""


def go_os_error(op: str, path: str, err: OSError) -> str:
    """The error as Go's fs.PathError prints it: `op path: text` with the system's text in lower case."""
    return f"{op} {path}: {errno_text(err)}"


def errno_text(err: OSError) -> str:
    """The system's text for the error, as Go's syscall.Errno prints it."""
    text = err.strerror or str(err)
    if err.errno is not None and err.errno in errno.errorcode and text == os.strerror(err.errno):
        return text[:1].lower() + text[1:]
    return text


def _bytes_key(name: str) -> bytes:
    return os.fsencode(name)


class Disk:
    """The real file system."""

    def read_file(self, path: str) -> bytes:
        """The whole file. Raises OSError."""
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        try:
            data = os.read(fd, 65536)
            if len(data) < 65536:
                more = os.read(fd, 65536) if data else b""
                if not more:
                    return data
                data += more
            parts = [data]
            while chunk := os.read(fd, 1 << 20):
                parts.append(chunk)
            return b"".join(parts)
        finally:
            os.close(fd)

    def list_dir(self, path: str) -> list[Entry]:
        """The entries of a directory, sorted by name. Raises NotDirError for a non-directory, else OSError."""
        entries: list[Entry] = []
        plain = True
        try:
            with os.scandir(path) as found:
                for e in found:
                    name = e.name
                    if e.is_symlink():
                        kind = LINK
                    elif e.is_dir(follow_symlinks=False):
                        kind = DIR
                    elif e.is_file(follow_symlinks=False):
                        kind = FILE
                    else:
                        kind = IRREGULAR
                    plain = plain and name.isascii()
                    entries.append(Entry(name, kind))
        except NotADirectoryError:
            raise NotDirError(errno.ENOTDIR, "not a directory", path) from None
        if plain:
            entries.sort(key=lambda e: e.name)
        else:
            entries.sort(key=lambda e: os.fsencode(e.name))
        return entries

    def stat(self, path: str) -> os.stat_result:
        """As os.stat. Raises OSError."""
        return os.stat(path)

    def lstat(self, path: str) -> os.stat_result:
        """As os.lstat. Raises OSError."""
        return os.lstat(path)

    def actual(self, path: str) -> str:
        """Where the bytes of `path` really are; "" when an overlay deletes it."""
        return path

    def replaced(self, path: str) -> bool:
        """Whether an overlay changes this very path."""
        return False

    def dir_contains_replacement(self, path: str) -> str:
        """A path replaced at, above or below `path`, or ""."""
        return ""

    def overlaid(self) -> bool:
        """Whether any path is replaced at all."""
        return False

    def exists(self, path: str) -> bool:
        """Whether stat succeeds."""
        try:
            self.stat(path)
        except OSError:
            return False
        return True

    def is_dir(self, path: str) -> bool:
        """Whether the path leads to a directory."""
        try:
            return st.S_ISDIR(self.stat(path).st_mode)
        except OSError:
            return False

    def is_regular(self, path: str) -> bool:
        """Whether the path leads to an ordinary file."""
        try:
            return st.S_ISREG(self.stat(path).st_mode)
        except OSError:
            return False

    def walk_dir(self, root: str, visit: Visit) -> None:
        """Visit root and everything below in lexical order, directories first (fsys.WalkDir).

        visit(path, entry, error) returns SKIP_DIR to stay out of a directory (or leave the rest of the one a
        file lies in); what it raises ends the walk. An unreadable directory is visited twice, the second time
        with its error; without SKIP_DIR it is then treated as empty.
        """
        try:
            entry = Entry(os.path.basename(root), kind_of_mode(self.lstat(root).st_mode))
        except OSError as err:
            visit(root, Entry(os.path.basename(root), IRREGULAR), err)
            return
        self._walk(root, entry, visit)

    def _walk(self, path: str, entry: Entry, visit: Visit) -> bool:
        """True when the rest of the parent is to be skipped."""
        if visit(path, entry, None) is SKIP_DIR:
            return entry.kind != DIR
        if entry.kind != DIR:
            return False
        try:
            children: Iterable[Entry] = self.list_dir(path)
        except OSError as err:
            if visit(path, entry, err) is SKIP_DIR:
                return False
            children = ()
        for child in children:
            if self._walk(os.path.join(path, child.name), child, visit):
                break
        return False

    def glob(self, pattern: str) -> list[str]:
        """Paths that match a file name pattern (fsys.Glob). Raises BadPatternError."""
        path_match(pattern, "")
        if not _has_meta(pattern):
            try:
                self.lstat(pattern)
            except OSError:
                return []
            return [pattern]
        directory, file = os.path.split(pattern)
        directory = directory or ("/" if pattern.startswith("/") else ".")
        if not _has_meta(directory):
            return self._glob_dir(directory, file)
        if directory == pattern:
            raise BadPatternError("syntax error in pattern")
        out: list[str] = []
        for d in self.glob(directory):
            out += self._glob_dir(d, file)
        return out

    def _glob_dir(self, directory: str, pattern: str) -> list[str]:
        if not self.is_dir(directory):
            return []
        try:
            entries = self.list_dir(directory)
        except OSError:
            return []
        return [os.path.join(directory, e.name) for e in entries if path_match(pattern, e.name)]


def kind_of_mode(mode: int) -> str:
    """FILE, DIR, LINK or IRREGULAR for a st_mode."""
    if st.S_ISREG(mode):
        return FILE
    if st.S_ISDIR(mode):
        return DIR
    return LINK if st.S_ISLNK(mode) else IRREGULAR


def _has_meta(path: str) -> bool:
    return any(c in path for c in ("*?[" if os.name == "nt" else "*?[\\"))


def quote_glob(path: str) -> str:
    """The pattern that matches exactly this path (str.QuoteGlob)."""
    if not _has_meta(path):
        return path
    return "".join("\\" + c if c in "*?[\\" else c for c in path)


def _fake_stat(mode: int, size: int = 0) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, 0, 0, size, 0, 0, 0))


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
            return _fake_stat(st.S_IFDIR | 0o500)
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
            return _fake_stat(st.S_IFREG | 0o644, len(value))
        if isinstance(value, str):
            return _fake_stat(st.S_IFLNK | 0o777)
        if path in self._dirs():
            return _fake_stat(st.S_IFDIR | 0o755)
        raise self._missing(path)

    def stat(self, path: str) -> os.stat_result:
        return self._mode(self._follow(path))

    def lstat(self, path: str) -> os.stat_result:
        return self._mode(os.path.normpath(path))

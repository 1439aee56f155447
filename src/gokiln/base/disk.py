"""The disk as the go command sees it: the real one here, overlaid (overlaydisk.py), or in memory for tests.

Everyone who reads *source trees* (go.mod, .go files, embedded files) goes through a Disk, so that one place
decides what a path holds. A Disk raises OSError with the errno the system gave; `go_os_error` puts one in Go's
words (`open /x: no such file or directory`).

Source: cmd/go/internal/fsys (fsys.go, glob.go, walk.go), go1.26. Paths are str with surrogate escapes.
"""

from __future__ import annotations

import errno
import os
import stat as st

from gokiln.base.pattern import path_match

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


def go_os_error(op: str, path: str, err: OSError) -> str:
    """The error as Go's fs.PathError prints it: `op path: text` with the system's text in lower case."""
    return f"{op} {path}: {errno_text(err)}"


def errno_text(err: OSError) -> str:
    """The system's text for the error, as Go's syscall.Errno prints it."""
    text = err.strerror or str(err)
    if err.errno is not None and err.errno in errno.errorcode and text == os.strerror(err.errno):
        return text[:1].lower() + text[1:]
    return text


class Disk:
    """The real file system."""

    def read_file(self, path: str) -> bytes:
        """The whole file; of a device that does not end (/dev/zero) the first megabyte. Raises OSError."""
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        try:
            data = os.read(fd, 65536)
            if len(data) < 65536:
                more = os.read(fd, 65536) if data else b""
                if not more:
                    return data
                data += more
            parts = [data]
            endless = st.S_ISCHR(os.fstat(fd).st_mode)
            while chunk := os.read(fd, 1 << 20):
                parts.append(chunk)
                if endless:
                    break
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
        elements = pattern.split(os.sep)
        for element in elements:  # a class or escape that reaches over a separator is none
            path_match(element, "")
        first = next(i for i, element in enumerate(elements) if _has_meta(element))
        found = [os.sep.join(elements[:first]) or ("/" if first else ".")]
        for element in elements[first:]:
            if element:
                found = [path for directory in found for path in self._glob_dir(directory, element)]
        return found

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


def made_up_stat(mode: int, size: int = 0) -> os.stat_result:
    """The stat of something that is no file of the real disk: its mode and size (bytes), zeros otherwise."""
    return os.stat_result((mode, 0, 0, 1, 0, 0, size, 0, 0, 0))

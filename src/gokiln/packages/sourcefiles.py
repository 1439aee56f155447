"""Every source directory listed once, every source file read once per process, whoever asks.

The module loader asks what a directory imports (packages.scan), the package loader which files make the package
(packages.select), the actions what a file's bytes hash to (`file_hash`). A file's bytes are read, hashed, its
header parsed, and the bytes dropped. A build constraint is evaluated once per text, not once per file: a
few hundred texts serve ten thousand files.

Source: cmd/go/internal/imports (build.go, tags.go), go/build/build.go (matchFile, shouldBuild), go1.26.
"""

from __future__ import annotations

import hashlib

from gokiln.base.disk import Disk, Entry
from gokiln.errors import GokilnError
from gokiln.golang import constraint
from gokiln.golang.filename import name_tags
from gokiln.golang.gofile import GoFileInfo, SourceHeader
from gokiln.golang.source import read_comments, read_go_info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.fetch.trees import TreeGuard

    Verdict = tuple[bool, str]  # whether to build the file; what is wrong with its constraint, or ""


class ReadError(GokilnError):
    """A source file cannot be read or its import section does not parse; str() is cmd/go's message."""


class SourceFiles:
    """What is known of source directories and files. Paths given must be spelled the same way each time."""

    def __init__(self, disk: Disk, matches_tag: Callable[[str], bool], cgo_enabled: bool) -> None:
        """matches_tag: whether a build tag holds for the target, cgo, -tags and release tags included."""
        self.disk = disk
        self.matches_tag = matches_tag
        self.cgo_enabled = cgo_enabled
        self._listings: dict[str, list[Entry] | OSError] = {}
        self._infos: dict[str, SourceHeader | OSError] = {}
        self._hashes: dict[str, bytes] = {}
        self._verdicts: dict[object, Verdict] = {}
        self._names: dict[str, bool] = {}
        self.guard: TreeGuard | None = None  # who knows what files of the module cache must be like
        self.gopath_mode = False  # import comments count, and messages name files in full: no index was asked
        self._last: tuple[str, bytes] = ("", b"")  # the file read last and its bytes

    # Reading

    def entries(self, directory: str) -> list[Entry]:
        """The directory's entries, sorted. Raises OSError."""
        found = self._listings.get(directory)
        if found is None:
            try:
                found = self._list(directory)
            except OSError as err:
                found = err
            self._listings[directory] = found
        if isinstance(found, OSError):
            raise found
        return found

    def _list(self, directory: str) -> list[Entry]:
        found = self.disk.list_dir(directory)
        if self.guard is not None and not self.disk.overlaid():
            dirs = [entry.name for entry in found if entry.is_dir]
            files = [entry.name for entry in found if not entry.is_dir]
            if not self.guard.dir_is_right(directory, files, dirs):
                return self.disk.list_dir(directory)
        return found

    def _read(self, path: str) -> tuple[bytes, bytes]:
        """The bytes of a file and their SHA-256; of a module's file, the right ones. Raises OSError."""
        data = self.disk.read_file(path)
        digest = hashlib.sha256(data).digest()
        guard = self.guard
        if guard is not None and not self.disk.replaced(path) and not guard.file_is_right(path, digest):
            data = self.disk.read_file(path)
            digest = hashlib.sha256(data).digest()
        self._last = path, data
        return data, digest

    def bytes_just_read(self, path: str) -> bytes | None:
        """The bytes of a file on the disk when it was the last to be read; None: read it yourself."""
        last, data = self._last
        return data if last == path and not self.disk.replaced(path) else None

    def info(self, path: str) -> SourceHeader:
        """The header of a source file (a GoFileInfo when it ends in .go). Raises OSError."""
        found = self._infos.get(path)
        if found is None:
            try:
                data, self._hashes[path] = self._read(path)
            except OSError as err:
                found = err
            else:
                found = read_go_info(path, data) if path.endswith(".go") else read_comments(data)
            self._infos[path] = found
        if isinstance(found, OSError):
            raise found
        return found

    def go_info(self, path: str) -> GoFileInfo:
        """The header of a .go file. Raises OSError."""
        info = self.info(path)
        assert isinstance(info, GoFileInfo)
        return info

    def file_hash(self, path: str) -> bytes:
        """The sha256 of the file's bytes (32 bytes), from the one reading when there was one. Raises OSError."""
        found = self._hashes.get(path)
        if found is None:
            found = self._hashes[path] = self._read(path)[1]
        return found

    # Judging

    def good_name(self, name: str) -> bool:
        """Whether the file's name lets it be built for the target (go/build.goodOSArchFile)."""
        if "_" not in name:
            return True
        found = self._names.get(name)
        if found is None:
            found = all(self.matches_tag(tag) for tag in name_tags(name))
            self._names[name] = found
        return found

    def verdict(self, info: SourceHeader) -> Verdict:
        """Whether the constraints in the header let the file be built, and what is wrong with them, or ""."""
        if info.constraint_error:
            return False, info.constraint_error
        key: object = info.go_build if info.go_build is not None else info.plus_build
        if not key:
            return True, ""
        found = self._verdicts.get(key)
        if found is None:
            found = self._verdicts[key] = self._judge(info, self.matches_tag)
        return found

    def _judge(self, info: SourceHeader, match: Callable[[str], bool]) -> Verdict:
        if info.go_build is not None:
            try:
                return constraint.parse(info.go_build).eval(match), ""
            except constraint.ConstraintError as err:
                return False, f"parsing //go:build line: {err}"
        for line in info.plus_build:
            try:
                if not constraint.parse(line).eval(match):
                    return False, ""
            except constraint.ConstraintError:
                continue
        return True, ""

    def _any_verdict(self, info: SourceHeader) -> bool:
        """imports.ShouldBuild under the tag "*": every tag but "ignore" is both true and false."""
        if info.constraint_error:
            return False
        lines = (info.go_build,) if info.go_build is not None else info.plus_build
        for line in lines:
            try:
                if not constraint.eval_any(constraint.parse(line), _any_tag):
                    return False
            except constraint.ConstraintError:
                if info.go_build is not None:
                    return False
        return True

    def may_build(self, path: str) -> bool:
        """Whether some tags let the .go file be built; also when it cannot be read. Raises OSError."""
        info = self.go_info(path)
        return bool(info.scan_error) or self._any_verdict(info)


def _any_tag(tag: str, prefer: bool) -> bool:
    """Under the tag "*" a tag is whatever helps, but for "ignore"."""
    return prefer and tag not in ("", "ignore")

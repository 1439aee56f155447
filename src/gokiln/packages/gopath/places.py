"""Where packages lie: import path to directory in GOROOT and the entries of GOPATH, and directory to import path.

Source: go/build/build.go (Context.Import up to reading the directory, SrcDirs, hasSubdir), go1.26. The caller reads
the files.
"""

from __future__ import annotations

import os

from gokiln.base.disk import DIR, Disk
from gokiln.base.pattern import clean_path, is_local_import
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Place:
    """Where a package was found, or not (error).

    directory: "" when nothing is known of it. import_path: the one it has there, "." for a directory outside all
    trees. root: GOROOT or the entry of GOPATH, "" for none. conflict_dir: the directory that an import of the path
    would find instead. installable: whether the import path has an archive of its own below root/pkg.
    """

    __slots__ = ("conflict_dir", "directory", "error", "goroot", "import_path", "installable", "root")

    def __init__(self, import_path: str) -> None:
        self.import_path = import_path
        self.directory = ""
        self.root = ""
        self.goroot = False
        self.conflict_dir = ""
        self.installable = True
        self.error: GokilnError | None = None

    def found(self, directory: str, root: str, goroot: bool) -> Place:
        """Take the directory; returns self."""
        self.directory, self.root, self.goroot = directory, root, goroot
        return self


class _Tried:
    """Where a package was looked for in vain."""

    def __init__(self) -> None:
        self.vendor: list[str] = []
        self.goroot = ""
        self.gopath: list[str] = []

    def error(self, path: str) -> GokilnError:
        """The error that lists them."""
        lines = _labelled(self.vendor, " (vendor tree)")
        lines.append(f"\t{self.goroot} (from $GOROOT)")
        lines += _labelled(self.gopath, " (from $GOPATH)")
        if not self.gopath:
            lines.append("\t($GOPATH not set. For more details see: 'go help gopath')")
        return GokilnError(f"cannot find package {go_quote(path)} in any of:\n" + "\n".join(lines))


def _labelled(directories: list[str], label: str) -> list[str]:
    """A line for each, the first with the label."""
    return [f"\t{directory}{'' if i else label}" for i, directory in enumerate(directories)]


class Places:
    """The trees of one command. Directory checks are remembered: nothing moves while packages are loaded."""

    def __init__(self, disk: Disk, goroot: str, gopath: str, standard: Callable[[str], str] | None = None) -> None:
        """gopath: the variable. standard: for gccgo, the directory that a standard package has by name, or ""."""
        self.disk = disk
        self.goroot = goroot
        self.roots = [p for p in gopath.split(os.pathsep) if p and p != goroot and not p.startswith("~")]
        self._standard = standard
        self._dirs: dict[str, bool] = {}
        self._real: dict[str, str] = {}

    def is_dir(self, path: str) -> bool:
        """Whether the path leads to a directory."""
        known = self._dirs.get(path)
        if known is None:
            known = self._dirs[path] = self.disk.is_dir(path)
        return known

    def source_dirs(self) -> list[str]:
        """The src directories that are there: GOROOT's, unless gccgo has the standard library, then GOPATH's."""
        roots = self.roots if self._standard is not None else [self.goroot, *self.roots]
        return [src for src in (os.path.join(root, "src") for root in roots) if self.is_dir(src)]

    def subdir(self, root: str, directory: str) -> str | None:
        """directory relative to root, with slashes, also through symbolic links; None when it lies elsewhere."""
        found = _subdir(root, directory)
        if found is None:
            real_root, real_dir = self._realpath(root), self._realpath(directory)
            for pair in ((real_root, directory), (root, real_dir), (real_root, real_dir)):
                found = _subdir(*pair)
                if found is not None:
                    break
        return found

    def _realpath(self, path: str) -> str:
        known = self._real.get(path)
        if known is None:
            try:
                known = os.path.realpath(path, strict=True)
            except OSError:
                known = ""
            self._real[path] = known
        return known

    def find(self, path: str, src_dir: str, ignore_vendor: bool) -> Place:
        """The package that an import path names, as written in src_dir ("": nowhere)."""
        if is_local_import(path):
            return self.find_dir(os.path.normpath(os.path.join(src_dir, path)), path)
        place = Place(path)
        if path.startswith("/"):
            place.error = GokilnError(f"import {go_quote(path)}: cannot import absolute path")
            return place
        tried = _Tried()
        if not ignore_vendor and src_dir and self._find_vendored(place, path, src_dir, tried):
            return place
        # A path that starts with vendor/ means GOROOT's copy only to who lies there.
        first = not src_dir or not path.startswith("vendor/") or self.subdir(self.goroot, src_dir) is not None
        if first and self._find_in_goroot(place, path, tried):
            return place
        for root in self.roots:
            directory = _join(root, "src", path)
            if self.is_dir(directory):
                return place.found(directory, root, False)
            tried.gopath.append(directory)
        if not tried.goroot and self._find_in_goroot(place, path, tried):
            return place
        place.error = tried.error(path)
        return place

    def _find_in_goroot(self, place: Place, path: str, tried: _Tried) -> bool:
        directory = _join(self.goroot, "src", path)
        if self._standard is not None:
            there = bool(self._standard(path))
        else:
            there = self.is_dir(directory)
        if there:
            place.found(directory, self.goroot, True)
        else:
            tried.goroot = directory
        return there

    def _find_vendored(self, place: Place, path: str, src_dir: str, tried: _Tried) -> bool:
        roots = [(root, False) for root in self.roots]
        if self._standard is None:
            roots.insert(0, (self.goroot, True))
        for root, goroot in roots:
            sub = self.subdir(root, src_dir)
            if sub is None or not sub.startswith("src/") or "/testdata/" in sub:
                continue
            while True:
                vendor = os.path.join(root, sub, "vendor")
                if self.is_dir(vendor):
                    directory = _join(vendor, path)
                    if self.is_dir(directory) and has_go_files(self.disk, directory):
                        place.import_path = clean_path(f"{sub}/vendor/{path}").removeprefix("src/")
                        place.found(directory, root, goroot)
                        return True
                    tried.vendor.append(directory)
                up = sub.rpartition("/")[0]
                if not up:
                    break
                sub = up
        return False

    def find_dir(self, directory: str, path: str = ".") -> Place:
        """What is known of a directory: the import path that finds it, if there is one. path: how it was named."""
        place = Place(path)
        place.directory = directory
        place.installable = False
        self._name_dir(place, directory)
        if not self.is_dir(directory) and not (self._standard is not None and place.goroot):
            place.error = GokilnError(f"cannot find package {go_quote(place.import_path)} in:\n\t{directory}")
        return place

    def _name_dir(self, place: Place, directory: str) -> None:
        sub = self.subdir(os.path.join(self.goroot, "src"), directory)
        if sub is not None and not _in_testdata(sub):
            place.import_path, place.root, place.goroot, place.installable = sub, self.goroot, True, True
            return
        for i, root in enumerate(self.roots):
            sub = self.subdir(os.path.join(root, "src"), directory)
            if sub is None or _in_testdata(sub):
                continue
            # Would an import of that path find something else first?
            earlier = self.roots[:i] if self._standard is not None else [self.goroot, *self.roots[:i]]
            for other in earlier:
                hiding = os.path.join(other, "src", sub)
                if self.is_dir(hiding):
                    place.conflict_dir = hiding
                    return
            place.import_path, place.root, place.installable = sub, root, True
            return


def has_go_files(disk: Disk, directory: str) -> bool:
    """Whether something other than a directory has a name that ends in .go."""
    try:
        return any(entry.kind != DIR and entry.name.endswith(".go") for entry in disk.list_dir(directory))
    except OSError:
        return False


def _join(*parts: str) -> str:
    return os.path.normpath(os.path.join(*parts))


def _subdir(root: str, directory: str) -> str | None:
    if not root or not directory:
        return None
    root = os.path.normpath(root)
    if not root.endswith(os.sep):
        root += os.sep
    directory = os.path.normpath(directory)
    if not directory.startswith(root):
        return None
    return directory[len(root) :].replace(os.sep, "/")


def _in_testdata(sub: str) -> bool:
    return "testdata" in sub.split("/")

"""What an import path means in the package that has it: a vendored copy, or a module's package without its version.

`x/vendor/p` is what p means in x and below. And code in a tree with a go.mod may import `m/v2/p` where GOPATH has
that module at m: then m/go.mod says `module m/v2`, and the path is read as `m/p` (go.dev/issue/25069).

Source: cmd/go/internal/load/pkg.go (vendoredImportPath, moduleImportPath, dirAndRoot), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.disk import Disk
from gokiln.base.pattern import clean_path, has_file_path_prefix, is_local_import
from gokiln.packages.error import LoadFatalError
from gokiln.packages.gomodpath import root_module_path
from gokiln.packages.gopath.places import Places, has_go_files
from gokiln.packages.target import is_version_element

# Characters that a language implementation may refuse in import paths (isValidImport), besides blanks.
_ILLEGAL = frozenset("!\"#$%&'()*,:;<=>?[\\]^{|}`\ufffd")


def dir_import_path(directory: str) -> str:
    """The made-up import path of a package that was named by its directory: `_/home/me/x` (dirToImportPath)."""
    from gokiln.base.quote import is_print
    from gokiln.golang.space import SPACES

    kept = []
    for char in directory.replace(os.sep, "/"):
        wrong = char in _ILLEGAL or char in SPACES or not is_print(ord(char))
        kept.append("_" if wrong else char)
    return clean_path("_/" + "".join(kept))


def version_element(path: str) -> tuple[int, int]:
    """Where the last element /vN of a path starts and ends; (-1, -1) without one (findVersionElement)."""
    end = len(path)
    while True:
        start = path.rfind("/", 0, end)
        if start < 0:
            return -1, -1
        if is_version_element(path[start + 1 : end]):
            return start, end
        end = start


class ImportPaths:
    """Resolves import paths by who imports them."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._module_paths: dict[str, str] = {}
        self._has_go: dict[str, bool] = {}

    def resolve(self, path: str, parent_path: str, parent_dir: str, parent_root: str) -> str:
        """The import path of the package that `path` means in the package parent_path.

        parent_root: the tree parent lies in, "" for none: then paths mean what they say. Raises LoadFatalError.
        """
        if not parent_root:
            return path
        found = self._vendored(path, parent_path, parent_dir, parent_root)
        return found if found != path else self._without_version(path, parent_path, parent_dir, parent_root)

    def _vendored(self, path: str, parent_path: str, parent_dir: str, parent_root: str) -> str:
        directory, src = dir_and_src(parent_path, parent_dir, parent_root)
        vendored = "vendor/" + path
        for above in _upwards(directory, src):
            if not self.places.is_dir(os.path.join(above, "vendor")):
                continue
            target = os.path.join(above, vendored)
            if not self.places.is_dir(target) or not self._has_go_files(target):
                continue
            if parent_path == "command-line-arguments":
                parent_path = directory[len(src) + 1 :]
            # As many characters as the directory is shorter, the import path is, too.
            chopped = len(directory) - len(above)
            if chopped == len(parent_path) + 1:
                return vendored
            return parent_path[: len(parent_path) - chopped] + "/" + vendored
        return path

    def _has_go_files(self, directory: str) -> bool:
        known = self._has_go.get(directory)
        if known is None:
            known = self._has_go[directory] = has_go_files(Disk(), directory)  # without overlay, as cmd/go
        return known

    def _without_version(self, path: str, parent_path: str, parent_dir: str, parent_root: str) -> str:
        if version_element(path)[0] < 0:
            return path
        directory, src = dir_and_src(parent_path, parent_dir, parent_root)
        if not any(self._module_path(above) for above in _upwards(directory, src)):
            return path
        if self.places.find(path, "", True).directory:
            return path
        limit = len(path)
        while limit > 0:
            start, end = version_element(path[:limit])
            if start < 0:
                return path
            there = self.places.find(path[:start], "", True).directory
            named = self._module_path(there) if there else ""
            if named:
                return path[:start] + path[end:] if named == path[:end] else path
            limit = start
        return path

    def _module_path(self, directory: str) -> str:
        known = self._module_paths.get(directory)
        if known is None:
            known = self._module_paths[directory] = root_module_path(directory)  # without overlay, as cmd/go
        return known


def dir_and_src(path: str, directory: str, root: str) -> tuple[str, str]:
    """(directory, src in root) of a package, of which the second is a prefix of the first, links followed if need be.

    Raises LoadFatalError for a tree in which that cannot be had.
    """
    clean, src = os.path.normpath(directory), os.path.join(root, "src")
    files = path == "command-line-arguments"
    if not has_file_path_prefix(clean, src) or (not files and os.path.normpath(os.path.join(src, path)) != clean):
        clean, src = os.path.realpath(clean), os.path.realpath(src)
    inside = has_file_path_prefix(clean, src) and len(clean) > len(src)
    named = files or is_local_import(path) or os.path.normpath(os.path.join(src, path)) == clean
    if not inside or not named:
        raise LoadFatalError(
            "unexpected directory layout:\n"
            f"\timport path: {path}\n"
            f"\troot: {os.path.join(root, 'src')}\n"
            f"\tdir: {os.path.normpath(directory)}\n"
            f"\texpand root: {root}\n"
            f"\texpand dir: {directory}\n"
            f"\tseparator: {os.sep}"
        )
    return clean, src


def _upwards(directory: str, top: str) -> list[str]:
    """The directory and those above it down to top, which is one of them."""
    out = [directory]
    while len(directory) > len(top):
        directory = os.path.dirname(directory)
        out.append(directory)
    return out

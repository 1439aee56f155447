"""The import graph of GOPATH mode: import paths are looked up in source trees, and no package has a module.

Source: cmd/go/internal/load/pkg.go (loadPackageData, load and loadImport where modules are not enabled), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import clean_path, is_local_import
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.modules.resolve.imports import find_standard_import_path
from gokiln.packages.error import ImportPathError, PackageError
from gokiln.packages.gopath.matching import import_paths
from gokiln.packages.gopath.places import Place, Places
from gokiln.packages.gopath.vendored import ImportPaths, dir_import_path
from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.loadopts import RESOLVE_IMPORT, PackageOpts
from gokiln.packages.select import SourcePackage
from gokiln.packages.target import archive_file, archive_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.config.config import Config
    from gokiln.golang.position import Position
    from gokiln.modules.resolve.loader import Loader
    from gokiln.modules.resolve.match import Match
    from gokiln.packages.buildinfo import Vcs
    from gokiln.packages.error import ImportStack
    from gokiln.packages.package import Package
    from gokiln.packages.scan import ScanMemo


_GODEBUG_OF_1_20_SINCE = 27  # minor release in which GOPATH mode has the GODEBUG defaults of go1.20


class GopathGraph(ImportGraph):
    """All packages of one command in GOPATH mode. modules: a loader that has found modules not to be in use."""

    def __init__(self, config: Config, modules: Loader, memo: ScanMemo, vcs: Vcs | None = None) -> None:
        """As ImportGraph's."""
        super().__init__(config, modules, memo, vcs)
        memo.gopath_mode = True
        standard = (lambda path: find_standard_import_path(modules, path)) if self._gccgo else None
        self.places = Places(self.disk, config.toolchain.goroot, config.env.gopath()[0], standard)
        self.paths = ImportPaths(self.places)
        self._located: dict[tuple[str, str, str, str, int], tuple[str, str]] = {}

    def match(self, opts: PackageOpts, patterns: Sequence[str]) -> Sequence[Match]:
        """What the patterns match in the source trees."""
        return import_paths(self.modules, self.places, patterns)

    def load_imports_of_files(self, files: Sequence[str]) -> None:
        """Nothing to get ready."""

    def main_modules(self) -> None:
        """There are none."""
        return

    def godebug_version(self, p: Package) -> str:
        """The last version before there were GODEBUG defaults; before go1.27 that of a go.mod without a go line."""
        if self.config.toolchain.release.minor >= _GODEBUG_OF_1_20_SINCE:
            return "1.20"
        return super().godebug_version(p)

    def check_path(self, p: Package, path: str, stack: ImportStack, import_pos: Sequence[Position] | None) -> None:
        """Paths have to be in canonical form; local imports are relative to the directory."""
        if p.local:
            p.local_prefix = dir_import_path(p.dir)
        canonical = _canonical(path)
        if path != canonical:
            text = f"non-canonical import path {go_quote(path)}: should be {go_quote(clean_path(path))}"
            p.error = PackageError(ImportPathError(path, text), stack.copy())
            p.error.set_pos(import_pos, self.short_path)
            p.incomplete = True

    def find_data(
        self, path: str, parent: Package | None, src_dir: str, mode: int
    ) -> tuple[SourcePackage, GokilnError | None]:
        """The package that `path` means in parent; the first who asks for a package decides where it is found."""
        resolving = mode & RESOLVE_IMPORT
        parent_path, root = (parent.import_path, parent.root) if parent is not None else ("", "")
        key = (path, parent_path, src_dir, root, resolving)
        found = self._located.get(key)
        if found is None:
            found = self._located[key] = self._locate(path, parent_path, src_dir, root, resolving)
        directory, real_path = found
        data = self._data.get(real_path)
        if data is None:
            data = self._data[real_path] = self._read(path, real_path, directory, src_dir, resolving)
        return data, data.error

    def _locate(self, path: str, parent_path: str, src_dir: str, root: str, resolving: int) -> tuple[str, str]:
        """(directory or "" if it has to be looked for, canonical import path)."""
        snapshot = self.fips140.resolve_import(path)
        if snapshot is not None:
            return snapshot[1], snapshot[0]
        if is_local_import(path):
            directory = os.path.normpath(os.path.join(src_dir, path))
            return directory, dir_import_path(directory)
        if resolving:
            return "", self.paths.resolve(path, parent_path, src_dir, root) or path
        return "", path

    def _read(self, path: str, real_path: str, directory: str, src_dir: str, resolving: int) -> SourcePackage:
        if directory:
            place = self.places.find_dir(directory)
        else:
            place = self.places.find(real_path, src_dir, not resolving or real_path != path)
        data = self._source_at(place)
        data.import_path = real_path
        comment = data.import_comment
        vendored = "/vendor/" in path or path.startswith("vendor/")
        if data.error is None and comment and comment != path and not vendored:
            data.error = GokilnError(f"code in directory {data.dir} expects import {go_quote(comment)}")
        return data

    def _source_at(self, place: Place) -> SourcePackage:
        """The package of a place, a copy of its own: two import paths can lead to one directory."""
        if place.error is not None:
            data = SourcePackage(place.directory)
            data.error = place.error
        else:
            from copy import copy

            data = copy(self._source_package(place.directory))
        self._set_place(data, place)
        return data

    def set_place(self, data: SourcePackage, directory: str) -> None:
        """Note the import path that finds the directory, and what follows from its tree."""
        self._set_place(data, self.places.find_dir(directory))

    def _set_place(self, data: SourcePackage, place: Place) -> None:
        config = self.config
        data.import_path, data.root, data.goroot = place.import_path, place.root, place.goroot
        data.conflict_dir = place.conflict_dir
        if self.fips140.holds(place.directory):
            data.goroot = True
        if place.root:
            data.bin_dir = os.path.join(place.root, "bin")
        if not place.goroot and config.env.get("GOBIN"):
            data.bin_dir = config.env.get("GOBIN")
        if not place.root or not place.installable:
            return
        data.pkg_target_root = archive_root(config, place.root)
        everything = self._install_goroot and place.import_path not in ("unsafe", "builtin")
        if not place.goroot or everything:
            data.pkg_obj = archive_file(config, data.pkg_target_root, place.import_path)

    def resolve_import_path(self, parent: Package | None, path: str) -> str:
        """What an import path means in parent, vendored copies included."""
        if parent is None:
            return path
        return self.paths.resolve(path, parent.import_path, parent.dir, parent.root)


def _canonical(path: str) -> str:
    """The path as it has to be written (cleanImport)."""
    clean = clean_path(path)
    if path.startswith("./") and clean != ".." and not clean.startswith("../"):
        return "./" + clean
    return clean

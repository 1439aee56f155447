"""From an import path to the one module of the build list that has the package, and the directory it lies in.

For each import path only the modules whose path is a prefix of it are looked at, longest first; all of them, since
a package found twice is an error. A module's files are asked for only then, so what nobody imports is not fetched.

Source: cmd/go/internal/modload/import.go (importFromModules, fetch), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import strerror
from gokiln.base.pattern import is_local_import, is_meta_package, is_standard_import_path
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, find_error
from gokiln.golang import gover
from gokiln.golang.modpath import InvalidPathError, check_import_path, version_error
from gokiln.modules.resolve.errors import (
    FATAL,
    NO_MODULE,
    AmbiguousImportError,
    ImportMissingSumError,
    InvalidImportError,
    ModloadError,
    NoMainModulesError,
    SumMissingError,
)
from gokiln.modules.resolve.graphread import module_graph
from gokiln.modules.resolve.packagedirs import Found, dir_in_module, missing
from gokiln.modules.resolve.replacements import join, replace_relative_to, replacement
from gokiln.modules.resolve.summaries import go_mod_summary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
    from gokiln.modules.resolve.state import State


_PSEUDO_PACKAGE = Found(NO_MODULE, "", "", [])


def import_from_modules(
    ls: State, path: str, rs: Requirements, mg: ModuleGraph | None, skip_mod_file: bool = False
) -> Found:
    """Find the package among the modules of mg; without mg among the roots, then among all of rs.graph.

    skip_mod_file: do not read the go.mod file of the module that was found (tidy of old Go versions). Raises
    InvalidImportError, AmbiguousImportError, ImportMissingSumError, ImportMissingError, or what fetching raises.
    """
    if path == "C":
        return _PSEUDO_PACKAGE
    if path not in ls.checked_paths:
        _check_path(path)
        ls.checked_paths.add(path)
    is_std = is_standard_import_path(path)
    std_dir = ""
    mms = ls.mains()
    if is_std and is_standard_package(ls, path):
        for main in mms.in_goroot_src:
            root = mms.mod_root[main]
            directory, ok = dir_in_module(ls, path, mms.path_prefix[main], root, True)
            if ok:
                return Found(main, root, directory, [])
        std_dir = f"{ls.goroot_src}/{path}"
    if ls.build_mod == "vendor":
        from gokiln.modules.resolve.vendor import import_from_vendor

        return import_from_vendor(ls, path, std_dir)
    while True:
        search = _Search(ls, path, rs, mg, std_dir)
        found = search.result(skip_mod_file)
        if found is not None:
            return found
        if mg is not None:
            query_err = None if ls.has_mod_root() else NoMainModulesError(ls.in_workspace_mode())
            raise missing(ls, path, query_err=query_err, is_std=is_std)
        # None of the roots has it. Any error here means that the graph is not complete: the package may well be in
        # a module we cannot see, so it must not be called missing.
        mg = module_graph(ls, rs)


def _check_path(path: str) -> None:
    if "@" in path:
        raise InvalidImportError(path, f"import path {go_quote(path)} should not have @version")
    if is_local_import(path):
        text = f"{go_quote(path)} is relative, but relative import paths are not supported in module mode"
        raise InvalidImportError(path, text)
    if os.path.isabs(path):
        raise InvalidImportError(path, f"{go_quote(path)} is not a package path; see 'go help packages'")
    if is_meta_package(path):
        raise InvalidImportError(path, f"{go_quote(path)} is not an importable package; see 'go help packages'")
    try:
        check_import_path(path)
    except InvalidPathError as err:
        raise InvalidImportError(path, err) from None


def candidates(ls: State, path: str, rs: Requirements, mg: ModuleGraph | None) -> tuple[ModVersion, ...]:
    """The modules of mg, or without it among the roots, that could have a package by its name, longest path first."""
    memo = rs.candidates if mg is None else mg.candidates
    new: list[str] = []
    found = memo.get(path)
    while found is None:
        new.append(path)
        slash = path.rfind("/")
        path = path[: max(slash, 0)]
        found = memo.get(path) if path else ()
    for prefix in reversed(new):
        if mg is not None:
            v: str | None = mg.selected(prefix)
        else:
            v = rs.root_selected(ls.mains(), prefix)
        # The synthetic module "go" does not hold "go/ast".
        if v is not None and v != "none" and not gover.is_toolchain(prefix):
            found = (ModVersion(prefix, v), *found)
        memo[prefix] = found
    return found


class _Search:
    """One pass over the modules that could have a package."""

    def __init__(self, ls: State, path: str, rs: Requirements, mg: ModuleGraph | None, std_dir: str) -> None:
        self.ls = ls
        self.path = path
        self.mods: list[ModVersion] = []
        self.roots: list[str] = []
        self.dirs: list[str] = []
        self.alt_mods: list[ModVersion] = []
        self.sum_missing: list[ModVersion] = []
        if std_dir:
            in_cmd = path == "cmd" or path.startswith("cmd/")
            self.mods.append(NO_MODULE)
            self.roots.append(f"{ls.goroot_src}/cmd" if in_cmd else ls.goroot_src)
            self.dirs.append(std_dir)
        for mod in candidates(ls, path, rs, mg):
            self._look_in(mod)

    def _look_in(self, mod: ModVersion) -> None:
        ls = self.ls
        try:
            root, is_local = fetch(ls, mod)
        except FATAL:
            raise
        except GokilnError as err:
            if find_error(err, SumMissingError) is None:
                # This module could have the package. Even if another has it, this one might have it too.
                raise
            self.sum_missing.append(mod)
            return
        directory, ok = dir_in_module(ls, self.path, mod.path, root, is_local)
        if ok:
            self.mods.append(mod)
            self.roots.append(root)
            self.dirs.append(directory)
        else:
            self.alt_mods.append(mod)

    def result(self, skip_mod_file: bool) -> Found | None:
        """The package if exactly one module has it, None if none has. Raises the errors for other numbers."""
        if len(self.mods) > 1:
            # They were found longest path first; people read the other way round.
            raise AmbiguousImportError(self.path, self.dirs[::-1], self.mods[::-1])
        if self.sum_missing:
            raise ImportMissingSumError(self.path, self.sum_missing[::-1], bool(self.mods))
        if not self.mods:
            return None
        mod = self.mods[0]
        # Compiling needs the module's Go version, and with a pruned graph nobody may have read its go.mod so far.
        if not skip_mod_file and mod.path and not self.ls.mains().contains(mod.path):
            go_mod_summary(self.ls, mod)
        return Found(mod, self.roots[0], self.dirs[0], self.alt_mods)


def is_standard_package(ls: State, path: str) -> bool:
    """Whether GOROOT/src has a package of this path (a directory with a .go file), or gccgo's library has it."""
    known = ls.std_packages.get(path)
    if known is None and ls.config.flags.compiler == "gccgo":
        if ls.gccgo_library is None:
            from gokiln.config.gccgolib import GccgoLibrary

            ls.gccgo_library = GccgoLibrary(ls.config.env.environ)
        known = ls.std_packages[path] = ls.gccgo_library.has(path)
    if known is None:
        directory = f"{ls.goroot_src}/{path}"
        known = ls.scan.has_go_files(directory)
        if known is None:
            try:
                entries = ls.scan.entries(directory)
            except OSError:
                known = False
            else:
                known = any(e.name.endswith(".go") for e in entries)
        ls.std_packages[path] = known
    return known


def find_standard_import_path(ls: State, path: str) -> str:
    """The directory of a standard package, or ""."""
    if is_standard_import_path(path) and is_standard_package(ls, path):
        return os.path.join(ls.goroot_src, path)
    return ""


def maybe_in_module(path: str, mod_path: str) -> bool:
    """Whether by its name the package could be in the module."""
    return path == mod_path or path.startswith(mod_path + "/")


def fetch(ls: State, mod: ModVersion) -> tuple[str, bool]:
    """(the module's or its replacement's directory, whether that is a local tree); downloads it if need be.

    Raises GokilnError; SumMissingError is in its chain when go.sum has no line and one is needed.
    """
    known = ls.fetched.get(mod)
    if known is None:
        known = ls.fetched[mod] = _fetch(ls, mod)
    return known


def _fetch(ls: State, mod: ModVersion) -> tuple[str, bool]:
    root = ls.mains().mod_root.get(mod, "")
    if root:
        return root, True
    new = replacement(ls, mod)
    if new.path and not new.version:
        directory = new.path if os.path.isabs(new.path) else join(replace_relative_to(ls), new.path)
        try:
            ls.disk.stat(directory)
        except FileNotFoundError as err:
            text = f"replacement directory {new.path} does not exist"
            raise version_error(mod, ModloadError(text)) from err
        except OSError as err:
            text = f"replacement directory {new.path}: stat {directory}: {strerror(err)}"
            raise version_error(mod, ModloadError(text)) from err
        return directory, True
    actual = new if new.path else mod
    if ls.must_have_sums() and not ls.fetcher.have_sum(actual):
        raise version_error(actual, SumMissingError())
    return ls.fetcher.download(actual), False

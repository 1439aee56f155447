"""From the patterns of a command line to the packages they name, filled, with all they import.

Source: cmd/go/internal/load/pkg.go (PackagesAndErrors, GoFilesPackage, mainPackagesOnly, CheckPackageErrors),
go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.disk import go_os_error
from gokiln.base.quote import go_quote
from gokiln.errors import PlainError
from gokiln.events import Text
from gokiln.packages.error import (
    ImportStack,
    LoadFatalError,
    MainPackageError,
    PackageError,
)
from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.loaderror import set_load_error
from gokiln.packages.loadopts import CMDLINE_PKG, CMDLINE_PKG_LITERAL, PackageOpts
from gokiln.packages.package import Package, package_list
from gokiln.packages.pgo import set_pgo_profiles
from gokiln.packages.select import import_files
from gokiln.packages.target import bin_dir, default_exec_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.modules.resolve.match import Match

__all__ = [
    "ImportGraph",
    "PackageOpts",
    "check_package_errors",
    "go_files_package",
    "package_errors",
    "package_list",
    "packages_and_errors",
]


class PackageErrorsError(PlainError):
    """Some packages have errors; str() is all of them, one a line group, as CheckPackageErrors prints."""

    def __init__(self, packages: list[Package]) -> None:
        super().__init__("\n".join(str(p.error).removesuffix("\n") for p in packages))
        self.packages = packages


def packages_and_errors(graph: ImportGraph, opts: PackageOpts, patterns: Sequence[str]) -> list[Package]:
    """The packages named by the patterns, in order. What is wrong with one is in its `error`.

    Raises GokilnError for what stops cmd/go at once (no go.mod, files in two directories).
    """
    cwd = graph.config.cwd
    for pattern in patterns:
        if pattern.endswith(".go"):
            path = os.path.join(cwd, pattern)
            if graph.disk.exists(path) and not graph.disk.is_dir(path):
                packages = [go_files_package(graph, opts, patterns)]
                set_pgo_profiles(graph, packages)
                return packages
    matches = graph.match(opts, patterns)
    packages = _load_matches(graph, opts, matches)
    if opts.main_only:
        packages = _main_only(graph, packages, matches)
    graph.set_tool_flags(packages)
    set_pgo_profiles(graph, packages)
    return packages


def _load_matches(graph: ImportGraph, opts: PackageOpts, matches: Sequence[Match]) -> list[Package]:
    packages: list[Package] = []
    seen: set[Package] = set()
    stack = ImportStack()
    for match in matches:
        mode = CMDLINE_PKG | (CMDLINE_PKG_LITERAL if match.is_literal() else 0)
        for path in match.pkgs or ():
            p, _ = graph.load_import(opts, path, graph.config.cwd, None, stack, None, mode)
            p.match.append(match.pattern)
            if p not in seen:
                seen.add(p)
                packages.append(p)
        if match.errs:
            # The pattern itself is in error: it gets a package of its own to carry it.
            p = Package()
            p.import_path = match.pattern
            set_load_error(p, match.errs[0], match.pattern, ImportStack(), None, graph.short_path)
            p.match.append(match.pattern)
            p.cmdline_pkg = True
            p.cmdline_pkg_literal = match.is_literal()
            packages.append(p)
    return packages


def _main_only(graph: ImportGraph, packages: list[Package], matches: Sequence[Match]) -> list[Package]:
    """The commands among the packages; a library counts, with an error, when it was named without `...`."""
    as_main: set[str] = set()
    for match in matches:
        if match.is_literal():
            as_main.update(match.pkgs or ())
    mains: list[Package] = []
    for p in packages:
        if p.name == "main" or (not p.name and p.error is not None):
            as_main.add(p.import_path)
            mains.append(p)
            continue
        if p.invalid_go_files:
            as_main.add(p.import_path)
        if p.import_path in as_main:
            if p.error is None:
                p.error = PackageError(MainPackageError(p.import_path))
                p.incomplete = True
            mains.append(p)
    for match in matches:
        if not match.is_literal() and match.pkgs and not any(path in as_main for path in match.pkgs):
            text = f"go: warning: {go_quote(match.pattern)} matched only non-main packages\n"
            graph.config.sink.tell(Text(text))
    return mains


def go_files_package(graph: ImportGraph, opts: PackageOpts, files: Sequence[str]) -> Package:
    """The package made of files named on the command line; its path is `command-line-arguments`.

    Raises LoadFatalError when the files are not there, or in different directories.
    """
    p = Package()
    p.local = True
    p.cmdline_files = True
    for file in files:
        if not file.endswith(".go"):
            p.name = file
            p.error = PackageError(f"named files must be .go files: {file}")
            p.incomplete = True
            return p
    directory = _one_directory(graph, files)
    graph.load_imports_of_files(files)
    config = graph.config
    directory = os.path.normpath(os.path.join(config.cwd, directory))
    data = import_files(graph.memo, directory, [os.path.basename(f) for f in files])
    graph.set_place(data, directory)
    graph.fill(p, opts, "command-line-arguments", ImportStack(), None, data, data.error)
    graph.check_path(p, "command-line-arguments", ImportStack(), None)
    p.import_path = "command-line-arguments"
    p.target = ""
    p.match = list(files)
    if p.name == "main":
        where = bin_dir(config)
        p.target = os.path.join(where, default_exec_name(p, config) + config.target.exe_suffix) if where else ""
    if opts.main_only and p.name != "main" and p.error is None:
        p.error = PackageError(MainPackageError(p.import_path))
        p.incomplete = True
    graph.set_tool_flags([p])
    return p


def _one_directory(graph: ImportGraph, files: Sequence[str]) -> str:
    found = ""
    for file in files:
        path = os.path.join(graph.config.cwd, file)
        try:
            is_dir = stat.S_ISDIR(graph.disk.stat(path).st_mode)
        except OSError as err:
            raise LoadFatalError(go_os_error("stat", file, err)) from None
        if is_dir:
            raise LoadFatalError(f"{file} is a directory, should be a Go file")
        directory = os.path.dirname(file) or "."
        directory = os.path.normpath(directory)
        if found and directory != found:
            raise LoadFatalError(f"named files must all be in one directory; have {found} and {directory}")
        found = directory
    return found


def package_errors(packages: Sequence[Package], report: Callable[[Package], None]) -> None:
    """Call report for every package below these that has an error (load.PackageErrors)."""
    if not any(p.incomplete for p in packages):
        return
    for p in package_list(packages):
        if p.error is not None:
            report(p)


def check_package_errors(packages: Sequence[Package]) -> None:
    """Raise PackageErrorsError with every error of the packages and of what they import, if there is any."""
    bad: list[Package] = []
    package_errors(packages, bad.append)
    if bad:
        raise PackageErrorsError(bad)


def packages_outside_module(graph: ImportGraph, opts: PackageOpts, args: Sequence[str]) -> list[Package]:
    """The packages of `pkg@version` arguments, without regard to any go.mod around (PackagesAndErrorsOutsideModule).

    The module loader checks and resolves the arguments (its go.mod becomes the only requirement); then the
    patterns load as usual, and all must come from that module. Raises GokilnError.
    """
    patterns, root = graph.modules.load_outside_module(list(args))
    packages = packages_and_errors(graph, opts, patterns)
    for p in packages:
        text = ""
        shown = f"{root.path}@{root.version}"
        if p.module is None:
            text = f"package {p.import_path} not provided by module {shown}"
        elif (p.module.path, p.module.version) != (root.path, root.version):
            text = (
                f"package {p.import_path} provided by module {p.module.path}@{p.module.version}\n"
                f"\tAll packages must be provided by the same module ({shown})."
            )
        if text and p.error is None:
            p.error = PackageError(text)
            p.incomplete = True
    return packages

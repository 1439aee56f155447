"""Packages that no required module has: which modules to add for them.

In -mod=readonly this ends in the error that says what to run; with -mod=mod the modules are looked up and added.

Source: cmd/go/internal/modload/load.go (resolveMissingImports, preloadRootModules), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, find_error
from gokiln.golang import gover
from gokiln.modules.mvs.errors import BuildListError
from gokiln.modules.resolve.errors import FATAL, ImportMissingError, ModloadError
from gokiln.modules.resolve.imports import import_from_modules
from gokiln.modules.resolve.queryimport import query_import
from gokiln.modules.resolve.roots import update_roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.loadpkg import LoadPkg
    from gokiln.modules.resolve.pkgload import PackageLoader
    from gokiln.modules.version import ModVersion


def add_missing_modules(ld: PackageLoader) -> bool:
    """Add modules to ld.requirements for the packages that are missing; whether any was added. Raises GokilnError."""
    added_by = _resolve_missing_imports(ld)
    if not added_by:
        return False
    to_add = list(added_by)
    gover.mod_sort(to_add)
    try:
        # The packages are known to agree with the requirements already, and the next round settles `direct`.
        rs = update_roots(ld.ls, ld.requirements.direct, ld.requirements, [], to_add, ld.opts.assume_roots_imported)
    except BuildListError as err:
        # The way of imports says more than the way of requirements.
        pkg = added_by.get(err.module())
        if pkg is not None:
            raise ModloadError(f"{pkg.stack_text()}: {err.err}", err.err) from err
        raise
    if rs.roots == ld.requirements.roots:
        raise AssertionError(f"adding {to_add} to the module graph had no effect")
    ld.requirements = rs
    return True


def _resolve_missing_imports(ld: PackageLoader) -> dict[ModVersion, LoadPkg]:
    ls = ld.ls
    found: list[tuple[LoadPkg, ModVersion]] = []
    newest: tuple[gover.TooNewError, LoadPkg] | None = None
    for pkg in ld.pkgs:
        # A missing test is missing with its package.
        if pkg.err is None or pkg.test_of is not None or find_error(pkg.err, ImportMissingError) is None:
            continue
        try:
            found.append((pkg, query_import(ls, pkg.path, ld.requirements)))
        except FATAL:
            raise
        except GokilnError as err:
            _name_importing_module(ld, pkg, err)
            pkg.err = err
            too_new = find_error(err, gover.TooNewError)
            if too_new is not None and (newest is None or gover.compare(too_new.go_version, newest[0].go_version) > 0):
                newest = too_new, pkg
    if newest is not None:
        ls.warn(f"go: toolchain upgrade needed to resolve {newest[1].path}")
        raise newest[0]
    added: dict[ModVersion, LoadPkg] = {}
    for pkg, mod in found:
        ls.warn(f"go: found {pkg.path} in {mod.path} {mod.version}")
        added.setdefault(mod, pkg)
    return added


def _name_importing_module(ld: PackageLoader, pkg: LoadPkg, err: GokilnError) -> None:
    """In a workspace `go get` has to run in the module that imports the package."""
    missing = find_error(err, ImportMissingError)
    if missing is None:
        return
    mms = ld.ls.mains()
    at = pkg.stack
    while at is not None:
        if mms.contains(at.mod.path):
            missing.importing_main_module = at.mod
            missing.mod_root = mms.mod_root[at.mod]
            return
        at = at.stack


def preload_root_modules(ld: PackageLoader, root_pkgs: list[str]) -> bool:
    """Make the modules of the packages that were asked for roots; whether that changed the build list."""
    ls = ld.ls
    need: dict[ModVersion, bool] = {}
    for path in root_pkgs:
        try:
            try:
                m = import_from_modules(ls, path, ld.requirements, None, ld.skip_import_mod_files).mod
            except FATAL:
                raise
            except GokilnError as err:
                if find_error(err, ImportMissingError) is None or not ld.opts.resolve_missing_imports:
                    raise
                m = query_import(ls, path, ld.requirements)
        except FATAL:
            raise
        except GokilnError:
            continue  # told when the package is loaded
        if m.path and ld.requirements.root_selected(ls.mains(), m.path) != m.version:
            need[m] = True
    if not need:
        return False
    to_add = list(need)
    gover.mod_sort(to_add)
    try:
        rs = update_roots(ls, ld.requirements.direct, ld.requirements, [], to_add, ld.opts.assume_roots_imported)
    except FATAL:
        raise
    except GokilnError as err:
        ld.error(err)
        ld.exit_if_errors()
        return False
    if rs.roots == ld.requirements.roots:
        raise AssertionError(f"adding {to_add} to the module graph had no effect")
    ld.requirements = rs
    return True

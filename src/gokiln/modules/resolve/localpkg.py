"""Directories to import paths: local patterns, and files named on the command line.

Source: cmd/go/internal/modload/load.go (matchLocalDirs, resolveLocalPackage, pathInModuleCache, DirImportPath), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import strerror
from gokiln.base.pattern import clean_path, has_file_path_prefix, in_dir
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL, NO_MODULE
from gokiln.modules.resolve.graphread import graph_and_error
from gokiln.modules.resolve.match import Match, match_dirs
from gokiln.modules.resolve.modindex import PRUNED
from gokiln.modules.resolve.packagedirs import dir_in_module
from gokiln.modules.resolve.replacements import join, replace_relative_to, replacement
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.requirements import Requirements
    from gokiln.modules.resolve.state import State


class PackageIsGorootSrcError(GokilnError):
    """GOROOT/src itself was named."""

    def __init__(self) -> None:
        super().__init__("GOROOT/src is not an importable package")


class PackageIsBuiltinError(GokilnError):
    """The documentation package "builtin" was named."""

    def __init__(self) -> None:
        super().__init__('"builtin" is a pseudo-package, not an importable package')


def match_local_dirs(ls: State, mod_roots: list[str], m: Match, rs: Requirements) -> None:
    """match_dirs, unless the pattern starts outside of everything that could have a package."""
    if "..." in m.pattern:
        # A walk of, say, /var can take long: check that it can lead to anything before it starts.
        head = os.path.normpath(m.pattern[: m.pattern.index("...") + 3])
        directory = os.path.dirname(head) or "."
        absolute = os.path.normpath(os.path.join(ls.cwd, directory))
        root = ls.find_module_root(absolute)
        if root not in mod_roots and not in_dir(absolute, ls.goroot_src) and not path_in_module_cache(ls, absolute, rs):
            m.dirs = []
            scope = "main module or its selected dependencies"
            if ls.in_workspace_mode():
                scope = "modules listed in go.work or their selected dependencies"
            m.add_error(f"directory prefix {ls.short_path(absolute)} does not contain {scope}")
            return
    mms = ls.mains()
    ignored: dict[str, list[str]] = {}
    for mod in mms.versions:
        index = mms.indices[mod]
        if index is not None:
            ignored[mms.mod_root[mod]] = index.ignore
    match_dirs(ls, m, mod_roots, ignored)


def resolve_local_package(ls: State, directory: str, rs: Requirements) -> str:
    """The import path of a directory, absolute or relative to the working directory. Raises GokilnError."""
    absolute = os.path.normpath(os.path.join(ls.cwd, directory))
    kind = ls.scan.dir_kind(absolute)
    if kind in ("nogo", "bad"):
        try:
            ls.disk.stat(absolute)
        except FileNotFoundError as err:
            raise GokilnError(f"stat {absolute}: directory not found") from err
        except OSError as err:
            raise GokilnError(f"stat {absolute}: {strerror(err)}") from err
        if kind == "nogo":
            # Not even ignored Go files: some other module might have that path.
            problem = ls.scan.source_package(absolute).error
            assert problem is not None
            raise problem
    mms = ls.mains()
    for mod in mms.versions:
        root = mms.mod_root[mod]
        if root and absolute == root:
            if absolute == ls.goroot_src:
                raise PackageIsGorootSrcError
            return mms.path_prefix[mod]
    found = _in_main_modules(ls, absolute)
    if found:
        return found
    sub = in_dir(absolute, ls.goroot_src)
    if sub and sub != "." and "@" not in sub:
        if sub == "builtin":
            raise PackageIsBuiltinError
        return sub.replace(os.sep, "/")
    found = path_in_module_cache(ls, absolute, rs)
    if not found:
        raise _outside(ls, absolute)
    return found


def _in_main_modules(ls: State, absolute: str) -> str:
    """The import path in the main module that holds the directory, "" if none does."""
    from gokiln.modules.resolve.query_errors import PackageNotInModuleError

    mms = ls.mains()
    not_found: GokilnError | None = None
    longest = ""
    for mod in mms.versions:
        root = mms.mod_root[mod]
        # "@" would be a directory of the module cache.
        if not root or not has_file_path_prefix(absolute, root) or "@" in absolute[len(root) :]:
            continue
        suffix = absolute[len(root) :].lstrip(os.sep).replace(os.sep, "/")
        if suffix.startswith("vendor/"):
            return _vendored(ls, absolute, suffix[len("vendor/") :])
        prefix = mms.path_prefix[mod]
        if not prefix:
            if suffix == "builtin":
                raise PackageIsBuiltinError
            return suffix
        pkg = f"{prefix}/{suffix}"
        if dir_in_module(ls, pkg, prefix, root, True)[1]:
            return pkg
        if len(prefix) > len(longest):
            # Another main module may have it; if not, this is the error.
            longest = prefix
            not_found = PackageNotInModuleError(pkg, main_modules=[mod])
    if not_found is not None:
        raise not_found
    return ""


def _vendored(ls: State, absolute: str, pkg: str) -> str:
    from gokiln.modules.resolve.vendorlist import vendor_list

    if ls.build_mod != "vendor":
        raise GokilnError(f"without -mod=vendor, directory {absolute} has no package path")
    if pkg not in vendor_list(ls).package_module:
        raise GokilnError(f"directory {absolute} is not a package listed in vendor/modules.txt")
    return pkg


def _outside(ls: State, absolute: str) -> GokilnError:
    shown = f"directory {ls.short_path(absolute)}"
    if shown == "directory .":
        shown = "current directory"
    if not ls.in_workspace_mode():
        return GokilnError(f"{shown} outside main module or its selected dependencies")
    root = ls.find_module_root(absolute)
    if root:
        return GokilnError(
            f"{shown} is contained in a module that is not one of the workspace modules listed in go.work."
            f" You can add the module to the workspace using:\n\tgo work use {ls.short_path(root)}"
        )
    return GokilnError(f"{shown} outside modules listed in go.work or their selected dependencies")


def path_in_module_cache(ls: State, directory: str, rs: Requirements) -> str:
    """The import path of a directory in the module cache's copy of a module of the build, or ""."""
    if rs.pruning == PRUNED:
        for m in rs.roots:
            if rs.root_selected(ls.mains(), m.path) == m.version:
                found = _try_mod(ls, directory, m)
                if found:
                    return found
    for m in graph_and_error(ls, rs)[0].build_list():
        found = _try_mod(ls, directory, m)
        if found:
            return found
    return ""


def _try_mod(ls: State, directory: str, m: ModVersion) -> str:
    if gover.is_toolchain(m.path):
        return ""
    new = replacement(ls, m)
    if new.path and not new.version:
        root = new.path if os.path.isabs(new.path) else join(replace_relative_to(ls), new.path)
    else:
        try:
            root = ls.fetcher.download_dir(new if new.path else m)
        except FATAL:
            raise
        except (GokilnError, OSError):
            return ""
    sub = in_dir(directory, root)
    if not sub:
        return ""
    sub = sub.replace(os.sep, "/")
    if "/vendor/" in sub or sub.startswith("vendor/") or "@" in sub:
        return ""
    return clean_path(f"{m.path}/{sub}")


def dir_import_path(ls: State, directory: str) -> tuple[str, ModVersion]:
    """(the import path a directory of a main module would have, that module); (".", NO_MODULE) elsewhere."""
    from gokiln.modules.resolve.modfiles import load_mod_file

    if not ls.has_mod_root():
        return ".", NO_MODULE
    load_mod_file(ls)
    directory = os.path.normpath(os.path.join(ls.cwd, directory))
    mms = ls.mains()
    longest, path, module = "", "", NO_MODULE
    for mod in mms.versions:
        root = mms.mod_root[mod]
        if directory == root:
            return mms.path_prefix[mod], mod
        prefix = mms.path_prefix[mod]
        if has_file_path_prefix(directory, root) and prefix > longest:
            longest, module = prefix, mod
            suffix = directory[len(root) :].lstrip(os.sep).replace(os.sep, "/")
            path = suffix[len("vendor/") :] if suffix.startswith("vendor/") else f"{prefix}/{suffix}"
    return (path, module) if longest else (".", NO_MODULE)

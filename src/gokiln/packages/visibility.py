"""Who may import what: `internal` and `vendor` elements in import paths.

Source: cmd/go/internal/load/pkg.go (disallowInternal, disallowVendor, findInternal, FindVendor), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import has_file_path_prefix, has_path_prefix
from gokiln.base.quote import go_quote
from gokiln.packages.error import ImportPathError, ImportStack, PackageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.packages.package import Package

_FIPS = "crypto/internal/fips140"


def find_internal(path: str) -> int:
    """Where the last element `internal` starts; -1 without one."""
    if path.endswith("/internal"):
        return len(path) - len("internal")
    at = path.rfind("/internal/")
    if at >= 0:
        return at + 1
    return 0 if path == "internal" or path.startswith("internal/") else -1


def find_vendor(path: str) -> int:
    """Where the last element `vendor` that has something below it starts; -1 without one."""
    at = path.rfind("/vendor/")
    if at >= 0:
        return at + 1
    return 0 if path.startswith("vendor/") else -1


def _below(src_dir: str, parent: str) -> bool:
    """Whether src_dir lies in parent, as spelled or with symbolic links followed."""
    if has_file_path_prefix(os.path.normpath(src_dir), os.path.normpath(parent)):
        return True
    return has_file_path_prefix(os.path.realpath(src_dir), os.path.realpath(parent))


def disallow_internal(
    src_dir: str,
    importer: Package | None,
    importer_path: str,
    p: Package,
    stack: ImportStack,
    dir_import_path: Callable[[str], str],
) -> PackageError | None:
    """Why the package may not be imported from src_dir, or None.

    dir_import_path: the import path of a directory in a main module ("." outside), for file arguments.
    """
    if p.error is not None or not importer_path:
        return None
    at = find_internal(p.import_path)
    if at < 0:
        return None
    if has_path_prefix(p.import_path, "testing/internal") and importer_path == "testmain":
        return None
    if p.standard and importer_path.startswith("bootstrap/"):
        return None
    if at > 0:
        at -= 1
    if _internal_allowed(src_dir, importer, importer_path, p, at, dir_import_path):
        return None
    err = ImportPathError(p.import_path, f"use of internal package {p.import_path} not allowed")
    return PackageError(err, stack.copy(), always_print_stack=True)


def _internal_allowed(
    src_dir: str,
    importer: Package | None,
    importer_path: str,
    p: Package,
    at: int,
    dir_import_path: Callable[[str], str],
) -> bool:
    # Snapshots of the FIPS 140 code lie outside GOROOT, so they have rules of their own.
    if has_path_prefix(importer_path, "crypto") and has_path_prefix(p.import_path, _FIPS):
        return True
    if has_path_prefix(importer_path, _FIPS):
        return has_path_prefix(p.import_path, "crypto/internal")
    if p.module is None:
        return _below(src_dir, p.dir[: at + len(p.dir) - len(p.import_path)])
    if importer is not None and importer.cmdline_files:
        importer_path = dir_import_path(importer.dir)
    return has_path_prefix(importer_path, p.import_path[:at])


def disallow_vendor(src_dir: str, path: str, importer_path: str, p: Package, stack: ImportStack) -> PackageError | None:
    """Why a vendored package may not be imported from src_dir as path, or None."""
    if not importer_path:
        return None
    at = find_vendor(p.import_path)
    if at >= 0:
        at = max(at - 1, 0)
        cut = at + len(p.dir) - len(p.import_path)
        if 0 <= cut <= len(p.dir) and not _below(src_dir, p.dir[:cut]):
            return PackageError("use of vendored package not allowed", stack.copy())
    at = find_vendor(path)
    if at >= 0:
        text = f"{path} must be imported as {path[at + len('vendor/') :]}"
        return PackageError(ImportPathError(path, text), stack.copy())
    return None


def disallow_kind(path: str, parent: Package, p: Package, stack: ImportStack) -> PackageError | None:
    """Why parent may not import p for what it is: a program, or named by a directory; or None."""
    if p.name == "main" and parent.dir != p.dir:
        text = f"import {go_quote(path)} is a program, not an importable package"
    elif p.local and not parent.local:
        current = path == "."
        text = (
            f"{path}: cannot import current directory"
            if current
            else f"local import {go_quote(path)} in non-local package"
        )
    else:
        return None
    return PackageError(ImportPathError(path, text), stack.copy())

"""Packages at a version, outside of any module: `install pkg@version`, `run pkg@version`.

The module that has the packages becomes the only requirement of a main module that does not exist.

Source: cmd/go/internal/load/pkg.go (PackagesAndErrorsOutsideModule), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import clean_path, clean_patterns, is_local_import, is_meta_package
from gokiln.errors import GokilnError
from gokiln.modules.resolve.edit import edit_build_list
from gokiln.modules.resolve.errors import FATAL, ModloadError, short_message
from gokiln.modules.resolve.imports import find_standard_import_path
from gokiln.modules.resolve.modfiles import load_mod_file
from gokiln.modules.resolve.query import is_revision_query
from gokiln.modules.resolve.querypattern import query_packages
from gokiln.modules.resolve.retract import check_allowed, check_deprecation
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State


def load_outside_module(ls: State, args: list[str]) -> tuple[list[str], ModVersion]:
    """(patterns without their versions, the module that has the first). Raises GokilnError."""
    version, first = _version_of(args)
    patterns = clean_patterns(_pattern_of(ls, arg, version) for arg in args)
    load_mod_file(ls)

    def allowed(m: ModVersion) -> None:
        # A revision asked for by name may be retracted.
        if not is_revision_query(first, version):
            check_allowed(ls, m)

    try:
        mod = query_packages(ls, patterns[0], version, lambda path: "none", allowed)[0].mod
        deprecation = check_deprecation(ls, mod)
        if deprecation:
            ls.warn(f"go: module {mod.path} is deprecated: {short_message(deprecation, '')}")
        data = ls.fetcher.go_mod_data(mod)
    except FATAL:
        raise
    except GokilnError as err:
        raise ModloadError(f"{args[0]}: {err}", err) from err
    _check_go_mod(args[0], mod, data)
    try:
        edit_build_list(ls, [], [mod])
    except FATAL:
        raise
    except GokilnError as err:
        raise ModloadError(f"{args[0]}: {err}", err) from err
    return patterns, mod


def _version_of(args: list[str]) -> tuple[str, str]:
    """(the version, the path before it) of the first argument that has one."""
    for arg in args:
        path, at, version = arg.partition("@")
        if at:
            if not version:
                raise GokilnError(f"{arg}: version must not be empty")
            return version, path
    return "", ""


def _pattern_of(ls: State, arg: str, version: str) -> str:
    suffix = "@" + version
    if not arg.endswith(suffix):
        raise GokilnError(
            f"{arg}: all arguments must refer to packages in the same module at the same version ({suffix})"
        )
    path = arg[: -len(suffix)]
    problem = ""
    if is_local_import(path):
        problem = "argument must be a package path, not a relative path"
    elif os.path.isabs(path):
        problem = "argument must be a package path, not an absolute path"
    elif is_meta_package(path):
        problem = "argument must be a package path, not a meta-package"
    elif clean_path(path) != path:
        problem = "argument must be a clean package path"
    elif "..." not in path and find_standard_import_path(ls, path):
        problem = "argument must not be a package in the standard library"
    if problem:
        raise GokilnError(f"{arg}: {problem}")
    return path


def _check_go_mod(arg: str, mod: ModVersion, data: bytes) -> None:
    """Refuse a go.mod that would mean something else if it were the main module's."""
    from gokiln.modules.modfile.rule import parse

    try:
        file = parse("go.mod", data)
    except GokilnError as err:
        raise ModloadError(f"{arg} (in {show(mod)}): {err}", err) from err
    for found, name in ((file.replace, "replace"), (file.exclude, "exclude")):
        if found:
            raise GokilnError(
                f"{arg} (in {show(mod)}):\n"
                "\tThe go.mod file for the module providing named packages contains one or\n"
                f"\tmore {name} directives. It must not contain directives that would cause\n"
                "\tit to be interpreted differently than if it were the main module."
            )

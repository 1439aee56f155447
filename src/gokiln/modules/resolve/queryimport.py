"""Which module could be added to provide a package: replacements first, then a lookup, where -mod allows one.

Source: cmd/go/internal/modload/import.go (queryImport), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import is_standard_import_path
from gokiln.errors import GokilnError, find_error, is_not_exist
from gokiln.golang import gover
from gokiln.golang.modpath import is_valid_path, split_path_version
from gokiln.golang.pseudo import is_zero_pseudo_version, zero_pseudo_version
from gokiln.modules.resolve.errors import FATAL, ImportMissingSumError, SumMissingError
from gokiln.modules.resolve.graphread import module_graph
from gokiln.modules.resolve.imports import fetch, maybe_in_module
from gokiln.modules.resolve.packagedirs import dir_in_module, missing
from gokiln.modules.resolve.query_errors import PackageNotInModuleError
from gokiln.modules.resolve.replacements import replacement
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.requirements import Requirements
    from gokiln.modules.resolve.state import State


def query_import(ls: State, path: str, rs: Requirements) -> ModVersion:
    """The module to add for the package at path. Raises ImportMissingError and what looking up raises."""
    found = _from_replacements(ls, path, rs)
    if found is not None:
        return found
    if is_standard_import_path(path):
        # Reserved for the standard library: no lookup can find it.
        raise missing(ls, path, is_std=True)
    if ls.build_mod in ("readonly", "vendor") and not ls.allow_missing_module_imports:
        query_err = None
        if ls.build_mod_explicit:
            query_err = GokilnError(f"import lookup disabled by -mod={ls.build_mod}")
        elif ls.build_mod_reason:
            query_err = GokilnError(f"import lookup disabled by -mod={ls.build_mod}\n\t({ls.build_mod_reason})")
        raise missing(ls, path, query_err=query_err)
    return _lookup(ls, path, rs)


def _from_replacements(ls: State, path: str, rs: Requirements) -> ModVersion | None:
    mods: list[ModVersion] = []
    for mod_path, version in ls.mains().highest_replaced.items():
        if not maybe_in_module(path, mod_path):
            continue
        if not version:
            # Replaced at all versions: a version below all real ones, that anyone can upgrade.
            _, path_major, ok = split_path_version(mod_path)
            version = zero_pseudo_version(path_major[1:] if ok and path_major else "v0")
        if gover.mod_compare(mod_path, module_graph(ls, rs).selected(mod_path), version) < 0:
            mods.append(ModVersion(mod_path, version))
    mods.sort(key=lambda m: -len(m.path))
    for m in mods:
        try:
            root, is_local = fetch(ls, m)
        except FATAL:
            raise
        except GokilnError as err:
            if find_error(err, SumMissingError) is not None:
                raise ImportMissingSumError(path, [], False) from err
            raise
        if dir_in_module(ls, path, m.path, root, is_local)[1]:
            if ls.build_mod == "readonly":
                err_missing = missing(ls, path, replaced=m)
                err_missing.replaced_is_zero_pseudo = is_zero_pseudo_version(m.version)
                raise err_missing
            return m
    if mods and not is_valid_path(path):
        # It can only be in a replaced module, and it is not.
        raise PackageNotInModuleError(path, mod=mods[0], query="latest", replacement=replacement(ls, mods[0]))
    return None


def _lookup(ls: State, path: str, rs: Requirements) -> ModVersion:
    from gokiln.modules.resolve.querypattern import query_packages
    from gokiln.modules.resolve.retract import check_allowed

    ls.warn(f"go: finding module for package {path}")
    mg = module_graph(ls, rs)
    try:
        candidates = query_packages(ls, path, "latest", mg.selected, lambda m: check_allowed(ls, m))
    except FATAL:
        raise
    except GokilnError as err:
        if is_not_exist(err):
            raise missing(ls, path, query_err=err) from err
        raise
    newer = ""
    for i, candidate in enumerate(candidates):
        # We may depend on a newer version already, which does not have the package any more.
        v = mg.selected(candidate.mod.path)
        if gover.mod_compare(candidate.mod.path, v, candidate.mod.version) > 0:
            if i == 0:
                newer = v
            continue
        return candidate.mod
    raise missing(ls, path, module=candidates[0].mod, new_missing_version=newer)

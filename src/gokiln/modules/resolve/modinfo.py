"""What is shown of a module: to `list -m`, in a package's Module field, and in a program's build information.

Source: cmd/go/internal/modload/build.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError, find_error, is_disallowed, is_not_exist
from gokiln.golang import gover
from gokiln.modules.resolve.cachedinfo import cached_info
from gokiln.modules.resolve.errors import FATAL, ModuleRetractedError
from gokiln.modules.resolve.graphread import module_graph
from gokiln.modules.resolve.imports import fetch, find_standard_import_path
from gokiln.modules.resolve.modfiles import load_mod_file
from gokiln.modules.resolve.modindex import PRUNED
from gokiln.modules.resolve.replacements import join, replace_relative_to, replacement
from gokiln.modules.resolve.summaries import mod_key, raw_go_mod_summary
from gokiln.modules.version import ModulePublic, ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.modules.fetch.revinfo import Origin
    from gokiln.modules.resolve.requirements import Requirements
    from gokiln.modules.resolve.state import State

# What `list -m` is to add (modload.ListMode).
LIST_U, LIST_RETRACTED, LIST_DEPRECATED, LIST_VERSIONS, LIST_RETRACTED_VERSIONS = 1, 2, 4, 8, 16


def _find_module(ls: State, path: str) -> ModVersion | None:
    pkg = ls.loaded.pkg_cache.get(path) if ls.loaded is not None else None
    return pkg.mod if pkg is not None and pkg.mod.path else None


def package_module_info(ls: State, path: str) -> ModulePublic | None:
    """The module of a loaded package; None for the standard library and what was not loaded. Shared: do not change."""
    mod = _find_module(ls, path)
    if mod is None or find_standard_import_path(ls, path):
        return None
    rs = load_mod_file(ls)
    key = (id(rs), mod)
    info = ls.infos.get(key)
    if info is None:
        info = ls.infos[key] = module_info(ls, rs, mod)
    return info


def package_mod_root(ls: State, path: str) -> str:
    """The root directory of the module of a loaded package, or ""."""
    if ls.build_mod == "vendor":
        return ""
    mod = _find_module(ls, path)
    if mod is None or find_standard_import_path(ls, path):
        return ""
    try:
        return fetch(ls, mod)[0]
    except FATAL:
        raise
    except GokilnError:
        return ""


def module_info_for(ls: State, arg: str) -> ModulePublic:
    """What is known of `path` or `path@version` (modload.ModuleInfo). Raises GokilnError without a module graph."""
    try:
        path, version, found = parse_path_version(arg)
    except GokilnError as err:
        info = ModulePublic(arg)
        info.error = str(err)
        return info
    if found:
        return module_info(ls, None, ModVersion(path, version))
    rs = load_mod_file(ls)
    v = rs.root_selected(ls.mains(), path) if rs.pruning == PRUNED else None
    if v is None:
        v = module_graph(ls, rs).selected(path)
    if v == "none":
        info = ModulePublic(path)
        info.error = "module not in current build"
        return info
    return module_info(ls, rs, ModVersion(path, v))


def parse_path_version(arg: str) -> tuple[str, str, bool]:
    """(path, version, whether there is an @). Raises GokilnError for a version that could pass for a flag."""
    path, at, version = arg.partition("@")
    if not at:
        return arg, "", False
    if version[:1] in ("-", "/"):
        from gokiln.base.quote import go_quote

        raise GokilnError(f"invalid module version {go_quote(version)}")
    return path, version, True


def module_info(
    ls: State,
    rs: Requirements | None,
    m: ModVersion,
    mode: int = 0,
    reuse: Mapping[ModVersion, ModulePublic] | None = None,
) -> ModulePublic:
    """What is known of m. rs: the requirements it is selected by; None for a version asked for by itself."""
    mms = ls.mains()
    if not m.version and mms.contains(m.path):
        return _main_info(ls, m)
    info = ModulePublic(m.path, m.version)
    info.indirect = rs is not None and not rs.direct.get(m.path)
    info.go_version = ls.raw_go_version.get(m, "")
    if rs is None:
        # Asked for by its version: show that, not what replaces it.
        _complete(ls, rs, info, mode, reuse)
        return info
    new = replacement(ls, m)
    if not new.path:
        if ls.build_mod != "vendor":
            _complete(ls, rs, info, mode, reuse)
        return info
    # The time and so on of a replaced module are not worth asking the network for.
    other = info.replace = ModulePublic(new.path, new.version)
    other.go_version = ls.raw_go_version.get(m, "")
    if not new.version:
        other.dir = new.path if os.path.isabs(new.path) else join(replace_relative_to(ls), new.path)
        other.go_mod = os.path.join(other.dir, "go.mod")
    if ls.build_mod != "vendor":
        _complete(ls, rs, other, mode, reuse)
        info.dir = other.dir
        info.go_mod = other.go_mod
        info.retracted = other.retracted
    info.go_version = other.go_version
    return info


def _main_info(ls: State, m: ModVersion) -> ModulePublic:
    info = ModulePublic(m.path)
    info.main = True
    info.go_version = ls.raw_go_version[m]
    root = ls.mains().mod_root[m]
    if root:
        info.dir = root
        info.go_mod = ls.mod_file_shown(root)
    return info


def _complete(
    ls: State,
    rs: Requirements | None,
    info: ModulePublic,
    mode: int,
    reuse: Mapping[ModVersion, ModulePublic] | None,
) -> None:
    """Fill in what the module cache knows."""
    if gover.is_toolchain(info.path):
        return
    mod = ModVersion(info.path, info.version)
    if info.version:
        if reuse is not None and mod in reuse and _reused(ls, info, reuse[mod]):
            return
        _stat(ls, info)
    need_sum = rs is not None and ls.must_have_sums()
    mod_ok = not info.version or not need_sum or ls.fetcher.have_sum(mod_key(ModVersion(info.path, info.version)))
    if not info.go_version and mod_ok:
        _add_go_version(ls, info, mod)
    if not info.version:
        return
    if mod_ok:
        try:
            go_mod = ls.fetcher.cache_path(mod, "mod")
        except GokilnError:
            go_mod = ""
        if go_mod and os.path.isfile(go_mod):
            info.go_mod = go_mod
        info.go_mod_sum = ls.fetcher.recorded_sum(mod_key(mod)) or ""
    if not need_sum or ls.fetcher.have_sum(ModVersion(info.path, info.version)):
        try:
            info.dir = ls.fetcher.download_dir(mod)
        except FATAL:
            raise
        except GokilnError:
            info.dir = ""
        info.sum = ls.fetcher.recorded_sum(mod) or ""
    if mode & LIST_RETRACTED:
        add_retraction(ls, info)


def _stat(ls: State, info: ModulePublic) -> None:
    """The canonical version and its time; from the module cache when the version is canonical already."""
    rev = cached_info(ls, info.path, info.version)
    if rev is None:
        from gokiln.modules.resolve.query import query

        try:
            rev = query(ls, info.path, info.version, "", None)
        except FATAL:
            raise
        except GokilnError as err:
            info.error = str(err)
            return
    info.version = rev.version
    info.time = rev.time


def _add_go_version(ls: State, info: ModulePublic, mod: ModVersion) -> None:
    try:
        summary = raw_go_mod_summary(ls, mod)
    except FATAL:
        raise
    except GokilnError:
        return
    if summary.too_new is None and summary.go_version:
        info.go_version = summary.go_version


def _reused(ls: State, info: ModulePublic, old: ModulePublic) -> bool:
    from gokiln.modules.resolve.query import check_reuse

    try:
        check_reuse(ls, ModVersion(info.path, info.version), old.origin)
    except FATAL:
        raise
    except GokilnError:
        return False
    for name in ModulePublic.__slots__:
        setattr(info, name, getattr(old, name))
    info.query = ""
    info.dir = ""
    return True


# What -u, -versions and -retracted add


def add_update(ls: State, m: ModulePublic) -> None:
    """Fill in m.update if there is a newer version."""
    from gokiln.modules.resolve.query import query
    from gokiln.modules.resolve.query_errors import NoMatchingVersionError
    from gokiln.modules.resolve.retract import check_allowed

    if not m.version:
        return
    try:
        rev = query(ls, m.path, "upgrade", m.version, lambda mod: check_allowed(ls, mod))
    except FATAL:
        raise
    except GokilnError as err:
        # No such version at all, or only excluded and retracted ones, is no news. Other errors are: who controls
        # the network must not be able to hide a version.
        known = find_error(err, NoMatchingVersionError) is not None or is_not_exist(err) or is_disallowed(err)
        if not known and m.error is None:
            m.error = str(err)
        return
    if gover.mod_compare(m.path, rev.version, m.version) > 0:
        m.update = ModulePublic(m.path, rev.version)
        m.update.time = rev.time


def add_versions(ls: State, m: ModulePublic, list_retracted: bool) -> None:
    """Fill in m.versions; without retracted ones unless they are asked for."""
    from gokiln.modules.fetch.revinfo import merge_origin
    from gokiln.modules.resolve.query import versions
    from gokiln.modules.resolve.retract import check_allowed, check_exclusions

    def allowed(mod: ModVersion) -> None:
        if list_retracted:
            check_exclusions(ls, mod)
        else:
            check_allowed(ls, mod)

    origin: Origin | None = None
    try:
        m.versions, origin = versions(ls, m.path, allowed)
    except FATAL:
        raise
    except GokilnError as err:
        m.versions = []
        if m.error is None:
            m.error = str(err)
    m.origin = merge_origin(m.origin, origin)


def add_retraction(ls: State, m: ModulePublic) -> None:
    """Fill in m.retracted; m.error if that could not be found out."""
    from gokiln.modules.resolve.query_errors import NoMatchingVersionError
    from gokiln.modules.resolve.retract import check_retractions

    if not m.version:
        return
    try:
        check_retractions(ls, ModVersion(m.path, m.version))
    except FATAL:
        raise
    except GokilnError as err:
        if find_error(err, NoMatchingVersionError) is not None or is_not_exist(err):
            return
        retracted = find_error(err, ModuleRetractedError)
        if retracted is not None:
            m.retracted = retracted.rationale or ["retracted by module author"]
        elif m.error is None:
            m.error = str(err)


def add_deprecation(ls: State, m: ModulePublic) -> None:
    """Fill in m.deprecated; m.error if that could not be found out."""
    from gokiln.modules.resolve.query_errors import NoMatchingVersionError
    from gokiln.modules.resolve.retract import check_deprecation

    try:
        m.deprecated = check_deprecation(ls, ModVersion(m.path, m.version))
    except FATAL:
        raise
    except GokilnError as err:
        if find_error(err, NoMatchingVersionError) is None and not is_not_exist(err) and m.error is None:
            m.error = str(err)

"""What wildcards among the arguments of `go get` mean: asked again whenever the build list has grown.

Source: cmd/go/internal/modget/get.go (queryWildcard, performWildcardQueries, findMissingWildcards,
checkWildcardVersions), go1.26.
"""

from __future__ import annotations

from functools import partial

from gokiln.errors import GokilnError
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.getarguments import main_error, query_none
from gokiln.modules.resolve.getquery import PathSet, Query, error_set, report_error, version_ok_for_main_module
from gokiln.modules.resolve.query_errors import (
    QueryMatchesPackagesInMainModuleError,
    is_no_such_module_version,
    is_no_such_package_version,
)
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.getresolver import Resolver


def perform_wildcard_queries(r: Resolver) -> None:
    """Ask about every module of the build list that a wildcard could mean; again whenever it has grown."""
    r.side_by_side(r.wildcard_queries, lambda q: query_none(r, q) if q.version == "none" else _query_wildcard(r, q))


def _query_wildcard(r: Resolver, q: Query) -> None:
    for m in r.build_list:
        if q.can_match_in_module(m.path):
            q.path_once(m.path, partial(_wildcard_in, r, q, m))


def _wildcard_in(r: Resolver, q: Query, m: ModVersion) -> PathSet:
    """What a wildcard means in a module of the build list."""
    if r.is_removed(m.path):
        return PathSet()
    if r.ls.mains().contains(m.path) and not version_ok_for_main_module(q.version):
        return _wildcard_in_main(r, q, m)
    try:
        found = r.query_module(m.path, q.version, r.initial_selected)
    except FATAL:
        raise
    except GokilnError as err:
        # No such version: perhaps another query lowers or drops the module; check_wildcard_versions will see.
        return PathSet() if is_no_such_module_version(err) else error_set(err)
    return _try_wildcard(r, q, found)


def _wildcard_in_main(r: Resolver, q: Query, m: ModVersion) -> PathSet:
    if q.matches_path(m.path):
        return main_error(r, q, m.path)
    packages, err = r.match_in_module(q.pattern, m)
    if err is not None:
        return error_set(err)
    if packages:
        return error_set(QueryMatchesPackagesInMainModuleError(q.pattern, q.version, packages, False))
    return _try_wildcard(r, q, m)


def _try_wildcard(r: Resolver, q: Query, m: ModVersion) -> PathSet:
    """The module at the version asked for: for its packages, or only for its path."""
    packages, err = r.match_in_module(q.pattern, m)
    if err is not None:
        return error_set(err)
    if packages:
        return PathSet([m])
    return PathSet(mod=m) if q.matches_path(m.path) else PathSet()


def find_missing_wildcards(r: Resolver) -> None:
    """Look for modules outside of the build list for wildcards that matched no package in it."""
    missing = [q for q in r.wildcard_queries if q.version != "none" and not q.matches_packages]
    r.side_by_side(missing, lambda q: q.path_once(q.pattern, lambda: _new_for_wildcard(r, q)))


def _new_for_wildcard(r: Resolver, q: Query) -> PathSet:
    try:
        return r.query_pattern(q)
    except FATAL:
        raise
    except GokilnError as err:
        # As a pattern of modules it has been answered already.
        return PathSet() if is_no_such_package_version(err) and q.resolved else error_set(err)


def check_wildcard_versions(r: Resolver) -> None:
    """Report modules that match a wildcard but not at the version asked for. Raises PlainError."""
    for q in r.wildcard_queries:
        for m in r.build_list:
            if q.can_match_in_module(m.path):
                _check_wildcard(r, q, m)
    r.ls.exit_if_errors()


def _check_wildcard(r: Resolver, q: Query, m: ModVersion) -> None:
    """Report m unless it is at the version that the query asks for."""
    ls = r.ls
    if not q.matches_path(m.path):
        packages, err = r.match_in_module(q.pattern, m)
        if not packages:
            if err is not None:
                report_error(ls, q, err)
            return
    try:
        found = r.query_module(m.path, q.version, r.initial_selected)
    except FATAL:
        raise
    except GokilnError as query_err:
        report_error(ls, q, query_err)
        return
    if found.version == m.version:
        return
    if not q.matches_path(m.path):
        packages, err = r.match_in_module(q.pattern, found)
        if err is not None:
            report_error(ls, q, err)
            return
        if not packages:
            at = show(found) if found.version == q.version else f"{m.path}@{q.version} ({found.version})"
            text = f"{q} matches packages in {show(m)} but not {at}: specify a different version for module"
            report_error(ls, q, GokilnError(f"{text} {m.path}"))
            return
    report_error(ls, q, GokilnError(f"internal error: selected {show(m)} instead of {found.version}"))

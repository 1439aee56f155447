"""Choosing among candidates, and making the build list follow (modget's resolveQueries and what it calls).

Source: cmd/go/internal/modget/get.go, go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.modules.resolve.conflict import ConstraintError
from gokiln.modules.resolve.edit import edit_build_list
from gokiln.modules.resolve.errors import NO_MODULE, JoinedError, newest_too_new
from gokiln.modules.resolve.getarguments import perform_first_queries
from gokiln.modules.resolve.getquery import PathSet, Query, VersionReason, report_conflict, report_error
from gokiln.modules.resolve.getwildcards import (
    check_wildcard_versions,
    find_missing_wildcards,
    perform_wildcard_queries,
)
from gokiln.modules.resolve.query_errors import QueryMatchesMainModulesError
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.modules.resolve.getresolver import Resolver

_UPGRADES_SWITCH_SINCE = 27  # minor release in which an upgrade for an import may ask for another toolchain, too


def settle(r: Resolver) -> None:
    """Resolve all queries and change the build list until both stand still. Raises GokilnError."""
    perform_first_queries(r)
    states: set[object] = set()
    while True:
        _check_progress(r, states)
        perform_wildcard_queries(r)
        r.perform_pattern_all_queries()
        if resolve_queries(r, r.queries):
            continue
        if apply_upgrades(r, r.find_and_upgrade_imports()):
            continue
        find_missing_wildcards(r)
        if not resolve_queries(r, r.wildcard_queries):
            break
    check_wildcard_versions(r)


def _check_progress(r: Resolver, states: set[object]) -> None:
    """Raise GokilnError when everything is as it was in an earlier round: cmd/go goes on for ever then."""
    rs = r.ls.requirements
    assert rs is not None
    matching = tuple(q.matches_packages for q in r.queries)
    seen = sum(q.paths_seen() for q in r.queries)
    state = (tuple(rs.roots), rs.pruning, len(r.resolved_version), seen, matching)
    if state in states:
        raise GokilnError(
            "the versions asked for lead in a circle: each upgrade of an import is undone by another requirement"
        )
    states.add(state)


def resolve_queries(r: Resolver, queries: Sequence[Query]) -> bool:
    """Settle the candidates of the queries; whether the build list changed. Raises PlainError."""
    resolved = 0
    _raise_too_new(r, [candidates for q in queries for candidates in q.candidates])
    while True:
        count = resolved
        for q in queries:
            resolved += _resolve_unique(r, q)
        r.ls.exit_if_errors()
        if resolved == count:
            break
    # A changed build list may decide what is ambiguous now.
    if resolved and update_build_list(r, []):
        return True
    arbitrary = 0
    for q in queries:
        for candidates in q.candidates:
            is_package, m = choose_arbitrarily(r, candidates)
            q.matches_packages = q.matches_packages or is_package
            resolve(r, q, m)
            arbitrary += 1
    r.ls.exit_if_errors()
    return bool(arbitrary) and update_build_list(r, [])


def _raise_too_new(r: Resolver, sets: Sequence[PathSet]) -> None:
    """Where another toolchain may be chosen, what asks for the newest one goes before all other errors."""
    setting = r.ls.startup.gotoolchain
    if not (setting in ("auto", "path") or setting.endswith(("+auto", "+path"))):
        return
    errors = [candidates.err for candidates in sets if candidates.err is not None]
    newest = newest_too_new(JoinedError(errors))
    if newest is not None:
        raise newest


def _resolve_unique(r: Resolver, q: Query) -> int:
    """Settle q's candidates that leave no choice; how many."""
    resolved = 0
    unresolved: list[PathSet] = []
    for candidates in q.candidates:
        if candidates.err is not None:
            report_error(r.ls, q, candidates.err)
            resolved += 1
            continue
        filtered, is_package, m = disambiguate(r, candidates)
        if filtered is not None:
            unresolved.append(filtered)
            continue
        if not m.path:
            # Nothing is possible: take any candidate, so that the conflict is told.
            is_package, m = choose_arbitrarily(r, candidates)
        q.matches_packages = q.matches_packages or is_package
        resolve(r, q, m)
        resolved += 1
    q.candidates = unresolved
    return resolved


def apply_upgrades(r: Resolver, upgrades: list[PathSet]) -> bool:
    """Add modules for imports, as far as what is resolved allows; whether the build list changed."""
    if r.ls.config.toolchain.release.minor >= _UPGRADES_SWITCH_SINCE:
        _raise_too_new(r, upgrades)
    tentative: list[ModVersion] = []
    for candidates in upgrades:
        if candidates.err is not None:
            r.ls.report(candidates.err)
            continue
        filtered, _, m = disambiguate(r, candidates)
        if filtered is not None:
            m = choose_arbitrarily(r, filtered)[1]
        if m.path:
            tentative.append(m)
    r.ls.exit_if_errors()
    return update_build_list(r, tentative)


def disambiguate(r: Resolver, candidates: PathSet) -> tuple[PathSet | None, bool, ModVersion]:
    """(None, whether it is for a package, the only possible module or NO_MODULE), or what is left, with two or more."""
    mains = r.ls.mains()
    filtered = PathSet(path=candidates.path)
    for m in candidates.pkg_mods:
        if r.is_removed(m.path):
            continue
        if mains.contains(m.path):
            if not m.version:
                return None, True, m
            continue  # a main module is at its own version only
        settled = r.resolved_version.get(m.path)
        if settled is None:
            filtered.pkg_mods.append(m)
        elif settled.version == m.version:
            # It is selected at this version: another module for the package would make the import ambiguous.
            return None, True, m
    if candidates.mod != NO_MODULE:
        settled = r.resolved_version.get(candidates.mod.path)
        if settled is None or settled.version == candidates.mod.version:
            filtered.mod = candidates.mod
    if len(filtered.pkg_mods) == 1 and filtered.mod in (NO_MODULE, filtered.pkg_mods[0]):
        return None, True, filtered.pkg_mods[0]
    if not filtered.pkg_mods:
        return None, False, filtered.mod
    return filtered, False, NO_MODULE


def choose_arbitrarily(r: Resolver, candidates: PathSet) -> tuple[bool, ModVersion]:
    """(whether it is for a package, a module): one of the build list first, then the longest path."""
    for m in candidates.pkg_mods:
        if r.initial_selected(m.path) != "none":
            return True, m
    if candidates.pkg_mods:
        return True, candidates.pkg_mods[0]
    return False, candidates.mod


def resolve(r: Resolver, q: Query, m: ModVersion) -> None:
    """Note that m must be at its version because of q, or report that another query forbids it."""
    mains = r.ls.mains()
    if mains.contains(m.path) and m.version:
        err = QueryMatchesMainModulesError([ModVersion(m.path)], q.pattern, q.version, mains.contains(q.pattern))
        report_error(r.ls, q, err)
        return
    settled = r.resolved_version.get(m.path)
    if settled is not None and settled.version != m.version:
        report_conflict(r.ls, q, m, settled)
        return
    r.resolved_version[m.path] = VersionReason(m.version, q)
    q.resolved.append(m)


def update_build_list(r: Resolver, additions: list[ModVersion]) -> bool:
    """Select what is resolved, and `additions` as far as possible; whether the build list changed.

    Raises PlainError with the conflicts, in terms of the arguments.
    """
    ls = r.ls
    mains = ls.mains()
    resolved = [
        ModVersion(path, settled.version) for path, settled in r.resolved_version.items() if not mains.contains(path)
    ]
    try:
        if not edit_build_list(ls, additions, resolved):
            return False
    except ConstraintError as err:
        _report_conflicts(r, err)
        ls.exit_if_errors()
        return False
    r.set_build_list()
    return True


def _report_conflicts(r: Resolver, err: ConstraintError) -> None:
    ls = r.ls
    if ls.config.flags.v:
        for conflict in err.conflicts:
            ls.warn(f"go: {conflict.text()}")
    for conflict in err.conflicts:
        adverb = "indirectly " if len(conflict.path) > 2 else ""
        first, last = _reason(r, conflict.path[0]), show(conflict.path[-1])
        if conflict.err is not None:
            ls.report(f"{first} {adverb}requires {last}: {conflict.unwrapped()}")
        else:
            ls.report(f"{first} {adverb}requires {last}, not {_reason(r, conflict.constraint)}")


def _reason(r: Resolver, m: ModVersion) -> str:
    settled = r.resolved_version.get(m.path)
    if settled is None:
        return f"(INTERNAL ERROR: no reason found for {show(m)})"
    return settled.reason.resolved_string(ModVersion(m.path, settled.version))

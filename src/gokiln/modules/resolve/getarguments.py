"""What the arguments of `go get` mean that do not depend on each other: directories, paths, `tool` and `work`.

Each function asks about one argument and says which modules it leads to; the Resolver keeps the answers with the query.

Source: cmd/go/internal/modget/get.go (performLocalQueries, performPathQueries, performToolQueries, performWorkQueries,
queryNone), go1.26.
"""

from __future__ import annotations

import os
from functools import partial

from gokiln.base.pattern import is_standard_import_path
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.modules.resolve.errors import FATAL, NO_MODULE
from gokiln.modules.resolve.getmatch import match_in_module
from gokiln.modules.resolve.getquery import PathSet, Query, error_set
from gokiln.modules.resolve.localpkg import dir_import_path
from gokiln.modules.resolve.match import warn_unmatched
from gokiln.modules.resolve.query_errors import QueryMatchesMainModulesError
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.getresolver import Resolver


def perform_first_queries(r: Resolver) -> None:
    """All queries whose answer does not depend on other queries."""
    for q in r.local_queries:
        q.path_once(q.pattern, partial(_query_local, r, q))
    r.side_by_side(r.path_queries, partial(_perform_path, r))
    for q in r.by_meta["tool"]:
        for tool in r.ls.mains().tools:
            q.path_once(tool, partial(r.packages_or_error, tool, q.version, r.initial_selected))
    for q in r.by_meta["work"]:
        q.path_once(q.pattern, partial(_query_work, r, q))


def _query_local(r: Resolver, q: Query) -> PathSet:
    """A directory: only packages of the main module."""
    ls = r.ls
    mms = ls.mains()
    detail = "" if os.path.isabs(q.pattern) else f" ({os.path.normpath(os.path.join(ls.cwd, q.pattern))})"
    pattern, main = dir_import_path(ls, q.pattern)
    if pattern == ".":
        ls.must_have_mod_root()
        roots = [mms.mod_root[m] for m in mms.versions]
        plural = "" if len(roots) == 1 else "s"
        return error_set(f"{q.pattern}{detail} is not within module{plural} rooted at {', '.join(roots)}")
    match = match_in_module(ls, pattern, main)
    if match.errs:
        return error_set(match.errs[0])
    if match.pkgs:
        return PathSet([main])
    if q.raw in ("", "."):
        return error_set("no package to get in current directory")
    if not q.is_wildcard():
        ls.must_have_mod_root()
        return error_set(f"{q.pattern}{detail} is not a package in module rooted at {mms.mod_root[main]}")
    warn_unmatched(ls, [match])
    return PathSet()


def _query_work(r: Resolver, q: Query) -> PathSet:
    """The packages of the work modules: the main module, if it has any."""
    ls = r.ls
    main = ls.mains().single()
    match = match_in_module(ls, q.pattern, main)
    if match.errs:
        return error_set(match.errs[0])
    if not match.pkgs:
        warn_unmatched(ls, [match])
        return PathSet()
    return PathSet([main])


def _perform_path(r: Resolver, q: Query) -> None:
    if q.version == "none":
        query_none(r, q)
    else:
        q.path_once(q.pattern, lambda: _query_path(r, q))


def _query_path(r: Resolver, q: Query) -> PathSet:
    """A path or pattern at some version: a standard package needs no module, all others are looked up."""
    if is_standard_import_path(q.pattern) and r.match_in_module(q.pattern, NO_MODULE)[0]:
        if q.raw_version:
            return error_set(
                f"can't request explicit version {go_quote(q.version)} of standard library package {q.pattern}"
            )
        q.matches_packages = True
        return PathSet()  # no module needed
    try:
        return r.query_pattern(q)
    except FATAL:
        raise
    except GokilnError as err:
        return error_set(err)


def query_none(r: Resolver, q: Query) -> None:
    """No module has packages at version "none": the argument names modules."""
    if not q.is_wildcard():
        q.path_once(q.pattern, lambda: _none_of(r, q, q.pattern))
    for m in r.build_list:
        if q.matches_path(m.path):
            q.path_once(m.path, partial(_none_of, r, q, m.path))


def _none_of(r: Resolver, q: Query, path: str) -> PathSet:
    if r.ls.has_mod_root() and r.ls.mains().contains(path):
        return main_error(r, q, path)
    return PathSet(mod=ModVersion(path, "none"))


def main_error(r: Resolver, q: Query, path: str) -> PathSet:
    """The refusal of a query that would give a main module another version."""
    is_module = r.ls.mains().contains(q.pattern)
    return error_set(QueryMatchesMainModulesError([ModVersion(path)], q.pattern, q.version, is_module))

"""Queries by package: which module, at which version, provides the packages that a pattern names.

Source: cmd/go/internal/modload/query.go (QueryPackages, QueryPattern), go1.26.
"""

from __future__ import annotations

from contextlib import suppress

from gokiln.base.pattern import is_meta_package, match_pattern
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import InvalidPathError, InvalidVersionError, split_path_version
from gokiln.modules.fetch.revinfo import RevInfo
from gokiln.modules.resolve.errors import FATAL, find_error, is_not_exist
from gokiln.modules.resolve.imports import fetch
from gokiln.modules.resolve.match import Match
from gokiln.modules.resolve.matchpkgs import match_packages
from gokiln.modules.resolve.modindex import replacement
from gokiln.modules.resolve.packagedirs import dir_in_module
from gokiln.modules.resolve.query import query_proxy
from gokiln.modules.resolve.query_errors import (
    NoMatchingVersionError,
    NoPatchBaseError,
    PackageNotInModuleError,
    QueryMatchesMainModulesError,
    QueryMatchesPackagesInMainModuleError,
    WildcardInFirstElementError,
)
from gokiln.modules.resolve.state import ANY_TAGS
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor

    from gokiln.modules.resolve.query import Allowed
    from gokiln.modules.resolve.state import State


_QUESTIONS_AT_ONCE = 8


class QueryResult:
    """A module version and the packages of it that match (none when the pattern matches the module's own path)."""

    __slots__ = ("mod", "packages", "rev")

    def __init__(self, mod: ModVersion, rev: RevInfo, packages: list[str]) -> None:
        self.mod = mod
        self.rev = rev
        self.packages = packages


class Answers:
    """Answers to queries of one command: many packages ask the same of one module.

    All queries it is used for must agree on which versions are allowed, but for the one asked for and the current one.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str, str], RevInfo | GokilnError] = {}
        self._pool: ThreadPoolExecutor | None = None

    def query(self, ls: State, proxy: str, path: str, wanted: str, current: str, allowed: Allowed) -> RevInfo:
        """query_proxy, once for each question."""
        key = (proxy, path, wanted, current)
        answer = self._known.get(key)
        if answer is None:
            try:
                answer = query_proxy(ls, proxy, path, wanted, current, allowed)
            except FATAL:
                raise
            except GokilnError as err:
                answer = err
            self._known[key] = answer
        if isinstance(answer, GokilnError):
            raise answer
        return answer

    @property
    def pool(self) -> ThreadPoolExecutor:
        """Threads for questions that can be asked at once."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(_QUESTIONS_AT_ONCE)
        return self._pool

    def lacks(self, proxy: str, path: str, wanted: str, current: str) -> bool:
        """Whether the question has not been asked yet."""
        return (proxy, path, wanted, current) not in self._known


def query_packages(
    ls: State,
    pattern: str,
    wanted: str,
    current: Callable[[str], str],
    allowed: Allowed,
    answers: Answers | None = None,
) -> list[QueryResult]:
    """query_pattern, for results with packages only. Raises PackageNotInModuleError for a module without any."""
    found, module_only = query_pattern(ls, pattern, wanted, current, allowed, answers)
    if not found and module_only is not None:
        mod = module_only.mod
        raise PackageNotInModuleError(pattern, mod=mod, replacement=replacement(ls, mod), query=wanted)
    return found


def query_pattern(
    ls: State,
    pattern: str,
    wanted: str,
    current: Callable[[str], str],
    allowed: Allowed,
    answers: Answers | None = None,
) -> tuple[list[QueryResult], QueryResult | None]:
    """(modules that have matching packages, longest path first; a module whose path matches but has none).

    current: the selected version of a path. Raises GokilnError when there is neither.
    """
    search = _PatternQuery(ls, pattern, wanted, current, allowed)
    search.answers = answers or search.answers
    found = search.in_main_modules()
    if found is not None:
        return [found], None
    if not search.candidates:
        return [], search.without_candidates()
    try:
        return ls.fetcher.proxies.attempt(search.ask)
    except FATAL:
        raise
    except GokilnError as err:
        if search.main_matches and is_not_exist(err):
            is_main = ls.mains().contains(pattern)
            raise QueryMatchesMainModulesError(search.main_matches, pattern, wanted, is_main) from err
        raise


class _PatternQuery:
    """One pattern and query, over all modules whose path is a prefix of the pattern."""

    def __init__(self, ls: State, pattern: str, wanted: str, current: Callable[[str], str], allowed: Allowed) -> None:
        self.ls = ls
        self.pattern = pattern
        self.wanted = wanted
        self.current = current
        self.allowed = allowed
        self.answers = Answers()
        # Most patterns are plain paths: no need to compile an expression for each.
        self.match_path = match_pattern(pattern) if "..." in pattern else pattern.__eq__
        base = pattern
        if "..." in pattern:
            head = pattern[: pattern.index("...") + 3]
            base = head.rpartition("/")[0]
            if not base:
                raise WildcardInFirstElementError(pattern, wanted)
        self.candidates = module_prefixes_excluding_mains(ls, base)
        self.main_matches: list[ModVersion] = []
        self.module_only: QueryResult | None = None

    def _match(self, mod: ModVersion, roots: list[str], is_local: bool) -> Match:
        m = Match(self.pattern)
        if "..." in self.pattern:
            match_packages(self.ls, m, ANY_TAGS, False, [mod])
            return m
        mms = self.ls.mains()
        prefix = mms.path_prefix[ModVersion(mod.path)] if mms.contains(mod.path) else mod.path
        for root in roots:
            try:
                if dir_in_module(self.ls, self.pattern, prefix, root, is_local)[1]:
                    m.pkgs = [self.pattern]
            except FATAL:
                raise
            except GokilnError as err:
                m.add_error(err)
        return m

    def in_main_modules(self) -> QueryResult | None:
        """A main module that has the packages: fine for "upgrade" and "patch", else an error."""
        ls = self.ls
        for main in ls.mains().versions:
            m = self._match(main, ls.mod_roots or [], True)
            if m.pkgs:
                if self.wanted not in ("upgrade", "patch"):
                    raise QueryMatchesPackagesInMainModuleError(
                        self.pattern, self.wanted, m.pkgs, is_meta_package(self.pattern)
                    )
                self.allowed(main)
                return QueryResult(main, RevInfo(), m.pkgs)
            if m.errs:
                raise m.errs[0]
            if self.match_path(main.path):
                self.main_matches.append(main)
                if self.wanted in ("upgrade", "patch"):
                    self.module_only = QueryResult(main, RevInfo(), [])
        return None

    def without_candidates(self) -> QueryResult | None:
        """The answer when no module but a main one could match. Raises GokilnError."""
        if self.module_only is not None:
            return self.module_only
        if self.main_matches:
            is_main = self.ls.mains().contains(self.pattern)
            raise QueryMatchesMainModulesError(self.main_matches, self.pattern, self.wanted, is_main)
        raise PackageNotInModuleError(self.pattern, query=self.wanted)

    def ask(self, proxy: str) -> tuple[list[QueryResult], QueryResult | None]:
        """The answer of one entry of GOPROXY's list."""
        self._ask_ahead(proxy)
        found = _best_answers([self._answer(proxy, path) for path in self.candidates])
        module_only = self.module_only
        results: list[QueryResult] = []
        for r in found:
            if r.packages:
                results.append(r)
            else:
                module_only = r
        return results, module_only

    def _ask_ahead(self, proxy: str) -> None:
        """Ask about all candidates at once, if there are several that have not been asked about."""
        wanted = [p for p in self.candidates if self.answers.lacks(proxy, p, self.wanted, self.current(p))]
        if len(wanted) < 2:
            return

        def ask(path: str) -> None:
            with suppress(GokilnError):  # told when the answer is used
                self.answers.query(self.ls, proxy, path, self.wanted, self.current(path), self.allowed)

        for _ in self.answers.pool.map(ask, wanted):
            pass

    def _answer(self, proxy: str, path: str) -> QueryResult | GokilnError:
        try:
            return self._query_module(proxy, path)
        except FATAL:
            raise
        except GokilnError as err:
            return err

    def _query_module(self, proxy: str, path: str) -> QueryResult:
        ls = self.ls
        rev = self.answers.query(ls, proxy, path, self.wanted, self.current(path), self.allowed)
        mod = ModVersion(path, rev.version)
        if gover.is_toolchain(path):
            return QueryResult(mod, rev, [])
        root, is_local = fetch(ls, mod)
        m = self._match(mod, [root], is_local)
        if not m.pkgs and not self.match_path(path):
            if m.errs:
                raise m.errs[0]
            raise PackageNotInModuleError(self.pattern, mod=mod, replacement=replacement(ls, mod), query=self.wanted)
        return QueryResult(mod, rev, m.pkgs or [])


def module_prefixes_excluding_mains(ls: State, path: str) -> list[str]:
    """Prefixes of an import path that could be module paths, longest first, without the main modules."""
    mains = ls.mains().paths
    prefixes: list[str] = []
    while True:
        if path not in mains and split_path_version(path)[2]:
            prefixes.append(path)
        slash = path.rfind("/")
        if slash < 0:
            return prefixes
        path = path[:slash]


def _best_answers(outcomes: list[QueryResult | GokilnError]) -> list[QueryResult]:
    """The modules found. Raises the error that says most when none has the packages."""
    found: list[QueryResult] = []
    kinds: tuple[type[GokilnError], ...] = (
        PackageNotInModuleError,
        NoMatchingVersionError,
        NoPatchBaseError,
        InvalidPathError,
    )
    chosen: dict[str, GokilnError] = {}
    for outcome in outcomes:
        if isinstance(outcome, QueryResult):
            found.append(outcome)
            continue
        kind = next((k.__name__ for k in kinds if isinstance(outcome, k)), "")
        if not kind:
            if is_not_exist(outcome):
                kind = "not exist"
            elif find_error(outcome, InvalidVersionError) is not None:
                kind = "invalid version"
            elif not found and "PackageNotInModuleError" not in chosen:
                # A proxy or repository that does not answer: whether it has the package is not known. Shorter paths
                # do not matter once a module is found that could have it (go.dev/issue/34094).
                raise outcome
            else:
                continue
        chosen.setdefault(kind, outcome)
    if not found:
        for kind in (*(k.__name__ for k in kinds), "invalid version", "not exist"):
            if kind in chosen:
                raise chosen[kind]
    return found

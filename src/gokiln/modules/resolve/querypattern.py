"""Queries by package: which module, at which version, provides the packages that a pattern names.

Source: cmd/go/internal/modload/query.go (QueryPackages, QueryPattern), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import is_meta_package, match_pattern
from gokiln.errors import GokilnError, find_error, is_not_exist
from gokiln.golang import gover
from gokiln.golang.modpath import InvalidPathError, InvalidVersionError, split_path_version
from gokiln.modules.fetch.revinfo import RevInfo
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.imports import fetch, maybe_in_module
from gokiln.modules.resolve.match import Match
from gokiln.modules.resolve.matchpkgs import match_packages
from gokiln.modules.resolve.packagedirs import dir_in_module
from gokiln.modules.resolve.query import QueryError, query_proxy
from gokiln.modules.resolve.query_errors import (
    NoMatchingVersionError,
    NoPatchBaseError,
    PackageNotInModuleError,
    QueryMatchesMainModulesError,
    QueryMatchesPackagesInMainModuleError,
    WildcardInFirstElementError,
)
from gokiln.modules.resolve.replacements import replacement
from gokiln.modules.resolve.state import ANY_TAGS
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import ThreadPoolExecutor

    from gokiln.modules.resolve.querymatcher import Allowed
    from gokiln.modules.resolve.state import State

    Selected = Callable[[str], str]

_QUESTIONS_AT_ONCE = 8


class QueryResult:
    """A module version and the packages of it that match (none when the pattern matches the module's own path)."""

    __slots__ = ("mod", "packages", "rev")

    def __init__(self, mod: ModVersion, rev: RevInfo, packages: list[str]) -> None:
        self.mod = mod
        self.rev = rev
        self.packages = packages


# The errors that say most, in this order, when no module has a package.
_KINDS: tuple[type[GokilnError], ...] = (
    PackageNotInModuleError,
    NoMatchingVersionError,
    NoPatchBaseError,
    InvalidPathError,
)
_INVALID_VERSION, _NOT_EXIST, _NO_ANSWER = len(_KINDS), len(_KINDS) + 1, -1


def _kind_of(err: GokilnError) -> int:
    """How much an error says: the lower the more; _NO_ANSWER for one that leaves the question open."""
    for at, kind in enumerate(_KINDS):
        if isinstance(err, kind):
            return at
    if is_not_exist(err):
        return _NOT_EXIST
    return _INVALID_VERSION if find_error(err, InvalidVersionError) is not None else _NO_ANSWER


class Answers:
    """Answers to queries of one command: many packages ask the same of one module.

    All queries it is used for must agree on which versions are allowed, but for the one asked for and the current one.
    """

    def __init__(self) -> None:
        # (proxy, path, wanted, current) to what was found, or the error and its kind.
        self._known: dict[tuple[str, str, str, str], RevInfo | tuple[GokilnError, int]] = {}
        self._prefixes: dict[str, list[str]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def query(
        self, ls: State, proxy: str, path: str, wanted: str, current: str, allowed: Allowed
    ) -> RevInfo | tuple[GokilnError, int]:
        """query_proxy, once for each question: its answer, or (its error, how much that says). Raises FATAL ones."""
        key = (proxy, path, wanted, current)
        answer = self._known.get(key)
        if answer is None:
            try:
                answer = query_proxy(ls, proxy, path, wanted, current, allowed)
            except FATAL:
                raise
            except GokilnError as raised:
                # Where the answer was looked for is nothing to these questions; what went wrong is.
                err = raised.err if isinstance(raised, QueryError) else raised
                answer = err, _kind_of(err)
            self._known[key] = answer
        return answer

    def ask_ahead(
        self, ls: State, proxy: str, paths: Iterable[str], wanted: str, current: Selected, allowed: Allowed
    ) -> None:
        """Ask about modules side by side, as far as they have not been asked about and asking means waiting."""
        if proxy.startswith("file:") or proxy == "off":
            return
        missing = [p for p in paths if (proxy, p, wanted, current(p)) not in self._known]
        if len(missing) < 2:
            return
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(_QUESTIONS_AT_ONCE)
        for _ in self._pool.map(lambda p: self.query(ls, proxy, p, wanted, current(p), allowed), missing):
            pass

    def prefixes(self, ls: State, path: str) -> list[str]:
        """module_prefixes_excluding_mains, with a memory. Do not change the list."""
        found = self._prefixes.get(path)
        if found is None:
            found = self._prefixes[path] = module_prefixes_excluding_mains(ls, path)
        return found


def query_packages(
    ls: State,
    pattern: str,
    wanted: str,
    current: Selected,
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
    current: Selected,
    allowed: Allowed,
    answers: Answers | None = None,
) -> tuple[list[QueryResult], QueryResult | None]:
    """(modules that have matching packages, longest path first; a module whose path matches but has none).

    current: the selected version of a path. Raises GokilnError when there is neither.
    """
    search = _PatternQuery(ls, pattern, wanted, current, allowed, answers or Answers())
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
        if search.main_matches and search.module_only is None and is_not_exist(err):
            is_main = ls.mains().contains(pattern)
            raise QueryMatchesMainModulesError(search.main_matches, pattern, wanted, is_main) from err
        raise


class _PatternQuery:
    """One pattern and query, over all modules whose path is a prefix of the pattern."""

    def __init__(
        self, ls: State, pattern: str, wanted: str, current: Selected, allowed: Allowed, answers: Answers
    ) -> None:
        self.ls = ls
        self.pattern = pattern
        self.wanted = wanted
        self.current = current
        self.allowed = allowed
        self.answers = answers
        # Most patterns are plain paths: no need to compile an expression for each.
        self.is_plain = "..." not in pattern
        self.match_path = pattern.__eq__ if self.is_plain else match_pattern(pattern)
        base = pattern
        if "..." in pattern:
            head = pattern[: pattern.index("...") + 3]
            base = head.rpartition("/")[0]
            if not base:
                raise WildcardInFirstElementError(pattern, wanted)
        self.candidates = answers.prefixes(ls, base)
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
        mms = ls.mains()
        for main in mms.versions:
            prefix = mms.path_prefix[main]
            if self.is_plain and prefix and not maybe_in_module(self.pattern, prefix):
                continue
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
        ls, answers, wanted, current, allowed = self.ls, self.answers, self.wanted, self.current, self.allowed
        answers.ask_ahead(ls, proxy, self.candidates, wanted, current, allowed)
        outcomes: list[QueryResult | tuple[GokilnError, int]] = []
        for path in self.candidates:
            answer = answers.query(ls, proxy, path, wanted, current(path), allowed)
            if not isinstance(answer, tuple):
                try:
                    outcomes.append(self._in_module(ModVersion(path, answer.version), answer))
                except FATAL:
                    raise
                except GokilnError as err:
                    outcomes.append((err, _kind_of(err)))
            else:
                outcomes.append(answer)
        found = _best_answers(outcomes)
        module_only = self.module_only
        results: list[QueryResult] = []
        for r in found:
            if r.packages:
                results.append(r)
            else:
                module_only = r
        return results, module_only

    def _in_module(self, mod: ModVersion, rev: RevInfo) -> QueryResult:
        """What of a module version matches. Raises GokilnError when nothing does."""
        ls = self.ls
        if gover.is_toolchain(mod.path):
            return QueryResult(mod, rev, [])
        root, is_local = fetch(ls, mod)
        m = self._match(mod, [root], is_local)
        if not m.pkgs and not self.match_path(mod.path):
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


def _best_answers(outcomes: list[QueryResult | tuple[GokilnError, int]]) -> list[QueryResult]:
    """The modules found. Raises the error that says most when none has the packages."""
    found: list[QueryResult] = []
    chosen: dict[int, GokilnError] = {}
    for outcome in outcomes:
        if isinstance(outcome, QueryResult):
            found.append(outcome)
            continue
        err, kind = outcome
        if kind != _NO_ANSWER:
            chosen.setdefault(kind, err)
        elif not found and 0 not in chosen:
            # A proxy or repository that does not answer: whether it has the package is not known. Shorter paths
            # do not matter once a module is found that could have it (go.dev/issue/34094).
            raise err
    if not found and chosen:
        raise chosen[min(chosen)]
    return found

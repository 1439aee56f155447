"""Version queries: "latest", "upgrade", "patch", "<v1.2", "v1", a branch, a commit: to one version of a module.

Source: cmd/go/internal/modload/query.go, mvs.go (versions), go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, is_disallowed, is_not_exist
from gokiln.golang import gover
from gokiln.golang.modpath import canonical_version
from gokiln.golang.pseudo import is_pseudo_version, pseudo_version_time
from gokiln.modules.fetch.revinfo import ZERO_TIME, RevInfo, merge_origin
from gokiln.modules.resolve.cachedinfo import cached_info
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.query_errors import NoMatchingVersionError, QueryDisabledError
from gokiln.modules.resolve.querymatcher import QueryMatcher, RevQueryError
from gokiln.modules.resolve.repos import lookup_repo
from gokiln.modules.version import ModulePublic, ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gokiln.modules.fetch.revinfo import Origin
    from gokiln.modules.resolve.querymatcher import Allowed
    from gokiln.modules.resolve.repos import VersionRepo
    from gokiln.modules.resolve.state import State

    Reuse = Mapping[ModVersion, ModulePublic]


class QueryError(GokilnError):
    """A query failed. origin: what is known of where the answer was looked for (for `list -m -json`)."""

    def __init__(self, err: GokilnError, origin: Origin | None) -> None:
        super().__init__(str(err))
        self.err = err
        self.origin = origin


def query(
    ls: State, path: str, wanted: str, current: str, allowed: Allowed | None, reuse: Reuse | None = None
) -> RevInfo:
    """The version of the module that `wanted` stands for.

    current: the selected version ("" or "none" for none). allowed: keeps versions out. Raises GokilnError.
    """
    quick = cached_info(ls, path, wanted) if allowed is None and reuse is None else None
    if quick is not None:
        return quick
    return ls.fetcher.proxies.attempt(lambda proxy: query_proxy(ls, proxy, path, wanted, current, allowed, reuse))


def query_proxy(
    ls: State,
    proxy: str,
    path: str,
    wanted: str,
    current: str,
    allowed: Allowed | None,
    reuse: Reuse | None = None,
) -> RevInfo:
    """query, of one entry of GOPROXY's list."""
    if current not in ("", "none") and not gover.mod_is_valid(path, current):
        raise GokilnError(f"invalid previous version {path}@{current}")
    if ls.build_mod == "vendor":
        raise QueryDisabledError(ls.build_mod, ls.build_mod_reason)
    if ls.main_modules is not None and ls.main_modules.contains(path) and wanted in ("upgrade", "patch"):
        if allowed is not None:
            allowed(ModVersion(path))
        return RevInfo()
    if path in ("std", "cmd"):
        text = f"can't query specific version ({go_quote(wanted)}) of standard-library module {go_quote(path)}"
        raise GokilnError(text)
    repo = lookup_repo(ls, proxy, path)
    old = reuse.get(ModVersion(path, wanted)) if reuse is not None else None
    if old is not None and _is_reusable(repo, path, wanted, old.origin):
        return RevInfo(old.version, old.time or ZERO_TIME, old.origin)
    try:
        matcher: QueryMatcher | None = QueryMatcher(path, wanted, current, allowed)
    except RevQueryError:
        matcher = None
    if matcher is None or matcher.can_stat:
        return _stat(repo, path, wanted, allowed)
    return _Search(ls, repo, matcher, wanted, current).run()


def _stat(repo: VersionRepo, path: str, wanted: str, allowed: Allowed | None) -> RevInfo:
    """A commit or a complete version, straight from the repository."""
    try:
        info = repo.stat(wanted)
    except FATAL:
        raise
    except GokilnError as err:
        found = _stat_canonical(repo, wanted)
        if found is None:
            raise err
        info = found
    _refuse_disallowed(allowed, path, info.version)
    return info


def _stat_canonical(repo: VersionRepo, wanted: str) -> RevInfo | None:
    """A version with +metadata is equal to the one without: ask for that."""
    canonical = canonical_version(wanted)
    if not canonical or canonical == wanted:
        return None
    return _if_there_is(lambda: repo.stat(canonical))


def _if_there_is(ask: Callable[[], RevInfo]) -> RevInfo | None:
    """What ask returns, None when there is no such thing. Raises other errors of ask."""
    try:
        return ask()
    except FATAL:
        raise
    except GokilnError as err:
        if is_not_exist(err):
            return None
        raise


def _refuse_disallowed(allowed: Allowed | None, path: str, version: str) -> None:
    """Raise the error if the version is excluded or retracted; not being able to tell is no reason."""
    if allowed is None:
        return
    try:
        allowed(ModVersion(path, version))
    except FATAL:
        raise
    except GokilnError as err:
        if is_disallowed(err):
            raise


class _Search:
    """A query that looks through the list of versions."""

    def __init__(self, ls: State, repo: VersionRepo, matcher: QueryMatcher, wanted: str, current: str) -> None:
        self.ls = ls
        self.repo = repo
        self.matcher = matcher
        self.wanted = wanted
        self.current = current
        self.origin: Origin | None = None

    def run(self) -> RevInfo:
        """The best matching version."""
        listed = self.repo.versions(self.matcher.prefix)
        self.origin = listed.origin
        try:
            return self._choose(listed.list)
        except FATAL:
            raise
        except GokilnError as err:
            raise (QueryError(err, self.origin) if self.origin is not None else err) from err

    def _choose(self, listed: list[str]) -> RevInfo:
        matcher = self.matcher
        releases, prereleases = matcher.filter_versions(self.ls, listed)
        for found in (releases, prereleases):
            if found:
                return self._lookup(found[0] if matcher.prefer_lower else found[-1])
        if matcher.may_use_latest:
            latest = self._latest()
            if latest is not None and matcher.allows_version(latest.version):
                return self._lookup(latest.version)
        if self.wanted in ("upgrade", "patch") and self.current not in ("", "none"):
            _refuse_disallowed(matcher.allowed, matcher.path, self.current)
            return self._lookup(self.current)
        raise NoMatchingVersionError(self.wanted, self.current)

    def _latest(self) -> RevInfo | None:
        return _if_there_is(lambda: self._merged(self.repo.latest))

    def _merged(self, ask: Callable[[], RevInfo]) -> RevInfo:
        """What ask returns or raises, its origin noted: a failure counts until what it was found by changes."""
        try:
            rev = ask()
        except GokilnError as err:
            self._merge(getattr(err, "origin", None))
            raise
        self._merge(rev.origin)
        return rev

    def _merge(self, origin: Origin | None) -> None:
        self.origin = merge_origin(self.origin, origin)

    def _with_origin(self, rev: RevInfo) -> RevInfo:
        copy = rev.copy()
        copy.origin = self.origin
        return copy

    def _lookup(self, version: str) -> RevInfo:
        rev = self._merged(lambda: self.repo.stat(version))
        path = self.matcher.path
        upgrading = self.wanted in ("upgrade", "patch") and is_pseudo_version(self.current)
        # From an untagged commit, an "upgrade" to something older would be none.
        if upgrading and rev.time != ZERO_TIME and rev.seconds() < pseudo_version_time(self.current):
            _refuse_disallowed(self.matcher.allowed, path, self.current)
            rev = self._merged(lambda: self.repo.stat(self.current))
        return self._with_origin(rev)


def is_revision_query(path: str, version: str) -> bool:
    """Whether the query names one revision (a complete version, branch, commit) and not a set of versions."""
    if version in ("latest", "upgrade", "patch") or version.startswith(("<", ">")):
        return False
    return not (gover.mod_is_valid(path, version) and gover.mod_is_prefix(path, version))


def versions(ls: State, path: str, allowed: Allowed) -> tuple[list[str], Origin | None]:
    """(the allowed versions of the module, origin of the list). Raises GokilnError."""

    def attempt(proxy: str) -> tuple[list[str], Origin | None]:
        listed = lookup_repo(ls, proxy, path).versions("")
        kept: list[str] = []
        for v in listed.list:
            try:
                allowed(ModVersion(path, v))
            except FATAL:
                raise
            except GokilnError as err:
                if not is_disallowed(err):
                    raise
                continue
            kept.append(v)
        return kept, listed.origin

    return ls.fetcher.proxies.attempt(attempt)


# Reuse of earlier answers (`list -m -reuse`)


def check_reuse(ls: State, m: ModVersion, old: Origin | None) -> None:
    """Raise GokilnError unless the earlier answer for m still holds."""

    def attempt(proxy: str) -> None:
        check_reuse_repo(lookup_repo(ls, proxy, m.path), m.path, m.version, old)

    ls.fetcher.proxies.attempt(attempt)


def _is_reusable(repo: VersionRepo, path: str, wanted: str, old: Origin | None) -> bool:
    try:
        check_reuse_repo(repo, path, wanted, old)
    except FATAL:
        raise
    except GokilnError:
        return False
    return True


def check_reuse_repo(repo: VersionRepo, path: str, wanted: str, origin: Origin | None) -> None:
    """check_reuse with a repository. The origin must say enough to answer the query from it alone."""
    if origin is None:
        raise GokilnError("nil Origin")
    if not origin.get("RepoSum"):
        if wanted == canonical_version(wanted):
            if not (origin.get("Hash") or origin.get("Ref") or origin.get("TagSum")):
                raise GokilnError("no Origin information to check")
        elif is_revision_query(path, wanted) and not (origin.get("Hash") or origin.get("Ref")):
            raise GokilnError(f"query {go_quote(wanted)} requires a Hash or Ref")
        elif not origin.get("TagSum"):
            raise GokilnError(f"query {go_quote(wanted)} requires a TagSum")
    repo.check_reuse(origin)

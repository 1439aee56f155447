"""Version queries: "latest", "upgrade", "patch", "<v1.2", "v1", a branch, a commit: to one version of a module.

Source: cmd/go/internal/modload/query.go, mvs.go (versions), go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, is_disallowed, is_not_exist
from gokiln.golang import gover, semver
from gokiln.golang.modpath import canonical_version, check_path_major, split_path_version
from gokiln.golang.pseudo import is_pseudo_version, pseudo_version_time
from gokiln.modules.fetch.revinfo import ZERO_TIME, RevInfo, merge_origin
from gokiln.modules.resolve.cachedinfo import cached_info
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.query_errors import NoMatchingVersionError, NoPatchBaseError, QueryDisabledError
from gokiln.modules.resolve.repos import lookup_repo
from gokiln.modules.resolve.summaries import raw_go_mod_data
from gokiln.modules.version import ModulePublic, ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gokiln.modules.fetch.revinfo import Origin
    from gokiln.modules.resolve.repos import VersionRepo
    from gokiln.modules.resolve.state import State

    Allowed = Callable[[ModVersion], None]  # raises an error with `disallowed` for a version not to be used
    Reuse = Mapping[ModVersion, ModulePublic]


class QueryError(GokilnError):
    """A query failed. origin: what is known of where the answer was looked for (for `list -m -json`)."""

    def __init__(self, err: GokilnError, origin: Origin | None) -> None:
        super().__init__(str(err))
        self.err = err
        self.origin = origin


class RevQueryError(GokilnError):
    """The query is a revision, not a version: ask the repository."""

    def __init__(self) -> None:
        super().__init__("query refers to a non-semver revision")


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


class QueryMatcher:
    """Which versions a query matches.

    Raises GokilnError for a query that makes no sense, RevQueryError for one that names a revision.
    """

    def __init__(self, path: str, wanted: str, current: str, allowed: Allowed | None) -> None:
        self.path = path
        self.allowed = allowed
        self.prefix = ""
        self.filter: Callable[[str], bool] | None = None
        self.can_stat = False
        self.prefer_lower = False
        self.may_use_latest = False
        self.prefer_incompatible = current.endswith("+incompatible")
        if wanted == "latest":
            self.may_use_latest = True
        elif wanted in ("upgrade", "patch"):
            self._from_current(wanted, current)
        elif wanted.startswith(("<", ">")):
            self._range(wanted)
        elif gover.mod_is_valid(path, wanted):
            self._version(wanted)
        else:
            raise RevQueryError

    def _from_current(self, wanted: str, current: str) -> None:
        if current in ("", "none"):
            if wanted == "patch":
                raise NoPatchBaseError(self.path)
            self.may_use_latest = True
            return
        self.may_use_latest = is_pseudo_version(current)
        if wanted == "patch":
            self.prefix = gover.mod_major_minor(self.path, current) + "."
        self.filter = lambda v: gover.mod_compare(self.path, v, current) >= 0

    def _range(self, wanted: str) -> None:
        op = wanted[:2] if wanted[1:2] == "=" else wanted[:1]
        bound = wanted[len(op) :]
        path = self.path
        if not gover.mod_is_valid(path, bound):
            raise GokilnError(f"invalid semantic version {go_quote(bound)} in range {go_quote(wanted)}")
        if op in ("<=", ">") and gover.mod_is_prefix(path, bound):
            # Does <=v1.2 include v1.2.3?
            raise GokilnError(f"ambiguous semantic version {go_quote(bound)} in range {go_quote(wanted)}")
        compare = gover.mod_compare
        tests: dict[str, Callable[[str], bool]] = {
            "<=": lambda v: compare(path, v, bound) <= 0,
            "<": lambda v: compare(path, v, bound) < 0,
            ">=": lambda v: compare(path, v, bound) >= 0,
            ">": lambda v: compare(path, v, bound) > 0,
        }
        self.filter = tests[op]
        self.prefer_lower = op[0] == ">"
        self._check_major(bound)

    def _version(self, wanted: str) -> None:
        if gover.mod_is_prefix(self.path, wanted):
            self.prefix = wanted + "."
            # The dot keeps v1.2 from matching v1.20; the comparison lets no v1.2.0-pre in.
            self.filter = lambda v: gover.mod_compare(self.path, v, wanted) >= 0
        else:
            self.can_stat = True
            self.filter = lambda v: gover.mod_compare(self.path, v, wanted) == 0
            self.prefix = semver.canonical(wanted)
        self._check_major(wanted)

    def _check_major(self, version: str) -> None:
        _, path_major, ok = split_path_version(self.path)
        try:
            if ok:
                check_path_major(version, path_major)
                return
        except GokilnError:
            ok = False
        self.prefer_incompatible = True

    def allows_version(self, v: str) -> bool:
        """Whether the version matches and is not excluded or retracted."""
        if self.prefix and not v.startswith(self.prefix):
            # "1.21." should also allow the toolchain version 1.21.
            return gover.is_toolchain(self.path) and self.prefix.removesuffix(".") == v and self._passes(v)
        return self._passes(v)

    def _passes(self, v: str) -> bool:
        if self.filter is not None and not self.filter(v):
            return False
        if self.allowed is not None:
            try:
                self.allowed(ModVersion(self.path, v))
            except FATAL:
                raise
            except GokilnError as err:
                return not is_disallowed(err)
        return True

    def filter_versions(self, ls: State, listed: list[str]) -> tuple[list[str], list[str]]:
        """(releases, prereleases) among the versions that match; +incompatible ones only where they are needed."""
        need_incompatible = self.prefer_incompatible
        last_compatible = ""
        releases: list[str] = []
        prereleases: list[str] = []
        for v in listed:
            if not self.allows_version(v):
                continue
            if not need_incompatible:
                if not v.endswith("+incompatible"):
                    last_compatible = v
                elif last_compatible:
                    # A module with a go.mod file has opted out of +incompatible versions.
                    if version_has_go_mod(ls, ModVersion(self.path, last_compatible)):
                        break
                    need_incompatible = True
            (prereleases if gover.mod_is_prerelease(self.path, v) else releases).append(v)
        return releases, prereleases


def version_has_go_mod(ls: State, m: ModVersion) -> bool:
    """Whether m has a go.mod file of its own, not one made up by the go command or the proxy."""
    from gokiln.modules.modfile.values import auto_quote

    _, data = raw_go_mod_data(ls, m)
    return data != f"module {auto_quote(m.path)}\n".encode()


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

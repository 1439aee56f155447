"""Which versions a version query matches.

Source: cmd/go/internal/modload/query.go (queryMatcher, versionHasGoMod), go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, is_disallowed
from gokiln.golang import gover, semver
from gokiln.golang.modpath import check_path_major, split_path_version
from gokiln.golang.pseudo import is_pseudo_version
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.query_errors import NoPatchBaseError
from gokiln.modules.resolve.summaries import raw_go_mod_data
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.resolve.state import State

    Allowed = Callable[[ModVersion], None]  # raises an error with `disallowed` for a version not to be used


class RevQueryError(GokilnError):
    """The query is a revision, not a version: ask the repository."""

    def __init__(self) -> None:
        super().__init__("query refers to a non-semver revision")


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

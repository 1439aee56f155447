"""One argument of `go get`: a pattern, a version query, and the modules that could answer it.

Source: cmd/go/internal/modget/query.go, go1.26.
"""

from __future__ import annotations

import os
import re
import threading

from gokiln.base.pattern import (
    has_path_prefix,
    is_local_import,
    is_meta_package,
    match_pattern,
    tree_can_match_pattern,
)
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import NO_MODULE, ModloadError, NoMainModulesError
from gokiln.modules.resolve.modinfo import parse_path_version
from gokiln.modules.resolve.query_errors import QueryUpgradesAllError
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.resolve.state import State


class PathSet:
    """The ways to answer for one path.

    pkg_mods: modules that have the package, of which one at most can be in the build list. mod: a module whose own
    path matches but which has no matching package, or NO_MODULE. err: why the path cannot be answered.
    """

    __slots__ = ("err", "mod", "path", "pkg_mods")

    def __init__(
        self,
        pkg_mods: list[ModVersion] | None = None,
        mod: ModVersion = NO_MODULE,
        err: GokilnError | None = None,
        path: str = "",
    ) -> None:
        self.path = path
        self.pkg_mods = pkg_mods or []
        self.mod = mod
        self.err = err


def error_set(err: GokilnError | str) -> PathSet:
    """A PathSet that is an error."""
    return PathSet(err=err if isinstance(err, GokilnError) else GokilnError(err))


class Query:
    """An argument. raw: as given; raw_version: what followed its @; version: that, or what it means without.

    candidates: ways to answer that are not settled; resolved: modules settled by this query, in order.
    matches_packages: it stands for at least one package. conflict: the first query found to exclude this one.
    """

    def __init__(self, raw: str, default_version: str) -> None:
        """default_version: "upgrade", or what -u says. Raises GokilnError for an argument that is malformed."""
        pattern, version, found = parse_path_version(raw)
        if found and ("@" in version or not version):
            raise GokilnError(f"invalid module version syntax {go_quote(raw)}")
        self.raw = raw
        self.raw_version = version
        self.pattern = pattern
        self.is_local = os.path.isabs(pattern) or is_local_import(pattern)
        self.version = version or default_version
        self.conflict: Query | None = None
        self.candidates: list[PathSet] = []
        self.resolved: list[ModVersion] = []
        self.matches_packages = False
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._match: Callable[[str], bool] | None = None
        self._can_match: Callable[[str], bool] | None = None
        if "..." in pattern:
            self._match = match_pattern(pattern)
            self._can_match = tree_can_match_pattern(pattern)

    def validate(self, ls: State) -> None:
        """Raise GokilnError for a query that makes no sense."""
        if self.is_local:
            if self.raw_version:
                raise GokilnError(
                    f"can't request explicit version {go_quote(self.raw_version)} of path"
                    f" {go_quote(self.pattern)} in main module"
                )
            return
        if self.pattern == "all":
            if not ls.has_mod_root():
                no_main = NoMainModulesError(ls.in_workspace_mode())
                raise ModloadError(f'cannot match "all": {no_main}', no_main)
            if not version_ok_for_main_module(self.version):
                raise QueryUpgradesAllError(ls.mains().versions if ls.main_modules is not None else [], self.version)
        elif is_meta_package(self.pattern) and self.pattern != self.raw:
            if self.pattern == "tool":
                raise GokilnError('can\'t request explicit version of "tool" pattern')
            raise GokilnError(f"can't request explicit version of standard-library pattern {go_quote(self.pattern)}")

    def __str__(self) -> str:
        return self.raw

    def resolved_string(self, m: ModVersion) -> str:
        """m as the answer to this query."""
        if m.path != self.pattern:
            if m.version != self.version:
                return f"{show(m)} (matching {self.pattern}@{self.version})"
            return f"{show(m)} (matching {self})"
        if m.version != self.version:
            return f"{self.pattern}@{self.version} ({m.version})"
        return self.raw

    def is_wildcard(self) -> bool:
        """Whether the pattern can match several paths."""
        return self._match is not None or (self.is_local and "..." in self.pattern)

    def matches_path(self, path: str) -> bool:
        """Whether a module or package path matches."""
        if self._match is not None and not gover.is_toolchain(path):
            return self._match(path)
        return path == self.pattern

    def can_match_in_module(self, module_path: str) -> bool:
        """Whether the module could hold packages that match."""
        if gover.is_toolchain(module_path):
            return False
        if self._can_match is not None:
            return self._can_match(module_path)
        return has_path_prefix(self.pattern, module_path)

    def paths_seen(self) -> int:
        """How many paths have been asked about."""
        return len(self._seen)

    def path_once(self, path: str, answer: Callable[[], PathSet]) -> None:
        """Add the answer for a path to the candidates, once for each path; called from any thread."""
        with self._lock:
            if path in self._seen:
                return
            self._seen.add(path)
        found = answer()
        if found.pkg_mods or found.mod != NO_MODULE or found.err is not None:
            found.path = path
            with self._lock:
                self.candidates.append(found)


def version_ok_for_main_module(version: str) -> bool:
    """Whether a main module may be asked for at this version: it has none but its own."""
    return version in ("upgrade", "patch")


class VersionReason:
    """A version that must be selected, and the first query that made it so."""

    __slots__ = ("reason", "version")

    def __init__(self, version: str, reason: Query) -> None:
        self.version = version
        self.reason = reason


class ConflictError(GokilnError):
    """Two arguments want different versions of one module."""

    def __init__(self, module_path: str, proposed: VersionReason, conflict: VersionReason) -> None:
        asked, other = proposed.reason, conflict.reason
        detail = f"for module {module_path}, " if module_path != asked.pattern else ""
        super().__init__(
            f"{detail}{_argument(asked, proposed.version)} conflicts with {_argument(other, conflict.version)}"
        )


def _argument(q: Query, version: str) -> str:
    return f"{q.pattern}@{q.version} ({version})" if version != q.version else q.raw


def report_error(ls: State, q: Query, err: BaseException) -> None:
    """Report an error of a query, with its argument in front unless the text names it anyway."""
    text = str(err)
    if not _is_valid_utf8(q.pattern) or not _is_valid_utf8(q.version):
        ls.report(text)
        return
    if re.search(rf"(?m)(?:[ \t(\"`]|^){re.escape(q.pattern)}(?:[ @:;)\"`]|$)", text):
        if not q.raw_version:
            ls.report(text)
            return
        if re.search(rf"(?m)(?:[ @(\"`]|^){re.escape(q.version)}(?:[ :;)\"`]|$)", text):
            ls.report(text)
            return
    ls.report(f"{q.raw}: {text}" if q.raw else text)


def _is_valid_utf8(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def report_conflict(ls: State, q: Query, m: ModVersion, conflict: VersionReason) -> None:
    """Report, once for q, that another query wants another version of m's module."""
    if q.conflict is not None:
        return
    q.conflict = conflict.reason
    proposed = VersionReason(m.version, q)
    if q.is_wildcard() and not conflict.reason.is_wildcard():
        # The path that was named comes first, the wildcard second.
        proposed, conflict = conflict, proposed
    report_error(ls, q, ConflictError(m.path, proposed, conflict))

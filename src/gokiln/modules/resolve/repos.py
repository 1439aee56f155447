"""Where versions come from: a proxy's or origin's repository, with the versions that replacements add.

Source: cmd/go/internal/modload/query.go (lookupRepo, emptyRepo, replacementRepo), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, is_not_exist
from gokiln.golang import gover, semver
from gokiln.golang.modpath import canonical_version, check_path, check_path_major, split_path_version
from gokiln.golang.pseudo import (
    is_pseudo_version,
    pseudo_version_rev,
    zero_pseudo_version,
)
from gokiln.modules.fetch.revinfo import RevInfo, Versions
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.replacements import replacement
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from gokiln.modules.fetch.revinfo import Origin
    from gokiln.modules.resolve.state import State

    class VersionRepo(Protocol):
        """The part of a repository that queries ask. All methods raise GokilnError."""

        def module_path(self) -> str: ...
        def check_reuse(self, old: Origin | None) -> None: ...
        def versions(self, prefix: str) -> Versions: ...
        def stat(self, rev: str) -> RevInfo: ...
        def latest(self) -> RevInfo: ...


def lookup_repo(ls: State, proxy: str, path: str) -> VersionRepo:
    """The versions of the module at path, as one entry of GOPROXY's list gives them."""
    problem: GokilnError | None = None
    if not gover.is_toolchain(path):
        try:
            check_path(path)
        except GokilnError as err:
            problem = err
    replaced = ls.main_modules is not None and path in ls.main_modules.highest_replaced
    if problem is not None:
        if not replaced:
            raise problem
        return ReplacementRepo(ls, EmptyRepo(path, problem))
    repo: VersionRepo = ls.fetcher.lookup(proxy, path)
    return ReplacementRepo(ls, repo) if replaced else repo


class EmptyRepo:
    """No versions at all: the path cannot be looked up."""

    def __init__(self, path: str, err: GokilnError) -> None:
        self.path = path
        self.err = err

    def module_path(self) -> str:
        """The path."""
        return self.path

    def check_reuse(self, old: Origin | None) -> None:
        """Nothing can be reused."""
        raise GokilnError("empty repo")

    def versions(self, prefix: str) -> Versions:
        """None."""
        return Versions([])

    def stat(self, rev: str) -> RevInfo:
        """Raise the reason."""
        raise self.err

    def latest(self) -> RevInfo:
        """Raise the reason."""
        raise self.err


class ReplacementRepo:
    """A repository, plus the versions that the main modules' go.mod files replace."""

    def __init__(self, ls: State, repo: VersionRepo) -> None:
        self.ls = ls
        self.repo = repo

    def module_path(self) -> str:
        """The path."""
        return self.repo.module_path()

    def check_reuse(self, old: Origin | None) -> None:
        """Replacements are not to be reused."""
        raise GokilnError("replacement repo")

    def versions(self, prefix: str) -> Versions:
        """The repository's versions and the replaced ones, sorted."""
        try:
            known = self.repo.versions(prefix)
        except FATAL:
            raise
        except GokilnError as err:
            if not is_not_exist(err):
                raise
            known = Versions([])
        path = self.module_path()
        added = {
            old.version
            for index in self.ls.mains().indices.values()
            if index is not None
            for old in index.replace
            if old.path == path and old.version.startswith(prefix) and old.version
            if not is_pseudo_version(old.version)
        }
        if not added:
            return known
        return Versions(sorted({*known.list, *added}, key=lambda v: gover.mod_key(path, v)))

    def stat(self, rev: str) -> RevInfo:
        """The repository's answer, or that of a replacement of exactly this version.

        As in cmd/go, one that go.work alone knows of counts when some go.mod has a replacement, too.
        """
        try:
            return self.repo.stat(rev)
        except FATAL:
            raise
        except GokilnError:
            if not any(index is not None and index.replace for index in self.ls.mains().indices.values()):
                raise
            v = canonical_version(rev)
            if v != rev:
                raise
            path = self.module_path()
            _, path_major, ok = split_path_version(path)
            if ok and path_major == "":
                try:
                    check_path_major(v, path_major)
                except GokilnError:
                    if not semver.build(v):
                        v += "+incompatible"
            if not replacement(self.ls, ModVersion(path, v)).path:
                raise
            return _replacement_stat(v)

    def latest(self) -> RevInfo:
        """The newer of the repository's latest and the highest replaced version."""
        info: RevInfo | None = None
        problem: GokilnError | None = None
        try:
            info = self.repo.latest()
        except FATAL:
            raise
        except GokilnError as err:
            problem = err
        path = self.module_path()
        v = self.ls.mains().highest_replaced.get(path)
        if v is not None:
            if not v:
                # Replaced at all versions: below every real one.
                _, path_major, ok = split_path_version(path)
                v = zero_pseudo_version(path_major[1:] if ok and path_major else "v0")
            if info is None or gover.mod_compare(path, v, info.version) > 0:
                return _replacement_stat(v)
        if info is None:
            assert problem is not None
            raise problem
        return info


def _replacement_stat(v: str) -> RevInfo:
    rev = RevInfo(v)
    if is_pseudo_version(v):
        from gokiln.golang.pseudo import pseudo_version_time, timestamp

        stamp = timestamp(pseudo_version_time(v))
        rev.time = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}Z"
        rev.short = pseudo_version_rev(v)
    return rev

"""A source of the versions of one module, and the cache in front of it.

The interface (`Repo`) has cmd/go's methods: versions, stat, latest, go_mod, zip, check_reuse. Sources are a module
proxy (proxy.py), the toolchain list (toolchainrepo.py), and an error that every call gives (ErrRepo); one more, the
version control system of a `direct` lookup, is made by the function that Fetcher gets as `lookup_direct`.

CachingRepo answers from memory and from the module cache first, so that an origin is only contacted for what is new.

Source: cmd/go/internal/modfetch/repo.go, cache.go (cachingRepo), go1.26 and go1.27.
"""

from __future__ import annotations

import errno

from gokiln.errors import GokilnError
from gokiln.events import Text
from gokiln.golang.gover import is_toolchain
from gokiln.modules.fetch.errors import FetchError, NotCachedError, ToolchainModuleError
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.revinfo import RevInfo, Versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO, Protocol

    from gokiln.modules.fetch.diskcache import DiskCache
    from gokiln.modules.fetch.revinfo import Origin

    class Repo(Protocol):
        """All versions of one module. Every method may raise GokilnError (not_exist: another source may have it)."""

        def module_path(self) -> str:
            """The module's path."""

        def check_reuse(self, old: Origin | None) -> None:
            """Raise unless what was once found with this origin would be found again."""

        def versions(self, prefix: str) -> Versions:
            """Tagged versions with this prefix, in semver order; no pseudo-versions."""

        def stat(self, rev: str) -> RevInfo:
            """What a version, branch, tag or commit is."""

        def latest(self) -> RevInfo:
            """The newest revision of a module without tagged versions."""

        def go_mod(self, version: str) -> bytes:
            """The go.mod file of a canonical version."""

        def zip(self, dst: BinaryIO, version: str, progress: Progress | None = None) -> None:
            """Write the zip file of a canonical version to dst. progress: told (bytes so far, bytes in all or None)."""

    Progress = Callable[[int, "int | None"], None]


class ErrRepo:
    """A source that cannot be asked: every call raises the same error. What is cached can still be had."""

    def __init__(self, path: str, err: GokilnError) -> None:
        self._path = path
        self._err = err

    def module_path(self) -> str:
        """The module's path."""
        return self._path

    def check_reuse(self, old: Origin | None) -> None:
        """Raise the error."""
        raise self._err

    def versions(self, prefix: str) -> Versions:
        """Raise the error."""
        raise self._err

    def stat(self, rev: str) -> RevInfo:
        """Raise the error."""
        raise self._err

    def latest(self) -> RevInfo:
        """Raise the error."""
        raise self._err

    def go_mod(self, version: str) -> bytes:
        """Raise the error."""
        raise self._err

    def zip(self, dst: BinaryIO, version: str, progress: Progress | None = None) -> None:
        """Raise the error."""
        raise self._err


class CachingRepo:
    """A Repo that asks another one, made on first need, only for what is in no cache.

    check_go_mod(path, version, data): compares a new go.mod file with go.sum; raises. warn: told what went wrong
    without being an error. quiet_when_read_only: a cache that is read-only on purpose is no news.
    """

    def __init__(
        self,
        path: str,
        make: Callable[[], Repo],
        disk: DiskCache,
        check_go_mod: Callable[[str, str, bytes], None],
        warn: Callable[[Text], None],
        quiet_when_read_only: bool = False,
    ) -> None:
        self._path = path
        self._make = make
        self._disk = disk
        self._check_go_mod = check_go_mod
        self._warn = warn
        self._quiet_when_read_only = quiet_when_read_only
        self._repo = Memo()
        self._versions = Memo()
        self._stats = Memo()
        self._latest = Memo()
        self._go_mods = Memo()

    def _source(self) -> Repo:
        def make() -> Repo:
            try:
                return self._make()
            except GokilnError as err:
                return ErrRepo(self._path, err)

        return self._repo.do(None, make)

    def module_path(self) -> str:
        """The module's path."""
        return self._path

    def check_reuse(self, old: Origin | None) -> None:
        """Ask the source; nothing is cached."""
        self._source().check_reuse(old)

    def versions(self, prefix: str) -> Versions:
        """Versions with this prefix; the list may be changed by the caller. Raises GokilnError."""
        found = self._versions.do(prefix, lambda: self._source().versions(prefix))
        return Versions(list(found.list), found.origin)

    def stat(self, rev: str) -> RevInfo:
        """What rev is, from the .info file if there is one. Raises GokilnError."""
        if is_toolchain(self._path):
            return self._source().stat(rev)  # the golang.org/toolchain repository below it is the one that caches
        return self._stats.do(rev, lambda: self._stat(rev)).copy()

    def _stat(self, rev: str) -> RevInfo:
        try:
            return self._disk.read_stat(self._path, rev)[1]
        except NotCachedError:
            info = self._source().stat(rev)
        if info.version != rev:
            # A commit or branch: kept under the version it turned out to be.
            self._stats.do(info.version, lambda: info)
        self._keep(info)
        return info

    def _keep(self, info: RevInfo) -> None:
        try:
            self._disk.write_stat(self._disk.file_for(self._path, info.version, "info"), info)
        except FetchError as err:
            self._tell("stat", err)

    def _tell(self, what: str, err: FetchError) -> None:
        """Say that something could not be kept."""
        cause = getattr(err, "err", None)
        if getattr(cause, "errno", None) == errno.EROFS and self._quiet_when_read_only:
            return
        self._warn(Text(f"go: writing {what} cache: {err}\n"))

    def latest(self) -> RevInfo:
        """The newest revision, asked once per process. Raises GokilnError."""
        if is_toolchain(self._path):
            return self._source().latest()

        def ask() -> RevInfo:
            info = self._source().latest()
            self._stats.do(info.version, lambda: info)
            try:
                self._disk.read_stat(self._path, info.version)
            except NotCachedError:
                self._keep(info)
            return info

        return self._latest.do(None, ask).copy()

    def go_mod(self, version: str) -> bytes:
        """The go.mod file, checked against go.sum and the checksum database. Raises GokilnError."""
        if is_toolchain(self._path):
            return self._source().go_mod(version)
        return self._go_mods.do(version, lambda: self._go_mod(version))

    def _go_mod(self, version: str) -> bytes:
        data = self._disk.read_go_mod(self._path, version, self._check_go_mod)
        if data is not None:
            return data
        data = self._source().go_mod(version)
        self._check_go_mod(self._path, version, data)
        try:
            self._disk.write(self._disk.file_for(self._path, version, "mod"), data)
        except FetchError as err:
            self._tell("go.mod", err)
        return data

    def zip(self, dst: BinaryIO, version: str, progress: Progress | None = None) -> None:
        """Write the zip file to dst. Raises GokilnError."""
        if is_toolchain(self._path):
            raise ToolchainModuleError
        self._source().zip(dst, version, progress)

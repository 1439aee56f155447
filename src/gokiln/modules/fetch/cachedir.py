"""Where things are in GOMODCACHE, its locks, and whether a module's tree is whole.

    <escaped path>@<escaped version>/        the tree, directories read-only
    cache/download/<escaped path>/@v/
        list                                 versions that have a .mod here
        <version>.info .mod .zip .ziphash    what a proxy serves, and the h1: hash of the zip
        <version>.lock                       held while .zip is fetched and the tree extracted
        <version>.partial                    exists while the tree is being extracted
    cache/download/sumdb/                    lookups and tiles of checksum databases
    cache/lock                               the lock of old go commands around go.sum

Source: cmd/go/internal/modfetch/cache.go (cacheDir, CachePath, DownloadDir, lockVersion, SideLock,
checkCacheDir), fetch.go (makeDirsReadOnly, RemoveAll), go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.oserror import path_error
from gokiln.errors import GokilnError
from gokiln.golang import gover, modpath
from gokiln.modules.fetch.errors import (
    DownloadDirError,
    DownloadDirPartialError,
    FetchError,
    OsFailure,
    ToolchainModuleError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.base.lock import LockedFile
    from gokiln.modules.version import ModVersion


class CacheDir:
    """Names inside one module cache; root is GOMODCACHE."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._checked = False
        self._problem: GokilnError | None = None
        self._parents: dict[str, str] = {}
        self._escaped: dict[ModVersion, str] = {}

    def check(self) -> None:
        """Make sure that the cache directory exists, creating it; the answer is kept. Raises FetchError."""
        if not self._checked:
            self._problem = self._find_problem()
            self._checked = True
        if self._problem is not None:
            raise self._problem

    def _find_problem(self) -> GokilnError | None:
        root = self.root
        if not root:
            return FetchError("module cache not found: neither GOMODCACHE nor GOPATH is set")
        if not os.path.isabs(root):
            shown = modpath.quoted(root)
            return FetchError(f"GOMODCACHE entry is relative; must be absolute path: {shown}.\n")
        op = "stat"
        try:
            try:
                mode = os.stat(root).st_mode
            except FileNotFoundError:
                op = "mkdir"
                os.makedirs(root, 0o777, exist_ok=True)
                return None
        except OSError as err:
            name = os.fsdecode(err.filename) if err.filename else root
            return FetchError(f"could not create module cache: {path_error(op, name, err)}", err)
        if not stat.S_ISDIR(mode):
            return FetchError(f"could not create module cache: {modpath.quoted(root)} is not a directory")
        return None

    def version_dir(self, path: str) -> str:
        """The directory of a module's files as a proxy has them (`.../@v`). Raises GokilnError for a bad path."""
        found = self._parents.get(path)
        if found is None:
            self.check()
            found = os.path.join(self.root, "cache", "download", *modpath.escape_path(path).split("/"), "@v")
            self._parents[path] = found
        return found

    def cache_path(self, mod: ModVersion, suffix: str) -> str:
        """The name of the file with this suffix (info, mod, zip, ziphash, lock, partial) of one version.

        Raises GokilnError for a path or version that cannot be in a cache.
        """
        if gover.is_toolchain(mod[0]):
            raise ToolchainModuleError
        parent = self.version_dir(mod[0])
        return f"{parent}{os.sep}{self._escaped_version(mod)}.{suffix}"

    def _escaped_version(self, mod: ModVersion) -> str:
        found = self._escaped.get(mod)
        if found is None:
            path, version = mod[0], mod[1]
            if not gover.mod_is_valid(path, version):
                raise FetchError(f"non-semver module version {modpath.quoted(version)}")
            if modpath.canonical_version(version) != version:
                raise FetchError(f"non-canonical module version {modpath.quoted(version)}")
            found = self._escaped[mod] = modpath.escape_version(version)
        return found

    def tree_dir(self, mod: ModVersion) -> str:
        """Where the tree of a module version belongs, whether it is there or not. Raises GokilnError."""
        if gover.is_toolchain(mod[0]):
            raise ToolchainModuleError
        self.check()
        escaped = modpath.escape_path(mod[0])
        name = f"{escaped}@{self._escaped_version(mod)}"
        return os.path.join(self.root, *name.split("/")) if os.sep != "/" else f"{self.root.rstrip('/')}/{name}"

    def download_dir(self, mod: ModVersion) -> str:
        """The directory of a module's whole tree.

        Raises DownloadDirError or DownloadDirPartialError (both not_exist, with `dir`) when it has to be
        extracted first, other GokilnErrors for names that cannot be in a cache.
        """
        dir = self.tree_dir(mod)
        try:
            mode = os.stat(dir).st_mode
        except FileNotFoundError as err:
            raise DownloadDirError(dir, err) from None
        except OSError as err:
            raise DownloadDirPartialError(dir, path_error("stat", dir, err)) from err
        if not stat.S_ISDIR(mode):
            raise DownloadDirPartialError(dir, "not a directory")
        if _exists(self.cache_path(mod, "partial")):
            raise DownloadDirPartialError(dir, "not completely extracted")
        # golang.org/fips140 is extracted from GOROOT, never downloaded: it has no zip to hash.
        if mod[0] != "golang.org/fips140" and not _exists(self.cache_path(mod, "ziphash")):
            raise DownloadDirPartialError(dir, "ziphash file is missing")
        return dir

    def lock_version(self, mod: ModVersion) -> LockedFile:
        """Hold the lock of one version's zip and tree: `with cache.lock_version(mod): ...`. Raises GokilnError."""
        return _lock(self.cache_path(mod, "lock"))

    def side_lock(self) -> LockedFile:
        """Hold the lock that go commands before 1.12 take around go.sum and go.mod. Raises GokilnError."""
        self.check()
        path = os.path.join(self.root, "cache", "lock")
        try:
            os.makedirs(os.path.dirname(path), 0o777, exist_ok=True)
        except OSError as err:
            text = path_error("mkdir", os.path.dirname(path), err)
            raise FetchError(f"failed to create cache directory: {text}", err) from err
        return _lock(path)


def _lock(path: str) -> LockedFile:
    from gokiln.base.lock import lock_file

    make_dirs(os.path.dirname(path))
    try:
        return lock_file(path)
    except OSError as err:
        raise OsFailure("open", path, err) from err


def make_dirs(path: str) -> None:
    """os.MkdirAll. Raises OsFailure naming the directory that could not be made."""
    try:
        os.makedirs(path, 0o777, exist_ok=True)
    except OSError as err:
        raise OsFailure("mkdir", os.fsdecode(err.filename) if err.filename else path, err) from err


def _exists(path: str) -> bool:
    """Whether there is something at path. Raises OsFailure when that cannot be told."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    except OSError as err:
        raise OsFailure("stat", path, err) from err
    return True


def _walk_dirs(root: str, visit: Callable[[str], None] | None = None) -> list[str]:
    """root and all directories below it, parents first; what cannot be read is left out. visit: called before that."""
    dirs = [root]
    for dir in dirs:  # grows while it is walked
        if visit is not None:
            visit(dir)
        try:
            with os.scandir(dir) as entries:
                dirs.extend(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
        except OSError:
            continue
    return dirs


def make_dirs_read_only(root: str) -> None:
    """Take write permission from all directories of a tree, children first; best effort."""
    for dir in reversed(_walk_dirs(root)):
        try:
            mode = stat.S_IMODE(os.stat(dir).st_mode)
            if mode & 0o222:
                os.chmod(dir, mode & ~0o222)
        except OSError:
            continue


def remove_all(root: str) -> None:
    """Remove a tree whose directories are read-only. Raises OsFailure, in os.RemoveAll's words, when something stays.

    Source: os/removeall_at.go, go1.26.
    """
    import shutil

    try:
        os.lstat(root)
    except FileNotFoundError:
        return
    except NotADirectoryError as err:
        parent = os.path.dirname(root)
        if os.path.lexists(parent):
            raise OsFailure("unlinkat", root, err) from err
        raise OsFailure("open", parent, err) from err
    except OSError:
        # Unreachable: removing says how.
        _unlink(root)
        return
    if os.path.islink(root) or not os.path.isdir(root):
        _unlink(root)
        return
    try:
        shutil.rmtree(root)
        return
    except OSError:
        # Most trees go at once; one with read-only directories needs what follows.
        if not os.path.lexists(root):
            return
    _walk_dirs(root, _make_writable)
    failed: list[tuple[str, str, OSError]] = []

    def note(function: object, path: str, info: tuple[type, BaseException, object]) -> None:
        # What else can go goes; the first that stays is told.
        if isinstance(info[1], OSError) and not isinstance(info[1], FileNotFoundError):
            failed.append(("unlinkat" if function in (os.unlink, os.rmdir) else "openfdat", path, info[1]))

    shutil.rmtree(root, onerror=note)
    if os.path.lexists(root) and failed:
        raise OsFailure(*failed[0]) from failed[0][2]


def _make_writable(dir: str) -> None:
    try:
        os.chmod(dir, 0o777)
    except OSError:
        return


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as err:
        raise OsFailure("unlinkat", path, err) from err

"""The .info and .mod files of the module cache, and the list of versions beside them.

Source: cmd/go/internal/modfetch/cache.go (readDiskStat ... rewriteVersionList), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import os_error_text
from gokiln.errors import GokilnError
from gokiln.golang import gover, modpath, semver
from gokiln.modules.fetch.errors import FetchError, NotCachedError
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.fetch.cachedir import CacheDir
    from gokiln.modules.fetch.revinfo import RevInfo

# Go commands of 2018 made go.mod files up and marked them so; such a file counts as absent.
OLD_VGO_PREFIX = b"//vgo 0.0."


class DiskCache:
    """Small files of a module cache. goproxy_off: nothing can be asked for, so guess from what is there."""

    def __init__(self, dirs: CacheDir, goproxy_off: bool = False) -> None:
        self.dirs = dirs
        self.goproxy_off = goproxy_off

    def file_for(self, path: str, rev: str, suffix: str) -> str:
        """The name of a version's file, or "" when it cannot have one (rev is a branch, say)."""
        if gover.is_toolchain(path):
            return ""
        try:
            return self.dirs.cache_path(ModVersion(path, rev), suffix)
        except GokilnError:
            return ""

    def read(self, path: str, rev: str, suffix: str) -> tuple[str, bytes]:
        """(file name, bytes). Raises NotCachedError when there is none."""
        file = self.file_for(path, rev, suffix)
        if not file:
            raise NotCachedError
        try:
            with open(file, "rb", buffering=0) as f:
                return file, f.read()
        except OSError:
            raise NotCachedError from None

    def read_go_mod(self, path: str, version: str, check: Callable[[str, str, bytes], None]) -> bytes | None:
        """A cached go.mod file that agrees with go.sum, as check says, or None.

        None also when the checksum database cannot vouch for it: asking the source then tells what is the matter.
        Raises FatalError when go.sum says otherwise.
        """
        try:
            _, data = self.read(path, version, "mod")
        except NotCachedError:
            return None
        if data.startswith(OLD_VGO_PREFIX):
            return None
        try:
            check(path, version, data)
        except GokilnError:
            return None
        return data

    def read_stat(self, path: str, rev: str) -> tuple[str, RevInfo]:
        """(file name, what it says). Raises NotCachedError."""
        from gokiln.modules.fetch.revinfo import decode_info

        try:
            file, data = self.read(path, rev, "info")
        except NotCachedError:
            if self.goproxy_off:
                return self._read_stat_by_hash(path, rev)
            raise
        try:
            return file, decode_info(data)
        except ValueError:
            raise NotCachedError from None

    def _read_stat_by_hash(self, path: str, rev: str) -> tuple[str, RevInfo]:
        """The highest cached pseudo-version of a commit; for when upstream cannot be asked. Raises NotCachedError."""
        from gokiln.golang.pseudo import is_pseudo_version
        from gokiln.modules.fetch.revinfo import decode_info

        hexdigits = set("0123456789abcdef")
        if len(rev) < 12 or not set(rev) <= hexdigits or gover.is_toolchain(path):
            raise NotCachedError
        suffix = f"-{rev[:12]}.info"
        best = ""
        try:
            names = os.listdir(self.dirs.version_dir(path))
        except (OSError, GokilnError):
            raise NotCachedError from None
        for name in names:
            version = name.removesuffix(".info")
            if not name.endswith(suffix) or not is_pseudo_version(version):
                continue
            if not best or semver.compare(version, best) > 0:
                best = version
        if not best:
            raise NotCachedError
        file, data = self.read(path, best, "info")
        try:
            return file, decode_info(data)
        except ValueError:
            raise NotCachedError from None

    def write_stat(self, file: str, info: RevInfo) -> None:
        """Keep info under the name that file_for or read_stat gave; "" is ignored. Raises FetchError."""
        from gokiln.modules.fetch.revinfo import encode_info, for_disk

        self.write(file, encode_info(for_disk(info)))

    def write(self, file: str, data: bytes) -> None:
        """Make a cache file appear whole; a .mod file also enters the version list. Raises FetchError."""
        if not file:
            return
        from gokiln.base.publish import publish

        try:
            os.makedirs(os.path.dirname(file), 0o777, exist_ok=True)
            publish(file, data)
            if file.endswith(".mod"):
                rewrite_version_list(os.path.dirname(file))
        except OSError as err:
            raise FetchError(os_error_text(err), err) from err


def rewrite_version_list(dir: str) -> None:
    """Bring `list` up to date with the .mod files in a module's @v directory, under its lock. Raises OSError.

    Without .mod a version is of no use, so it is not listed; a .zip is not needed for most of them.
    """
    from gokiln.base.lock import LockedFile

    with LockedFile(os.path.join(dir, "list"), os.O_RDWR | os.O_CREAT) as file:
        versions = [name[:-4] for name in os.listdir(dir) if name.endswith(".mod")]
        versions = [v for v in versions if v and modpath.canonical_version(v) == v]
        semver.sort(versions)
        data = "".join(v + "\n" for v in versions).encode()
        if file.read() == data:
            return
        # Cut to nothing, then grow: what a crash leaves unwritten shows as NUL bytes.
        file.truncate(0)
        file.truncate(len(data))
        try:
            file.write_at(data, 0)
        except OSError:
            file.truncate(0)
            raise

"""Zip files into the module cache, and trees out of them, while go commands do the same.

One lock file per version guards both steps. A zip is written beside its place, hashed, compared with go.sum and the
checksum database, and only then renamed. A tree is extracted where it belongs, under a `.partial` marker that every
go command since 1.14 respects: a killed process leaves a marker, and the next one starts over.

Beyond cmd/go: a cached zip that does not read as one, or no longer has the hash in its .ziphash file, is fetched
again instead of failing for ever.

Source: cmd/go/internal/modfetch/fetch.go (download, unzip, DownloadZip, downloadZip, hashZip, checkMod), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import os_error_text
from gokiln.errors import FatalError, GokilnError
from gokiln.events import Downloaded, Downloading, Text, Warn
from gokiln.golang import modpath
from gokiln.modules.fetch.cachedir import make_dirs, make_dirs_read_only, remove_all
from gokiln.modules.fetch.errors import (
    DownloadDirError,
    DownloadDirPartialError,
    FetchError,
    OsFailure,
    fatal_verifying,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.fetch.cachedir import CacheDir
    from gokiln.modules.fetch.gosum import GoSum
    from gokiln.modules.fetch.repo import Progress
    from gokiln.modules.fetch.settings import Settings
    from gokiln.modules.version import ModVersion

    FetchZip = Callable[["ModVersion", str, Progress], None]

_SUM_SIZE = len("h1:") + 44  # base64 of 32 bytes


def is_valid_sum(data: bytes) -> bool:
    """Whether data can be the content of a .ziphash file; a write cut short leaves NUL bytes."""
    return b"\0" not in data and len(data) == _SUM_SIZE


class Downloader:
    """The steps from nothing to a tree, for one module cache. fetch_zip(mod, file, progress) fills an existing file."""

    def __init__(self, settings: Settings, dirs: CacheDir, go_sum: GoSum, fetch_zip: FetchZip) -> None:
        self._settings = settings
        self._dirs = dirs
        self._go_sum = go_sum
        self._fetch_zip = fetch_zip

    # Trees

    def tree(self, mod: ModVersion, zip_file: Callable[[], str]) -> str:
        """The directory of mod's tree, extracted from zip_file() when it is not there. Raises GokilnError."""
        try:
            return self._dirs.download_dir(mod)
        except (DownloadDirError, DownloadDirPartialError):
            return self._extract(mod, zip_file())

    def bundled_tree(self, mod: ModVersion, zip_file: str, zip_hash: str, verify: Callable[[], None]) -> str:
        """The directory of a tree whose zip comes with GOROOT, extracted unless it came from a zip with this hash.

        zip_hash: h1:, recorded beside the tree. verify: raises when the zip is not what it should be; called before
        it is extracted. Raises GokilnError.
        """
        try:
            dir = self._dirs.download_dir(mod)
            if self._recorded_hash(mod) == zip_hash:
                return dir
        except (DownloadDirError, DownloadDirPartialError) as err:
            dir = err.dir
        return self._extract(mod, zip_file, zip_hash, verify)

    def _extract(
        self, mod: ModVersion, zip_file: str, zip_hash: str = "", verify: Callable[[], None] | None = None
    ) -> str:
        hash_file = self._dirs.cache_path(mod, "ziphash")
        with self._dirs.lock_version(mod):
            try:
                dir = self._dirs.download_dir(mod)
                if not zip_hash or self._recorded_hash(mod) == zip_hash:
                    return dir  # someone else did it while we waited
                stale = True
            except DownloadDirPartialError as err:
                dir, stale = err.dir, True
            except DownloadDirError as err:
                dir, stale = err.dir, False
            if verify is not None:
                verify()
            if stale:
                remove_all(dir)
            if zip_hash:
                remove_all(hash_file)
            self._sweep(os.path.dirname(dir), os.path.basename(dir) + ".tmp-", "")
            partial = self._dirs.cache_path(mod, "partial")
            make_dirs(os.path.dirname(dir))
            _touch(partial)
            self._unzip_whole(dir, mod, zip_file, partial)
            try:
                os.unlink(partial)
            except OSError as err:
                raise OsFailure("remove", partial, err) from err
            if zip_hash:
                _write_hash(hash_file, zip_hash)
            if not self._settings.modcacherw:
                make_dirs_read_only(dir)
            return dir

    def mend(self, mod: ModVersion) -> None:
        """Extract mod's tree again where one is that is damaged. Raises GokilnError; then the old tree stays."""
        zip_file = self.zip(mod)
        with self._dirs.lock_version(mod):
            dir = self._dirs.tree_dir(mod)
            partial = self._dirs.cache_path(mod, "partial")
            # A go command that extracts this version sweeps such a name up should we be killed.
            aside = f"{dir}.tmp-{os.urandom(6).hex()}"
            _rename(dir, aside)
            try:
                _touch(partial)
                self._unzip_whole(dir, mod, zip_file, partial)
                os.unlink(partial)
            except BaseException:
                if not os.path.lexists(dir):
                    _rename(aside, dir)
                raise
            if not self._settings.modcacherw:
                make_dirs_read_only(dir)
            try:
                remove_all(aside)
            except OsFailure:
                return

    def _unzip_whole(self, dir: str, mod: ModVersion, zip_file: str, partial: str) -> None:
        """Extract; when the zip turns out to be damaged, fetch it again, once."""
        from gokiln.modules.fetch.unzip import UnzipError

        try:
            self._unzip(dir, mod, zip_file, partial)
            return
        except UnzipError as err:
            if not err.damaged:
                self._settings.sink.tell(Text(f"-> {err}\n"))
                raise
            problem = err
        self._settings.sink.tell(Warn(f"module zip {zip_file} is damaged ({problem.err}); fetching it again"))
        _touch(partial)
        try:
            self._fetch(mod, zip_file, zip_file + "hash")
        except GokilnError as err:
            raise FetchError(f"{problem}\n\tfetching it again: {err}", err) from err
        self._unzip(dir, mod, zip_file, partial)

    def _unzip(self, dir: str, mod: ModVersion, zip_file: str, partial: str) -> None:
        from gokiln.modules.fetch.unzip import UnzipError, unzip

        try:
            sum = unzip(dir, mod, zip_file)
            recorded = self._recorded_hash(mod)
            if recorded and sum != recorded:
                problem = FetchError(f"its files have hash {sum}, but {recorded} is recorded beside it")
                raise UnzipError(zip_file, problem, damaged=True)
        except BaseException:
            # If even the removal fails, or we are killed, the marker stays and tells the next process.
            remove_all(dir)
            os.unlink(partial)
            raise

    def _recorded_hash(self, mod: ModVersion) -> str:
        from gokiln.base.lock import read_locked

        try:
            data = read_locked(self._dirs.cache_path(mod, "ziphash")).strip()
        except OSError:
            return ""
        return data.decode() if is_valid_sum(data) and data.isascii() else ""

    def _sweep(self, parent: str, prefix: str, suffix: str) -> None:
        """Remove what processes that no longer hold the lock have left behind; best effort."""
        try:
            names = os.listdir(parent)
        except OSError:
            return
        for name in names:
            if name.startswith(prefix) and name.endswith(suffix) and name != prefix:
                try:
                    remove_all(os.path.join(parent, name))
                except OsFailure:
                    continue

    # Zips

    def zip(self, mod: ModVersion) -> str:
        """The name of mod's zip file in the cache, fetched when it is not there. Raises GokilnError."""
        zip_file = self._dirs.cache_path(mod, "zip")
        hash_file = zip_file + "hash"
        if os.path.exists(zip_file) and os.path.exists(hash_file):
            if not self._go_sum.have_sum(mod):
                self.check_mod(mod)
            return zip_file
        if self._settings.cmd_name != "mod download":
            self._settings.sink.tell(Text(f"go: downloading {download_label(mod)}\n"))
        with self._dirs.lock_version(mod):
            self._zip_locked(mod, zip_file, hash_file)
        return zip_file

    def _zip_locked(self, mod: ModVersion, zip_file: str, hash_file: str) -> None:
        have_zip, have_hash = os.path.exists(zip_file), os.path.exists(hash_file)
        if have_zip and have_hash:
            return
        parent, name = os.path.split(zip_file)
        make_dirs(parent)
        self._sweep(parent, name, ".tmp")
        if have_zip and not have_hash:
            # The hash was lost, in a crash perhaps: no need to fetch, unless the zip suffered too.
            try:
                self.hash_zip(mod, zip_file, hash_file)
                return
            except GokilnError:
                have_zip = False
        self._fetch(mod, zip_file, hash_file)

    def _fetch(self, mod: ModVersion, zip_file: str, hash_file: str) -> None:
        from gokiln.base.publish import replace
        from gokiln.modules.fetch.unzip import check_prefix

        temp = _temp_file(zip_file)
        ok = False
        sink = self._settings.sink

        def progress(done: int, total: int | None) -> None:
            sink.tell(Downloading(mod.path, mod.version, done, total))

        try:
            self._fetch_zip(mod, temp, progress)
            check_prefix(mod, temp)
            self.hash_zip(mod, temp, hash_file)
            replace(temp, zip_file)
            ok = True
        except OSError as err:
            raise FetchError(os_error_text(err), err) from err
        finally:
            sink.tell(Downloaded(mod.path, mod.version, ok))
            if not ok and os.path.exists(temp):
                os.unlink(temp)

    def hash_zip(self, mod: ModVersion, zip_file: str, hash_file: str) -> None:
        """Hash a zip, check the hash, and record it in hash_file. Raises GokilnError; then nothing is recorded."""
        from gokiln.base.lock import write_locked
        from gokiln.golang.dirhash import hash_zip

        try:
            found = hash_zip(zip_file)
            self._go_sum.check_mod_sum(mod, found)
            write_locked(hash_file, found.encode())
        except OSError as err:
            raise FetchError(os_error_text(err), err) from err

    def check_mod(self, mod: ModVersion) -> None:
        """Compare the recorded hash of mod's zip with go.sum and the checksum database. Raises FatalError."""
        try:
            hash_file = self._dirs.cache_path(mod, "ziphash")
            data = _read_hash(hash_file)
        except OSError as err:
            raise fatal_verifying(mod, FetchError(os_error_text(err), err)) from err
        except GokilnError as err:
            raise fatal_verifying(mod, err) from err
        if not is_valid_sum(data):
            try:
                self.hash_zip(mod, self._dirs.cache_path(mod, "zip"), hash_file)
            except GokilnError as err:
                raise fatal_verifying(mod, err) from err
            return
        sum = data.decode("utf-8", "surrogateescape")
        if not sum.startswith("h1:"):
            raise fatal_verifying(mod, FetchError(f"unexpected ziphash: {modpath.quoted(sum)}"))
        try:
            self._go_sum.check_mod_sum(mod, sum)
        except GokilnError as err:
            raise FatalError(str(err)) from err


def download_label(mod: ModVersion) -> str:
    """What is said to be downloaded: `path version`, or for a toolchain `go1.2.3 (linux/amd64)`."""
    if mod.path != "golang.org/toolchain":
        return f"{mod.path} {mod.version}"
    name = mod.version.partition("-")[2]  # of v0.0.1-go1.2.3.linux-amd64
    head, dot, platform = name.rpartition(".")
    if not dot:
        return name
    goos, _, goarch = platform.partition("-")
    return f"{head} ({goos}/{goarch})"


def _read_hash(hash_file: str) -> bytes:
    """The bytes of a .ziphash file, without white space around. Raises OSError."""
    with open(hash_file, "rb", buffering=0) as file:
        data = file.read().strip()
    if is_valid_sum(data):
        return data  # whole, so nobody is writing it
    from gokiln.base.lock import read_locked

    return read_locked(hash_file).strip()


def _write_hash(hash_file: str, text: str) -> None:
    from gokiln.base.lock import write_locked

    make_dirs(os.path.dirname(hash_file))
    try:
        write_locked(hash_file, text.encode())
    except OSError as err:
        raise OsFailure("open", hash_file, err) from err


def _rename(source: str, target: str) -> None:
    try:
        os.rename(source, target)
    except OSError as err:
        raise OsFailure("rename", source, err) from err


def _touch(path: str) -> None:
    try:
        with open(path, "wb"):
            return
    except OSError as err:
        raise OsFailure("open", path, err) from err


def _temp_file(zip_file: str) -> str:
    """A new empty file beside zip_file with a name that go commands sweep up (<name><digits>.tmp). Raises OsFailure."""
    import secrets

    while True:
        temp = f"{zip_file}{secrets.randbelow(10**9)}.tmp"
        try:
            os.close(os.open(temp, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666))
        except FileExistsError:
            continue
        except OSError as err:
            raise OsFailure("open", temp, err) from err
        return temp

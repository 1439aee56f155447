"""The door of this room: modules by name and version, from the cache, a proxy, and checked (modfetch.Fetcher).

A Fetcher belongs to one command. Its methods may be called from many threads; the same question is worked on once.
Nothing of the network, of zip files or of cryptography is imported before something has to be fetched.

Source: cmd/go/internal/modfetch (fetch.go, cache.go, repo.go), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import os_error_text
from gokiln.base.pattern import match_prefix_patterns
from gokiln.errors import FatalError, GokilnError
from gokiln.golang import gover, modpath
from gokiln.golang.dirhash import hash_go_mod
from gokiln.index.trees import KnownTrees
from gokiln.modules.fetch.cachedir import CacheDir
from gokiln.modules.fetch.diskcache import DiskCache
from gokiln.modules.fetch.download import Downloader, is_valid_sum
from gokiln.modules.fetch.errors import FetchError, NotCachedError, ToolchainModuleError
from gokiln.modules.fetch.gosum import GoSum
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.settings import Settings
from gokiln.modules.fetch.trees import TreeGuard
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gokiln.config.config import Config
    from gokiln.modules.fetch.direct import Origins
    from gokiln.modules.fetch.http import HttpClient
    from gokiln.modules.fetch.proxylist import ProxyList
    from gokiln.modules.fetch.repo import CachingRepo, Progress, Repo
    from gokiln.modules.fetch.revinfo import RevInfo
    from gokiln.modules.fetch.sumdb.dial import SumDb


class Fetcher:
    """Modules for one command.

    lookup_direct(path): a Repo for the origin of a module; None: its version control system, see direct.py.
    go_sum: the go.sum state; build_mod and build_mod_reason: set by the loader once it has decided about -mod.
    """

    def __init__(self, config: Config | Settings, *, lookup_direct: Callable[[str], Repo] | None = None) -> None:
        self.settings = config if isinstance(config, Settings) else Settings.from_config(config)
        self.dirs = CacheDir(self.settings.gomodcache)
        self.disk_cache = DiskCache(self.dirs, self.settings.goproxy == "off")
        self.go_sum = GoSum(self.settings, self.dirs, self._check_sum_db)
        self.startup = gover.Startup(gotoolchain=self.settings.gotoolchain)
        self._lookup_direct = lookup_direct
        self._downloader = Downloader(self.settings, self.dirs, self.go_sum, self._fetch_zip)
        known = KnownTrees(self.settings.known_trees)
        self.trees = TreeGuard(self.settings.gomodcache, known, self.sum, self._downloader.mend, self.settings.sink)
        self._lookups = Memo()
        self._downloads = Memo()
        self._zips = Memo()
        self._parts = Memo()

    # go.sum, as modload uses it

    @property
    def go_sum_file(self) -> str:
        """Path of the go.sum in use, "" for none."""
        return self.go_sum.go_sum_file

    def set_go_sum_file(self, path: str) -> None:
        """Use this go.sum from now on."""
        self.go_sum.go_sum_file = path

    def add_workspace_go_sum_file(self, path: str) -> None:
        """Also take hashes from a workspace module's go.sum."""
        self.go_sum.workspace_files.append(path)

    def reset(self) -> None:
        """Forget go.sum and what was looked up, as for another main module (Fetcher.Reset)."""
        self.go_sum.reset()
        self._lookups = Memo()
        self._downloads = Memo()

    def have_sum(self, mod: ModVersion) -> bool:
        """Whether go.sum knows mod; a version ending in "/go.mod" asks for the go.mod file."""
        return self.go_sum.have_sum(mod)

    def recorded_sum(self, mod: ModVersion) -> str | None:
        """go.sum's hash of mod, "" for none, None when there is no go.sum or its hashes disagree."""
        return self.go_sum.recorded_sum(mod)

    def write_go_sum(self, keep: Collection[ModVersion], readonly: bool) -> None:
        """See GoSum.write_go_sum."""
        self.go_sum.write_go_sum(keep, readonly)

    def tidy_go_sum(self, keep: Collection[ModVersion]) -> tuple[bytes, bytes]:
        """See GoSum.tidy_go_sum."""
        return self.go_sum.tidy_go_sum(keep)

    def trim_go_sum(self, keep: Collection[ModVersion]) -> None:
        """See GoSum.trim_go_sum."""
        self.go_sum.trim_go_sum(keep)

    # Trees and zips

    def cache_path(self, mod: ModVersion, suffix: str) -> str:
        """See CacheDir.cache_path."""
        return self.dirs.cache_path(mod, suffix)

    def download_dir(self, mod: ModVersion) -> str:
        """See CacheDir.download_dir: the directory of a whole tree, or an error that carries `dir`."""
        return self.dirs.download_dir(mod)

    def download(self, mod: ModVersion) -> str:
        """The directory of mod's tree, fetched and extracted if need be, its hash checked.

        Raises GokilnError: FatalError for a wrong hash, TooNewError when its go.mod asks for a newer Go.
        """
        if gover.is_toolchain(mod[0]):
            raise ToolchainModuleError
        self._refuse_bundled(mod)
        self._check_cache_dir()
        return self._downloads.do(mod, lambda: self._download(mod))

    def _download(self, mod: ModVersion) -> str:
        dir = self._downloader.tree(mod, lambda: self.download_zip(mod))
        self._downloader.check_mod(mod)
        self.trees.add(dir, mod)
        try:
            with open(f"{dir}{os.sep}go.mod", "rb", buffering=0) as file:
                data = file.read()
        except FileNotFoundError:
            return dir
        except OSError as err:
            raise FetchError(os_error_text(err), err) from err
        version = gover.go_mod_lookup(data, "go")
        if gover.compare(version, self.settings.go_version) > 0:
            raise gover.TooNewError(show(mod), version, self.settings.go_version, self.startup)
        return dir

    def _check_cache_dir(self) -> None:
        try:
            self.dirs.check()
        except FetchError as err:
            raise FatalError(f"go: {err}") from err

    def unzip(self, mod: ModVersion, zip_file: str) -> str:
        """Like download, from a zip that is at hand (GOFIPS140's, in GOROOT). Nothing is checked against go.sum."""
        self._check_cache_dir()
        return self._downloads.do(mod, lambda: self._downloader.tree(mod, lambda: zip_file))

    def unzip_verified(self, mod: ModVersion, zip_file: str, zip_hash: str, verify: Callable[[], None]) -> str:
        """Like unzip, but a tree that came from a zip with another h1: hash is replaced (from go1.27 on).

        verify: raises when the zip is not what it should be. Raises GokilnError.
        """
        self._check_cache_dir()
        return self._downloads.do(mod, lambda: self._downloader.bundled_tree(mod, zip_file, zip_hash, verify))

    def _refuse_bundled(self, mod: ModVersion) -> None:
        """Raise for the module that GOROOT holds: from go1.27 on nobody else can provide it."""
        if mod[0] == "golang.org/fips140" and gover.compare(self.settings.go_version, "1.27") >= 0:
            raise FetchError("golang.org/fips140 is bundled with the Go distribution and cannot be downloaded")

    def follow(self, other: Fetcher) -> None:
        """Go on where another fetcher of the same command has been: a zip that it got is not looked at again.

        So go.sum does not learn of it here, either (modfetch.downloadZipCache is the process's, go.sum the loader's).
        """
        self._zips = other._zips

    def download_zip(self, mod: ModVersion) -> str:
        """The name of mod's zip in the cache, fetched and checked if need be. Raises GokilnError."""
        self._refuse_bundled(mod)
        return self._zips.do(mod, lambda: self._downloader.zip(mod))

    def download_toolchain(self, version: str, goos: str, goarch: str) -> str:
        """The directory of a Go toolchain ("go1.27.3") for a platform; the checksum database must vouch for it.

        Raises GokilnError.
        """
        return self.download(ModVersion("golang.org/toolchain", f"v0.0.1-{version}.{goos}-{goarch}"))

    def _fetch_zip(self, mod: ModVersion, file: str, progress: Progress) -> None:
        """Fill an existing file with mod's zip from the first proxy that has it."""

        def attempt(proxy: str) -> None:
            with open(file, "wb") as out:  # what an earlier proxy wrote before it failed is cut off
                self.lookup(proxy, mod.path).zip(out, mod.version, progress)

        self.proxies.attempt(attempt)

    def sum(self, mod: ModVersion) -> str:
        """The h1: hash of mod's zip, if the cache has it, else ""."""
        from gokiln.base.lock import read_locked

        if not self.settings.gomodcache:
            return ""
        try:
            data = read_locked(self.cache_path(mod, "ziphash")).strip()
        except (OSError, GokilnError):
            return ""
        return data.decode("utf-8", "surrogateescape") if is_valid_sum(data) else ""

    # Small files

    def info_file(self, path: str, version: str) -> tuple[RevInfo, str]:
        """(what is known of a version, the name of its .info file). Raises GokilnError."""
        self._check_version(path, version)
        try:
            file, info = self.disk_cache.read_stat(path, version)
            return info, file
        except NotCachedError:
            info = self.proxies.attempt(lambda proxy: self.lookup(proxy, path).stat(version))
        return info, self.cache_path(ModVersion(path, version), "info")

    def stat(self, path: str, rev: str) -> RevInfo:
        """What a version, branch or commit is, from the first proxy that knows it. Raises GokilnError."""
        return self.proxies.attempt(lambda proxy: self.lookup(proxy, path).stat(rev))

    def go_mod_data(self, mod: ModVersion) -> bytes:
        """The go.mod file of a version: go_mod(mod.path, mod.version)."""
        return self.go_mod(mod[0], mod[1])

    def go_mod(self, path: str, rev: str) -> bytes:
        """The go.mod file of a version or revision, checked against go.sum. Raises GokilnError."""
        if not gover.mod_is_valid(path, rev):
            try:
                rev = self.disk_cache.read_stat(path, rev)[1].version
            except NotCachedError:
                self.dirs.check()
                rev = self.stat(path, rev).version
        data = self.disk_cache.read_go_mod(path, rev, self.check_go_mod)
        if data is not None:
            return data
        return self.proxies.attempt(lambda proxy: self.lookup(proxy, path).go_mod(rev))

    def go_mod_file(self, path: str, version: str) -> str:
        """The name of the .mod file, fetched if need be. Raises GokilnError."""
        self._check_version(path, version)
        self.go_mod(path, version)
        return self.cache_path(ModVersion(path, version), "mod")

    def go_mod_sum(self, path: str, version: str) -> str:
        """The hash that go.sum lists as `path version/go.mod`. Raises GokilnError."""
        self._check_version(path, version)
        return hash_go_mod(self.go_mod(path, version))

    def _check_version(self, path: str, version: str) -> None:
        if not gover.mod_is_valid(path, version):
            raise FetchError(f"invalid version {modpath.quoted(version)}")

    def check_go_mod(self, path: str, version: str, data: bytes) -> None:
        """Compare a go.mod file with go.sum and the checksum database. Raises GokilnError."""
        self.go_sum.check_mod_sum(ModVersion(path, version + "/go.mod"), hash_go_mod(data))

    # Sources

    @property
    def http(self) -> HttpClient:
        """The client that all requests of this command go through."""
        return self._parts.do("http", self._make_http)

    def _make_http(self) -> HttpClient:
        from gokiln.modules.fetch.http import HttpClient

        return HttpClient(self.settings)

    @property
    def proxies(self) -> ProxyList:
        """GOPROXY's list. Raises FetchError when it does not parse."""
        return self._parts.do("proxies", self._make_proxies)

    def _make_proxies(self) -> ProxyList:
        from gokiln.modules.fetch.proxylist import ProxyList

        return ProxyList.parse(self.settings.goproxy, self.settings.gonoproxy)

    def lookup(self, proxy: str, path: str) -> CachingRepo:
        """The versions of a module as one proxy of GOPROXY's list gives them; asks nothing yet."""
        return self._lookups.do((proxy, path), lambda: self._cached(path, lambda: self._source(proxy, path)))

    def _cached(self, path: str, source: Callable[[], Repo]) -> CachingRepo:
        """A source of versions, made when it is asked for what is not in the cache."""
        from gokiln.modules.fetch.repo import CachingRepo

        quiet_when_read_only = gover.compare(self.settings.go_version, "1.27") >= 0
        sink = self.settings.sink
        return CachingRepo(path, source, self.disk_cache, self.check_go_mod, sink.tell, quiet_when_read_only)

    def lookup_local(self, code_root: str, path: str, directory: str) -> CachingRepo:
        """The module `path` in the repository around a directory; code_root: the import path of its root.

        Nothing is fetched for it (Fetcher.LookupLocal).
        """

        def source() -> Repo:
            return self.origins.local_repo(code_root, path, directory)

        return self._lookups.do(("local", path, directory), lambda: self._cached(path, source))

    @property
    def origins(self) -> Origins:
        """The repositories of modules."""
        return self._parts.do("origins", self._make_origins)

    def _make_origins(self) -> Origins:
        from gokiln.modules.fetch.direct import Origins

        return Origins(self.settings, lambda: self.http, self.startup)

    def _source(self, proxy: str, path: str) -> Repo:
        from gokiln.modules.fetch.proxy import ProxyRepo
        from gokiln.modules.fetch.proxylist import NO_PROXY, PROXY_OFF, USE_PROXY
        from gokiln.modules.fetch.toolchainrepo import ToolchainRepo

        settings = self.settings
        if settings.build_mod == "vendor":
            reason = f"\n\t({settings.build_mod_reason})" if settings.build_mod_reason else ""
            raise FetchError(f"module lookup disabled by -mod={settings.build_mod}{reason}")
        if gover.is_toolchain(path):
            return ToolchainRepo(path, self.lookup(proxy, "golang.org/toolchain"), settings.go_version)
        if match_prefix_patterns(settings.gonoproxy, path):
            if proxy in ("noproxy", "direct"):
                return self._direct(path)
            raise NO_PROXY
        if proxy == "off":
            from gokiln.modules.fetch.repo import ErrRepo

            return ErrRepo(path, PROXY_OFF)
        if proxy == "direct":
            return self._direct(path)
        if proxy == "noproxy":
            raise USE_PROXY
        return ProxyRepo(proxy, path, self.http)

    def _direct(self, path: str) -> Repo:
        lookup = self._lookup_direct or self.origins.direct_repo
        return lookup(path)

    # Checksum database

    @property
    def sum_db(self) -> SumDb:
        """The connection to the checksum database of GOSUMDB."""
        return self._parts.do("sumdb", self._make_sum_db)

    def _make_sum_db(self) -> SumDb:
        from gokiln.modules.fetch.sumdb.dial import SumDb

        return SumDb(self.settings, self.http, lambda: self.proxies)

    def _check_sum_db(self, mod: ModVersion, sum: str) -> None:
        from gokiln.modules.fetch.sumdb.use import use_sum_db

        if use_sum_db(self.settings, mod):
            self.sum_db.check(mod, sum)

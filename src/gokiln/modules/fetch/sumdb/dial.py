"""GOSUMDB: which database, how to reach it, where its files are kept.

    GOSUMDB=<name>            a database whose key this Go release knows
    GOSUMDB=<key>             name+hash+base64
    GOSUMDB=<name or key> <url>   reached at url, not through proxies
    GOSUMDB=off

The keys that a release knows are read from GOROOT/src/cmd/go/internal/modfetch/key.go. A proxy that has
sumdb/<name>/supported is used for the database too. Heads are in GOPATH/pkg/sumdb, lookups and tiles in
GOMODCACHE/cache/download/sumdb, as the go command keeps them.

Source: cmd/go/internal/modfetch/sumdb.go, fetch.go (checkSumDB), key.go, go1.26.
"""

from __future__ import annotations

import os
import re

from gokiln.base.lock import LockedFile, read_locked, write_locked
from gokiln.base.oserror import os_error_text
from gokiln.errors import GokilnError, is_not_exist
from gokiln.golang.modpath import version_error
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.goturl import GoUrl, parse
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.proxylist import PROXY_OFF, USE_PROXY
from gokiln.modules.fetch.sumdb.client import Client
from gokiln.modules.fetch.sumdb.note import Verifier
from gokiln.modules.fetch.sumdb.use import modfetch_source
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.fetch.http import HttpClient
    from gokiln.modules.fetch.proxylist import ProxyList
    from gokiln.modules.fetch.settings import Settings

_MORE = "\n\nFor more information, see 'go help module-auth'.\n"
SUMDB_MISMATCH = (
    "\n\nSECURITY ERROR\n"
    "This download does NOT match the one reported by the checksum server.\n"
    "The bits may have been replaced on the origin server, or an attacker may\n"
    "have intercepted the download attempt." + _MORE
)
SUMDB_ABSENT = (
    "\n\nSECURITY ERROR\n"
    "This download does NOT match one reported by the checksum server.\n"
    "The checksum server has provided checksums, but the checksums do\n"
    "not contain an entry for the download.\n"
    "The checksum server may be malfunctioning, or an attacker may have\n"
    "intercepted the checksum request.\n"
    "The download cannot be verified." + _MORE
)
_KEY_LINE = re.compile(r'^\s*"([^"]+)":\s*"([^"]+\+[0-9a-f]{8}\+[^"]+)",', re.M)
_ALIAS = re.compile(r'if gosumdb == "([^"]+)" \{\s*gosumdb = "([^"]+)"')


def aliases(goroot: str) -> dict[str, str]:
    """Other names of the default database, each with the GOSUMDB value it stands for, as GOROOT's source has them."""
    return dict(_ALIAS.findall(modfetch_source(goroot, "sumdb.go")))


def known_keys(goroot: str) -> dict[str, str]:
    """Verifier key by database name, as GOROOT's source has them; {} when it cannot be read."""
    return dict(_KEY_LINE.findall(modfetch_source(goroot, "key.go")))


class SumDb:
    """The database of one command; contacted by the first check that no cache can answer.

    proxies: gives GOPROXY's list.
    """

    def __init__(self, settings: Settings, http: HttpClient, proxies: Callable[[], ProxyList]) -> None:
        self._settings = settings
        self._http = http
        self._proxies = proxies
        self._dialed = Memo()

    def check(self, mod: ModVersion, sum: str) -> None:
        """Raise ModuleError unless the database has exactly this hash for mod ("/go.mod" versions: the go.mod file).

        Raises FatalError when the database is caught lying.
        """
        noun = "go.mod" if mod.version.endswith("/go.mod") else "module"
        bare = ModVersion(mod.path, mod.version.removesuffix("/go.mod"))
        try:
            client = self._dialed.do("client", self._dial)
            lines = client.lookup(mod.path, mod.version)
        except FetchError as err:
            raise version_error(bare, FetchError(f"verifying {noun}: {err}", err)) from err
        start = f"{mod.path} {mod.version} "
        if start + sum in lines:
            return
        for line in lines:
            if line.startswith(start + "h1:"):
                problem = (
                    f"verifying {noun}: checksum mismatch\n\tdownloaded: {sum}\n"
                    f"\t{client.name}: {line[len(start) :]}{SUMDB_MISMATCH}"
                )
                raise version_error(bare, FetchError(problem))
        raise version_error(bare, FetchError(f"verifying {noun}: checksum missing from sumdb response{SUMDB_ABSENT}"))

    def _dial(self) -> Client:
        gosumdb = self._settings.gosumdb
        gosumdb = aliases(self._settings.goroot).get(gosumdb, gosumdb)
        if gosumdb == "off":
            raise FetchError("checksum database disabled by GOSUMDB=off")
        fields = gosumdb.split()
        if not fields:
            raise FetchError("missing GOSUMDB")
        key = known_keys(self._settings.goroot).get(fields[0], fields[0])
        if len(fields) > 2:
            raise FetchError("invalid GOSUMDB: too many fields")
        try:
            name = Verifier(key).name
        except GokilnError as err:
            raise FetchError(f"invalid GOSUMDB: {err}", err) from err
        direct = _direct_url(name)
        base = None
        if len(fields) == 2:
            try:
                base = parse(fields[1])
            except GokilnError as err:
                raise FetchError(f"invalid GOSUMDB URL: {err}", err) from err
        return Client(DbOps(self._settings, self._http, self._proxies, name, direct, base), key)


def _direct_url(name: str) -> GoUrl:
    """The database's own URL; its name must be a host, perhaps with a path, and nothing cleverer. Raises FetchError."""
    try:
        url = parse("https://" + name)
    except GokilnError:
        url = GoUrl()
    odd = url.user is not None or url.query or url.opaque or url.raw_path or "#" in name
    if not url.host or odd or name.endswith("/"):
        raise FetchError(f"invalid sumdb name (must be host[/path]): {name}")
    return url


class DbOps:
    """The client's world: the server by HTTP, GOPATH/pkg/sumdb, GOMODCACHE/cache/download/sumdb."""

    def __init__(
        self,
        settings: Settings,
        http: HttpClient,
        proxies: Callable[[], ProxyList],
        name: str,
        direct: GoUrl,
        base: GoUrl | None,
    ) -> None:
        self._settings = settings
        self._http = http
        self._proxies = proxies
        self._name = name
        self._direct = direct
        self._given = base
        self._base = Memo()
        self._cache = os.path.join(settings.gomodcache, "cache", "download", "sumdb")

    def _find_base(self) -> GoUrl:
        """Where to reach the database: the given URL, a proxy that offers it, or its own host. Raises GokilnError.

        A proxy that says it has the database is the only way used; one that says 404 or 410 (or fails, before `|`)
        leads to the next; any other answer means that the database cannot be had.
        """
        if self._given is not None:
            return self._given

        def attempt(proxy: str) -> GoUrl:
            if proxy == "noproxy":
                raise USE_PROXY
            if proxy in ("direct", "off"):
                raise PROXY_OFF
            url = parse(proxy)
            self._http.get_bytes(url.join(f"sumdb/{self._name}/supported"))
            return url.join(f"sumdb/{self._name}")

        try:
            return self._proxies().attempt(attempt)
        except GokilnError as err:
            if is_not_exist(err):
                return self._direct
            raise

    def read_remote(self, path: str) -> bytes:
        """GET path below the database. Raises GokilnError."""
        return self._http.get_bytes(self._base.do("base", self._find_base).join(path))

    def _config_path(self, file: str) -> str:
        if not self._settings.sumdb_dir:
            raise FetchError("could not locate sumdb file: missing $GOPATH: ")
        return os.path.join(self._settings.sumdb_dir, *file.split("/"))

    def read_config(self, file: str) -> bytes:
        """A file of GOPATH/pkg/sumdb, b"" for none. Raises FetchError."""
        path = self._config_path(file)
        try:
            return read_locked(path)
        except FileNotFoundError:
            return b""
        except OSError as err:
            raise FetchError(os_error_text(err), err) from err

    def write_config(self, file: str, old: bytes, new: bytes) -> bool:
        """Compare and swap under the file's lock. Raises FetchError."""
        path = self._config_path(file)
        try:
            os.makedirs(os.path.dirname(path), 0o777, exist_ok=True)
            with LockedFile(path, os.O_RDWR | os.O_CREAT) as locked:
                data = locked.read()
                if data and data != old:
                    return False
                locked.truncate(0)
                locked.write_at(new, 0)
                return True
        except OSError as err:
            raise FetchError(os_error_text(err), err) from err

    def read_cache(self, file: str) -> bytes | None:
        """A cached lookup or tile; an empty file is one that is just being written."""
        try:
            return read_locked(os.path.join(self._cache, *file.split("/"))) or None
        except OSError:
            return None

    def write_cache(self, file: str, data: bytes) -> None:
        """Keep a lookup or tile; without room or permission it is fetched again next time."""
        path = os.path.join(self._cache, *file.split("/"))
        try:
            os.makedirs(os.path.dirname(path), 0o777, exist_ok=True)
            write_locked(path, data)
        except OSError:
            return

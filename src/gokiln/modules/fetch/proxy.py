"""One module proxy: five kinds of GET below <proxy>/<module path>/.

    @v/list  @v/<version>.info  @v/<version>.mod  @v/<version>.zip  @latest

Source: cmd/go/internal/modfetch/proxy.go (proxyRepo), go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, is_not_exist
from gokiln.golang import gover, modpath, pseudo, semver
from gokiln.modules.fetch.errors import FetchError, NotExistError
from gokiln.modules.fetch.goturl import GoUrl, parse, path_escape
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.response import BodyError
from gokiln.modules.fetch.revinfo import RevInfo, Versions, decode_info, rfc3339_seconds
from gokiln.modules.fetch.zipcheck import MAX_ZIP_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from gokiln.modules.fetch.http import HttpClient
    from gokiln.modules.fetch.repo import Progress
    from gokiln.modules.fetch.revinfo import Origin

_ZERO = -62135596800  # time.Time{} as Unix time
_ZIP_TRIES = 2


def parse_proxy_url(text: str) -> GoUrl:
    """The base URL of a proxy. Raises UrlError, FetchError."""
    url = parse(text)
    shown = url.redacted()
    if url.scheme in ("http", "https"):
        return url
    if url.scheme == "file":
        if url.host or url.user or url.query or url.opaque or "#" in text:
            raise FetchError(f"invalid file:// proxy URL with non-path elements: {shown}")
        return url
    if not url.scheme:
        raise FetchError(f"invalid proxy URL missing scheme: {shown}")
    raise FetchError(f"invalid proxy URL scheme (must be https, http, file): {shown}")


class ProxyRepo:
    """A module as one proxy has it. base_url: an entry of GOPROXY."""

    def __init__(self, base_url: str, path: str, http: HttpClient) -> None:
        base = parse_proxy_url(base_url)
        self._shown_base = base.redacted()
        escaped = modpath.escape_path(path)
        base.path = base.path.removesuffix("/") + "/" + escaped
        base.raw_path = base.raw_path.removesuffix("/") + "/" + path_escape(escaped)
        self._url = base
        self._path = path
        self._http = http
        self._latest_of_list = Memo()

    def module_path(self) -> str:
        """The module's path."""
        return self._path

    def check_reuse(self, old: Origin | None) -> None:
        """Proxies do not support it."""
        raise FetchError("proxy does not support CheckReuse")

    def _wrap(self, version: str, err: Exception) -> modpath.ModuleError:
        if version and version != modpath.canonical_version(version):
            if isinstance(err, modpath.InvalidVersionError) and gover.compare(self._http.go_version, "1.27") >= 0:
                inner = err  # before go1.27 it is said twice that the version is invalid
            else:
                inner = modpath.InvalidVersionError(version, err, pseudo.is_pseudo_version(version))
            return modpath.ModuleError(self._path, "", inner)
        return modpath.ModuleError(self._path, version, err)

    def _get(self, path: str) -> bytes:
        return self._http.get_bytes(self._url.below(path))

    def versions(self, prefix: str) -> Versions:
        """Tagged versions of @v/list. Raises ModuleError."""
        try:
            lines = self._list()
        except GokilnError as err:
            raise self._wrap("", err) from err
        found = []
        for line in lines:
            version = (line.split() or [""])[0]
            if semver.is_valid(version) and version.startswith(prefix) and not pseudo.is_pseudo_version(version):
                found.append(version)
        semver.sort(found)
        return Versions(found)

    def _list(self) -> list[str]:
        return self._latest_of_list.do("lines", lambda: self._get("@v/list").decode("utf-8", "replace").split("\n"))

    def stat(self, rev: str) -> RevInfo:
        """@v/<rev>.info. Raises ModuleError."""
        try:
            escaped = modpath.escape_version(rev)
            info = self._decode(self._get(f"@v/{escaped}.info"))
        except GokilnError as err:
            raise self._wrap(rev, err) from err
        if info.version != rev and rev == modpath.canonical_version(rev) and self._fits(rev):
            problem = f"proxy returned info for version {info.version} instead of requested version"
            raise self._wrap(rev, FetchError(problem))
        return info

    def _fits(self, version: str) -> bool:
        try:
            modpath.check(self._path, version)
        except GokilnError:
            return False
        return True

    def _decode(self, data: bytes) -> RevInfo:
        try:
            return decode_info(data)
        except ValueError as err:
            raise FetchError(f"invalid response from proxy {go_quote(self._shown_base)}: {err}", err) from err

    def latest(self) -> RevInfo:
        """@latest, or the newest pseudo-version of @v/list when the proxy has no @latest. Raises ModuleError."""
        try:
            data = self._get("@latest")
        except GokilnError as err:
            if not is_not_exist(err):
                raise self._wrap("", err) from err
            return self._latest_of_list.do("latest", self._newest_listed)
        try:
            return self._decode(data)
        except GokilnError as err:
            raise self._wrap("", err) from err

    def _newest_listed(self) -> RevInfo:
        try:
            lines = self._list()
        except GokilnError as err:
            raise self._wrap("", err) from err
        best, best_time = "", _ZERO
        for line in lines:
            fields = line.split()
            if not fields or not semver.is_valid(fields[0]):
                continue
            when = _listed_time(fields)
            if when is not None and when > best_time:
                best, best_time = fields[0], when
        if not best:
            raise self._wrap("", NotExistError("no commits"))
        return self.stat(best)

    def go_mod(self, version: str) -> bytes:
        """@v/<version>.mod. Raises ModuleError."""
        try:
            return self._get(f"@v/{self._canonical(version, 'GoMod')}.mod")
        except GokilnError as err:
            raise self._wrap(version, err) from err

    def _canonical(self, version: str, caller: str) -> str:
        if version != modpath.canonical_version(version):
            raise FetchError(f"internal error: version passed to {caller} is not canonical")
        return modpath.escape_version(version)

    def zip(self, dst: BinaryIO, version: str, progress: Progress | None = None) -> None:
        """@v/<version>.zip into dst, which is rewound when a connection breaks and is tried again.

        Raises ModuleError.
        """
        try:
            url = self._url.below(f"@v/{self._canonical(version, 'Zip')}.zip")
            for attempt in range(_ZIP_TRIES):
                try:
                    self._copy(url, dst, progress)
                    return
                except BodyError:
                    if attempt == _ZIP_TRIES - 1:
                        raise
                    dst.seek(0)
                    dst.truncate()
        except GokilnError as err:
            raise self._wrap(version, err) from err

    def _copy(self, url: GoUrl, dst: BinaryIO, progress: Progress | None) -> None:
        response = self._http.get(url)
        response.check()
        done = 0
        try:
            for chunk in response.chunks():
                done += len(chunk)
                if done > MAX_ZIP_FILE:
                    raise FetchError("downloaded zip file too large")
                dst.write(chunk)
                if progress is not None:
                    progress(done, response.length)
        finally:
            response.close()


def _listed_time(fields: list[str]) -> int | None:
    """When a line of @v/list says its version is from; None for tagged versions without a time."""
    if len(fields) >= 2:
        try:
            return rfc3339_seconds(fields[1])
        except ValueError:
            return _ZERO
    if pseudo.is_pseudo_version(fields[0]):
        try:
            return pseudo.pseudo_version_time(fields[0])
        except GokilnError:
            return _ZERO
    return None

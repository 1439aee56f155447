"""Requests as the go command makes them, and what it says when they fail.

Plain GETs over urllib3, which is imported by the first request. file:// URLs are answered from disk in the same
shape. Credentials come from the URL or GOAUTH, go over https only, and are dropped when a redirect leaves the host.
Beyond cmd/go: a connection that breaks and an overloaded server (429, 502, 503, 504) are tried again, slower and
slower; reading and connecting have time limits.

Source: cmd/go/internal/web (api.go, http.go, url.go), go1.26 and go1.27.
"""

from __future__ import annotations

import os
import time

from gokiln.base.oserror import os_error_text
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.events import Text
from gokiln.golang import gover
from gokiln.modules.fetch.auth import Credentials
from gokiln.modules.fetch.envproxy import EnvProxies
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.goturl import GoUrl, parse
from gokiln.modules.fetch.netrc import basic_auth

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from typing import Any

    from gokiln.modules.fetch.settings import Settings

    Sleep = Callable[[float], None]

MAX_REDIRECTS = 10
MAX_BYTES = 128 << 20  # of an answer that is kept in memory
TRIES = 3
_AGENT = "GoCommand/1 (+https://go.dev/cmd/go)"  # from go1.27 on
_PLAIN_AGENT = "Go-http-client/1.1"
RETRY_STATUS = frozenset({429, 502, 503, 504})
CONNECT_SECONDS = 30.0
READ_SECONDS = 120.0
IMPATIENT_SECONDS = 5.0  # for https servers that need not be there (GOINSECURE)
_CHUNK = 1 << 16
_DETAIL_LINES = 8
_DETAIL_BYTES = _DETAIL_LINES * 81
# Where systems keep the certificates they trust (crypto/x509/root_linux.go), for Pythons that look elsewhere.
_CERT_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class HttpError(GokilnError):
    """An answer that is not 200. status: "404 Not Found"; url: redacted; detail: what the server said, made safe."""

    def __init__(self, url: str, code: int, status: str, detail: str = "", reason: str = "") -> None:
        if detail:
            sep = "\n\t" if "\n" in detail else " "
            text = f"reading {url}: {status}\n\tserver response:{sep}{detail}"
        else:
            text = f"reading {url}: {reason or status}"
        super().__init__(text)
        self.url = url
        self.code = code
        self.status = status

    @property
    def not_exist(self) -> bool:
        """Whether it says that the thing does not exist."""
        return self.code in (404, 410)


class ReadError(FetchError):
    """The body broke off."""


class Response:
    """An answer: its bytes come from chunks(), once."""

    def __init__(
        self,
        url: str,
        code: int,
        status: str,
        body: Callable[[], Iterator[bytes]],
        *,
        length: int | None = None,
        content_type: str = "",
        close: Callable[[], None] = lambda: None,
        reason: str = "",
    ) -> None:
        self.url = url
        self.code = code
        self.status = status
        self.length = length
        self._body = body
        self._content_type = content_type
        self.close = close
        self._reason = reason
        self._data: bytes | None = None

    def chunks(self) -> Iterator[bytes]:
        """The body. Raises ReadError."""
        return self._body()

    def read(self, limit: int = MAX_BYTES) -> bytes:
        """The whole body, kept; an answer that is not 200 may be worth reading too. Raises ReadError, FetchError."""
        if self._data is None:
            data = bytearray()
            try:
                for chunk in self.chunks():
                    data += chunk
                    if len(data) > limit:
                        raise FetchError(f"reading {self.url}: response too large (limit is {limit} bytes)")
            finally:
                self.close()
            self._data = bytes(data)
        return self._data

    def check(self) -> None:
        """Raise HttpError unless the status is 200."""
        if self.code == 200:
            return
        detail = self._detail()
        self.close()
        raise HttpError(self.url, self.code, self.status, detail, self._reason)

    def _detail(self) -> str:
        media, _, params = self._content_type.partition(";")
        if media.strip().lower() != "text/plain":
            return ""
        charset = ""
        for param in params.split(";"):
            name, _, value = param.partition("=")
            if name.strip().lower() == "charset":
                charset = value.strip().strip('"').lower()
        if charset not in ("us-ascii", "utf-8", ""):
            return ""
        if self._data is not None:
            return format_detail(self._data[: 4 * _DETAIL_BYTES])
        data = b""
        try:
            for chunk in self.chunks():
                data += chunk
                if len(data) > 4 * _DETAIL_BYTES:
                    break
        except ReadError:
            return format_detail(data)
        return format_detail(data)


def format_detail(data: bytes) -> str:
    """What a server said in plain text, fit for a terminal: the first lines, or "" when there is anything odd."""
    data = b"".join(data.splitlines(keepends=True)[: _DETAIL_LINES + 1])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if not all(c.isprintable() or c.isspace() for c in text):
        return ""
    out = ""
    for i, line in enumerate(text.split("\n")):
        if not line.strip():
            break
        if i > 0:
            out += "\n\t"
        if i >= _DETAIL_LINES:
            return out + "[Truncated: too many lines.]"
        if len(out.encode()) + len(line.encode()) > _DETAIL_BYTES:
            return out + "[Truncated: too long.]"
        out += line
    return out


class HttpClient:
    """All requests of one command. sleep: waits between tries (seconds); tests pass their own."""

    def __init__(self, settings: Settings, sleep: Sleep = time.sleep) -> None:
        self._settings = settings
        self.go_version = settings.go_version
        self._sleep = sleep
        self._proxies = EnvProxies(settings.environ)
        self._credentials = Credentials(settings.goauth, settings.environ, self._log)
        self._pools: dict[tuple[str, bool], Any] = {}

    def get_bytes(self, url: GoUrl, limit: int = MAX_BYTES) -> bytes:
        """The body of a 200 answer. Raises HttpError, FetchError."""
        response = self.get(url)
        response.check()
        return response.read(limit)

    def get(self, url: GoUrl, insecure: bool = False) -> Response:
        """The answer to a GET, whatever its status. Raises FetchError when there is none.

        A URL without a scheme is tried over https. insecure: certificates are not checked, what does not answer
        within 5 seconds is given up, and a URL without a scheme is then tried over http.
        """
        if url.scheme == "file":
            return _get_file(url)
        if url.scheme == "":
            secure, plain = url.copy(), url.copy()
            secure.scheme, plain.scheme = "https", "http"
            try:
                return self._get(secure, insecure)
            except GokilnError:
                if not insecure:
                    raise
            return self._get(plain, insecure)
        if url.scheme not in ("http", "https"):
            raise FetchError(f"unsupported scheme: {url.redacted()}")
        return self._get(url, insecure)

    def _get(self, url: GoUrl, insecure: bool) -> Response:
        if url.scheme == "http" and url.user is not None and not insecure:
            raise FetchError(f"refusing to pass credentials to insecure URL: {url.redacted()}")
        start = time.monotonic()
        shown = url.redacted()
        self._trace(f"# get {shown}\n")
        try:
            response = self._follow(url, insecure and url.scheme == "https")
        except GokilnError as err:
            self._trace(f"# get {shown}: {err}\n")
            raise
        self._trace(f"# get {shown}: {response.status} ({time.monotonic() - start:.3f}s)\n")
        return response

    def _trace(self, text: str) -> None:
        if self._settings.build_x:
            self._settings.sink.tell(Text(text))

    def _log(self, line: str) -> None:
        self._trace(line + "\n")

    def _follow(self, url: GoUrl, unchecked: bool) -> Response:
        """The answer after redirects; asked again when programs of GOAUTH have something to say to a refusal."""
        headers = self._auth(url)
        raw = self._redirected(url, headers, unchecked)
        refused = url.scheme == "https" and 400 <= raw.status < 500
        target = url.text(with_user=False)
        if refused and self._credentials.failed and not self._credentials.has_programs:
            self._credentials.ask(target, b"")  # tells why there are no credentials
        elif refused and self._credentials.has_programs:
            raw.drain_conn()
            http = "HTTP/2.0" if raw.version == 20 else "HTTP/1.1"
            told = "".join(f"{k}: {v}\n" for k, v in raw.headers.items())
            self._credentials.ask(
                target, f"{http} {raw.status} {raw.reason or ''}\n{told}\n".encode("utf-8", "replace")
            )
            raw = self._redirected(url, self._auth(url), unchecked)
            self._credentials.report(raw.status)
        return _response(url, raw)

    def _redirected(self, url: GoUrl, headers: dict[str, str], unchecked: bool) -> Any:
        """Follow redirects. Credentials go with the first host only; https leads to http only when unchecked."""
        first = last = url
        for _ in range(MAX_REDIRECTS + 1):
            raw = self._try(last, headers, unchecked)
            location = raw.headers.get("Location", "")
            if raw.status not in (301, 302, 303, 307, 308) or not location:
                return raw
            raw.drain_conn()
            raw.release_conn()
            target = resolve_redirect(last, location)
            if first.scheme == "https" and target.scheme != "https" and not unchecked:
                raise FetchError(
                    f"Get {go_quote(target.redacted())}: redirected from secure URL {last.redacted()}"
                    f" to insecure URL {target.redacted()}"
                )
            if (target.scheme, target.host) != (first.scheme, first.host):
                headers = {}
            last = target
        raise FetchError(f"Get {go_quote(last.redacted())}: stopped after {MAX_REDIRECTS} redirects")

    def _auth(self, url: GoUrl) -> dict[str, str]:
        if url.scheme != "https":
            return {}
        headers = self._credentials.headers(url.text(with_user=False))
        if not headers and url.user is not None:
            headers = {"Authorization": basic_auth(url.user[0], url.user[1] or "")}
        return headers

    def _try(self, url: GoUrl, extra: dict[str, str], unchecked: bool) -> Any:
        """urllib3's answer to one request, its body unread. Raises FetchError."""
        import urllib3

        agent = _AGENT if gover.compare(self.go_version, "1.27") >= 0 else _PLAIN_AGENT
        headers = {"User-Agent": agent, "Accept-Encoding": "identity", **extra}
        pool = self._pool(url, unchecked)
        for attempt in range(TRIES):
            last = attempt == TRIES - 1 or unchecked
            try:
                answer = pool.request(
                    "GET", url.text(with_user=False), headers=headers, redirect=False, retries=False,
                    preload_content=False,
                )  # fmt: skip
            except (urllib3.exceptions.HTTPError, OSError) as err:
                if last or not _worth_retrying(err):
                    raise FetchError(f"Get {go_quote(url.redacted())}: {net_problem(url, err)}", err) from err
            else:
                if last or answer.status not in RETRY_STATUS:
                    return answer
                answer.drain_conn()
                answer.release_conn()
            self._sleep(0.25 * 4**attempt)
        raise AssertionError("the last try returns or raises")

    def _pool(self, url: GoUrl, unchecked: bool) -> Any:
        import urllib3

        proxy = self._proxies.proxy_for(url)
        key = ("" if proxy is None else proxy.text(), unchecked)
        pool = self._pools.get(key)
        if pool is None:
            timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
            if unchecked:
                timeout = urllib3.Timeout(IMPATIENT_SECONDS)
            tls = unchecked_context() if unchecked else self._tls()
            options: dict[str, Any] = {"timeout": timeout, "maxsize": 16, "ssl_context": tls}
            if proxy is None:
                pool = urllib3.PoolManager(**options)
            else:
                headers = {}
                if proxy.user is not None:
                    headers["Proxy-Authorization"] = basic_auth(proxy.user[0], proxy.user[1] or "")
                pool = urllib3.ProxyManager(proxy.text(with_user=False), proxy_headers=headers, **options)
            self._pools[key] = pool
        return pool

    def _tls(self) -> ssl.SSLContext:
        return tls_context(
            self._settings.environ.get("SSL_CERT_FILE", ""), self._settings.environ.get("SSL_CERT_DIR", "")
        )


def unchecked_context() -> ssl.SSLContext:
    """Any certificate will do: for hosts that GOINSECURE names."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def tls_context(cert_file: str, cert_dir: str) -> ssl.SSLContext:
    """Verification as Go does it: SSL_CERT_FILE and SSL_CERT_DIR (a list) replace the system's places when set."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    files = [cert_file] if cert_file else []
    for dir in cert_dir.split(os.pathsep) if cert_dir else ():
        try:
            files += [os.path.join(dir, name) for name in sorted(os.listdir(dir))]
        except OSError:
            continue
    if not cert_file and not cert_dir:
        context.load_default_certs()
        if not context.cert_store_stats()["x509_ca"]:
            files = [path for path in _CERT_FILES if os.path.exists(path)][:1]
    for path in files:
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError):
            continue
    return context


def _get_file(url: GoUrl) -> Response:
    path = file_path(url)
    shown = url.redacted()
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115  (closed by Response.close)
        length = os.fstat(file.fileno()).st_size
    except OSError as err:
        code = {FileNotFoundError: 404, NotADirectoryError: 404, PermissionError: 403}.get(type(err), 0)
        if not code:
            raise FetchError(os_error_text(err), err) from err
        status = "Not Found" if code == 404 else "Forbidden"
        reason = os_error_text(err).removeprefix(f"open {path}: ")
        return Response(shown, code, status, lambda: iter(()), reason=reason)

    def body() -> Iterator[bytes]:
        try:
            while chunk := file.read(_CHUNK):
                yield chunk
        except OSError as err:
            raise ReadError(f"read {go_quote(shown)}: {os_error_text(err)}", err) from err

    return Response(shown, 200, "200 OK", body, length=length, close=file.close)


def file_path(url: GoUrl) -> str:
    """The path that a file:// URL names. Raises FetchError."""
    path = url.path or url.opaque
    if not url.path and (url.host or not url.opaque):
        raise FetchError("file URL missing path")
    if os.name == "nt":
        if url.host and url.host != "localhost":
            return "\\\\" + url.host + path.replace("/", "\\")
        path = path.removeprefix("/").replace("/", "\\")
    elif url.host and url.host != "localhost":
        raise FetchError("file URL specifies non-local host")
    if not os.path.isabs(path):
        raise FetchError("path is not absolute")
    return path


def _response(url: GoUrl, raw: Any) -> Response:
    shown = url.redacted()
    reason = raw.reason or ""
    length = raw.headers.get("Content-Length", "")

    def body() -> Iterator[bytes]:
        import urllib3

        try:
            yield from raw.stream(_CHUNK, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError) as err:
            raise ReadError(f"read {go_quote(shown)}: {net_problem(url, err)}", err) from err

    return Response(
        shown,
        raw.status,
        f"{raw.status} {reason}".strip(),
        body,
        length=int(length) if length.isdigit() else None,
        content_type=raw.headers.get("Content-Type", ""),
        close=raw.close,
    )


def resolve_redirect(base: GoUrl, location: str) -> GoUrl:
    """Where a Location header leads from base. Raises UrlError."""
    from urllib.parse import urljoin

    return parse(urljoin(base.text(with_user=False), location))


def _worth_retrying(err: BaseException) -> bool:
    """A connection that broke or timed out; not a name that does not exist, a closed port, a bad certificate."""
    import ssl

    causes = list(_causes(err))
    return not any(
        isinstance(c, (ConnectionRefusedError, ssl.SSLError)) or "NameRes" in type(c).__name__ for c in causes
    )


def _causes(err: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while err is not None and seen < 10:
        yield err
        inner = getattr(err, "reason", None)
        err = inner if isinstance(inner, BaseException) else err.__cause__ or err.__context__
        seen += 1


def net_problem(url: GoUrl, err: BaseException) -> str:
    """The reason of a failed request in Go's words, as far as there are any."""
    import socket
    import ssl

    from gokiln.base.oserror import strerror
    from gokiln.modules.fetch.envproxy import split_host_port

    host, port = split_host_port(url.host, "443" if url.scheme == "https" else "80")
    for cause in _causes(err):
        name = type(cause).__name__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"tls: failed to verify certificate: x509: {cause.verify_message}"
        if isinstance(cause, socket.gaierror) or name == "NameResolutionError":
            return f"dial tcp: lookup {host}: no such host"
        if isinstance(cause, ConnectionRefusedError):
            return f"dial tcp {host}:{port}: connect: connection refused"
        if name in ("IncompleteRead", "InvalidChunkLength"):
            return "unexpected EOF"
        if isinstance(cause, TimeoutError) or name in ("ConnectTimeoutError", "ReadTimeoutError"):
            return f"dial tcp {host}:{port}: i/o timeout"
        if name == "RemoteDisconnected":
            return "EOF"
        if isinstance(cause, OSError) and cause.errno:
            return strerror(cause)
    return str(err)

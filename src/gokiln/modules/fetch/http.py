"""Requests as the go command makes them.

Plain GETs over urllib3, which is imported by the first request. file:// URLs are answered from disk (fileurl.py).
Credentials come from the URL or GOAUTH, go over https only, and are dropped when a redirect leaves the host.
Beyond cmd/go: a connection that breaks and an overloaded server (429, 502, 503, 504) are tried again, slower and
slower; reading and connecting have time limits.

Source: cmd/go/internal/web (http.go), go1.26 and go1.27.
"""

from __future__ import annotations

import time

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.events import Asking, Text
from gokiln.golang import gover
from gokiln.modules.fetch.auth import Credentials
from gokiln.modules.fetch.certificates import tls_context, unchecked_context
from gokiln.modules.fetch.envproxy import EnvProxies
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.fileurl import get_file
from gokiln.modules.fetch.goturl import GoUrl, parse
from gokiln.modules.fetch.netproblem import net_problem, worth_retrying
from gokiln.modules.fetch.netrc import basic_auth
from gokiln.modules.fetch.response import CHUNK, MAX_BYTES, BodyError, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from typing import Any

    from gokiln.modules.fetch.netlimit import NetToken
    from gokiln.modules.fetch.settings import Settings

    Sleep = Callable[[float], None]

MAX_REDIRECTS = 10
TRIES = 3
_AGENT = "GoCommand/1 (+https://go.dev/cmd/go)"  # from go1.27 on
_PLAIN_AGENT = "Go-http-client/1.1"
RETRY_STATUS = frozenset({429, 502, 503, 504})
CONNECT_SECONDS = 30.0
READ_SECONDS = 120.0
IMPATIENT_SECONDS = 5.0  # for https servers that need not be there (GOINSECURE)


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
            return get_file(url)
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
        self._settings.sink.tell(Asking(shown.partition("://")[2].partition("?")[0].partition("/@")[0]))
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
        token = self._settings.net_limit.acquire()
        try:
            raw = self._answer(url, headers, unchecked)
        except BaseException:
            token.release()
            raise
        return _response(url, raw, token)

    def _answer(self, url: GoUrl, headers: dict[str, str], unchecked: bool) -> Any:
        """urllib3's answer, of which only the head is read. Raises GokilnError."""
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
        return raw

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

        if not url.host:
            raise FetchError(f"Get {go_quote(url.redacted())}: http: no Host in request URL")
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
                if last or not worth_retrying(err):
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


def _response(url: GoUrl, raw: Any, token: NetToken) -> Response:
    """The answer. token: released when the body is read, or the answer closed."""
    shown = url.redacted()
    reason = raw.reason or ""
    # Nobody asked for it, but there are servers that compress all the same; go would have asked.
    zipped = raw.headers.get("Content-Encoding", "").lower() == "gzip"
    length = "" if zipped else raw.headers.get("Content-Length", "")

    def body() -> Iterator[bytes]:
        import urllib3

        try:
            yield from raw.stream(CHUNK, decode_content=zipped)
        except (urllib3.exceptions.HTTPError, OSError) as err:
            raise BodyError(f"read {go_quote(shown)}: {net_problem(url, err)}", err) from err
        finally:
            token.release()

    def close() -> None:
        token.release()
        raw.close()

    return Response(
        shown,
        raw.status,
        f"{raw.status} {reason}".strip(),
        body,
        length=int(length) if length.isdigit() else None,
        content_type=raw.headers.get("Content-Type", ""),
        close=close,
    )


def resolve_redirect(base: GoUrl, location: str) -> GoUrl:
    """Where a Location header leads from base. Raises UrlError."""
    from urllib.parse import urljoin

    return parse(urljoin(base.text(with_user=False), location))

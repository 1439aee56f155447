"""Which HTTP proxy a request goes through: HTTP_PROXY, HTTPS_PROXY, NO_PROXY as Go reads them.

Source: golang.org/x/net/http/httpproxy, net/http (ProxyFromEnvironment), go1.26.
"""

from __future__ import annotations

import ipaddress

from gokiln.errors import GokilnError
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.goturl import GoUrl, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": "80", "https": "443", "socks5": "1080"}


class EnvProxies:
    """The answer for each URL; environ: the process's variables."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._http = _parse_proxy(_first(environ, "HTTP_PROXY", "http_proxy"))
        self._https = _parse_proxy(_first(environ, "HTTPS_PROXY", "https_proxy"))
        self._cgi = bool(environ.get("REQUEST_METHOD"))
        self._no_proxy = [p for p in (_rule(p) for p in _first(environ, "NO_PROXY", "no_proxy").split(",")) if p]

    def proxy_for(self, url: GoUrl) -> GoUrl | None:
        """The proxy's URL, or None to go straight. Raises FetchError in a CGI program, where HTTP_PROXY is foreign."""
        proxy = {"https": self._https, "http": self._http}.get(url.scheme)
        if proxy is None:
            return None
        if url.scheme == "http" and self._cgi:
            raise FetchError("refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy")
        host, port = split_host_port(url.host, _PORTS.get(url.scheme, ""))
        return proxy if self._applies(host.strip().lower(), port) else None

    def _applies(self, host: str, port: str) -> bool:
        if host == "localhost":
            return False
        address = _address(host)
        if address is not None and address.is_loopback:
            return False
        return not any(rule.matches(host, port, address) for rule in self._no_proxy)


class _Rule:
    """One entry of NO_PROXY: everything, a network, an address, or a domain; the last two perhaps with a port."""

    __slots__ = ("address", "domain", "everything", "exact", "network", "port")

    def __init__(self) -> None:
        self.everything = False
        self.network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
        self.address: Address | None = None
        self.domain = ""  # with a leading dot
        self.exact = False  # the domain itself matches too
        self.port = ""

    def matches(self, host: str, port: str, address: Address | None) -> bool:
        """Whether a host (lower case) is exempt."""
        if self.everything:
            return True
        if self.network is not None:
            return address is not None and address in self.network
        if self.address is not None:
            return address == self.address and self.port in ("", port)
        if address is not None:
            return False
        hit = host.endswith(self.domain) or (self.exact and host == self.domain[1:])
        return hit and self.port in ("", port)


def _rule(text: str) -> _Rule | None:
    text = text.strip().lower()
    if not text:
        return None
    rule = _Rule()
    if text == "*":
        rule.everything = True
        return rule
    if "/" in text:
        try:
            rule.network = ipaddress.ip_network(text, strict=False)
            return rule
        except ValueError:
            rule.network = None
    host, rule.port = (text, "") if _address(text) else split_host_port(text, "")
    if not host:
        return None
    rule.address = _address(host)
    if rule.address is not None:
        return rule
    host = host.removeprefix("*") if host.startswith("*.") else host
    rule.exact = not host.startswith(".")
    rule.domain = "." + host if rule.exact else host
    return rule


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def split_host_port(host: str, default: str) -> tuple[str, str]:
    """("host", "port") of host[:port], brackets of IPv6 addresses removed."""
    if host.startswith("["):
        inner, _, rest = host[1:].partition("]")
        return inner, rest.removeprefix(":") or default
    name, _, port = host.partition(":")
    return name, port or default


def _first(environ: Mapping[str, str], *names: str) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")


def _parse_proxy(text: str) -> GoUrl | None:
    """The proxy's URL; a bare host gets http://. What does not parse is ignored, as Go does."""
    if not text:
        return None
    try:
        url = parse(text)
        if url.scheme and url.host:
            return url
    except GokilnError:
        url = None
    try:
        return parse("http://" + text)
    except GokilnError:
        return url

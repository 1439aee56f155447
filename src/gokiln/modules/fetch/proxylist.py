"""GOPROXY's list, and trying its entries in turn.

After `,` the next entry is tried only when this one says that the thing does not exist (404, 410); after `|` after
any error. `direct` and `off` end the list. With GONOPROXY set, a first entry "noproxy" stands for modules that go
around proxies.

Source: cmd/go/internal/modfetch/proxy.go (proxyList, TryProxies), repo.go (errProxyOff ...), go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError, is_not_exist
from gokiln.modules.fetch.errors import FetchError, NotExistError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

PROXY_OFF = NotExistError("module lookup disabled by GOPROXY=off")
NO_PROXY = NotExistError("disabled by GOPRIVATE/GONOPROXY")
USE_PROXY = NotExistError("path does not match GOPRIVATE/GONOPROXY")

# How helpful an error is to a person: from the origin itself, from a proxy, "not found".
_NOT_EXIST, _PROXY, _DIRECT = 0, 1, 2


class ProxyList:
    """specs: (URL or "off", "direct", "noproxy"; whether any error leads to the next), in order."""

    def __init__(self, specs: list[tuple[str, bool]]) -> None:
        self.specs = specs

    @classmethod
    def parse(cls, goproxy: str, gonoproxy: str) -> ProxyList:
        """Read GOPROXY. Raises FetchError for a bad entry or an empty list."""
        specs: list[tuple[str, bool]] = []
        if gonoproxy and goproxy != "direct":
            specs.append(("noproxy", False))
        for url, falls_back in _split(goproxy):
            if url in ("off", "direct"):
                specs.append((url, False))
                break
            url = _complete(url)
            _check(url)
            specs.append((url, falls_back))
        if not specs or specs == [("noproxy", False)]:
            raise FetchError("GOPROXY list is not the empty string, but contains no entries")
        return cls(specs)

    def attempt(self, work: Callable[[str], T]) -> T:
        """work(entry) of the first entry that succeeds. Raises the most helpful of the errors."""
        best: GokilnError | None = None
        rank = _NOT_EXIST
        for url, falls_back in self.specs:
            try:
                return work(url)
            except GokilnError as err:
                not_exist = is_not_exist(err)
                if url == "direct" or (url == "noproxy" and not _is_use_proxy(err)):
                    best, rank = err, _DIRECT
                elif rank <= _PROXY and not not_exist:
                    best, rank = err, _PROXY
                elif rank == _NOT_EXIST:
                    best = err
                if not falls_back and not not_exist:
                    break
        assert best is not None
        raise best


def _is_use_proxy(err: GokilnError) -> bool:
    return err is USE_PROXY


def _split(goproxy: str) -> list[tuple[str, bool]]:
    """Entries and whether `|` follows each; empty ones left out."""
    found = []
    entry = ""
    for c in goproxy + "\0":
        if c in ",|\0":
            if entry.strip():
                found.append((entry.strip(), c == "|"))
            entry = ""
        else:
            entry += c
    return found


def _complete(url: str) -> str:
    """Put https:// in front of what looks like a host; single words are for built-in behaviours."""
    looks_like_url = any(c in url for c in ".:/")
    if looks_like_url and ":/" not in url and not os.path.isabs(url) and not url.startswith("/"):
        return "https://" + url
    return url


def _check(url: str) -> None:
    from gokiln.modules.fetch.proxy import parse_proxy_url

    parse_proxy_url(url)

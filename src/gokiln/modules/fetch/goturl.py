"""URLs taken apart and put together as Go's net/url does, as far as module proxies go.

What people see is always the redacted form: a password shows as "xxxxx".

Source: net/url (parse, EscapedPath, Redacted), cmd/go/internal/web/api.go (Join), go1.26.
"""

from __future__ import annotations

import posixpath
from functools import cache

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_PATH_BYTES = _UNRESERVED | frozenset(b"$&+,/:;=@")
_SEGMENT_BYTES = _UNRESERVED | frozenset(b"$&+:=@")
_SEGMENTS_BYTES = _SEGMENT_BYTES | frozenset(b"/")
_USER_BYTES = _UNRESERVED | frozenset(b"$&+,;=")
_HINT_BYTES = _PATH_BYTES | frozenset(b"!'()*%[]")


class UrlError(GokilnError):
    """A text that is no URL."""


class GoUrl:
    """One URL. user: None or (name, password or None); path: decoded; raw_path: how it was spelled, a hint only."""

    __slots__ = ("host", "omit_host", "opaque", "path", "query", "raw_path", "scheme", "user")

    def __init__(self, scheme: str = "", host: str = "", path: str = "") -> None:
        self.scheme = scheme
        self.host = host
        self.path = path
        self.raw_path = ""
        self.opaque = ""
        self.omit_host = False  # spelled scheme:/path, without slashes for an empty host
        self.query = ""
        self.user: tuple[str, str | None] | None = None

    def copy(self) -> GoUrl:
        """One that the caller may change."""
        other = GoUrl(self.scheme, self.host, self.path)
        other.raw_path, other.opaque, other.query, other.user = self.raw_path, self.opaque, self.query, self.user
        other.omit_host = self.omit_host
        return other

    def escaped_path(self) -> str:
        """The path as it is sent: raw_path when that spells path, else path escaped."""
        raw = self.raw_path
        if raw and _spells(raw, self.path):
            return raw
        return escape(self.path, _PATH_BYTES)

    def text(self, *, password: str | None = None, with_user: bool = True) -> str:
        """The whole URL; password: shown instead of the real one; with_user: keep user and password."""
        if self.opaque:
            text = f"{self.scheme}:{self.opaque}"
        else:
            user = ""
            if self.user is not None and with_user:
                name, secret = self.user
                user = escape(name, _USER_BYTES)
                if secret is not None:
                    user += ":" + (escape(secret, _USER_BYTES) if password is None else password)
                user += "@"
            below = self.scheme and self.path and not self.omit_host
            slashes = "//" if self.host or user or below else ""
            head = f"{self.scheme}:" if self.scheme else ""
            text = f"{head}{slashes}{user}{self.host}{self.escaped_path()}"
        return f"{text}?{self.query}" if self.query else text

    def redacted(self) -> str:
        """The URL as people may see it."""
        return self.text(password="xxxxx")

    def join(self, path: str) -> GoUrl:
        """path below this URL (web.Join)."""
        other = self.copy()
        if path:
            tail = "/" + path.removeprefix("/")
            other.path = self.path.removesuffix("/") + tail
            other.raw_path = self.raw_path.removesuffix("/") + tail
        return other

    def below(self, path: str) -> GoUrl:
        """path below this URL, cleaned, as a module proxy's client joins it."""
        other = self.copy()
        other.path = clean_join(self.path, path)
        other.raw_path = clean_join(self.raw_path, path_escape(path))
        return other


def _spells(raw: str, path: str) -> bool:
    """Whether raw is a valid way to send path."""
    if not _all_in(raw.encode("utf-8", "surrogateescape"), _HINT_BYTES):
        return False
    try:
        return unescape(raw) == path
    except UrlError:
        return False


def clean_join(base: str, path: str) -> str:
    """path.Join of two parts."""
    joined = posixpath.normpath(f"{base}/{path}" if base else path)
    return joined[1:] if joined.startswith("//") else joined


def escape(text: str, plain: frozenset[int]) -> str:
    """Percent-encode all bytes of text (UTF-8) but the plain ones."""
    data = text.encode("utf-8", "surrogateescape")
    if _all_in(data, plain):
        return text
    return "".join(chr(c) if c in plain else f"%{c:02X}" for c in data)


def path_escape(text: str) -> str:
    """Escape what means something in a path, keeping slashes."""
    return escape(text, _SEGMENTS_BYTES)


def _all_in(data: bytes, plain: frozenset[int]) -> bool:
    """Whether all bytes are among the plain ones."""
    return not data.translate(None, _bytes_of(plain))


@cache
def _bytes_of(plain: frozenset[int]) -> bytes:
    return bytes(plain)


def unescape(text: str) -> str:
    """Undo percent-encoding. Raises UrlError."""
    if "%" not in text:
        return text
    head, *parts = text.encode("utf-8", "surrogateescape").split(b"%")
    out = [head]
    for part in parts:
        if len(part) < 2 or not all(c in b"0123456789abcdefABCDEF" for c in part[:2]):
            bad = b"%" + part[:2]
            raise UrlError(f"invalid URL escape {go_quote(bad.decode('utf-8', 'surrogateescape'))}")
        out.append(bytes([int(part[:2], 16)]) + part[2:])
    return b"".join(out).decode("utf-8", "surrogateescape")


def parse(text: str) -> GoUrl:
    """A URL from its text. Raises UrlError with Go's message (`parse "...": problem`)."""
    try:
        return _parse(text)
    except UrlError as err:
        raise UrlError(f"parse {go_quote(text)}: {err}") from None


def _parse(text: str) -> GoUrl:
    if any(c < " " or c == "\x7f" for c in text):
        raise UrlError("net/url: invalid control character in URL")
    text = text.partition("#")[0]
    url = GoUrl()
    url.scheme, rest = _scheme(text)
    rest, _, url.query = rest.partition("?")
    if not rest.startswith("/"):
        if url.scheme:
            url.opaque = rest
            return url
        if ":" in rest.partition("/")[0]:
            raise UrlError("first path segment in URL cannot contain colon")
    if rest.startswith("//") and (url.scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        _authority(url, authority)
    else:
        url.omit_host = bool(url.scheme)
    url.path = unescape(rest)
    if escape(url.path, _PATH_BYTES) != rest:
        url.raw_path = rest
    return url


def _scheme(text: str) -> tuple[str, str]:
    for i, c in enumerate(text):
        if c.isascii() and c.isalpha():
            continue
        if c.isascii() and (c.isdigit() or c in "+-."):
            if i == 0:
                return "", text
            continue
        if c == ":":
            if i == 0:
                raise UrlError("missing protocol scheme")
            return text[:i].lower(), text[i + 1 :]
        return "", text
    return "", text


def _authority(url: GoUrl, authority: str) -> None:
    user, at, host = authority.rpartition("@")
    if at:
        name, colon, secret = user.partition(":")
        url.user = (unescape(name), unescape(secret) if colon else None)
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            raise UrlError("missing ']' in host")
        port = host[end + 1 :]
    else:
        port = host[host.index(":") :] if ":" in host else ""
    if port and (port[0] != ":" or not (port[1:].isdigit() or port == ":")):
        raise UrlError(f"invalid port {go_quote(port)} after host")
    if " " in host:
        raise UrlError('invalid character " " in host name')
    url.host = unescape(host)

"""Which sources go/parser has found nothing wrong with, by their bytes: asking again would start a process.

File (`goodsources` in gokiln's own directory), version 1:

    16 bytes  "gokiln-goodsrc 1"
    then per source 16 bytes: the head of the SHA-256 of the Go version and the SHA-256 of the source
    32 bytes  SHA-256 of all before

It is read whole on the first question and, if something was learnt, written whole by an atomic rename, merged with
what other processes saved meanwhile. A file of another shape counts as empty; losing it costs one run of gofmt.
"""

from __future__ import annotations

import hashlib
import os

from gokiln.base.publish import publish

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MAGIC = b"gokiln-goodsrc 1"
MOST = 1 << 17  # sources; with more, everything is forgotten (2 MB)
_SIZE = 16
_SUM_SIZE = 32


class GoodSources:
    """The record of one Go version. path: its file, "" for none. parser: the Go version whose parser is meant."""

    def __init__(self, path: str, parser: str) -> None:
        self._path = path
        self._parser = parser.encode("utf-8", "surrogateescape") + b"\n"
        self._known: set[bytes] | None = None

    def _key(self, digest: bytes) -> bytes:
        return hashlib.sha256(self._parser + digest).digest()[:_SIZE]

    def unknown(self, digests: Iterable[bytes]) -> set[bytes]:
        """Those of some sources (SHA-256 of their bytes) of which nothing is known."""
        if self._known is None:
            self._known = _load(self._path)
        return {digest for digest in digests if self._key(digest) not in self._known}

    def learn(self, digests: Collection[bytes]) -> None:
        """These are good: remember it. A record that cannot be written is none."""
        known = _load(self._path) | {self._key(digest) for digest in digests}
        if len(known) > MOST:
            known = {self._key(digest) for digest in digests}
        self._known = known
        if not self._path:
            return
        data = MAGIC + b"".join(sorted(known))
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            publish(self._path, data + hashlib.sha256(data).digest())
        except OSError:
            self._path = ""


def _load(path: str) -> set[bytes]:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return set()
    body, end = data[:-_SUM_SIZE], data[-_SUM_SIZE:]
    if not body.startswith(MAGIC) or len(body) % _SIZE or hashlib.sha256(body).digest() != end:
        return set()
    return {body[at : at + _SIZE] for at in range(len(MAGIC), len(body), _SIZE)}

"""The other side of a checksum database: what its server stores, signs and answers. golang.org/x/mod/sumdb, go1.26."""

from __future__ import annotations

from base64 import b64encode

from gokiln.base.quote import go_quote
from gokiln.modules.fetch.sumdb.note import ED25519, key_hash
from gokiln.modules.fetch.sumdb.tiles import Tile, tile_path
from gokiln.modules.fetch.sumdb.tlog import (
    LogError,
    Tree,
    hash_text,
    node_hash,
    record_hash,
    stored_hash_index,
    trailing_zeros,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.fetch.sumdb.tlog import ReadHashes


class Signer:
    """A private key with its name. key: the public one, as clients are given it."""

    def __init__(self, name: str, seed: bytes) -> None:
        """seed: 32 secret bytes."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = bytes([ED25519]) + self._key.public_key().public_bytes_raw()
        self.name = name
        self.hash = key_hash(name, public)
        self.key = f"{name}+{self.hash:08x}+{b64encode(public).decode()}"

    def sign(self, text: str) -> bytes:
        """text, which ends in a newline, as a note signed by this key alone."""
        signature = b64encode(self.hash.to_bytes(4, "big") + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n".encode()


def stored_hashes(n: int, data: bytes, read: ReadHashes) -> list[bytes]:
    """The hashes to store when record n is appended. read: the hashes stored so far."""
    hash = record_hash(data)
    hashes = [hash]
    m = trailing_zeros(n + 1)
    old = read([stored_hash_index(i, (n >> i) - 1) for i in reversed(range(m))])
    for i in range(m):
        hash = node_hash(old[m - 1 - i], hash)
        hashes.append(hash)
    return hashes


def format_tree(tree: Tree) -> str:
    """The text of a tree head, to be signed."""
    return f"go.sum database tree\n{tree.n}\n{hash_text(tree.hash)}\n"


def format_record(id: int, text: bytes) -> bytes:
    """A record with its number."""
    return f"{id}\n".encode() + text + b"\n"


def read_tile_data(tile: Tile, read: ReadHashes) -> bytes:
    """The bytes of a tile, from a store of hashes."""
    start = tile.n << tile.h
    return b"".join(read([stored_hash_index(tile.h * tile.l, start + i) for i in range(tile.w)]))


def parse_tile_path(path: str) -> Tile:
    """The tile at a path. Raises LogError."""
    bad = LogError(f"malformed tile path {go_quote(path)}")
    parts = path.split("/")
    if len(parts) < 4 or parts[0] != "tile":
        raise bad
    try:
        h = int(parts[1])
        level = -1 if parts[2] == "data" else int(parts[2])
        width = 1 << h if 1 <= h <= 30 else 0
        if parts[-2].endswith(".p"):
            full, width = width, int(parts[-1])
            parts = [*parts[:-2], parts[-2].removesuffix(".p")]
            if not 0 < width < full:
                raise bad
        n = 0
        for part in parts[3:]:
            digit = int(part.removeprefix("x"))
            if not 0 <= digit < 1000:
                raise bad
            n = n * 1000 + digit
    except ValueError:
        raise bad from None
    tile = Tile(h, level, n, width)
    if not width or path != tile_path(tile):
        raise bad
    return tile

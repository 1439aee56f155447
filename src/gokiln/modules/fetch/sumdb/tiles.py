"""The log's hashes in tiles: files of up to 2**height hashes of one level, and reading hashes out of them, verified.

A tile of height h at level L holds hashes of tree level h*L; the levels between are computed. Every tile that is
read must hash to the value that its parent tile has for it, and the topmost ones to the signed tree head: nothing
that a server or a cache file says is believed without that.

Source: golang.org/x/mod/sumdb/tlog/tile.go, go1.26.
"""

from __future__ import annotations

from collections import namedtuple

from gokiln.modules.fetch.sumdb.tlog import (
    HASH_SIZE,
    LogError,
    node_hash,
    split_stored_hash_index,
    stored_hash_index,
    sub_tree_index,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NamedTuple, Protocol

    from gokiln.modules.fetch.sumdb.tlog import Tree

    class Tile(NamedTuple):
        """height (1 to 30), level (-1 for record data), number within the level, width (1 to 2**height)."""

        h: int
        l: int  # noqa: E741  (tlog's name)
        n: int
        w: int

    class TileReader(Protocol):
        """Where tiles come from."""

        height: int

        def read_tiles(self, tiles: list[Tile]) -> list[bytes]:
            """The bytes of each tile, unverified."""

        def save_tiles(self, tiles: list[Tile], data: list[bytes]) -> None:
            """Keep tiles that have been verified."""
else:
    Tile = namedtuple("Tile", "h l n w")

_PATH_BASE = 1000
_NO_TILE = Tile(0, 0, 0, 0)


class InconsistentTileError(LogError):
    """A tile does not hash to what the tree says."""


def tile_for_index(h: int, index: int) -> tuple[Tile, int, int]:
    """(smallest tile of height h with hash number index, start and end of its bytes in the tile)."""
    level, n = split_stored_hash_index(index)
    tile_level = level // h
    level -= tile_level * h
    number = (n << level) >> h
    n -= (number << h) >> level
    tile = Tile(h, tile_level, number, (n + 1) << level)
    return tile, (n << level) * HASH_SIZE, ((n + 1) << level) * HASH_SIZE


def hash_from_tile(tile: Tile, data: bytes, index: int) -> bytes:
    """The hash with this number out of a tile's bytes. Raises LogError."""
    if not (1 <= tile.h <= 30 and 0 <= tile.l < 64 and 1 <= tile.w <= 1 << tile.h):
        raise LogError(f"invalid tile {tile_path(tile)}")
    if len(data) < tile.w * HASH_SIZE:
        raise LogError(f"data len {len(data)} too short for tile {tile_path(tile)}")
    found, start, end = tile_for_index(tile.h, index)
    if (tile.l, tile.n) != (found.l, found.n) or tile.w < found.w:
        raise LogError(f"index {index} is in {tile_path(found)} not {tile_path(tile)}")
    return tile_hash(data[start:end])


def tile_hash(data: bytes) -> bytes:
    """The hash over a power of two of neighbouring hashes."""
    if len(data) == HASH_SIZE:
        return data
    half = len(data) // 2
    return node_hash(tile_hash(data[:half]), tile_hash(data[half:]))


def tile_path(tile: Tile) -> str:
    """Where a tile is: tile/H/L/x001/x234/567 or, not full, .../567.p/W."""
    n = tile.n
    text = f"{n % _PATH_BASE:03d}"
    while n >= _PATH_BASE:
        n //= _PATH_BASE
        text = f"x{n % _PATH_BASE:03d}/{text}"
    partial = "" if tile.w == 1 << tile.h else f".p/{tile.w}"
    level = "data" if tile.l == -1 else str(tile.l)
    return f"tile/{tile.h}/{level}/{text}{partial}"


def tile_parent(tile: Tile, k: int, size: int) -> Tile:
    """The k'th ancestor in the tree of `size` records, as wide as it is there; _NO_TILE when it is not there."""
    h, level, n = tile.h, tile.l + k, tile.n >> (k * tile.h)
    width = 1 << h
    limit = size >> (level * h)
    if (n << h) + width >= limit:
        if n << h >= limit:
            return _NO_TILE
        width = limit - (n << h)
    return Tile(h, level, n, width)


class TileHashReader:
    """Reads the hashes of one tree out of tiles, all of them verified against the tree's head."""

    def __init__(self, tree: Tree, reader: TileReader) -> None:
        self._tree = tree
        self._reader = reader

    def __call__(self, indexes: Sequence[int]) -> list[bytes]:
        """The hashes with these numbers. Raises LogError (InconsistentTileError), what the reader raises."""
        size = self._tree.n
        if size == 0 and indexes:
            raise LogError("indexes not in tree")
        tiles: list[Tile] = []
        order: dict[Tile, int] = {}
        top = sub_tree_index(0, size)
        top_tiles = [self._plan_top(index, tiles, order) for index in top]
        wanted = [self._plan(index, tiles, order) for index in indexes]
        data = self._reader.read_tiles(tiles)
        if len(data) != len(tiles):
            raise LogError(f"TileReader returned bad result slice (len={len(data)}, want {len(tiles)})")
        for tile, content in zip(tiles, data):
            if len(content) != tile.w * HASH_SIZE:
                size_text = f"len={len(content)}, want {tile.w * HASH_SIZE}"
                raise LogError(f"TileReader returned bad result slice ({tile_path(tile)} {size_text})")
        if top:
            self._verify(top, top_tiles, tiles, data, order)
        self._reader.save_tiles(tiles, data)
        return [hash_from_tile(tiles[j], data[j], index) for index, j in zip(indexes, wanted)]

    def _plan_top(self, index: int, tiles: list[Tile], order: dict[Tile, int]) -> int:
        tile = tile_parent(tile_for_index(self._reader.height, index)[0], 0, self._tree.n)
        if tile not in order:
            order[tile] = len(tiles)
            tiles.append(tile)
        return order[tile]

    def _plan(self, index: int, tiles: list[Tile], order: dict[Tile, int]) -> int:
        """Add the tile of a hash and its ancestors up to one already planned; the tile's place."""
        if index >= stored_hash_index(0, self._tree.n):
            raise LogError("indexes not in tree")
        tile = tile_for_index(self._reader.height, index)[0]
        k = 0
        while (parent := tile_parent(tile, k, self._tree.n)) not in order:
            if parent == _NO_TILE:
                raise LogError(f"bad math in tileHashReader: {self._tree.n} {index}")
            k += 1
        place = order[parent]
        for below in range(k - 1, -1, -1):
            child = tile_parent(tile, below, self._tree.n)
            if child.w != 1 << child.h:
                raise LogError(f"bad math in tileHashReader: {self._tree.n} {index} {tile_path(child)}")
            place = order[child] = len(tiles)
            tiles.append(child)
        return place

    def _verify(
        self, top: list[int], top_tiles: list[int], tiles: list[Tile], data: list[bytes], order: dict[Tile, int]
    ) -> None:
        whole = b""
        for index, j in zip(reversed(top), reversed(top_tiles)):
            hash = hash_from_tile(tiles[j], data[j], index)
            whole = node_hash(hash, whole) if whole else hash
        if whole != self._tree.hash:
            raise InconsistentTileError("downloaded inconsistent tile")
        for i in range(top_tiles[-1] + 1, len(tiles)):
            tile = tiles[i]
            parent = tile_parent(tile, 1, self._tree.n)
            j = order.get(parent, -1)
            if j < 0:
                raise LogError(f"bad math in tileHashReader {self._tree.n}: lost parent of {tile_path(tile)}")
            if hash_from_tile(parent, data[j], stored_hash_index(parent.l * parent.h, tile.n)) != tile_hash(data[i]):
                raise InconsistentTileError("downloaded inconsistent tile")

"""Looking a module up in a checksum database, and believing only what is proven.

The client remembers the newest signed tree head it has ever seen (in GOPATH/pkg/sumdb). A lookup answers with a record
and a tree head; that head must be on the timeline of the remembered one, and the record must be in its tree. A
server that shows two timelines is caught here: `SECURITY ERROR`, with the proof.

Source: golang.org/x/mod/sumdb/client.go, go1.26.
"""

from __future__ import annotations

import threading

from gokiln.errors import FatalError, GokilnError
from gokiln.golang import modpath
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.sumdb.note import Verifier, open_note
from gokiln.modules.fetch.sumdb.tiles import InconsistentTileError, Tile, TileHashReader, tile_path
from gokiln.modules.fetch.sumdb.tlog import (
    EMPTY_HASH,
    HASH_SIZE,
    LogError,
    Tree,
    check_tree,
    hash_text,
    parse_record,
    parse_tree,
    prove_tree,
    record_hash,
    stored_hash_index,
    tree_hash,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Ops(Protocol):
        """The world of a client. Called from many threads."""

        def read_remote(self, path: str) -> bytes:
            """What the server has at /lookup/... or /tile/... . Raises GokilnError."""

        def read_config(self, file: str) -> bytes:
            """A small file that outlives the cache; b"" when there is none. Raises GokilnError."""

        def write_config(self, file: str, old: bytes, new: bytes) -> bool:
            """Replace old by new; False when it is no longer old. Raises GokilnError."""

        def read_cache(self, file: str) -> bytes | None:
            """A cached lookup or tile, or None."""

        def write_cache(self, file: str, data: bytes) -> None:
            """Keep a lookup or tile; failing is no error."""


PAST, NOW, FUTURE = 1, 2, 3
TILE_HEIGHT = 8


class Client:
    """One database. key: its verifier key; height: of its tiles."""

    def __init__(self, ops: Ops, key: str, height: int = TILE_HEIGHT) -> None:
        """Raises NoteError for a bad key."""
        self._ops = ops
        self._verifier = Verifier(key)
        self.name = self._verifier.name
        self.height = height
        self._records = Memo()
        self._once = Memo()
        self._tiles = Memo()
        self._lock = threading.Lock()
        self._latest = Tree(0, EMPTY_HASH)
        self._latest_note = b""
        self._saved: set[Tile] = set()
        self._trust_cache = True

    def lookup(self, path: str, version: str) -> list[str]:
        """The go.sum lines for exactly this module and version (which may end in "/go.mod"), out of a proven record.

        Raises FatalError when the server is caught lying, GokilnError for all other failures.
        """
        try:
            self._once.do("init", self._init)
            escaped = modpath.escape_version(version.removesuffix("/go.mod"))
            remote = f"/lookup/{modpath.escape_path(path)}@{escaped}"
            text = self._records.do(remote, lambda: self._record(remote))
        except GokilnError as err:
            raise FetchError(f"{path}@{version}: {err}", err) from err
        prefix = f"{path} {version} "
        return [line for line in text.decode("utf-8").split("\n") if line.startswith(prefix)]

    def _init(self) -> None:
        try:
            self._merge_latest(self._ops.read_config(self.name + "/latest"))
        except GokilnError as err:
            raise FetchError(f"initializing sumdb.Client: {err}", err) from err

    def _record(self, remote: str) -> bytes:
        """The verified text of a record; a cached answer that does not hold is asked for again."""
        cached = self._ops.read_cache(self.name + remote)
        if cached is not None:
            try:
                return self._verified(cached)
            except GokilnError:
                cached = None
        data = self._ops.read_remote(remote)
        text = self._verified(data)
        self._ops.write_cache(self.name + remote, data)
        return text

    def _verified(self, data: bytes) -> bytes:
        id, text, note = parse_record(data)
        self._merge_latest(note)
        self._check_record(id, text)
        return text

    # The tree head

    def _merge_latest(self, note: bytes) -> None:
        """Take a signed tree head into account, in memory and in the configuration file."""
        if self._merge_in_memory(note) != FUTURE:
            return
        while True:
            on_disk = self._ops.read_config(self.name + "/latest")
            if self._merge_in_memory(on_disk) != PAST:
                return
            with self._lock:
                latest = self._latest_note
            if self._ops.write_config(self.name + "/latest", on_disk, latest):
                return

    def _merge_in_memory(self, note: bytes) -> int:
        """Compare a head with the newest one known, and move forward to it when it is newer: PAST, NOW or FUTURE."""
        if not note:
            with self._lock:
                return NOW if self._latest.n == 0 else PAST
        try:
            text = open_note(note, [self._verifier])
        except GokilnError as err:
            raise FetchError(f"reading tree note: {err}\nnote:\n{note.decode('utf-8', 'replace')}", err) from err
        try:
            tree = parse_tree(text)
        except LogError as err:
            raise FetchError(f"reading tree: {err}\ntree:\n{text.decode('utf-8', 'replace')}", err) from err
        while True:
            with self._lock:
                latest, latest_note = self._latest, self._latest_note
            if tree.n <= latest.n:
                self._check_trees(tree, note, latest, latest_note)
                return PAST if tree.n < latest.n else NOW
            self._check_trees(latest, latest_note, tree, note)
            with self._lock:  # others may have moved on while we read tiles
                if self._latest == latest:
                    self._latest, self._latest_note = tree, note
                    return FUTURE

    def _check_trees(self, older: Tree, older_note: bytes, newer: Tree, newer_note: bytes) -> None:
        """Raise FatalError with the proof when the older tree is not the beginning of the newer one."""
        read = TileHashReader(newer, self)
        try:
            hash = self._retrying(lambda: tree_hash(older.n, read))
        except GokilnError as err:
            against = "" if older.n == newer.n else f" against tree#{newer.n}"
            raise FetchError(f"checking tree#{older.n}{against}: {err}", err) from err
        if hash == older.hash:
            return
        raise FatalError(_misbehavior(older, older_note, newer, newer_note, hash, read))

    def _check_record(self, id: int, text: bytes) -> None:
        with self._lock:
            latest = self._latest
        if id >= latest.n:
            raise FetchError(f"cannot validate record {id} in tree of size {latest.n}")
        read = TileHashReader(latest, self)
        if self._retrying(lambda: read([stored_hash_index(0, id)])[0]) != record_hash(text):
            raise FetchError("cannot authenticate record data in server response")

    # Tiles (TileReader)

    def _retrying(self, work: object) -> bytes:
        """work(), once more without the cache when a cached tile turns out to be damaged."""
        assert callable(work)
        try:
            result = work()
        except InconsistentTileError:
            with self._lock:
                if not self._trust_cache:
                    raise
                self._trust_cache = False
                self._tiles = Memo()
                self._saved.clear()
            result = work()
        assert isinstance(result, bytes)
        return result

    def read_tiles(self, tiles: list[Tile]) -> list[bytes]:
        """Tiles from memory, the cache or the server, several at once."""
        if len(tiles) < 2:
            return [self._read_tile(tile) for tile in tiles]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(len(tiles), 8)) as pool:
            return list(pool.map(self._read_tile, tiles))

    def _read_tile(self, tile: Tile) -> bytes:
        return self._tiles.do(tile, lambda: self._load_tile(tile))

    def _load_tile(self, tile: Tile) -> bytes:
        full = Tile(tile.h, tile.l, tile.n, 1 << tile.h)
        choices = [tile] if tile == full else [tile, full]
        if self._trust_cache:
            for choice in choices:
                data = self._ops.read_cache(f"{self.name}/{tile_path(choice)}")
                if data is not None and len(data) == choice.w * HASH_SIZE:
                    with self._lock:
                        self._saved.add(tile)
                    return data[: tile.w * HASH_SIZE]
        try:
            return self._ops.read_remote("/" + tile_path(tile))
        except GokilnError as err:
            if tile == full:
                raise
            try:
                # A partial tile may be gone because it has been completed. Only what was asked for is kept: the
                # rest cannot be verified yet.
                return self._ops.read_remote("/" + tile_path(full))[: tile.w * HASH_SIZE]
            except GokilnError:
                raise err from None

    def save_tiles(self, tiles: list[Tile], data: list[bytes]) -> None:
        """Put verified tiles into the cache."""
        for tile, content in zip(tiles, data):
            with self._lock:
                if tile in self._saved:
                    continue
                self._saved.add(tile)
            self._ops.write_cache(f"{self.name}/{tile_path(tile)}", content)


def _misbehavior(
    older: Tree, older_note: bytes, newer: Tree, newer_note: bytes, hash: bytes, read: TileHashReader
) -> str:
    """The report of a fork, complete enough to be checked by anyone."""

    def indent(note: bytes) -> str:
        return note.decode("utf-8", "replace").replace("\n", "\n\t")

    text = "SECURITY ERROR\ngo.sum database server misbehavior detected!\n\n"
    text += f"old database:\n\t{indent(older_note)}\n"
    text += f"new database:\n\t{indent(newer_note)}\n"
    text += f"proof of misbehavior:\n\t{hash_text(hash)}"
    try:
        proof = prove_tree(newer.n, older.n, read)
    except GokilnError as err:
        return f"{text}\tinternal error: {err}\n"
    try:
        check_tree(proof, newer.n, newer.hash, older.n, hash)
    except LogError:
        return f"{text}\tinternal error: generated inconsistent proof\n"
    return text + "".join(f"\n\t{hash_text(h)}" for h in proof)

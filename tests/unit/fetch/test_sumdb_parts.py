"""The parts of a checksum database's answer, each as strict as golang.org/x/mod/sumdb (go1.26)."""

from __future__ import annotations

from base64 import b64encode

import pytest

from gokiln.modules.fetch.sumdb.note import MAX_SIGNATURES, NoteError, Verifier, key_hash, open_note
from gokiln.modules.fetch.sumdb.tiles import InconsistentTileError, Tile, TileHashReader, hash_from_tile, tile_parent
from gokiln.modules.fetch.sumdb.tlog import (
    EMPTY_HASH,
    LogError,
    Tree,
    check_tree,
    parse_record,
    parse_tree,
    prove_tree,
    record_hash,
    tree_hash,
)
from tests import sumdbserver

# The example in the documentation of golang.org/x/mod/sumdb/note.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
OTHER = "— Other AAAAAAAA\n"


def opened(note: str, key: str = KEY) -> bytes:
    return open_note(note.encode(), [Verifier(key)])


def test_the_example_of_go_opens() -> None:
    assert opened(f"{TEXT}\n{SIGNATURE}") == TEXT.encode()
    assert opened(f"{TEXT}\n{OTHER}{SIGNATURE}{OTHER}") == TEXT.encode()
    assert opened(f"{TEXT}\n{SIGNATURE}{SIGNATURE}") == TEXT.encode()


def test_at_most_a_hundred_signatures() -> None:
    assert opened(f"{TEXT}\n{OTHER * (MAX_SIGNATURES - 1)}{SIGNATURE}") == TEXT.encode()
    with pytest.raises(NoteError, match="malformed note"):
        opened(f"{TEXT}\n{SIGNATURE}{OTHER * MAX_SIGNATURES}")


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{SIGNATURE}"[:-1],
        f"{TEXT}{SIGNATURE}",
        f"\t{TEXT}\n{SIGNATURE}",
        f"{TEXT}\n{SIGNATURE}junk\n",
        f"{TEXT}\n{SIGNATURE}".replace("— ", "xyz "),
        f"{TEXT}\n{SIGNATURE}— Other\n",
        f"{TEXT}\n{SIGNATURE}— Other \n",
        f"{TEXT}\n{SIGNATURE}— Other AAAA\n",
        f"{TEXT}\n{SIGNATURE}— Other AAAAAAA\n",
        f"{TEXT}\n{SIGNATURE}— Other AAAAAA!A\n",
        f"{TEXT}\n{SIGNATURE}— Oth+er AAAAAAAA\n",
        f"{TEXT}\n{SIGNATURE}—  AAAAAAAA\n",
    ],
)
def test_malformed_notes(note: str) -> None:
    with pytest.raises(NoteError, match=r"^malformed note$"):
        opened(note)
    with pytest.raises(NoteError, match=r"^malformed note$"):
        open_note(note.encode() + b"\xff", [Verifier(KEY)])


def test_signatures_of_others_prove_nothing() -> None:
    with pytest.raises(NoteError, match="no verifiable signatures"):
        opened(f"{TEXT}\n{OTHER}")
    with pytest.raises(NoteError, match=r"invalid signature for key PeterNeumann\+c74f20a3"):
        opened(f"{TEXT}x\n\n{SIGNATURE}")


def key_of(algorithm: int, size: int, name: str = "n") -> str:
    data = bytes([algorithm]) + b"k" * size
    return f"{name}+{key_hash(name, data):08x}+{b64encode(data).decode()}"


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", "malformed verifier id"),
        ("n", "malformed verifier id"),
        ("n+12345678", "malformed verifier id"),
        ("n+1234567+AAAA", "malformed verifier id"),
        ("n+1234567g+AAAA", "malformed verifier id"),
        ("n+0x345678+AAAA", "malformed verifier id"),
        ("n+12345678+AAA", "malformed verifier id"),
        ("n+12345678+", "malformed verifier id"),
        ("+12345678+AAAA", "malformed verifier id"),
        ("n n+12345678+AAAA", "malformed verifier id"),
        (KEY.replace("c74f20a3", "c74f20a4"), "invalid verifier hash"),
        (KEY.replace("PeterNeumann", "Peter"), "invalid verifier hash"),
        (key_of(2, 32), "unknown verifier algorithm"),
        (key_of(1, 31), "malformed verifier id"),
        (key_of(1, 33), "malformed verifier id"),
    ],
)
def test_bad_keys(key: str, problem: str) -> None:
    with pytest.raises(NoteError, match=f"^{problem}$"):
        Verifier(key)


HEAD = "go.sum database tree\n{}\n{}\n"
HASH = b64encode(b"h" * 32).decode()


def test_tree_heads() -> None:
    assert parse_tree(HEAD.format(0, HASH).encode()) == Tree(0, b"h" * 32)
    assert parse_tree((HEAD.format((1 << 63) - 1, HASH) + "more\n").encode()) == Tree((1 << 63) - 1, b"h" * 32)


@pytest.mark.parametrize(
    "text",
    [
        HEAD.format(-1, HASH),
        HEAD.format("+1", HASH),
        HEAD.format("01", HASH),
        HEAD.format("", HASH),
        HEAD.format(1 << 63, HASH),
        HEAD.format("9" * 5000, HASH),
        HEAD.format(1, HASH[:-4]),
        HEAD.format(1, HASH.replace("a", "!")),
        HEAD.format(1, HASH)[:-1],
        HEAD.format(1, HASH)[1:],
        HEAD.format(1, HASH) + "x" * 1_000_000,
    ],
)
def test_malformed_tree_heads(text: str) -> None:
    with pytest.raises(LogError, match="malformed tree note"):
        parse_tree(text.encode())


def test_records() -> None:
    assert parse_record(b"12\nm v1 h1:x\nm v2 h1:y\n\nrest\n\nof it") == (
        12,
        b"m v1 h1:x\nm v2 h1:y\n",
        b"rest\n\nof it",
    )
    assert parse_record(b"%d\na\n\n" % ((1 << 63) - 1))[0] == (1 << 63) - 1


@pytest.mark.parametrize(
    "data", [b"", b"1", b"1\n", b"1\na\n", b"1\na", b"-1\na\n\n", b"x\na\n\n", b"1\na\0\n\n", b"1\n\xff\n\n"]
)
def test_malformed_records(data: bytes) -> None:
    with pytest.raises(LogError, match="malformed record data"):
        parse_record(data)


@pytest.mark.parametrize("number", [1 << 63, -(1 << 63) - 1])
def test_a_record_number_beyond_63_bits(number: int) -> None:
    with pytest.raises(LogError, match="malformed record data"):
        parse_record(b"%d\na\n\n" % number)


class Log:
    """A log of eleven records, tiles of height two; `change` may alter what is read."""

    height = 2
    size = 11

    def __init__(self) -> None:
        self.hashes: list[bytes] = []
        for n in range(self.size):
            self.hashes += sumdbserver.stored_hashes(n, b"record %d" % n, self.read)
        self.tree = Tree(self.size, tree_hash(self.size, self.read))
        self.asked: list[Tile] = []
        self.saved: list[Tile] = []

    def read(self, indexes: list[int]) -> list[bytes]:
        return [self.hashes[i] for i in indexes]

    def change(self, tile: Tile, data: bytes) -> bytes:
        return data

    def read_tiles(self, tiles: list[Tile]) -> list[bytes]:
        self.asked += tiles
        return [self.change(tile, sumdbserver.read_tile_data(tile, self.read)) for tile in tiles]

    def save_tiles(self, tiles: list[Tile], data: list[bytes]) -> None:
        self.saved += tiles


def test_every_hash_of_every_tile_is_proven() -> None:
    log = Log()
    assert TileHashReader(log.tree, log)(range(len(log.hashes))) == log.hashes
    assert log.saved == log.asked and len(set(log.asked)) == len(log.asked)
    for bad in log.asked:
        for at in range(0, bad.w * 32, 32):
            log = Log()
            log.change = (
                lambda tile, data, bad=bad, at=at: (  # type: ignore[method-assign,misc]
                    data[:at] + b"?" * 32 + data[at + 32 :] if tile == bad else data
                )
            )
            with pytest.raises(InconsistentTileError):
                TileHashReader(log.tree, log)(range(len(log.hashes)))
            assert log.saved == []


def test_hashes_that_the_tree_does_not_have() -> None:
    log = Log()
    for index in (len(log.hashes), len(log.hashes) + 7):
        with pytest.raises(LogError, match="indexes not in tree"):
            TileHashReader(log.tree, log)([0, index])
    assert TileHashReader(Tree(0, EMPTY_HASH), log)([]) == []
    with pytest.raises(LogError, match="indexes not in tree"):
        TileHashReader(Tree(0, EMPTY_HASH), log)([0])
    assert log.asked == log.saved == []


def test_tiles_and_their_parents() -> None:
    for tile in (Tile(0, 0, 0, 1), Tile(31, 0, 0, 1), Tile(2, -1, 0, 1), Tile(2, 64, 0, 1), Tile(2, 0, 0, 5)):
        with pytest.raises(LogError, match="invalid tile"):
            hash_from_tile(tile, bytes(999), 0)
    with pytest.raises(LogError, match="too short"):
        hash_from_tile(Tile(2, 0, 0, 2), bytes(63), 0)
    with pytest.raises(LogError, match=r"index 0 is in tile/2/0/000\.p/1 not tile/2/0/001"):
        hash_from_tile(Tile(2, 0, 1, 4), bytes(128), 0)
    # the tree of 11 records has tiles of 4, 4 and 3 hashes, and one of 2 above
    assert [tile_parent(Tile(2, 0, n, 1), 0, 11) for n in (1, 2)] == [Tile(2, 0, 1, 4), Tile(2, 0, 2, 3)]
    assert tile_parent(Tile(2, 0, 2, 3), 1, 11) == Tile(2, 1, 0, 2)
    assert tile_parent(Tile(2, 0, 0, 4), 1, 16) == Tile(2, 1, 0, 4)
    assert tile_parent(Tile(2, 0, 3, 1), 0, 11) == tile_parent(Tile(2, 0, 3, 1), 0, 12) == Tile(0, 0, 0, 0)


def test_proofs_are_of_this_tree_and_no_other() -> None:
    log = Log()
    for t, n in ((0, 0), (3, 0), (3, 4), (0, 1)):
        with pytest.raises(LogError, match="invalid inputs in ProveTree"):
            prove_tree(t, n, log.read)
        with pytest.raises(LogError, match="invalid inputs in CheckTree"):
            check_tree([], t, bytes(32), n, bytes(32))
    for t in range(1, 12):
        for n in range(1, t + 1):
            proof, whole, old = prove_tree(t, n, log.read), tree_hash(t, log.read), tree_hash(n, log.read)
            check_tree(proof, t, whole, n, old)
            bad = [[*proof, bytes(32)], proof[:-1]] if proof else [[bytes(32)]]
            for wrong in bad:
                with pytest.raises(LogError, match="invalid transparency proof"):
                    check_tree(wrong, t, whole, n, old)
            with pytest.raises(LogError, match="invalid transparency proof"):
                check_tree(proof, t, whole, n, record_hash(b"other"))
    with pytest.raises(LogError, match=r"ReadHashes\(\d+ indexes\) = 1 hashes"):
        tree_hash(11, lambda indexes: [bytes(32)])

"""A transparent log: a Merkle tree over records, whose hashes are stored in the order in which they become known.

Hash number `stored_hash_index(level, n)` is that of records n*2**level up to (n+1)*2**level. The hash of the tree
of n records joins the largest whole subtrees, left to right; it says everything about those records. A reader
(`ReadHashes`) maps such numbers to hashes, 32 bytes each.

Source: golang.org/x/mod/sumdb/tlog (tlog.go, note.go), go1.26.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections import namedtuple

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NamedTuple

    ReadHashes = Callable[[Sequence[int]], list[bytes]]

    class Tree(NamedTuple):
        """A tree head: how many records, and the hash of the tree of them."""

        n: int
        hash: bytes
else:
    Tree = namedtuple("Tree", "n hash")

HASH_SIZE = 32
EMPTY_HASH = hashlib.sha256(b"").digest()
_TREE_PREFIX = b"go.sum database tree\n"
_MAX_TREE_TEXT = 1_000_000


class LogError(GokilnError):
    """Something about the log is malformed or does not fit together."""


def hash_text(hash: bytes) -> str:
    """A hash as notes and messages show it."""
    return b64encode(hash).decode()


def max_pow2(n: int) -> tuple[int, int]:
    """(k, l): the largest power of two k = 2**l below n, for n > 1."""
    level = max((n - 1).bit_length() - 1, 0)
    return 1 << level, level


def record_hash(data: bytes) -> bytes:
    """Hash of a record."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def stored_hash_index(level: int, n: int) -> int:
    """The number of the n'th hash of a level in storage order."""
    for _ in range(level):
        n = 2 * n + 1
    index = 0
    while n > 0:
        index += n
        n >>= 1
    return index + level


def split_stored_hash_index(index: int) -> tuple[int, int]:
    """(level, n) of a hash number."""
    n = index // 2
    at = stored_hash_index(0, n)
    while True:
        following = at + 1 + trailing_zeros(n + 1)
        if following > index:
            break
        n += 1
        at = following
    level = index - at
    return level, n >> level


def trailing_zeros(n: int) -> int:
    """How many zero bits end n, for n > 0."""
    return (n & -n).bit_length() - 1


def sub_tree_index(lo: int, hi: int) -> list[int]:
    """Numbers of the hashes that make up the subtree of records lo up to hi."""
    need = []
    while lo < hi:
        k, level = max_pow2(hi - lo + 1)
        need.append(stored_hash_index(level, lo >> level))
        lo += k
    return need


def sub_tree_hash(lo: int, hi: int, hashes: list[bytes]) -> tuple[bytes, list[bytes]]:
    """(hash of the subtree, the hashes not used), for hashes that begin with those of sub_tree_index(lo, hi)."""
    count = len(sub_tree_index(lo, hi))
    hash = hashes[count - 1]
    for i in range(count - 2, -1, -1):
        hash = node_hash(hashes[i], hash)
    return hash, hashes[count:]


def tree_hash(n: int, read: ReadHashes) -> bytes:
    """Hash of the tree of n records. Raises what read raises."""
    if n == 0:
        return EMPTY_HASH
    hash, _ = sub_tree_hash(0, n, _read(read, sub_tree_index(0, n)))
    return hash


def _read(read: ReadHashes, indexes: list[int]) -> list[bytes]:
    if not indexes:
        return []
    hashes = read(indexes)
    if len(hashes) != len(indexes):
        raise LogError(f"tlog: ReadHashes({len(indexes)} indexes) = {len(hashes)} hashes")
    return hashes


# Proofs that one tree is the beginning of another


def prove_tree(t: int, n: int, read: ReadHashes) -> list[bytes]:
    """The proof that the tree of n records begins the tree of t records. Raises LogError."""
    if t < 1 or n < 1 or n > t:
        raise LogError("tlog: invalid inputs in ProveTree")
    proof, _ = _tree_proof(0, t, n, _read(read, _tree_proof_index(0, t, n)))
    return proof


def _tree_proof_index(lo: int, hi: int, n: int) -> list[int]:
    if n == hi:
        return [] if lo == 0 else sub_tree_index(lo, hi)
    k, _ = max_pow2(hi - lo)
    if n <= lo + k:
        return _tree_proof_index(lo, lo + k, n) + sub_tree_index(lo + k, hi)
    return sub_tree_index(lo, lo + k) + _tree_proof_index(lo + k, hi, n)


def _tree_proof(lo: int, hi: int, n: int, hashes: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    if n == hi:
        if lo == 0:
            return [], hashes
        whole, hashes = sub_tree_hash(lo, hi, hashes)
        return [whole], hashes
    k, _ = max_pow2(hi - lo)
    if n <= lo + k:
        proof, hashes = _tree_proof(lo, lo + k, n, hashes)
        other, hashes = sub_tree_hash(lo + k, hi, hashes)
    else:
        other, hashes = sub_tree_hash(lo, lo + k, hashes)
        proof, hashes = _tree_proof(lo + k, hi, n, hashes)
    return [*proof, other], hashes


def check_tree(proof: list[bytes], t: int, tree: bytes, n: int, old: bytes) -> None:
    """Raise LogError unless proof shows that the tree of n records (hash old) begins that of t records."""
    if t < 1 or n < 1 or n > t:
        raise LogError("tlog: invalid inputs in CheckTree")
    if _run_tree_proof(proof, 0, t, n, old) != (old, tree):
        raise LogError("invalid transparency proof")


def _run_tree_proof(proof: list[bytes], lo: int, hi: int, n: int, old: bytes) -> tuple[bytes, bytes]:
    if n == hi:
        if lo == 0:
            if proof:
                raise LogError("invalid transparency proof")
            return old, old
        if len(proof) != 1:
            raise LogError("invalid transparency proof")
        return proof[0], proof[0]
    if not proof:
        raise LogError("invalid transparency proof")
    k, _ = max_pow2(hi - lo)
    if n <= lo + k:
        small, whole = _run_tree_proof(proof[:-1], lo, lo + k, n, old)
        return small, node_hash(whole, proof[-1])
    small, whole = _run_tree_proof(proof[:-1], lo + k, hi, n, old)
    return node_hash(proof[-1], small), node_hash(proof[-1], whole)


# Texts


def parse_tree(text: bytes) -> Tree:
    """A tree head from its text. Raises LogError."""
    if not text.startswith(_TREE_PREFIX) or text.count(b"\n") < 3 or len(text) > _MAX_TREE_TEXT:
        raise LogError("malformed tree note")
    _, number, encoded, _ = text.split(b"\n", 3)
    n = _parse_int(number)
    try:
        hash = b64decode(encoded, validate=True)
    except ValueError:
        hash = b""
    if n is None or n < 0 or number != str(n).encode() or len(hash) != HASH_SIZE:
        raise LogError("malformed tree note")
    return Tree(n, hash)


def _parse_int(text: bytes) -> int | None:
    """strconv.ParseInt(text, 10, 64), or None."""
    digits = text[1:] if text[:1] in (b"+", b"-") else text
    if not digits.isdigit() or len(digits) > 20:
        return None
    n = int(text)
    return n if -(1 << 63) <= n < 1 << 63 else None


def _is_valid_record_text(text: bytes) -> bool:
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return decoded.endswith("\n") and "\n\n" not in decoded and not any(c < " " and c != "\n" for c in decoded)


def parse_record(message: bytes) -> tuple[int, bytes, bytes]:
    """(number, text, what follows) of a record. Raises LogError."""
    head, newline, rest = message.partition(b"\n")
    id = _parse_int(head)
    end = rest.find(b"\n\n")
    if not newline or id is None or id < 0 or end < 0 or not _is_valid_record_text(rest[: end + 1]):
        raise LogError("malformed record data")
    return id, rest[: end + 1], rest[end + 2 :]

"""Signed notes: text, an empty line, and lines `— name base64(key hash + signature)`.

A verifier key is `name+hash+base64(algorithm byte + key)`; the only algorithm is Ed25519. The cryptography library is
imported when a key is made.

Source: golang.org/x/mod/sumdb/note, go1.26.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

ED25519 = 1
MAX_SIGNATURES = 100
_PREFIX = "— ".encode()


class NoteError(GokilnError):
    """A note or key that is malformed, or a signature that does not hold."""


def key_hash(name: str, key: bytes) -> int:
    """The 32-bit number that names a key in signatures."""
    return int.from_bytes(hashlib.sha256(name.encode() + b"\n" + key).digest()[:4], "big")


def _is_valid_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() or c == "+" or "\udc80" <= c <= "\udcff" for c in name)


def _decode64(text: str) -> bytes | None:
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if b64encode(data).decode() == text else None


def _split_key(text: str) -> tuple[str, int, bytes]:
    """(name, hash, algorithm byte and key) of `name+hash+base64`. Raises NoteError."""
    name, _, rest = text.partition("+")
    hash16, _, key64 = rest.partition("+")
    key = _decode64(key64)
    if (
        len(hash16) != 8
        or not all(c in "0123456789abcdefABCDEF" for c in hash16)
        or not _is_valid_name(name)
        or not key
    ):
        raise NoteError("malformed verifier id")
    return name, int(hash16, 16), key


class Verifier:
    """A public key with its name."""

    def __init__(self, text: str) -> None:
        """Read `name+hash+key`. Raises NoteError."""
        self.name, self.hash, key = _split_key(text)
        if self.hash != key_hash(self.name, key):
            raise NoteError("invalid verifier hash")
        if key[0] != ED25519:
            raise NoteError("unknown verifier algorithm")
        if len(key) != 33:
            raise NoteError("malformed verifier id")
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self._key = Ed25519PublicKey.from_public_bytes(key[1:])

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's for the message."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def open_note(message: bytes, verifiers: Iterable[Verifier]) -> bytes:
    """The text of a note that at least one of the keys has signed; signatures of other keys do not count.

    Raises NoteError: malformed, a signature of a known key that does not hold, or none of a known key.
    """
    try:
        decoded = message.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteError("malformed note") from None
    if any(c < " " and c != "\n" for c in decoded):
        raise NoteError("malformed note")
    split = message.rfind(b"\n\n")
    if split < 0:
        raise NoteError("malformed note")
    text, signatures = message[: split + 1], message[split + 2 :]
    if not signatures.endswith(b"\n"):
        raise NoteError("malformed note")
    known = {(v.name, v.hash): v for v in verifiers}
    lines = signatures.split(b"\n")[:-1]
    verified: set[tuple[str, int]] = set()
    for number, line in enumerate(lines, 1):
        name, hash, signature = _signature(line)
        if number > MAX_SIGNATURES:
            raise NoteError("malformed note")
        verifier = known.get((name, hash))
        if verifier is None or (name, hash) in verified:
            continue
        if not verifier.verify(text, signature):
            raise NoteError(f"invalid signature for key {name}+{hash:08x}")
        verified.add((name, hash))
    if not verified:
        raise NoteError("note has no verifiable signatures")
    return text


def _signature(line: bytes) -> tuple[str, int, bytes]:
    if not line.startswith(_PREFIX):
        raise NoteError("malformed note")
    name, _, encoded = line[len(_PREFIX) :].decode().partition(" ")
    data = _decode64(encoded)
    if not _is_valid_name(name) or not encoded or data is None or len(data) < 5:
        raise NoteError("malformed note")
    return name, int.from_bytes(data[:4], "big"), data[4:]

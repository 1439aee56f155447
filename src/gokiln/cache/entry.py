"""The action entry: 175 bytes that say which output an action has.

    v1 <64 hex action ID> <64 hex output ID> <size, 20 wide> <unix nanoseconds, 20 wide>\\n

A file `<action ID>-a` holds exactly one. Everything that is not such an entry is a miss, with the go
command's reason. Source: cmd/go/internal/cache/cache.go (get, putIndexEntry), go1.26.
"""

from __future__ import annotations

import binascii

HEX_SIZE = 64
ENTRY_SIZE = 2 + 1 + HEX_SIZE + 1 + HEX_SIZE + 1 + 20 + 1 + 20 + 1
_INT64_MAX = (1 << 63) - 1


class BadEntry(ValueError):
    """Bytes that are not the entry of the action; str() is the go command's reason."""


class Entry:
    """What the cache knows of an action: output_id (32 bytes), size in bytes, time_ns (Unix, when added)."""

    __slots__ = ("output_id", "size", "time_ns")

    def __init__(self, output_id: bytes, size: int, time_ns: int) -> None:
        self.output_id = output_id
        self.size = size
        self.time_ns = time_ns

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return (self.output_id, self.size, self.time_ns) == (other.output_id, other.size, other.time_ns)

    def __hash__(self) -> int:
        return hash((self.output_id, self.size, self.time_ns))

    def __repr__(self) -> str:
        return f"Entry({self.output_id.hex()}, {self.size}, {self.time_ns})"


def encode_entry(action_id: bytes, entry: Entry) -> bytes:
    """The 175 bytes of the entry of an action (32-byte ID). Raises ValueError for numbers that do not fit."""
    if not (0 <= entry.size <= _INT64_MAX and 0 <= entry.time_ns <= _INT64_MAX):
        raise ValueError("entry numbers must fit 63 bits")
    return b"v1 %b %b %20d %20d\n" % (
        binascii.hexlify(action_id),
        binascii.hexlify(entry.output_id),
        entry.size,
        entry.time_ns,
    )


def decode_entry(action_id: bytes, data: bytes) -> Entry:
    """The entry in the bytes of the `-a` file of an action (32-byte ID). Raises BadEntry."""
    if len(data) != ENTRY_SIZE:
        if len(data) > ENTRY_SIZE:
            raise BadEntry("too long")
        raise BadEntry("entry file incomplete" if data else "file is empty")
    if data[:3] != b"v1 " or data[67] != 32 or data[132] != 32 or data[153] != 32 or data[174] != 10:
        raise BadEntry("invalid header")
    try:
        if binascii.unhexlify(data[3:67]) != action_id:
            raise BadEntry("mismatched ID")
    except binascii.Error as exc:
        raise BadEntry(f"decoding ID: {exc}") from None
    try:
        output_id = binascii.unhexlify(data[68:132])
    except binascii.Error as exc:
        raise BadEntry(f"decoding output ID: {exc}") from None
    return Entry(output_id, _number(data[133:153], "size"), _number(data[154:174], "timestamp"))


def _number(field: bytes, what: str) -> int:
    """A right-aligned decimal as strconv.ParseInt reads it: an optional sign, digits, 63 bits."""
    digits = field.lstrip(b" ")
    sign, digits = (digits[:1], digits[1:]) if digits[:1] in (b"-", b"+") else (b"", digits)
    if not digits.isdigit() or int(digits) > _INT64_MAX + (sign == b"-"):
        raise BadEntry(f"parsing {what}: bad number")
    value = int(digits)
    if sign == b"-" and value:
        raise BadEntry(f"negative {what}")
    return value

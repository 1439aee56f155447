"""Every codec of the cache and of build IDs: what is written reads back, anything else is refused."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gokiln.cache.entry import ENTRY_SIZE, BadEntry, Entry, decode_entry, encode_entry
from gokiln.golang.buildidfile import find_and_hash
from gokiln.index.verified import VerifiedOutputs

IDS = st.binary(min_size=32, max_size=32)
NUMBERS = st.integers(0, (1 << 63) - 1)


@given(IDS, IDS, NUMBERS, NUMBERS)
def test_entries_read_back(action, output, size, time_ns):
    entry = Entry(output, size, time_ns)
    data = encode_entry(action, entry)
    assert len(data) == ENTRY_SIZE
    assert decode_entry(action, data) == entry


@given(IDS, st.sampled_from([-1, 1 << 63]), st.booleans())
def test_numbers_beyond_63_bits_are_neither_written_nor_read(action, number, as_size):
    fields = (number, 1) if as_size else (1, number)
    with pytest.raises(ValueError, match="63 bits"):
        encode_entry(action, Entry(action, *fields))
    text = b"v1 %b %b %20d %20d\n" % (action.hex().encode(), action.hex().encode(), *fields)
    with pytest.raises(BadEntry, match="size" if as_size else "timestamp"):
        decode_entry(action, text)


@given(IDS, IDS, st.integers(0, ENTRY_SIZE - 22), st.integers(1, 255))
def test_a_changed_byte_never_reads_as_the_same_entry(action, output, at, change):
    entry = Entry(output, 12345, 1700000000000000000)
    data = bytearray(encode_entry(action, entry))
    data[at] ^= change
    try:
        found = decode_entry(action, bytes(data))
    except BadEntry:
        return
    # hex digits have two cases and a leading blank may become a zero or a plus: the same value, as in go
    same_text = bytes(data).lower().replace(b"+", b" ").replace(b"0", b" ")
    if found == entry:
        assert same_text == encode_entry(action, entry).replace(b"0", b" ")
    else:
        assert at >= 68  # output ID or size: caught when the output's bytes are hashed


@given(st.binary(max_size=400), IDS)
def test_any_bytes_are_an_entry_or_refused(data, action):
    try:
        decode_entry(action, data)
    except BadEntry:
        return
    assert len(data) == ENTRY_SIZE


def find_simply(data: bytes, needle: bytes) -> tuple[list[int], bytes]:
    import hashlib

    at, found = 0, []
    while (at := data.find(needle, at)) >= 0:
        found.append(at)
        at += len(needle)
    return found, hashlib.sha256(data.replace(needle, bytes(len(needle)))).digest()


@given(
    st.lists(st.sampled_from([b"aba", b"ab", b"a", b"xyz", b"b" * 7]), max_size=60).map(b"".join),
    st.integers(3, 40),
)
def test_find_and_hash_does_not_depend_on_the_pieces(data, piece):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "f")
        with open(path, "wb") as file:
            file.write(data)
        assert find_and_hash(path, "aba", piece) == find_simply(data, b"aba")


class Stat:
    """As much of a stat result as a signature takes."""

    def __init__(self, size: int, ctime: int) -> None:
        self.st_dev, self.st_ino, self.st_size, self.st_mtime_ns, self.st_ctime_ns = 1, 2, size, 3, ctime


@given(st.dictionaries(IDS, st.integers(0, 1 << 62), max_size=20))
def test_the_record_of_verified_outputs_reads_back(sizes):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "verified")
        record = VerifiedOutputs(path, boot=b"1" * 16, clock=lambda: 10**18)
        for output, size in sizes.items():
            record.checked(output, Stat(size, 5), 10**12)  # type: ignore[arg-type]
        record.save()
        again = VerifiedOutputs(path, boot=b"1" * 16)
        assert len(again) == len(sizes)
        for output, size in sizes.items():
            assert again.holds(output, Stat(size, 5))  # type: ignore[arg-type]
            assert not again.holds(output, Stat(size, 6))  # type: ignore[arg-type]


def test_any_flipped_byte_of_the_record_distrusts_it_all(tmp_path):
    path = str(tmp_path / "verified")
    record = VerifiedOutputs(path, boot=b"1" * 16)
    for number in range(3):
        record.checked(bytes([number]) * 32, Stat(number, 5), 10**12)  # type: ignore[arg-type]
    record.save()
    with open(path, "rb") as file:
        good = file.read()
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 0x10
        with open(path, "wb") as file:
            file.write(bad)
        assert len(VerifiedOutputs(path, boot=b"1" * 16)) == 0
    for cut in range(len(good)):
        with open(path, "wb") as file:
            file.write(good[:cut])
        assert len(VerifiedOutputs(path, boot=b"1" * 16)) == 0

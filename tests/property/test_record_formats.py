"""Records and messages of the cache: what is written comes back, and any damage is noticed."""

from __future__ import annotations

import base64
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from gokiln.cache.progwire import ProtocolError, ValueReader, decode_response, encode_body, encode_request
from gokiln.index.trees import MAGIC, decode, dir_sentence, encode_chunk, file_sentence

SENTENCES = st.lists(st.integers(0, 2**64 - 1), max_size=20)
NAMES = st.text(st.characters(blacklist_characters="\0/", blacklist_categories=("Cs",)), min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.lists(SENTENCES, max_size=4))
def test_tree_records_come_back(chunks: list[list[int]]) -> None:
    data = MAGIC + b"".join(map(encode_chunk, chunks))
    assert decode(data) == ({n for chunk in chunks for n in chunk}, True)


@given(st.lists(SENTENCES, min_size=1, max_size=4), st.data())
def test_a_damaged_tree_record_tells_nothing_new(chunks: list[list[int]], data: st.DataObject) -> None:
    whole = MAGIC + b"".join(map(encode_chunk, chunks))
    at = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    found, good = decode(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    assert not good and found <= {n for chunk in chunks for n in chunk}


@given(st.binary(max_size=200))
def test_any_bytes_can_stand_in_a_tree_record(data: bytes) -> None:
    decode(data)
    decode(MAGIC + data)


@given(st.sets(NAMES, max_size=5), st.sets(NAMES, max_size=5), st.sets(NAMES, max_size=5), st.sets(NAMES, max_size=5))
def test_a_directory_sentence_is_one_of_its_names(a: set[str], b: set[str], c: set[str], d: set[str]) -> None:
    assert (dir_sentence("m@v1", a, b) == dir_sentence("m@v1", c, d)) == ((a, b) == (c, d))
    assert dir_sentence("m@v1", a, b) != file_sentence("m@v1", bytes(32))


@given(st.lists(JSON, max_size=4), st.integers(1, 40))
def test_json_values_are_found_in_any_pieces(values: list[object], size: int) -> None:
    values = [{"v": value} for value in values]
    data = b"\n".join(json.dumps(value, ensure_ascii=False).encode() for value in values)
    stream = io.BytesIO(data)
    reader = ValueReader(lambda: stream.read(size))
    assert [reader.next() for _ in values] == values


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=30), max_size=6))
def test_any_bytes_from_a_helper_end_in_a_value_or_an_error(pieces: list[bytes]) -> None:
    left = [piece for piece in pieces if piece]
    reader = ValueReader(lambda: left.pop(0) if left else b"", limit=1000)
    try:
        while True:
            decode_response(reader.next())
    except (EOFError, ProtocolError):
        return


KEYS = st.sampled_from(["ID", "Err", "KnownCommands", "Miss", "OutputID", "Size", "Time", "DiskPath", "other"])


@given(st.dictionaries(KEYS, JSON | st.sampled_from(["AQI=", "2026-01-02T03:04:05.5+01:00", "2026-99-01T00:00:00Z"])))
def test_any_response_is_read_or_refused(value: dict[str, object]) -> None:
    try:
        response = decode_response(value)
    except ProtocolError:
        return
    assert isinstance(response.id, int) and isinstance(response.disk_path, str)


@given(st.integers(1, 2**62), st.binary(min_size=32, max_size=32), st.binary(max_size=500), st.integers(1, 70))
def test_a_request_is_json_that_says_what_was_asked(number: int, id_: bytes, body: bytes, size: int) -> None:
    stream = io.BytesIO(body)
    data = encode_request(number, "put", id_, id_[::-1], len(body))
    data += b"".join(encode_body(lambda most: stream.read(min(size, most))))
    source = io.BytesIO(data)
    reader = ValueReader(lambda: source.read(64))
    request = reader.next()
    assert isinstance(request, dict) and request["ID"] == number and request.get("BodySize", 0) == len(body)
    assert base64.b64decode(request["ActionID"]) == id_ == base64.b64decode(request["OutputID"])[::-1]
    assert base64.b64decode(str(reader.next()), validate=True) == body

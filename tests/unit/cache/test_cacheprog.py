"""A GOCACHEPROG helper that behaves, and nine that do not: what it stores is hashed, what it breaks is survived."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import time
from pathlib import Path

import pytest

from gokiln.cache.cacheprog import ProgStore, start_cacheprog
from gokiln.cache.diskstore import DiskStore
from gokiln.cache.location import CacheError, make_cache_dir
from gokiln.cache.proghelper import Timeouts
from gokiln.cache.progwire import ProtocolError, ValueReader, decode_response, encode_body, encode_request, parse_time
from gokiln.events import Recorder, Text, Warn

ACTION = hashlib.sha256(b"action").digest()
DATA = b"the bytes of an output\n" * 5000
OUTPUT = hashlib.sha256(DATA).digest()

HELPER = """
import base64, json, os, sys, time
mode, folder = sys.argv[1:3]
out = sys.stdout.buffer
def say(**fields):
    out.write(json.dumps(fields).encode() + b"\\n"); out.flush()
if mode == "silent": time.sleep(60)
if mode == "garbage": out.write(b"hello\\n"); out.flush(); time.sleep(60)
known = {"nothing": [], "getonly": ["get", "close"], "putonly": ["put"]}.get(mode, ["get", "put", "close"])
say(ID=0, KnownCommands=known)
lines = (line for line in sys.stdin.buffer if line.strip())
for line in lines:
    request = json.loads(line)
    number, command = request["ID"], request["Command"]
    if command == "close":
        open(os.path.join(folder, "closed"), "w").close()
        if mode != "quits": say(ID=number)
        break
    if mode == "dies": sys.exit(3)
    if mode == "unknown": number += 7
    if mode == "slow": time.sleep(60)
    if mode == "refuses":
        if request.get("BodySize"): next(lines)
        say(ID=number, Err="no")
        continue
    name = os.path.join(folder, base64.b64decode(request["ActionID"]).hex())
    if command == "put":
        body = base64.b64decode(json.loads(next(lines))) if request.get("BodySize") else b""
        assert len(body) == request.get("BodySize", 0)
        with open(name, "wb") as file: file.write(body)
        with open(name + ".id", "w") as file: file.write(request["OutputID"])
        say(id=number, diskpath=name)
        if mode == "liar":
            with open(name, "r+b") as file: file.write(b"X")
    elif os.path.exists(name):
        with open(name + ".id") as file: output = file.read()
        say(ID=number, OutputID=output, Size=os.path.getsize(name), DiskPath=name, Time="2020-01-01T00:00:00.5Z")
    else:
        say(ID=number, Miss=True)
"""


@pytest.fixture
def bench(tmp_path):
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "store").mkdir()
    cache = str(tmp_path / "cache")
    make_cache_dir(cache)
    opened = []

    def open_store(mode: str, **limits: float) -> tuple[ProgStore, Recorder]:
        sink = Recorder()
        words = [sys.executable, "-S", str(tmp_path / "helper.py"), mode, str(tmp_path / "store")]
        store = ProgStore(words, DiskStore(cache, sink), sink, dict(os.environ), Timeouts(**limits))
        opened.append(store)
        return store, sink

    open_store.folder = tmp_path / "store"  # type: ignore[attr-defined]
    yield open_store
    for store in opened:
        store.close()


def warnings(sink: Recorder) -> list[str]:
    return [event.text for event in sink.events if isinstance(event, Warn)]


def test_what_was_put_is_got_by_the_next_process(bench, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(DATA)
    store, sink = bench("good")
    assert store.get_file(ACTION) is None
    assert store.put_file(ACTION, str(source)) == (OUTPUT, len(DATA))
    empty = hashlib.sha256(b"other").digest()
    assert store.put_bytes(empty, b"") == hashlib.sha256(b"").digest()
    assert os.path.exists(store.output_file(OUTPUT))
    store.close()
    assert (bench.folder / "closed").exists()
    second, _ = bench("good")
    found = second.get_bytes(ACTION)
    assert found is not None and found[0] == DATA
    assert found[1].time_ns == 1577836800500000000
    assert second.get_bytes(empty)[0] == b""
    assert warnings(sink) == []


def test_a_helper_that_quits_without_answering_close_is_no_trouble(bench):
    store, sink = bench("quits")
    store.close()
    assert sink.events == []


def test_only_commands_that_it_knows_are_sent(bench):
    store, sink = bench("putonly")
    store.put_bytes(ACTION, DATA)
    assert store.get(ACTION) is None
    store.close()
    reader, _ = bench("getonly")
    assert reader.get_bytes(ACTION)[0] == DATA
    other = hashlib.sha256(b"other").digest()
    reader.put_bytes(other, b"new")
    assert reader.get(other) is None
    assert warnings(sink) == []


def test_a_file_with_other_bytes_is_a_miss_with_a_warning(bench):
    store, sink = bench("liar")
    store.put_bytes(ACTION, DATA)
    deadline = time.monotonic() + 60
    path = store.output_file(OUTPUT)
    while Path(path).read_bytes()[:1] != b"X" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert store.get_file(ACTION) is None
    assert "content does not match its hash" in warnings(sink)[0] and path in warnings(sink)[0]


@pytest.mark.parametrize(
    ("mode", "limits", "words"),
    [
        ("dies", {}, "it exited"),
        ("unknown", {}, "unknown request ID"),
        ("slow", {"answer": 0.2}, "no answer to put"),
        ("silent", {"start": 0.2}, "said nothing"),
        ("garbage", {}, "invalid JSON"),
    ],
)
def test_when_the_helper_is_lost_the_build_cache_takes_over(bench, mode, limits, words):
    store, sink = bench(mode, **limits)
    store.put_bytes(ACTION, DATA)
    found = store.get_bytes(ACTION)
    assert found is not None and found[0] == DATA
    assert store.get_file(ACTION)[0].startswith(store.local.directory)
    store.close()
    assert len(warnings(sink)) == 1 and words in warnings(sink)[0]


def test_an_error_is_a_miss_or_a_put_that_failed(bench):
    store, sink = bench("refuses")
    assert store.get(ACTION) is None
    assert store.put_bytes(ACTION, DATA) == OUTPUT
    assert not store.has_output(OUTPUT)
    store.put_bytes(ACTION, DATA)
    assert len(warnings(sink)) == 2


def test_what_is_wrong_from_the_start_ends_the_command(bench, tmp_path):
    with pytest.raises(CacheError, match="declared no supported commands"):
        bench("nothing")
    local = DiskStore(str(tmp_path / "cache"))
    with pytest.raises(CacheError, match="GOCACHEPROG args: unterminated ' string"):
        start_cacheprog("'x", local, Recorder(), {})
    with pytest.raises(CacheError, match=r"error starting GOCACHEPROG program .*executable file not found"):
        start_cacheprog("no-such-program-here", local, Recorder(), {"PATH": ""})


def test_a_slow_start_is_said_once_every_few_seconds(bench, monkeypatch):
    monkeypatch.setattr("gokiln.cache.proghelper._STILL_WAITING", 0.1)
    _, sink = bench("silent", start=0.35)
    said = [event.text for event in sink.events if isinstance(event, Text)]
    assert said and said[0] == f"go: # still waiting for GOCACHEPROG {sys.executable} ...\n"


def test_requests_are_what_go_sends():
    assert encode_request(3, "get", b"\x01\x02") == b'{"ID":3,"Command":"get","ActionID":"AQI="}\n\n'
    text = b"".join(encode_body(_reader([b"ab", b"cde", b"f"])))
    assert text == b'"' + base64.b64encode(b"abcdef") + b'"\n'


def _reader(pieces: list[bytes]):
    left = list(pieces)
    return lambda size: left.pop(0) if left else b""


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_values_come_out_of_any_pieces(size):
    values = [{"ID": 1, "Err": "höhe {[\\"}, {"ID": 2, "KnownCommands": ["get"]}, {}, {"Size": 2**60}]
    data = (
        json.dumps(values[0], ensure_ascii=False) + json.dumps(values[1]) + "\n\n{}  " + json.dumps(values[3])
    ).encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    reader = ValueReader(lambda: pieces.pop(0) if pieces else b"")
    assert [reader.next() for _ in values] == values
    with pytest.raises(EOFError):
        reader.next()


@pytest.mark.parametrize(
    "data", [b"hello\n", b'{"ID":1', b'{"ID":01}', b"}", b"{]", b"[" * 100_000, b'"' + b"x" * 5000, b"\xff\xfe"]
)
def test_nonsense_is_refused(data):
    pieces = [data]
    with pytest.raises(ProtocolError):
        ValueReader(lambda: pieces.pop(0) if pieces else b"", limit=4000).next()


@pytest.mark.parametrize(
    "value",
    [
        3,
        [],
        {"ID": "1"},
        {"ID": True},
        {"ID": 2**63},
        {"ID": 1, "OutputID": "!"},
        {"ID": 1, "OutputID": "é"},
        {"ID": 1, "Size": 1.5},
        {"ID": 1, "Miss": 1},
        {"ID": 1, "KnownCommands": [1]},
        {"ID": 1, "DiskPath": {}},
        {"ID": 1, "Time": "yesterday"},
    ],
)
def test_fields_of_the_wrong_kind_are_refused(value):
    with pytest.raises(ProtocolError):
        decode_response(value)


def test_times():
    assert parse_time("1970-01-01T00:00:01.000000002Z") == 1_000_000_002
    assert parse_time("1970-01-01T01:00:00+01:00") == 0

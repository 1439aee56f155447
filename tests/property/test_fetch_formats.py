"""Notes, logs, tiles, zips and small formats: what must hold for every input."""

from __future__ import annotations

import io
import os
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gokiln.errors import GokilnError
from gokiln.modules.fetch.goturl import parse
from gokiln.modules.fetch.netrc import parse_netrc
from gokiln.modules.fetch.revinfo import RevInfo, decode_info, encode_info
from gokiln.modules.fetch.sumdb import note, tiles, tlog
from gokiln.modules.fetch.unzip import UnzipError, unzip
from gokiln.modules.fetch.zipcheck import str_to_fold
from gokiln.modules.version import ModVersion
from tests import sumdbserver

SIGNER = sumdbserver.Signer("example.org/sum", b"k" * 32)
PUBLIC = SIGNER.key
SIGNED = SIGNER.sign("go.sum database tree\n1\nAAAA\n")


class Log:
    """A log in memory that is its own tile reader."""

    def __init__(self, records: int, height: int) -> None:
        self.height = height
        self.hashes: list[bytes] = []
        for n in range(records):
            self.hashes += sumdbserver.stored_hashes(n, f"record {n}\n".encode(), self.read)
        self.tree = tlog.Tree(records, tlog.tree_hash(records, self.read))
        self.flip: tuple[int, int] | None = None

    def read(self, indexes):
        return [self.hashes[i] for i in indexes]

    def read_tiles(self, wanted):
        data = [sumdbserver.read_tile_data(tile, self.read) for tile in wanted]
        if self.flip is not None:
            which, bit = self.flip
            which %= len(data)
            at = bit // 8 % len(data[which])
            changed = bytearray(data[which])
            changed[at] ^= 1 << bit % 8
            data[which] = bytes(changed)
        return data

    def save_tiles(self, wanted, data):
        assert self.flip is None, "a tile that was tampered with must never be kept"


@given(st.integers(0, 1 << 40), st.integers(0, 40))
def test_stored_hash_index_splits_back(n, level):
    assert tlog.split_stored_hash_index(tlog.stored_hash_index(level, n)) == (level, n)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.data())
def test_proofs(size, data):
    log = Log(size, 2)
    n = data.draw(st.integers(0, size - 1))
    old = tlog.tree_hash(n + 1, log.read)
    consistency = tlog.prove_tree(size, n + 1, log.read)
    tlog.check_tree(consistency, size, log.tree.hash, n + 1, old)
    bad = bytes([old[0] ^ 1]) + old[1:]
    for check in (
        lambda: tlog.check_tree(consistency, size, log.tree.hash, n + 1, bad),
        lambda: tlog.check_tree([*consistency, old], size, log.tree.hash, n + 1, old),
    ):
        try:
            check()
        except tlog.LogError:
            continue
        raise AssertionError("a wrong proof was accepted")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 4), st.data())
def test_tile_reader_gives_true_hashes_or_refuses(size, height, data):
    log = Log(size, height)
    n = data.draw(st.integers(0, size - 1))
    index = tlog.stored_hash_index(0, n)
    assert tiles.TileHashReader(log.tree, log)([index]) == [log.hashes[index]]
    log.flip = (data.draw(st.integers(0, 20)), data.draw(st.integers(0, 10_000)))
    try:
        tiles.TileHashReader(log.tree, log)([index])
    except tlog.LogError:
        return
    raise AssertionError("a flipped bit went unnoticed")


@given(st.integers(1, 30), st.integers(-1, 5), st.integers(0, 1 << 40), st.data())
def test_tile_paths(h, level, n, data):
    tile = tiles.Tile(h, level, n, data.draw(st.integers(1, 1 << h)))
    assert sumdbserver.parse_tile_path(tiles.tile_path(tile)) == tile


@settings(deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_note_is_noticed(at, change):
    changed = SIGNED[:at] + bytes([SIGNED[at] ^ change]) + SIGNED[at + 1 :]
    try:
        text = note.open_note(changed, [note.Verifier(PUBLIC)])
    except note.NoteError:
        return
    assert text == SIGNED[: SIGNED.rindex(b"\n\n") + 1]


@given(st.binary(max_size=200))
def test_readers_raise_only_their_own_errors(data):
    for read in (tlog.parse_record, tlog.parse_tree, lambda d: note.open_note(d, [])):
        try:
            read(data)
        except GokilnError:
            continue
    try:
        decode_info(data)
    except ValueError:
        return


@given(st.text(max_size=60))
def test_text_readers_never_crash(text):
    parse_netrc(text)
    try:
        url = parse(text)
    except GokilnError:
        return
    url.redacted()


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.datetimes())
def test_info_round_trip(version, when):
    time = when.replace(microsecond=0).isoformat() + "Z"
    info = decode_info(encode_info(RevInfo(version, time, {"VCS": "git", "Hash": "abc"})))
    assert (info.version, info.time, info.origin) == (version, time, {"VCS": "git", "Hash": "abc"})


@given(st.text(max_size=20))
def test_folding_makes_cases_equal(text):
    assert str_to_fold(str_to_fold(text)) == str_to_fold(text)
    assert str_to_fold(text.swapcase()) == str_to_fold(text) or not text.isascii()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_zips_are_refused_or_whole(tmp_path, data):
    mod = ModVersion("example.com/m", "v1.0.0")
    out = io.BytesIO()
    files = {"go.mod": b"module example.com/m\n", "a/b.go": b"package a\n" * 30}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"example.com/m@v1.0.0/{name}", content)
    blob = bytearray(out.getvalue())
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    if data.draw(st.booleans()):
        blob = blob[: data.draw(st.integers(0, len(blob)))]
    file = tmp_path / "m.zip"
    file.write_bytes(blob)
    target = tmp_path / os.urandom(6).hex()
    try:
        unzip(str(target), mod, str(file))
    except UnzipError:
        return
    # Names are not covered by a zip's check sums (go.sum's hash covers them); contents are.
    for found in target.rglob("*"):
        assert found.is_dir() or found.read_bytes() in files.values()

"""Targets that read bytes: archives, programs, zips, cache entries, notes, tiles, gokiln's own records."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import struct
import tempfile
import warnings
import zipfile

from gokiln.cache.entry import BadEntry, Entry, decode_entry, encode_entry
from gokiln.cache.trim import trimmed_lately
from gokiln.errors import GokilnError
from gokiln.golang import archive, buildid, buildidfile, gccgoid
from gokiln.golang.buildinfo import read_open
from gokiln.golang.codesign import resign
from gokiln.golang.covmeta import MetaDataError, percent_text, profile_text, read_meta
from gokiln.golang.dirhash import DirHashError, hash_zip
from gokiln.golang.elf import gnu_build_id_range
from gokiln.golang.macho import derived_ranges
from gokiln.index import importrecords, trees
from gokiln.index.importrecords import ImportRecords
from gokiln.index.verified import VerifiedOutputs
from gokiln.modules.fetch.sumdb import note, tiles, tlog
from gokiln.modules.fetch.unzip import UnzipError, check_prefix, unzip
from gokiln.modules.version import ModVersion
from tests.fuzz.engine import Target, words
from tests.sumdbserver import Signer
from tests.unit.golang import test_buildid as ids
from tests.unit.golang import test_buildinfo as infos

# RAM where there is some: these targets write a file for each input.
SHM = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
BINARY_WORDS = words(
    "MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"PE\x00\x00",
    b"\xff Go buildinf:",
    b"Go\x00\x00",
)


def program(data: bytes) -> None:
    """Build information of a program."""
    read_open(io.BytesIO(data))


def build_id(data: bytes) -> None:
    """The build ID of anything, and the bytes that do not count for it."""
    file = io.BytesIO(data)
    try:
        found = buildidfile.read_open_file(file, "f")
    except GokilnError:
        found = ""
    buildidfile.excluded_ranges(io.BytesIO(data))
    if found:
        buildidfile.find_and_hash_open(io.BytesIO(data), found)


def headers(data: bytes) -> None:
    """ELF notes, Mach-O load commands, a signature made anew."""
    for read in (gnu_build_id_range, derived_ranges, resign):
        try:
            read(io.BytesIO(data))
        except GokilnError:
            continue


def package_archive(data: bytes) -> None:
    """An `ar` archive."""
    buildid.parse_archive_head(data)
    for read in (gccgoid.read_archive, gccgoid.read_big_archive):
        try:
            read(io.BytesIO(data), "f")
        except GokilnError:
            continue


def module_zip(data: bytes) -> None:
    """Hashing, checking and extracting a module zip; nothing may appear outside."""
    with tempfile.TemporaryDirectory(dir=SHM) as temp, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = os.path.join(temp, "m.zip")
        with open(path, "wb") as file:
            file.write(data)
        mod = ModVersion("x.y/z", "v1.0.0")
        for read in (lambda: hash_zip(path), lambda: check_prefix(mod, path)):
            try:
                read()
            except (DirHashError, GokilnError):
                continue
        out = os.path.join(temp, "out")
        try:
            unzip(out, mod, path)
        finally:
            assert set(os.listdir(temp)) <= {"m.zip", "out"}
            shutil.rmtree(out, ignore_errors=True)


def entry(data: bytes) -> None:
    """An `-a` file and trim.txt."""
    trimmed_lately(data, 1e9)
    decode_entry(bytes(32), data)


def verified_record(data: bytes) -> None:
    """The record of verified outputs, its sum put right so that damage gets past it."""
    with tempfile.TemporaryDirectory(dir=SHM) as temp:
        for content in (data, data + hashlib.sha256(data).digest()):
            path = os.path.join(temp, "verified")
            with open(path, "wb") as file:
                file.write(content)
            VerifiedOutputs(path)


def import_record(data: bytes) -> None:
    """What directories of a module import; its sum is put right so that damage gets past it."""
    with tempfile.TemporaryDirectory(dir=SHM) as temp:
        for content in (data, importrecords._HEAD + hashlib.sha256(data).hexdigest().encode() + b"\n" + data):
            records = ImportRecords(temp, "/mod", "/goroot/src", "tags")
            with open(records._file("/mod/x@v1"), "wb") as file:
                file.write(content)
            records.get("/mod/x@v1/p")


SIGNER = Signer("example.org/sum", b"k" * 32)
HEAD = SIGNER.sign("go.sum database tree\n3\n" + "A" * 43 + "=\n")
RECORD = b"2\nx.y/z v1.0.0 h1:AAA\nx.y/z v1.0.0/go.mod h1:BBB\n\n" + HEAD


def signed(data: bytes) -> None:
    """A signed tree head: nobody else can sign, so whatever opens is the head that we signed."""
    for read in (tlog.parse_tree, tlog.parse_record):
        try:
            read(data)
        except GokilnError:
            continue
    assert HEAD.startswith(note.open_note(data, [note.Verifier(SIGNER.key)]))


class Tiles:
    """A server of tiles that all have the same bytes."""

    height = 2

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read_tiles(self, wanted: list[tiles.Tile]) -> list[bytes]:
        """The same for each."""
        return [self.data for _ in wanted]

    def save_tiles(self, wanted: list[tiles.Tile], data: list[bytes]) -> None:
        """Only what was proven comes here; these bytes cannot be."""
        raise AssertionError("a forged tile was kept")


def tile(data: bytes) -> None:
    """Tiles of a tree that they do not belong to."""
    size = 1 + (data[0] if data else 0)
    tiles.TileHashReader(tlog.Tree(size, bytes(32)), Tiles(data[1:]))([tlog.stored_hash_index(0, size - 1)])


def _zip(names: list[str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name in names:
            made.writestr("x.y/z@v1.0.0/" + name, "package p\n" * 20)
    return out.getvalue()


def _meta() -> bytes:
    strings = b"\x02\x01p\x04a.go"
    blob = struct.pack("<II", 4 + 4 + len(strings), 0) + strings
    return b"\x00\x63\x76\x6d" + struct.pack("<IIQ", 1, 1, len(blob)) + bytes(40) + blob


ARCHIVE = (
    b"!<arch>\n" + archive.member_header(b"__.PKGDEF", 60) + b'go object linux amd64 go1.26\nbuild id "a/b"\n'.ljust(60)
)
PROGRAMS = [
    make(infos.blob())
    for make in (infos.elf_program, infos.pe_program, infos.macho_program, infos.plan9_program, infos.fat_program)
]
OBJECTS = [
    ids.elf([(4, b"Go\0\0", b"a/b"), (3, b"GNU\0", b"x" * 20)]),
    ids.elf([(4, b"Go\0\0", b"a/b")], False, ">", True),
    ids.macho(b'\xff Go build ID: "a/b"\n \xff' + bytes(50)),
    ids.macho(b'\xff Go build ID: "a/b"\n \xff', order=">"),
]

TARGETS = {
    "program": Target(program, PROGRAMS, (GokilnError,), BINARY_WORDS),
    "build ID": Target(
        build_id, [*OBJECTS, ids.archive("a/b"), ARCHIVE], (GokilnError,), [*BINARY_WORDS, b'build id "']
    ),
    "object headers": Target(headers, OBJECTS, (), BINARY_WORDS),
    "archive": Target(
        package_archive,
        [ARCHIVE, b"<bigaf>\n".ljust(200, b"0")],
        (GokilnError,),
        [
            b"!<arch>\n",
            b"<bigaf>\n",
            b"`\n",
            b"-1        ",
            b"9999999999",
            b"_buildid.o/     ",
            archive.member_header(b"x", 3),
        ],
    ),
    "zip": Target(
        module_zip,
        [
            _zip(["go.mod", "a/b.go"]),
            _zip(["a"], zipfile.ZIP_STORED),
            _zip(["../a", "A", "a"]),
            _zip(["b"], zipfile.ZIP_BZIP2),
        ],
        (UnzipError, GokilnError),
        [
            b"PK\1\2",
            b"PK\3\4",
            b"PK\5\6",
            b"PK\6\6",
            b"PK\6\7",
            b"\x01\0\x1c\0",
            b"../",
            b"\\",
            b"\0",
            b"x.y/z@v1.0.0/",
            b"\xff" * 4,
        ],
    ),
    "cache entry": Target(
        entry, [encode_entry(bytes(32), Entry(b"o" * 32, 5, 6))], (BadEntry,), [b"v1 ", b" ", b"\n", b"-", b"f" * 64]
    ),
    "verified outputs": Target(
        verified_record, [b"gokiln-verified1" + bytes(24) + b"o" * 72], (), [b"gokiln-verified1"]
    ),
    "import records": Target(
        import_record, [b"/mod/x@v1/p\t0 0\tfmt os\ttesting\n/mod/x@v1\t1\t-\t\n"], (), words("/mod/x@v1/p -", b"\t")
    ),
    "tree records": Target(
        lambda d: (trees.decode(d), trees.decode(trees.MAGIC + d)),
        [trees.MAGIC + trees.encode_chunk([1, 2, 3])],
        (),
        [trees.MAGIC],
    ),
    "coverage meta-data": Target(
        lambda d: [f(m) for m in [read_meta(d)[1]] for f in (percent_text, lambda p: profile_text("set", p))],
        [_meta(), b"\x00\x63\x76\x6d" + bytes(80)],
        (MetaDataError,),
        words("", b"\x00cvm", b"\xff\xff\xff\xff\x0f", b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
    ),
    "signed note": Target(
        signed, [HEAD, RECORD], (GokilnError,), [b"\n\n", "\u2014 ".encode(), b"+", b"\n", b"=", b"example.org/sum"]
    ),
    "tile": Target(
        tile, [b"0/000.p/3", b"\x03" + bytes(96), b"x1/x234/067"], (GokilnError,), [b"x", b"/", b".p/", bytes(32)]
    ),
}

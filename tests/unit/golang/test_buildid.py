"""Build IDs in made-up archives and programs of every format."""

from __future__ import annotations

import hashlib
import io
import os
import struct

import pytest

from gokiln.errors import GokilnError
from gokiln.golang.archive import ArchiveError, append_objects, member_header
from gokiln.golang.buildid import (
    BuildIdError,
    action_id,
    content_id,
    find_raw,
    hash_to_string,
    parse_archive_head,
)
from gokiln.golang.buildidfile import find_and_hash, read_file, rewrite, update
from gokiln.golang.codesign import resign, sign, signature_size
from gokiln.golang.elf import Elf, ElfError

ACTION = "abcdefghijklmnopqrst"
TEMP = f"{ACTION}/{ACTION}"


def archive(build_id: str, rest: bytes = b"") -> bytes:
    body = b'go object linux amd64 go1.26.8 X:none\nbuild id "%b"\n\n' % build_id.encode() + rest
    return b"!<arch>\n" + member_header(b"__.PKGDEF", len(body)) + body + b"\0" * (len(body) & 1)


def elf(notes: list[tuple[int, bytes, bytes]], is64: bool = True, order: str = "<", gnu_section: bool = False) -> bytes:
    """An ELF file with one PT_NOTE segment, and a section `.note.gnu.build-id` over the last note if asked for."""
    data, last = b"", 0
    for tag, name, value in notes:
        last = len(data)
        data += struct.pack(order + "III", len(name), len(value), tag) + name + value + b"\0" * (-len(value) % 4)
    head_size, entry = (64, 56) if is64 else (52, 32)
    start = head_size + entry
    names = b"\0.note.gnu.build-id\0.shstrtab\0"
    sections_at = start + len(data) + len(names)
    sizes = (head_size, entry, 1, 64 if is64 else 40, 3, 2) if gnu_section else (head_size, entry, 1, 0, 0, 0)
    head = b"\x7fELF" + bytes([2 if is64 else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    if is64:
        head += struct.pack(order + "HHIQQQI6H", 2, 62, 1, 0, 64, sections_at if gnu_section else 0, 0, *sizes)
        head += struct.pack(order + "IIQQQQQQ", 4, 4, start, 0, 0, len(data), len(data), 4)
    else:
        head += struct.pack(order + "HHIIIII6H", 2, 3, 1, 0, 52, sections_at if gnu_section else 0, 0, *sizes)
        head += struct.pack(order + "IIIIIIII", 4, start, 0, 0, len(data), len(data), 4, 4)
    out = head + data
    if gnu_section:
        layout = order + ("IIQQQQIIQQ" if is64 else "IIIIIIIIII")
        out += names
        out += struct.pack(layout, *[0] * 10)
        out += struct.pack(layout, 1, 7, 2, 0, start + last, len(data) - last, 0, 0, 4, 0)
        out += struct.pack(layout, 20, 3, 0, 0, start + len(data), len(names), 0, 0, 1, 0)
    return out


def macho(text: bytes, uuid: bytes = b"U" * 16, order: str = "<") -> bytes:
    """A 64-bit Mach-O program with a __text section, a UUID and a valid signature."""
    section = struct.pack(order + "16s16sQQIIIIIIII", b"__text", b"__TEXT", 0, len(text), 4096, 0, 0, 0, 0, 0, 0, 0)
    code_size = 4096 + len(text)
    segment = struct.pack(order + "2I16s4Q4I", 0x19, 72 + 80, b"__TEXT", 0, 8192, 0, code_size, 7, 5, 1, 0) + section
    commands = segment + struct.pack(order + "2I16s", 0x1B, 24, uuid)
    commands += struct.pack(order + "4I", 0x1D, 16, code_size, signature_size(code_size))
    magic = 0xFEEDFACF
    head = struct.pack(order + "8I", magic, 0x100000C, 0, 2, 3, len(commands), 0, 0) + commands
    return head.ljust(4096, b"\0") + text + bytes(signature_size(code_size))


def put(tmp_path, data: bytes) -> str:
    path = str(tmp_path / "file")
    with open(path, "wb") as file:
        file.write(data)
    return path


def test_hash_to_string_is_the_go_commands():
    # cmd/internal/buildid's alphabet: URL-safe base64 of the first 15 bytes
    assert hash_to_string(bytes(32)) == "A" * 20
    assert hash_to_string(b"\xff" * 32) == "_" * 20
    assert hash_to_string(hashlib.sha256(b"").digest()) == "47DEQpj8HBSa-_TImW-5"


def test_parts():
    assert action_id("a/b/c/d") == "a"
    assert content_id("a/b/c/d") == "d"
    assert action_id("x") == content_id("x") == "x"


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (archive("a/b"), "a/b"),
        (b"!<arch>\n" + member_header(b"__.PKGDEF", 40) + b"go object linux amd64 go1.26.8\n\nrest\n", ""),
        (elf([(4, b"Go\0\0", b"a/b")]), "a/b"),
        (elf([(4, b"Go\0\0", b"a/b")], is64=False, order=">"), "a/b"),
        (elf([(3, b"GNU\0", b"0123"), (4, b"Go\0\0", b"abcdefg")]), "abcdefg"),
        (elf([(3, b"GNU\0", b"0123")]), "0123"),
        (elf([(1, b"XYZ\0", b"0123")]), ""),
        (b"MZ" + bytes(3000) + b'\xff Go build ID: "a/b"\n \xff' + bytes(99), "a/b"),
        (b"MZ" + bytes(3000), ""),
        (macho(b'\xff Go build ID: "m/n"\n \xff'), "m/n"),
        (macho(bytes(5000) + b'\xff Go build ID: "m/n"\n \xff', order=">"), "m/n"),
        (macho(b"x" * 50), ""),
    ],
)
def test_read_file(tmp_path, data, want):
    assert read_file(put(tmp_path, data)) == want


@pytest.mark.parametrize("data", [b"", b"!<ar", b'MZ\xff Go build ID: "abc' + bytes(99), b"\x7fELF" + bytes(60)])
def test_read_file_refuses(tmp_path, data):
    with pytest.raises(GokilnError):
        read_file(put(tmp_path, data))


def test_an_elf_file_without_its_table_of_names_is_none():
    """debug/elf reads all section headers and names before it answers."""
    whole = elf([(4, b"Go\0\0", TEMP.encode())], gnu_section=True)
    assert Elf(io.BytesIO(whole)).section(".note.gnu.build-id") is not None
    names = whole.index(b".shstrtab")
    for damaged in (whole[:-1], whole.replace(b".shstrtab\0", b".shstrtab."), whole[:6] + b"\2" + whole[7:]):
        assert len(damaged) > names
        with pytest.raises(ElfError):
            Elf(io.BytesIO(damaged)).sections()


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="no way to name a pipe")
def test_a_pipe_is_refused_at_once_where_reading_would_wait_for_ever():
    """`-o /dev/stdout` into a pipe: go reads with pread, which a pipe refuses."""
    reader, writer = os.pipe()
    try:
        with pytest.raises(OSError, match="seek"):
            read_file(f"/dev/fd/{reader}")
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize(
    ("head", "want"),
    [
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id "a/b"\n', "a/b"),
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id "a\\x2fb"\nmore\n\n', "a/b"),
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id "\xff"\n', "\udcff"),
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id ""\n', ""),
        (b"!<arch>\n__.PKGDEF 0\ngo object linux\n\n", ""),
        (b"!<arch>\n__.PKGDEF 0\ngo object linux\nbuildid\n", ""),
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id "a/b', None),
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id "a/b\n', None),
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id "a"b"\n', None),
        (b'!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id "\n', None),
        (b"!<arch>\n__.PKGDEF 0\ngo object linux\nbuild id x\n", None),
        (b"!<arch>\n__.PKGDEF 0\ngo object linux", None),
        (b'!<arch>\nother 0\ngo object linux\nbuild id "a/b"\n', None),
        (b'!<arch>\n__.PKGDEF 0\nobject linux\nbuild id "a/b"\n', None),
        (b'!<arch>?\n__.PKGDEF 0\ngo object linux\nbuild id "a/b"\n', None),
        (b"", None),
    ],
)
def test_the_head_of_an_archive(head, want):
    assert parse_archive_head(head) == want


def test_a_raw_id_ends_where_it_must():
    assert find_raw(b'\xff Go build ID: "a/b"\n \xff', "p") == "a/b"
    assert find_raw(b'..\xff Go build ID: "a/b"\n \xff\xff Go build ID: "c"\n \xff', "p") == "a/b"
    for data in (b'\xff Go build ID: "a/b"\n', b'\xff Go build ID: "a/b', b'\xff Go build ID: "a\nb"\n \xff'):
        with pytest.raises(BuildIdError, match="parse p: malformed object file"):
            find_raw(data, "p")


@pytest.mark.parametrize("magic", ["feedface", "feedfacf", "cefaedfe", "cffaedfe"])
def test_every_kind_of_macho_is_read_as_one(tmp_path, magic):
    """Other files without an ID have none; one that claims to be Mach-O and is not is an error."""
    with pytest.raises(GokilnError):
        read_file(put(tmp_path, bytes.fromhex(magic) + bytes(3000)))


def test_a_file_of_less_than_eight_bytes(tmp_path):
    for data, text in ((b"", "EOF"), (b"MZ12345", "unexpected EOF")):
        with pytest.raises(BuildIdError, match=f"^{text}$"):
            read_file(put(tmp_path, data))
    assert read_file(put(tmp_path, b"MZ123456")) == ""


def test_an_id_that_cannot_hold_a_hash_is_not_written(tmp_path):
    path = put(tmp_path, b"id: a/b.")
    with pytest.raises(BuildIdError, match='build ID length mismatch "a/b" vs "a/'):
        update(path, "a/b")
    with open(path, "rb") as file:
        assert file.read() == b"id: a/b."


@pytest.mark.parametrize("piece", [len(TEMP), 50, 4096, 1 << 20])
def test_what_other_tools_derive_is_blank_wherever_a_piece_ends(tmp_path, piece):
    """The hash is that of the file with these bytes zeroed, and with nothing else changed."""
    text = b'\xff Go build ID: "%b"\n \xff' % TEMP.encode() + os.urandom(9000)
    data = macho(text, uuid=b"u" * 16)
    code = 4096 + len(text)
    at = data.index(b"u" * 16)
    blank = data[:at] + bytes(16) + data[at + 16 : code] + bytes(len(data) - code)
    want = hashlib.sha256(blank.replace(TEMP.encode(), bytes(len(TEMP)))).digest()
    signed = data[:code] + b"s" * (len(data) - code)
    found, digest = find_and_hash(put(tmp_path, signed), TEMP, piece)
    assert (found, digest) == ([data.index(TEMP.encode())], want)


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 8192, (1 << 20) + 1, (1 << 20) + 8192])
@pytest.mark.parametrize("is_main", [True, False])
def test_the_signature_field_by_field(size, is_main):
    """Written out from Apple's cs_blobs.h, as the linker of go1.26 fills it (cmd/internal/codesign)."""
    code = os.urandom(size)
    pages = [hashlib.sha256(code[at : at + 4096]).digest() for at in range(0, size, 4096)]
    directory = 88  # bytes of CS_CodeDirectory up to and with execSegFlags
    total = 12 + 8 + directory + len(b"a.out\0") + 32 * len(pages)
    want = struct.pack(">3I", 0xFADE0CC0, total, 1)  # CSMAGIC_EMBEDDED_SIGNATURE, length, one blob
    want += struct.pack(">2I", 0, 20)  # CSSLOT_CODEDIRECTORY, its offset
    want += struct.pack(">4I", 0xFADE0C02, total - 20, 0x20400, 0x20002)  # magic, length, version, adhoc|linker-signed
    want += struct.pack(
        ">5I", directory + 6, directory, 0, len(pages), size
    )  # hashes, name, special slots, slots, limit
    want += struct.pack(">4BI", 32, 2, 0, 12, 0)  # hash size and kind (SHA-256), platform, page size, spare
    want += struct.pack(">3IQ", 0, 0, 0, 0)  # scatter, team, spare, 64-bit limit
    want += struct.pack(">3Q", 7, size - 7 if size > 7 else 0, int(is_main))  # __TEXT, CS_EXECSEG_MAIN_BINARY
    want += b"a.out\0" + b"".join(pages)
    assert signature_size(size) == total == len(want)
    assert sign(io.BytesIO(code), size, 7, size - 7 if size > 7 else 0, is_main) == want


def test_read_file_past_the_first_32_kilobytes_of_elf(tmp_path):
    data = elf([(1, b"XYZ\0", bytes(40000)), (4, b"Go\0\0", b"far/away")])
    assert read_file(put(tmp_path, data)) == "far/away"


def test_update_zeroes_hashes_and_rewrites(tmp_path):
    data = archive(TEMP, b"x" + TEMP.encode() + b"y")
    path = put(tmp_path, data)
    final, carried = update(path, TEMP)
    want = hash_to_string(hashlib.sha256(data.replace(TEMP.encode(), bytes(len(TEMP)))).digest())
    assert carried
    assert final == f"{ACTION}/{want}"
    with open(path, "rb") as file:
        assert file.read() == data.replace(TEMP.encode(), final.encode())
    assert read_file(path) == final
    # The same content under the final ID hashes to the same content part.
    assert find_and_hash(path, final)[1] == hashlib.sha256(data.replace(TEMP.encode(), bytes(len(TEMP)))).digest()


def test_update_of_a_file_without_the_id(tmp_path):
    path = put(tmp_path, b"no id here")
    final, carried = update(path, TEMP)
    assert not carried
    assert final.startswith(ACTION + "/")
    with open(path, "rb") as file:
        assert file.read() == b"no id here"


@pytest.mark.parametrize("is64", [True, False])
def test_the_gnu_build_id_counts_as_zeros(tmp_path, is64):
    def digest(gnu: bytes) -> bytes:
        notes = [(4, b"Go\0\0", TEMP.encode() + b"."), (3, b"GNU\0", gnu)]
        return find_and_hash(put(tmp_path, elf(notes, is64=is64, gnu_section=True)), TEMP)[1]

    assert digest(b"1" * 20) == digest(b"2" * 20)


def test_the_macho_uuid_and_signature_count_as_zeros_and_are_renewed(tmp_path):
    text = b'\xff Go build ID: "%b"\n \xff' % TEMP.encode() + bytes(9000)
    first = put(tmp_path, macho(text, uuid=b"1" * 16))
    matches, digest = find_and_hash(first, TEMP)
    assert len(matches) == 1
    other = tmp_path / "other"
    other.write_bytes(macho(text, uuid=b"2" * 16)[:-9] + b"signature")
    assert find_and_hash(str(other), TEMP)[1] == digest
    final, _ = update(first, TEMP)
    assert read_file(first) == final
    with open(first, "rb") as file:
        data = file.read()
        code = 4096 + len(text)
        assert data[code:] == sign(file, code, 0, code, True)
    pages = [hashlib.sha256(data[at : min(at + 4096, code)]).digest() for at in range(0, code, 4096)]
    assert data[-32 * len(pages) :] == b"".join(pages)


def test_a_foreign_signature_is_left_alone(tmp_path):
    data = bytearray(macho(b"text"))
    at = data.index(struct.pack("<4I", 0x1D, 16, 4100, signature_size(4100)))
    struct.pack_into("<I", data, at + 12, signature_size(4100) - 1)
    path = put(tmp_path, bytes(data))
    with open(path, "r+b") as file:
        assert not resign(file)
    with open(path, "rb") as file:
        assert file.read() == bytes(data)


def test_find_and_hash_refuses_an_empty_id(tmp_path):
    with pytest.raises(BuildIdError):
        find_and_hash(put(tmp_path, b"x"), "")


def test_rewrite_writes_at_offsets(tmp_path):
    path = put(tmp_path, b"0123456789")
    rewrite(path, [1, 7], "ab")
    with open(path, "rb") as file:
        assert file.read() == b"0ab3456ab9"


def test_append_objects_pads_and_cuts_names(tmp_path):
    path = put(tmp_path, archive(TEMP))
    for name, data in (("a_name_longer_than_16.o", b"odd"), ("even.o", b"even")):
        (tmp_path / name).write_bytes(data)
    append_objects(path, [str(tmp_path / "a_name_longer_than_16.o"), str(tmp_path / "even.o")])
    with open(path, "rb") as file:
        data = file.read()
    head = b"%-16s0           0     0     644     %-10d`\n"
    assert data == archive(TEMP) + head % (b"a_name_longer_th", 3) + b"odd\0" + head % (b"even.o", 4) + b"even"


@pytest.mark.parametrize(("delta", "text"), [(1, "unexpected EOF"), (-1, "file larger than size reported by stat")])
def test_an_object_that_changes_while_it_is_appended(tmp_path, monkeypatch, delta, text):
    class Stat:
        st_size = 5 + delta

    path = put(tmp_path, archive(TEMP))
    (tmp_path / "a.o").write_bytes(b"12345")
    monkeypatch.setattr("gokiln.golang.archive.os.fstat", lambda fd: Stat)
    with pytest.raises(ArchiveError, match=text):
        append_objects(path, [str(tmp_path / "a.o")])

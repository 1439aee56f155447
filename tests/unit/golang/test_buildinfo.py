"""Build information as text, and found in made-up programs. Text vectors after runtime/debug/mod_test.go."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gokiln.actions.importcfg import INFO_END, INFO_START
from gokiln.errors import GokilnError
from gokiln.golang.buildinfo import (
    BuildInfo,
    BuildInfoError,
    InfoModule,
    parse_build_info,
    read_build_info,
    read_open,
)

FULL = (
    "path\trsc.io/fortune\n"
    "mod\trsc.io/fortune\tv1.0.0\t\n"
    "dep\texample.com/a\tv1.0.0\th1:abc=\n"
    "dep\texample.com/b\tv1.0.0\n"
    "=>\t../b\t\t\n"
    "\n"
    "build\t-compiler=gc\n"
    'build\t-ldflags="-X a=b"\n'
    "build\tCGO_CFLAGS=\n"
)


def test_text_reads_back():
    info = parse_build_info(FULL)
    assert info.path == info.main.path == "rsc.io/fortune"
    assert info.deps[0].sum == "h1:abc="
    assert info.deps[1].replace is not None
    assert info.deps[1].replace.path == "../b"
    assert info.settings == [("-compiler", "gc"), ("-ldflags", "-X a=b"), ("CGO_CFLAGS", "")]
    assert info.text() == FULL


def test_json_leaves_out_what_is_empty():
    info = parse_build_info(FULL)
    assert info.as_json()["Deps"] == [
        {"Path": "example.com/a", "Version": "v1.0.0", "Sum": "h1:abc="},
        {"Path": "example.com/b", "Version": "v1.0.0", "Replace": {"Path": "../b"}},
    ]
    assert BuildInfo().as_json() == {"Main": {}}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("mod\ta\n", "expected 2 or 3 columns; got 1"),
        ("dep\ta\tb\tc\td\n", "expected 2 or 3 columns; got 4"),
        ("=>\ta\tb\tc\n", "replacement with no module on previous line"),
        ("mod\ta\tb\tc\n=>\ta\tb\n", "expected 3 columns for replacement; got 2"),
        ("build\t\n", "build line missing '='"),
        ("build\t=x\n", "build line with missing key"),
        ("build\tx\n", "build line missing '=' after key"),
        ("build\ta b=x\n", 'unquoted key "a b" must be quoted'),
        ("build\ta=x y\n", 'unquoted value "x y" must be quoted'),
        ('build\t"a\n', "invalid quoted key in build line"),
        ('build\t"a"\n', "build line missing '=' after quoted key"),
        ('build\t"a"x\n', "unexpected character after quoted key: 'x'"),
        ('build\ta="x\n', "invalid quoted value in build line"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line, problem):
    with pytest.raises(BuildInfoError) as caught:
        parse_build_info("path\tp\n" + line)
    number = 1 + line.count("\n")
    assert str(caught.value) == f"could not parse Go build info: line {number}: {problem}"


NAMES = st.text(st.characters(blacklist_characters="\t\n", blacklist_categories=("Cs",)), max_size=8)
VALUES = st.text(st.characters(blacklist_characters="\n", blacklist_categories=("Cs",)), max_size=8)


@given(NAMES, st.lists(st.tuples(NAMES, NAMES, NAMES)), st.lists(st.tuples(VALUES, VALUES)))
def test_any_value_reads_back(path, deps, settings):
    info = BuildInfo()
    info.path = path
    info.deps = [InfoModule(*dep) for dep in deps]
    info.settings = settings
    again = parse_build_info(info.text())
    assert again.text() == info.text()
    assert again.settings == settings
    assert [(d.path, d.version, d.sum) for d in again.deps] == deps


def varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def blob(version: bytes = b"go1.26.8", text: bytes = FULL.encode()) -> bytes:
    module = INFO_START + text + INFO_END
    head = b"\xff Go buildinf:\x08\x02".ljust(32, b"\0")
    return head + varint(len(version)) + version + varint(len(module)) + module + bytes(16)


def elf_program(data: bytes, flags: int = 6) -> bytes:
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQI6H", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 1, flags, 120, 0x400000, 0, len(data), len(data), 16) + data


def pe_program(data: bytes) -> bytes:
    optional = struct.pack("<H", 0x20B) + bytes(22) + struct.pack("<Q", 0x140000000) + bytes(80)
    section = struct.pack("<8sIIIIIIHHI", b".data", len(data), 0x1000, len(data), 512, 0, 0, 0, 0, 0xC0000040)
    head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80)
    head = head.ljust(0x80, b"\0") + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0)
    return (head + optional + section).ljust(512, b"\0") + data


def macho_program(data: bytes) -> bytes:
    section = struct.pack("<16s16sQQI28x", b"__go_buildinfo", b"__DATA", 0x8000, len(data), 4096)
    segment = struct.pack("<2I16s4Q4I", 0x19, 152, b"__DATA", 0x8000, len(data), 4096, len(data), 3, 3, 1, 0)
    head = struct.pack("<8I", 0xFEEDFACF, 0x100000C, 0, 2, 1, 152, 0, 0)
    return (head + segment + section).ljust(4096, b"\0") + data


def plan9_program(data: bytes) -> bytes:
    return struct.pack(">8I", 0x8A97, 8, len(data), 0, 0, 0, 0, 0) + bytes(16) + data


def fat_program(data: bytes) -> bytes:
    one = macho_program(data)
    return struct.pack(">7I", 0xCAFEBABE, 1, 0x100000C, 0, 4096, len(one), 12).ljust(4096, b"\0") + one


@pytest.mark.parametrize("program", [elf_program, pe_program, macho_program, fat_program, plan9_program])
def test_found_in_programs_of_every_format(program):
    pad = {plan9_program: 0}.get(program, 48)
    info = read_open(io.BytesIO(program(bytes(pad) + blob())))
    assert info.go_version == "go1.26.8"
    assert info.text(with_go_version=False) == FULL


def test_a_misaligned_mark_is_passed_over():
    info = read_open(io.BytesIO(elf_program(b"12345\xff Go buildinf:".ljust(32, b".") + blob())))
    assert info.go_version == "go1.26.8"


def test_pointers_of_old_programs():
    base = 0x400000
    module = INFO_START + FULL.encode() + INFO_END
    head = b"\xff Go buildinf:\x08\x00" + struct.pack("<QQ", base + 32, base + 48)
    strings = struct.pack("<QQQQ", base + 64, 6, base + 70, len(module)) + b"go1.17" + module
    info = read_open(io.BytesIO(elf_program(head + strings)))
    assert info.go_version == "go1.17"
    assert info.path == "rsc.io/fortune"


def test_every_cut_is_a_clean_refusal_or_the_truth():
    whole = elf_program(blob())
    for cut in range(0, len(whole), 3):
        try:
            info = read_open(io.BytesIO(whole[:cut]))
        except GokilnError:
            continue
        assert info.text(with_go_version=False) == FULL


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x7fELF\x02\x01", b"MZ", b"\xcf\xfa\xed\xfe", b"\x01\xdf"]))
def test_any_bytes_are_refused_without_harm(data, magic):
    with pytest.raises(GokilnError):
        read_open(io.BytesIO(magic + data))


def test_messages_name_the_file(tmp_path):
    path = tmp_path / "prog"
    path.write_bytes(elf_program(bytes(64)))
    with pytest.raises(BuildInfoError) as caught:
        read_build_info(str(path))
    assert str(caught.value) == f"could not read Go build info from {path}: not a Go executable"
    path.write_bytes(b"text")
    with pytest.raises(BuildInfoError, match="unrecognized file format"):
        read_build_info(str(path))

"""Notes in ELF files, made by hand."""

from __future__ import annotations

import io
import struct

import pytest

from gokiln.golang.elf import ElfError
from gokiln.golang.elfnote import gccgo_package_list, package_list, read_note


def note(name: bytes, kind: int, text: bytes) -> bytes:
    """A note, its parts padded to four bytes."""

    def pad(data: bytes) -> bytes:
        return data + b"\0" * (-len(data) % 4)

    return struct.pack("<iii", len(name), len(text), kind) + pad(name) + pad(text)


def elf(notes: bytes, name: bytes = b".note") -> io.BytesIO:
    """A 64-bit ELF file with one section of notes."""
    names = b"\0" + name + b"\0.names\0"
    start = 64
    at = start + len(notes) + len(names)
    head = b"\x7fELF\2\1\1" + b"\0" * 9
    head += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, at, 0, 64, 56, 0, 64, 3, 2)
    section = struct.Struct("<IIQQQQIIQQ")
    table = section.pack(*[0] * 10)
    table += section.pack(1, 7, 0, 0, start, len(notes), 0, 0, 4, 0)
    table += section.pack(len(name) + 2, 3, 0, 0, start + len(notes), len(names), 0, 0, 1, 0)
    return io.BytesIO(head + notes + names + table)


def test_the_packages_of_a_library() -> None:
    file = elf(note(b"Go\0\0", 2, b"abi hash") + note(b"Go\0\0", 1, b"runtime\nruntime/cgo\n"))
    assert package_list(file) == ["runtime", "runtime/cgo"]


def test_without_the_note_there_are_none() -> None:
    assert package_list(elf(note(b"GNU\0", 1, b"x"))) == []
    assert read_note(elf(b""), b"Go\0\0", 1) == b""


def test_a_damaged_note_is_an_error() -> None:
    with pytest.raises(ElfError):
        package_list(elf(note(b"Go\0\0", 2, b"text")[:-6]))


def test_the_packages_of_a_library_made_by_gccgo() -> None:
    data = b"v3;\npackage q\npkgpath example.com/q;\nimport x\npkgpath r;\n"
    assert gccgo_package_list(elf(data, b".go_export")) == ["example.com/q", "r"]
    assert gccgo_package_list(elf(b"")) is None

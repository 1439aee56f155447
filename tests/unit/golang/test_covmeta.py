"""Coverage meta-data files, made here byte by byte as internal/coverage/encodemeta does."""

from __future__ import annotations

import struct

import pytest

from gokiln.golang.covmeta import MetaDataError, percent_text, profile_text, read_meta


def uleb(value: int) -> bytes:
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def strings(*texts: str) -> bytes:
    return uleb(len(texts)) + b"".join(uleb(len(t.encode())) + t.encode() for t in texts)


def meta_file(mode: int = 1, units: tuple[tuple[int, ...], ...] = ((3, 14, 5, 2, 2), (300, 2, 301, 9, 1))) -> bytes:
    table = strings("m", "example.com/m", "mod", "F", "example.com/m/a.go")
    function = uleb(len(units)) + uleb(3) + uleb(4) + b"".join(uleb(n) for unit in units for n in unit) + uleb(0)
    offset = 44 + 4 + len(table)
    header = struct.pack("<IIII16s4xII", 0, 0, 1, 2, b"h" * 16, 1, 1)
    blob = header + struct.pack("<I", offset) + table + function
    outer = strings()
    start = 56 + 16 + len(outer)
    head = struct.pack("<4sIQQ16sIIBB6x", b"\0cvm", 1, start + len(blob), 1, b"h" * 16, 72, len(outer), mode, 1)
    return head + struct.pack("<QQ", start, len(blob)) + outer + blob


def test_texts() -> None:
    mode, packages = read_meta(meta_file())
    assert mode == "set"
    assert percent_text(packages) == "\texample.com/m\t\tcoverage: 0.0% of statements\n"
    assert profile_text(mode, packages) == (
        "mode: set\nexample.com/m/a.go:3.14,5.2 2 0\nexample.com/m/a.go:300.2,301.9 1 0\n"
    )


def test_units_are_sorted_and_statements_may_be_none() -> None:
    _, packages = read_meta(meta_file(3, ((9, 1, 9, 2, 0), (3, 1, 3, 2, 0))))
    assert [u.start_line for u in packages[0].units] == [3, 9]
    assert percent_text(packages) == "\texample.com/m\t\t"


@pytest.mark.parametrize("data", [b"", b"garbage" * 20, meta_file()[:-20], b"\0cvm\x09" + meta_file()[5:]])
def test_damaged_files(data: bytes) -> None:
    with pytest.raises(MetaDataError):
        read_meta(data)

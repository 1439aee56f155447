"""Build IDs of archives that gccgo made: an object `_buildid.o` among the members holds nothing else.

In a common archive the object is ELF, with a section `.go.buildid`; in an AIX big archive it is XCOFF, with a
control section of that name. Source: cmd/internal/buildid/buildid.go (readGccgoArchive,
readGccgoBigArchive), internal/xcoff, go1.26.
"""

from __future__ import annotations

import io
import os
import struct

from gokiln.golang.buildid import BuildIdError
from gokiln.golang.elf import Elf, ElfError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_SECTION = ".go.buildid"


def _malformed(path: str) -> BuildIdError:
    return BuildIdError(f"parse {path}: malformed object file")


def _decimal(field: bytes, path: str) -> int:
    text = field.strip()
    if not text.isdigit():
        raise _malformed(path)
    return int(text)


def read_archive(file: BinaryIO, path: str) -> str:
    """The ID in a common archive; "" if no member holds one. Raises BuildIdError, OSError."""
    offset = 8
    while True:
        file.seek(offset)
        head = file.read(60)
        if not head:
            return ""
        if len(head) < 60:
            raise BuildIdError("unexpected EOF")
        offset += 60
        size = _decimal(head[48:58], path)
        if head[:16].strip() == b"_buildid.o/":
            try:
                elf = Elf(io.BytesIO(file.read(size)))
                section = elf.section(_SECTION)
            except (ElfError, struct.error):
                raise _malformed(path) from None
            if section is None:
                raise _malformed(path)
            return elf.read(section.offset, section.size).decode("utf-8", "surrogateescape")
        offset += size + ((offset + size) & 1)


def read_big_archive(file: BinaryIO, path: str) -> str:
    """The ID in an AIX big archive; "" if no member holds one. Raises BuildIdError, OSError."""
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(128)
    if len(head) < 128:
        raise BuildIdError("unexpected EOF")
    offset = _decimal(head[68:88], path)
    seen: set[int] = set()
    while offset:
        if offset in seen:  # members are a chain: this one has no end
            raise _malformed(path)
        seen.add(offset)
        if offset >= end:
            raise BuildIdError("unexpected EOF")
        file.seek(offset)
        member = file.read(112)
        if len(member) < 112:
            raise BuildIdError("unexpected EOF")
        name_length = _decimal(member[108:112], path)
        if name_length == 10 and file.read(10) == b"_buildid.o":
            start = offset + 112 + name_length + 2
            file.seek(start + (start & 1))
            data = _xcoff_csect(file.read(_decimal(member[:20], path)))
            if data is None:
                raise _malformed(path)
            return data.decode("utf-8", "surrogateescape")
        offset = _decimal(member[20:40], path)
    return ""


def _xcoff_csect(data: bytes) -> bytes | None:
    """The bytes of the control section `.go.buildid` of an XCOFF object; None if there is none."""
    try:
        return _find_csect(data)
    except (struct.error, IndexError):
        return None


def _find_csect(data: bytes) -> bytes | None:
    (magic,) = struct.unpack_from(">H", data)
    if magic == 0x1DF:  # 32 bit
        count, _, symbols, symbol_count, optional = struct.unpack_from(">HIIIH", data, 2)
        sections = [struct.unpack_from(">8s6I", data, 20 + optional + 40 * n) for n in range(count)]
        places = [(s[2], s[3], s[4]) for s in sections]
    elif magic in (0x1EF, 0x1F7):  # 64 bit
        count, _, symbols, optional, _, symbol_count = struct.unpack_from(">HIQHHI", data, 2)
        sections = [struct.unpack_from(">8s6Q", data, 24 + optional + 72 * n) for n in range(count)]
        places = [(s[2], s[3], s[4]) for s in sections]
    else:
        return None
    is32 = magic == 0x1DF
    strings = symbols + 18 * symbol_count
    at = 0
    while at < symbol_count:
        raw = data[symbols + 18 * at : symbols + 18 * at + 18]
        if is32:
            value = struct.unpack_from(">I", raw, 8)[0]
            name_at = struct.unpack_from(">I", raw, 4)[0] if raw[:4] == bytes(4) else -1
            name = raw[:8].rstrip(b"\0") if name_at < 0 else _string(data, strings + name_at)
        else:
            value, name_at = struct.unpack_from(">QI", raw)
            name = _string(data, strings + name_at)
        section, auxiliary = struct.unpack_from(">h", raw, 12)[0], raw[17]
        if name == _SECTION.encode() and auxiliary and 0 < section <= len(places):
            last = data[symbols + 18 * (at + auxiliary) : symbols + 18 * (at + auxiliary) + 18]
            size = struct.unpack_from(">I", last)[0]
            if not is32:
                size |= struct.unpack_from(">I", last, 12)[0] << 32
            address, length, start = places[section - 1]
            if value < address or value + size > address + length:
                return None
            return data[start + value - address : start + value - address + size]
        at += 1 + auxiliary
    return None


def _string(data: bytes, at: int) -> bytes:
    end = data.find(b"\0", at)
    return data[at : end if end >= 0 else len(data)]

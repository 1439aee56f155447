"""A program file as the addresses its bytes are loaded at, whatever its format.

Build information is found by address. An Image knows where its data begins and reads bytes by address from the
parts of the file that are mapped there: ELF, PE, Mach-O (also fat files: the first architecture), XCOFF, Plan 9.
Source: debug/buildinfo/buildinfo.go (the exe implementations), go1.26.
"""

from __future__ import annotations

import io
import os
import struct

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_MASK = (1 << 64) - 1
_PLAN9_MAGICS = (0x1EB, 0x8A97, 0x647)  # 386, amd64, arm
_XCOFF_DATA = 0x40


class UnrecognizedFormat(GokilnError):
    """Not a program of a known format, or one that breaks its rules."""

    def __init__(self, problem: str = "unrecognized file format") -> None:
        super().__init__(problem)


class Image:
    """start, size: the address range in which the build information is (size 0: there is no such range)."""

    def __init__(
        self,
        file: BinaryIO,
        regions: list[tuple[int, int, int]],
        start: int,
        size: int,
        *,
        base: int = 0,
        unmapped: str = "unrecognized file format",
    ) -> None:
        """regions: (address, bytes, offset in the file), the first that fits is read. base: added to offsets."""
        self.file = file
        self.regions = regions
        self.start = start
        self.size = size
        self.base = base
        self.unmapped = unmapped

    def read(self, address: int, size: int) -> bytes:
        """Up to size bytes at an address: fewer where the region or the file ends. Raises UnrecognizedFormat."""
        for begin, length, offset in self.regions:
            # 64-bit arithmetic: an empty region at address 0 takes every address, as in the original
            if begin <= address <= (begin + length - 1) & _MASK:
                return self._read_file(offset + address - begin, min(size, begin + length - address))
        raise UnrecognizedFormat(self.unmapped)

    def _read_file(self, offset: int, size: int) -> bytes:
        if size <= 0:
            return b""
        if self.base + offset >= self.file.seek(0, os.SEEK_END):  # or a number that no file system takes
            return b""
        self.file.seek(self.base + offset)
        pieces = []
        while size > 0:
            piece = self.file.read(min(size, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


def open_image(file: BinaryIO) -> Image:
    """The image of an open program file. Raises UnrecognizedFormat, OSError."""
    file.seek(0)
    ident = file.read(16)
    if len(ident) < 16:
        raise UnrecognizedFormat
    try:
        if ident[:4] == b"\x7fELF":
            return _elf(file)
        if ident[:2] == b"MZ":
            return _pe(file)
        if ident[:3] == b"\xfe\xed\xfa" or ident[1:4] == b"\xfa\xed\xfe":
            return _macho(file, 0)
        if ident[:4] in (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"):
            return _fat(file)
        if ident[:2] in (b"\x01\xdf", b"\x01\xf7"):
            return _xcoff(file)
        if struct.unpack_from(">I", ident)[0] in _PLAN9_MAGICS:
            return _plan9(file)
    except UnrecognizedFormat:
        raise
    except (GokilnError, struct.error, ValueError, OverflowError):
        raise UnrecognizedFormat from None
    raise UnrecognizedFormat


def _elf(file: BinaryIO) -> Image:
    from gokiln.golang.elf import PF_W, PF_X, PT_LOAD, Elf

    elf = Elf(file)
    segments = elf.segments()
    regions = [(segment.vaddr, segment.filesz, segment.offset) for segment in segments]
    section = elf.section(".go.buildinfo")
    if section is not None:
        return Image(file, regions, section.addr, section.size)
    for segment in segments:
        if segment.type == PT_LOAD and segment.flags & (PF_X | PF_W) == PF_W:
            return Image(file, regions, segment.vaddr, segment.memsz)
    return Image(file, regions, 0, 0)


def _pe(file: BinaryIO) -> Image:
    from gokiln.golang.pe import Pe

    pe = Pe(file)
    regions = [(pe.image_base + section.address, section.size, section.offset) for section in pe.sections]
    data_read_write = 0x40 | 0x40000000 | 0x80000000
    align_32 = 0x600000
    for section in pe.sections:
        if section.address and section.size and section.characteristics & ~align_32 == data_read_write:
            return Image(file, regions, pe.image_base + section.address, section.virtual_size)
    return Image(file, regions, 0, 0)


def _macho(file: BinaryIO, base: int) -> Image:
    from gokiln.golang.macho import Macho

    view: BinaryIO = file
    if base:
        file.seek(base)
        view = io.BytesIO(file.read(1 << 20))  # the load commands stand at the beginning
    macho = Macho(view)
    regions = [(s.addr, s.filesz, s.offset) for s in macho.segments() if s.name != "__PAGEZERO"]
    for section in macho.sections():
        if section.name == "__go_buildinfo":
            return Image(file, regions, section.addr, section.size, base=base)
    read_write = 3
    for segment in macho.segments():
        if segment.addr and segment.filesz and segment.prot == segment.maxprot == read_write:
            return Image(file, regions, segment.addr, segment.memsz, base=base)
    return Image(file, regions, 0, 0, base=base)


def _fat(file: BinaryIO) -> Image:
    file.seek(0)
    _, count, _, _, offset = struct.unpack(">5I", file.read(20))
    if not count:
        raise UnrecognizedFormat
    return _macho(file, offset)


def _xcoff(file: BinaryIO) -> Image:
    file.seek(0)
    (magic,) = struct.unpack(">H", file.read(2))
    is32 = magic == 0x1DF
    file.seek(0)
    if is32:
        count, _, symbols, symbol_count, optional = struct.unpack_from(">HIIIH", file.read(20), 2)
    else:
        count, _, symbols, optional, _, symbol_count = struct.unpack_from(">HIQHHI", file.read(24), 2)
    if not symbols or not symbol_count:
        raise UnrecognizedFormat
    layout = struct.Struct(">8s6IHHI" if is32 else ">8s6QIII4x")
    file.seek((20 if is32 else 24) + optional)
    regions, start, size = [], 0, 0
    for _ in range(count):
        fields = layout.unpack(file.read(layout.size))
        address, length, offset, kind = fields[2], fields[3], fields[4], fields[9]
        regions.append((address, length if offset else 0, offset))
        if kind == _XCOFF_DATA and not size:
            start, size = address, length
    return Image(file, regions, start, size, unmapped="address not mapped")


def _plan9(file: BinaryIO) -> Image:
    file.seek(0)
    magic, text, data, _, syms, _, spsz, pcsz = struct.unpack(">8I", file.read(32))
    offset = 40 if magic & 0x8000 else 32
    regions = []
    for size in (text, data, syms, spsz, pcsz):
        regions.append((offset, size, offset))
        offset += size
    start, length, _ = regions[1]
    return Image(file, regions, start, length, unmapped="address not mapped")

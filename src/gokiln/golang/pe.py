"""As much of Windows' PE format as build information needs: the image base and the sections.

Source of the layout: Microsoft's PE format, debug/pe, go1.26.
"""

from __future__ import annotations

import struct
from collections import namedtuple

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, NamedTuple

    class Section(NamedTuple):
        """A section: sizes and address in memory (relative to the image base) and where it is in the file."""

        name: bytes
        virtual_size: int
        address: int
        size: int
        offset: int
        characteristics: int
else:
    Section = namedtuple("Section", "name virtual_size address size offset characteristics")

_MACHINES = (0, 0x8664, 0xAA64, 0x1C4, 0x14C, 0x5032, 0x5064, 0x5128)
_FILE_HEADER = struct.Struct("<HHIIIHH")
_SECTION = struct.Struct("<8sIIIIIIHHI")


class PeError(GokilnError):
    """Not a PE file, or a damaged one."""


class Pe:
    """image_base: where the program wants to be loaded. sections: in file order."""

    def __init__(self, file: BinaryIO) -> None:
        """Reads the headers of an open file. Raises PeError, OSError."""
        dos = _read_at(file, 0, 96)
        (sign_offset,) = struct.unpack_from("<I", dos, 0x3C)
        if dos[:2] != b"MZ" or _read_at(file, sign_offset, 4) != b"PE\0\0":
            raise PeError("invalid PE file signature")
        at = sign_offset + 4
        machine, count, _, _, _, optional_size, _ = _FILE_HEADER.unpack(_read_at(file, at, _FILE_HEADER.size))
        if machine not in _MACHINES:
            raise PeError(f"unrecognized PE machine: {machine:#x}")
        at += _FILE_HEADER.size
        optional = _read_at(file, at, optional_size)
        self.image_base = 0
        if len(optional) >= 32:
            (magic,) = struct.unpack_from("<H", optional)
            if magic == 0x10B:
                (self.image_base,) = struct.unpack_from("<I", optional, 28)
            elif magic == 0x20B:
                (self.image_base,) = struct.unpack_from("<Q", optional, 24)
        at += optional_size
        self.sections: list[Section] = []
        for number in range(count):
            fields = _SECTION.unpack(_read_at(file, at + number * _SECTION.size, _SECTION.size))
            self.sections.append(Section(fields[0], fields[1], fields[2], fields[3], fields[4], fields[9]))


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    if offset >= 1 << 62:
        raise PeError("unexpected EOF")
    file.seek(offset)
    data = file.read(size)
    if len(data) < size:
        raise PeError("unexpected EOF")
    return data

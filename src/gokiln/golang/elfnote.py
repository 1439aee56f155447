"""What in a shared library of Go packages says which packages are in it: a note, or a section of gccgo's.

Source: ReadELFNote in cmd/internal/buildid/note.go, readpkglist in cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

import struct

from gokiln.golang.elf import Elf, ElfError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_SHT_NOTE = 7
_PACKAGE_LIST = 1  # type of the note with a line for each package


def read_note(file: BinaryIO, name: bytes, kind: int) -> bytes:
    """The text of the first note of a name and type in an ELF file's note sections, b"" if there is none.

    Raises ElfError, OSError.
    """
    elf = Elf(file)
    for section in elf.sections():
        if section.type != _SHT_NOTE:
            continue
        data = elf.read(section.offset, section.size)
        at = 0
        while at < len(data):
            if len(data) - at < 12:
                raise ElfError("read namesize failed: unexpected EOF")
            name_size, text_size, found_kind = struct.unpack_from(elf.order + "iii", data, at)
            text_at = at + 12 + _aligned(name_size)
            end = text_at + _aligned(text_size)
            if name_size < 0 or text_size < 0 or end > len(data):
                raise ElfError("read desc failed: unexpected EOF")
            if found_kind == kind and data[at + 12 : at + 12 + name_size] == name:
                return data[text_at : text_at + text_size]
            at = end
    return b""


def _aligned(size: int) -> int:
    return (size + 3) & ~3


def package_list(file: BinaryIO) -> list[str]:
    """The import paths of the packages in a shared library. Raises ElfError, OSError."""
    return read_note(file, b"Go\0\0", _PACKAGE_LIST).decode("utf-8", "surrogateescape").splitlines()


def gccgo_package_list(file: BinaryIO) -> list[str] | None:
    """The same for a library that gccgo made; None without its export data. Raises ElfError, OSError."""
    elf = Elf(file)
    section = elf.section(".go_export")
    if section is None:
        return None
    prefix = b"pkgpath "
    lines = elf.read(section.offset, section.size).split(b"\n")
    paths = [line[len(prefix) :].removesuffix(b";") for line in lines if line.startswith(prefix)]
    return [path.decode("utf-8", "surrogateescape") for path in paths]

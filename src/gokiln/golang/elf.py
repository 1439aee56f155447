"""As much of the ELF format as build IDs and build information need: headers, sections, segments, notes.

Works on an open file and reads only what is asked for. Source of the layout: the System V ABI, debug/elf;
of the note rules: cmd/internal/buildid/note.go, go1.26.
"""

from __future__ import annotations

import struct
from collections import namedtuple

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, NamedTuple

    class Section(NamedTuple):
        """A section header: where its bytes are in the file and in memory."""

        name: str
        type: int
        flags: int
        addr: int
        offset: int
        size: int

    class Segment(NamedTuple):
        """A program header."""

        type: int
        flags: int
        offset: int
        vaddr: int
        filesz: int
        memsz: int
        align: int
else:
    Section = namedtuple("Section", "name type flags addr offset size")
    Segment = namedtuple("Segment", "type flags offset vaddr filesz memsz align")

PT_LOAD = 1
PT_NOTE = 4
PF_X, PF_W = 1, 2
SHF_WRITE, SHF_EXECINSTR = 1, 4
_SHT_STRTAB = 3
_GO_TAG = 4
_GNU_TAG = 3


class ElfError(GokilnError):
    """Not an ELF file, or a damaged one."""


class Elf:
    """The headers of an open ELF file."""

    def __init__(self, file: BinaryIO) -> None:
        """Reads header, segments and section names. Raises ElfError, OSError."""
        self.file = file
        head = _read_at(file, 0, 64)
        if head[:4] != b"\x7fELF" or len(head) < 52:
            raise ElfError("bad magic number")
        if head[4] not in (1, 2) or head[5] not in (1, 2):
            raise ElfError("unknown ELF class or data encoding")
        if head[6] != 1:
            raise ElfError("unknown ELF version")
        self.is64 = head[4] == 2
        self.order = "<" if head[5] == 1 else ">"
        if self.is64 and len(head) < 64:
            raise ElfError("unexpected EOF")
        layout = "HHIQQQIHHHHHH" if self.is64 else "HHIIIIIHHHHHH"
        fields = struct.unpack_from(self.order + layout, head, 16)
        self.type, self.machine = fields[0], fields[1]
        self._phoff, self._shoff = fields[4], fields[5]
        self._phentsize, self._phnum, self._shentsize, self._shnum, self._shstrndx = fields[8:13]
        self._sections: list[Section] | None = None

    def segments(self) -> list[Segment]:
        """The program headers in file order. Raises ElfError."""
        size = 56 if self.is64 else 32
        if self._phnum and self._phentsize < size:
            raise ElfError("invalid program header size")
        data = _read_at(self.file, self._phoff, self._phentsize * self._phnum)
        if len(data) < self._phentsize * self._phnum:
            raise ElfError("unexpected EOF")
        found = []
        for at in range(0, self._phentsize * self._phnum, self._phentsize or 1):
            if self.is64:
                kind, flags, offset, vaddr, _, filesz, memsz, align = struct.unpack_from(
                    self.order + "IIQQQQQQ", data, at
                )
            else:
                kind, offset, vaddr, _, filesz, memsz, flags, align = struct.unpack_from(
                    self.order + "IIIIIIII", data, at
                )
            found.append(Segment(kind, flags, offset, vaddr, filesz, memsz, align))
        return found

    def sections(self) -> list[Section]:
        """The section headers with their names. Raises ElfError."""
        if self._sections is None:
            self._sections = self._read_sections()
        return self._sections

    def _read_sections(self) -> list[Section]:
        size = 64 if self.is64 else 40
        if not self._shoff:
            if self._shnum:
                raise ElfError("invalid ELF shnum for shoff=0")
            return []
        if self._shentsize < size:
            raise ElfError("invalid section header size")
        first = self._headers(0, 1)[0]
        count = self._shnum or first[5]  # more than 0xff00 sections: the count is in the first one's size
        strings = first[6] if self._shstrndx == 0xFFFF else self._shstrndx
        if count > 1 << 20 or strings >= count:
            raise ElfError("invalid section header count")
        raw = self._headers(0, count)
        names = self._section_names(raw, strings)
        return [
            Section(_c_string(names, name), kind, flags, addr, offset, length)
            for name, kind, flags, addr, offset, length, _ in raw
        ]

    def _section_names(self, raw: list[tuple[int, ...]], strings: int) -> bytes:
        """The table of section names, whole, as debug/elf wants it before it answers anything. Raises ElfError."""
        if not strings:
            return b""
        if raw[strings][1] != _SHT_STRTAB:
            raise ElfError("invalid ELF section name string table type")
        names = _read_at(self.file, raw[strings][4], raw[strings][5])
        if len(names) < raw[strings][5]:
            raise ElfError("unexpected EOF")
        last = names.rfind(b"\0")
        if any(header[0] > last for header in raw):
            raise ElfError("bad section name index")
        return names

    def _headers(self, first: int, count: int) -> list[tuple[int, ...]]:
        step = self._shentsize
        data = _read_at(self.file, self._shoff + first * step, step * count)
        if len(data) < step * count:
            raise ElfError("unexpected EOF")
        layout = self.order + ("IIQQQQI" if self.is64 else "IIIIIII")
        return [struct.unpack_from(layout, data, at * step) for at in range(count)]

    def section(self, name: str) -> Section | None:
        """The first section of a name."""
        for section in self.sections():
            if section.name == name:
                return section
        return None

    def read(self, offset: int, size: int) -> bytes:
        """Bytes at a file offset; fewer at the file's end."""
        return _read_at(self.file, offset, size)


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    if offset < 0 or size <= 0 or offset >= 1 << 63:
        return b""
    file.seek(offset)
    pieces = []
    while size > 0:
        piece = file.read(min(size, 1 << 20))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _c_string(table: bytes, at: int) -> str:
    end = table.find(b"\0", at)
    return table[at : end if end >= 0 else len(table)].decode("utf-8", "surrogateescape")


def gnu_build_id_range(file: BinaryIO) -> tuple[int, int] | None:
    """(begin, end) offsets of the payload of `.note.gnu.build-id`; None if the file has none or is no ELF."""
    try:
        section = Elf(file).section(".note.gnu.build-id")
    except (ElfError, struct.error):
        return None
    if section is None or section.size < 16:
        return None
    return section.offset + 16, section.offset + section.size  # after the note's header and "GNU\0"


def read_note_id(file: BinaryIO, head: bytes, path: str) -> str:
    """The build ID in the notes of an ELF program: Go's, else the GNU one (which gccgo uses), else "".

    head: the file's beginning, already read. Raises ElfError.
    """
    import io

    try:
        elf = Elf(io.BytesIO(head))
        segments = elf.segments()
    except (ElfError, struct.error) as exc:
        raise ElfError(f"parse {path}: {exc}") from None
    gnu = b""
    for segment in segments:
        if segment.type != PT_NOTE or segment.filesz < 16:
            continue
        if segment.offset + segment.filesz < len(head):
            notes = head[segment.offset : segment.offset + segment.filesz]
        else:
            notes = _read_at(file, segment.offset, segment.filesz)
        for tag, name, value in _notes(notes, segment, elf.order):
            if tag == _GO_TAG and name == b"Go\0\0":
                return value.decode("utf-8", "surrogateescape")
            if tag == _GNU_TAG and name == b"GNU\0":
                gnu = value
    return gnu.decode("utf-8", "surrogateescape")


def _notes(data: bytes, segment: Segment, order: str) -> list[tuple[int, bytes, bytes]]:
    """(type, name, value) of each note with a name of four bytes, as readELF walks them."""
    found = []
    offset = segment.offset
    at = 0
    while len(data) - at >= 16:
        name_size, value_size, tag = struct.unpack_from(order + "III", data, at)
        if name_size == 4 and 16 + value_size <= len(data) - at:
            found.append((tag, data[at + 12 : at + 16], data[at + 16 : at + 16 + value_size]))
        size = 12 + ((name_size + 3) & ~3) + ((value_size + 3) & ~3)
        if len(data) - at <= size:
            break
        offset += size
        if segment.align:
            aligned = (offset + segment.align - 1) & ~(segment.align - 1)
            size += aligned - offset
            offset = aligned
        at += size
    return found

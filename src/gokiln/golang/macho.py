"""As much of the Mach-O format as build IDs, signatures and build information need: load commands and sections.

Source of the layout: Apple's mach-o/loader.h, debug/macho; of the rules: cmd/internal/buildid (readMacho,
findHostBuildID), cmd/internal/codesign (FindCodeSigCmd), go1.26.
"""

from __future__ import annotations

import struct
from collections import namedtuple

from gokiln.errors import GokilnError
from gokiln.golang.buildid import READ_SIZE, BuildIdError, find_raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, NamedTuple

    class Command(NamedTuple):
        """A load command: its number, where it stands in the file, and all its bytes."""

        number: int
        offset: int
        data: bytes

    class Segment(NamedTuple):
        """Part of the file that is mapped into memory; maxprot and initprot are protection bits."""

        name: str
        addr: int
        memsz: int
        offset: int
        filesz: int
        maxprot: int
        prot: int

    class Section(NamedTuple):
        """Part of a segment."""

        name: str
        segment: str
        addr: int
        size: int
        offset: int
else:
    Command = namedtuple("Command", "number offset data")
    Segment = namedtuple("Segment", "name addr memsz offset filesz maxprot prot")
    Section = namedtuple("Section", "name segment addr size offset")

LC_SEGMENT = 0x1
LC_SEGMENT_64 = 0x19
LC_UUID = 0x1B
LC_CODE_SIGNATURE = 0x1D
MH_EXECUTE = 2
_BIG = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf")
_LITTLE = (b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")


class MachoError(GokilnError):
    """Not a Mach-O file, or a damaged one."""


class Macho:
    """The load commands of an open Mach-O file (one architecture, not a fat file)."""

    def __init__(self, file: BinaryIO) -> None:
        """Reads header and load commands. Raises MachoError, OSError."""
        self.file = file
        file.seek(0)
        head = file.read(32)
        if head[:4] not in _BIG + _LITTLE or len(head) < 32:
            raise MachoError("invalid magic number")
        self.order = ">" if head[:4] in _BIG else "<"
        self.is64 = (head[3] if self.order == ">" else head[0]) == 0xCF
        _, _, self.type, count, size = struct.unpack_from(self.order + "5I", head, 4)
        header = 32 if self.is64 else 28
        file.seek(header)
        data = _read_exactly(file, size)
        self.commands: list[Command] = []
        at = 0
        for _ in range(count):
            if at + 8 > size:
                raise MachoError("command block too small")
            number, length = struct.unpack_from(self.order + "2I", data, at)
            if length < 8 or at + length > size:
                raise MachoError("invalid command block size")
            self.commands.append(Command(number, header + at, data[at : at + length]))
            at += length

    def command(self, number: int) -> Command | None:
        """The first load command of a number."""
        for command in self.commands:
            if command.number == number:
                return command
        return None

    def segments(self) -> list[Segment]:
        """All segments in file order. Raises MachoError."""
        found = []
        for command in self.commands:
            if command.number in (LC_SEGMENT, LC_SEGMENT_64):
                layout = "16s8I" if command.number == LC_SEGMENT else "16s4Q4I"
                name, addr, memsz, offset, filesz, maxprot, prot, _, _ = _unpack(self.order + layout, command.data, 8)
                found.append(Segment(_name(name), addr, memsz, offset, filesz, maxprot, prot))
        return found

    def segment(self, name: str) -> Segment | None:
        """The first segment of a name. Raises MachoError."""
        for segment in self.segments():
            if segment.name == name:
                return segment
        return None

    def sections(self) -> list[Section]:
        """All sections of all segments. Raises MachoError."""
        found = []
        for command in self.commands:
            if command.number == LC_SEGMENT:
                start, layout, step = 56, "16s16s3I", 68
            elif command.number == LC_SEGMENT_64:
                start, layout, step = 72, "16s16sQQI", 80
            else:
                continue
            (count,) = _unpack(self.order + "I", command.data, start - 8)
            for index in range(count):
                name, segment, addr, size, offset = _unpack(self.order + layout, command.data, start + index * step)
                found.append(Section(_name(name), _name(segment), addr, size, offset))
        return found

    def code_signature(self) -> tuple[int, int] | None:
        """(offset, size) of the code signature in the file. Raises MachoError."""
        command = self.command(LC_CODE_SIGNATURE)
        if command is None:
            return None
        offset, size = _unpack(self.order + "2I", command.data, 8)
        return offset, size


def _unpack(layout: str, data: bytes, at: int) -> tuple[Any, ...]:
    try:
        return struct.unpack_from(layout, data, at)
    except struct.error:
        raise MachoError("load command too small") from None


def _name(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _read_exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    while len(data) < size:
        more = file.read(size - len(data))
        if not more:
            raise MachoError("unexpected EOF")
        data += more
    return data


def derived_ranges(file: BinaryIO) -> list[tuple[int, int]]:
    """(begin, end) offsets of the UUID and the code signature, both of which follow from the build ID."""
    try:
        macho = Macho(file)
        signature = macho.code_signature()
    except MachoError:
        return []
    ranges = [(signature[0], signature[0] + signature[1])] if signature else []
    uuid = macho.command(LC_UUID)
    if uuid is not None:
        ranges.append((uuid.offset + 8, uuid.offset + len(uuid.data)))
    return ranges


def read_text_id(file: BinaryIO, head: bytes, path: str) -> str:
    """The build ID in the file's beginning or at the start of its `__text` section; "" if there is none.

    head: the file's beginning, already read. Raises BuildIdError.
    """
    try:
        found = find_raw(head, path)
    except BuildIdError:
        found = ""
    if found:
        return found
    try:
        sections = Macho(file).sections()
    except MachoError as exc:
        raise BuildIdError(f"parse {path}: {exc}") from None
    for section in sections:
        if section.name == "__text":
            file.seek(section.offset)
            return find_raw(file.read(min(section.size, READ_SIZE)), path)
    raise BuildIdError(f"parse {path}: cannot find __text section")

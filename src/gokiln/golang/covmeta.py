"""Coverage meta-data files: which statements a package has, without any counts.

Source: internal/coverage/defs.go, decodemeta; internal/coverage/cformat/format.go for the texts, go1.26.
"""

from __future__ import annotations

import struct

_MAGIC = b"\x00cvm"
_FILE_HEADER = struct.Struct("<4sIQQ16sIIBB6x")
_SYMBOL_HEADER = struct.Struct("<IIII16s4xII")
_VERSION = 1
MODES = {1: "set", 2: "count", 3: "atomic", 4: "regonly", 5: "testmain"}


class MetaDataError(ValueError):
    """The bytes are no coverage meta-data file of a known version."""


class Unit:
    """A run of statements. Lines and columns as in the source."""

    __slots__ = ("end_column", "end_line", "file", "start_column", "start_line", "statements")

    def __init__(self, file: str, numbers: list[int]) -> None:
        self.file = file
        self.start_line, self.start_column, self.end_line, self.end_column, self.statements = numbers

    def order(self) -> tuple[str, int, int, int, int, int]:
        """The key that profiles are sorted by."""
        return (self.file, self.start_line, self.end_line, self.start_column, self.end_column, self.statements)


class PackageMeta:
    """One package's statements, in the order of a profile."""

    __slots__ = ("path", "units")

    def __init__(self, path: str, units: list[Unit]) -> None:
        self.path = path
        self.units = units


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def number(self) -> int:
        """An unsigned LEB128 number."""
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def strings(self) -> list[str]:
        """A table of strings."""
        out = []
        for _ in range(self.number()):
            size = self.number()
            out.append(self.data[self.at : self.at + size].decode("utf-8", "surrogateescape"))
            self.at += size
        return out


def read_meta(data: bytes) -> tuple[str, list[PackageMeta]]:
    """(counter mode, packages) of a meta-data file. Raises MetaDataError."""
    try:
        return _read(data)
    except (struct.error, IndexError, ValueError) as err:
        if isinstance(err, MetaDataError):
            raise
        raise MetaDataError("meta-data file is damaged") from err


def _read(data: bytes) -> tuple[str, list[PackageMeta]]:
    magic, version, total, entries, _, _, _, mode, _ = _FILE_HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise MetaDataError("invalid meta-data file magic string")
    if version > _VERSION:
        raise MetaDataError(f"meta-data file with an unknown version {version} (expected {_VERSION})")
    if entries * 16 > total:
        raise MetaDataError("meta-data file is damaged")
    at = _FILE_HEADER.size
    offsets = struct.unpack_from(f"<{entries}Q", data, at)
    lengths = struct.unpack_from(f"<{entries}Q", data, at + 8 * entries)
    packages = [_package(data[offset : offset + size]) for offset, size in zip(offsets, lengths)]
    return MODES.get(mode, "invalid"), packages


def _package(blob: bytes) -> PackageMeta:
    _, _, path, _, _, _, functions = _SYMBOL_HEADER.unpack_from(blob)
    at = _SYMBOL_HEADER.size
    offsets = struct.unpack_from(f"<{functions}I", blob, at)
    strings = _Reader(blob, at + 4 * functions).strings()
    units: dict[tuple[str, str, tuple[int, ...]], Unit] = {}
    for offset in offsets:
        reader = _Reader(blob, offset)
        count, name, file = reader.number(), strings[reader.number()], strings[reader.number()]
        for _ in range(count):
            numbers = [reader.number() for _ in range(5)]
            units[file, name, tuple(numbers)] = Unit(file, numbers)
    return PackageMeta(strings[path], sorted(units.values(), key=Unit.order))


def percent_text(packages: list[PackageMeta]) -> str:
    """What `covdata percent` says of packages nothing of which ran."""
    out = []
    for package in sorted(packages, key=lambda p: p.path):
        total = sum(unit.statements for unit in package.units)
        out.append(f"\t{package.path}\t\t" + ("coverage: 0.0% of statements\n" if total else ""))
    return "".join(out)


def profile_text(mode: str, packages: list[PackageMeta]) -> str:
    """What `covdata textfmt` writes for packages nothing of which ran."""
    out = [f"mode: {mode}\n"]
    for package in sorted(packages, key=lambda p: p.path):
        for u in package.units:
            place = f"{u.file}:{u.start_line}.{u.start_column},{u.end_line}.{u.end_column}"
            out.append(f"{place} {u.statements} 0\n")
    return "".join(out)

"""Ad hoc signatures of Mach-O programs, the way the Go linker makes them.

Apple's arm64 machines run nothing unsigned. An ad hoc signature is one CodeDirectory: the SHA-256 of every
4 KiB page of the file before it, an identifier without meaning (`a.out`), and where the text segment lies.
Whoever changes a byte of the program, such as its build ID, must make it again. Source:
cmd/internal/codesign/codesign.go, cmd/internal/buildid/rewrite.go, go1.26; layouts: xnu's cs_blobs.h.
"""

from __future__ import annotations

import hashlib
import struct

from gokiln.golang.macho import MH_EXECUTE, Macho, MachoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

IDENTIFIER = b"a.out"
PAGE = 4096
_PAGE_BITS = 12
_HASH = 32
_MAGIC_EMBEDDED_SIGNATURE = 0xFADE0CC0
_MAGIC_CODE_DIRECTORY = 0xFADE0C02
_SLOT_CODE_DIRECTORY = 0
_VERSION = 0x20400
_FLAGS = 0x20002  # adhoc, linkerSigned
_SHA256 = 2
_MAIN_BINARY = 1
_SUPER_BLOB = struct.Struct(">3I")
_BLOB = struct.Struct(">2I")
_CODE_DIRECTORY = struct.Struct(">9I4B4I4Q")
_PAGES_AT_ONCE = 256


def signature_size(code_size: int, identifier: bytes = IDENTIFIER) -> int:
    """Bytes of the signature of code_size bytes of file."""
    pages = (code_size + PAGE - 1) // PAGE
    return _SUPER_BLOB.size + _BLOB.size + _CODE_DIRECTORY.size + len(identifier) + 1 + pages * _HASH


def sign(
    file: BinaryIO,
    code_size: int,
    text_offset: int,
    text_size: int,
    is_main: bool,
    identifier: bytes = IDENTIFIER,
) -> bytes:
    """The signature of the first code_size bytes of an open file.

    text_offset, text_size: of the __TEXT segment in the file. is_main: the file is a program. Raises OSError.
    """
    size = signature_size(code_size, identifier)
    head = _SUPER_BLOB.size + _BLOB.size
    blobs = [
        _SUPER_BLOB.pack(_MAGIC_EMBEDDED_SIGNATURE, size, 1),
        _BLOB.pack(_SLOT_CODE_DIRECTORY, head),
        _code_directory(size - head, code_size, len(identifier), (text_offset, text_size), is_main),
        identifier + b"\0",
    ]
    return b"".join(blobs + _page_hashes(file, code_size)).ljust(size, b"\0")


def _code_directory(size: int, code_size: int, identifier_size: int, text: tuple[int, int], is_main: bool) -> bytes:
    """The head of the hashes. size: with identifier and hashes. text: offset and size of the __TEXT segment."""
    ident_offset = _CODE_DIRECTORY.size
    return _CODE_DIRECTORY.pack(
        _MAGIC_CODE_DIRECTORY,
        size,
        _VERSION,
        _FLAGS,
        ident_offset + identifier_size + 1,  # of the hashes
        ident_offset,
        0,  # special slots
        (code_size + PAGE - 1) // PAGE,
        code_size,
        _HASH,
        _SHA256,
        0,
        _PAGE_BITS,
        0,
        0,  # scatter offset
        0,  # team offset
        0,
        0,  # 64-bit code limit
        *text,
        _MAIN_BINARY if is_main else 0,
    )


def _page_hashes(file: BinaryIO, code_size: int) -> list[bytes]:
    """The hash of each page of the first code_size bytes; the last page may be short. Raises OSError."""
    hashes: list[bytes] = []
    file.seek(0)
    left = code_size
    pending = b""
    while left > 0:
        piece = file.read(min(left, PAGE * _PAGES_AT_ONCE))
        if not piece:
            break
        left -= len(piece)
        pending += piece
        whole = len(pending) if left == 0 else len(pending) // PAGE * PAGE
        hashes += [hashlib.sha256(pending[at : min(at + PAGE, whole)]).digest() for at in range(0, whole, PAGE)]
        pending = pending[whole:]
    return hashes


def resign(file: BinaryIO) -> bool:
    """Renew the signature of a Mach-O file open for reading and writing; whether it had one of the linker's shape.

    Other signatures (another identifier, other hashes: another size) are left alone. Raises OSError.
    """
    try:
        macho = Macho(file)
        place = macho.code_signature()
        text = macho.segment("__TEXT")
    except MachoError:
        return False
    if place is None or text is None or signature_size(place[0]) != place[1]:
        return False
    data = sign(file, place[0], text.offset, text.filesz, macho.type == MH_EXECUTE)
    file.seek(place[0])
    while data:
        data = data[file.write(data) :]
    return True

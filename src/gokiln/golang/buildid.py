"""Build IDs as text: their parts, how a hash becomes one, and the marks that a file holds them in.

A package archive carries `actionID/contentID`, a program `action(link)/action(main)/content(main)/content`;
each part is 20 characters for the first 120 bits of a hash. How files are searched for an ID and given their
final one is golang.buildidfile's part.

Source: cmd/internal/buildid/buildid.go, cmd/go/internal/work/buildid.go, cmd/internal/hash, go1.26.
"""

from __future__ import annotations

import binascii

from gokiln.errors import GokilnError

SEPARATOR = "/"
READ_SIZE = 32 * 1024  # how much of a program's beginning is searched
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_RAW_PREFIX = b'\xff Go build ID: "'
_RAW_END = b'"\n \xff'


class BuildIdError(GokilnError):
    """A file's build ID cannot be read."""


def hash_to_string(digest: bytes) -> str:
    """The 20 characters that stand for a 32-byte hash (first 120 bits, URL-safe base64)."""
    return binascii.b2a_base64(digest[:15], newline=False).translate(_URL_SAFE).decode("ascii")


def action_id(build_id: str) -> str:
    """The first part of a build ID: what went in."""
    return build_id.partition(SEPARATOR)[0]


def content_id(build_id: str) -> str:
    """The last part of a build ID: what came out."""
    return build_id.rpartition(SEPARATOR)[2]


def unquote_id(quoted: bytes) -> str | None:
    """A double-quoted ID without its quotes; None if it is not one."""
    if len(quoted) < 2 or quoted[:1] != b'"' or quoted[-1:] != b'"':
        return None
    inner = quoted[1:-1]
    if b"\\" not in inner and b'"' not in inner and b"\n" not in inner:
        return inner.decode("utf-8", "surrogateescape")
    from gokiln.base.quote import unquote

    try:
        return unquote(quoted.decode("utf-8", "surrogateescape"))
    except ValueError:
        return None


def parse_archive_head(data: bytes) -> str | None:
    """The build ID in the first 1024 bytes of a package archive; "" if it has none, None if it is no Go archive."""
    lines = data.split(b"\n", 4)
    if len(lines) < 4 or lines[0] != b"!<arch>":
        return None
    if not lines[1].startswith(b"__.PKGDEF") or not lines[2].startswith(b"go object "):
        return None
    if len(lines) < 5:
        return None  # the fourth line does not end within what was read
    if not lines[3].startswith(b"build id "):
        return ""
    return unquote_id(lines[3][len(b"build id ") :])


def find_raw(data: bytes, path: str) -> str:
    """The ID that the linker writes in front of the program text where there are no notes; "" if there is none.

    Raises BuildIdError when it begins and does not end.
    """
    at = data.find(_RAW_PREFIX)
    if at < 0:
        return ""
    begin = at + len(_RAW_PREFIX)
    end = data.find(_RAW_END, begin)
    found = unquote_id(data[begin - 1 : end + 1]) if end >= 0 else None
    if found is None:
        raise BuildIdError(f"parse {path}: malformed object file")
    return found

"""Names of things in the cache: action IDs, sub-keys, file hashes.

An action ID is SHA-256 over a salt and the lines that describe the action, with nothing between them.
The salt is the toolchain's version (`go1.26.8`), so that versions never share action IDs. A sub-key
names a by-product of an action. A file hash is the plain SHA-256 of the bytes, unsalted.

The lines are kept: hashed they are the ID, compared with last time's they say why something is rebuilt.
With GODEBUG=gocachehash=1 a HashTrace prints them as the go command does. Source:
cmd/go/internal/cache/hash.go, go1.26.
"""

from __future__ import annotations

import hashlib

from gokiln.golang.buildid import hash_to_string as short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HashTrace", "InputHash", "file_hash", "hash_fd", "short", "strip_experiment", "subkey"]

HASH_SIZE = 32
_CHUNK = 1 << 20


def strip_experiment(version: str) -> str:
    """The version string without the experiments a toolchain was built with: the salt of every action ID."""
    for mark in (" X:", "-X:"):
        at = version.find(mark)
        if at >= 0:
            return version[:at]
    return version


class HashTrace:
    """What GODEBUG=gocachehash=1 prints and GODEBUG=gocacheverify=1 remembers.

    write: called with whole lines of text for stderr, or None to print nothing. keep: remember the input
    of every hash, so that a mismatch can be explained (`inputs`: digest -> what was hashed).
    """

    __slots__ = ("inputs", "keep", "write")

    def __init__(self, write: Callable[[str], object] | None, keep: bool = False) -> None:
        self.write = write
        self.keep = keep
        self.inputs: dict[bytes, str] = {}

    def hashed(self, name: str, salt: bytes, lines: list[bytes], digest: bytes) -> None:
        """An InputHash was finished."""
        if self.write is not None:
            from gokiln.base.quote import go_quote_bytes

            text = [f"HASH[{name}]\n", f"HASH[{name}]: {go_quote_bytes(salt)}\n"]
            text += [f"HASH[{name}]: {go_quote_bytes(line)}\n" for line in lines]
            text.append(f"HASH[{name}]: {digest.hex()}\n")
            self.write("".join(text))
        if self.keep:
            self.inputs[digest] = (salt + b"".join(lines)).decode("utf-8", "surrogateescape")

    def subkeyed(self, parent: bytes, desc: str, digest: bytes) -> None:
        """A sub-key was made."""
        if self.write is None and not self.keep:
            return
        from gokiln.base.quote import go_quote

        text = f"subkey {parent.hex()} {go_quote(desc)}"
        if self.write is not None:
            self.write(f"HASH {text} = {digest.hex()}\n")
        if self.keep:
            self.inputs[digest] = text

    def file_hashed(self, path: str, outcome: str) -> None:
        """A file was hashed; outcome is the hex digest or the error's text."""
        if self.write is not None:
            self.write(f"HASH {path}: {outcome}\n")


class InputHash:
    """The salted SHA-256 that names an action, and the lines that went into it.

    name is for the trace only and is not hashed.
    """

    __slots__ = ("lines", "name", "salt", "trace")

    def __init__(self, salt: str | bytes, name: str = "", trace: HashTrace | None = None) -> None:
        self.salt = salt.encode("utf-8", "surrogateescape") if isinstance(salt, str) else salt
        self.name = name
        self.trace = trace
        self.lines: list[bytes] = []

    def add(self, line: str | bytes) -> None:
        """Append one fragment (its newline is the caller's; text is UTF-8 with undecodable bytes kept)."""
        self.lines.append(line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line)

    def digest(self) -> bytes:
        """The 32 bytes of the ID of all lines so far."""
        sum_ = hashlib.sha256(self.salt + b"".join(self.lines)).digest()
        if self.trace is not None:
            self.trace.hashed(self.name, self.salt, self.lines, sum_)
        return sum_


def subkey(parent: bytes, desc: str, trace: HashTrace | None = None) -> bytes:
    """The 32-byte ID of a by-product `desc` of the action whose ID is `parent` (32 bytes). Not salted."""
    sum_ = hashlib.sha256(b"subkey:" + parent + desc.encode("utf-8", "surrogateescape")).digest()
    if trace is not None:
        trace.subkeyed(parent, desc, sum_)
    return sum_


def hash_fd(fd: int) -> tuple[bytes, int]:
    """SHA-256 (32 bytes) and size in bytes of what is left to read of an open file. Raises OSError."""
    import os

    sha = hashlib.sha256()
    size = 0
    while chunk := os.read(fd, _CHUNK):
        sha.update(chunk)
        size += len(chunk)
    return sha.digest(), size


def file_hash(path: str, trace: HashTrace | None = None) -> bytes:
    """SHA-256 (32 bytes) of a file's content. Raises OSError."""
    import os

    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            digest, _ = hash_fd(fd)
        finally:
            os.close(fd)
    except OSError as exc:
        if trace is not None:
            from gokiln.base.oserror import path_error

            trace.file_hashed(path, path_error("open", path, exc))
        raise
    if trace is not None:
        trace.file_hashed(path, digest.hex())
    return digest

"""Which files of the module cache were found to be what their module's hash says.

An extracted module tree is files that anything on the machine may have changed since the download. The hash of the
whole tree (`h1:`, in go.sum and beside the zip) can only be recomputed by reading all of it. So that is done
once per tree, and what it proved is remembered file by file: "path@version/name has this SHA-256", "that
directory has these names". A module version never changes, so such a sentence stays true for ever, whatever
happens to the file; a source file is hashed when it is read anyway, and asking costs one look into a set.

A sentence is kept as 8 bytes of its SHA-256, enough against damage (not against someone who can write to this file:
he could as well write to the module cache). File `trees` in gokiln's own directory, version 1, little-endian:

    16 bytes  "gokiln-trees-v1\\0"
    then chunks, appended as trees are verified:
     4 bytes  number of sentences
     8 bytes each
    16 bytes  the first half of the SHA-256 of the chunk's bytes before it

Reading stops at the first chunk that is cut or wrong, and the next writer starts the file anew from what was
good. Losing the file costs reading each tree once more.
"""

from __future__ import annotations

import hashlib
import os
import struct
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MAGIC = b"gokiln-trees-v1\0"
_SUM = 16
LIMIT = 16 << 20  # bytes; a larger file is begun anew: most of it tells of versions that nobody uses any more


def file_sentence(name: str, digest: bytes) -> int:
    """That the file `name` (path@version/inner, as a path below the module cache) has this SHA-256 (32 bytes)."""
    return _number(b"file\0" + os.fsencode(name) + b"\0" + digest)


def dir_sentence(name: str, files: Iterable[str], dirs: Iterable[str]) -> int:
    """That the directory `name` has exactly these files and directories."""
    lines = sorted([os.fsencode(f) for f in files] + [os.fsencode(d) + b"/" for d in dirs])
    return _number(b"dir\0" + os.fsencode(name) + b"\0" + b"\0".join(lines))


def _number(text: bytes) -> int:
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little")


class KnownTrees:
    """The sentences known to be true. path: their file, "" to remember for this process only.

    Safe to use from several threads.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._known: set[int] | None = None
        self._whole = True  # nothing in the file was damaged

    def holds(self, sentence: int) -> bool:
        """Whether it is known to be true."""
        known = self._known
        return sentence in (self._opened() if known is None else known)

    def learn(self, sentences: Collection[int]) -> None:
        """Remember sentences of a tree that was verified. A file that cannot be written is no error."""
        with self._lock:
            known = self._opened()
            fresh = [sentence for sentence in sentences if sentence not in known]
            known.update(fresh)
            if not self.path or not fresh:
                return
            try:
                self._append(fresh)
            except OSError:
                self.path = ""

    def _opened(self) -> set[int]:
        """What is known, read once: a second reader would put the file's state over what was learnt meanwhile."""
        with self._lock:
            if self._known is None:
                self._known = self._load()
            return self._known

    def _append(self, fresh: list[int]) -> None:
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        if not self._whole or _size(self.path) > LIMIT:
            from gokiln.base.publish import publish

            everything = sorted(self._opened()) if not self._whole else fresh
            publish(self.path, MAGIC + encode_chunk(everything))
            self._whole = True
            return
        fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            data = encode_chunk(fresh)
            # One write each: chunks of processes that append at the same time do not mix.
            os.write(fd, data if os.fstat(fd).st_size else MAGIC + data)
        finally:
            os.close(fd)

    def _load(self) -> set[int]:
        if not self.path:
            return set()
        try:
            with open(self.path, "rb", buffering=0) as file:
                data = file.read()
        except OSError:
            return set()
        known, self._whole = decode(data)
        return known


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def encode_chunk(sentences: Collection[int]) -> bytes:
    """One chunk of the file."""
    body = struct.pack(f"<I{len(sentences)}Q", len(sentences), *sentences)
    return body + hashlib.sha256(body).digest()[:_SUM]


def decode(data: bytes) -> tuple[set[int], bool]:
    """The sentences of a file's bytes up to the first damage, and whether there was none."""
    known: set[int] = set()
    if data[: len(MAGIC)] != MAGIC:
        return known, not data
    at = len(MAGIC)
    while at < len(data):
        (count,) = struct.unpack_from("<I", data, at) if len(data) - at >= 4 else (0,)
        end = at + 4 + 8 * count
        if len(data) < end + _SUM or hashlib.sha256(memoryview(data)[at:end]).digest()[:_SUM] != data[end : end + _SUM]:
            return known, False
        known.update(struct.unpack_from(f"<{count}Q", data, at + 4))
        at = end + _SUM
    return known, True

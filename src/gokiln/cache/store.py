"""What a build asks of a cache, and what a cache may ask of someone who remembers.

A Store keeps outputs by the hash of their bytes, and which output an action has; its users need not know whether a
directory (diskstore.py), a helper program (cacheprog.py) or another machine stands behind it. A Memory knows which
files were hashed before and have not changed since. The one that lasts is index/verified.py; it is passed in as a
value. NothingKnown is the Memory of someone without memory: every use hashes the bytes anew.
"""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from gokiln.cache.entry import Entry

    class Memory(Protocol):
        """Remembers by stat signature which files were found to hold the bytes of an output ID (32 bytes)."""

        clock: Callable[[], int]  # Unix nanoseconds

        def holds(self, output_id: bytes, info: os.stat_result) -> bool:
            """Whether the file with this stat is known to hold the output."""

        def checked(self, output_id: bytes, info: os.stat_result, began_ns: int) -> None:
            """It was read from began_ns on and hashed right; info is its stat from before the read."""

        def written(self, output_id: bytes, info: os.stat_result) -> None:
            """This process has just published it; info is its stat after the rename."""

        def touched(self, output_id: bytes, before: os.stat_result, after: os.stat_result) -> None:
            """This process has changed its times only."""

        def forget(self, output_id: bytes) -> None:
            """It is damaged or gone."""

        def save(self, still_there: Callable[[bytes], bool] | None = None) -> None:
            """The process ends. still_there: which outputs are left after a trim."""


class Store(ABC):
    """What a build asks of a cache. Disk, helper programs and remote caches all stand behind this.

    IDs are 32 bytes. Paths returned stay valid until close().
    """

    @abstractmethod
    def get(self, action_id: bytes) -> Entry | None:
        """The entry of an action, or None. Says nothing about the output's bytes being there."""

    def why_missing(self, action_id: bytes) -> str:
        """Why an action has no output here, in the go command's words (GODEBUG=gocachetest=1 shows them)."""
        return "cache entry not found"

    def get_file(self, action_id: bytes) -> tuple[str, Entry] | None:
        """Path and entry of an action's output, its bytes verified; None on a miss."""
        entry = self.get(action_id)
        if entry is None:
            return None
        path = self.verified_file(entry)
        return (path, entry) if path is not None else None

    def get_bytes(self, action_id: bytes) -> tuple[bytes, Entry] | None:
        """Bytes and entry of an action's output, verified; None on a miss. For outputs that fit in memory."""
        found = self.get_file(action_id)
        if found is None:
            return None
        try:
            with open(found[0], "rb") as file:
                return file.read(), found[1]
        except OSError:  # trimmed in this very moment
            return None

    @abstractmethod
    def verified_file(self, entry: Entry) -> str | None:
        """The path of an entry's output after its bytes were verified; None when missing or damaged."""

    @abstractmethod
    def put_file(self, action_id: bytes, path: str, *, verify: bool = True) -> tuple[bytes, int]:
        """Store the content of a file as an action's output. Returns its ID and its size in bytes.

        verify: compare with an earlier output under GODEBUG=gocacheverify=1. Whether the cache could take it
        is told by has_output. Raises OSError when path itself cannot be read.
        """

    @abstractmethod
    def put_bytes(self, action_id: bytes, data: bytes, *, verify: bool = True) -> bytes:
        """Store bytes as an action's output. Returns the output's ID."""

    @abstractmethod
    def put_executable(self, action_id: bytes, name: str, path: str) -> tuple[bytes, int]:
        """Store a program so that it can be run from the cache under the file name `name`."""

    @abstractmethod
    def output_file(self, output_id: bytes) -> str:
        """The path of an output after a get or put of it."""

    @abstractmethod
    def hashed_now(self, output_id: bytes) -> bool:
        """Whether this process hashed the output to verify it: nobody of ours had looked at it before."""

    def has_output(self, output_id: bytes) -> bool:
        """Whether output_file is there: False after a put that failed."""
        return os.path.exists(self.output_file(output_id))

    @abstractmethod
    def reject(self, action_id: bytes, reason: str) -> None:
        """The caller found that an action's entry leads to the wrong output: warn, and make it a miss."""

    @abstractmethod
    def fuzz_dir(self) -> str:
        """Where fuzzing keeps its corpus; may not exist."""

    @abstractmethod
    def close(self) -> None:
        """The end of the process: save what was learnt, trim."""


class NothingKnown:
    """A Memory that remembers nothing."""

    def __init__(self) -> None:
        self.clock: Callable[[], int] = time.time_ns

    def holds(self, output_id: bytes, info: os.stat_result) -> bool:
        """Never."""
        return False

    def checked(self, output_id: bytes, info: os.stat_result, began_ns: int) -> None:
        """Not kept."""

    def written(self, output_id: bytes, info: os.stat_result) -> None:
        """Not kept."""

    def touched(self, output_id: bytes, before: os.stat_result, after: os.stat_result) -> None:
        """Not kept."""

    def forget(self, output_id: bytes) -> None:
        """Nothing to forget."""

    def save(self, still_there: Callable[[bytes], bool] | None = None) -> None:
        """Nothing to save."""

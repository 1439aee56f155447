"""What a store wants to know about outputs it has checked before.

The answer that lasts is index/verified.py; it is passed in as a value, since a cache does not depend on the
index. NothingKnown is the answer of someone without memory: every use hashes the bytes anew.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import Protocol

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

"""Doing work once per key, however many threads ask for it (cmd/internal/par.ErrCache)."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Any, TypeVar

    V = TypeVar("V")


class _Slot:
    """One key's result: running until done is set, then an error or a value."""

    __slots__ = ("done", "error", "lock", "value")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done = False
        self.value: Any = None
        self.error: Exception | None = None


class Memo:
    """Results and errors by key. The first thread works, the others wait for it; an error is raised again each time.

    An interrupt (KeyboardInterrupt and its like) is not a result: the next caller tries again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot] = {}

    def do(self, key: Hashable, work: Callable[[], V]) -> V:
        """work()'s value for key, from the one time it ran. Raises what work raised."""
        slot = self._slots.get(key)
        if slot is None:
            with self._lock:
                slot = self._slots.setdefault(key, _Slot())
        if not slot.done:
            with slot.lock:
                if not slot.done:
                    try:
                        slot.value = work()
                    except Exception as err:  # noqa: BLE001  (kept, and raised below)
                        slot.error = err
                    slot.done = True
        if slot.error is not None:
            raise slot.error
        value: V = slot.value
        return value

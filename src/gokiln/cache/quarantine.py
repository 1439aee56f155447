"""Damaged files of a cache directory: told of once, set aside, a miss for everyone.

A file that is not there is no damage, nor one that cannot be opened for want of memory or file descriptors. What is
set aside keeps its bytes under a temporary name that nobody reads, for who wants to know what happened; trim.py
removes it after a day. Where the directory cannot be written the file stays, and is a miss for this process.
"""

from __future__ import annotations

import errno
import os
import threading

from gokiln.base.oserror import path_error, strerror
from gokiln.base.publish import replace, temp_name
from gokiln.cache.trim import touch
from gokiln.events import Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.cache.store import Memory
    from gokiln.events import Sink

_SHORTAGES = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)


class Quarantine:
    """The damaged files of one cache directory, as far as this process knows. May be used from any thread.

    `path in quarantine`: whether a file is damaged and still in its place. sink: is told Warn events. verified:
    forgets damaged outputs. clock: Unix seconds.
    """

    def __init__(self, sink: Sink, verified: Memory, clock: Callable[[], float]) -> None:
        self._sink = sink
        self._verified = verified
        self._clock = clock
        self._lock = threading.Lock()
        self._told: set[str] = set()  # kinds of trouble that one warning a run is enough for
        self._left: set[str] = set()  # damaged files that could not be set aside

    def __contains__(self, path: str) -> bool:
        return path in self._left

    def clear(self, path: str) -> None:
        """The file has just been written anew."""
        self._left.discard(path)

    def unreadable(self, path: str, exc: OSError, output_id: bytes | None = None) -> None:
        """The system will not let us read a file. Not there: a plain miss. Out of resources: not its fault."""
        if exc.errno == errno.ENOENT:
            return
        if exc.errno in _SHORTAGES:
            self.warn_once("shortage", f"cannot read the build cache: {path_error('open', path, exc)}")
            return
        self.damaged(path, strerror(exc), output_id)

    def damaged(self, path: str, reason: str, output_id: bytes | None = None) -> None:
        """Warn of a damaged file and set it aside, so that it is a miss for everyone."""
        with self._lock:
            if path in self._left:
                return
            self._left.add(path)
        if output_id is not None:
            self._verified.forget(output_id)
        self.warn_damaged(path, reason)
        if self.set_aside(path):
            with self._lock:
                self._left.discard(path)

    def warn_damaged(self, path: str, reason: str) -> None:
        """Tell of a damaged file; not of a program kept for `run`, whose output streams belong to the program."""
        if not os.path.isdir(path):
            self._sink.tell(Warn(f"damaged cache file {path}: {reason}; building it again"))

    def set_aside(self, path: str) -> bool:
        """Rename a bad file to a name that nobody reads and that trim removes after a day; whether it worked.

        Where it does not, the path stays in _left: a miss for this process, and overwritten by the next put.
        """
        aside = temp_name(path + ".damaged")
        try:
            replace(path, aside)
        except OSError:
            return False
        touch(aside, self._clock())
        return True

    def warn_once(self, kind: str, text: str) -> None:
        """Tell of a kind of trouble, the first time only."""
        with self._lock:
            if kind in self._told:
                return
            self._told.add(kind)
        self._sink.tell(Warn(text))

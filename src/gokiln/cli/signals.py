"""Ending by a signal as if it had not been handled, but after cleaning up.

Python turns SIGINT into KeyboardInterrupt already; SIGTERM and SIGHUP would end the process at once and leave tools
running and a work directory behind. Inside the context manager they raise Terminated instead; when that leaves it,
everything below has cleaned up, and the process ends by the same signal, so that the caller's shell sees the truth.
"""

from __future__ import annotations

import os
import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")


class Terminated(BaseException):
    """A signal asked the process to end. number: which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _raise(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


class CleanEnd:
    """Context manager for the part of a command that starts tools or makes temporary files."""

    def __init__(self) -> None:
        self._handled: list[int] = []

    def __enter__(self) -> CleanEnd:
        if os.name != "nt" and threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                number = getattr(signal, name)
                # nohup ignores SIGHUP for its child, and so do we then.
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, _raise)
                    self._handled.append(number)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for number in self._handled:
            signal.signal(number, signal.SIG_DFL)
        if isinstance(error, Terminated):
            os.kill(os.getpid(), error.number)

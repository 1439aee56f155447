"""Ending by a signal as if it had not been handled, but after cleaning up; and signals that end no Go program.

Python turns SIGINT into KeyboardInterrupt already; SIGTERM and SIGHUP would end the process at once and leave tools
running and a work directory behind. Inside the context manager they raise Terminated instead; when that leaves it,
everything below has cleaned up, and the process ends by the same signal, so that the caller's shell sees the truth.
SIGUSR1 and its like, which end a Python process, do nothing to a Go program (_SigNotify and nothing else in
runtime/sigtab_linux_generic.go), and so nothing here.
"""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")
_HARMLESS = ("SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGXCPU", "SIGIO", "SIGPWR")


class Terminated(BaseException):
    """A signal asked the process to end. number: which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _raise(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


def _pass_by(number: int, frame: FrameType | None) -> None:
    """Do nothing: unlike SIG_IGN, this is not handed on to the programs that are started."""


def pass_harmless_by() -> None:
    """From now on signals that end no Go program do not end this process. For its main thread."""
    for name in _HARMLESS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _pass_by)


class CleanEnd:
    """Context manager for the part of a command that starts tools or makes temporary files."""

    def __init__(self) -> None:
        self._handled: list[int] = []

    def __enter__(self) -> CleanEnd:
        import threading

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

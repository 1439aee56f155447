"""Running a program that belongs to the user: it has the terminal, and what it prints goes straight out.

Unlike the tools of a build (base/spawn.py) it stays in our process group and reads our standard input. While it
runs, Ctrl-C is for the program alone: it decides whether to end.

Source: base.RunStdin, FindExecCmd, runBuiltTool in cmd/go/internal, go1.26.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time

from gokiln.base.lookpath import LookPathError, command_path, look_path
from gokiln.base.spawn import Completed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from gokiln.config.config import Config

_TRIES = 3
_PAUSE = 0.1  # seconds before the second try; doubled each time


class Ended:
    """How a program ended. status: exit status, negative for a signal's number. problem: in os/exec's words or "".

    interrupted: whether we got Ctrl-C (SIGINT, SIGQUIT) meanwhile.
    """

    __slots__ = ("interrupted", "problem", "started", "status")

    def __init__(self, status: int, problem: str, started: bool = True, interrupted: bool = False) -> None:
        self.status = status
        self.problem = problem
        self.started = started
        self.interrupted = interrupted


def find_exec_cmd(config: Config, exec_cmd: Sequence[str] | None) -> list[str]:
    """The command before a program that was built for the target.

    exec_cmd: the -exec flag's words, None when it was not given. Without it go_$GOOS_$GOARCH_exec on PATH is taken
    when the target is not the host.
    """
    if exec_cmd is not None:
        return list(exec_cmd)
    if config.native():
        return []
    try:
        return [look_path(f"go_{config.target.goos}_{config.target.goarch}_exec", config.env.environ)]
    except LookPathError:
        return []


class _Signals:
    """While this context lasts, the terminal's signals do not end this process; a child may get what we get.

    forward: send signals on to the child (base.runBuiltTool does). A handler that does nothing is not the same as
    ignoring a signal: the child would inherit that.
    """

    def __init__(self, forward: bool) -> None:
        self.interrupted = False
        self._child = 0  # process ID, 0 while there is none
        self._early: list[int] = []  # signals that came before the child's ID was known
        self._forward = forward
        self._old: list[tuple[int, object]] = []
        self._woken: tuple[int, int] | None = None  # a pipe that gets a byte with each signal
        self._old_wakeup = -1

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if number in (signal.SIGINT, getattr(signal, "SIGQUIT", 0)):
            self.interrupted = True
        if not self._forward or number == getattr(signal, "SIGCHLD", 0):
            return
        if not self._child:
            self._early.append(number)
            return
        try:
            os.kill(self._child, number)
        except OSError:
            return

    def send_to(self, child: int) -> None:
        """Send signals on to this process, those that have come already first; to none when child is 0."""
        self._child = child
        while child and self._early:
            self._handle(self._early.pop(0), None)

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """The process's exit status, as Popen.wait gives it, with no signal left lying until then.

        A signal that comes just before waitpid blocks would not be handled before the child ends. With SIGCHLD and
        the byte that each signal leaves in the pipe, whatever comes wakes us.
        """
        if self._woken is None:
            return process.wait()
        import select

        while True:
            status = process.poll()
            if status is not None:
                return status
            select.select([self._woken[0]], [], [])
            os.read(self._woken[0], 4096)

    def __enter__(self) -> _Signals:
        if threading.current_thread() is not threading.main_thread():
            return self
        names = ["SIGINT", "SIGQUIT"]
        if self._forward:
            names += ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"]
        if sys.platform != "win32":
            names.append("SIGCHLD")
            self._woken = os.pipe()
            for end in self._woken:
                os.set_blocking(end, False)
            self._old_wakeup = signal.set_wakeup_fd(self._woken[1], warn_on_full_buffer=False)
        for name in names:
            number = getattr(signal, name, None)
            if number is not None and (name == "SIGCHLD" or signal.getsignal(number) is not signal.SIG_IGN):
                self._old.append((number, signal.signal(number, self._handle)))
        return self

    def __exit__(self, *unused: object) -> None:
        for number, handler in self._old:
            signal.signal(number, handler)  # type: ignore[arg-type]
        if self._woken is not None:
            signal.set_wakeup_fd(self._old_wakeup)
            for end in self._woken:
                os.close(end)


def run_program(
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: str = "",
    executable: str = "",
    no_input: bool = False,
    forward: bool = False,
    alone: bool = True,
) -> Ended:
    """Run a program to its end with our standard streams.

    cwd: "" for ours. executable: the file when it is not argv[0]. no_input: an empty standard input.
    forward: signals sent to us go on to the program. alone: Ctrl-C is for the program, else it ends us too (base.Run,
    generate). A program that cannot be started has started False and the reason in problem.
    """
    import subprocess

    path = executable or argv[0]
    stdin = subprocess.DEVNULL if no_input else None
    for attempt in range(_TRIES):
        try:
            if not executable:
                path = command_path(argv[0], env)
            if not alone:
                status = subprocess.call(list(argv), executable=path, env=env, cwd=cwd or None, stdin=stdin)
                return Ended(status, Completed(b"", status).problem())
            with _Signals(forward) as signals:
                process = subprocess.Popen(list(argv), executable=path, env=env, cwd=cwd or None, stdin=stdin)
                signals.send_to(process.pid)
                status = signals.wait(process)
                signals.send_to(0)
            return Ended(status, Completed(b"", status).problem(), interrupted=signals.interrupted)
        except LookPathError as err:
            return Ended(1, str(err), False)
        except OSError as err:
            # Another process may have written the program into the cache just now and still have it open.
            if err.errno != errno.ETXTBSY or attempt == _TRIES - 1:
                from gokiln.base.oserror import path_error

                return Ended(1, path_error("fork/exec", path, err), False)
        time.sleep(_PAUSE * 2**attempt)
    return Ended(1, os.strerror(errno.ETXTBSY), False)

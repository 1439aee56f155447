"""Running other programs: own process group, both output streams in one, nothing left behind.

Each child leads its own process group, so that what it starts (a C compiler's passes) dies with it. A Children
object knows all that run; stop() ends them and refuses new ones. Output is collected whole, as the go command does.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence

_PIECE = 1 << 16
_GRACE = 0.5  # seconds between asking a child to end and killing it
_BUSY_TRIES = 8

_SIGNAL_WORDS = {
    "SIGHUP": "hangup",
    "SIGINT": "interrupt",
    "SIGQUIT": "quit",
    "SIGILL": "illegal instruction",
    "SIGTRAP": "trace/breakpoint trap",
    "SIGABRT": "aborted",
    "SIGBUS": "bus error",
    "SIGFPE": "floating point exception",
    "SIGKILL": "killed",
    "SIGUSR1": "user defined signal 1",
    "SIGSEGV": "segmentation fault",
    "SIGUSR2": "user defined signal 2",
    "SIGPIPE": "broken pipe",
    "SIGALRM": "alarm clock",
    "SIGTERM": "terminated",
}


class Stopped(Exception):
    """stop() was called: no program may be started any more."""


class Completed:
    """How a program ended. output: both streams, as written. status: exit status, negative for a signal's number.

    user_seconds, system_seconds: processor time of the child and what it waited for; 0 where the system does not say.
    """

    __slots__ = ("output", "status", "system_seconds", "user_seconds")

    def __init__(self, output: bytes, status: int, user_seconds: float = 0.0, system_seconds: float = 0.0) -> None:
        self.output = output
        self.status = status
        self.user_seconds = user_seconds
        self.system_seconds = system_seconds

    def problem(self) -> str:
        """What os/exec says of the end: "exit status 2", "signal: killed"; "" for success."""
        if self.status == 0:
            return ""
        if self.status > 0:
            return f"exit status {self.status}"
        import signal

        try:
            name = signal.Signals(-self.status).name
        except ValueError:
            return f"signal: signal {-self.status}"
        return "signal: " + _SIGNAL_WORDS.get(name, f"signal {-self.status}")


class Children:
    """The programs that run now. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None,
        env: Mapping[str, str],
        executable: str | None = None,
        stderr: int | None = None,
    ) -> Completed:
        """Run a program to its end with no input.

        executable: the file to run when it is not argv[0]. stderr: an open file for its standard error, which is then
        no part of the output. Raises OSError when it cannot be started, Stopped after
        stop().
        """
        process = self._start(argv, cwd, env, executable, stderr)
        try:
            stream = process.stdout
            assert stream is not None
            pieces = []
            while piece := os.read(stream.fileno(), _PIECE):
                pieces.append(piece)
            stream.close()
            return _wait(process, b"".join(pieces))
        except BaseException:  # a signal came while this very thread waited: nobody else will see to the child
            end_child(process)
            raise
        finally:
            with self._lock:
                self._running.discard(process)

    def _start(
        self,
        argv: Sequence[str],
        cwd: str | None,
        env: Mapping[str, str],
        executable: str | None,
        stderr: int | None = None,
    ) -> subprocess.Popen[bytes]:
        def start() -> subprocess.Popen[bytes]:
            with self._lock:
                if self._stopped:
                    raise Stopped
                process = open_group(argv, cwd, env, executable, stderr=stderr)
                self._running.add(process)
                return process

        return start_when_free(start)

    def adopt(self, process: subprocess.Popen[bytes]) -> None:
        """Take care of a program that somebody else started in a group of its own. Raises Stopped after stop()."""
        with self._lock:
            if not self._stopped:
                self._running.add(process)
                return
        import signal

        signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        raise Stopped

    def release(self, process: subprocess.Popen[bytes]) -> None:
        """An adopted program has ended. Raises Stopped after stop(): it did not end by itself."""
        with self._lock:
            self._running.discard(process)
            if self._stopped:
                raise Stopped

    def stop(self) -> None:
        """End everything that runs, politely and then not, and start nothing any more."""
        import signal

        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline:
            with self._lock:
                if not self._running:
                    return
            time.sleep(0.01)
        with self._lock:
            running = list(self._running)
        for process in running:
            signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))


def start_when_free(start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """What start returns, tried again for a while when the program is busy.

    A program just written may still be open in a child that another thread is starting. Raises what start raises.
    """
    for attempt in range(1, _BUSY_TRIES):
        try:
            return start()
        except OSError as err:
            if err.errno != errno.ETXTBSY:
                raise
        time.sleep(0.01 * attempt)
    return start()


def open_group(
    argv: Sequence[str],
    cwd: str | None,
    env: Mapping[str, str],
    executable: str | None,
    *,
    stdout: int | None = None,
    stderr: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program as the leader of a process group, with no input.

    executable: the file when it is not argv[0]. stdout: a descriptor, None for a pipe. stderr: a descriptor, None for
    the same place as stdout. Raises OSError.
    """
    import subprocess

    return subprocess.Popen(
        list(argv),
        executable=executable,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.STDOUT if stderr is None else stderr,
        bufsize=0,
        process_group=0 if sys.platform != "win32" else None,
    )


def end_child(process: subprocess.Popen[bytes]) -> None:
    """End a child and what it has started, politely and then not, and collect it."""
    import signal

    signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to a child and all it has started; nothing happens if they are gone."""
    try:
        if sys.platform != "win32":
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    except OSError:
        return


def _wait(process: subprocess.Popen[bytes], output: bytes) -> Completed:
    """Collect a child whose output has ended, with its processor times where the system tells them."""
    if not hasattr(os, "wait4"):
        return Completed(output, process.wait())
    try:
        _, wait_status, usage = os.wait4(process.pid, 0)
    except ChildProcessError:
        return Completed(output, process.wait())
    status = os.waitstatus_to_exitcode(wait_status)
    process.returncode = status
    return Completed(output, status, usage.ru_utime, usage.ru_stime)

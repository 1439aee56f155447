"""Running a test program: its own process group, its output as it comes, an end to waiting for it.

A test ends itself when its time is up. Should it not, it gets SIGQUIT here (Go programs then print where they hang)
and after a while the whole group is killed, with everything the test started. A test that has ended while something
it started still holds its output open is waited for only so long.

Source: runTestActor.Act in cmd/go/internal/test/test.go; Cmd.WaitDelay in os/exec/exec.go, go1.26.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import threading
import time

from gokiln.base.oserror import path_error
from gokiln.base.spawn import Completed, end_child, open_group, signal_group, start_when_free

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence

    from gokiln.base.spawn import Children

_PIECE = 1 << 16
_POLL = 0.05  # seconds between looks at a process that the system cannot tell us about


class Ended:
    """How a test program ended.

    problem: in os/exec's words, "" for success. exited: it ended by itself with an exit status. signaled, killed: it
    ran too long and got SIGQUIT, or was killed. incomplete: its output was still open when waiting was over. dumped: it
    left a core file.
    """

    __slots__ = ("dumped", "exited", "incomplete", "killed", "problem", "signaled")

    def __init__(self, problem: str = "", exited: bool = True) -> None:
        self.problem = problem
        self.exited = exited
        self.signaled = False
        self.killed = False
        self.incomplete = False
        self.dumped = False


class Programs:
    """The test programs that run now; signals for this process go to them. Safe to use from any thread."""

    def __init__(self, children: Children) -> None:
        """children: everything that must end when this command is ended."""
        self._children = children
        self._lock = threading.RLock()  # a signal's handler may come while its own thread holds it
        self._running: set[subprocess.Popen[bytes]] = set()

    def send(self, number: int) -> None:
        """Send a signal to every running program and all it started."""
        with self._lock:
            running = list(self._running)
        for process in running:
            signal_group(process, number)

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        output: Callable[[bytes], object] | int,
        kill_after: float | None = None,
        wait_delay: float | None = None,
        own_limit: float | None = None,
    ) -> Ended:
        """Run a program to its end.

        output: gets what the program prints, or is a descriptor that both its streams are. kill_after: seconds;
        None for ever. wait_delay: how long to wait for its output after its end or after the signal (seconds).
        own_limit: when the program ends itself because it took too long (seconds); what it started is ended then.
        Raises Stopped when everything that runs was ended from outside (Children.stop).
        """
        try:
            process = self._start(argv, cwd, env, output if isinstance(output, int) else None)
        except OSError as err:
            return Ended(_start_problem(argv[0], cwd, err), exited=False)
        deadline = time.monotonic() + kill_after if kill_after is not None else None
        began = time.monotonic()
        try:
            watch = WATCH(process, None if isinstance(output, int) else output, deadline, wait_delay)
            ended = watch.until_end()
            if ended.problem and own_limit is not None and time.monotonic() - began >= own_limit:
                signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            return ended
        except BaseException:  # a signal came while this very thread waited: nobody else will see to the program
            end_child(process)
            raise
        finally:
            with self._lock:
                self._running.discard(process)
            self._children.release(process)

    def _start(
        self, argv: Sequence[str], cwd: str, env: Mapping[str, str], stdout: int | None
    ) -> subprocess.Popen[bytes]:
        from gokiln.base.lookpath import LookPathError, command_path

        try:
            path = command_path(argv[0], env)
        except LookPathError as err:
            raise _NotFound(str(err)) from err

        def start() -> subprocess.Popen[bytes]:
            with self._lock:
                process = open_group(argv, cwd, env, path, stdout=stdout)
                self._running.add(process)
            self._children.adopt(process)
            return process

        return start_when_free(start)


class _NotFound(OSError):
    """The command is not on PATH; str() is exec.LookPath's message."""


def _start_problem(name: str, cwd: str, err: OSError) -> str:
    if isinstance(err, _NotFound):
        return str(err)
    if not os.path.isdir(cwd):
        return path_error("chdir", cwd, err)
    return path_error("fork/exec", name, err)


class _Watch:
    """Waits for a program: for its output, for its end, and for the moments when waiting is over."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        output: Callable[[bytes], object] | None,
        deadline: float | None,
        wait_delay: float | None,
    ) -> None:
        self.process = process
        self.output = output
        self.deadline = deadline
        self.wait_delay = wait_delay
        self.give_up: float | None = None  # when waiting for the rest of the output ends
        self.ended = Ended()
        self.status: int | None = None
        self.open = output is not None

    def until_end(self) -> Ended:
        pidfd = _pidfd(self.process.pid)
        selector = selectors.DefaultSelector()
        try:
            if self.open:
                selector.register(self.process.stdout, selectors.EVENT_READ, "output")  # type: ignore[arg-type]
            if pidfd >= 0:
                selector.register(pidfd, selectors.EVENT_READ, "end")
            while self.open or self.status is None:
                self._step(selector, pidfd)
        finally:
            selector.close()
            if pidfd >= 0:
                os.close(pidfd)
            if self.process.stdout is not None:
                self.process.stdout.close()
        self._describe()
        return self.ended

    def _step(self, selector: selectors.BaseSelector, pidfd: int) -> None:
        timeout = self._timeout()
        if pidfd < 0 and self.status is None:
            timeout = _POLL if timeout is None else min(timeout, _POLL)
        for key, _ in selector.select(timeout):
            if key.data == "output":
                self._read(selector)
            else:
                self._reap()
                selector.unregister(pidfd)
        if pidfd < 0 and self.status is None:
            self._reap(block=not self.open and self.deadline is None)
        self._check_time()

    def _timeout(self) -> float | None:
        moments = [m for m in (self.give_up, self.deadline if self.status is None else None) if m is not None]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _read(self, selector: selectors.BaseSelector) -> None:
        stream = self.process.stdout
        assert stream is not None and self.output is not None
        piece = os.read(stream.fileno(), _PIECE)
        if piece:
            self.output(piece)
            return
        selector.unregister(stream)
        self.open = False

    def _reap(self, block: bool = True) -> None:
        try:
            pid, status = os.waitpid(self.process.pid, 0 if block or not hasattr(os, "WNOHANG") else os.WNOHANG)
        except ChildProcessError:
            pid, status = self.process.pid, 0
        if pid == 0:
            return
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if sys.platform != "win32":
            self.ended.dumped = os.WCOREDUMP(status)
        self._set_status(self.process.returncode)

    def _set_status(self, status: int) -> None:
        """Note that the process has ended, with this status as subprocess gives it."""
        self.status = status
        if self.wait_delay and self.open and self.give_up is None:
            self.give_up = time.monotonic() + self.wait_delay

    def _check_time(self) -> None:
        now = time.monotonic()
        if self.deadline is not None and self.status is None and now >= self.deadline:
            self.deadline = None
            self._stop(now)
        if self.give_up is None or now < self.give_up:
            return
        self.give_up = None
        if self.status is None:
            self._kill()
            self._reap()
        elif not self.ended.signaled and not self.ended.killed:
            self.ended.incomplete = True
        self.open = False

    def _stop(self, now: float) -> None:
        """Time is up: ask for a stack trace, and give the program a while to print it."""
        number = getattr(signal, "SIGQUIT", None)
        if number is None:
            self._kill()
            self.ended.killed = True
            return
        try:
            os.kill(self.process.pid, number)
            self.ended.signaled = True
        except OSError:
            self.ended.killed = True
        if self.wait_delay:
            self.give_up = now + self.wait_delay

    def _kill(self) -> None:
        signal_group(self.process, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _describe(self) -> None:
        """Put the end into os/exec's words; leave nothing of the group behind when it was stopped."""
        assert self.status is not None
        ended = self.ended
        if ended.signaled or ended.killed:
            self._kill()
        ended.exited = self.status >= 0
        ended.problem = Completed(b"", self.status).problem()
        if not ended.exited and ended.dumped:
            ended.problem += " (core dumped)"
        if not ended.problem and ended.incomplete:
            ended.problem = "exec: WaitDelay expired before I/O complete"
        if ended.problem and (ended.signaled or ended.killed):
            ended.exited = self.status >= 0 and sys.platform != "win32"  # killed there: a status like any other


class _ThreadedWatch(_Watch):
    """The same where pipes and processes cannot be waited for together (Windows): a thread for each."""

    def until_end(self) -> Ended:
        from queue import Empty, SimpleQueue

        events: SimpleQueue[bytes | int] = SimpleQueue()
        readers = [lambda: events.put(self.process.wait())]
        if self.open:
            readers.append(lambda: self._pump(events.put))
        for reader in readers:
            threading.Thread(target=reader, name="watch", daemon=True).start()
        while self.open or self.status is None:
            try:
                event = events.get(timeout=self._timeout())
            except Empty:
                event = None
            if isinstance(event, int):
                self._set_status(event)
            elif event:
                assert self.output is not None
                self.output(event)
            elif event is not None:
                self.open = False
            self._check_time()
        self._describe()
        return self.ended

    def _pump(self, put: Callable[[bytes], object]) -> None:
        """Pass on the program's output, then empty bytes. A pipe that somebody holds open keeps only this thread."""
        stream = self.process.stdout
        assert stream is not None
        with stream:
            while piece := os.read(stream.fileno(), _PIECE):
                put(piece)
        put(b"")

    def _reap(self, block: bool = True) -> None:
        self._set_status(self.process.wait())


WATCH = _ThreadedWatch if sys.platform == "win32" else _Watch


def _pidfd(pid: int) -> int:
    """A descriptor that becomes readable when the process ends, -1 where there is no such thing."""
    opener = getattr(os, "pidfd_open", None)
    if opener is None:
        return -1
    try:
        return int(opener(pid, 0))
    except OSError:
        return -1

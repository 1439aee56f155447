"""Running programs: output, ends, time limits, nothing left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from gokiln.base.spawn import Children, Stopped
from gokiln.gotest import program
from gokiln.gotest.program import Ended, Programs

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups and signals")


@pytest.fixture(autouse=True, params=["_Watch", "_ThreadedWatch"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests with the way of this system and with that of Windows."""
    monkeypatch.setattr(program, "WATCH", getattr(program, request.param))


def run(script: str, cwd: Path, **limits: float) -> tuple[Ended, bytes]:
    out = bytearray()
    programs = Programs(Children())
    ended = programs.run(
        [sys.executable, "-c", script], cwd=str(cwd), env=dict(os.environ), output=out.extend, **limits
    )
    return ended, bytes(out)


def run_once_ready(script: str, cwd: Path, wait_delay: float) -> tuple[Ended, bytes]:
    """The same with a time limit that is long enough for the program to say something first, however busy we are."""
    kill_after = 0.5
    while True:
        ended, out = run(script, cwd, kill_after=kill_after, wait_delay=wait_delay)
        if out or kill_after > 30:
            return ended, out
        kill_after *= 3


def test_output_of_both_streams_and_success(tmp_path: Path) -> None:
    ended, out = run("import os; os.write(1, b'a'); os.write(2, b'b'); print(os.getcwd())", tmp_path)
    assert (ended.problem, ended.exited) == ("", True)
    assert out == b"ab" + os.fsencode(tmp_path) + b"\n"


def test_exit_status_and_signal(tmp_path: Path) -> None:
    assert run("raise SystemExit(3)", tmp_path)[0].problem == "exit status 3"
    ended, _ = run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", tmp_path)
    assert (ended.problem, ended.exited) == ("signal: killed", False)


def test_programs_that_cannot_start(tmp_path: Path) -> None:
    programs = Programs(Children())
    out = bytearray()
    env = dict(os.environ)
    ended = programs.run(["no-such-program"], cwd=str(tmp_path), env=env, output=out.extend)
    assert ended.problem == 'exec: "no-such-program": executable file not found in $PATH'
    ended = programs.run([sys.executable], cwd=str(tmp_path / "none"), env=env, output=out.extend)
    assert ended.problem == f"chdir {tmp_path}/none: no such file or directory"
    assert not ended.exited


def test_a_signal_to_the_thread_that_waits_ends_the_program(tmp_path: Path) -> None:
    pids: list[int] = []

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGUSR1, interrupt)
    script = "import os, signal, time; os.kill(os.getppid(), signal.SIGUSR1); time.sleep(100)"
    children = Children()
    adopt = children.adopt
    children.adopt = lambda process: (pids.append(process.pid), adopt(process))[1]  # type: ignore[method-assign]
    try:
        with pytest.raises(KeyboardInterrupt):
            Programs(children).run([sys.executable, "-c", script], cwd=str(tmp_path), env=dict(os.environ), output=2)
    finally:
        signal.signal(signal.SIGUSR1, old)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_what_was_ended_with_everything_else_has_no_result(tmp_path: Path) -> None:
    children = Children()
    stopper = threading.Thread(target=children.stop)

    def started(data: bytes) -> None:
        stopper.start()

    script = "import time; print('here', flush=True); time.sleep(100)"
    with pytest.raises(Stopped):
        Programs(children).run([sys.executable, "-c", script], cwd=str(tmp_path), env=dict(os.environ), output=started)
    stopper.join()


def test_time_is_up(tmp_path: Path) -> None:
    script = "import signal, sys, time\n"
    script += "signal.signal(signal.SIGQUIT, lambda *a: (print('stack', flush=True), sys.exit(2)))\n"
    script += "print('here', flush=True)\ntime.sleep(60)"
    ended, out = run_once_ready(script, tmp_path, wait_delay=30)
    assert (ended.signaled, ended.problem) == (True, "exit status 2")  # by itself: nobody had to kill it
    assert out == b"here\nstack\n"


def test_a_program_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    script = (
        "import signal, time\nsignal.signal(signal.SIGQUIT, signal.SIG_IGN)\nprint('x', flush=True)\ntime.sleep(60)"
    )
    ended, out = run_once_ready(script, tmp_path, wait_delay=0.3)
    assert (ended.signaled, ended.exited, ended.problem) == (True, False, "signal: killed")
    assert out == b"x\n"


def test_output_held_open_by_a_grandchild(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)'])\nprint('x')"
    )
    began = time.monotonic()
    ended, out = run(script, tmp_path, kill_after=60, wait_delay=0.3)
    assert ended.incomplete
    assert ended.problem == "exec: WaitDelay expired before I/O complete"
    assert out == b"x\n"
    assert time.monotonic() - began < 20


def test_what_a_timed_out_program_started_is_ended(tmp_path: Path) -> None:
    script = "import subprocess, sys, time\n"
    script += "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], stdout=subprocess.DEVNULL,"
    script += " stderr=subprocess.DEVNULL)\nprint(p.pid, flush=True)\ntime.sleep(0.3)\nsys.exit(2)"
    ended, out = run(script, tmp_path, kill_after=60, wait_delay=5, own_limit=0.1)
    assert ended.problem == "exit status 2"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not _gone(int(out)):
        time.sleep(0.05)
    assert _gone(int(out))


def _gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has collected yet counts as ended."""
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"

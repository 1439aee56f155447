"""What a process inherits must not make it another program: closed streams, PYTHONPATH, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
START = f"import sys; sys.path.insert(0, {str(SRC)!r}); from gokiln.__main__ import main; main()"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX descriptors and signals")


def _python(code: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run code with gokiln to be imported; what it printed."""
    head = f"import sys; sys.path.insert(0, {str(SRC)!r})\n"
    return subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True, timeout=60, **options)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_streams_of_ours(closed: str, tmp_path: Path) -> None:
    status = tmp_path / "status"
    done = subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" help list {closed}; echo $? >"$2"', sys.executable, START, status],
        capture_output=True,
        text=True,
    )
    assert status.read_text() == "0\n"
    assert done.stderr == ""
    assert ("usage: go list" in done.stdout) == (">&-" not in closed.replace("2>&-", ""))


def test_children_get_a_stream_where_ours_was_closed() -> None:
    code = (
        "import os\nos.close(0)\n"
        "from gokiln.cli.main import _fill_descriptors\n_fill_descriptors()\n"
        "import subprocess\nprint(subprocess.run(['cat'], stdin=None).returncode)\n"
    )
    assert _python(code).stdout == "0\n"


def test_modules_of_the_user_are_not_ours(tmp_path: Path) -> None:
    for name in ("queue", "json", "typing", "subprocess", "shlex", "textwrap"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')\n")
    done = subprocess.run(
        [sys.executable, "-c", START, "help", "build"],
        capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    code = (
        "from gokiln.__main__ import _own_modules_first\n_own_modules_first()\nimport queue, typing\nprint(queue.Queue)"
    )
    assert "queue.Queue" in _python(code, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}).stdout


@pytest.mark.parametrize("name", ["SIGUSR1", "SIGUSR2", "SIGALRM"])
def test_signals_that_end_no_go_program(name: str) -> None:
    code = (
        "import os, signal, subprocess\nfrom gokiln.cli.signals import pass_harmless_by\npass_harmless_by()\n"
        f"os.kill(os.getpid(), signal.{name})\n"
        f"print('goes on')\nprint(subprocess.run(['sh', '-c', 'kill -{name[3:]} $$']).returncode)\n"
    )
    # The child has the signal's default action: it is not one that we made it ignore.
    assert _python(code).stdout.split("\n") == ["goes on", str(-getattr(signal, name)), ""]


def test_a_program_that_survives_an_interrupt_is_told_of() -> None:
    code = (
        "import os\nfrom gokiln.execute.userprogram import run_program\n"
        "ended = run_program(['sh', '-c', 'trap : INT; kill -INT $PPID; sleep 0.2; {}'], os.environ)\n"
        "print(ended.status, ended.interrupted)\n"
    )
    assert _python(code.replace("{}", "exit 0")).stdout == "0 True\n"
    assert _python(code.replace("kill -INT $PPID; sleep 0.2; {}", "exit 0")).stdout == "0 False\n"


def test_help_without_a_working_directory(tmp_path: Path) -> None:
    """What runs something needs one: `version` may choose the toolchain by the go.mod there."""
    code = (
        "import os, sys\nos.chdir(sys.argv[1])\nos.rmdir(sys.argv.pop(1))\nfrom gokiln.__main__ import main\nmain()\n"
    )
    head = f"import sys; sys.path.insert(0, {str(SRC)!r})\n"
    answers = []
    for words in (["help", "list"], ["nosuch"], ["version"]):
        (tmp_path / "gone").mkdir()
        argv = [sys.executable, "-c", head + code, str(tmp_path / "gone"), *words]
        done = subprocess.run(argv, capture_output=True, text=True)
        answers.append((done.returncode, (done.stdout + done.stderr).split("\n")[0][:33]))
    assert answers == [
        (0, "usage: go list [-f format] [-json"),
        (2, "go nosuch: unknown command"),
        (1, "cannot determine current directory"[:33]),
    ]

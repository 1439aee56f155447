"""Builds that something happens to: files that vanish under the tools, signals, kills, a helper that dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.files import lay_out

pytestmark = [pytest.mark.go, pytest.mark.skipif(os.name != "posix", reason="signals and shell scripts")]

FILES = {
    "go.mod": "module example.com/s\n\ngo 1.24\n",
    "main.go": 'package main\n\nimport "example.com/s/mid"\n\nfunc main() { println(mid.F(), "one") }\n',
    "mid/mid.go": 'package mid\n\nimport "example.com/s/low"\n\nfunc F() int { return low.G() + 1 }\n',
    "low/low.go": "package low\n\nfunc G() int { return 1 }\n",
}
# A -toolexec program: before the tool it is told to wait for runs the first time, it does something else.
TOOLEXEC = """#!/bin/sh
case "$*" in
*-V=full*) ;;
*/{tool}\\ *) if [ ! -e {done} ]; then : > {done}; {action}; fi ;;
esac
exec "$@"
"""


class Bench:
    """The module, a cache, and gokiln."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.temp = root / "tmp"
        self.temp.mkdir()
        self.module = lay_out(root / "m", FILES)
        self.env = gocmd.clean_env(root / "cache", {"GOTMPDIR": str(self.temp), "CGO_ENABLED": "0"})

    def run(self, command: list[str], *args: str) -> subprocess.CompletedProcess[bytes]:
        return gocmd.run(command, args, self.module, self.env)

    def gokiln(self, *args: str) -> subprocess.CompletedProcess[bytes]:
        return self.run(gocmd.gokiln_command(), *args)

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*gocmd.gokiln_command(), *args],
            cwd=self.module,
            env={**self.env, "PWD": str(self.module)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def toolexec(self, tool: str, action: str) -> str:
        script = self.root / "toolexec.sh"
        script.write_text(TOOLEXEC.format(tool=tool, action=action, done=self.root / "done"))
        script.chmod(0o755)
        return str(script)

    def edit(self, old: str, new: str) -> None:
        path = self.module / "main.go"
        path.write_text(path.read_text().replace(old, new))


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A cache that holds runtime and the module."""
    bench = Bench(tmp_path_factory.mktemp("survival"))
    done = bench.gokiln("build", "-o", str(bench.root / "p"))
    assert done.returncode == 0, done.stderr
    return bench


@pytest.mark.parametrize("tool", ["compile", "link"])
def test_archives_that_vanish_before_a_tool_opens_them_are_made_again(warm: Bench, tool: str) -> None:
    (warm.root / "done").unlink(missing_ok=True)
    wanted = "{{if ne .ImportPath `example.com/s`}}{{.Export}}{{end}}"
    listed = warm.run(gocmd.go_command(), "list", "-export", "-deps", "-f", wanted, ".")
    names = [name for name in listed.stdout.decode().split() if os.path.getsize(name) < 200_000]
    assert len(names) > 5
    warm.edit("println(", f'println("{tool}", ')
    script = warm.toolexec(tool, "rm -f " + " ".join(names))
    done = warm.gokiln("build", "-toolexec", script, "-o", str(warm.root / "p"))
    assert done.returncode == 0, done.stderr
    assert b"is gone; building it again" in done.stderr and (warm.root / "done").exists()
    assert warm.run(gocmd.go_command(), "build", "-o", str(warm.root / "q")).returncode == 0
    assert (warm.root / "p").read_bytes() == (warm.root / "q").read_bytes()
    assert os.listdir(warm.temp) == []


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("parallel", ["1", "2"])
def test_a_signal_ends_every_child_and_clears_up(warm: Bench, number: signal.Signals, parallel: str) -> None:
    (warm.root / "done").unlink(missing_ok=True)
    pids = warm.root / f"pids-{number.name}-{parallel}"
    script = warm.toolexec("compile", f"sleep 100 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait")
    process = warm.start("build", "-a", "-p", parallel, "-toolexec", script, "-o", str(warm.root / "p"), "./low")
    try:
        wait_for(pids)
        process.send_signal(number)
        process.wait(30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode in (-number, 1)
    children = [int(word) for word in pids.read_text().split()]
    deadline = time.monotonic() + 10
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, children))
    assert os.listdir(warm.temp) == []


def test_what_a_killed_build_leaves_is_cleared_by_the_next(warm: Bench) -> None:
    (warm.root / "done").unlink(missing_ok=True)
    script = warm.toolexec("compile", "sleep 100")
    process = warm.start("build", "-a", "-p", "1", "-toolexec", script, "-o", str(warm.root / "p"), "./low")
    wait_for(warm.root / "done")
    process.kill()
    process.communicate()
    assert len(os.listdir(warm.temp)) == 1
    assert warm.gokiln("build", "./low").returncode == 0
    assert os.listdir(warm.temp) == []


def test_a_build_goes_on_when_its_cache_helper_dies(warm: Bench) -> None:
    helper = warm.root / "helper.py"
    helper.write_text(
        'import sys\nprint(\'{"ID":0,"KnownCommands":["get","put"]}\', flush=True)\nsys.stdin.readline()\nsys.exit(1)\n'
    )
    env = {**warm.env, "GOCACHEPROG": f"{sys.executable} -S {helper}"}
    done = gocmd.run(gocmd.gokiln_command(), ["build", "-o", str(warm.root / "h")], warm.module, env)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(b"\n") == 1 and b"going on with the build cache in" in done.stderr

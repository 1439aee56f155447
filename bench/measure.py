"""What a run costs, for all benches: CPU and wall seconds with all children, own peak memory, ratios of pairs."""

from __future__ import annotations

import os
import py_compile
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.compat import gocmd

LAUNCHER = """#!{python} -E
import sys
sys.path.insert(0, {src!r})
from gokiln.__main__ import main
sys.exit(main())
"""


class Figure:
    """What one run cost: CPU seconds, wall seconds, and the command's own peak memory in MB (0 where not known)."""

    def __init__(self, cpu: float, wall: float, peak: float) -> None:
        self.cpu = cpu
        self.wall = wall
        self.peak = peak


def own_peak(pid: int) -> float:
    """VmHWM of a running process in MB, or 0 when it cannot be read."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return 0.0
    return 0.0


def once(command: list[str], args: list[str], cwd: Path, env: dict[str, str]) -> Figure:
    """Run a command once; exits the bench when it fails."""
    with tempfile.TemporaryFile() as log:
        started = time.monotonic()
        process = subprocess.Popen(
            [*command, *args], cwd=cwd, env={**env, "PWD": str(cwd)}, stdin=subprocess.DEVNULL, stderr=log
        )
        peak = 0.0
        while True:
            peak = max(peak, own_peak(process.pid))
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            time.sleep(0.002)
        wall = time.monotonic() - started
        if status:
            log.seek(0)
            sys.exit(f"bench: {command[-1]} {args[0]} failed:\n{log.read().decode(errors='replace')}")
    return Figure(usage.ru_utime + usage.ru_stime, wall, peak)


def launcher(folder: Path) -> list[str]:
    """argv of gokiln with its byte code made beforehand, as an installed package has it."""
    if os.environ.get("GOKILN_TEST_COMMAND"):
        return gocmd.gokiln_command()
    for source in gocmd.SRC.rglob("*.py"):
        py_compile.compile(str(source), doraise=True, quiet=1)
    path = folder / "gokiln"
    path.write_text(LAUNCHER.format(python=sys.executable, src=str(gocmd.SRC)))
    path.chmod(0o755)
    return [str(path)]


def take_turns(
    names: Iterable[str], pairs: int, warm_up: bool, run: Callable[[str], Figure]
) -> dict[str, list[Figure]]:
    """What each of the commands costs in `pairs` rounds of all; warm_up: a first round does not count."""
    figures: dict[str, list[Figure]] = {name: [] for name in names}
    for turn in range(-1 if warm_up else 0, pairs):
        for name, seen in figures.items():
            figure = run(name)
            if turn >= 0:
                seen.append(figure)
    return figures


def show(name: str, figures: list[Figure]) -> None:
    """One line: CPU and wall as min/median/max."""
    for kind in ("cpu", "wall"):
        values = [getattr(f, kind) for f in figures]
        print(f"{name:7} {kind:4}  {min(values):8.3f} {statistics.median(values):8.3f} {max(values):8.3f} s")


def report(figures: dict[str, list[Figure]]) -> None:
    """The figures of "go" and "gokiln", and the ratios of the pairs: minimum, median, maximum."""
    for name, values in figures.items():
        show(name, values)
    for kind in ("cpu", "wall"):
        ratios = [getattr(k, kind) / getattr(g, kind) for g, k in zip(figures["go"], figures["gokiln"], strict=True)]
        print(f"ratio   {kind:4}  {min(ratios):8.2f} {statistics.median(ratios):8.2f} {max(ratios):8.2f}")
    print(f"gokiln's own peak memory: {max(f.peak for f in figures['gokiln']):.0f} MB")

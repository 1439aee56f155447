"""gokiln and go in turn on the same build, and the ratio of what they cost.

    python bench/build.py hello                     nothing changed (the default state), 5 pairs
    python bench/build.py --state cold hello        empty GOCACHE, warm module cache
    python bench/build.py MODULE@VERSION [PACKAGE]  any module, from a writable copy of its zip
    python bench/build.py DIR [PACKAGE]             a module of yours

Each pair runs go, then gokiln, each with a GOCACHE of its own. Printed: user+system CPU seconds and wall seconds of the
command with all its children, minimum, median and maximum; the median of the pairwise ratios; and the peak memory of
gokiln itself (its own process, not the compiler's). gokiln is started as $GOKILN_TEST_COMMAND, else as this checkout's
package compiled to byte code beforehand; run it from a virtual environment, not through a version manager's shim.
"""

from __future__ import annotations

import argparse
import os
import py_compile
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.compat import gocmd, identity

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
    """Run the build once; exits the bench when it fails."""
    with tempfile.TemporaryFile() as log:
        started = time.monotonic()
        process = subprocess.Popen(
            [*command, "build", *args], cwd=cwd, env={**env, "PWD": str(cwd)}, stdin=subprocess.DEVNULL, stderr=log
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
            sys.exit(f"bench: {command[-1]} failed:\n{log.read().decode(errors='replace')}")
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


def show(name: str, figures: list[Figure]) -> None:
    """One line: CPU and wall as min/median/max."""
    for kind in ("cpu", "wall"):
        values = [getattr(f, kind) for f in figures]
        print(f"{name:7} {kind:4}  {min(values):8.3f} {statistics.median(values):8.3f} {max(values):8.3f} s")


def measure(spec: str, package: str, state: str, pairs: int, flags: list[str], home: Path) -> None:
    """Run the pairs and print the figures."""
    commands = {"go": gocmd.go_command(), "gokiln": launcher(home)}
    envs = {name: gocmd.clean_env(home / f"cache-{name}") for name in commands}
    where = identity.main_module(spec, home, envs["go"])
    figures: dict[str, list[Figure]] = {name: [] for name in commands}
    for turn in range(-1 if state == "warm" else 0, pairs):
        for name, command in commands.items():
            if state == "cold":
                shutil.rmtree(home / f"cache-{name}", ignore_errors=True)
            figure = once(command, [*flags, "-o", str(home / f"out-{name}"), package], where, envs[name])
            if turn >= 0:
                figures[name].append(figure)
    print(f"{spec} {package} {' '.join(flags)}: {state}, {pairs} pairs, {os.cpu_count()} processors (min median max)")
    for name in commands:
        show(name, figures[name])
    for kind in ("cpu", "wall"):
        ratios = [getattr(k, kind) / getattr(g, kind) for g, k in zip(figures["go"], figures["gokiln"], strict=True)]
        print(f"ratio   {kind:4}  {min(ratios):8.2f} {statistics.median(ratios):8.2f} {max(ratios):8.2f}")
    print(f"gokiln's own peak memory: {max(f.peak for f in figures['gokiln']):.0f} MB")


def main() -> int:
    """The command line; see the header of this file."""
    parser = argparse.ArgumentParser(description="gokiln and go in turn on the same build")
    parser.add_argument("--state", choices=("warm", "cold"), default="warm")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("module")
    parser.add_argument("package", nargs="?", default=".")
    parser.add_argument("flags", nargs="*", help="build flags, after --")
    options = parser.parse_args()
    if gocmd.goroot() is None:
        print("bench: no go command to compare with", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="gokiln-bench-") as folder:
        measure(options.module, options.package, options.state, options.pairs, options.flags, Path(folder))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (identity.NoComparison, subprocess.SubprocessError) as err:
        sys.exit(f"bench: {err}")

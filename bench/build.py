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
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.measure import Figure, launcher, once, report, take_turns
from tests.compat import gocmd, identity
from tests.compat.verdict import NoComparison


def measure(spec: str, package: str, state: str, pairs: int, flags: list[str], home: Path) -> None:
    """Run the pairs and print the figures."""
    commands = {"go": gocmd.go_command(), "gokiln": launcher(home)}
    envs = {name: gocmd.clean_env(home / f"cache-{name}") for name in commands}
    where = identity.main_module(spec, home, envs["go"])

    def run(name: str) -> Figure:
        if state == "cold":
            shutil.rmtree(home / f"cache-{name}", ignore_errors=True)
        return once(commands[name], ["build", *flags, "-o", str(home / f"out-{name}"), package], where, envs[name])

    figures = take_turns(commands, pairs, state == "warm", run)
    print(f"{spec} {package} {' '.join(flags)}: {state}, {pairs} pairs, {os.cpu_count()} processors (min median max)")
    report(figures)


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
    except (NoComparison, subprocess.SubprocessError) as err:
        sys.exit(f"bench: {err}")

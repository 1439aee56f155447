"""gokiln and go in turn on the same module command, and the ratio of what they cost.

    python bench/modules.py MODULE@VERSION|DIR                  mod tidy, get -u ./... and mod vendor, warm and cold
    python bench/modules.py --command tidy --state warm MODULE  one command, one state
    python bench/modules.py --proxy DIR MODULE                  another file:// proxy than GOMODCACHE/cache/download

warm: the module cache has everything, and gokiln its records of it. cold: an empty module cache (and no records),
filled from the file proxy. Both ask no other server, so that what is newest does not depend on the day. Each run starts
from the module's own go.mod and go.sum. Printed: user+system CPU and wall seconds (minimum, median, maximum), the
ratios of the pairs, and whether go.mod, go.sum and vendor/modules.txt came out the same.
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

COMMANDS = {"tidy": ["mod", "tidy"], "get": ["get", "-u", "./..."], "vendor": ["mod", "vendor"]}
WRITTEN = ("go.mod", "go.sum", "vendor/modules.txt")


def module_cache() -> Path:
    """GOMODCACHE in use."""
    return Path(
        gocmd.run(gocmd.go_command(), ["env", "GOMODCACHE"], Path.cwd(), dict(os.environ)).stdout.decode().strip()
    )


class Bench:
    """A module, copied once for each command; home: a directory for all that is written."""

    def __init__(self, spec: str, proxy: Path, home: Path) -> None:
        self.home = home
        self.commands = {"go": gocmd.go_command(), "gokiln": launcher(home)}
        asked = {"GOPROXY": proxy.as_uri(), "GOSUMDB": "off", "GOFLAGS": "-modcacherw", "GOWORK": "off"}
        self.envs = {name: gocmd.clean_env(home / f"cache-{name}", asked) for name in self.commands}
        source = identity.main_module(spec, home, gocmd.clean_env(home / "cache-source"))
        self.where = {name: home / f"module-{name}" for name in self.commands}
        for folder in self.where.values():
            shutil.copytree(source, folder, symlinks=True)
        self.before = {name: (source / name).read_bytes() for name in WRITTEN[:2] if (source / name).exists()}

    def once(self, name: str, args: list[str], cold: bool) -> Figure:
        """One run from the original files."""
        folder, env = self.where[name], dict(self.envs[name])
        shutil.rmtree(folder / "vendor", ignore_errors=True)
        for file in WRITTEN[:2]:
            (folder / file).unlink(missing_ok=True)
        for file, data in self.before.items():
            (folder / file).write_bytes(data)
        if cold:
            env["GOMODCACHE"] = str(self.home / "modules")
            env["GOKILNCACHE"] = str(self.home / "records")
            for path in (env["GOMODCACHE"], env["GOKILNCACHE"]):
                shutil.rmtree(path, ignore_errors=True)
        return once(self.commands[name], args, folder, env)

    def same(self) -> bool:
        """Whether both have written the same."""
        written = [
            [(folder / name).read_bytes() if (folder / name).exists() else b"" for name in WRITTEN]
            for folder in self.where.values()
        ]
        return written[0] == written[1]

    def measure(self, command: str, state: str, pairs: int) -> None:
        """Run the pairs and print the figures."""
        args, cold = COMMANDS[command], state == "cold"
        figures = take_turns(self.commands, pairs, not cold, lambda name: self.once(name, args, cold))
        print(f"\n{' '.join(args)}: {state}, {pairs} pairs (min median max)")
        report(figures)
        print(f"files: {'the same' if self.same() else 'DIFFERENT'}", flush=True)


def main() -> int:
    """The command line; see the header of this file."""
    parser = argparse.ArgumentParser(description="gokiln and go in turn on the same module command")
    parser.add_argument("--command", choices=(*COMMANDS, "all"), default="all")
    parser.add_argument("--state", choices=("warm", "cold", "both"), default="both")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--proxy", type=Path, help="root of a file:// proxy")
    parser.add_argument("module")
    options = parser.parse_args()
    if gocmd.goroot() is None:
        print("bench: no go command to compare with", file=sys.stderr)
        return 2
    proxy = options.proxy or module_cache() / "cache" / "download"
    with tempfile.TemporaryDirectory(prefix="gokiln-bench-") as folder:
        bench = Bench(options.module, proxy.resolve(), Path(folder))
        print(f"{options.module}, {os.cpu_count()} processors")
        for command in COMMANDS if options.command == "all" else (options.command,):
            for state in ("warm", "cold") if options.state == "both" else (options.state,):
                bench.measure(command, state, options.pairs)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (NoComparison, subprocess.SubprocessError) as err:
        sys.exit(f"bench: {err}")

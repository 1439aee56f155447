"""Is what gokiln builds what the go command builds? On any module, for anyone.

    python -m tests.compat.identity MODULE@VERSION PACKAGE... [build flags]
    python -m tests.compat.identity github.com/junegunn/fzf@v0.65.2 .  -trimpath
    python -m tests.compat.identity std cmd/gofmt          (a program of the GOROOT)
    python -m tests.compat.identity std std cmd            (all of the GOROOT)
    python -m tests.compat.identity hello .                (a hello that this command writes)
    python -m tests.compat.identity ./some/dir PACKAGE     (a module of yours, copied)

The module's zip is unpacked into a writable copy, which is the main module. Both commands build it into
empty caches; all that they install must be equal byte for byte. Then each builds again with the other's cache,
and must not compile, assemble or run cgo once. Environment variables (GOOS, CGO_ENABLED ...) reach both.
Before the module: `--hashes` also compares what GODEBUG=gocachehash=1 prints for every compile and link, line by
line; `--keep` keeps the work folder. Exit status: 0 identical, 1 not, 2 could not compare.
"""

from __future__ import annotations

import filecmp
import json
import os
import re
import resource
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.compat import gocmd, verdict
from tests.compat.verdict import NoComparison

HELLO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
# A tool with its arguments: not the script's `cd .../runtime/cgo`, nor the `mv` of a program that is called compile.
WORK = re.compile(rb"/(?:compile|asm|cgo|cover) [-@]")
PASSED = (
    "GOOS",
    "GOARCH",
    "CGO_ENABLED",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GOEXPERIMENT",
    "GOFIPS140",
    "GODEBUG",
    "GOWORK",
    "CC",
)
HASH = re.compile(rb"HASH\[((?:build|link) .*?)\](?:: (.*))?$")


def main_module(spec: str, home: Path, env: dict[str, str]) -> Path:
    """A writable folder that holds the module `spec` (see the header of this file)."""
    if spec == "std":
        root = gocmd.goroot()
        assert root is not None
        return root / "src"
    target = home / "main"
    if spec == "hello":
        target.mkdir()
        (target / "main.go").write_text(HELLO)
        (target / "go.mod").write_text("module example.com/hello\n\ngo 1.25\n")
        return target
    source = Path(spec)
    if not source.is_dir():
        got = gocmd.run(gocmd.go_command(), ["mod", "download", "-json", spec], home, env)
        if got.returncode:
            raise NoComparison(got.stdout.decode() + got.stderr.decode())
        source = Path(json.loads(got.stdout)["Dir"])
    shutil.copytree(source, target)
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o755)
        for name in files:
            path = os.path.join(folder, name)
            os.chmod(path, os.stat(path).st_mode | 0o200)
    return target


def build(command: Sequence[str], where: Path, env: dict[str, str], out: Path, args: list[str]) -> tuple[float, bytes]:
    """Build into the folder `out`; CPU seconds of the command with its children, and stderr. Raises NoComparison."""
    out.mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    got = gocmd.run(command, ["build", "-o", f"{out}{os.sep}", *args], where, env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if got.returncode:
        raise NoComparison(f"{command[-1]} failed ({got.returncode}):\n" + got.stderr.decode(errors="replace")[-4000:])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, got.stderr


def same_files(one: Path, two: Path) -> bool:
    """Whether two folders hold the same files with the same bytes, and at least one."""
    names = sorted(os.listdir(one))
    return bool(names) and names == sorted(os.listdir(two)) and not filecmp.cmpfiles(one, two, names, False)[1]


def hash_inputs(text: bytes) -> dict[bytes, list[tuple[bytes, ...]]]:
    """What was hashed for each compile and link, by name: the lines of GODEBUG=gocachehash=1, as -p=1 prints them.

    A name that is hashed more than once (the variants of a package) has its lists in sorted order.
    """
    found: dict[bytes, list[list[bytes]]] = {}
    for line in text.split(b"\n"):
        match = HASH.match(line)
        if match is None:
            continue
        name, rest = match.groups()
        if rest is None:
            found.setdefault(name, []).append([])
        else:
            found[name][-1].append(rest)
    return {name: sorted(tuple(lines) for lines in all_lists) for name, all_lists in found.items()}


class Comparison:
    """One build, by both commands: `where` in `home`, with the arguments `args`; it prints what it sees."""

    def __init__(self, spec: str, args: list[str], home: Path) -> None:
        self.home = home
        self.args = args
        self.extra = {k: os.environ[k] for k in PASSED if k in os.environ}
        self.commands = {"go": gocmd.go_command(), "gokiln": gocmd.gokiln_command()}
        env = self.env("go")
        self.where = main_module(spec, home, env)
        if spec not in ("std", "hello"):
            fetched = gocmd.run(self.commands["go"], ["mod", "download"], self.where, env)
            if fetched.returncode:
                raise NoComparison(fetched.stderr.decode(errors="replace"))

    def env(self, cache: str, **more: str) -> dict[str, str]:
        """The environment of a run in the cache that the command `cache` filled."""
        return gocmd.clean_env(self.home / f"cache-{cache}", {**self.extra, **more})

    def cold(self) -> bool:
        """Each command into an empty cache: whether the files are the same."""
        for name, command in self.commands.items():
            started = time.monotonic()
            cpu, log = build(command, self.where, self.env(name), self.home / f"bin-{name}", ["-x", *self.args])
            ran = sum(1 for line in log.splitlines() if WORK.search(line))
            print(f"{name:7} cold: {cpu:8.2f} s CPU {time.monotonic() - started:8.2f} s wall, {ran} tool runs")
        good = same_files(self.home / "bin-go", self.home / "bin-gokiln")
        files = list((self.home / "bin-go").iterdir())
        size = sum(file.stat().st_size for file in files)
        print(f"{len(files)} files: {'identical' if good else 'DIFFERENT'}, {size} bytes")
        return good

    def crossed(self) -> bool:
        """Each command in the cache of the other: whether nothing was compiled, and the files are the same."""
        good = True
        for name, other in (("go", "gokiln"), ("gokiln", "go")):
            out = self.home / f"bin-{name}-again"
            cpu, log = build(self.commands[name], self.where, self.env(other), out, ["-x", *self.args])
            ran = [line for line in log.splitlines() if WORK.search(line) and b"-V=full" not in line]
            same = same_files(self.home / "bin-go", out)
            print(
                f"{name:7} in the cache of {other}: {len(ran)} compiles, {cpu:.2f} s CPU, "
                f"files {'identical' if same else 'DIFFERENT'}"
            )
            for line in ran[:5]:
                print("   ", line.decode(errors="replace")[:300])
            good &= same and not ran
        return good

    def hashes(self) -> bool:
        """What each command hashes in the same full cache: whether every line is the same."""
        seen = {}
        for name, command in self.commands.items():
            env = self.env("go", GODEBUG=",".join(filter(None, (self.extra.get("GODEBUG"), "gocachehash=1"))))
            out = self.home / f"bin-{name}-hashes"
            seen[name] = hash_inputs(build(command, self.where, env, out, ["-p=1", *self.args])[1])
        differ = sorted(name for name in seen["go"].keys() | seen["gokiln"].keys() if not same_name(seen, name))
        lines = sum(len(lines) for lists in seen["go"].values() for lines in lists)
        print(f"hash inputs of {len(seen['go'])} actions, {lines} lines: {len(differ)} actions differ")
        for action in differ[:5]:
            print("   ", action.decode(errors="replace"))
        return bool(lines) and not differ


def same_name(seen: dict[str, dict[bytes, list[tuple[bytes, ...]]]], name: bytes) -> bool:
    """Whether both commands hashed the same lines under `name`."""
    return seen["go"].get(name) == seen["gokiln"].get(name)


def compare(request: verdict.Request) -> bool:
    """Print what is seen; whether all is identical. Raises NoComparison."""
    comparison = Comparison(request.spec, [*request.flags, *request.names], request.home)
    good = comparison.cold()
    good &= comparison.crossed()
    return good & comparison.hashes() if "--hashes" in request.options else good


def main(argv: list[str]) -> int:
    """The command line; see the header of this file."""
    return verdict.main(argv, "identity", __doc__, ["--hashes"], compare, "IDENTICAL")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Is what gokiln builds what the go command builds? On any module, for anyone.

    python -m tests.compat.identity MODULE@VERSION PACKAGE [build flags]
    python -m tests.compat.identity github.com/junegunn/fzf@v0.65.2 .  -trimpath
    python -m tests.compat.identity std cmd/gofmt          (a program of the GOROOT)
    python -m tests.compat.identity hello .                (a hello that this command writes)
    python -m tests.compat.identity ./some/dir PACKAGE     (a module of yours, copied)

The module's zip is unpacked into a writable copy, which is the main module. Both commands build it into
empty caches; the binaries must be equal byte for byte. Then each builds again with the other's cache, and
must not compile, assemble or run cgo once. Environment variables (GOOS, CGO_ENABLED ...) reach both.
Exit status: 0 identical, 1 not, 2 could not compare. `--keep` before the module keeps the work folder.
"""

from __future__ import annotations

import filecmp
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.compat import gocmd

HELLO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
WORK = re.compile(rb"/(compile|asm|cgo|cover)( |$)")
PASSED = ("GOOS", "GOARCH", "CGO_ENABLED", "GOAMD64", "GOARM", "GOARM64", "GOEXPERIMENT", "GOFIPS140", "GODEBUG", "CC")


class NoComparison(Exception):
    """The comparison could not be made: no go command, no such module, or both commands fail alike."""


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
    """Build into `out`; CPU seconds of the command with its children, and the -x output. Raises NoComparison."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    got = gocmd.run(command, ["build", "-x", "-o", str(out), *args], where, env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if got.returncode:
        raise NoComparison(f"{command[-1]} failed ({got.returncode}):\n" + got.stderr.decode(errors="replace")[-4000:])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, got.stderr


def compare(spec: str, package: str, flags: list[str], home: Path) -> bool:
    """Build both ways and both directions; print what was seen; True when all is identical."""
    extra = {k: os.environ[k] for k in PASSED if k in os.environ}
    caches = {name: home / f"cache-{name}" for name in ("go", "gokiln")}
    envs = {name: gocmd.clean_env(cache, extra) for name, cache in caches.items()}
    commands = {"go": gocmd.go_command(), "gokiln": gocmd.gokiln_command()}
    where = main_module(spec, home, envs["go"])
    fetched = (
        gocmd.run(commands["go"], ["mod", "download"], where, envs["go"]) if spec not in ("std", "hello") else None
    )
    if fetched is not None and fetched.returncode:
        raise NoComparison(fetched.stderr.decode(errors="replace"))
    args = [*flags, package]
    good = True
    for name, command in commands.items():
        started = time.monotonic()
        cpu, log = build(command, where, envs[name], home / f"bin-{name}", args)
        ran = sum(1 for line in log.splitlines() if WORK.search(line))
        print(f"{name:7} cold: {cpu:8.2f} s CPU {time.monotonic() - started:8.2f} s wall, {ran} tool runs")
    same = filecmp.cmp(home / "bin-go", home / "bin-gokiln", shallow=False)
    print(f"binary        : {'identical' if same else 'DIFFERENT'}, {(home / 'bin-go').stat().st_size} bytes")
    good &= same
    for name, other in (("go", "gokiln"), ("gokiln", "go")):
        out = home / f"bin-{name}-again"
        cpu, log = build(commands[name], where, gocmd.clean_env(caches[other], extra), out, args)
        ran = [line for line in log.splitlines() if WORK.search(line) and b"-V=full" not in line]
        same = filecmp.cmp(home / "bin-go", out, shallow=False)
        print(
            f"{name:7} in the cache of {other}: {len(ran)} compiles, {cpu:.2f} s CPU, "
            f"binary {'identical' if same else 'DIFFERENT'}"
        )
        for line in ran[:5]:
            print("   ", line.decode(errors="replace")[:300])
        good &= same and not ran
    return good


def main(argv: list[str]) -> int:
    """The command line; see the header of this file."""
    keep = "--keep" in argv
    argv = [a for a in argv if a != "--keep"]
    if len(argv) < 2:
        print(__doc__)
        return 2
    if gocmd.goroot() is None:
        print("identity: no go command to compare with (set GOKILN_TEST_GOROOT)", file=sys.stderr)
        return 2
    home = Path(tempfile.mkdtemp(prefix="gokiln-identity-"))
    try:
        good = compare(argv[0], argv[1], argv[2:], home)
    except NoComparison as err:
        print(f"identity: {err}", file=sys.stderr)
        return 2
    finally:
        if keep:
            print(f"kept: {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    print("IDENTICAL" if good else "NOT IDENTICAL")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Fuzz one target, several, or all.

    python -m tests.fuzz --list
    python -m tests.fuzz go.mod zip --seconds 600 --seed 3 --corpus ~/corpus

Exit status 1 when something was found; each finding is printed with the input (as Python bytes) that shows it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from tests.fuzz.engine import fuzz, smaller
from tests.fuzz.targets import TARGETS


def stored(corpus: Path | None, name: str) -> list[bytes]:
    """The inputs that earlier runs kept."""
    if corpus is None:
        return []
    return [file.read_bytes() for file in sorted((corpus / name.replace("/", "_")).glob("*"))]


def store(corpus: Path | None, name: str, inputs: list[bytes]) -> None:
    """Keep inputs under their hashes."""
    if corpus is not None:
        folder = corpus / name.replace("/", "_")
        folder.mkdir(parents=True, exist_ok=True)
        for data in inputs:
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="targets; none: all")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=1, help="another number, other inputs")
    parser.add_argument("--corpus", type=Path, help="a directory to keep inputs that reach new lines in")
    parser.add_argument("--list", action="store_true", help="name the targets")
    options = parser.parse_args()
    if options.list:
        print("\n".join(TARGETS))
        return 0
    found = 0
    for name in options.names or TARGETS:
        if name not in TARGETS:
            parser.error(f"no target {name!r}; --list names them")
        target = TARGETS[name]
        findings, corpus, tried = fuzz(target, options.seconds, options.seed, stored(options.corpus, name))
        store(options.corpus, name, corpus)
        print(f"{name}: {tried} inputs, {len(corpus)} kept, {len(findings)} findings", flush=True)
        for finding in findings:
            print(f"{finding.problem.rstrip()}\n  input: {smaller(target, finding)[:2000]!r}\n", flush=True)
        found += len(findings)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

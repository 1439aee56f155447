"""Does gokiln test tell of the same tests as go test, and take over what go test has found out? On any module.

    python -m tests.compat.testevents MODULE@VERSION|std|DIRECTORY PATTERN... [test flags]
    python -m tests.compat.testevents gotest.tools/gotestsum@v1.13.0 ./...
    python -m tests.compat.testevents std strings encoding/... -short

Six runs with -json, the module being the main module (see identity.py):
1. each command in an empty cache of its own: every package and test must pass, fail or be skipped alike;
2. each command in the cache that it has filled: what comes out of the cache, and what cannot;
3. each command in the cache of the other: it must run no package that 2. did not run there, and every event of the
   other packages (bytes of output included; not the times) must be that of 2., in the same order.
A package whose tests ended differently in 1. is tested again by both, up to three times: a test that the go command
itself sees pass and fail is named as flaky, and is no difference.
Environment variables (GOOS, CGO_ENABLED ...) reach both. Before the module: `--keep` keeps the work folder.
Exit status: 0 the same, 1 not, 2 could not compare.
"""

from __future__ import annotations

import collections
import itertools
import json
import os
import re
import resource
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.compat import gocmd, verdict
from tests.compat.identity import PASSED, main_module
from tests.compat.verdict import NoComparison

RESULTS = ("pass", "fail", "skip", "bench", "build-fail")
CACHED = "\t(cached)"
TRIES = 3  # more runs of a package that may be flaky
SHOWN = 10  # differences that are printed; the rest is counted

Event = dict[str, object]
Results = dict[tuple[str, str], list[str]]  # of (package, test or "")


class Heard:
    """What one run said. packages: the events of each, in order, without times. cpu, wall: seconds.

    status: exit status. stderr: its lines. other: what stdout held besides events. builds: events of builds.
    """

    def __init__(self, status: int, stdout: bytes, stderr: bytes) -> None:
        self.status = status
        self.cpu = self.wall = 0.0
        self.stderr = stderr.decode(errors="replace").splitlines()
        self.packages: dict[str, list[Event]] = {}
        self.builds: dict[str, list[Event]] = {}
        self.other: list[str] = []
        for line in stdout.decode(errors="replace").splitlines():
            self._take(line)

    def _take(self, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            self.other.append(line)
        elif "ImportPath" in event:
            self.builds.setdefault(event["ImportPath"], []).append(event)
        else:
            event.pop("Time", None)
            if "Test" not in event:
                event.pop("Elapsed", None)
            self.packages.setdefault(event["Package"], []).append(event)

    def results(self) -> Results:
        """How each ended (a test may run more than once)."""
        found: Results = {}
        for package, events in self.packages.items():
            for event in events:
                if event["Action"] in RESULTS:
                    found.setdefault((package, str(event.get("Test", ""))), []).append(str(event["Action"]))
        for path, events in self.builds.items():
            found[path, "(build)"] = [str(e["Action"]) for e in events if e["Action"] in RESULTS]
        return found

    def cached(self) -> set[str]:
        """The packages whose result came from the cache."""
        return {
            package
            for package, events in self.packages.items()
            if any("Test" not in e and str(e.get("Output", "")).endswith(CACHED + "\n") for e in events)
            or any(re.search(rf"^ok  \t.*{CACHED}", str(e.get("Output", ""))) for e in events)
        }

    def idle(self) -> set[str]:
        """The packages that had nothing to run."""
        return {
            p for p, events in self.packages.items() if any("[no test files]" in str(e.get("Output")) for e in events)
        }

    def reproducible(self, package: str) -> bool:
        """Whether the order of a package's events depends on nothing but the program: no tests ran side by side."""
        return all(event["Action"] not in ("pause", "cont") for event in self.packages.get(package, ()))

    def order(self, package: str) -> list[tuple[object, object]]:
        """The package's events as (action, test), without output: a program may print in many pieces, or addresses."""
        return [(e["Action"], e.get("Test")) for e in self.packages.get(package, ()) if e["Action"] != "output"]


class Comparison:
    """Packages tested by both commands with the same flags, in the module `where`, with caches in `home`."""

    def __init__(self, spec: str, flags: list[str], patterns: list[str], home: Path) -> None:
        self.home = home
        self.flags = flags
        self.args = [*flags, *patterns]
        self.extra = {k: os.environ[k] for k in PASSED if k in os.environ}
        self.commands = {"go": gocmd.go_command(), "gokiln": gocmd.gokiln_command()}
        self.good = True
        self.where = main_module(spec, home, gocmd.clean_env(home / "cache-go", self.extra))
        self._settle()

    def _settle(self) -> None:
        """Give all files of a copied module an old time: go does not trust what was written within two seconds."""
        if self.where.parent != self.home:
            return
        for folder, names, files in os.walk(self.where):
            for name in (*names, *files):
                os.utime(os.path.join(folder, name), (1_700_000_000, 1_700_000_000), follow_symlinks=False)
        os.utime(self.where, (1_700_000_000, 1_700_000_000))

    def run(self, name: str, cache: str, args: list[str] | None = None) -> Heard:
        """A command in the cache that `cache` filled. args: instead of those of the whole comparison."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        env = gocmd.clean_env(self.home / f"cache-{cache}", self.extra)
        got = gocmd.run(self.commands[name], ["test", "-json", *(args or self.args)], self.where, env, timeout=7200)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        heard = Heard(got.returncode, got.stdout, got.stderr)
        heard.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        heard.wall = time.monotonic() - started
        (self.home / f"{name}-in-{cache}-{time.monotonic_ns()}.json").write_bytes(got.stdout)
        if not heard.packages:
            raise NoComparison(f"{name} tested nothing ({got.returncode}):\n" + "\n".join(heard.stderr[-20:]))
        print(
            f"{name:7} in the cache of {cache + ':':7} {heard.cpu:7.2f} s CPU {heard.wall:7.2f} s, exit status "
            f"{heard.status}, {len(heard.packages)} packages, {len(heard.results()) - len(heard.packages)} tests, "
            f"{len(heard.cached())} packages cached",
            flush=True,
        )
        return heard

    def check(self, what: str, differences: Iterable[str]) -> None:
        """Print differences; each is one too many."""
        found = list(differences)
        print(f"  {what}: {f'{len(found)} DIFFERENT' if found else 'no difference'}")
        for text in found[:SHOWN]:
            print(f"      {text}")
        self.good &= not found

    def settled(self, go: Heard, gokiln: Heard) -> tuple[Results, Results, list[str]]:
        """The results of both, without those of flaky tests, and the names of these."""
        theirs, ours = go.results(), gokiln.results()
        seen = [{key: {tuple(ended)} for key, ended in table.items()} for table in (theirs, ours)]
        flaky: set[tuple[str, str]] = set()
        for _ in range(TRIES):
            differ = {key for key in theirs.keys() | ours.keys() if theirs.get(key) != ours.get(key)} - flaky
            packages = sorted({package for package, _ in differ if package in go.packages})
            if not packages:
                break
            for name, table in zip(self.commands, seen):
                for key, ended in self.run(name, name, ["-count=1", *self.flags, *packages]).results().items():
                    table.setdefault(key, set()).add(tuple(ended))
            flaky |= {key for key in differ if seen[0].get(key, set()) & seen[1].get(key, set())}
        for key in flaky:
            theirs.pop(key, None), ours.pop(key, None)
        return theirs, ours, sorted(" ".join(key) for key in flaky)

    def compare(self) -> bool:
        """All six runs; whether all was the same."""
        cold = {name: self.run(name, name) for name in self.commands}
        theirs, ours, flaky = self.settled(cold["go"], cold["gokiln"])
        self.check("results of packages, tests and builds", _differ(theirs, ours))
        if flaky:
            print(f"  flaky with go too: {', '.join(flaky)}")
        else:
            self.check("exit status", _differ({"": cold["go"].status}, {"": cold["gokiln"].status}))
        self.check("standard error", _differ(_count(cold["go"].stderr), _count(cold["gokiln"].stderr)))
        self.check("output besides events", _differ(_count(cold["go"].other), _count(cold["gokiln"].other)))
        fixed = [p for p in cold["go"].packages if all(heard.reproducible(p) for heard in cold.values())]
        orders = [{p: heard.order(p) for p in fixed} for heard in cold.values()]
        print(f"  order of events in {len(fixed)} packages without parallel tests:", end=" ")
        print(f"{len(list(_differ(*orders)))} differ (tests may come in any order where a program wants it so)")
        for name, other in (("gokiln", "go"), ("go", "gokiln")):
            own, crossed = self.run(other, other), self.run(name, other)
            again = own.cached() - crossed.cached()
            self.check(f"packages that {name} ran though {other} had cached them", sorted(again))
            kept = own.cached() | own.idle()
            self.check(
                f"events that {name} tells of the {len(kept)} packages that {other} has in its cache or nothing to run",
                _differ({p: own.packages[p] for p in kept}, {p: crossed.packages.get(p, []) for p in kept}),
            )
            left = sorted(set(own.packages) - own.cached() - own.idle())
            print(f"  {other} itself runs {len(left)} packages again: {' '.join(left[:SHOWN])}")
        return self.good


def _count(lines: list[str]) -> dict[str, int]:
    """How often each line comes; work directories have one name."""
    return collections.Counter(re.sub(r"go-build\d+", "go-buildN", line) for line in lines)


def _differ(theirs: Mapping[Any, Any], ours: Mapping[Any, Any]) -> Iterable[str]:
    """What differs between two tables, one text a key."""
    for key in sorted(theirs.keys() | ours.keys(), key=str):
        one, two = theirs.get(key), ours.get(key)
        if one == two:
            continue
        if isinstance(one, list) and isinstance(two, list):
            at = next((i for i, (a, b) in enumerate(itertools.zip_longest(one, two)) if a != b), 0)
            one, two = one[at : at + 1], two[at : at + 1]
        label = " ".join(key) if isinstance(key, tuple) else key
        yield f"{label}: go {one!r:.300}, gokiln {two!r:.300}"


def compare(request: verdict.Request) -> bool:
    """Print what is seen; whether both commands tell the same. Raises NoComparison."""
    return Comparison(request.spec, request.flags, request.names, request.home).compare()


def main(argv: list[str]) -> int:
    """The command line; see the header of this file."""
    return verdict.main(argv, "testevents", __doc__, (), compare, "THE SAME")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

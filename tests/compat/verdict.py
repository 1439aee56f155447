"""The command line of a comparison that anyone can run: a module, what of it, flags; a work folder, and a verdict."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from tests.compat import gocmd


class NoComparison(Exception):
    """The comparison could not be made: no go command, no such module, or both commands fail alike."""


class Request:
    """What to compare.

    spec: the module; names: packages or patterns of it; flags: for both commands; home: an empty folder; options: those
    of the comparison's own that were given.
    """

    def __init__(self, argv: list[str], home: Path, options: frozenset[str]) -> None:
        self.spec = argv[0]
        self.names = list(itertools.takewhile(lambda word: not word.startswith("-"), argv[1:]))
        self.flags = argv[1 + len(self.names) :]
        self.home = home
        self.options = options


def main(
    argv: list[str],
    name: str,
    usage: str | None,
    options: Collection[str],
    compare: Callable[[Request], bool],
    same: str,
) -> int:
    """Compare and print the verdict: `same`, or NOT and that.

    argv: [options] SPEC NAMES... [flags], where --keep keeps the work folder. compare may raise NoComparison.
    Returns 0 for the same, 1 for not, 2 where nothing could be compared.
    """
    known = {"--keep", *options}
    given = frozenset(known.intersection(argv))
    argv = [word for word in argv if word not in known]
    if len(argv) < 2:
        print(usage)
        return 2
    if gocmd.goroot() is None:
        print(f"{name}: no go command to compare with (set GOKILN_TEST_GOROOT)", file=sys.stderr)
        return 2
    home = Path(tempfile.mkdtemp(prefix=f"gokiln-{name}-"))
    try:
        good = compare(Request(argv, home, given))
    except NoComparison as err:
        print(f"{name}: {err}", file=sys.stderr)
        return 2
    finally:
        if "--keep" in given:
            print(f"kept: {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(same if good else f"NOT {same}")
    return 0 if good else 1

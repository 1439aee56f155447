"""Running a command again whenever a file changes: -gokiln.watch.

The directories of the packages (and of what they import outside of GOROOT and the module cache) are looked at twice a
second; unchanged packages come from the cache, so running everything again costs little. Ctrl-C ends it.
"""

from __future__ import annotations

import os
import time

from gokiln.base.shortpath import short_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.cli.invocation import Invocation
    from gokiln.packages.package import Package

_PAUSE = 0.5  # seconds between looks
_SETTLE = 0.1  # seconds that files must be quiet: an editor saves several at once

Signature = dict[str, tuple[int, int]]


class Outcome:
    """What became of one run: its exit status, and the packages it loaded."""

    def __init__(self) -> None:
        self.status = 1
        self.packages: list[Package] = []


def directories(packages: Iterable[Package]) -> list[str]:
    """Where a change matters: directories of the packages and of what they import, if people edit them."""
    from gokiln.packages.package import package_list

    found: set[str] = set()
    for p in package_list(list(packages)):
        edited = p.module is None or not p.module.version or p.module.replace is not None
        if p.dir and not p.standard and edited:
            found.add(p.dir)
            found.update(os.path.join(p.dir, name) for name in ("testdata",))
            if p.module is not None and p.module.dir:
                found.add(p.module.dir)
    return sorted(found)


def signature(folders: Iterable[str]) -> Signature:
    """The state of all files in the directories: path -> (modification time in ns, size)."""
    out: Signature = {}
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or not entry.is_file():
                        continue
                    info = entry.stat()
                    out[entry.path] = (info.st_mtime_ns, info.st_size)
        except OSError:
            continue
    return out


def wait_for_change(folders: list[str], before: Signature, sleep: Callable[[float], object] = time.sleep) -> str:
    """Wait until something differs and has settled; the path of one file that changed."""
    while True:
        now = signature(folders)
        if now != before:
            sleep(_SETTLE)
            if signature(folders) == now:
                changed = {path for path in now if before.get(path) != now[path]} | (set(before) - set(now))
                return sorted(changed)[0]
            continue
        sleep(_PAUSE)


def watch(inv: Invocation, run_once: Callable[[], Outcome]) -> int:
    """Run, wait for a change, run again; until Ctrl-C, then the exit status of the last run."""
    status = 0
    try:
        while True:
            from gokiln.cli.main import report
            from gokiln.errors import FatalError, GokilnError

            folders = [inv.cwd]
            before = signature(folders)
            try:
                outcome = run_once()
                status = outcome.status
                folders = directories(outcome.packages) or folders
                before = signature(folders)
            except (GokilnError, FatalError) as err:
                report(err, inv.stderr)
                status = err.exit_status
            inv.stderr.write(f"gokiln: watching {len(folders)} directories, Ctrl-C ends\n")
            changed = wait_for_change(folders, before)
            inv.stderr.write(f"gokiln: {short_path(changed, inv.cwd)} changed\n")
    except KeyboardInterrupt:
        return status

"""Whether a test could do something else when it runs with -v.

On a terminal tests run with -v so that the live view sees each of them, and what they give is cached as the result of
a run without. That is only right where nobody asks: a program whose sources nowhere mention `Verbose()` or the flag
`test.v` cannot tell.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.base.disk import Disk

_WORDS = (b".Verbose()", b"test.v")


def asks_verbose(link: Action, disk: Disk, known: dict[str, bool]) -> bool:
    """Whether a source outside the standard library, of any package in the test program, asks whether -v was given.

    link: the action that links the program. known: answers by directory, kept from one call to the next. A file that
    cannot be read counts as one that asks.
    """
    # The main package is ours, written for the link.
    return any(_mentions(action, disk, known) for action in link.deps if action.package is not link.package)


def _mentions(action: Action, disk: Disk, known: dict[str, bool]) -> bool:
    package = action.package
    if package is None or package.standard:
        return False
    # The variant made for a test has other files in the same directory.
    key = f"{package.dir}\0{package.import_path}"
    if key not in known:
        names = [*package.go_files, *package.cgo_files]
        known[key] = any(_asks(os.path.join(package.dir, name), disk) for name in names)
    return known[key]


def _asks(path: str, disk: Disk) -> bool:
    try:
        data = disk.read_file(path)
    except OSError:
        return True
    return any(word in data for word in _WORDS)

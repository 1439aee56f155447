"""`gokiln shim DIR`: make DIR/go, a link to gokiln, for editors, linters and release tools that call `go`."""

from __future__ import annotations

import os
import sys

from gokiln.base.oserror import os_error_text
from gokiln.errors import GokilnError, UsageError
from gokiln.execute.golink import make_link, own_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation

USAGE = "gokiln shim dir"


def run(inv: Invocation) -> int:
    """Run the command; returns 0. Raises GokilnError when the link cannot be made or would replace something else."""
    if len(inv.args) != 1 or inv.args[0].startswith("-"):
        raise UsageError(f"usage: {USAGE}")
    command = own_command(inv.argv0, inv.environ, inv.cwd)
    if not command:
        raise GokilnError("cannot find the file of this command", hint="call gokiln by its path")
    folder = os.path.normpath(os.path.join(inv.cwd, inv.args[0]))
    target = os.path.join(folder, "go.exe" if os.name == "nt" else "go")
    if os.path.lexists(target) and not _is_ours(target, command):
        raise GokilnError(f"{target} exists and is not a link to gokiln", hint="remove it first, or name another dir")
    if os.path.abspath(target) == os.path.abspath(command):
        raise GokilnError(f"{target} is this command itself")
    try:
        made = make_link(folder, command)
    except OSError as err:
        raise GokilnError(os_error_text(err)) from err
    inv.stdout.write(f"{made} is gokiln now\n")
    if folder not in inv.environ.get("PATH", "").split(os.pathsep):
        inv.stdout.write(f"Put {folder} first on PATH, before any other go.\n")
    return 0


def _is_ours(target: str, command: str) -> bool:
    """Whether the file is a link, or a starter, of gokiln: this one or another."""
    if os.path.islink(target):
        place = os.path.realpath(target)
        return place == os.path.realpath(command) or os.path.basename(place).startswith("gokiln")
    try:
        with open(target, "rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return b"from gokiln.__main__ import main" in head or (sys.platform == "win32" and b"gokiln" in head)

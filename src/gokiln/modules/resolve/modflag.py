"""Which -mod applies when the user does not say: by the command, and by whether a vendor directory is there and fits.

Source: cmd/go/internal/modload/init.go (setDefaultBuildMod, modulesTextIsForWorkspace), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.errors import GokilnError
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.disk import Disk

# Commands that fetch what is missing (the second four without ever writing go.mod).
_MOD_COMMANDS = frozenset(
    ("get", "mod download", "mod init", "mod tidy", "work sync", "mod graph", "mod verify", "mod why")
)


def mod_of_command(cmd_name: str) -> str:
    """-mod for commands that do not ask what there is; "" for the others."""
    if cmd_name in _MOD_COMMANDS:
        return "mod"
    return "readonly" if cmd_name in ("mod vendor", "work vendor") else ""


def vendor_by_default(disk: Disk, root: str, workspace: bool, go_version: str) -> tuple[bool, str]:
    """(whether the vendor directory in root is to be used, why or why not; "" when there is none).

    root: the main module's directory, or go.work's. go_version: what go.mod or go.work says, "" for nothing.
    """
    source = "go.work" if workspace else "go.mod"
    vendor_dir = os.path.join(root, "vendor")
    if not disk.is_dir(vendor_dir):
        return False, ""
    if not go_version:
        return False, f"Go version in {source} is unspecified, so vendor directory was not used."
    if gover.compare(go_version, "1.14") < 0:
        return False, f"Go version in {source} is {go_version}, so vendor directory was not used."
    for_workspace = _modules_text_is_for_workspace(disk, vendor_dir)
    if for_workspace and not workspace:
        return False, "Outside workspace mode, but vendor directory is for a workspace."
    if workspace and not for_workspace:
        return False, "In workspace mode, but vendor directory is not for a workspace"
    return True, f"Go version in {source} is at least 1.14 and vendor directory exists."


def _modules_text_is_for_workspace(disk: Disk, vendor_dir: str) -> bool:
    file = os.path.join(vendor_dir, "modules.txt")
    try:
        data = disk.read_file(file)
    except FileNotFoundError:
        return False
    except OSError as err:
        raise GokilnError(f"reading modules.txt for vendor directory: {read_error(file, err)}") from err
    line = data[:512].split(b"\n", 1)[0]
    if not line.startswith(b"## "):
        return False
    return any(entry.strip() == b"workspace" for entry in line[3:].split(b";"))

"""Which -mod applies: as the user says, else by the command, and by whether a vendor directory is there and fits.

Source: cmd/go/internal/modload/init.go (setDefaultBuildMod, modulesTextIsForWorkspace), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.errors import GokilnError
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State

# Commands that fetch what is missing (the second four without ever writing go.mod).
_MOD_COMMANDS = frozenset(
    ("get", "mod download", "mod init", "mod tidy", "work sync", "mod graph", "mod verify", "mod why")
)


def set_default_build_mod(ls: State) -> None:
    """Choose -mod when the user did not (modload.setDefaultBuildMod); called again once go.mod is read."""
    _choose_build_mod(ls)
    ls.fetcher.settings.build_mod = ls.build_mod
    ls.fetcher.settings.build_mod_reason = ls.build_mod_reason


def _choose_build_mod(ls: State) -> None:
    if ls.build_mod_explicit:
        if ls.in_workspace_mode() and ls.build_mod not in ("readonly", "vendor"):
            raise GokilnError(
                "-mod may only be set to readonly or vendor when in workspace mode,"
                f' but it is set to "{ls.build_mod}"'
                "\n\tRemove the -mod flag to use the default readonly value, "
                "\n\tor set GOWORK=off to disable workspace mode."
            )
        return
    if ls.cmd_name in _MOD_COMMANDS:
        ls.build_mod = "mod"
    elif ls.cmd_name in ("mod vendor", "work vendor"):
        ls.build_mod = "readonly"
    elif ls.mod_roots is None:
        ls.build_mod = "mod" if ls.allow_missing_module_imports else "readonly"
    elif ls.mod_roots and _vendor_by_default(ls):
        ls.build_mod = "vendor"
    else:
        ls.build_mod = "readonly"


def _vendor_by_default(ls: State) -> bool:
    """Whether a vendor directory is to be used; sets build_mod_reason either way."""
    go_version = ""
    source = "go.mod"
    mms = ls.main_modules
    if ls.in_workspace_mode():
        source = "go.work"
        if mms is not None and mms.work_file is not None and mms.work_file.go is not None:
            go_version = mms.work_file.go.version
        vendor_dir = os.path.join(os.path.dirname(ls.work_file_path), "vendor")
    else:
        index = mms.single_index() if mms is not None else None
        if index is not None:
            go_version = index.go_version
        assert ls.mod_roots is not None
        vendor_dir = os.path.join(ls.mod_roots[0], "vendor")
    if not ls.disk.is_dir(vendor_dir):
        return False
    if not go_version:
        ls.build_mod_reason = f"Go version in {source} is unspecified, so vendor directory was not used."
        return False
    if gover.compare(go_version, "1.14") < 0:
        ls.build_mod_reason = f"Go version in {source} is {go_version}, so vendor directory was not used."
        return False
    for_workspace = _modules_text_is_for_workspace(ls, vendor_dir)
    if for_workspace != (source == "go.work"):
        if for_workspace:
            ls.build_mod_reason = "Outside workspace mode, but vendor directory is for a workspace."
        else:
            ls.build_mod_reason = "In workspace mode, but vendor directory is not for a workspace"
        return False
    ls.build_mod_reason = f"Go version in {source} is at least 1.14 and vendor directory exists."
    return True


def _modules_text_is_for_workspace(ls: State, vendor_dir: str) -> bool:
    file = os.path.join(vendor_dir, "modules.txt")
    try:
        data = ls.disk.read_file(file)
    except FileNotFoundError:
        return False
    except OSError as err:
        raise GokilnError(f"reading modules.txt for vendor directory: {read_error(file, err)}") from err
    line = data[:512].split(b"\n", 1)[0]
    if not line.startswith(b"## "):
        return False
    return any(entry.strip() == b"workspace" for entry in line[3:].split(b";"))

"""Where the main module or workspace begins: the nearest go.mod or go.work above the working directory.

A plain upward search, for `go env` and for the choice of the toolchain; the loader of modules knows more.
Source: findModuleRoot, findWorkspaceFile, FindGoWork in cmd/go/internal/modload/init.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.config.toolchain import clean
from gokiln.errors import GokilnError, PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.config.environ import GoEnv

    IsFile = Callable[[str], bool]


def find_module_root(directory: str, is_file: IsFile = os.path.isfile) -> str:
    """The folder of the nearest go.mod, "" for none."""
    directory = clean(directory)
    while True:
        if is_file(os.path.join(directory, "go.mod")):
            return directory
        parent = os.path.dirname(directory)
        if parent == directory:
            return ""
        directory = parent


def find_workspace_file(directory: str, goroot: str, is_file: IsFile = os.path.isfile) -> str:
    """The nearest go.work, "" for none. The search does not leave GOROOT: its own code is built without one."""
    directory = clean(directory)
    while True:
        path = os.path.join(directory, "go.work")
        if is_file(path):
            return path
        parent = os.path.dirname(directory)
        if parent in (directory, goroot):
            return ""
        directory = parent


def find_go_work(env: GoEnv, directory: str, is_file: IsFile = os.path.isfile) -> str:
    """The go.work in effect by GOWORK, "" for none. Raises PlainError for a GOWORK that is not absolute."""
    setting = env.get("GOWORK")
    if setting == "off":
        return ""
    if setting in ("", "auto"):
        return find_workspace_file(directory, env.goroot, is_file)
    if not os.path.isabs(setting):
        raise PlainError("go: invalid GOWORK: not an absolute path")
    return setting


class WorkspaceModError(GokilnError):
    """A -mod that a workspace has no use for."""

    def __init__(self, mod: str) -> None:
        super().__init__(
            f'-mod may only be set to readonly or vendor when in workspace mode, but it is set to "{mod}"'
            "\n\tRemove the -mod flag to use the default readonly value, "
            "\n\tor set GOWORK=off to disable workspace mode."
        )

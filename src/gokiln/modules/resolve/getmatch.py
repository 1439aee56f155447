"""The packages of one module that match a pattern; the modules of a workspace beside the one that is edited.

Source: cmd/go/internal/modload/search.go (MatchInModule), cmd/go/internal/modget/get.go (workspace), go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError
from gokiln.modules.resolve.errors import FATAL, NO_MODULE
from gokiln.modules.resolve.imports import fetch
from gokiln.modules.resolve.match import Match
from gokiln.modules.resolve.matchpkgs import match_packages
from gokiln.modules.resolve.modfiles import load_mod_file, load_work_file, read_mod_file
from gokiln.modules.resolve.packagedirs import dir_in_module
from gokiln.modules.resolve.pkgload import scan_dir
from gokiln.modules.resolve.state import ANY_TAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State
    from gokiln.modules.version import ModVersion


def match_in_module(ls: State, pattern: str, m: ModVersion) -> Match:
    """The packages of m (NO_MODULE: of the standard library) that match, under any build tags."""
    match = Match(pattern)
    if m == NO_MODULE:
        match_packages(ls, match, ANY_TAGS, True, [])
        return match
    load_mod_file(ls)
    if not match.is_literal():
        match_packages(ls, match, ANY_TAGS, False, [m])
        return match
    match.pkgs = []
    try:
        root, is_local = fetch(ls, m)
        directory, have_go_files = dir_in_module(ls, pattern, m.path, root, is_local)
    except FATAL:
        raise
    except GokilnError as err:
        match.errs = [err]
        return match
    if have_go_files and not _no_go(ls, directory):
        match.pkgs = [pattern]
    return match


def _no_go(ls: State, directory: str) -> bool:
    """Whether all Go files of a directory are excluded; one that does not parse still makes a package."""
    try:
        scan_dir(ls, directory, ANY_TAGS)
    except GokilnError as err:
        return bool(getattr(err, "no_go", False))
    except OSError:
        return False
    return False


class Workspace:
    """The modules of the workspace around the module that is edited. modules: path to root directory."""

    def __init__(self, ls: State, modules: dict[str, str]) -> None:
        self.ls = ls
        self.modules = modules

    def has_package(self, path: str) -> bool:
        """Whether a module of the workspace has the package."""
        for module_path, root in self.modules.items():
            try:
                if dir_in_module(self.ls, path, module_path, root, True)[1]:
                    return True
            except GokilnError:
                continue
        return False


def load_workspace(ls: State, work_file: str) -> Workspace | None:
    """The workspace of a go.work file; None when there is none, or none that can be read."""
    if not work_file:
        return None
    try:
        _, roots = load_work_file(ls, work_file)
    except GokilnError:
        return None
    modules: dict[str, str] = {}
    for root in roots:
        try:
            file = read_mod_file(ls, os.path.join(root, "go.mod"))[1]
        except GokilnError:
            continue  # told when the workspace loads
        if file.module is not None:
            modules[file.module.mod.path] = root
    return Workspace(ls, modules)

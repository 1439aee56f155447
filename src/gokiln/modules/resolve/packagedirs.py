"""Which directory of a module would hold a package, whether Go files lie there, and what is said when nothing does.

Source: cmd/go/internal/modload/import.go (dirInModule, ImportMissingError), fsys.IsGoDir, go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.oserror import os_error_text, path_error
from gokiln.errors import GokilnError
from gokiln.modules.resolve.errors import NO_MODULE, ImportMissingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State
    from gokiln.modules.version import ModVersion


class Found:
    """Where a package is: module (NO_MODULE for the standard library), its root, the directory ("" for "C"),
    and the modules that could have had the package by their name but do not."""

    __slots__ = ("alt_mods", "dir", "mod", "mod_root")

    def __init__(self, mod: ModVersion, mod_root: str, directory: str, alt_mods: list[ModVersion]) -> None:
        self.mod = mod
        self.mod_root = mod_root
        self.dir = directory
        self.alt_mods = alt_mods


def missing(
    ls: State,
    path: str,
    *,
    query_err: BaseException | None = None,
    is_std: bool = False,
    module: ModVersion = NO_MODULE,
    replaced: ModVersion = NO_MODULE,
    new_missing_version: str = "",
) -> ImportMissingError:
    """The error that no module has the package, with what its text depends on."""
    return ImportMissingError(
        path,
        build_mod=ls.build_mod,
        goroot_src=ls.goroot_src,
        query_err=query_err,
        is_std=is_std,
        mod_containing_cwd=ls.mains().mod_containing_cwd,
        allow_missing_module_imports=ls.allow_missing_module_imports,
        module=module,
        replaced=replaced,
        new_missing_version=new_missing_version,
    )


def dir_in_module(ls: State, path: str, mod_path: str, root: str, is_local: bool) -> tuple[str, bool]:
    """(the directory that would hold the package if the module at root had it, whether Go files lie there).

    ("", False) when the path is not below mod_path, or, in a local tree, when another module lies between.
    mod_path "" stands for a vendor directory or the standard library. Raises GokilnError if it cannot be found out.
    """
    if path == mod_path:
        directory = root
    elif mod_path == "":
        directory = f"{root}/{path}"
    elif path.startswith(mod_path) and path[len(mod_path)] == "/":
        directory = root + path[len(mod_path) :]
    else:
        return "", False
    if is_local and directory != root and _other_module_between(ls, directory, root):
        return "", False
    have = ls.have_go_files.get(directory)
    if have is None:
        have = ls.have_go_files[directory] = _is_go_dir(ls, directory)
    return directory, have


def _other_module_between(ls: State, directory: str, root: str) -> bool:
    at = directory
    while at != root and len(at) > len(root):
        have = ls.have_go_mod.get(at)
        if have is None:
            have = ls.have_go_mod[at] = ls.is_file(f"{at}/go.mod")
        if have:
            return True
        up = os.path.dirname(at)
        if up == at:
            break
        at = up
    return False


def _is_go_dir(ls: State, directory: str) -> bool:
    """Whether a .go file lies in the directory, whatever its build tags (fsys.IsGoDir). Raises GokilnError."""
    if ls.scan.has_go_files(directory):
        return True
    try:
        entries = ls.scan.entries(directory)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as err:
        raise GokilnError(path_error("open", directory, err)) from err
    dangling: OSError | None = None
    for entry in entries:
        if not entry.name.endswith(".go") or entry.is_dir:
            continue
        if entry.is_regular:
            return True
        try:  # a link, or the overlay's word for a file that is not there
            if stat.S_ISREG(ls.disk.stat(os.path.join(directory, entry.name)).st_mode):
                return True
        except OSError as err:
            dangling = dangling or err
    if dangling is not None:
        raise GokilnError(os_error_text(dangling, "stat")) from dangling
    return False

"""What stands for a module: the replacements of the main module's go.mod, or of go.work and its modules.

Source: cmd/go/internal/modload/modfile.go (Replacement, replacementFrom, canonicalizeReplacePath), go1.26.
"""

from __future__ import annotations

import os

from gokiln.modules.modfile.values import is_directory_path
from gokiln.modules.resolve.errors import NO_MODULE
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State


def join(directory: str, path: str) -> str:
    """filepath.Join of two."""
    return os.path.normpath(os.path.join(directory, path))


def replacement(ls: State, mod: ModVersion, *, quiet: bool = False) -> ModVersion:
    """What replaces mod, or NO_MODULE; a relative path is relative to replace_relative_to.

    quiet: say nothing of replacements at odds; whoever needs the module will ask again.
    """
    mms = ls.main_modules
    if mms is None or not mms.highest_replaced or mod.path not in mms.highest_replaced:
        return NO_MODULE
    found, mod_root, _ = replacement_from(ls, mod, quiet=quiet)
    return canonicalize_replace_path(ls, found, mod_root)


def replacement_from(ls: State, mod: ModVersion, *, quiet: bool = False) -> tuple[ModVersion, str, str]:
    """(replacement or NO_MODULE, root of the module whose go.mod says so or "", the file that says so)."""
    mms = ls.main_modules
    if mms is None or (not mod.version and mms.contains(mod.path)):
        return NO_MODULE, "", ""
    hit = _lookup_replacement(mod, mms.work_file_replace_map)
    if hit is not None:
        return hit[1], "", ls.work_file_path
    found_from, found, found_root = "", NO_MODULE, ""
    for main in mms.versions:
        index = mms.indices[main]
        hit = _lookup_replacement(mod, index.replace) if index is not None else None
        if hit is None:
            continue
        mod_root = mms.mod_root[main]
        if found_root and found_from != hit[0] and found != hit[1]:
            if not quiet:
                ls.fail(
                    f"conflicting replacements found for {show(mod)} in workspace modules defined by"
                    f" {ls.mod_file_in(found_root)} and {ls.mod_file_in(mod_root)}"
                )
            return found, found_root, ls.mod_file_in(found_root)
        found, found_root = hit[1], mod_root
    return found, found_root, ls.mod_file_in(found_root)


def _lookup_replacement(mod: ModVersion, replace: dict[ModVersion, ModVersion]) -> tuple[str, ModVersion] | None:
    new = replace.get(mod)
    if new is not None:
        return mod.version, new
    new = replace.get(ModVersion(mod.path))
    return ("", new) if new is not None else None


def replace_relative_to(ls: State) -> str:
    """The directory that relative replacement paths start from."""
    if ls.work_file_path:
        return os.path.dirname(ls.work_file_path)
    mms = ls.mains()
    return mms.mod_root[mms.single()]


def canonicalize_replace_path(ls: State, new: ModVersion, mod_root: str) -> ModVersion:
    """A workspace module's relative replacement, made relative to the workspace."""
    if os.path.isabs(new.path) or new.version or not mod_root or not ls.work_file_path:
        return new
    path = join(mod_root, new.path)
    try:
        path = os.path.relpath(path, os.path.dirname(ls.work_file_path))
    except ValueError:  # another drive: it stays absolute
        return ModVersion(to_directory_path(path), new.version)
    return ModVersion(to_directory_path(path), new.version)


def resolve_replacement(ls: State, m: ModVersion, *, quiet: bool = False) -> ModVersion:
    """The module whose files stand for m: its replacement, or m itself. quiet: as replacement's."""
    new = replacement(ls, m, quiet=quiet)
    return new if new.path else m


def to_directory_path(path: str) -> str:
    """path, with "./" in front where it could be taken for a module path."""
    if is_directory_path(path):
        return path
    return "./" + os.path.normpath(path).replace(os.sep, "/")

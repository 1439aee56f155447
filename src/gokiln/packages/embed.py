"""Which files a //go:embed pattern means.

Only files count that would also be in the module's zip: no other module's, no links, no version control
directories; and within a directory no name that begins with `.` or `_` unless the pattern begins with `all:`.

Source: cmd/go/internal/load/pkg.go (resolveEmbed), io/fs.ValidPath, go1.26.
"""

from __future__ import annotations

import os
import stat as st

from gokiln.base.disk import SKIP_DIR, Disk, Entry, go_os_error, quote_glob
from gokiln.base.pattern import BadPatternError, path_match
from gokiln.golang import modpath
from gokiln.packages.error import EmbedError

_VCS_NAMES = ("", ".bzr", ".hg", ".git", ".svn")


class _BadEmbedError(Exception):
    """Why a pattern fails, without the pattern's name."""


def resolve_embed(
    disk: Disk, pkg_dir: str, patterns: list[str], follow_symlinks: bool = False
) -> tuple[list[str], dict[str, list[str]]]:
    """All files matched (slash paths relative to pkg_dir, sorted) and the files of each pattern.

    follow_symlinks: GODEBUG=embedfollowsymlinks=1. Raises EmbedError for the first pattern that is wrong.
    """
    by_pattern: dict[str, list[str]] = {}
    found: set[str] = set()
    known_dirs: set[str] = set()
    for pattern in patterns:
        try:
            files = _resolve_one(disk, pkg_dir, pattern, known_dirs, follow_symlinks)
        except _BadEmbedError as err:
            raise EmbedError(pattern, str(err)) from None
        by_pattern[pattern] = files
        found.update(files)
    return sorted(found), by_pattern


def _resolve_one(disk: Disk, pkg_dir: str, pattern: str, known_dirs: set[str], follow: bool) -> list[str]:
    glob, every = (pattern[4:], True) if pattern.startswith("all:") else (pattern, False)
    try:
        path_match(glob, "")
    except BadPatternError:
        raise _BadEmbedError("invalid pattern syntax") from None
    if not valid_embed_pattern(glob):
        raise _BadEmbedError("invalid pattern syntax")
    files: set[str] = set()
    try:
        matches = disk.glob(quote_glob(os.path.join(pkg_dir, "")) + glob.replace("/", os.sep))
    except BadPatternError as err:
        raise _BadEmbedError(str(err)) from None
    for file in matches:
        _add_match(disk, pkg_dir, file, every, known_dirs, follow, files)
    if not files:
        raise _BadEmbedError("no matching files found")
    return sorted(files)


def _relative(path: str, pkg_dir: str) -> str:
    return path[len(pkg_dir) :].lstrip(os.sep).replace(os.sep, "/")


def _add_match(
    disk: Disk, pkg_dir: str, file: str, every: bool, known_dirs: set[str], follow: bool, files: set[str]
) -> None:
    rel = _relative(file, pkg_dir)
    try:
        mode = disk.lstat(file).st_mode
    except OSError as err:
        raise _BadEmbedError(go_os_error("lstat", file, err)) from None
    _check_place(disk, pkg_dir, file, rel, "directory" if st.S_ISDIR(mode) else "file", known_dirs)
    if st.S_ISREG(mode):
        files.add(rel)
    elif st.S_ISDIR(mode):
        found = _files_below(disk, pkg_dir, file, every)
        files.update(found)
        if not found:
            raise _BadEmbedError(f"cannot embed directory {rel}: contains no embeddable files")
    elif follow and st.S_ISLNK(mode):
        try:
            regular = st.S_ISREG(disk.stat(file).st_mode)
        except OSError as err:
            raise _BadEmbedError(go_os_error("stat", file, err)) from None
        if not regular:
            raise _BadEmbedError(f"cannot embed irregular file {rel}")
        files.add(rel)
    else:
        raise _BadEmbedError(f"cannot embed irregular file {rel}")


def _check_place(disk: Disk, pkg_dir: str, file: str, rel: str, what: str, known_dirs: set[str]) -> None:
    """Refuse files in other modules, behind links, or under names that no module zip holds."""
    at = file
    while len(at) > len(pkg_dir) + 1 and at not in known_dirs:
        if disk.exists(os.path.join(at, "go.mod")):
            raise _BadEmbedError(f"cannot embed {what} {rel}: in different module")
        if at != file:
            try:
                is_dir = st.S_ISDIR(disk.lstat(at).st_mode)
            except OSError:
                is_dir = True
            if not is_dir:
                raise _BadEmbedError(f"cannot embed {what} {rel}: in non-directory {at[len(pkg_dir) + 1 :]}")
        known_dirs.add(at)
        name = os.path.basename(at)
        if is_bad_embed_name(name):
            if at == file:
                raise _BadEmbedError(f"cannot embed {what} {rel}: invalid name {name}")
            raise _BadEmbedError(f"cannot embed {what} {rel}: in invalid directory {name}")
        at = os.path.dirname(at)


def _files_below(disk: Disk, pkg_dir: str, root: str, every: bool) -> list[str]:
    found: list[str] = []

    def visit(path: str, entry: Entry, err: OSError | None) -> object:
        if err is not None:
            raise _BadEmbedError(go_os_error("open", path, err))
        name = entry.name
        hidden = name[:1] in (".", "_")
        if path != root and (is_bad_embed_name(name) or (hidden and not every)):
            if entry.is_dir:
                return SKIP_DIR
            if hidden:
                return None
            raise _BadEmbedError(f"cannot embed file {_relative(path, pkg_dir)}: invalid name {name}")
        if entry.is_dir:
            return SKIP_DIR if disk.exists(os.path.join(path, "go.mod")) else None
        if entry.is_regular:
            found.append(_relative(path, pkg_dir))
        return None

    disk.walk_dir(root, visit)
    return found


def valid_embed_pattern(pattern: str) -> bool:
    """Whether the pattern is a clean relative slash path, and not the directory itself."""
    if pattern in (".", "") or any("\ud800" <= c <= "\udfff" for c in pattern):
        return False
    return not any(elem in ("", ".", "..") for elem in pattern.split("/"))


def is_bad_embed_name(name: str) -> bool:
    """Whether a file of this name cannot be, or will not be, in a module's zip."""
    if name in _VCS_NAMES:
        return True
    try:
        modpath.check_file_path(name)
    except modpath.InvalidPathError:
        return True
    return False

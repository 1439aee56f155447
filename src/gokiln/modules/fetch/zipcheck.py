"""What a module zip may hold: sizes, names, one go.mod, nothing that two file systems would read differently.

Source: golang.org/x/mod/zip (checkZip, collisionChecker, strToFold), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import clean_path
from gokiln.errors import GokilnError
from gokiln.golang import modpath
from gokiln.golang.dirhash import raw_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zipfile import ZipInfo

    from gokiln.modules.version import ModVersion

MAX_ZIP_FILE = 500 << 20  # bytes: of the zip, and of all its files together
MAX_GO_MOD = 16 << 20
MAX_LICENSE = 16 << 20


class ZipProblem(GokilnError):
    """A zip that is no module zip. The text may have one line for each file."""


class CollisionChecker:
    """Finds names that are one name on a file system that folds case."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, bool]] = {}

    def check(self, path: str, is_dir: bool) -> None:
        """Note a path and its parents. Raises ZipProblem."""
        while True:
            fold = str_to_fold(path)
            other = self._seen.get(fold)
            if other is None:
                self._seen[fold] = (path, is_dir)
            elif path != other[0]:
                a, b = modpath.quoted(other[0]), modpath.quoted(path)
                raise ZipProblem(f"case-insensitive file name collision: {a} and {b}")
            elif is_dir != other[1]:
                raise ZipProblem(f"entry {modpath.quoted(path)} is both a file and a directory")
            elif not is_dir:
                raise ZipProblem(f"multiple entries for file {modpath.quoted(path)}")
            else:
                return  # a directory seen before: so were its parents
            path, slash, _ = path.rpartition("/")
            if not slash:
                return
            is_dir = True


def str_to_fold(text: str) -> str:
    """A text that is equal for names which differ in case only (simple case folding, one character at a time)."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_char(c) for c in text)


def _fold_char(c: str) -> str:
    if c.isascii() and not c.isalpha():
        return c
    orbit = {c}
    todo = [c]
    while todo:
        one = todo.pop()
        for other in (one.lower(), one.upper(), one.title()):
            # Dotless i has I as its upper case but does not fold to it; dotted capital I folds to two characters.
            if len(other) == 1 and other not in orbit and one not in "\u0131\u0130":
                orbit.add(other)
                todo.append(other)
    low = min(orbit)
    return low.lower() if "A" <= low <= "Z" else low


def check_members(mod: ModVersion, members: list[ZipInfo]) -> None:
    """Hold a zip's directory against the rules. Raises ZipProblem with one line per file that breaks them."""
    prefix = f"{mod.path}@{mod.version}/"
    invalid: list[str] = []
    collisions = CollisionChecker()
    size = 0
    size_problem = ""
    for member in members:
        full = raw_name(member)
        try:
            name = _check_name(full, prefix, collisions)
            if not name:
                continue
            if 0 <= member.file_size <= MAX_ZIP_FILE - size:
                size += member.file_size
            elif not size_problem:
                size_problem = (
                    f"total uncompressed size of module contents too large (max size is {MAX_ZIP_FILE} bytes)"
                )
            _check_size(name, member.file_size)
        except GokilnError as err:
            invalid.append(f"{full}: {err}")
    if size_problem:
        raise ZipProblem(size_problem)
    if invalid:
        raise ZipProblem("\n".join(invalid))


def _check_name(full: str, prefix: str, collisions: CollisionChecker) -> str:
    """The name below the prefix, "" for a directory. Raises GokilnError."""
    if not full.startswith(prefix):
        raise ZipProblem(f"path does not have prefix {modpath.quoted(prefix)}")
    name = full[len(prefix) :]
    if not name:
        return ""
    is_dir = name.endswith("/")
    if is_dir:
        name = name[:-1]
    if clean_path(name) != name:
        raise ZipProblem("file path is not clean")
    modpath.check_file_path(name)
    collisions.check(name, is_dir)
    if is_dir:
        return ""
    base = name.rpartition("/")[2]
    if str_to_fold(base) == "go.mod":
        if base != name:
            raise ZipProblem("go.mod file not in module root directory")
        if name != "go.mod":
            raise ZipProblem("go.mod files must have lowercase names")
    return name


def _check_size(name: str, size: int) -> None:
    if name == "go.mod" and size > MAX_GO_MOD:
        raise ZipProblem(f"go.mod file too large (max size is {MAX_GO_MOD} bytes)")
    if name == "LICENSE" and size > MAX_LICENSE:
        raise ZipProblem(f"LICENSE file too large (max size is {MAX_LICENSE} bytes)")


def check_zip_size(path: str) -> None:
    """Refuse a zip file over the limit. Raises OSError, ZipProblem."""
    size = os.stat(path).st_size
    if size > MAX_ZIP_FILE:
        raise ZipProblem(f"module zip file is too large ({size} bytes; limit is {MAX_ZIP_FILE} bytes)")

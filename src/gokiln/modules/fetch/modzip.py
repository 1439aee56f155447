"""Making a module zip out of the files of a tree: which files belong to the module, and under which names.

Left out are other modules (directories with their own go.mod), vendored packages, symbolic links and everything
else that is no regular file. Names and sizes must be such that check_members (zipcheck.py) takes the result.

Source: golang.org/x/mod/zip (checkFiles, Create, isVendoredPackage), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import clean_path
from gokiln.errors import GokilnError
from gokiln.golang import gover, modpath
from gokiln.modules.fetch.zipcheck import MAX_GO_MOD, MAX_LICENSE, MAX_ZIP_FILE, CollisionChecker, ZipProblem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from gokiln.modules.version import ModVersion

REGULAR, SYMLINK, DIRECTORY, OTHER = "regular", "symlink", "directory", "other"
_NO_DATE = (1980, 0, 0, 0, 0, 0)  # the fields of a zip entry all zero, as Go leaves them


class SourceFile:
    """A file that may go into the zip. path: below the module root, with slashes; kind: REGULAR ...; size in bytes."""

    __slots__ = ("kind", "path", "read", "size")

    def __init__(self, path: str, size: int, read: Callable[[], bytes], kind: str = REGULAR) -> None:
        self.path = path
        self.size = size
        self.read = read
        self.kind = kind


class CreateZipError(GokilnError):
    """A tree cannot be made into a module zip."""

    def __init__(self, err: GokilnError) -> None:
        super().__init__(f"create zip: {err}")
        self.err = err


def create_zip(dst: BinaryIO, mod: ModVersion, files: list[SourceFile]) -> None:
    """Write the module zip of mod from a tree's files. Raises CreateZipError."""
    try:
        canonical = modpath.canonical_version(mod.version)
        if canonical != mod.version:
            shown = modpath.quoted(mod.version)
            raise ZipProblem(f"version {shown} is not canonical (should be {modpath.quoted(canonical)})")
        modpath.check(mod.path, mod.version)
        _write(dst, f"{mod.path}@{mod.version}/", wanted_files(files))
    except GokilnError as err:
        raise CreateZipError(err) from err


def _write(dst: BinaryIO, prefix: str, files: Iterable[SourceFile]) -> None:
    import zipfile

    with zipfile.ZipFile(dst, "w", zipfile.ZIP_DEFLATED) as out:
        for file in files:
            data = file.read()
            if len(data) > file.size:
                raise ZipProblem(f"file {modpath.quoted(file.path)} is larger than declared size")
            entry = zipfile.ZipInfo(prefix + file.path, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            out.writestr(entry, data)


def wanted_files(files: list[SourceFile]) -> list[SourceFile]:
    """The files that belong to the module. Raises ZipProblem with one line for each name that cannot be in a zip."""
    nested, lang = _nested_modules(files)
    collisions = CollisionChecker()
    left = MAX_ZIP_FILE
    too_large = False
    wanted: list[SourceFile] = []
    problems: dict[str, str] = {}
    for file in files:
        path = file.path
        try:
            if not _belongs(file, nested, lang, collisions):
                continue
            if 0 <= file.size <= left:
                left -= file.size
            else:
                too_large = True
            _check_size(path, file.size)
        except GokilnError as err:
            problems.setdefault(path, str(err))
            continue
        wanted.append(file)
    if too_large:
        raise ZipProblem(f"module source tree too large (max size is {MAX_ZIP_FILE} bytes)")
    if problems:
        raise ZipProblem("\n".join(f"{path}: {problem}" for path, problem in problems.items()))
    return wanted


def _nested_modules(files: list[SourceFile]) -> tuple[set[str], str]:
    """(directories with a go.mod, each with a final slash, "" for the root; the language version of the root's)."""
    nested = set()
    lang = ""
    for file in files:
        folder, _, base = file.path.rpartition("/")
        if base.lower() != "go.mod" or file.kind != REGULAR:
            continue
        nested.add(folder + "/" if folder else "")
        if file.path == "go.mod":
            lang = _go_version(file.read())
    return nested, lang


def _go_version(data: bytes) -> str:
    """The language version of go.mod text ("1.24"), "" when there is none."""
    from gokiln.modules.modfile.rule import parse_lax

    try:
        file = parse_lax("go.mod", data)
    except GokilnError:
        return ""
    return gover.lang(file.go.version) if file.go is not None else ""


def _belongs(file: SourceFile, nested: set[str], lang: str, collisions: CollisionChecker) -> bool:
    """Whether a file belongs to the module. Raises GokilnError when its name is not fit for a module."""
    path = file.path
    if clean_path(path) != path:
        raise ZipProblem("file path is not clean")
    if path.startswith("/"):
        raise ZipProblem("file path is not relative")
    if is_vendored(path, lang) or _in_nested(path, nested) or path == ".hg_archival.txt":
        return False
    modpath.check_file_path(path)
    if path.lower() == "go.mod" and path != "go.mod":
        raise ZipProblem("go.mod files must have lowercase names")
    collisions.check(path, file.kind == DIRECTORY)
    return file.kind == REGULAR


def _in_nested(path: str, nested: set[str]) -> bool:
    while True:
        folder, slash, _ = path.rpartition("/")
        if not slash:
            return False
        if folder + "/" in nested:
            return True
        path = folder


def _check_size(path: str, size: int) -> None:
    if path == "go.mod" and size > MAX_GO_MOD:
        raise ZipProblem(f"go.mod file too large (max size is {MAX_GO_MOD} bytes)")
    if path == "LICENSE" and size > MAX_LICENSE:
        raise ZipProblem(f"LICENSE file too large (max size is {MAX_LICENSE} bytes)")


def is_vendored(path: str, lang: str) -> bool:
    """Whether a file is of a vendored package, as a module of this language version ("1.24", "" old) has it.

    Older modules keep the rule that their checksums were made with: it looks at the wrong part of the path below
    a vendor directory that is not at the root (go.dev/issue/37397).
    """
    modern = gover.compare(lang, "1.24") >= 0
    if modern and path == "vendor/modules.txt":
        return True
    if path.startswith("vendor/"):
        start = len("vendor/")
    else:
        at = path.find("/vendor/")
        if at < 0:
            return False
        start = (at if modern else 0) + len("/vendor/")
    return "/" in path[start:]

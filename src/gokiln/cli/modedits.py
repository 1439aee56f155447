"""What `mod edit` and `work edit` share: parsing of the arguments of their flags, and edits that wait for a file.

Flags are read before there is a file: each becomes an Edit that is applied to it, in the order of the command line.

Source: cmd/go/internal/modcmd/edit.go, cmd/go/internal/workcmd/edit.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, PlainError
from gokiln.golang.modpath import InvalidPathError, check_import_path
from gokiln.modules.modfile import edit
from gokiln.modules.modfile.order import sort_blocks
from gokiln.modules.modfile.values import GO_VERSION, is_directory_path, is_toolchain_name, must_quote
from gokiln.modules.resolve.modinfo import parse_path_version
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from gokiln.modules.modfile.rule import File
    from gokiln.modules.modfile.work import WorkFile

    Edit = Callable[[Any], None]


class EditFlags:
    """The flags of an edit command. edits: what is to be done to the file; each raises GokilnError.

    words: how errors of -go begin ("go mod" or "go work"). lenient: directories are allowed wherever a path of a
    replacement stands, as `work edit` has it.
    """

    def __init__(self, words: str, lenient: bool) -> None:
        self.words = words
        self.lenient = lenient
        self.fmt = self.json = self.print = False
        self.go = self.toolchain = ""
        self.edits: list[Edit] = []

    def add(self, flag: str, arg: str, do: Edit) -> None:
        """Queue one edit; what it raises names the flag."""

        def run(file: Any) -> None:
            try:
                do(file)
            except GokilnError as err:
                raise GokilnError(f"-{flag}={arg}: {err}") from err

        self.edits.append(run)

    def any(self) -> bool:
        """Whether a flag was given at all."""
        return bool(self.go or self.toolchain or self.json or self.print or self.fmt or self.edits)

    def check_versions(self, local: str) -> None:
        """Raise GokilnError for a -go or -toolchain that cannot be written."""
        if self.go and self.go != "none" and not GO_VERSION.fullmatch(self.go):
            expected = f'"-go {local}"'
            raise PlainError(f"{self.words}: invalid -go option; expecting something like {expected}")
        if self.toolchain and self.toolchain != "none" and not is_toolchain_name(self.toolchain):
            expected = f'"-toolchain go{local}"'
            raise PlainError(f"{self.words}: invalid -toolchain option; expecting something like {expected}")

    def apply(self, file: File | WorkFile, statements: ModuleType) -> None:
        """Edit the file as the flags say. statements: the edits of its kind (modfile.edit or modfile.editwork).

        Raises GokilnError.
        """
        if self.go == "none":
            edit.drop_go_stmt(file)
        elif self.go:
            statements.add_go_stmt(file, self.go)
        if self.toolchain == "none":
            edit.drop_toolchain_stmt(file)
        elif self.toolchain:
            statements.add_toolchain_stmt(file, self.toolchain)
        for do in self.edits:
            do(file)
        sort_blocks(file)
        statements.cleanup(file)

    # Flags that both commands have

    def godebug(self, arg: str) -> None:
        """-godebug=key=value."""
        key, equals, value = arg.partition("=")
        if not equals or any(c in arg for c in "\"`',"):
            raise GokilnError(f"-godebug={arg}: need key=value")
        self.add("godebug", arg, lambda f: edit.add_godebug(f, key, value))

    def dropgodebug(self, arg: str) -> None:
        """-dropgodebug=key."""
        self.add("dropgodebug", arg, lambda f: edit.drop_godebug(f, arg))

    def replace(self, arg: str) -> None:
        """-replace=old[@v]=new[@v]."""
        before, equals, after = arg.partition("=")
        if not equals:
            raise GokilnError(f"-replace={arg}: need old[@v]=new[@w] (missing =)")
        old_text, new_text = before.strip(), after.strip()
        if new_text.startswith(">"):
            raise GokilnError(f"-replace={arg}: separator between old and new is =, not =>")
        try:
            old = self._path_version("old", old_text, False)
            new = self._path_version("new", new_text, True)
        except GokilnError as err:
            raise GokilnError(f"-replace={arg}: {err}") from err
        if new.path == new_text and not is_directory_path(new_text):
            raise GokilnError(f"-replace={arg}: unversioned new path must be local directory")
        self.add("replace", arg, lambda f: edit.add_replace(f, old, new))

    def dropreplace(self, arg: str) -> None:
        """-dropreplace=old[@v]."""
        try:
            old = self._path_version("old", arg, True)
        except GokilnError as err:
            raise GokilnError(f"-dropreplace={arg}: {err}") from err
        self.add("dropreplace", arg, lambda f: edit.drop_replace(f, old))

    def _path_version(self, adjective: str, arg: str, allow_directory: bool) -> ModVersion:
        """path[@version]. Raises GokilnError."""
        if allow_directory and not self.lenient and is_directory_path(arg):
            return ModVersion(arg)
        path, version, found = parse_path_version(arg)
        if found:
            path, version = path.strip(), version.strip()
        try:
            check_import_path(path)
        except InvalidPathError as err:
            if not (self.lenient and allow_directory and is_directory_path(path)):
                raise GokilnError(f"invalid {adjective} path: {err}") from err
        if path != arg and must_quote(version):
            raise GokilnError(f"invalid {adjective} version: {go_quote(version)}")
        return ModVersion(path, version)


def path_version_arg(flag: str, arg: str) -> ModVersion:
    """The argument path@version. Raises GokilnError."""
    try:
        path, version, found = parse_path_version(arg)
    except GokilnError as err:
        raise GokilnError(f"-{flag}={arg}: {err}") from err
    if not found:
        raise GokilnError(f"-{flag}={arg}: need path@version")
    path, version = path.strip(), version.strip()
    _check_path(flag, arg, path)
    if must_quote(version):
        raise GokilnError(f"-{flag}={arg}: invalid version {go_quote(version)}")
    return ModVersion(path, version)


def path_arg(flag: str, arg: str) -> str:
    """The argument, a path without a version. Raises GokilnError."""
    if "@" in arg:
        raise GokilnError(f"-{flag}={arg}: need just path, not path@version")
    _check_path(flag, arg, arg)
    return arg


def _check_path(flag: str, arg: str, path: str) -> None:
    try:
        check_import_path(path)
    except InvalidPathError as err:
        raise GokilnError(f"-{flag}={arg}: invalid path: {err}") from err


def version_interval_arg(flag: str, arg: str) -> tuple[str, str]:
    """(low, high) of `v1.2.3` or `[v1.2.3,v1.4.5]`. Raises GokilnError."""
    if not arg.startswith("["):
        if must_quote(arg):
            raise GokilnError(f"-{flag}={arg}: invalid version: {go_quote(arg)}")
        return arg, arg
    low, comma, high = arg[1:-1].partition(",")
    low, high = low.strip(), high.strip()
    if not arg.endswith("]") or not comma or must_quote(low) or must_quote(high):
        raise GokilnError(f"-{flag}={arg}: invalid version interval: {go_quote(arg)}")
    return low, high

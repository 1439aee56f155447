"""`gokiln mod edit`: change go.mod as told, without looking at anything else.

Source: cmd/go/internal/modcmd/edit.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.cli.modcommand import module_config
from gokiln.cli.modedits import EditFlags, path_arg, path_version_arg, version_interval_arg
from gokiln.errors import GokilnError
from gokiln.golang.modpath import InvalidPathError, check_import_path
from gokiln.modules.modfile import edit
from gokiln.modules.modfile.rule import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.modules.modfile.rule import File
    from gokiln.modules.resolve.loader import Loader

USAGE = "go mod edit [editing flags] [-fmt|-print|-json] [go.mod]"


class _Flags(EditFlags):
    """The command's own flags."""

    def __init__(self) -> None:
        super().__init__("go mod", lenient=False)
        self.module = ""

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the flags."""
        for name in ("fmt", "json", "print"):
            flagset.bool(name, self, name)
        for name in ("go", "toolchain", "module"):
            flagset.string(name, self, name)
        for name in ("godebug", "dropgodebug", "replace", "dropreplace", "retract", "dropretract"):
            flagset.func(name, getattr(self, name))
        for name in ("require", "droprequire", "exclude", "dropexclude"):
            flagset.func(name, getattr(self, name))
        for name in ("tool", "droptool", "ignore", "dropignore"):
            flagset.func(name, getattr(self, name))
        flagset.bool("n", flags, "n")
        flagset.bool("x", flags, "x")

    def require(self, arg: str) -> None:
        """-require=path@version."""
        m = path_version_arg("require", arg)
        self.add("require", arg, lambda f: edit.add_require(f, m.path, m.version))

    def droprequire(self, arg: str) -> None:
        """-droprequire=path."""
        path = path_arg("droprequire", arg)
        self.add("droprequire", arg, lambda f: edit.drop_require(f, path))

    def exclude(self, arg: str) -> None:
        """-exclude=path@version."""
        m = path_version_arg("exclude", arg)
        self.add("exclude", arg, lambda f: edit.add_exclude(f, m.path, m.version))

    def dropexclude(self, arg: str) -> None:
        """-dropexclude=path@version."""
        m = path_version_arg("dropexclude", arg)
        self.add("dropexclude", arg, lambda f: edit.drop_exclude(f, m.path, m.version))

    def retract(self, arg: str) -> None:
        """-retract=version or interval."""
        low, high = version_interval_arg("retract", arg)
        self.add("retract", arg, lambda f: edit.add_retract(f, low, high))

    def dropretract(self, arg: str) -> None:
        """-dropretract=version or interval."""
        low, high = version_interval_arg("dropretract", arg)
        self.add("dropretract", arg, lambda f: edit.drop_retract(f, low, high))

    def tool(self, arg: str) -> None:
        """-tool=path."""
        path = path_arg("tool", arg)
        self.add("tool", arg, lambda f: edit.add_tool(f, path))

    def droptool(self, arg: str) -> None:
        """-droptool=path."""
        path = path_arg("droptool", arg)
        self.add("droptool", arg, lambda f: edit.drop_tool(f, path))

    def ignore(self, arg: str) -> None:
        """-ignore=path."""
        self.add("ignore", arg, lambda f: edit.add_ignore(f, arg))

    def dropignore(self, arg: str) -> None:
        """-dropignore=path."""
        self.add("dropignore", arg, lambda f: edit.drop_ignore(f, arg))


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from gokiln.cli.loading import open_modules

    flags = _Flags()
    config = module_config(inv, "mod edit", USAGE, flags.register)
    modules = open_modules(config)
    if not flags.any() and not flags.module:
        raise GokilnError("no flags specified (see 'go help mod edit').")
    if flags.json and flags.print:
        raise GokilnError("cannot use both -json and -print")
    if len(config.args) > 1:
        raise GokilnError("too many arguments")
    path = config.args[0] if config.args else modules.mod_file_path()
    _check_module(flags.module)
    flags.check_versions(modules.local)
    data, file = _read(modules, path)
    if flags.module:
        edit.add_module_stmt(file, flags.module)
    flags.apply(file, edit)
    if flags.json:
        from gokiln.modules.modfile.jsonform import mod_json

        inv.stdout.write_bytes(mod_json(file, modules.config.toolchain.release.minor))
        return 0
    after = file.format()
    if flags.print:
        inv.stdout.write_bytes(after)
        return 0
    _write(modules, path, data, after)
    return 0


def _check_module(path: str) -> None:
    from gokiln.modules.resolve.create import check_reserved_path

    if not path:
        return
    try:
        check_import_path(path)
        check_reserved_path(path)
    except (InvalidPathError, GokilnError) as err:
        raise GokilnError(f"invalid -module: {err}") from err


def _read(modules: Loader, path: str) -> tuple[bytes, File]:
    from gokiln.base.lock import read_locked

    try:
        data = read_locked(os.path.join(modules.cwd, path))
    except OSError as err:
        raise GokilnError(read_error(path, err)) from err
    try:
        return data, parse(path, data)
    except GokilnError as err:
        raise GokilnError(f"errors parsing {modules.short_path(path)}:\n{err}") from err


def _write(modules: Loader, path: str, before: bytes, after: bytes) -> None:
    from contextlib import ExitStack

    from gokiln.base.lock import transform_locked

    def change(locked: bytes) -> bytes:
        if locked != before:
            raise GokilnError("go.mod changed during editing; not overwriting")
        return after

    with ExitStack() as stack:
        try:
            stack.enter_context(modules.fetcher.dirs.side_lock())
        except GokilnError:
            pass  # only go commands before 1.12 look at this lock
        try:
            transform_locked(os.path.join(modules.cwd, path), change)
        except OSError as err:
            raise GokilnError(read_error(path, err)) from err

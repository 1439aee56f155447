"""`gokiln work edit`: change go.work as told.

Source: cmd/go/internal/workcmd/edit.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config, no_go_work
from gokiln.cli.modedits import EditFlags
from gokiln.errors import GokilnError
from gokiln.modules.modfile import editwork
from gokiln.modules.resolve.modfiles import read_mod_file, read_work_file
from gokiln.modules.resolve.replacements import to_directory_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.modules.modfile.work import WorkFile
    from gokiln.modules.resolve.loader import Loader

USAGE = "go work edit [editing flags] [go.work]"


class _Flags(EditFlags):
    """The command's own flags. modules: set before a -use is carried out, which reads its directory's module path."""

    def __init__(self) -> None:
        super().__init__("go work", lenient=True)
        self.modules: Loader | None = None

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the flags."""
        for name in ("fmt", "json", "print"):
            flagset.bool(name, self, name)
        for name in ("go", "toolchain"):
            flagset.string(name, self, name)
        for name in ("godebug", "dropgodebug", "use", "dropuse", "replace", "dropreplace"):
            flagset.func(name, getattr(self, name))

    def use(self, arg: str) -> None:
        """-use=directory."""
        self.add("use", arg, lambda f: self._use(f, arg))

    def _use(self, file: WorkFile, arg: str) -> None:
        modules = self.modules
        assert modules is not None
        path = ""
        try:
            mod_file = read_mod_file(modules, os.path.join(modules.cwd, arg, "go.mod"))[1]
            path = mod_file.module.mod.path if mod_file.module is not None else ""
        except GokilnError:
            path = ""  # what is not there yet may be used all the same
        editwork.add_use(file, to_directory_path(arg), path)
        editwork.add_use(file, to_directory_path(arg), "")

    def dropuse(self, arg: str) -> None:
        """-dropuse=directory."""
        self.add("dropuse", arg, lambda f: editwork.drop_use(f, to_directory_path(arg)))


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from gokiln.modules.resolve.workedit import work_lock, write_work_file

    flags = _Flags()
    config = module_config(inv, "work edit", USAGE, flags.register, common=False)
    modules = flags.modules = open_modules(config)
    if flags.json and flags.print:
        raise GokilnError("cannot use both -json and -print")
    if len(config.args) > 1:
        raise GokilnError("'go help work edit' accepts at most one argument")
    if config.args:
        path = config.args[0]
    else:
        modules.init_workfile()
        path = modules.work_file_path
    if not path:
        raise no_go_work()
    flags.check_versions(modules.local)
    if not flags.any():
        raise GokilnError("no flags specified (see 'go help work edit').")
    if flags.json or flags.print:
        return _print(inv, flags, modules, _edited(flags, modules, path))
    with work_lock(modules):
        write_work_file(os.path.join(modules.cwd, path), _edited(flags, modules, path))
    return 0


def _edited(flags: _Flags, modules: Loader, path: str) -> WorkFile:
    try:
        file = read_work_file(modules, path)
    except GokilnError as err:
        raise GokilnError(f"errors parsing {modules.short_path(path)}:\n{err}") from err
    flags.apply(file, editwork)
    return file


def _print(inv: Invocation, flags: _Flags, modules: Loader, file: WorkFile) -> int:
    if flags.json:
        from gokiln.modules.modfile.jsonform import work_json

        inv.stdout.write_bytes(work_json(file, modules.config.toolchain.release.minor))
    else:
        inv.stdout.write_bytes(file.format())
    return 0

"""Changes of go.work files that commands make: the go line, the use lines, writing.

Source: cmd/go/internal/modload/init.go (WriteWorkFile, UpdateWorkGoVersion, UpdateWorkFile),
cmd/go/internal/workcmd/use.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress

from gokiln.base.oserror import path_error
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.modfile import edit, editwork
from gokiln.modules.modfile.order import sort_blocks
from gokiln.modules.resolve.errors import JoinedError
from gokiln.modules.resolve.mainmodules import go_version_of, go_version_of_work
from gokiln.modules.resolve.modfiles import read_mod_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gokiln.modules.modfile.work import WorkFile
    from gokiln.modules.resolve.state import State

_VENDOR_PASSED_SINCE = 27  # minor release whose `go work use -r` does not look for modules in vendor directories


@contextmanager
def work_lock(ls: State) -> Iterator[None]:
    """Keep other commands of gokiln from changing a go.work file between reading and writing it.

    The lock is the one of the module cache; the go command takes none around go.work. Without a module cache there is
    no lock.
    """
    with ExitStack() as stack:
        with suppress(GokilnError):
            stack.enter_context(ls.fetcher.dirs.side_lock())
        yield


def write_work_file(path: str, file: WorkFile) -> None:
    """Clean up the file and write it; the old one stays until the new one is whole. Raises GokilnError."""
    from gokiln.base.publish import write_named

    sort_blocks(file)
    editwork.cleanup(file)
    try:
        write_named(path, file.format())
    except OSError as err:
        raise GokilnError(path_error("open", path, err)) from err


def update_work_go_version(file: WorkFile, version: str) -> bool:
    """Raise the go line to at least `version`; whether it changed. A toolchain line that says nothing more goes."""
    if gover.compare(go_version_of_work(file), version) >= 0:
        return False
    editwork.add_go_stmt(file, version)
    if file.toolchain is not None:
        name = file.toolchain.name
        wanted = gover.from_toolchain(name)
        too_old = gover.compare(wanted, version) < 0 or gover.compare(wanted, gover.GO_STRICT_VERSION) < 0
        if name == "go" + version or too_old:
            edit.drop_toolchain_stmt(file)
    return True


def update_work_file(ls: State, file: WorkFile) -> None:
    """Note the module path of each use line that has none."""
    for use in list(file.use):
        if not use.path or use.module_path:
            continue
        try:
            mod_file = read_mod_file(ls, os.path.join(ls.cwd, use.path, "go.mod"))[1]
        except GokilnError:
            continue  # told when modules are loaded
        if mod_file.module is not None:
            editwork.add_use(file, use.path, mod_file.module.mod.path)


class WorkUse:
    """`go work use` and the arguments of `go work init`: use lines that come and go with the directories."""

    def __init__(self, ls: State, go_work: str, file: WorkFile, recursive: bool = False) -> None:
        """go_work: the absolute path of the file."""
        self.ls = ls
        self.file = file
        self.recursive = recursive
        self.passes_vendor = ls.config.toolchain.release.minor >= _VENDOR_PASSED_SINCE
        self.work_dir = os.path.dirname(go_work)
        self.keep: dict[str, str] = {}  # absolute directory to how it is to be written, "" to drop it
        self.too_new: list[gover.TooNewError] = []
        self.have: dict[str, list[str]] = {}
        for use in file.use:
            self.have.setdefault(self._abs(use.path), []).append(use.path)

    def _abs(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.work_dir, path))

    def run(self, args: list[str]) -> None:
        """Change the file for the directories in args. Raises PlainError with all that is wrong."""
        ls = self.ls
        for arg in args:
            self._argument(arg)
        self._edit()
        go_version = go_version_of_work(self.file)
        for use in self.file.use:
            if not use.path:
                continue
            try:
                mod_file = read_mod_file(ls, os.path.join(self._abs(use.path), "go.mod"))[1]
            except GokilnError as err:
                self._error(err)
                continue
            go_version = gover.max(go_version, go_version_of(mod_file))
        if self.too_new:
            raise JoinedError(self.too_new)
        ls.exit_if_errors()
        update_work_go_version(self.file, go_version)
        update_work_file(ls, self.file)

    def _error(self, err: GokilnError | str) -> None:
        setting = self.ls.startup.gotoolchain
        switches = setting in ("auto", "path") or setting.endswith(("+auto", "+path"))
        if isinstance(err, gover.TooNewError) and switches:
            self.too_new.append(err)
        else:
            self.ls.report(err)

    def _argument(self, arg: str) -> None:
        ls = self.ls
        absolute = path_rel(self.work_dir, ls.cwd, arg)[0]
        shown = ls.short_path(absolute)
        try:
            ls.disk.stat(absolute)
        except FileNotFoundError:
            self._error(f"directory {shown} does not exist")
            return
        except OSError as err:
            self._error(path_error("stat", absolute, err))
            return
        if not ls.disk.is_dir(absolute):
            self._error(f"{shown} is not a directory")
            return
        if not self.recursive:
            self._look(arg)
            return
        self._walk(arg)
        # Those below that are gone were not met on the walk.
        for directory in self.have:
            if directory == absolute or directory.startswith(absolute.rstrip(os.sep) + os.sep):
                self.keep.setdefault(directory, "")

    def _walk(self, arg: str) -> None:
        ls = self.ls

        def visit(path: str) -> None:
            if self.passes_vendor and os.path.basename(os.path.normpath(path)) == "vendor":
                return
            self._look(path)
            for entry in ls.disk.list_dir(os.path.join(ls.cwd, path)):
                below = os.path.join(path, entry.name)
                if entry.is_dir:
                    visit(below)
                elif entry.is_symlink and ls.disk.is_dir(os.path.join(ls.cwd, below)):
                    ls.warn(f"warning: ignoring symlink {ls.short_path(below)}")

        try:
            visit(os.path.normpath(arg))
        except OSError as err:
            self._error(path_error("open", arg, err))

    def _look(self, directory: str) -> None:
        """Decide about one directory: keep it if there is a module, drop it if not."""
        ls = self.ls
        absolute, written = path_rel(self.work_dir, ls.cwd, directory)
        file = os.path.join(absolute, "go.mod")
        try:
            ls.disk.stat(file)
        except (FileNotFoundError, NotADirectoryError):
            self.keep[absolute] = ""
            return
        except OSError as err:
            self._error(path_error("stat", file, err))
            return
        if not ls.disk.is_regular(file):
            self._error(f"{ls.short_path(file)} is not a regular file")
            return
        other = self.keep.get(absolute)
        if other and other != written:
            ls.report(f'already added "{written}" as "{other}"')
        self.keep[absolute] = written

    def _edit(self) -> None:
        for absolute, written in self.keep.items():
            kept = 0
            for path in self.have.get(absolute, ()):
                if path == written:
                    kept += 1
                else:
                    editwork.drop_use(self.file, path)
            if written and kept != 1:
                if kept > 1:
                    editwork.drop_use(self.file, written)
                editwork.add_use(self.file, written, "")


def path_rel(work_dir: str, cwd: str, directory: str) -> tuple[str, str]:
    """(absolute path, the form for go.work in work_dir) of a directory relative to cwd."""
    from gokiln.modules.resolve.replacements import to_directory_path

    if os.path.isabs(directory):
        absolute = os.path.normpath(directory)
        return absolute, absolute
    absolute = os.path.normpath(os.path.join(cwd, directory))
    try:
        rel = os.path.relpath(absolute, work_dir)
    except ValueError:  # another drive
        return absolute, absolute
    return absolute, to_directory_path(rel)

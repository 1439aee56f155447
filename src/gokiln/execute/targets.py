"""Installing a result, and clearing away what is not needed any more.

Source: BuildInstallFunc, installHeader, installShlibname, cleanup in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError
from gokiln.execute.report import StepError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work


def install(builder: Builder, action: Action) -> Work:
    """Put the result of the first dependency where it belongs."""
    source = action.deps[0]
    result, made = builder.result(action), builder.result(source)
    result.build_id = made.build_id
    if action.package is not None:
        result.built = action.target
    if made.built == action.target:
        result.built = action.target
        _keep_target(builder, action)
        return None
    if builder.is_cmd_list:
        result.built = made.built
        return None
    return lambda: _install(builder, action)


def _keep_target(builder: Builder, action: Action) -> None:
    """The target is up to date. Whether it was written anew is nobody's business, so it gets a new time."""
    flags = builder.config.flags
    if not action.buggy_install:
        cleanup(builder, action.deps[0])
    if action.buggy_install or builder.is_cmd_list:
        return
    if flags.n:
        builder.shell(action).show_cmd("", f"touch {action.target}")
        return
    try:
        os.utime(action.target)
    except OSError:
        return


def _install(builder: Builder, action: Action) -> None:
    config, shell, source = builder.config, builder.shell(action), action.deps[0]
    try:
        shell.mkdir(action.objdir)
        mode = 0o666
        if source.mode == "link" and config.flags.buildmode not in ("c-archive", "c-shared", "plugin"):
            mode = 0o777
        directory = os.path.dirname(action.target)
        if directory:
            shell.mkdir(directory + os.sep)
        try:
            shell.move_or_copy_file(action.target, builder.result(source).built, mode, False)
        finally:
            if not action.buggy_install:
                cleanup(builder, source)
    except GokilnError as err:
        path = f" {action.package.import_path}" if action.package is not None else ""
        raise StepError(f"go {config.cmd_name}{path}: {err}") from err


def cleanup(builder: Builder, action: Action) -> None:
    """Remove an action's intermediate files, unless -work keeps them."""
    if builder.config.flags.work:
        return
    shell = builder.shell(action)
    if shell.shared.was_made(action.objdir) or os.path.lexists(action.objdir):
        shell.remove_all(action.objdir)


def install_header(builder: Builder, action: Action) -> Work:
    """Install the header that cgo made for exported functions, if it made one."""
    return lambda: _install_header(builder, action)


def _install_header(builder: Builder, action: Action) -> None:
    shell = builder.shell(action)
    source = action.objdir + "_cgo_install.h"
    if not os.path.exists(source):
        if builder.config.flags.x:
            shell.show_cmd("", f"# {source} not created")
        return
    directory = os.path.dirname(action.target)
    if directory:
        shell.mkdir(directory + os.sep)
    shell.move_or_copy_file(action.target, source, 0o666, True)


def install_shlibname(builder: Builder, action: Action) -> Work:
    """Write down beside a package which shared library it is in."""

    def work() -> None:
        shell = builder.shell(action)
        if not builder.config.flags.n:
            shell.mkdir(os.path.dirname(action.target))
        library = os.path.basename(action.deps[0].target)
        shell.write_file(action.target, f"{library}\n".encode("utf-8", "surrogateescape"))

    return work

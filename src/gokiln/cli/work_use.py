"""`gokiln work use`: add modules to the workspace, and drop those that are gone.

Source: cmd/go/internal/workcmd/use.go, go1.26.
"""

from __future__ import annotations

from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config, no_go_work
from gokiln.modules.resolve.modfiles import read_work_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags

USAGE = "go work use [-r] [moddirs]"


class _Options:
    """The command's own flags."""

    def __init__(self) -> None:
        self.r = False

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the flags."""
        flagset.bool("r", self, "r")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from gokiln.modules.resolve.workedit import WorkUse, work_lock, write_work_file

    options = _Options()
    config = module_config(inv, "work use", USAGE, options.register)
    modules = open_modules(config)
    modules.force_use_modules = True
    modules.init_workfile()
    path = modules.work_file_path
    if not path:
        raise no_go_work()
    with work_lock(modules):
        file = read_work_file(modules, path)
        WorkUse(modules, path, file, options.r).run(config.args)
        write_work_file(path, file)
    return 0

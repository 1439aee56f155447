"""`gokiln work init`: make a go.work file.

Source: cmd/go/internal/workcmd/init.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config
from gokiln.errors import GokilnError
from gokiln.modules.modfile import editwork
from gokiln.modules.modfile.work import WorkFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation

USAGE = "go work init [moddirs]"


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from gokiln.modules.resolve.workedit import WorkUse, write_work_file

    config = module_config(inv, "work init", USAGE)
    modules = open_modules(config)
    modules.init_workfile()
    modules.force_use_modules = True
    path = modules.work_file_path or os.path.join(modules.cwd, "go.work")
    if modules.disk.exists(path):
        raise GokilnError(f"{path} already exists")
    file = WorkFile()
    editwork.add_go_stmt(file, modules.local)
    WorkUse(modules, path, file).run(config.args)
    write_work_file(path, file)
    return 0

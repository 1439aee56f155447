"""`gokiln mod init`: make a go.mod file in the working directory.

Source: cmd/go/internal/modcmd/init.go, cmd/go/internal/modload/init.go (CreateModFile), go1.26.
"""

from __future__ import annotations

from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation

USAGE = "go mod init [module-path]"


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from gokiln.modules.resolve.create import create_mod_file

    config = module_config(inv, "mod init", USAGE)
    modules = open_modules(config)
    if len(config.args) > 1:
        raise GokilnError("'go mod init' accepts at most one argument")
    modules.force_use_modules = True
    create_mod_file(modules, config.args[0] if config.args else "")
    return 0

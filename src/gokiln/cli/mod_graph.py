"""`gokiln mod graph`: every requirement of the module graph, one a line.

Source: cmd/go/internal/modcmd/graph.go, go1.26.
"""

from __future__ import annotations

from gokiln.cli.invocation import Invocation
from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config
from gokiln.config.buildflags import BuildFlags
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.state import NEED_ROOT
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet

USAGE = "go mod graph [-go=version] [-x]"


class GoVersionFlag:
    """A flag such as -go. What it may be depends on the toolchain, which is known only after the flags are parsed."""

    def __init__(self, name: str = "go") -> None:
        self.name = name
        self.go = ""

    def check(self, flagset: FlagSet, local: str) -> str:
        """The version. Raises UsageError as the flag itself would."""
        from gokiln.base.quote import go_quote
        from gokiln.modules.modfile.values import GO_VERSION

        reason = ""
        if self.go and not GO_VERSION.fullmatch(self.go):
            reason = f"expecting a Go version like {go_quote(local)}"
        elif self.go and gover.compare(self.go, local) > 0:
            reason = f"maximum supported Go version is {local}"
        if reason:
            raise flagset.usage_error(f"invalid value {go_quote(self.go)} for flag -{self.name}: {reason}")
        return self.go


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    go = GoVersionFlag()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.string("go", go, "go")
        flagset.bool("x", flags, "x")

    config = module_config(inv, "mod graph", USAGE, register)
    modules = open_modules(config)
    go_version = go.check(config.flagset, modules.local)
    modules.init_workfile()
    if config.args:
        raise GokilnError("'go mod graph' accepts no arguments")
    modules.force_use_modules = True
    modules.root_mode = NEED_ROOT
    graph = modules.load_mod_graph(go_version)
    lines: list[str] = []

    def visit(m: ModVersion) -> None:
        head = show(m)
        lines.extend(f"{head} {show(r)}\n" for r in graph.required_by(m) or ())

    graph.walk_breadth_first(visit)
    inv.stdout.write("".join(lines))
    return 0

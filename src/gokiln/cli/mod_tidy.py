"""`gokiln mod tidy`: make go.mod and go.sum say what the module's packages need, and nothing else.

Source: cmd/go/internal/modcmd/tidy.go, go1.26.
"""

from __future__ import annotations

from gokiln.cli.loading import open_modules
from gokiln.cli.mod_graph import GoVersionFlag
from gokiln.cli.modcommand import module_config, recorded_memo, save_memo
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.state import ANY_TAGS, NEED_ROOT
from gokiln.modules.resolve.tidy import TidyDiffError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags

USAGE = "go mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]"


class _Options:
    """The command's own flags."""

    def __init__(self) -> None:
        self.e = False
        self.diff = False
        self.go = GoVersionFlag("go")
        self.compat = GoVersionFlag("compat")

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the flags."""
        flagset.bool("v", flags, "v")
        flagset.bool("x", flags, "x")
        flagset.bool("e", self, "e")
        flagset.bool("diff", self, "diff")
        flagset.string("go", self.go, "go")
        flagset.string("compat", self.compat, "go")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = _Options()
    config = module_config(inv, "mod tidy", USAGE, options.register)
    memo = recorded_memo(config)
    modules = open_modules(config, memo)
    go_version = options.go.check(config.flagset, modules.local)
    compat = options.compat.check(config.flagset, modules.local)
    if config.args:
        raise GokilnError("'go mod tidy' accepts no arguments")
    modules.force_use_modules = True
    modules.root_mode = NEED_ROOT
    if go_version and gover.compare(modules.local, go_version) < 0:
        raise modules.too_new("-go flag", go_version)
    opts = PackageOpts(
        tidy_go_version=go_version,
        tags=ANY_TAGS,
        tidy=True,
        tidy_diff=options.diff,
        tidy_compatible_version=compat,
        vendor_modules_in_goroot_src=True,
        resolve_missing_imports=True,
        load_tests=True,
        allow_errors=options.e,
        silence_missing_std_imports=True,
    )
    try:
        modules.load_packages(opts, ["all"])
    except TidyDiffError as found:
        return _show_diff(inv, found)
    finally:
        save_memo(memo)
    return 0


def _show_diff(inv: Invocation, found: TidyDiffError) -> int:
    from gokiln.base.diff import diff

    status = 0
    for name, (before, after) in (("go.mod", found.go_mod), ("go.sum", found.go_sum)):
        text = diff(f"current/{name}", before, f"tidy/{name}", after)
        if text:
            inv.stdout.write_bytes(text + b"\n")
            status = 1
    return status

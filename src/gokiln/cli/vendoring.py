"""What `mod vendor` and `work vendor` share.

Source: cmd/go/internal/modcmd/vendor.go (RunVendor), cmd/go/internal/workcmd/vendor.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config, no_go_work, recorded_memo, save_memo
from gokiln.errors import GokilnError
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.state import ANY_TAGS, NEED_ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags


class _Options:
    """The flags of both commands."""

    def __init__(self) -> None:
        self.e = False
        self.o = ""

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the flags."""
        flagset.bool("v", flags, "v")
        flagset.bool("e", self, "e")
        flagset.string("o", self, "o")


def run_vendor(inv: Invocation, name: str, usage: str) -> int:
    """Run `mod vendor` or `work vendor`; returns the exit status. Raises GokilnError."""
    from gokiln.packages.vendortree import VendorTree

    options = _Options()
    config = module_config(inv, name, usage, options.register)
    memo = recorded_memo(config)
    modules = open_modules(config, memo)
    modules.init_workfile()
    if name == "work vendor":
        if not modules.work_file_path:
            raise no_go_work()
    elif modules.work_file_path:
        raise GokilnError(
            "'go mod vendor' cannot be run in workspace mode. Run 'go work vendor' to vendor the workspace or set"
            " 'GOWORK=off' to exit workspace mode."
        )
    if config.args:
        raise GokilnError("'go mod vendor' accepts no arguments")
    modules.force_use_modules = True
    modules.root_mode = NEED_ROOT
    opts = PackageOpts(
        tags=ANY_TAGS,
        vendor_modules_in_goroot_src=True,
        resolve_missing_imports=True,
        use_vendor_all=True,
        allow_errors=options.e,
        silence_missing_std_imports=True,
    )
    try:
        _, paths = modules.load_packages(opts, ["all"])
    finally:
        save_memo(memo)
    directory = os.path.join(modules.cwd, options.o) if options.o else modules.vendor_dir
    tree = VendorTree(modules, memo, os.path.normpath(directory), lenient=options.e, tell=inv.stderr.write)
    tree.write(paths)
    return 1 if tree.failed else 0

"""`gokiln mod why`: the shortest chain of imports from the main module to a package or module.

Beyond cmd/go: `-graph` draws the chain, with the module of each package.

Source: cmd/go/internal/modcmd/why.go, go1.26.
"""

from __future__ import annotations

from gokiln.cli.invocation import Invocation
from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config, recorded_memo, save_memo
from gokiln.config.buildflags import BuildFlags
from gokiln.errors import GokilnError
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.state import ANY_TAGS, NEED_ROOT
from gokiln.modules.version import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.modules.resolve.loader import Loader
    from gokiln.modules.version import ModVersion

USAGE = "go mod why [-m] [-vendor] packages..."


class _Options:
    """The command's own flags."""

    def __init__(self) -> None:
        self.m = False
        self.vendor = False
        self.graph = False


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = _Options()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.bool("m", options, "m")
        flagset.bool("vendor", options, "vendor")
        flagset.bool("graph", options, "graph")

    config = module_config(inv, "mod why", USAGE, register)
    memo = recorded_memo(config)
    modules = open_modules(config, memo)
    modules.init_workfile()
    modules.force_use_modules = True
    modules.root_mode = NEED_ROOT
    modules.explicit_write_go_mod = True
    opts = PackageOpts(
        tags=ANY_TAGS,
        vendor_modules_in_goroot_src=True,
        load_tests=not options.vendor,
        silence_package_errors=True,
        use_vendor_all=options.vendor,
    )
    if options.m:
        stanzas = _why_modules(modules, opts, config.args, options)
    else:
        stanzas = _why_packages(modules, opts, config.args, options)
    save_memo(memo)
    inv.stdout.write("\n".join(stanzas))
    return 0


def _why_modules(modules: Loader, opts: PackageOpts, args: list[str], options: _Options) -> list[str]:
    for arg in args:
        if "@" in arg:
            raise GokilnError(f"{arg}: 'go mod why' requires a module path, not a version query")
    listed = modules.list_modules(args)
    _, paths = modules.load_packages(opts, ["all"])
    by_module: dict[str, list[str]] = {}
    for path in paths:
        by_module.setdefault(modules.package_module(path).path, []).append(path)
    stanzas: list[str] = []
    for m in listed:
        best = min(by_module.get(m.path, ()), key=modules.why_depth, default="")
        why = _chain(modules, best, options) or _not_needed("module", m.path, options.vendor)
        stanzas.append(f"# {m.path}\n{why}")
    return stanzas


def _why_packages(modules: Loader, opts: PackageOpts, args: list[str], options: _Options) -> list[str]:
    matches, _ = modules.load_packages(opts, args)
    modules.load_packages(opts, ["all"])  # the import graph from the main module, not from the packages named
    return [
        f"# {path}\n{_chain(modules, path, options) or _not_needed('package', path, options.vendor)}"
        for m in matches
        for path in m.pkgs or ()
    ]


def _chain(modules: Loader, path: str, options: _Options) -> str:
    return draw_chain(modules.why_chain(path)) if options.graph else modules.why(path)


def draw_chain(chain: list[tuple[str, ModVersion]]) -> str:
    """A chain of imports as a tree of one branch; each package's module beside it, where that changes."""
    lines: list[str] = []
    before = None
    for depth, (name, mod) in enumerate(chain):
        indent = "   " * (depth - 1) + "└─ " if depth else ""
        note = ""
        if mod != before:
            note = f"  [{show(mod)}]" if mod.path else "  [std]"
        before = mod
        lines.append(f"{indent}{name}{note}\n")
    return "".join(lines)


def _not_needed(kind: str, path: str, vendor: bool) -> str:
    to_vendor = " to vendor" if vendor else ""
    return f"(main module does not need{to_vendor} {kind} {path})\n"

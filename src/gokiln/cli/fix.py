"""`gokiln fix`: since go1.26 the same as vet with another tool; before, the old tool on the files of packages.

Source: cmd/go/internal/vet/vet.go, go1.26; cmd/go/internal/fix/fix.go, go1.25.
"""

from __future__ import annotations

from gokiln.cli.configure import configure
from gokiln.config.config import load_env

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config

_OLD_USAGE = "go fix [-fix list] [packages]"
_ANALYSIS_SINCE = 26


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    env, _ = load_env(inv.argv0, ["fix", *inv.args], inv.environ, inv.cwd)
    if env.toolchain.release.minor < _ANALYSIS_SINCE:
        return _old_fix(inv)
    from gokiln.cli.vet import analyze

    return analyze(inv, "fix")


class _Options:
    fix = ""


def _old_fix(inv: Invocation) -> int:
    from gokiln.cli.streams import make_sink
    from gokiln.config.buildflags import OMIT_BUILD_ONLY_FLAGS

    options = _Options()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.string("fix", options, "fix")

    config = configure(
        inv,
        "fix",
        usage_line=_OLD_USAGE,
        register=register,
        mask=OMIT_BUILD_ONLY_FLAGS,
        init_build=False,
        sink=make_sink(inv),
    )
    return _fix_packages(inv, config, [f"-r={options.fix}"] if options.fix else [])


def _fix_packages(inv: Invocation, config: Config, chosen: list[str]) -> int:
    """Run the old tool on each package. chosen: its flag that says which fixes to make."""
    import os

    from gokiln.base.shortpath import short_path
    from gokiln.cli.fmt import go_files
    from gokiln.cli.loading import open_graph
    from gokiln.cli.tool import run_tool
    from gokiln.events import Text
    from gokiln.packages.load import packages_and_errors
    from gokiln.packages.loadopts import PackageOpts

    status = 0
    told = False
    good = []
    for package in packages_and_errors(open_graph(config, workspace=False, builds=False), PackageOpts(), config.args):
        if package.error is not None:
            config.sink.tell(Text(f"{package.error}\n"))
            status = 1
        else:
            good.append(package)
    for package in good:
        if package.module is not None and not package.module.main:
            if not told:
                config.sink.tell(Text("go: not fixing packages in dependency modules\n"))
                told = True
            continue
        version = ""
        if package.module is not None:
            version = "go" + package.module.go_version
        elif package.standard:
            version = config.target.release_tags[-1]
        words = [f"-go={version}", *chosen, *(short_path(file, config.cwd) for file in go_files(package))]
        if config.flags.n or config.flags.x:
            go = os.path.join(config.toolchain.goroot, "bin", "go")
            inv.stdout.write(" ".join([*config.flags.toolexec, go, "tool", "fix", *words]) + "\n")
            if config.flags.n:
                continue
        if run_tool(inv, config, "fix", words, False):
            status = 1
    return status

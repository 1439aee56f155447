"""`gokiln run`: build one command into the cache and run it.

Source: cmd/go/internal/run/run.go, go1.26.
"""

from __future__ import annotations

from gokiln.actions.action import Action
from gokiln.actions.graph import MODE_BUILD
from gokiln.cli.building import (
    Session,
    building_config,
    cover_packages,
    report_package_errors,
    run_quietly,
)
from gokiln.cli.loading import is_versioned, open_graph
from gokiln.cli.signals import CleanEnd
from gokiln.errors import GokilnError, PlainError
from gokiln.execute.golink import user_environ
from gokiln.execute.userprogram import find_exec_cmd, run_program
from gokiln.execute.workdir import WorkDir
from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.load import go_files_package, packages_and_errors, packages_outside_module
from gokiln.packages.loadopts import PackageOpts
from gokiln.packages.target import default_exec_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

USAGE = "go run [build flags] [-exec xprog] package [arguments...]"


class Options:
    """The command's own flags. exec: the words of -exec, None when it was not given."""

    def __init__(self) -> None:
        self.exec: list[str] | None = None


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = Options()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.strings("exec", options, "exec")

    config = building_config(inv, "run", USAGE, register)
    with CleanEnd(), WorkDir(config) as work:
        return run_quietly(lambda: _run(inv, config, options, work))


def _run(inv: Invocation, config: Config, options: Options, work: WorkDir) -> int:
    outside = _is_outside(config.args)
    graph = open_graph(config, outside=outside)
    package, args = _load(graph, config)
    report_package_errors(config, [package])
    cover_packages(config, graph, [package])
    package.omit_debug = True
    package.target = ""  # to be built, whatever is installed
    package.exe_name = _exe_name(config, package)
    session = Session(inv, config, graph, work)
    link = session.builder.planner.link_action(MODE_BUILD, package)
    link.cache_executable = True
    root = Action("go run", deps=[link])
    root.args = args
    return session.do(root, lambda: _start(inv, session, options, link, args))


def _start(inv: Invocation, session: Session, options: Options, link: Action, args: list[str]) -> int:
    """Run what was built; the exit status."""
    config = session.config
    words = [*find_exec_cmd(config, options.exec), session.builder.result(link).built, *args]
    flags = config.flags
    if flags.n or flags.x:
        session.builder.background_shell().show_cmd("", " ".join(words))
        if flags.n:
            return 0
    inv.stdout.flush()
    ended = run_program(words, user_environ(config))
    if ended.problem:
        inv.stderr.write(ended.problem + "\n")
        return 1
    # cmd/go's idle workers take an interrupt for one of the build, even when the program ended well.
    return int(ended.interrupted)


def _is_outside(args: list[str]) -> bool:
    """Whether go.mod here does not count: a first argument that is path@version, no flag and no file."""
    return bool(args) and not args[0].endswith(".go") and not args[0].startswith("-") and is_versioned(args[0])


def _load(graph: ImportGraph, config: Config) -> tuple[Package, list[str]]:
    """The package to run and the program's arguments. Raises PlainError in the go command's words."""
    args = config.args
    count = 0
    while count < len(args) and args[count].endswith(".go"):
        count += 1
    opts = PackageOpts(main_only=True)
    if count:
        for file in args[:count]:
            if file.endswith("_test.go"):
                raise PlainError(f"go: cannot run *_test.go files ({file})")
        return go_files_package(graph, opts, args[:count]), args[count:]
    if not args or args[0].startswith("-"):
        raise PlainError("go: no go files listed")
    arg = args[0]
    load = packages_outside_module if is_versioned(arg) else packages_and_errors
    packages = load(graph, opts, args[:1])
    if not packages:
        raise PlainError(f"go: no packages loaded from {arg}")
    if len(packages) > 1:
        names = "\n\t".join(p.import_path for p in packages)
        raise PlainError(f"go: pattern {arg} matches multiple packages:\n\t{names}")
    return packages[0], args[1:]


def _exe_name(config: Config, package: Package) -> str:
    """What the program is called. Raises GokilnError when no file is left to build."""
    if not package.cmdline_files:
        return default_exec_name(package, config)
    files = package.go_files or package.cgo_files
    if not files:
        hint = "" if config.target.cgo_enabled else " (cgo is disabled)"
        raise GokilnError(f"no suitable source files{hint}")
    return files[0].removesuffix(".go")

"""`gokiln build`: compile packages and their dependencies, write programs where -o says.

Source: runBuild in cmd/go/internal/work/build.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.action import Action
from gokiln.actions.graph import MODE_BUILD, MODE_INSTALL
from gokiln.base.quote import go_quote
from gokiln.cli.building import (
    Session,
    building_config,
    cover_packages,
    filter_packages,
    omit_test_only,
    report_package_errors,
    run_quietly,
)
from gokiln.cli.loading import open_graph
from gokiln.cli.signals import CleanEnd
from gokiln.errors import GokilnError, PlainError
from gokiln.events import Text
from gokiln.execute.workdir import WorkDir
from gokiln.packages.load import packages_and_errors
from gokiln.packages.loadopts import PackageOpts
from gokiln.packages.target import default_exec_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

USAGE = "go build [-o output] [build flags] [packages]"


def _register(flagset: FlagSet, flags: BuildFlags) -> None:
    flagset.string("o", flags, "o")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    config = building_config(inv, "build", USAGE, _register)
    with CleanEnd(), WorkDir(config) as work:
        return run_quietly(lambda: _build(inv, config, work), config.sink)


def _build(inv: Invocation, config: Config, work: WorkDir) -> int:
    graph = open_graph(config)
    packages = packages_and_errors(graph, PackageOpts(auto_vcs=True), config.args)
    report_package_errors(config, packages)
    output = config.flags.o
    explicit = bool(output)
    if len(packages) == 1 and packages[0].name == "main" and not output:
        output = default_exec_name(packages[0], config) + config.target.exe_suffix
    _warn_of_flags(config)
    packages = omit_test_only(filter_packages(config, packages))
    if output == os.devnull or (os.name == "nt" and output.upper() == "NUL"):
        output = ""
    cover_packages(config, graph, packages)
    session = Session(inv, config, graph, work)
    return session.do(_plan(session, packages, output, explicit))


def _warn_of_flags(config: Config) -> None:
    """Say which flags the other compiler would have heeded."""
    flags = config.flags
    if flags.compiler == "gccgo":
        for given, kind, name in ((flags.gcflags, "compiler", "-gcflags"), (flags.ldflags, "linker", "-ldflags")):
            if given.present():
                text = f"please pass {kind} flags using -gccgoflags, not {name}"
                config.sink.tell(Text(f"go build: when using gccgo toolchain, {text}\n", 1))
    elif flags.gccgoflags.present():
        text = "please pass compile flags using -gcflags, and linker flags using -ldflags"
        config.sink.tell(Text(f"go build: when using gc toolchain, {text}\n", 1))


def _plan(session: Session, packages: list[Package], output: str, explicit: bool) -> Action:
    """What to do with the packages. output: where to write, "" for nowhere. Raises PlainError."""
    planner = session.builder.planner
    if not output:
        root = Action("go build")
        root.deps = [planner.auto_action(MODE_BUILD, p) for p in packages]
        if session.config.flags.buildmode == "shared":
            from gokiln.cli.sharedlibs import shared_build

            return shared_build(planner, session.graph, MODE_BUILD, session.config.args, packages, root)
        return root
    if os.path.isdir(output) or output.endswith(("/", os.sep)):
        if not explicit:
            raise PlainError(f"go: build output {go_quote(output)} already exists and is a directory")
        root = Action("go build")
        for p in packages:
            if p.name == "main":
                name = default_exec_name(p, session.config) + session.config.target.exe_suffix
                _aim(p, os.path.normpath(os.path.join(output, name)))
                root.deps.append(planner.auto_action(MODE_INSTALL, p))
        if not root.deps:
            raise GokilnError("no main packages to build")
        return root
    if len(packages) > 1:
        raise GokilnError(f"cannot write multiple packages to non-directory {output}")
    if not packages:
        raise PlainError("no packages to build")
    _aim(packages[0], output)
    return planner.auto_action(MODE_INSTALL, packages[0])


def _aim(package: Package, target: str) -> None:
    """Say where a package's result goes; it is to be built whatever is there."""
    package.target = target
    package.stale = True
    package.stale_reason = "build -o flag in use"

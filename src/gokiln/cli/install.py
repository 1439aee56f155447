"""`gokiln install`: build, and put programs where GOBIN or GOPATH say.

Source: runInstall, InstallPackages, installOutsideModule in cmd/go/internal/work/build.go, go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.actions.action import Action
from gokiln.actions.graph import MODE_INSTALL
from gokiln.cli.building import (
    Session,
    building_config,
    cover_packages,
    filter_packages,
    omit_test_only,
    report_package_errors,
    run_quietly,
)
from gokiln.cli.loading import is_versioned, open_graph
from gokiln.cli.signals import CleanEnd
from gokiln.errors import GokilnError, PlainError
from gokiln.execute.workdir import WorkDir
from gokiln.packages.load import packages_and_errors, packages_outside_module
from gokiln.packages.loadopts import PackageOpts
from gokiln.packages.target import TO_TOOL, default_exec_name, install_target_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.cli.invocation import Invocation
    from gokiln.config.config import Config
    from gokiln.packages.importgraph import ImportGraph
    from gokiln.packages.package import Package

USAGE = "go install [build flags] [packages]"


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    config = building_config(inv, "install", USAGE)
    with CleanEnd():
        return run_quietly(lambda: _install(inv, config), config.sink)


def _install(inv: Invocation, config: Config) -> int:
    outside = any(is_versioned(arg) for arg in config.args)
    graph = open_graph(config, outside=outside)
    if outside:
        packages = packages_outside_module(graph, PackageOpts(main_only=True), config.args)
        patterns = [arg[: arg.index("@")] for arg in config.args]
    else:
        packages = packages_and_errors(graph, PackageOpts(auto_vcs=True), config.args)
        patterns = list(config.args)
        _ask_for_version(graph, patterns, packages)
    report_package_errors(config, packages)
    if not outside:
        cover_packages(config, graph, packages)
    return install_packages(inv, config, graph, patterns, packages)


def _ask_for_version(graph: ImportGraph, patterns: Sequence[str], packages: Sequence[Package]) -> None:
    """Outside a module, when nothing is wrong but that modules are missing, say how to name a version."""
    from gokiln.errors import find_error
    from gokiln.modules.resolve.errors import ImportMissingError

    if not graph.modules.enabled() or graph.modules.has_mod_root():
        return
    broken = [p.error for p in packages if p.error is not None]
    if not broken or not all(find_error(error.err, ImportMissingError) is not None for error in broken):
        return
    hint = " ".join(f"{pattern}@latest" for pattern in patterns)
    raise GokilnError(
        "'go install' requires a version when current directory is not in a module",
        hint=f"Try 'go install {hint}' to install the latest version",
    )


def install_packages(
    inv: Invocation, config: Config, graph: ImportGraph, patterns: Sequence[str], packages: Sequence[Package]
) -> int:
    """Build the packages and install what has a place; returns the exit status. Raises GokilnError."""
    gobin = config.env.get("GOBIN")
    if gobin and not os.path.isabs(gobin):
        raise PlainError("cannot install, GOBIN must be an absolute path")
    packages = omit_test_only(filter_packages(config, packages))
    problems = [text for text in map(_no_place, packages) if text]
    if problems:
        raise PlainError("\n".join(problems))
    with WorkDir(config) as work:
        session = Session(inv, config, graph, work)
        status = session.do(_plan(session, packages, patterns))
    if status == 0 and not patterns and len(packages) == 1 and packages[0].name == "main":
        _remove_leftover(config, packages[0])
    return status


def _no_place(package: Package) -> str:
    """Why a package cannot be installed anywhere; "" if it can, or need not."""
    if package.target:
        return ""
    if package.name != "main" and ((package.local and not package.conflict_dir) or package.module is not None):
        return ""  # the cache is all the place it needs
    if package.name != "main" and package.standard and not getattr(package.build, "pkg_obj", ""):
        return ""
    if package.gobin_subdir:
        return "go: cannot install cross-compiled binaries when GOBIN is set"
    if package.cmdline_files:
        return "go: no install location for .go files listed on command line (GOBIN not set)"
    if package.conflict_dir:
        return f"go: no install location for {package.dir}: hidden by {package.conflict_dir}"
    return (
        f"go: no install location for directory {package.dir} outside GOPATH\n\tFor more details see: 'go help gopath'"
    )


def _plan(session: Session, packages: Sequence[Package], patterns: Sequence[str]) -> Action:
    """Install all; the toolchain's own tools come last, as they may run until then."""
    root = Action("go install")
    tools: list[Action] = []
    for package in packages:
        action = session.builder.planner.auto_action(MODE_INSTALL, package)
        if install_target_dir(package) == TO_TOOL:
            root.deps += action.deps
            action.deps.append(root)
            tools.append(action)
        else:
            root.deps.append(action)
    root = Action("go install (tools)", deps=tools) if tools else root
    if session.config.flags.buildmode == "shared":
        from gokiln.cli.sharedlibs import shared_build

        return shared_build(session.builder.planner, session.graph, MODE_INSTALL, patterns, packages, root)
    return root


def _remove_leftover(config: Config, package: Package) -> None:
    """Remove what `go build` here would have left: it is installed now, and the copy would get stale."""
    name = default_exec_name(package, config) + config.target.exe_suffix
    if os.path.join(package.dir, name) == package.target:
        return
    try:
        mode = os.stat(name).st_mode
        if stat.S_ISREG(mode) and (mode & 0o111 or config.target.goos == "windows"):
            os.remove(name)
    except OSError:
        return

"""Shared libraries of Go packages (-buildmode=shared, -linkshared): what planning them needs from the loaded packages.

Source: buildmodeShared, readpkglist in cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.sharedlib import SharedLibraries, SharedLibraryError, Surroundings, library_name
from gokiln.base.oserror import os_error_text
from gokiln.errors import GokilnError
from gokiln.golang.elf import ElfError
from gokiln.golang.elfnote import gccgo_package_list, package_list
from gokiln.packages.error import ImportStack
from gokiln.packages.implied import linker_deps
from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.loadopts import PackageOpts
from gokiln.packages.package import Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.actions.action import Action
    from gokiln.actions.graph import Planner


def join_libraries(planner: Planner, graph: ImportGraph) -> None:
    """Let a planner plan shared libraries."""
    config = graph.config

    def load(path: str) -> Package:
        package, _ = graph.load_import(PackageOpts(), path, config.cwd, None, ImportStack(), None, 0)
        graph.set_tool_flags([package])
        return package

    def fake_package() -> Package:
        package = Package()
        package.cmdline_pkg = True
        mains = graph.main_modules()
        package.ldflags = config.flags.ldflags.for_package(package, mains)
        package.gccgoflags = config.flags.gccgoflags.for_package(package, mains)
        return package

    planner.linkshared = config.flags.linkshared
    planner.shared = SharedLibraries(
        planner,
        Surroundings(
            load,
            _read_gccgo_list if config.flags.compiler == "gccgo" else _read_list,
            lambda: linker_deps(config, None),
            fake_package,
            config.target.goarch,
            config.flags.compiler == "gccgo",
        ),
    )


def _read_list(library: str) -> list[str]:
    try:
        with open(library, "rb") as file:
            return package_list(file)
    except OSError as err:
        raise SharedLibraryError(f"readELFNote failed: {os_error_text(err)}") from err
    except ElfError as err:
        raise SharedLibraryError(f"readELFNote failed: {err}") from err


def _read_gccgo_list(library: str) -> list[str]:
    try:
        with open(library, "rb") as file:
            found = gccgo_package_list(file)
    except OSError as err:
        raise GokilnError(f"failed to open shared library: {os_error_text(err)}") from err
    except ElfError as err:
        raise GokilnError(f"failed to open shared library: {err}") from err
    if found is None:
        raise GokilnError(f"{library}: missing .go_export section")
    return found


def shared_build(
    planner: Planner, graph: ImportGraph, mode: int, patterns: Sequence[str], packages: Sequence[Package], group: Action
) -> Action:
    """The action that makes one shared library of the packages that group builds. Raises SharedLibraryError."""

    def local_path(directory: str) -> str:
        # As in GOPATH mode, whichever mode this is.
        from gokiln.packages.gopath.places import Places

        config = graph.config
        places = Places(graph.disk, config.toolchain.goroot, config.env.gopath()[0])
        found = places.find_dir(os.path.normpath(os.path.join(config.cwd, directory))).import_path
        return found if found != "." else directory

    assert planner.shared is not None
    name = library_name(patterns, packages, local_path)
    return planner.shared.library_action(mode, mode, name, group)

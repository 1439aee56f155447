"""Which profile each package is compiled with (-pgo).

With -pgo=auto a main package's default.pgo serves the program and everything it imports. Two programs may have
two profiles, so with more than one package named, what a program imports is copied for it.

Source: cmd/go/internal/load/pkg.go (setPGOProfilePath), go1.26.
"""

from __future__ import annotations

import os

from gokiln.packages.buildinfo import add_pgo
from gokiln.packages.package import Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.packages.importgraph import ImportGraph


def set_pgo_profiles(graph: ImportGraph, packages: Sequence[Package]) -> None:
    """Set pgo_profile (an absolute path) on the packages and what they import, and note it in build information."""
    choice = graph.config.flags.pgo
    if choice == "off":
        return
    if choice == "auto":
        for main in packages:
            if main.name != "main":
                continue
            file = os.path.join(main.dir, "default.pgo")
            if os.path.exists(file):
                _split(graph, main, file, len(packages) > 1)
        return
    from gokiln.packages.package import package_list

    file = os.path.normpath(os.path.join(graph.config.cwd, choice))
    for p in package_list(packages):
        _attach(graph, p, file)


def _attach(graph: ImportGraph, p: Package, file: str) -> None:
    p.pgo_profile = file
    info = graph.build_infos.get(p)
    if info is not None:
        add_pgo(info, file, graph.config.flags.trimpath)
        p.build_info = str(info)


def _split(graph: ImportGraph, main: Package, file: str, copy: bool) -> None:
    """Attach the profile below main, to copies of what it imports when other packages share that."""
    made: dict[Package, Package] = {}

    def of(p: Package) -> Package:
        found = made.get(p)
        if found is None:
            found = made[p] = _fork(p, main) if copy and p is not main else p
            _attach(graph, found, file)
            todo.append(found)
        return found

    todo: list[Package] = []
    of(main)
    while todo:
        p = todo.pop()
        p.internal_imports = [of(dep) for dep in p.internal_imports]


def _fork(p: Package, main: Package) -> Package:
    fork = p.twin()
    fork.imports = list(p.imports)
    fork.for_main = main.import_path
    return fork

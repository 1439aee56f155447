"""Imports that a command adds to a package: what coverage counts with, and what vet of old expects to be there.

Source: cmd/go/internal/load/pkg.go (EnsureImport), go1.26.
"""

from __future__ import annotations

from gokiln.packages.error import ImportStack, LoadFatalError
from gokiln.packages.loadopts import PackageOpts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.packages.importgraph import ImportGraph
    from gokiln.packages.package import Package


def ensure_import(graph: ImportGraph, p: Package, path: str) -> None:
    """Add an import that the source does not have (load.EnsureImport). Raises LoadFatalError."""
    if any(d.name == path for d in p.internal_imports):
        return
    p1, err = graph.load_import(PackageOpts(), path, p.dir, p, ImportStack(), None, 0)
    problem = err or p1.error
    if problem is not None:
        raise LoadFatalError(f"load {path}: {problem}")
    if not graph.flags_at_once:
        graph.set_tool_flags([p1])
    p.internal_imports = [*p.internal_imports, p1]


def fmt_of(graph: ImportGraph, p: Package) -> Package:
    """The package fmt as p would import it, ready to be built. Raises LoadFatalError.

    Source: vetAction in cmd/go/internal/work/action.go, go1.25: its vet expects to be able to import fmt.
    """
    stack = ImportStack()
    stack.push("vet")
    p1, err = graph.load_import(PackageOpts(), "fmt", p.dir, p, stack, None, 0)
    if err is not None:
        raise LoadFatalError(f"unexpected error loading fmt package from package {p.import_path}: {err}")
    graph.set_tool_flags([p1])
    return p1

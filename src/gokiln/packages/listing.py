"""What `list` works out about loaded packages before it shows them: dependencies, import maps, test variants' names.

Source: cmd/go/internal/list/list.go, go1.26.
"""

from __future__ import annotations

from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.package import package_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.packages.error import PackageError
    from gokiln.packages.package import Package


def collect_deps(packages: Sequence[Package]) -> None:
    """Fill `deps` of packages given in the order of package_list (each after what it imports)."""
    known: dict[Package, set[str]] = {}
    for p in packages:
        deps: set[str] = set()
        for p1 in p.internal_imports:
            deps.add(p1.import_path)
            deps |= known.get(p1, _NONE)
        known[p] = deps
        p.deps = sorted(deps)


_NONE: frozenset[str] = frozenset()


def collect_deps_errors(packages: Sequence[Package]) -> None:
    """Fill `deps_errors` of packages given in the order of package_list."""
    for p in packages:
        found: dict[PackageError, None] = {}
        for p1 in p.internal_imports:
            if p1.error is not None:
                found[p1.error] = None
            for err in p1.deps_errors:
                found[err] = None
        p.deps_errors = sorted(found, key=_error_order)


def _error_order(err: PackageError) -> tuple[bool, str]:
    if not err.import_stack:
        return False, str(err.err)
    return True, err.import_stack[-1].pkg


def show_resolved_imports(graph: ImportGraph, packages: Sequence[Package], named: set[Package]) -> None:
    """Show test imports as they resolve, and note which packages are there only as dependencies."""
    for p in packages:
        p.test_imports = _resolve(graph, p, p.test_imports)
        p.xtest_imports = _resolve(graph, p, p.xtest_imports)
        p.dep_only = p not in named


def _resolve(graph: ImportGraph, p: Package, imports: Sequence[str]) -> list[str]:
    return sorted({graph.resolve_import_path(p, path) for path in imports})


def rename_variants(packages: Sequence[Package], named: set[Package]) -> None:
    """Show packages recompiled for a test or a program under their own names, also where they are imported."""
    old: dict[str, str] = {}
    for p in packages:
        if p.for_test or p.for_main:
            name = p.desc()
            old[name] = p.import_path
            p.import_path = name
        p.dep_only = p not in named
    for p in packages:
        names = {old[p1.import_path]: p1.import_path for p1 in p.internal_imports if p1.for_test or p1.for_main}
        if names:
            p.imports = [names.get(path, path) for path in p.imports]


def fill_import_maps(packages: Sequence[Package]) -> None:
    """Note which imports mean another path than the source says (`import_map`)."""
    for p in packages:
        written = [*p.raw_imports, *p.compiled_imports]
        if p.imports == written[: len(p.imports)]:
            continue
        p.import_map = {source: path for source, path in zip(written, p.imports) if source != path}


def packages_with_deps(packages: Sequence[Package]) -> list[Package]:
    """The packages and all they import, dependencies first."""
    return package_list(packages)

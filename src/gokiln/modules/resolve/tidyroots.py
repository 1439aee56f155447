"""The fewest root requirements that keep every loaded package at its version (`mod tidy`, and every -mod=mod load).

Source: cmd/go/internal/modload/buildlist.go (tidyRoots, tidyPrunedRoots, tidyUnprunedRoots), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, PlainError, find_error
from gokiln.golang import gover
from gokiln.golang.modpath import sort as module_sort
from gokiln.modules.mvs import mvs
from gokiln.modules.resolve.conflict import Conflict
from gokiln.modules.resolve.errors import FATAL, AmbiguousImportError
from gokiln.modules.resolve.graphread import module_graph
from gokiln.modules.resolve.imports import import_from_modules
from gokiln.modules.resolve.loadpkg import PKG_IN_ALL
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED
from gokiln.modules.resolve.mvsreqs import MvsReqs
from gokiln.modules.resolve.requirements import Requirements
from gokiln.modules.resolve.summaries import go_mod_summary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gokiln.modules.resolve.loadpkg import LoadPkg
    from gokiln.modules.resolve.pkgload import PackageLoader
    from gokiln.modules.resolve.state import State


def tidied(ld: PackageLoader) -> Requirements:
    """tidy_roots of what ld has loaded; found once for the same requirements and packages. Raises GokilnError."""
    known = ld.tidied
    if known is not None and known[0] is ld.requirements and known[1] is ld.pkgs:
        return known[2]
    found = tidy_roots(ld.ls, ld.requirements, ld.pkgs, ld.opts.tidy_go_version)
    ld.tidied = ld.requirements, ld.pkgs, found
    return found


def tidy_roots(ls: State, rs: Requirements, pkgs: Sequence[LoadPkg], go_version: str = "") -> Requirements:
    """The minimal requirements for pkgs. Raises GokilnError when the graph cannot be loaded.

    go_version: the Go version asked for (`mod tidy -go`), for the error when a module wants a higher one.
    """
    if rs.pruning == UNPRUNED:
        return _tidy_unpruned_roots(ls, rs, pkgs, go_version)
    return _tidy_pruned_roots(ls, rs, pkgs)


def _language_roots(ls: State, old: Requirements) -> list[ModVersion]:
    roots: list[ModVersion] = []
    for path in ("go", "toolchain"):
        v = old.root_selected(ls.mains(), path)
        if v is not None:
            roots.append(ModVersion(path, v))
    return roots


def _tidy_pruned_roots(ls: State, old: Requirements, pkgs: Sequence[LoadPkg]) -> Requirements:
    mains = ls.mains().paths
    roots = _language_roots(ls, old)
    is_root = {ls.mains().single().path} | {m.path for m in roots}
    # First a root for every package in "all"; then, one depth of imports at a time, for what those roots do not bring
    # in by themselves: modules with short import stacks tend to bring in the others.
    in_all = [pkg for pkg in pkgs if pkg.flags & PKG_IN_ALL]
    for pkg in in_all:
        if pkg.mod.path and pkg.mod.path not in mains and pkg.mod.path not in is_root:
            roots.append(pkg.mod)
            is_root.add(pkg.mod.path)
    queue: Iterable[LoadPkg] = in_all
    queued = set(queue)
    gover.mod_sort(roots)
    tidy = Requirements(PRUNED, roots, old.direct)
    while queue:
        tidy, queue = _tidy_depth(ls, tidy, queue, queued, is_root)
    module_graph(ls, tidy)
    return _disambiguate(ls, tidy, pkgs, is_root)


def _tidy_depth(
    ls: State, tidy: Requirements, layer: Iterable[LoadPkg], queued: set[LoadPkg], is_root: set[str]
) -> tuple[Requirements, Iterable[LoadPkg]]:
    """(requirements with roots for what this layer lacks, the next layer). The order in a layer does not matter."""
    roots = list(tidy.roots)
    mg = module_graph(ls, tidy)
    following: set[LoadPkg] = set()
    for pkg in layer:
        m = pkg.mod
        if not m.path:
            continue
        following.update(pkg.imports)
        if pkg.test is not None:
            following.add(pkg.test)
        if m.path not in is_root and gover.mod_compare(m.path, mg.selected(m.path), m.version) < 0:
            roots.append(m)
            is_root.add(m.path)
    if len(roots) > len(tidy.roots):
        gover.mod_sort(roots)
        tidy = Requirements(PRUNED, roots, tidy.direct)
    following -= queued
    queued |= following
    return tidy, following


def _disambiguate(ls: State, tidy: Requirements, pkgs: Sequence[LoadPkg], is_root: set[str]) -> Requirements:
    """Add roots for packages that would become ambiguous without them (go.dev/issue/60313)."""
    while True:
        needed: dict[ModVersion, bool] = {}
        for pkg in pkgs:
            if not pkg.mod.path or pkg.mod.path in is_root:
                continue
            try:
                import_from_modules(ls, pkg.path, tidy, None, True)
            except FATAL:
                raise
            except GokilnError as err:
                if find_error(err, AmbiguousImportError) is not None:
                    needed[pkg.mod] = True
        if not needed:
            return tidy
        roots = tidy.roots + list(needed)
        is_root.update(m.path for m in needed)
        module_sort(roots)
        tidy = Requirements(PRUNED, roots, tidy.direct)
        module_graph(ls, tidy)


def _tidy_unpruned_roots(ls: State, old: Requirements, pkgs: Sequence[LoadPkg], go_version: str) -> Requirements:
    mains = ls.mains().paths
    main = ls.mains().single()
    keep = _language_roots(ls, old)
    kept = {m.path for m in keep}
    root_paths: dict[str, bool] = {}
    # Modules that could have had a package by their name: if they stay in the graph they must not go down, or the
    # next load lacks their sum while it rules them out (go.dev/issue/47738).
    alternatives: dict[str, str] = {}
    for pkg in pkgs:
        m = pkg.mod
        if not m.path or m.path in mains:
            continue
        if m.path not in kept:
            keep.append(m)
            kept.add(m.path)
            if old.direct.get(m.path):
                root_paths[m.path] = True
        for alt in pkg.alt_mods:
            alternatives[alt.path] = alt.version
    reqs = MvsReqs(ls, keep)
    least = mvs.req(main, list(root_paths), reqs)
    lowered = [
        ModVersion(m.path, alternatives[m.path])
        for m in mvs.build_list([main], reqs)
        if m.path in alternatives and gover.mod_compare(m.path, m.version, alternatives[m.path]) < 0
    ]
    if lowered:
        # One of these may make another explicit requirement needless: ask mvs again.
        least = mvs.req(main, list(root_paths), MvsReqs(ls, keep + lowered))
    if all(m.path != "go" for m in least):
        raise PlainError(f"go: {_go_is_implied(ls, mvs.build_list([main], reqs), go_version)}")
    return Requirements(UNPRUNED, least, old.direct)


def _go_is_implied(ls: State, build_list: Sequence[ModVersion], go_version: str) -> str:
    """A module wants the main module's Go version, so no root has to say it: then no lower one can be had.

    cmd/go panics here ("missing go root module"), with -e too; these are its words for the same with -go=1.17.
    """
    wanted = ModVersion("go", next((m.version for m in build_list if m.path == "go"), ""))
    for m in build_list:
        if m.version and not gover.is_toolchain(m.path) and wanted in go_mod_summary(ls, m).require:
            return Conflict([m, wanted], ModVersion("go", go_version)).summary()
    return f"no module of the graph says which Go version it needs, and {go_version} is requested"

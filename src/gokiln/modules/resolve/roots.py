"""Keeping the root requirements consistent with each other and with the packages that were loaded.

The invariants (see cmd/go/internal/modload/buildlist.go, updatePrunedRoots): every module that gives a package to the
main module is a root; every root stands once, at its selected version; no root is lost on the way. In -mod=readonly
nothing may change: then the same walk is a check, and raises GoModDirtyError.

Source: cmd/go/internal/modload/buildlist.go, mvs.go, go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.graphread import graph_and_error, module_graph
from gokiln.modules.resolve.loadpkg import PKG_FROM_ROOT, PKG_IN_ALL, PKG_IS_ROOT, LoadPkg
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED, WORKSPACE
from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
from gokiln.modules.resolve.summaries import go_mod_summary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gokiln.modules.resolve.state import State

_GRAPH_KEPT_SINCE = 27  # minor release in which updating a workspace's requirements does not lose their graph


def update_roots(
    ls: State,
    direct: dict[str, bool],
    rs: Requirements,
    pkgs: Sequence[LoadPkg],
    add: list[ModVersion],
    roots_imported: bool,
) -> Requirements:
    """rs with consistent roots: `add` added, modules of pkgs promoted, each at its selected version.

    roots_imported: treat the packages asked for as imported by the main module (as `go get` does). Returns rs itself
    when nothing changes. Raises GokilnError; GoModDirtyError where go.mod may not change.
    """
    if rs.pruning == UNPRUNED:
        return update_unpruned_roots(ls, direct, rs, add)
    if rs.pruning == PRUNED:
        return _update_pruned_roots(ls, direct, rs, pkgs, add, roots_imported)
    if add:
        raise AssertionError("roots added in workspace mode")
    updated = Requirements(WORKSPACE, rs.roots, direct)
    if ls.config.toolchain.release.minor >= _GRAPH_KEPT_SINCE:
        updated.share_graph(rs)
    return updated


def _promoted(
    ls: State, rs: Requirements, pkgs: Iterable[LoadPkg], roots_imported: bool
) -> tuple[list[ModVersion], dict[ModVersion, bool]]:
    """(modules that have to become roots, roots whose own requirements are worth a look)."""
    new: list[ModVersion] = []
    spot_check: dict[ModVersion, bool] = {}
    mains = ls.mains().paths
    highest = rs.max_root_version
    for pkg in pkgs:
        mod = pkg.mod
        if not mod.path or mod.path in mains:
            continue
        flags = pkg.flags
        # In "all": who uses our module finds its dependencies by our go.mod alone. Asked for: the next command must
        # find the same versions. Others are the business of the modules they were imported from.
        if flags & (PKG_IN_ALL | PKG_IS_ROOT) or (roots_imported and flags & PKG_FROM_ROOT):
            if mod.path in highest:
                spot_check[mod] = True
            else:
                new.append(mod)
    return new, spot_check


def _update_pruned_roots(
    ls: State,
    direct: dict[str, bool],
    rs: Requirements,
    pkgs: Iterable[LoadPkg],
    add: list[ModVersion],
    roots_imported: bool,
) -> Requirements:
    new, spot_check = _promoted(ls, rs, pkgs, roots_imported)
    for m in add:
        v = rs.root_selected(ls.mains(), m.path)
        if v is None or gover.mod_compare(m.path, v, m.version) < 0:
            new.append(m)
    roots = rs.roots
    upgraded = bool(new)
    if new:
        roots = roots + new
        gover.mod_sort(roots)

    while True:
        mg: ModuleGraph | None = None
        if upgraded:
            # Other roots' dependencies may want higher versions: look at the whole graph.
            if ls.must_have_complete_requirements():
                raise ls.go_mod_dirty()
            rs = Requirements(PRUNED, roots, direct)
            mg = module_graph(ls, rs)
        elif rs.graph_loaded() is not None:
            mg = graph_and_error(ls, rs)[0]
        elif not spot_check_roots(ls, rs, spot_check):
            mg = module_graph(ls, rs)
        roots, upgraded = _selected_roots(ls, rs, mg)
        if not upgraded:
            if ls.build_mod != "mod":
                return rs  # at most duplicates are gone: keep the graph
            break
    if rs.pruning == PRUNED and roots == rs.roots and direct == rs.direct:
        return rs
    return Requirements(PRUNED, roots, direct)


def _selected_roots(ls: State, rs: Requirements, mg: ModuleGraph | None) -> tuple[list[ModVersion], bool]:
    """(each root once, at its selected version; whether a version went up)."""
    roots: list[ModVersion] = []
    upgraded = False
    seen = set(ls.mains().paths)
    highest = rs.max_root_version
    for m in rs.roots:
        path = m.path
        if path in seen:
            continue
        v = highest[path] if mg is None else mg.selected(path)
        if v == m.version:
            roots.append(m)
        else:
            roots.append(ModVersion(path, v))
            upgraded = True
        seen.add(path)
    return roots, upgraded


def spot_check_roots(ls: State, rs: Requirements, mods: Iterable[ModVersion]) -> bool:
    """Whether the roots satisfy what these modules require themselves."""
    mains = ls.mains().paths
    highest = rs.max_root_version
    mod_compare = gover.mod_compare
    from gokiln.modules.resolve.prefetch import prefetch_go_mods

    mods = list(mods)
    prefetch_go_mods(ls, mods)
    for m in mods:
        try:
            summary = go_mod_summary(ls, m)
        except FATAL:
            raise
        except GokilnError:
            return False
        for path, version in summary.require:
            # A main module is below every version, so who requires one has the whole graph read.
            v = "" if path in mains else highest.get(path)
            if v is not None and v != version and mod_compare(path, v, version) < 0:
                return False
    return True


def update_unpruned_roots(ls: State, direct: dict[str, bool], rs: Requirements, add: list[ModVersion]) -> Requirements:
    """As update_roots, for a module whose graph is not pruned: all of it must load."""
    from gokiln.modules.mvs import mvs
    from gokiln.modules.resolve.mvsreqs import MvsReqs

    mg = module_graph(ls, rs)
    if ls.must_have_complete_requirements():
        # Nothing may be updated: check that nothing needs to be.
        stale = any(m.version != mg.selected(m.path) for m in [*rs.roots, *add])
        if stale or any(rs.root_selected(ls.mains(), path) is None for path in direct):
            raise ls.go_mod_dirty()
        return rs
    root_paths: dict[str, bool] = {}
    for root in rs.roots:
        # Keep what is listed at its selected version even if it is redundant: no churn (go.dev/issue/34822).
        if root.path not in root_paths and mg.selected(root.path) == root.version:
            root_paths[root.path] = True
    mms = ls.mains()
    keep = mg.build_list()[len(mms.versions) :] + add
    for m in keep:
        if direct.get(m.path) and m.path not in root_paths:
            root_paths[m.path] = True
    roots: list[ModVersion] = []
    for main in mms.versions:
        roots += mvs.req(main, list(root_paths), MvsReqs(ls, keep))
    if len(mms.versions) > 1:
        gover.mod_sort(roots)
    if rs.pruning == UNPRUNED and roots == rs.roots and direct == rs.direct:
        return rs
    return Requirements(UNPRUNED, roots, direct)


def convert_pruning(ls: State, rs: Requirements, pruning: str) -> Requirements:
    """rs with the given pruning, PRUNED or UNPRUNED. Raises GokilnError."""
    if rs.pruning == pruning:
        return rs
    if pruning == UNPRUNED:
        # The roots of a pruned graph are more than enough; drop the redundant ones.
        return update_unpruned_roots(ls, rs.direct, rs, [])
    # The transitive requirements of everything in the build list: all of it as roots.
    mg = module_graph(ls, rs)
    roots = mg.build_list()[len(ls.mains().versions) :]
    return Requirements(PRUNED, roots, rs.direct)

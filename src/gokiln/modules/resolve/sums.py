"""Which lines of go.sum are needed to load the same packages again.

Source: cmd/go/internal/modload/init.go (keepSums), go1.26.
"""

from __future__ import annotations

from gokiln.golang import gover
from gokiln.golang.modpath import is_valid_import_path
from gokiln.modules.resolve.graphread import graph_and_error
from gokiln.modules.resolve.imports import candidates
from gokiln.modules.resolve.modindex import PRUNED
from gokiln.modules.resolve.replacements import resolve_replacement
from gokiln.modules.resolve.summaries import mod_key
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.loaded import Loaded
    from gokiln.modules.resolve.loadpkg import LoadPkg
    from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
    from gokiln.modules.resolve.state import State


def keep_sums(ls: State, ld: Loaded | None, rs: Requirements, add_build_list_zip_sums: bool) -> set[ModVersion]:
    """The go.sum keys that loading the same packages again needs (modules, and "/go.mod" versions for go.mod files).

    add_build_list_zip_sums: also the trees of everything in the build list.
    """
    keep: set[ModVersion] = set()
    keep_mod_sums = True
    old_sums = gover.compare(ls.mains().go_version(), gover.TIDY_GO_MOD_SUM_VERSION) < 0
    if ld is None:
        keep_mod_sums = not (old_sums and ls.build_mod != "mod")
    else:
        old_sums = gover.compare(ld.requirements.go_version(ls.mains()), gover.TIDY_GO_MOD_SUM_VERSION) < 0
        keep_mod_sums = not (old_sums and (ld.opts.tidy or ls.build_mod != "mod"))
        _keep_for_packages(ls, ld, rs, keep, keep_mod_sums)
    mg = rs.graph_loaded()
    if mg is None:
        for m in rs.roots:
            r = resolve_replacement(ls, m)
            keep.add(mod_key(r))
            if add_build_list_zip_sums:
                keep.add(r)
        return keep

    # Requirements count in selecting versions, whether or not the module that has them was selected itself.
    keep.update(mod_key(resolve_replacement(ls, m)) for m in mg.g.requiring())
    if add_build_list_zip_sums:
        for m in mg.build_list():
            r = resolve_replacement(ls, m)
            if keep_mod_sums:
                keep.add(mod_key(r))
            keep.add(r)
    return keep


def _keep_for_packages(ls: State, ld: Loaded, rs: Requirements, keep: set[ModVersion], keep_go_mod: bool) -> None:
    """Trees of all modules that could have had a loaded package: the next load must rule them out again."""
    from_roots: dict[ModVersion, bool] = {}
    trees: set[ModVersion] = set()
    mg: ModuleGraph | None = None
    for pkg in ld.pkgs:
        if pkg.test_of is not None or (not pkg.mod.path and pkg.err is None) or not is_valid_import_path(pkg.path):
            continue
        from_root = from_roots.get(pkg.mod)
        if from_root is None:
            if keep_go_mod:
                keep.add(mod_key(resolve_replacement(ls, pkg.mod)))
            from_root = from_roots[pkg.mod] = _is_selected_root(ls, rs, pkg)
        if not from_root and mg is None:
            mg = graph_and_error(ls, rs)[0]
        trees.update(candidates(ls, pkg.path, rs, None if from_root else mg))
    keep.update(resolve_replacement(ls, m) for m in trees)


def _is_selected_root(ls: State, rs: Requirements, pkg: LoadPkg) -> bool:
    return rs.pruning == PRUNED and bool(pkg.mod.path) and rs.root_selected(ls.mains(), pkg.mod.path) == pkg.mod.version

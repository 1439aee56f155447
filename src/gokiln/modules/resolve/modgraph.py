"""The whole module graph, for those who want it without any packages: mod graph, list -m all, get.

Source: cmd/go/internal/modload/buildlist.go (LoadModGraph, expandGraph), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.graphread import graph_and_error, module_graph
from gokiln.modules.resolve.modfiles import load_mod_file
from gokiln.modules.resolve.modindex import UNPRUNED, pruning_for_go_version
from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
from gokiln.modules.resolve.roots import update_roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State


def load_mod_graph(ls: State, go_version: str = "") -> ModuleGraph:
    """The module graph without any packages, as the given Go version would see it ("": the go.mod file's)."""
    rs = load_mod_file(ls)
    if go_version:
        v = rs.root_selected(ls.mains(), "go") or ""
        if gover.compare(v, gover.GO_STRICT_VERSION) >= 0 and gover.compare(go_version, v) < 0:
            raise GokilnError(f"requested Go version {go_version} cannot load module graph (requires Go >= {v})")
        if pruning_for_go_version(go_version) == UNPRUNED and rs.pruning != UNPRUNED:
            rs = Requirements(UNPRUNED, rs.roots, rs.direct)
        return module_graph(ls, rs)
    rs, mg, err = expand_graph(ls, rs)
    if err is not None:
        raise err
    ls.requirements = rs
    return mg


def expand_graph(ls: State, rs: Requirements) -> tuple[Requirements, ModuleGraph, GokilnError | None]:
    """The full graph, and roots that agree with it; what could be had when there is an error."""
    mg, err = graph_and_error(ls, rs)
    if err is not None:
        return rs, mg, err
    if not _all_roots_selected(ls, mg):
        try:
            rs = update_roots(ls, rs.direct, rs, [], [], False)
        except FATAL:
            raise
        except GokilnError as roots_err:
            return rs, mg, roots_err
        mg, err = graph_and_error(ls, rs)
    return rs, mg, err


def _all_roots_selected(ls: State, mg: ModuleGraph) -> bool:
    """Whether every root is the selected version of its path."""
    mms = ls.mains()
    roots = mms.versions if ls.in_workspace_mode() else mg.required_by(mms.single()) or ()
    return all(mg.selected(m.path) == m.version for m in roots)

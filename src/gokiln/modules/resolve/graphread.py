"""Reading the module graph below root requirements out of the go.mod files of dependencies.

Source: cmd/go/internal/modload/buildlist.go (Requirements.Graph, readModGraph), go1.26.
"""

from __future__ import annotations

from gokiln.errors import FatalError, GokilnError
from gokiln.events import Text
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED, WORKSPACE
from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
from gokiln.modules.resolve.summaries import go_mod_summary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gokiln.modules.resolve.state import State


def module_graph(ls: State, rs: Requirements) -> ModuleGraph:
    """The module graph. Raises what graph_and_error gives."""
    mg, err = graph_and_error(ls, rs)
    if err is not None:
        raise err
    return mg


def graph_and_error(ls: State, rs: Requirements) -> tuple[ModuleGraph, GokilnError | None]:
    """The module graph, as complete as could be had, and why it is not complete. Read once."""
    mg = rs.graph_loaded()
    if mg is not None:
        return mg, rs.graph_error()
    mg, err = read_mod_graph(ls, rs.pruning, rs.roots)
    rs.keep_graph(mg, err)
    return mg, err


class GraphReader:
    """Reads the go.mod files of a graph, layer by layer; a layer's missing files are fetched at once.

    unprune: modules whose requirements are followed even where pruning would leave them out.
    """

    def __init__(self, ls: State, mg: ModuleGraph) -> None:
        self.ls = ls
        self.mg = mg
        self.unprune: frozenset[ModVersion] = frozenset()
        self.summaries = mg.summaries
        self.seen: set[tuple[ModVersion, str]] = set()
        self.queue: list[tuple[ModVersion, str]] = []
        self.pruned: list[tuple[Sequence[ModVersion], str]] = []  # requirements that were not followed

    def enqueue(self, mods: Iterable[ModVersion], pruning: str) -> None:
        """Have modules read."""
        seen, queue = self.seen, self.queue
        for m in mods:
            key = (m, pruning)
            if key not in seen and m.version != "none":
                seen.add(key)
                queue.append(key)

    def extend(self, unprune: frozenset[ModVersion]) -> None:
        """Follow requirements of more modules than before, as if that had been asked for from the start."""
        self.unprune = unprune
        for required, pruning in self.pruned:
            self.enqueue((r for r in required if r in unprune), pruning)
        self.run()

    def outcome(self) -> tuple[ModuleGraph, GokilnError | None]:
        """The graph, and the error that keeps it from being complete."""
        return self.mg, self.mg.find_error() if self.mg.errors else None

    def run(self) -> None:
        """Read until nothing is queued."""
        while self.queue:
            layer = self.queue
            self.queue = []
            self._prefetch(layer)
            for m, pruning in layer:
                self._load(m, pruning)

    def _prefetch(self, layer: list[tuple[ModVersion, str]]) -> None:
        from gokiln.modules.resolve.prefetch import prefetch_go_mods

        prefetch_go_mods(self.ls, [m for m, _ in layer if m not in self.summaries])

    def _load(self, m: ModVersion, pruning: str) -> None:
        if m in self.summaries:
            summary = self.summaries[m]
        else:
            try:
                summary = go_mod_summary(self.ls, m)
                self.mg.g.require(m, summary.require)
            except FATAL:
                raise
            except GokilnError as err:
                self.mg.errors[m] = err
                summary = None
            self.summaries[m] = summary
        if summary is None:
            return
        # Without pruning in m's own go.mod its requirements do not suffice to build it: go on below it.
        next_pruning = UNPRUNED if pruning == UNPRUNED else summary.pruning
        follow = pruning != PRUNED or summary.pruning == UNPRUNED
        if follow:
            self.enqueue(summary.require, next_pruning)
            return
        self.pruned.append((summary.require, next_pruning))
        if self.unprune:
            self.enqueue((r for r in summary.require if r in self.unprune), next_pruning)


def read_mod_graph(ls: State, pruning: str, roots: list[ModVersion]) -> tuple[ModuleGraph, GokilnError | None]:
    """The graph below the roots, and the error that keeps it from being complete."""
    return open_mod_graph(ls, pruning, roots).outcome()


def open_mod_graph(ls: State, pruning: str, roots: list[ModVersion]) -> GraphReader:
    """The graph below the roots, in the hands of a reader that can extend it."""
    if pruning == PRUNED and not ls.lazymod_told:
        ls.lazymod_told = True
        _lazymod(ls)
    mms = ls.mains()
    mg = ModuleGraph(roots if ls.in_workspace_mode() else mms.versions)
    if pruning != WORKSPACE:
        mg.g.require(mms.single(), roots)
    reader = GraphReader(ls, mg)
    reader.enqueue(roots, pruning)
    reader.run()
    if pruning == WORKSPACE:
        _reload_upgraded(reader, mg, roots)
    return reader


def _lazymod(ls: State) -> None:
    """GODEBUG=lazymod=log tells that the graph is read, lazymod=strict forbids it (cmd/go shows a stack before).

    Raises FatalError.
    """
    for setting in ls.config.env.environ.get("GODEBUG", "").split(","):
        if setting == "lazymod=log":
            ls.sink.tell(Text("go: read full module graph.\n"))
        elif setting == "lazymod=strict":
            raise FatalError("go: read full module graph (forbidden by GODEBUG=lazymod=strict).")


def _reload_upgraded(reader: GraphReader, mg: ModuleGraph, roots: list[ModVersion]) -> None:
    """In a workspace, follow dependencies of main modules at the versions that were selected after all."""
    has_deps_in_all = {m.path: True for m in roots}
    seen: set[ModVersion] = set()
    while True:
        needed: dict[ModVersion, bool] = {}
        for path in has_deps_in_all:
            m = ModVersion(path, mg.selected(path))
            if m not in seen:
                needed[m] = True
                continue
            for r in mg.required_by(m) or ():
                s = ModVersion(r.path, mg.selected(r.path))
                if gover.mod_compare(r.path, s.version, r.version) > 0 and s not in seen:
                    needed[s] = True
        if not needed:
            return
        for m in needed:
            reader.enqueue([m], WORKSPACE)
            seen.add(m)
            has_deps_in_all[m.path] = True
        reader.run()

"""Root requirements, and the module graph they span: pruned where modules allow it, loaded only when asked for.

A main module of Go 1.17 or newer lists every module its packages need, so most commands never look further than
these roots. `Requirements.graph` reads the go.mod files of the dependencies, the first time that someone needs a
module that is not a root.

Source: cmd/go/internal/modload/buildlist.go (Requirements, ModuleGraph, readModGraph), mvs.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.mvs.graph import Graph
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.modindex import (
    PRUNED,
    UNPRUNED,
    WORKSPACE,
    ModFileSummary,
    go_mod_summary,
)
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gokiln.modules.resolve.state import State


class Requirements:
    """A set of root requirements; logically immutable.

    roots: sorted, may hold a path twice; always a root "go". direct: paths of modules that the main module
    imports from itself. pruning: PRUNED, UNPRUNED or WORKSPACE.
    """

    __slots__ = ("_graph", "_graph_error", "candidates", "direct", "max_root_version", "pruning", "roots")

    def __init__(self, pruning: str, roots: list[ModVersion], direct: dict[str, bool]) -> None:
        self.pruning = pruning
        self.roots = roots
        self.direct = direct
        self._graph: ModuleGraph | None = None
        self._graph_error: GokilnError | None = None
        highest: dict[str, str] = {}
        mod_compare = gover.mod_compare
        previous = ""
        for path, version in roots:
            if path < previous:
                raise AssertionError(f"Requirements with unsorted roots: {roots}")
            previous = path
            have = highest.get(path)
            if have is None or mod_compare(path, have, version) < 0:
                highest[path] = version
        if "go" not in highest:
            raise AssertionError('Requirements without a "go" version')
        self.max_root_version = highest
        self.candidates: dict[str, tuple[ModVersion, ...]] = {}  # of import paths, see imports.candidates

    def go_version(self, ls: State) -> str:
        """The Go version of these requirements."""
        return self.root_selected(ls, "go") or ""

    def root_selected(self, ls: State, path: str) -> str | None:
        """The version of a root ("" for a main module), None when path is no root."""
        if path in ls.mains().paths:
            return ""
        return self.max_root_version.get(path)

    def has_redundant_root(self, ls: State) -> bool:
        """Whether a path is listed twice, or is a main module's."""
        mains = ls.mains().paths
        return len(self.max_root_version) != len(self.roots) or any(m.path in mains for m in self.roots)

    def graph_loaded(self) -> ModuleGraph | None:
        """The graph if it has been needed so far."""
        return self._graph

    def share_graph(self, other: Requirements) -> None:
        """Take the graph, as far as it is known, of requirements with the same roots."""
        self._graph, self._graph_error = other._graph, other._graph_error

    def graph(self, ls: State) -> ModuleGraph:
        """The module graph. Raises what graph_and_error gives."""
        mg, err = self.graph_and_error(ls)
        if err is not None:
            raise err
        return mg

    def graph_and_error(self, ls: State) -> tuple[ModuleGraph, GokilnError | None]:
        """The module graph, as complete as could be had, and why it is not complete."""
        if self._graph is None:
            self._graph, self._graph_error = read_mod_graph(ls, self.pruning, self.roots)
        return self._graph, self._graph_error

    def init_vendor(self, ls: State, vendored: list[ModVersion]) -> None:
        """Take vendor/modules.txt's list for the graph, instead of the dependencies' go.mod files."""
        if self._graph is not None:
            return
        mms = ls.mains()
        mg = ModuleGraph(self.roots if ls.in_workspace_mode() else mms.versions)
        if self.pruning == PRUNED:
            inconsistent = False
            for m in vendored:
                if self.root_selected(ls, m.path) != m.version:
                    ls.report(f"vendored module {show(m)} should be required explicitly in go.mod")
                    inconsistent = True
            if inconsistent:
                ls.report(ls.go_mod_dirty())
                ls.exit_if_errors()
            # In vendor mode the roots are the whole graph.
            mg.g.require(mms.single(), self.roots)
        else:
            # How the roots lead to the vendored modules is not known: a made-up module stands between.
            vendor_mod = ModVersion("vendor/modules.txt")
            if ls.in_workspace_mode():
                from gokiln.modules.resolve.mainmodules import roots_from_mod_file

                for m in mms.versions:
                    file = mms.mod_files[m]
                    assert file is not None
                    reqs, _ = roots_from_mod_file(ls, m, file, add_toolchain=False)
                    mg.g.require(m, [*reqs, vendor_mod])
            else:
                mg.g.require(mms.single(), [*self.roots, vendor_mod])
            mg.g.require(vendor_mod, vendored)
        self._graph = mg


def cmp_version(path: str, v1: str, v2: str) -> int:
    """-1, 0, +1 comparing versions of a module; "" (a main module) is above all."""
    if v1 == v2:
        return 0
    if v2 == "":
        return -1
    if v1 == "":
        return 1
    return gover.mod_compare(path, v1, v2)


class ModuleGraph:
    """The graph of module requirements, with what went wrong while it was read."""

    __slots__ = ("_build_list", "candidates", "errors", "g", "paths_checked", "summaries")

    def __init__(self, roots: list[ModVersion]) -> None:
        self.g = Graph(cmp_version, roots)
        self.summaries: dict[ModVersion, ModFileSummary | None] = {}  # None: see errors
        self.errors: dict[ModVersion, GokilnError] = {}
        self._build_list: list[ModVersion] | None = None
        self.candidates: dict[str, tuple[ModVersion, ...]] = {}  # of import paths, see imports.candidates
        self.paths_checked = False  # whether modules used under two paths were reported

    def required_by(self, m: ModVersion) -> Sequence[ModVersion] | None:
        """What m's go.mod requires; None when it is pruned out."""
        return self.g.required_by(m)

    def selected(self, path: str) -> str:
        """The selected version of a module, "none" if it is not in the graph."""
        return self.g.selected(path)

    def walk_breadth_first(self, visit: Callable[[ModVersion], None]) -> None:
        """Visit every module version of the graph once, selected or not."""
        self.g.walk_breadth_first(visit)

    def build_list(self) -> list[ModVersion]:
        """The selected versions, main modules first. Do not change the list."""
        if self._build_list is None:
            self._build_list = self.g.build_list()
        return self._build_list

    def find_error(self) -> GokilnError | None:
        """The error of the graph, with the requirements that lead to it."""
        from gokiln.modules.mvs.errors import BuildListError

        stack = self.g.find_path(lambda m: m in self.errors)
        if not stack:
            return None
        err = self.errors[stack[-1]]
        return BuildListError(err, stack, None)

    def all_roots_selected(self, ls: State) -> bool:
        """Whether every root is the selected version of its path."""
        mms = ls.mains()
        if ls.in_workspace_mode():
            roots: Iterable[ModVersion] = mms.versions
        else:
            roots = self.g.required_by(mms.single()) or ()
        return all(self.g.selected(m.path) == m.version for m in roots)


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


def override_roots(rs: Requirements, replace: list[ModVersion]) -> Requirements:
    """rs with the roots of the given paths replaced."""
    drop = {m.path for m in replace}
    roots = [m for m in rs.roots if m.path not in drop] + replace
    gover.mod_sort(roots)
    return Requirements(rs.pruning, roots, rs.direct)

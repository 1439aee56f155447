"""Root requirements, and the module graph they span: pruned where modules allow it, loaded only when asked for.

A main module of Go 1.17 or newer lists every module its packages need, so most commands never look further than
these roots. What the go.mod files of the dependencies say is read (graphread.py) the first time that someone needs a
module that is not a root.

Source: cmd/go/internal/modload/buildlist.go (Requirements, ModuleGraph), mvs.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.modindex import ModFileSummary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.modules.resolve.mainmodules import MainModuleSet


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

    def go_version(self, mains: MainModuleSet) -> str:
        """The Go version of these requirements."""
        return self.root_selected(mains, "go") or ""

    def root_selected(self, mains: MainModuleSet, path: str) -> str | None:
        """The version of a root ("" for a main module), None when path is no root."""
        if path in mains.paths:
            return ""
        return self.max_root_version.get(path)

    def has_redundant_root(self, mains: MainModuleSet) -> bool:
        """Whether a path is listed twice, or is a main module's."""
        return len(self.max_root_version) != len(self.roots) or any(m.path in mains.paths for m in self.roots)

    def graph_loaded(self) -> ModuleGraph | None:
        """The graph if it has been needed so far."""
        return self._graph

    def share_graph(self, other: Requirements) -> None:
        """Take the graph, as far as it is known, of requirements with the same roots."""
        self._graph, self._graph_error = other._graph, other._graph_error

    def keep_graph(self, mg: ModuleGraph, err: GokilnError | None = None) -> None:
        """Remember the graph, and why it is not complete."""
        self._graph, self._graph_error = mg, err

    def graph_error(self) -> GokilnError | None:
        """Why the graph, as far as it was needed, is not complete."""
        return self._graph_error


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
        from gokiln.modules.mvs.graph import Graph

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


def override_roots(rs: Requirements, replace: list[ModVersion]) -> Requirements:
    """rs with the roots of the given paths replaced."""
    drop = {m.path for m in replace}
    roots = [m for m in rs.roots if m.path not in drop] + replace
    gover.mod_sort(roots)
    return Requirements(rs.pruning, roots, rs.direct)

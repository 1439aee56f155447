"""A module graph that learns requirements one module at a time and always knows the selected versions.

Minimal version selection: of every module, the highest version that anything reachable requires. The
caller pushes requirements as it reads them; nothing is ever taken back, so the selection only rises.

Source: cmd/go/internal/mvs/graph.go, go1.26.
"""

from __future__ import annotations

from collections import deque

from gokiln.golang import gover
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Sequence

    # (path, v1, v2) -> negative, zero or positive; "none" is below every version.
    Compare = Callable[[str, str, str], int]

NONE = "none"


class Graph:
    """Requirements among module versions, starting from roots (a sequence that must not change)."""

    def __init__(self, compare: Compare, roots: Sequence[ModVersion]) -> None:
        self._compare = compare
        self.roots = roots
        self._required: dict[ModVersion, Sequence[ModVersion]] = {}
        self._reachable: set[ModVersion] = set()
        self._selected: dict[str, str] = {}
        self._see(roots)

    def _see(self, mods: Sequence[ModVersion]) -> None:
        """mods are reachable, so their versions count."""
        selected = self._selected
        compare = self._compare
        self._reachable.update(mods)
        for path, version in mods:
            have = selected.get(path)
            if have is None:
                # Any version of a module is above none; toolchain "default" is not.
                if version != NONE and (version[:1] == "v" or compare(path, NONE, version) < 0):
                    selected[path] = version
            elif have != version and compare(path, have, version) < 0:
                selected[path] = version

    def require(self, mod: ModVersion, reqs: Sequence[ModVersion]) -> None:
        """mod requires reqs. Once for each module; it must be reachable already. Raises ValueError otherwise."""
        if mod not in self._reachable:
            raise ValueError(f"{show(mod)} is not reachable from any root")
        if mod in self._required:
            raise ValueError(f"requirements of {show(mod)} have already been set")
        self._required[mod] = reqs
        self._see(reqs)

    def required_by(self, mod: ModVersion) -> Sequence[ModVersion] | None:
        """What mod requires, or None when that has not been told."""
        return self._required.get(mod)

    def requiring(self) -> list[ModVersion]:
        """The modules whose requirements have been told."""
        return list(self._required)

    def selected(self, path: str) -> str:
        """The selected version of a module; "none" when nothing requires it."""
        return self._selected.get(path, NONE)

    def build_list(self) -> list[ModVersion]:
        """The selected versions: those of the roots first, in their order, then the others sorted."""
        roots: list[ModVersion] = []
        seen: set[str] = set()
        for root in self.roots:
            path = root.path
            if path not in seen:
                seen.add(path)
                version = self.selected(path)
                if version != NONE:
                    roots.append(ModVersion(path, version))
        rest = [ModVersion(path, version) for path, version in self._selected.items() if path not in seen]
        gover.mod_sort(rest)
        return roots + rest

    def walk_breadth_first(self, visit: Callable[[ModVersion], None]) -> None:
        """Call visit once for each module version in the graph, selected or not, breadth first."""
        enqueued: set[ModVersion] = set()
        queue: deque[ModVersion] = deque()
        for root in self.roots:
            if root.version != NONE:
                # Go enqueues a root once for each time it is listed.
                queue.append(root)
                enqueued.add(root)
        while queue:
            mod = queue.popleft()
            visit(mod)
            for req in self._required.get(mod, ()):
                if req not in enqueued and req.version != NONE:
                    queue.append(req)
                    enqueued.add(req)

    def find_path(self, match: Callable[[ModVersion], bool]) -> list[ModVersion] | None:
        """A shortest path of requirements from a root to a module version that matches; None for none."""
        first_required_by: dict[ModVersion, ModVersion | None] = dict.fromkeys(self.roots)
        queue = deque(self.roots)
        while queue:
            mod = queue.popleft()
            if match(mod):
                path = [mod]
                above = first_required_by[mod]
                while above is not None:
                    path.append(above)
                    above = first_required_by[above]
                return path[::-1]
            for req in self._required.get(mod, ()):
                if req not in first_required_by:
                    queue.append(req)
                    first_required_by[req] = mod
        return None

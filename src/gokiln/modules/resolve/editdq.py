"""Which module versions cannot be in the graph because of what they lead to, and why (modload's dqTracker).

Requirements can be reached in two ways: through modules whose requirements are pruned at the first step, or through
modules that carry all of theirs along. A version may be fine in the first way and not in the second, so the reason is
kept for each. Reasons travel against the requirements: from a bad version to everything that requires it.

Source: cmd/go/internal/modload/edit.go (dqTracker), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED
from gokiln.modules.version import ModVersion


class Reason:
    """Why a version is disqualified: its requirements cannot be read (err), or it is or requires `dep`."""

    __slots__ = ("dep", "err")

    def __init__(self, dep: ModVersion | None = None, err: GokilnError | None = None) -> None:
        self.dep = dep
        self.err = err


class _Verdict:
    """The reasons against one version, by the pruning of the place it is reached from."""

    __slots__ = ("pruned", "unpruned")

    def __init__(self) -> None:
        self.pruned: Reason | None = None
        self.unpruned: Reason | None = None

    def of(self, pruning: str) -> Reason | None:
        return self.unpruned if pruning == UNPRUNED else self.pruned


_FINE = _Verdict()


class DqTracker:
    """The disqualified versions of one extended graph. root_pruning: the pruning of each root's own go.mod."""

    def __init__(self, root_pruning: dict[ModVersion, str]) -> None:
        self.root_pruning = root_pruning
        self._verdicts: dict[ModVersion, _Verdict] = {}
        self._requiring: dict[ModVersion, list[ModVersion]] = {}

    def require(self, m: ModVersion, r: ModVersion) -> bool:
        """Note that m requires r; False when that settles everything about m."""
        verdict = self._verdicts.get(r, _FINE)
        root_pruning = self.root_pruning.get(r)
        if root_pruning is not None and verdict.of(root_pruning) is not None:
            # r is a root: whoever has m has r, and r's own requirements with it.
            self.disqualify(m, PRUNED, Reason(r))
            return False
        if verdict.unpruned is not None:
            self.disqualify(m, UNPRUNED, Reason(r))
            if m not in self.root_pruning:
                # m cannot be in the pruned part of the graph with its requirements: nothing more to learn.
                return False
        self._requiring.setdefault(r, []).append(m)
        return True

    def disqualify(self, m: ModVersion, pruning: str, reason: Reason) -> None:
        """Note why m cannot be reached from a part of the graph with this pruning; tell those who require it."""
        todo = [(m, pruning, reason)]
        while todo:
            m, pruning, reason = todo.pop()
            if not self._mark(m, pruning, reason):
                continue
            is_root = m in self.root_pruning
            everywhere = is_root and (pruning == PRUNED or self.root_pruning[m] == UNPRUNED)
            following = PRUNED if everywhere else UNPRUNED
            todo += [(p, following, Reason(m)) for p in reversed(self._requiring.get(m, ()))]
            if everywhere or not is_root:
                self._requiring.pop(m, None)

    def _mark(self, m: ModVersion, pruning: str, reason: Reason) -> bool:
        """Enter one reason; False when there was one already."""
        verdict = self._verdicts.get(m)
        if verdict is None:
            verdict = self._verdicts[m] = _Verdict()
        if verdict.of(pruning) is not None:
            return False
        if pruning == PRUNED:
            verdict.pruned = reason
            # The pruned graph is part of the unpruned one.
            verdict.unpruned = verdict.unpruned or reason
            return True
        verdict.unpruned = reason
        if self.root_pruning.get(m) == UNPRUNED:
            # A root that is never pruned brings its requirements wherever it is.
            verdict.pruned = reason
        return True

    def check(self, m: ModVersion, pruning: str) -> bool:
        """Whether m is disqualified in a place with this pruning."""
        return self._verdicts.get(m, _FINE).of(pruning) is not None

    def path(self, m: ModVersion, pruning: str) -> tuple[list[ModVersion], GokilnError | None]:
        """(requirements from m to the version that is the problem, the error there); ([], None) when m is fine."""
        path: list[ModVersion] = []
        while True:
            if self.root_pruning.get(m) == UNPRUNED:
                pruning = UNPRUNED
            reason = self._verdicts.get(m, _FINE).of(pruning)
            if reason is None:
                return path, None
            path.append(m)
            if reason.dep is None or reason.dep == m:
                return path, reason.err
            m = reason.dep

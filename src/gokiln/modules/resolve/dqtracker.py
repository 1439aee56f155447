"""Which module versions cannot be in the build because they require a version that is not allowed.

A version is disqualified with pruning when its own requirements (or those of a root it requires) are to blame, and
without pruning when anything it leads to is. The reasons form paths, for the error message.

Source: cmd/go/internal/modload/edit.go (dqTracker), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.modules.resolve.errors import NO_MODULE
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Reason:
    """Why a version is out: it is or requires `dep`, or its requirements could not be read (`err`)."""

    __slots__ = ("dep", "err")

    def __init__(self, dep: ModVersion = NO_MODULE, err: GokilnError | None = None) -> None:
        self.dep = dep
        self.err = err


class DqTracker:
    """extended_root_pruning: the pruning of each root (and of each version that the graph was extended for)."""

    def __init__(self, extended_root_pruning: dict[ModVersion, str]) -> None:
        self.root_pruning = extended_root_pruning
        self._pruned: dict[ModVersion, Reason] = {}
        self._unpruned: dict[ModVersion, Reason] = {}
        self._requiring: dict[ModVersion, list[ModVersion]] = {}

    def _reasons(self, pruning: str) -> dict[ModVersion, Reason]:
        return self._unpruned if pruning == UNPRUNED else self._pruned

    def check(self, m: ModVersion, pruning: str) -> Reason | None:
        """Why m is out under the pruning, None if it is not (as far as is known)."""
        return self._reasons(pruning).get(m)

    def require(self, m: ModVersion, reqs: Iterable[ModVersion]) -> None:
        """Note what m requires, up to the point where nothing more needs to be known of m."""
        root_pruning, unpruned, requiring = self.root_pruning, self._unpruned, self._requiring
        for r in reqs:
            if r in unpruned:  # and so is all that is out with pruning
                pruning = root_pruning.get(r)
                if pruning is not None and self.check(r, pruning) is not None:
                    # r's requirements are seen whenever m is included.
                    self.disqualify(m, PRUNED, Reason(r))
                    return
                self.disqualify(m, UNPRUNED, Reason(r))
                if m not in root_pruning:
                    return
            known = requiring.get(r)
            if known is None:
                requiring[r] = [m]
            else:
                known.append(m)

    def disqualify(self, m: ModVersion, from_pruning: str, reason: Reason) -> None:
        """m is out, and with it what requires it."""
        todo = [(m, from_pruning, reason)]
        while todo:
            m, from_pruning, reason = todo.pop()
            if m in self._reasons(from_pruning):
                continue  # for another reason, which stays
            root_pruning = self.root_pruning.get(m)
            self._unpruned.setdefault(m, reason)
            if from_pruning == PRUNED or root_pruning == UNPRUNED:
                self._pruned.setdefault(m, reason)
            everywhere = root_pruning is not None and (from_pruning == PRUNED or root_pruning == UNPRUNED)
            following = PRUNED if everywhere else UNPRUNED
            # Reversed: the first requirer is dealt with first, as a recursion would.
            todo += [(p, following, Reason(m)) for p in reversed(self._requiring.get(m, ()))]
            if everywhere or root_pruning is None:
                self._requiring.pop(m, None)

    def path(self, m: ModVersion, pruning: str) -> tuple[list[ModVersion], GokilnError | None]:
        """(the requirements from m to the cause, the error if the cause is one); an empty path if m may stay."""
        path: list[ModVersion] = []
        while True:
            if self.root_pruning.get(m) == UNPRUNED:
                pruning = UNPRUNED
            reason = self.check(m, pruning)
            if reason is None:
                return path, None
            path.append(m)
            if reason.err is not None or reason.dep == m:
                return path, reason.err
            m = reason.dep

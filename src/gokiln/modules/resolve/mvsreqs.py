"""The module graph as the version selection of modules/mvs asks for it: what a version requires, which came before it.

Source: cmd/go/internal/modload/mvs.go (mvsReqs, previousVersion), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, is_not_exist
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.requirements import cmp_version
from gokiln.modules.resolve.summaries import go_mod_summary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State


class MvsReqs:
    """The requirements of modules as mvs asks for them: a main module requires the roots given here."""

    def __init__(self, ls: State, roots: list[ModVersion]) -> None:
        self.ls = ls
        self.roots = roots

    def required(self, m: ModVersion) -> list[ModVersion]:
        """What m requires. Raises GokilnError."""
        if not m.version and self.ls.mains().contains(m.path):
            return self.roots
        if m.version == "none":
            return []
        return go_mod_summary(self.ls, m).require

    def max(self, path: str, v1: str, v2: str) -> str:
        """The higher of two versions; "" (a main module) is above all."""
        return v2 if cmp_version(path, v1, v2) < 0 else v1

    def upgrade(self, m: ModVersion) -> ModVersion:
        """No upgrade: `go get -u` has its own way."""
        return m

    def previous(self, m: ModVersion) -> ModVersion:
        """The tagged version before m, "none" if there is none. Raises GokilnError."""
        return previous_version(self.ls, m)


def previous_version(ls: State, m: ModVersion) -> ModVersion:
    """The tagged version before m, "none" if there is none. Raises GokilnError."""
    from gokiln.modules.resolve.query import versions
    from gokiln.modules.resolve.retract import check_allowed

    if not m.version and ls.mains().contains(m.path):
        return ModVersion(m.path, "none")
    try:
        listed, _ = versions(ls, m.path, lambda mod: check_allowed(ls, mod))
    except FATAL:
        raise
    except GokilnError as err:
        if is_not_exist(err):
            return ModVersion(m.path, "none")
        raise
    lower = [v for v in listed if gover.mod_compare(m.path, v, m.version) < 0]
    return ModVersion(m.path, lower[-1] if lower else "none")

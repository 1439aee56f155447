"""Why versions that were asked for cannot all be had: the requirements that lead to a higher one.

Source: cmd/go/internal/modload/buildlist.go (ConstraintError, Conflict), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang.modpath import ModuleError
from gokiln.modules.resolve.errors import NO_MODULE
from gokiln.modules.version import ModVersion, show


class Conflict:
    """A path of requirements from a module asked for to one that makes `constraint` unattainable, or to `err`."""

    def __init__(
        self, path: list[ModVersion], constraint: ModVersion = NO_MODULE, err: GokilnError | None = None
    ) -> None:
        self.path = path
        self.constraint = constraint
        self.err = err

    def unwrapped(self) -> BaseException | None:
        """err, without path and version of the module that the text names anyway."""
        err = self.err
        if isinstance(err, ModuleError) and self.path and self.path[-1] == ModVersion(err.path, err.version):
            return err.err
        return err

    def summary(self) -> str:
        """The first and the last module of the path."""
        if not self.path:
            return "(internal error: invalid Conflict struct)"
        first, last = show(self.path[0]), show(self.path[-1])
        if len(self.path) == 1:
            if self.err is not None:
                return f"{first}: {self.unwrapped()}"
            return f"{first} is above {self.constraint.version}"
        adverb = "indirectly " if len(self.path) > 2 else ""
        if self.err is not None:
            return f"{first} {adverb}requires {last}: {self.unwrapped()}"
        return f"{first} {adverb}requires {last}, but {self.constraint.version} is requested"

    def text(self) -> str:
        """The whole path."""
        if not self.path:
            return "(internal error: invalid Conflict struct)"
        out = show(self.path[0])
        if len(self.path) == 1:
            out += " found"
        for m in self.path[1:]:
            out += f" requires\n\t{show(m)}"
        if self.constraint != NO_MODULE:
            out += f", but {self.constraint.version} is requested"
        if self.err is not None:
            out += f": {self.unwrapped()}"
        return out


class ConstraintError(GokilnError):
    """Versions asked for exclude each other."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        super().__init__("version constraints conflict:" + "".join(f"\n\t{c.summary()}" for c in conflicts))
        self.conflicts = conflicts

"""Why a build list could not be made: the error, and the chain of requirements that led to it.

Source: cmd/go/internal/mvs/errors.go, go1.26.
"""

from __future__ import annotations

import itertools

from gokiln.errors import GokilnError
from gokiln.golang.modpath import InvalidVersionError, ModuleError, version_error
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Sequence


class BuildListError(GokilnError):
    """An error at a module, with the path of requirements and upgrades to it.

    err: the error. stack: (module, why it depends on the next: "requires" or "updating to") from a root
    to the module of the error, whose reason is "".
    """

    def __init__(
        self,
        err: Exception,
        path: Sequence[ModVersion],
        is_version_change: Callable[[ModVersion, ModVersion], bool] | None = None,
    ) -> None:
        self.err = err
        self.stack: list[tuple[ModVersion, str]] = []
        for mod, following in itertools.pairwise(path):
            changed = is_version_change is not None and is_version_change(mod, following)
            self.stack.append((mod, "updating to" if changed else "requires"))
        self.stack.append((path[-1], ""))
        super().__init__(self._text())

    def module(self) -> ModVersion:
        """Where the error occurred."""
        return self.stack[-1][0]

    def _text(self) -> str:
        stack = self.stack
        # What has no version at the start of the chain is the main module, or stands for the command line.
        while stack and not stack[0][0].version:
            stack = stack[1:]
        if not stack:
            return str(self.err)
        chain = "".join(f"{show(mod)} {reason}\n\t" for mod, reason in stack[:-1])
        mod = stack[-1][0]
        err = self.err
        if not isinstance(err, ModuleError):
            return chain + str(version_error(mod, err))
        version = err.err.version if isinstance(err.err, InvalidVersionError) else err.version
        actual = ModVersion(err.path, version)
        if actual == mod:
            return chain + str(err)
        return f"{chain}{show(mod)} (replaced by {show(actual)}): {err.err}"

"""What is wrong in a go.mod or go.work file, as the go command prints it: `go.mod:3: problem`.

Source: golang.org/x/mod/modfile/rule.go (Error, ErrorList), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.modules.modfile.syntax import NOWHERE, Position


class Error(GokilnError):
    """One error. err: the problem, or an error that says it; verb and mod_path: the directive it is in."""

    def __init__(
        self, err: str | Exception, *, filename: str = "", pos: Position = NOWHERE, verb: str = "", mod_path: str = ""
    ) -> None:
        self.err = err
        self.filename = filename
        self.pos = pos
        self.verb = verb
        self.mod_path = mod_path
        super().__init__(self._where() + self._directive() + str(err))

    def _where(self) -> str:
        if self.pos.line_rune > 1:  # the beginning of a line goes without saying
            return f"{self.filename}:{self.pos.line}:{self.pos.line_rune}: "
        if self.pos.line > 0:
            return f"{self.filename}:{self.pos.line}: "
        return f"{self.filename}: " if self.filename else ""

    def _directive(self) -> str:
        if self.mod_path:
            return f"{self.verb} {self.mod_path}: "
        return f"{self.verb}: " if self.verb else ""


class ErrorList(GokilnError):
    """All errors of a file, one a line."""

    def __init__(self, errors: list[Error]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(e) for e in errors))

    def shown_as(self, name: str) -> ErrorList:
        """The same with another name for the file. What a problem itself says of the file stays, as in go."""
        return ErrorList(
            [Error(e.err, filename=name, pos=e.pos, verb=e.verb, mod_path=e.mod_path) for e in self.errors]
        )

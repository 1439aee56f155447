"""Errors that a person can act on: a place, a problem, a hint, and the exit status that goes with them.

Every exception of gokiln's own that may reach the command line derives from GokilnError. `str(err)` is
the whole text to print, already in the go command's words where it has any, without the leading
`go: ` (the command line adds it where cmd/go's base.Fatal would, see `prefix`).
"""

from __future__ import annotations


class GokilnError(Exception):
    """Something went wrong that is not a bug of ours.

    problem: the message, may span lines. place: "file:line" or "" (printed before the problem).
    hint: what to try, printed on its own line after a tab; "" for none.
    exit_status: what the process exits with (1 as base.Fatal, 2 as a usage error).
    prefix: what the command line prints in front ("go: " for base.Fatal, "" for text that stands alone).
    """

    exit_status = 1
    prefix = "go: "

    def __init__(self, problem: str, *, place: str = "", hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{head}\n\t{self.hint}" if self.hint else head


class PlainError(GokilnError):
    """A message that is printed as it stands, with nothing in front."""

    prefix = ""


class UsageError(GokilnError):
    """The command line does not parse: exit status 2, as cmd/go's base.Usage does."""

    exit_status = 2
    prefix = ""


class NotYetError(GokilnError):
    """Something the go command does and gokiln does not yet: never another build instead.

    Listed in docs/compatibility.md.
    """

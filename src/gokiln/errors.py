"""Errors that a person can act on: a place, a problem, a hint, and the exit status that goes with them.

Every exception of gokiln's own that may reach the command line derives from GokilnError, or is a FatalError.
`str(err)` is the whole text to print, already in the go command's words where it has any, without the leading
`go: ` (the command line adds it where cmd/go's base.Fatal would, see `prefix`).

An error that wraps another keeps it in `err`, one that joins several keeps them in `errors`; the functions at the end
look through such a chain as Go's errors.Is and errors.As do.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    E = TypeVar("E", bound=BaseException)


class GokilnError(Exception):
    """Something went wrong that is not a bug of ours.

    problem: the message, may span lines. place: "file:line" or "" (printed before the problem).
    hint: what to try, printed on its own line after a tab; "" for none.
    exit_status: what the process exits with (1 as base.Fatal, 2 as a usage error).
    prefix: what the command line prints in front ("go: " for base.Fatal, "" for text that stands alone).
    end: what it prints behind, if the message does not end so itself.
    """

    exit_status = 1
    prefix = "go: "
    end = "\n"

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


class FatalError(Exception):
    """Where cmd/go stops at once (base.Fatalf), whoever called: the bytes cannot be trusted, a setting is unusable.

    No GokilnError, so that nobody takes it for the failure of one module or package, wraps it in words of their own, or
    tries another source. Printed as it stands; exit status 1.
    """

    exit_status = 1
    prefix = ""
    end = "\n"


class UsageError(GokilnError):
    """The command line does not parse: exit status 2, as cmd/go's base.Usage does."""

    exit_status = 2
    prefix = ""


class NotYetError(GokilnError):
    """Something the go command does and gokiln does not yet: never another build instead.

    Listed in docs/compatibility.md.
    """


def chain(err: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it wraps, outermost first; joined ones in their order."""
    while err is not None:
        yield err
        for inner in getattr(err, "errors", ()):
            yield from chain(inner)
        nested = getattr(err, "err", None)
        err = nested if isinstance(nested, BaseException) else None


def find_error(err: BaseException | None, cls: type[E]) -> E | None:
    """The first error of class `cls` in the chain, or None (errors.As)."""
    for found in chain(err):
        if isinstance(found, cls):
            return found
    return None


def is_not_exist(err: BaseException | None) -> bool:
    """Whether the chain says "there is no such thing" (errors.Is(err, fs.ErrNotExist)): `not_exist` is set."""
    return any(isinstance(found, FileNotFoundError) or getattr(found, "not_exist", False) for found in chain(err))


def is_disallowed(err: BaseException | None) -> bool:
    """Whether the chain says that a version is excluded or retracted (modload.ErrDisallowed): `disallowed` is set."""
    return any(getattr(found, "disallowed", False) for found in chain(err))

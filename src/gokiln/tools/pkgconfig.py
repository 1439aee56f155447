"""Asking pkg-config for compiler and linker flags, and reading its shell-quoted answer.

Source: cmd/go/internal/work/exec.go (splitPkgConfigOutput, getPkgConfigFlags), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.tools.security import safe_arg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class PkgConfigError(GokilnError):
    """A name that cannot be handed to pkg-config, or an answer that is not a list of words."""


def split_arguments(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """The flags and the package names of a `#cgo pkg-config:` line; flags go in front of our own `--`.

    Raises PkgConfigError for a name that pkg-config could read as something else.
    """
    flags = [a for a in args if a.startswith("--") and a != "--"]
    names = [a for a in args if not a.startswith("--")]
    for name in names:
        if not safe_arg(name):
            raise PkgConfigError(f"invalid pkg-config package name: {name}")
    return flags, names


_SHELL = frozenset("|&;<>()$`")
_ESCAPABLE = frozenset('$`"\\\n')


class _Words:
    """The state of reading one line of shell words."""

    __slots__ = ("current", "escaped", "quote", "quoted", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.current: list[str] = []
        self.quote = ""
        self.quoted = False
        self.escaped = False

    def end_word(self) -> None:
        if self.current or self.quoted:
            self.words.append("".join(self.current))
        self.current = []
        self.quoted = False

    def after_backslash(self, c: str) -> None:
        self.escaped = False
        if self.quote == '"' and c not in _ESCAPABLE:
            self.current.append("\\" + c)
        elif c != "\n":
            self.current.append(c)

    def plain(self, c: str) -> None:
        if c in _SHELL:
            raise PkgConfigError(f"unexpected shell character '{c}' in pkgconf output")
        if c == "\\":
            self.escaped = True
        elif c in "\"'":
            self.quote = c
            self.quoted = True
        elif c in " \t\n" and not self.quote:
            self.end_word()
        else:
            self.current.append(c)

    def feed(self, c: str) -> None:
        if self.escaped:
            self.after_backslash(c)
        elif self.quote and c == self.quote:
            self.quote = ""
        elif self.quote == "'" or (self.quote == '"' and c not in "`$\\"):
            self.current.append(c)
        else:
            self.plain(c)


def split_output(text: str) -> list[str]:
    """The words of pkg-config's answer, by the shell's quoting rules without expansions.

    Raises PkgConfigError on a character that a shell would act on, or an open quote or escape.
    """
    words = _Words()
    for c in text:
        words.feed(c)
    if words.quote:
        raise PkgConfigError("unterminated quoted string in pkgconf output")
    if words.escaped:
        raise PkgConfigError("broken character escaping in pkgconf output")
    words.end_word()
    return words.words

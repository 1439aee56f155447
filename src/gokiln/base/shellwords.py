"""A command line as -x prints it. Source: joinUnambiguously in cmd/go/internal/work/shell.go, go1.26."""

from __future__ import annotations

from gokiln.base.quote import go_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def join_unambiguously(argv: Iterable[str]) -> str:
    """A command line for people and shells: what has blanks or special characters is quoted as Go does."""
    words = []
    for word in argv:
        quoted = go_quote(word)
        special = any(char in word for char in " ()>;")
        if not word or special or len(_bytes(quoted)) > len(_bytes(word)) + 2:
            words.append(quoted)
        else:
            words.append(word)
    return " ".join(words)


def _bytes(text: str) -> bytes | str:
    return text if text.isascii() else text.encode("utf-8", "surrogateescape")

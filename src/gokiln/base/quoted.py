"""Lists of words in one variable: blanks separate, a word may be wrapped whole in single or double quotes.

There is no escaping: a word with both kinds of quotes cannot be written. GOFLAGS, CC, CGO_CFLAGS, -ldflags and
their like use this. Source: cmd/internal/quoted/quoted.go, go1.26.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SPACE = " \t\n\r"


def split(text: str) -> list[str]:
    """The words of `text`. Raises ValueError("unterminated ' string") when a quote does not close."""
    words: list[str] = []
    i, n = 0, len(text)
    while True:
        while i < n and text[i] in _SPACE:
            i += 1
        if i >= n:
            return words
        char = text[i]
        if char in "\"'":
            end = text.find(char, i + 1)
            if end < 0:
                raise ValueError(f"unterminated {char} string")
            words.append(text[i + 1 : end])
            i = end + 1
            continue
        start = i
        while i < n and text[i] not in _SPACE:
            i += 1
        words.append(text[start:i])


def join(words: Iterable[str]) -> str:
    """One string that split() turns back into `words`; quotes only where needed. An empty word is lost.

    Raises ValueError for a word that holds both kinds of quotes.
    """
    out: list[str] = []
    for word in words:
        single, double = "'" in word, '"' in word
        if not single and not double and not any(c in word for c in _SPACE):
            out.append(word)
        elif not single:
            out.append(f"'{word}'")
        elif not double:
            out.append(f'"{word}"')
        else:
            from gokiln.base.quote import go_quote

            raise ValueError(f"argument {go_quote(word)} contains both single and double quotes and cannot be quoted")
    return " ".join(out)

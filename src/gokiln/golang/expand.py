"""$name and ${name} in a word, as os.Expand replaces them. Source: os/env.go, go1.26."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SPECIAL = frozenset("*#$@!?-0123456789")
_NAME = frozenset("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def expand(text: str, value: Callable[[str], str]) -> str:
    """text with every reference replaced by value(name). Bad syntax (`${}`) vanishes, a lone $ stays."""
    head, *pieces = text.split("$", 1)
    out = [head]
    while pieces:
        rest = pieces[0]
        if not rest:
            out.append("$")
            break
        name, width = _name_at(rest)
        if name:
            out.append(value(name))
        elif not width:
            out.append("$")
        head, *pieces = rest[width:].split("$", 1)
        out.append(head)
    return "".join(out)


def _name_at(text: str) -> tuple[str, int]:
    """(the name that text starts with, how many characters it takes, braces included)."""
    if text[0] == "{":
        if len(text) > 2 and text[1] in _SPECIAL and text[2] == "}":
            return text[1], 3
        end = text.find("}", 1)
        if end < 0:
            return "", 1
        return text[1:end], end + 1
    if text[0] in _SPECIAL:
        return text[0], 1
    width = 0
    while width < len(text) and text[width] in _NAME:
        width += 1
    return text[:width], width

"""White space as Go sees it: strings.TrimSpace and strings.Fields.

Python's str.strip and str.split also take U+001C..U+001F for white space; Go does not.

Source: strings.TrimSpace, strings.Fields, unicode.IsSpace, go1.26.
"""

from __future__ import annotations

SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_ONLY_PYTHON = "\x1c\x1d\x1e\x1f"


def trim_space(s: str) -> str:
    """s without leading and trailing white space."""
    return s.strip(SPACE)


def fields(s: str) -> list[str]:
    """The words of s, split around runs of white space."""
    if s.isprintable() or not any(c in s for c in _ONLY_PYTHON):
        return s.split()
    words: list[str] = []
    start = -1
    for i, c in enumerate(s):
        if c in SPACE:
            if start >= 0:
                words.append(s[start:i])
            start = -1
        elif start < 0:
            start = i
    if start >= 0:
        words.append(s[start:])
    return words

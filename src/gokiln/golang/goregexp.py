"""Go's regular expressions as Python's: the patterns that flags take (`generate -run`).

Both grow from the same stock; what is spelled differently is translated: \\z, \\Q...\\E, [[:alpha:]] and (?<name>...).
Unicode classes (\\pL) have no counterpart and are refused.
Source: regexp/syntax, go1.26.
"""

from __future__ import annotations

import re

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


class RegexpError(ValueError):
    """A pattern that does not compile; the text is regexp.Compile's as far as the reason is known."""


def compile_go(pattern: str) -> re.Pattern[str]:
    """The Python pattern that matches what Go's does. Raises RegexpError."""
    try:
        return re.compile(translate(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError) as err:
        raise RegexpError(f"error parsing regexp: {_reason(pattern, str(err))}") from err


def _reason(pattern: str, problem: str) -> str:
    """Go's words for the usual mistakes."""
    if "unterminated subpattern" in problem:
        return f"missing closing ): `{pattern}`"
    if "unbalanced parenthesis" in problem:
        return f"unexpected ): `{pattern}`"
    if "unterminated character set" in problem:
        return f"missing closing ]: `{pattern[pattern.rfind('[') :]}`"
    if "nothing to repeat" in problem:
        at = next((i for i, c in enumerate(pattern) if c in "*+?"), 0)
        return f"missing argument to repetition operator: `{pattern[at : at + 1]}`"
    if "bad escape (end of pattern)" in problem:
        return "trailing backslash at end of expression: ``"
    return f"{problem}: `{pattern}`"


def translate(pattern: str) -> str:
    """The pattern in Python's spelling. Raises RegexpError for what has none."""
    out: list[str] = []
    at = 0
    in_class = False
    while at < len(pattern):
        two = pattern[at : at + 2]
        if two == r"\Q":
            end = pattern.find(r"\E", at + 2)
            literal = pattern[at + 2 :] if end < 0 else pattern[at + 2 : end]
            out.append(re.escape(literal))
            at = len(pattern) if end < 0 else end + 2
        elif two in (r"\p", r"\P"):
            raise RegexpError(f"error parsing regexp: invalid character class range: `{pattern[at : at + 3]}`")
        elif two[:1] == "\\":
            out.append(r"\Z" if two == r"\z" else two)
            at += 2
        elif in_class and two == "[:" and ":]" in pattern[at:]:
            end = pattern.index(":]", at)
            name = pattern[at + 2 : end]
            if name not in _POSIX:
                raise RegexpError(f"error parsing regexp: invalid character class range: `[:{name}:]`")
            out.append(_POSIX[name])
            at = end + 2
        elif not in_class and pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in ("=", "!"):
            out.append("(?P<")
            at += 3
        else:
            if two[:1] == "[" and not in_class:
                in_class = True
                start = 2 if two == "[^" else 1
                if pattern[at + start : at + start + 1] == "]":  # a ] that comes first is a member
                    start += 1
                out.append(pattern[at : at + start].replace("]", r"\]"))
                at += start
                continue
            if two[:1] == "]":
                in_class = False
            out.append(r"\[" if in_class and two[:1] == "[" else two[:1])
            at += 1
    return "".join(out)

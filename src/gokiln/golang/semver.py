"""Semantic versions as Go writes them: `vMAJOR[.MINOR[.PATCH[-PRERELEASE][+BUILD]]]`.

The idea that makes this fast: every version is turned once into a *sort key*, one string whose plain
comparison is semantic precedence. A module graph compares the same few thousand versions millions of
times, so the key is remembered and a comparison is two dictionary lookups and one string compare.

How the key orders: a decimal number becomes its length (as one character) and its digits, so longer is
greater without any arithmetic; a release ends in a character above all that a prerelease may start with;
a numeric identifier starts with \\x01, any other with \\x02 and ends with \\x00; the list ends with \\x00.
An invalid version has the empty key and so is less than every valid one.

Source: golang.org/x/mod/semver/semver.go, go1.26.
"""

from __future__ import annotations

import re
from functools import cache

_NUM = r"(?:0|[1-9][0-9]*)"
_IDENT = rf"(?:{_NUM}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"v({_NUM})(?:\.({_NUM})(?:\.({_NUM})(-{_IDENT}(?:\.{_IDENT})*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?"
)
_MAX_CHR = 0x10FFFF


def is_valid(v: str) -> bool:
    """Whether v is a valid semantic version."""
    return key(v) != ""


def canonical(v: str) -> str:
    """v with missing .MINOR and .PATCH filled in and without build metadata; "" when v is invalid."""
    m = _VERSION.fullmatch(v)
    if m is None:
        return ""
    build_text = m[5]
    if build_text:
        return v[: -len(build_text)]
    if m[2] is None:
        return v + ".0.0"
    if m[3] is None:
        return v + ".0"
    return v


def major(v: str) -> str:
    """The major prefix: "v2" of "v2.1.0"; "" when v is invalid."""
    m = _VERSION.fullmatch(v)
    return "v" + m[1] if m else ""


def major_minor(v: str) -> str:
    """The major.minor prefix: "v2.1" of "v2.1.0"; "" when v is invalid."""
    m = _VERSION.fullmatch(v)
    return f"v{m[1]}.{m[2] or '0'}" if m else ""


def prerelease(v: str) -> str:
    """The prerelease suffix with its dash: "-pre" of "v2.1.0-pre+meta"; "" when there is none or v is invalid."""
    m = _VERSION.fullmatch(v)
    return (m[4] or "") if m else ""


def build(v: str) -> str:
    """The build suffix with its plus: "+meta" of "v2.1.0+meta"; "" when there is none or v is invalid."""
    m = _VERSION.fullmatch(v)
    return (m[5] or "") if m else ""


@cache
def key(v: str) -> str:
    """A string whose order among others is the precedence of v; "" for an invalid version.

    Two valid versions have equal keys exactly when their canonical forms are equal.
    """
    m = _VERSION.fullmatch(v)
    if m is None:
        return ""
    head = decimal_key(m[1]) + decimal_key(m[2] or "0") + decimal_key(m[3] or "0")
    pre = m[4]
    if not pre:
        return head + "\x7f"
    parts = [head]
    for ident in pre[1:].split("."):
        if ident.isdigit():
            parts.append("\x01" + decimal_key(ident))
        else:
            parts.append("\x02" + ident + "\x00")
    parts.append("\x00")
    return "".join(parts)


def decimal_key(digits: str) -> str:
    """Sort key of a decimal number without leading zeros ("" is less than "0")."""
    return chr(min(len(digits), _MAX_CHR)) + digits


def compare(v: str, w: str) -> int:
    """-1, 0 or +1 by semantic precedence. Invalid is less than valid; all invalid are equal."""
    if v == w:
        return 0
    a, b = key(v), key(w)
    return (a > b) - (a < b)


def max(v: str, w: str) -> str:
    """The greater of the canonical forms of v and w (deprecated in Go, still used by callers)."""
    v, w = canonical(v), canonical(w)
    return v if compare(v, w) > 0 else w


def sort_key(v: str) -> tuple[str, str]:
    """Key for sorting versions as semver.Sort does: by precedence, ties by the string itself."""
    return key(v), v


def sort(versions: list[str]) -> None:
    """Sort in place by precedence, ties by the string itself."""
    versions.sort(key=sort_key)

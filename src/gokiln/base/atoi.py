"""Decimal integers as Go reads them."""

from __future__ import annotations

from gokiln.base.quote import go_quote

_DIGITS = 19  # of the largest int64


def atoi(text: str) -> int:
    """A decimal int64, with a sign if it likes.

    Raises ValueError with Go's words after the function's name: `parsing "x": invalid syntax`, or `value out of range`.
    Source: strconv.Atoi and ParseInt(text, 10, 64), go1.26.
    """
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"parsing {go_quote(text)}: invalid syntax")
    digits = digits.lstrip("0") or "0"  # Python does not read thousands of digits, not even zeros
    value = int(digits) if len(digits) <= _DIGITS else 1 << 64
    value = -value if text[0] == "-" else value
    if not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"parsing {go_quote(text)}: value out of range")
    return value

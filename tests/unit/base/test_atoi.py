"""Decimal integers by strconv.Atoi's rules."""

from __future__ import annotations

import pytest

from gokiln.base.atoi import atoi


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("007", 7),
        (str(2**63 - 1), 2**63 - 1),
        (str(-(2**63)), -(2**63)),
        ("0" * 9999, 0),
    ],
)
def test_numbers(text: str, value: int) -> None:
    assert atoi(text) == value


@pytest.mark.parametrize("text", ["", "-", "+-1", "1_0", " 1", "0x1", "1.0", "\u0661"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r'^parsing ".*": invalid syntax$'):
        atoi(text)


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "9" * 20, "-" + "9" * 9999])
def test_what_is_too_large(text: str) -> None:
    with pytest.raises(ValueError, match=rf'^parsing "{text}": value out of range$'):
        atoi(text)

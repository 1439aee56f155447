"""Settings of GODEBUG, by internal/godebug's rules."""

from __future__ import annotations

import pytest

from gokiln.base.godebugvar import godebug_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("a=1,x=2", "2"),
        ("xx=1", ""),
        ("x=1,y=2,x=3", "3"),
        ("x=1,x=0", "0"),
        ("x=1,x", "1"),  # what has no value is no setting
        ("x=1,x=", ""),
        ("x=1#f00", "1"),
        ("x=a=b", "a=b"),
        ("xy=1, x=1", ""),
    ],
)
def test_the_last_setting_counts(text: str, value: str) -> None:
    assert godebug_value(text, "x") == value

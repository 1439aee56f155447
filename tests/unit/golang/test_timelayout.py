"""Layouts of times, against what Go's time.Format gives."""

from __future__ import annotations

import pytest

from gokiln.golang.timelayout import Stamp, format_time


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("2006-01-02", "2019-06-18"),
        ("2006-01-02T15:04:05Z07:00", "2019-06-18T20:03:09-07:00"),
        ("Mon Jan _2 15:04:05 MST 2006", "Tue Jun 18 20:03:09 -0700 2019"),
        ("3:04PM", "8:03PM"),
        ("06/1/2 03:4:5 pm .000", "19/6/18 08:3:9 pm .120"),
        ("15:04:05.999999999 -0700", "20:03:09.12 -0700"),
        ("Monday, January 2 (002)", "Tuesday, June 18 (169)"),
    ],
)
def test_layouts(layout: str, text: str) -> None:
    assert format_time("2019-06-18T20:03:09.12-07:00", layout) == text


def test_utc() -> None:
    assert format_time("2024-02-29T00:00:00Z", "2006-01-02 15:04:05.999 -0700 MST") == ("2024-02-29 00:00:00 +0000 UTC")
    assert Stamp("1970-01-01T01:00:00+01:00").unix() == 0


def test_no_time() -> None:
    with pytest.raises(ValueError, match="not a time"):
        Stamp("yesterday")

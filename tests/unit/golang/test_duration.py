"""Durations as time.ParseDuration reads and Duration.String prints them (vectors of time/time_test.go)."""

from __future__ import annotations

import pytest

from gokiln.golang.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("0", 0),
        ("5s", 5_000_000_000),
        ("1478s", 1478_000_000_000),
        ("-5s", -5_000_000_000),
        ("+0", 0),
        ("5.6s", 5_600_000_000),
        (".5s", 500_000_000),
        ("1.s", 1_000_000_000),
        ("10ns", 10),
        ("12us", 12_000),
        ("12µs", 12_000),
        ("12μs", 12_000),
        ("1h15m30.918273645s", 4530_918_273_645),
        ("-1h", -3600_000_000_000),
        ("0.3333333333333333333h", 1_200_000_000_000 - 1),
        ("9223372036854775807ns", (1 << 63) - 1),
        ("-9223372036854775808ns", -(1 << 63)),
    ],
)
def test_parse(text: str, ns: int) -> None:
    assert parse_duration(text) == ns


@pytest.mark.parametrize("text", ["", "3", "-", "s", ".", "-.", ".s", "+.s", "1d", "9223372036854775808ns", "1 s"])
def test_refuse(text: str) -> None:
    with pytest.raises(ValueError, match="parse error"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1100, "1.1µs"),
        (2_200_000, "2.2ms"),
        (3_300_000_000, "3.3s"),
        (245_000_000_000, "4m5s"),
        (245_001_000_000, "4m5.001s"),
        (18367_001_000_000, "5h6m7.001s"),
        (480_000_000_001, "8m0.000000001s"),
        (600_000_000_000, "10m0s"),
        ((1 << 63) - 1, "2562047h47m16.854775807s"),
        (-(1 << 63), "-2562047h47m16.854775808s"),
    ],
)
def test_format(ns: int, text: str) -> None:
    assert format_duration(ns) == text
    assert parse_duration(text) == ns

"""Pseudo-versions: made, taken apart, refused."""

from __future__ import annotations

import pytest

from gokiln.golang import pseudo
from gokiln.golang.modpath import InvalidVersionError

WHEN = 1704164645  # 2024-01-02 03:04:05 UTC
REV = "abcdef123456"


@pytest.mark.parametrize(
    ("major", "older", "want"),
    [
        ("", "", "v0.0.0-20240102030405-abcdef123456"),
        ("v2", "", "v2.0.0-20240102030405-abcdef123456"),
        ("v1", "v1.2.3", "v1.2.4-0.20240102030405-abcdef123456"),
        ("v1", "v1.2.99", "v1.2.100-0.20240102030405-abcdef123456"),
        ("v1", "v1.2.19", "v1.2.20-0.20240102030405-abcdef123456"),
        ("v2", "v2.2.3+incompatible", "v2.2.4-0.20240102030405-abcdef123456+incompatible"),
        ("v1", "v1.2.3-pre", "v1.2.3-pre.0.20240102030405-abcdef123456"),
        ("v2", "v2.2.3-pre+incompatible", "v2.2.3-pre.0.20240102030405-abcdef123456+incompatible"),
    ],
)
def test_made_and_taken_apart(major: str, older: str, want: str) -> None:
    v = pseudo.pseudo_version(major, older, WHEN, REV)
    assert v == want
    assert pseudo.is_pseudo_version(v)
    assert pseudo.pseudo_version_time(v) == WHEN
    assert pseudo.pseudo_version_rev(v) == REV
    assert pseudo.pseudo_version_base(v) == older


@pytest.mark.parametrize(
    ("patch", "following"), [("9", "10"), ("13", "14"), ("119", "120"), ("999", "1000"), ("109", "110")]
)
def test_the_patch_version_is_counted_up_however_long_it_is(patch: str, following: str) -> None:
    v = pseudo.pseudo_version("v1", f"v1.2.{patch}", WHEN, REV)
    assert v.startswith(f"v1.2.{following}-0.")
    assert pseudo.pseudo_version_base(v) == f"v1.2.{patch}"


@pytest.mark.parametrize("v", ["v1.2.3", "v1.2.3-pre", "v1.0.0-2024010203040-abc", "v1.0.1-20240102030405-abc", "bad"])
def test_what_is_no_pseudo_version(v: str) -> None:
    assert not pseudo.is_pseudo_version(v)
    with pytest.raises(InvalidVersionError) as e:
        pseudo.pseudo_version_rev(v)
    assert str(e.value) == f'pseudo-version "{v}" invalid: syntax error'


def test_impossible_parts() -> None:
    for stamp in [
        "20241302030405",
        "20240230030405",
        "20230229000000",
        "20240102240000",
        "20240102006000",
        "20240100000000",
    ]:
        with pytest.raises(InvalidVersionError, match=f'malformed time "{stamp}"'):
            pseudo.pseudo_version_time(f"v0.0.0-{stamp}-abc")
    for month, days in enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1):
        assert pseudo.pseudo_version_time(f"v0.0.0-2024{month:02}{days}235959-abc") > 0
        with pytest.raises(InvalidVersionError, match="malformed time"):
            pseudo.pseudo_version_time(f"v0.0.0-2024{month:02}{days + 1}000000-abc")
    for year, leap in ((2023, False), (2000, True), (1900, False), (2100, False), (2096, True)):
        if leap:
            assert pseudo.pseudo_version_time(f"v0.0.0-{year}0301000000-abc") == 86400 + pseudo.pseudo_version_time(
                f"v0.0.0-{year}0229000000-abc"
            )
        else:
            with pytest.raises(InvalidVersionError, match="malformed time"):
                pseudo.pseudo_version_time(f"v0.0.0-{year}0229000000-abc")
    assert pseudo.pseudo_version_time("v0.0.0-20240229000000-abc") == 1709164800
    assert pseudo.pseudo_version_time("v0.0.0-19691231235959-abc") == -1
    with pytest.raises(InvalidVersionError, match=r"version before v1\.0\.0 would have negative patch number"):
        pseudo.pseudo_version_base("v1.0.0-0.20240102030405-abc")
    with pytest.raises(InvalidVersionError, match=r'lacks base version, but has build metadata "\+incompatible"'):
        pseudo.pseudo_version_base("v3.0.0-20240102030405-abc+incompatible")


def test_zero() -> None:
    assert pseudo.zero_pseudo_version("v0") == "v0.0.0-00010101000000-000000000000"
    assert pseudo.is_zero_pseudo_version("v2.0.0-00010101000000-000000000000")
    assert not pseudo.is_zero_pseudo_version("v0.0.0-20240102030405-000000000000")
    assert pseudo.pseudo_version_time(pseudo.zero_pseudo_version("v0")) == pseudo.ZERO_TIME

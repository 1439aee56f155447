"""Semantic versions: precedence, canonical forms, parts."""

from __future__ import annotations

import pytest

from gokiln.golang import semver

INVALID = ["", "v", "1.2.3", "v1.2.", "v01.2.3", "v1.02.3", "v1.2.03", "v1.2-pre", "v1+meta", "v1.2.3-", "v1.2.3+",
           "v1.2.3-a..b", "v1.2.3-01", "v1.2.3-1.01", "v1.2.3+a..b", "v1.2.3-a\n", "v1.2.3-é", "v1.2.3 ",
           "bad", "v1.2.3.4"]  # fmt: skip
# Lowest first; each line lists equals.
ORDER = [
    ["", "bad", "v1+meta", "v1.2.3-01"],
    ["v0.0.0-0"],
    ["v0", "v0.0", "v0.0.0", "v0.0.0+x"],
    ["v0.9.9"],
    ["v1.0.0-alpha", "v1.0.0-alpha+y"],
    ["v1.0.0-alpha.1"],
    ["v1.0.0-alpha.2"],
    ["v1.0.0-alpha.10"],
    ["v1.0.0-alpha.beta"],
    ["v1.0.0-alpha-"],
    ["v1.0.0-alpha0"],
    ["v1.0.0-beta"],
    ["v1.0.0-beta.2"],
    ["v1.0.0-beta.11"],
    ["v1.0.0-rc.1"],
    ["v1", "v1.0", "v1.0.0", "v1.0.0+meta.2"],
    ["v1.2.3-0.20240102030405-abcdefabcdef"],
    ["v1.2.3-1"],
    ["v1.2.3"],
    ["v1.9"],
    ["v1.10.0"],
    ["v2.0.0"],
    ["v10.0.0"],
    ["v99999999999999999999.0.0"],
    ["v100000000000000000000.0.0"],
]


def test_precedence_is_total_as_listed() -> None:
    for i, same in enumerate(ORDER):
        for v in same:
            for j, other in enumerate(ORDER):
                for w in other:
                    assert semver.compare(v, w) == (i > j) - (i < j), (v, w)


@pytest.mark.parametrize("v", INVALID)
def test_invalid_versions_have_no_parts(v: str) -> None:
    assert not semver.is_valid(v)
    assert semver.canonical(v) == semver.major(v) == semver.major_minor(v) == ""
    assert semver.prerelease(v) == semver.build(v) == ""


@pytest.mark.parametrize(
    ("v", "canonical", "major", "major_minor", "prerelease", "build"),
    [
        ("v1", "v1.0.0", "v1", "v1.0", "", ""),
        ("v1.2", "v1.2.0", "v1", "v1.2", "", ""),
        ("v1.2.3", "v1.2.3", "v1", "v1.2", "", ""),
        ("v1.2.3-pre.1+meta", "v1.2.3-pre.1", "v1", "v1.2", "-pre.1", "+meta"),
        ("v2.0.0+incompatible", "v2.0.0", "v2", "v2.0", "", "+incompatible"),
        ("v0.0.0-0-0", "v0.0.0-0-0", "v0", "v0.0", "-0-0", ""),
    ],
)
def test_parts(v: str, canonical: str, major: str, major_minor: str, prerelease: str, build: str) -> None:
    assert semver.canonical(v) == canonical
    assert semver.major(v) == major
    assert semver.major_minor(v) == major_minor
    assert semver.prerelease(v) == prerelease
    assert semver.build(v) == build


def test_max_is_canonical() -> None:
    assert semver.max("v1.2", "v1.1.9") == "v1.2.0"
    assert semver.max("v1.0.0+a", "v1") == "v1.0.0"
    assert semver.max("bad", "v1.0.0-x") == "v1.0.0-x"


def test_sort_breaks_ties_by_text() -> None:
    versions = ["v1.0.0+b", "v1.10.0", "v1.0.0+a", "v1.9.0", "bad", "v1"]
    semver.sort(versions)
    assert versions == ["bad", "v1", "v1.0.0+a", "v1.0.0+b", "v1.9.0", "v1.10.0"]

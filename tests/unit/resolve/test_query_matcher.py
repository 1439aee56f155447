"""Version queries against a list of versions (cases after cmd/go/internal/modload/query_test.go)."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.resolve.query import is_revision_query
from gokiln.modules.resolve.querymatcher import QueryMatcher, RevQueryError

VERSIONS = ["v0.0.1", "v0.0.2", "v1.0.0", "v1.1.0", "v1.9.9", "v1.9.10-pre1", "v2.0.0+incompatible"]
PATH = "example.com/q"


def matching(query: str, current: str = "") -> list[str]:
    matcher = QueryMatcher(PATH, query, current, None)
    return [v for v in VERSIONS if matcher.allows_version(v)]


@pytest.mark.parametrize(
    ("query", "current", "expected"),
    [
        ("latest", "", VERSIONS),
        ("<v0.0.2", "", ["v0.0.1"]),
        ("<=v0.0.2", "", ["v0.0.1", "v0.0.2"]),
        (">v1.1.0", "", ["v1.9.9", "v1.9.10-pre1", "v2.0.0+incompatible"]),
        (">=v1.9.9", "", ["v1.9.9", "v1.9.10-pre1", "v2.0.0+incompatible"]),
        ("v0", "", ["v0.0.1", "v0.0.2"]),
        ("v1.9", "", ["v1.9.9", "v1.9.10-pre1"]),
        ("upgrade", "v1.1.0", ["v1.1.0", "v1.9.9", "v1.9.10-pre1", "v2.0.0+incompatible"]),
        ("patch", "v1.9.0", ["v1.9.9", "v1.9.10-pre1"]),
    ],
)
def test_matches(query: str, current: str, expected: list[str]) -> None:
    assert matching(query, current) == expected


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("<=v1", 'ambiguous semantic version "v1" in range "<=v1"'),
        (">v1.2", 'ambiguous semantic version "v1.2" in range ">v1.2"'),
        ("<bad", 'invalid semantic version "bad" in range "<bad"'),
        ("patch", 'can\'t query version "patch" of module example.com/q: no existing version is required'),
    ],
)
def test_senseless_queries(query: str, problem: str) -> None:
    with pytest.raises(GokilnError) as caught:
        matching(query)
    assert str(caught.value) == problem


def test_revisions_are_for_the_repository() -> None:
    with pytest.raises(RevQueryError):
        matching("main")
    assert is_revision_query(PATH, "main")
    assert is_revision_query(PATH, "v1.0.0")
    assert not is_revision_query(PATH, "v1")
    assert not is_revision_query(PATH, "latest")

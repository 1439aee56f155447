"""Arguments of get: what they mean, and how their errors are told."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.resolve.getquery import ConflictError, PathSet, Query, VersionReason, report_error
from gokiln.modules.version import ModVersion


class Told:
    """Takes reports as a State does."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def report(self, err: object) -> None:
        self.lines.append(str(err))


def told(argument: str, problem: str) -> str:
    ls = Told()
    report_error(ls, Query(argument, "upgrade"), GokilnError(problem))  # type: ignore[arg-type]
    return ls.lines[0]


def test_parts() -> None:
    q = Query("example.com/a@v1.2", "upgrade")
    assert (q.pattern, q.version, q.raw_version, q.is_local, q.is_wildcard()) == (
        "example.com/a",
        "v1.2",
        "v1.2",
        False,
        False,
    )
    assert Query("example.com/a", "patch").version == "patch"
    assert Query("./...", "upgrade").is_wildcard()


@pytest.mark.parametrize("raw", ["a@", "a@b@c"])
def test_malformed(raw: str) -> None:
    with pytest.raises(GokilnError, match="invalid module version syntax"):
        Query(raw, "upgrade")


def test_wildcards() -> None:
    q = Query("example.com/a/...", "upgrade")
    assert q.matches_path("example.com/a")
    assert q.matches_path("example.com/a/b")
    assert not q.matches_path("example.com/ab")
    assert q.can_match_in_module("example.com")
    assert not q.can_match_in_module("go")


def test_argument_is_told_once() -> None:
    assert told("example.com/a@v1", "module example.com/a@v1: gone") == "module example.com/a@v1: gone"
    assert told("example.com/a@v1", "it is gone") == "example.com/a@v1: it is gone"
    assert told("example.com/a", "module example.com/ab: gone") == "example.com/a: module example.com/ab: gone"


def test_resolved_string() -> None:
    q = Query("example.com/a/p@latest", "upgrade")
    assert q.resolved_string(ModVersion("example.com/a", "v1.0.0")) == (
        "example.com/a@v1.0.0 (matching example.com/a/p@latest)"
    )
    q = Query("example.com/a@v1", "upgrade")
    assert q.resolved_string(ModVersion("example.com/a", "v1.2.0")) == "example.com/a@v1 (v1.2.0)"


def test_conflict() -> None:
    one, two = Query("example.com/a@v1.0.0", "upgrade"), Query("example.com/a/p@latest", "upgrade")
    err = ConflictError("example.com/a", VersionReason("v1.1.0", two), VersionReason("v1.0.0", one))
    assert str(err) == ("for module example.com/a, example.com/a/p@latest (v1.1.0) conflicts with example.com/a@v1.0.0")


def test_one_answer_for_each_path() -> None:
    q = Query("all", "upgrade")
    for _ in range(2):
        q.path_once("example.com/a", lambda: PathSet([ModVersion("example.com/a", "v1.0.0")]))
    q.path_once("example.com/b", PathSet)
    assert [(c.path, len(c.pkg_mods)) for c in q.candidates] == [("example.com/a", 1)]
    assert q.paths_seen() == 2

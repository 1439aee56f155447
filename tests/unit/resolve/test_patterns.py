"""Patterns to packages."""

from __future__ import annotations

import pytest

from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.match import IgnorePatterns, Match

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.25\n\nignore ./gen\n\ntool example.com/m/cmd\n",
    "m.go": "package m\n",
    "m_test.go": 'package m\n\nimport _ "example.com/m/onlytest"\n',
    "cmd/c.go": "package main\n",
    "onlytest/o.go": "package onlytest\n",
    "gen/g.go": "package gen\n",
    "testdata/t.go": "package t\n",
    ".hid/h.go": "package h\n",
    "_under/u.go": "package u\n",
    "other/go.mod": "module other\n",
    "other/o.go": "package other\n",
    "docs/readme": "",
    "excluded/e_windows.go": "package e\n",
}
SILENT = PackageOpts(silence_package_errors=True, silence_unmatched_warnings=True)


@pytest.mark.parametrize(
    ("pattern", "packages"),
    [
        ("./...", ["example.com/m", "example.com/m/cmd", "example.com/m/onlytest"]),
        ("./cmd/...", ["example.com/m/cmd"]),
        (".", ["example.com/m"]),
        ("/w/m/cmd", ["example.com/m/cmd"]),
        ("example.com/m/...", ["example.com/m", "example.com/m/cmd", "example.com/m/onlytest"]),
        ("example.com/m/o...", ["example.com/m/onlytest"]),
        ("work", ["example.com/m", "example.com/m/cmd", "example.com/m/onlytest"]),
        ("all", ["example.com/m", "example.com/m/cmd", "example.com/m/onlytest"]),
        ("tool", ["example.com/m/cmd"]),
        ("std", ["fmt"]),
        ("./gen", ["example.com/m/gen"]),
        ("./excluded", ["example.com/m/excluded"]),
        ("./docs", []),
        ("./other", []),
    ],
)
def test_pattern(new_loader, pattern: str, packages: list[str]) -> None:
    (match,), _ = new_loader(FILES).load_packages(SILENT, [pattern])
    assert sorted(set(match.pkgs)) == packages


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("./docs", "./docs: no buildable Go source files in /w/m/docs"),
        ("./none", "./none: stat /w/m/none: directory not found"),
        ("./other", "./other: main module (example.com/m) does not contain package example.com/m/other"),
        ("../...", "pattern ../...: directory prefix /w does not contain main module or its selected dependencies"),
        ("./none/...", "pattern ./none/...: lstat ./none/: no such file or directory"),
        ("/", "/: no buildable Go source files in /"),
    ],
)
def test_what_does_not_match_says_why(new_loader, pattern: str, problem: str) -> None:
    (match,), _ = new_loader(FILES).load_packages(SILENT, [pattern])
    assert [str(e) for e in match.errs] == [problem]


def test_nothing_matched_is_a_warning(new_loader) -> None:
    loader = new_loader({"go.mod": "module example.com/m\n"})
    loader.load_packages(PackageOpts(), ["./..."])
    assert loader.sink.text() == 'go: warning: "./..." matched no packages\n'


def test_ignore_patterns_are_anchored_only_with_a_dot() -> None:
    patterns = IgnorePatterns(["./gen", "node_modules"])
    assert patterns.should_ignore("gen")
    assert patterns.should_ignore("gen/deep")
    assert not patterns.should_ignore("a/gen")
    assert not patterns.should_ignore("generated")
    assert patterns.should_ignore("a/node_modules/b")


def test_kinds_of_patterns() -> None:
    assert Match("all").is_meta() and not Match("all").is_literal()
    assert Match("./x").is_local() and Match("./x").is_literal()
    assert Match("/x").is_local()
    assert not Match("x/...").is_literal()

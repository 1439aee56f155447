"""Every fuzz target for a moment, the same inputs at each run, and what fuzzing has found before."""

from __future__ import annotations

import random

import pytest

from gokiln.base.pattern import match_pattern, path_match
from tests.fuzz.engine import Mutator, Target, attempt, limited_memory
from tests.fuzz.targets import TARGETS

INPUTS = 60
# Names of targets, and what once was too much for them.
FOUND = [
    ("list -f", b"{{" + b"(" * 900 + b"}}"),
    ("list -f", b"{{range .}}" * 900),
    ("list -f", b'{{printf "%2147483648d %.9999999999d" .N .N}}'),
    ("patterns", b"." * 300 + b"\n" + b"a" * 300),
    ("patterns", b"...a" * 60 + b"\n" + b"a" * 300),
    ("embed patterns", b"[/]"),
    ("embed patterns", b"*/-z].t[a-z]" * 2000),
    ("embed patterns", b"*a" * 50),
    ("overlay", b"[" * 100_000),
    ("overlay", b'{"Replace":' * 100_000),
    ("coverage profile", b"mode: set\nx" + b"/" * 5000 + b"a.go:1.1,2.2 1 1\n"),
    ("program", TARGETS["program"].seeds[0].replace((120).to_bytes(8, "little"), b"\xff" * 7 + b"\x7f", 1)),
    ("archive", b"<bigaf>\n".ljust(68, b"0") + b"9" * 60),
    ("archive", b"<bigaf>\n".ljust(68, b"0") + b"128".ljust(60) + b"0" * 20 + b"128".ljust(20) + b"0" * 72),
    ("zip", TARGETS["zip"].seeds[0][9:]),
    ("cache entry", b"1" * 20_000),
]


@pytest.mark.parametrize("name", TARGETS)
def test_changed_seeds_are_read_or_refused(name: str) -> None:
    target = TARGETS[name]
    source = random.Random(name)
    mutator = Mutator(target, source)
    inputs = [*target.seeds, b""]
    inputs += [mutator.change(source.choice(inputs), source.choice(inputs)) for _ in range(INPUTS)]
    with limited_memory():
        for data in inputs:
            assert attempt(target, data) == "", data[:500]


@pytest.mark.parametrize("name", TARGETS)
def test_every_length_is_read_or_refused(name: str) -> None:
    target = TARGETS[name]
    for seed in target.seeds:
        step = max(1, len(seed) // 40)
        for size in range(0, len(seed), step):
            assert attempt(target, seed[:size]) == "", seed[:size]


@pytest.mark.parametrize(("name", "data"), FOUND, ids=[f"{name} {i}" for i, (name, _) in enumerate(FOUND)])
def test_what_was_found_before(name: str, data: bytes) -> None:
    assert attempt(TARGETS[name], data) == ""


def test_the_fuzzer_sees_what_it_looks_for() -> None:
    def loop(data: bytes) -> None:
        while data:
            pass

    def eat(data: bytes) -> object:
        return [bytes(1 << 20) for _ in range(1 << 12)]

    assert "ZeroDivisionError" in attempt(Target(lambda data: 1 // len(data), [b""]), b"")
    assert attempt(Target(lambda data: 1 // len(data), [b""], (ZeroDivisionError,)), b"") == ""
    assert attempt(Target(loop, [b"x"]), b"x", 0.2).startswith("more than")
    with limited_memory(64 << 20):
        assert attempt(Target(eat, [b""]), b"") in ("too much memory", "")


def test_shell_patterns_match_as_in_go() -> None:
    for pattern, yes, no in (
        ("*", ["", "abc"], ["a/b"]),
        ("**a", ["a", "ba"], ["ab"]),
        ("a*b*c", ["abc", "axbxc", "abbcc"], ["ab", "acb", "a/bc"]),
        ("*x*", ["x", "axb"], ["ab"]),
        ("a*", ["a", "abc"], ["ab/c"]),
        ("a*/b", ["a/b", "abc/b"], ["a/c/b"]),
        ("*a*a*a*b", ["aaab", "aaaab"], ["a" * 300]),
        ("[^a]*[b-d]?", ["xbc", "/bb"], ["abc"]),
    ):
        assert [name for name in yes if not path_match(pattern, name)] == [], pattern
        assert [name for name in no if path_match(pattern, name)] == [], pattern


def test_patterns_match_as_before() -> None:
    for pattern, yes, no in (
        ("a/.../b", ["a/x/b", "a/x/y/b", "a/b/b"], ["a/b", "a/xb/c"]),
        ("a/...", ["a", "a/b", "a/b/c"], ["ab", "b/a", "a/vendor/x"]),
        ("...b...c", ["bc", "xbybzc", "bcbc"], ["cb", "b", "bca"]),
        ("...", ["", "a/b"], ["vendor/x", "a/vendor/b"]),
        ("a/vendor/...", ["a/vendor", "a/vendor/b"], ["a/x"]),
        ("...ab...ab", ["abab", "abxab"], ["ab", "aba"]),
    ):
        match = match_pattern(pattern)
        assert [name for name in yes if not match(name)] == [], pattern
        assert [name for name in no if match(name)] == [], pattern

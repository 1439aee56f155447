"""Which arguments let a result be cached, and how a cached one is shown."""

from __future__ import annotations

import pytest

from gokiln.gotest.resultcache import cached_output
from gokiln.gotest.resultstore import cacheable_args
from gokiln.gotest.run import coverage_percentage, nothing_run


@pytest.mark.parametrize(
    ("args", "kept", "bad"),
    [
        (["-test.timeout=10m0s"], ["-test.timeout=10m0s"], ""),
        (["-test.coverprofile=c", "-test.run=X"], ["-test.run=X"], ""),
        (["-test.run=X", "-test.count=1"], [], "-test.count=1"),
        (["-test.v=true", "x"], [], "x"),
        (["-other=1"], [], "-other=1"),
        (["-test.v"], [], "-test.v"),
        (["-test.bench=."], [], "-test.bench=."),
    ],
)
def test_cacheable(args: list[str], kept: list[str], bad: str) -> None:
    assert cacheable_args(args) == (kept, bad)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (b"ok  \tm\t0.123s\n", b"ok  \tm\t(cached)\n"),
        (
            b"noise\nok  \tm\t12.3s\tcoverage: 5.0% of statements\n",
            b"noise\nok  \tm\t(cached)\tcoverage: 5.0% of statements\n",
        ),
        (b"ok  \tm\t0.1s [no tests to run]\n", b"ok  \tm\t(cached) [no tests to run]\n"),
        (b"FAIL\tm\t0.1s\n", None),
        (b"ok  \tm\n", None),
    ],
)
def test_cached_output(stored: bytes, shown: bytes | None) -> None:
    assert cached_output(stored) == shown


def test_what_a_program_says_of_itself() -> None:
    assert coverage_percentage(b"PASS\ncoverage: 3.1% of statements\n") == "\tcoverage: 3.1% of statements"
    assert coverage_percentage(b"PASS\n") == ""
    assert nothing_run(b"testing: warning: no tests to run\nPASS\n") == " [no tests to run]"
    assert nothing_run(b"x testing: warning: no tests to run\nPASS\n") == ""
    assert nothing_run(b"a\ntesting: warning: no fuzz tests to fuzz\n") == " [no fuzz tests to fuzz]"

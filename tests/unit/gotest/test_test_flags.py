"""The command line of `go test`: what is its own, what the test program gets."""

from __future__ import annotations

import pytest

from gokiln.base.flagset import FlagSet, set_from_goflags
from gokiln.config.buildflags import OMIT_JSON_FLAG, OMIT_V_FLAG, BuildFlags, register_build_flags, register_cover_flags
from gokiln.errors import UsageError
from gokiln.gotest.flags import USAGE, TestFlags, default_vet_flags


def parse(*args: str, goflags: tuple[str, ...] = (), minor: int = 26) -> TestFlags:
    flags = TestFlags("/m")
    build = BuildFlags("/m")
    build.minor = minor
    flagset = FlagSet(USAGE)
    register_build_flags(flagset, build, OMIT_V_FLAG | OMIT_JSON_FLAG)
    register_cover_flags(flagset, build)
    flags.register(flagset, build)
    set_from_goflags(flagset, goflags)
    flags.parse(flagset, args)
    return flags


DEFAULT = "-test.timeout=10m0s"


@pytest.mark.parametrize(
    ("args", "packages", "passed"),
    [
        ((), [], [DEFAULT]),
        (("./...",), ["./..."], [DEFAULT]),
        (("a", "b", "-v", "c"), ["a", "b"], [DEFAULT, "-test.v=true", "c"]),
        (("-run", "X", "a"), ["a"], [DEFAULT, "-test.run=X"]),
        (("-run=X", "-test.count=0x2", "a"), ["a"], [DEFAULT, "-test.run=X", "-test.count=2"]),
        (("-timeout", "90s", "a"), ["a"], ["-test.timeout=1m30s"]),
        (("-timeout=0", "a"), ["a"], ["-test.timeout=0s"]),
        (("a", "-mine", "x", "-v"), ["a"], [DEFAULT, "-mine", "x", "-test.v=true"]),
        (("-mine=3", "a"), [], [DEFAULT, "-mine=3", "a"]),
        (("-mine", "a", "-v", "b"), [], [DEFAULT, "-mine", "a", "-test.v=true", "b"]),
        (("a", "-args", "-v", "x"), ["a"], [DEFAULT, "-v", "x"]),
        (("a", "--", "-v"), ["a"], [DEFAULT, "--", "-v"]),
        (("-json", "a"), ["a"], ["-test.v=test2json", DEFAULT]),
        (("-cpuprofile=c", "a"), ["a"], [DEFAULT, "-test.outputdir=/m", "-test.cpuprofile=c"]),
        (("-outputdir=out", "-trace=t", "a"), ["a"], [DEFAULT, "-test.outputdir=/m/out", "-test.trace=t"]),
        (("-short", "-failfast=0", "a"), ["a"], [DEFAULT, "-test.short=true", "-test.failfast=false"]),
        (("-shuffle=12", "a"), ["a"], [DEFAULT, "-test.shuffle=12"]),
        (("-race", "-tags=x", "a"), ["a"], [DEFAULT]),
    ],
)
def test_words(args: tuple[str, ...], packages: list[str], passed: list[str]) -> None:
    flags = parse(*args)
    assert flags.package_args == packages
    assert flags.test_args == passed


def test_goflags_come_first_and_yield_to_the_command_line() -> None:
    flags = parse("-count=3", "a", goflags=("-run=Y", "-count=1", "-v"))
    assert flags.test_args == ["-test.run=Y", "-test.v=true", DEFAULT, "-test.count=3"]
    assert flags.show_pass


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("-count=x",), 'invalid value "x" for flag -count: parse error'),
        (("-short=x",), 'invalid boolean value "x" for -short: parse error'),
        (("-run",), "flag needs an argument: -run"),
        (("-vet=printf,", "a"), 'invalid value "printf," for flag -vet: -vet argument contains empty list element'),
        (("-vet=all,printf,tests",), "-vet does not accept"),
        (("-vet=nope",), "must be a supported analyzer or a distinguished value; found nope"),
        (("-shuffle=no",), '-shuffle argument must be "on", "off", or an int64: strconv.ParseInt'),
        (("-v=maybe",), 'invalid boolean value "maybe" for -v: invalid flag -test.v=maybe'),
        (("-c", "-mine"), "go: unknown flag -mine cannot be used with -c"),
        (("-h",), "usage: go test"),
    ],
)
def test_refusals(args: tuple[str, ...], problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(*args)
    assert problem in str(caught.value)
    assert str(caught.value).endswith("Run 'go help test' and 'go help testflag' for details.")
    assert caught.value.exit_status == 2


def test_help_for_the_test_program() -> None:
    assert parse("a", "-args", "-h").help
    assert not parse("a", "-args", "--", "-h").help


def test_vet_choices() -> None:
    assert parse("a").vet.flags == default_vet_flags(26)
    assert parse("a", minor=27).vet.flags == default_vet_flags(27)
    assert parse("-vet=off", "a").vet.off
    vet = parse("-vet=printf,tests", "a").vet
    assert (vet.explicit, vet.off, vet.flags) == (True, False, ["-printf", "-tests"])
    assert parse("-vet=all", "a").vet.flags == []


def test_artifacts_came_with_26() -> None:
    assert parse("-artifacts", "a").test_args == [DEFAULT, "-test.outputdir=/m", "-test.artifacts=true"]
    assert parse("-artifacts", "a", minor=25).package_args == []


def test_what_keeps_the_program() -> None:
    assert parse("-cpuprofile=x").needs_binary
    assert not parse("-trace=x").needs_binary
    assert parse("-trace=x").profile == "-trace"
    assert parse("-o", "x").needs_binary

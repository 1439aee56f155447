"""Go's flag grammar and its words."""

from __future__ import annotations

import pytest

from gokiln.base.flagset import FlagSet, parse_bool, parse_int, set_from_goflags
from gokiln.errors import UsageError


class Values:
    def __init__(self) -> None:
        self.a = False
        self.o = ""
        self.p = 4
        self.toolexec: list[str] = []


def make() -> tuple[FlagSet, Values]:
    flags, values = FlagSet("go build [-o output] [build flags] [packages]"), Values()
    flags.bool("a", values, "a")
    flags.string("o", values, "o")
    flags.int("p", values, "p")
    flags.strings("toolexec", values, "toolexec")
    return flags, values


USAGE = "usage: go build [-o output] [build flags] [packages]\nRun 'go help build' for details."


def test_every_form() -> None:
    flags, values = make()
    assert flags.parse(["-a", "--o=x", "-p", "0x10", "-toolexec='a b' c", "rest", "-o", "y"]) == ["rest", "-o", "y"]
    assert (values.a, values.o, values.p, values.toolexec) == (True, "x", 16, ["a b", "c"])
    assert list(flags.seen) == ["a", "o", "p", "toolexec"]


def test_a_boolean_takes_no_separate_value() -> None:
    flags, values = make()
    assert flags.parse(["-a", "false"]) == ["false"]
    assert values.a
    assert flags.parse(["-a=F"]) == []
    assert not values.a


def test_where_flags_end() -> None:
    flags, _ = make()
    assert flags.parse(["--", "-a"]) == ["-a"]
    assert flags.parse(["-", "-a"]) == ["-", "-a"]
    assert flags.parse(["-o", "-a"]) == []


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["-zz"], "flag provided but not defined: -zz"),
        (["--zz=1"], "flag provided but not defined: -zz"),
        (["-a=x"], 'invalid boolean value "x" for -a: parse error'),
        (["-p", "x"], 'invalid value "x" for flag -p: parse error'),
        (["-p=99999999999999999999"], 'invalid value "99999999999999999999" for flag -p: value out of range'),
        (["-o"], "flag needs an argument: -o"),
        (["---o"], "bad flag syntax: ---o"),
        (["-=o"], "bad flag syntax: -=o"),
        (["-toolexec='a"], "invalid value \"'a\" for flag -toolexec: unterminated ' string"),
    ],
)
def test_refusals(args: list[str], problem: str) -> None:
    flags, _ = make()
    with pytest.raises(UsageError) as caught:
        flags.parse(args)
    assert str(caught.value) == f"{problem}\n{USAGE}"
    assert caught.value.exit_status == 2


def test_help_prints_usage_only() -> None:
    flags, _ = make()
    with pytest.raises(UsageError) as caught:
        flags.parse(["-h"])
    assert str(caught.value) == USAGE


def test_long_name_of_a_subcommand() -> None:
    assert FlagSet("go mod download [-x] [modules]").long_name() == "mod download"
    assert FlagSet("go").long_name() == ""


def test_goflags_pass_over_what_the_command_has_not() -> None:
    flags, values = make()
    set_from_goflags(flags, ["-a", "-race", "--o=x", "-p=2"])
    assert (values.a, values.o, values.p) == (True, "x", 2)


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("-o", "go: flag needs an argument: -o (from $GOFLAGS)"),
        ("-a=x", 'go: invalid boolean value "x" for flag -a (from $GOFLAGS): parse error'),
        ("-p=x", 'go: invalid value "x" for flag -p (from $GOFLAGS): parse error'),
    ],
)
def test_goflags_refusals(word: str, problem: str) -> None:
    flags, _ = make()
    with pytest.raises(UsageError) as caught:
        set_from_goflags(flags, [word])
    assert str(caught.value) == f"{problem}\n{USAGE}"


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-7", -7), ("+7", 7), ("017", 15), ("0o17", 15), ("0b11", 3), ("0xFf", 255), ("1_000", 1000),
     ("0x_f", 15), ("0_7", 7), (str(2**63 - 1), 2**63 - 1), (str(-(2**63)), -(2**63))],
)  # fmt: skip
def test_parse_int(text: str, value: int) -> None:
    assert parse_int(text) == value


@pytest.mark.parametrize("text", ["", "-", "x", "1x", "08", "0x", "_1", "1_", "1__0", " 1", "1 ", "１", "1.0", "0b2"])
def test_parse_int_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="parse error"):
        parse_int(text)


def test_parse_bool_knows_gos_spellings_only() -> None:
    assert parse_bool("T") and not parse_bool("False")
    for text in ("yes", "tRUE", "", "2"):
        with pytest.raises(ValueError, match="parse error"):
            parse_bool(text)


def test_what_cannot_be_a_flag_ends_those_of_vet():
    """cmd/go/internal/cmdflag.ParseOne: NonFlagError, ErrHelp."""
    for word in ("-=x", "---x", "--=x", "---"):
        flags, values = make()
        assert flags.parse(["-a", word, "-o"], lambda name, words: None) == [word, "-o"]
        assert values.a
        with pytest.raises(UsageError, match=f"^bad flag syntax: {word}\n"):
            make()[0].parse([word])
    with pytest.raises(UsageError) as caught:
        make()[0].parse(["-?"], lambda name, words: None)
    assert str(caught.value) == USAGE

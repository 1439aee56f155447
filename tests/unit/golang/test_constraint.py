"""Build constraints, with the vectors of go/build/constraint's own tests."""

import pytest

from gokiln.golang.constraint import (
    ConstraintError,
    eval_any,
    is_plus_build,
    match_auto,
    parse,
    parse_plus_build,
)
from gokiln.golang.filename import name_tags


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x", "x"),
        ("x&&y", "x && y"),
        ("(x)", "x"),
        ("x||y&&z", "x || (y && z)"),
        ("x&&y||z", "(x && y) || z"),
        ("x&&(y||z)", "x && (y || z)"),
        ("!(x&&y)", "!(x && y)"),
        ("αx && go1.2", "αx && go1.2"),
    ],
)
def test_parse(text: str, shown: str) -> None:
    assert str(parse(f"//go:build {text}")) == shown


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("x && ", 4, "unexpected end of expression"),
        ("x && (", 6, "missing close paren"),
        ("x && ||", 5, "unexpected token ||"),
        ("x && !", 6, "unexpected end of expression"),
        ("x && !!", 6, "double negation not allowed"),
        ("x !", 2, "unexpected token !"),
        ("x && (y", 5, "missing close paren"),
        ("x~", 1, "invalid syntax at ~"),
        ("x &", 2, "invalid syntax at &"),
        ("αx²", 3, "invalid syntax at ²"),
        ("(" * 1001 + "x", 0, "build expression too large"),
        ("x||" * 1000 + "x", 2998, "build expression too large"),
    ],
)
def test_parse_errors(text: str, offset: int, message: str) -> None:
    with pytest.raises(ConstraintError) as caught:
        parse(f"//go:build {text}")
    assert (str(caught.value), caught.value.offset) == (message, offset)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x,y", "x && y"),
        ("x y,z", "x || (y && z)"),
        ("x,!y !z", "(x && !y) || !z"),
        ("!! x", "ignore || x"),
        ("!!x", "ignore"),
        ("!", "ignore"),
        ("", "ignore"),
        ("x-y", "ignore"),
    ],
)
def test_plus_build(text: str, shown: str) -> None:
    assert str(parse_plus_build(text)) == shown


@pytest.mark.parametrize(
    "line", ["// +build x y \n ", " //+build x", "//go:build x\nmore", " //go:build x", "//go:buildx"]
)
def test_not_a_constraint(line: str) -> None:
    with pytest.raises(ConstraintError, match="not a build constraint"):
        parse(line)


def test_long_chains_evaluate() -> None:
    assert parse("//go:build " + "x||" * 999 + "yes").eval("yes".__eq__)
    assert not parse("//go:build " + "yes&&" * 999 + "x").eval("yes".__eq__)


def test_line_kinds() -> None:
    assert is_plus_build("//+build x") and is_plus_build("// +build\n") and not is_plus_build("// +buildx")


def test_too_complex_plus_build() -> None:
    with pytest.raises(ConstraintError, match="too complex"):
        parse_plus_build("x " * 102)


def test_every_tag_is_asked_for() -> None:
    asked: list[str] = []
    parse("//go:build yes || (no && maybe)").eval(lambda tag: asked.append(tag) or tag == "yes")
    assert asked == ["yes", "no", "maybe"]


def test_match_auto_takes_either_syntax() -> None:
    tags = {"linux", "amd64"}
    assert match_auto("linux,amd64", tags.__contains__) and match_auto("linux && !arm", tags.__contains__)
    assert not match_auto("windows", tags.__contains__) and not match_auto("linux &&", tags.__contains__)


def test_any_tags_scan_takes_most_tags_for_both() -> None:
    def ok(tag: str, prefer: bool) -> bool:
        return prefer if tag != "ignore" else False

    assert eval_any(parse("//go:build linux && !linux"), ok)
    assert not eval_any(parse("//go:build ignore"), ok)


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("linux.go", ()),
        ("x_linux.go", ("linux",)),
        ("x_arm64_test.go", ("arm64",)),
        ("x_linux_arm64.s", ("arm64", "linux")),
        ("linux_amd64.go", ("amd64",)),
        ("x_unix.go", ()),
        ("x_linux_foo.go", ()),
        ("x_test.go", ()),
        ("_test.go", ()),
        ("_amd64_test.go", ("amd64",)),
        ("_linux.go", ("linux",)),
        ("x_linux.amd64.go", ("linux",)),
        ("x__linux_amd64.go", ("amd64", "linux")),
    ],
)
def test_name_tags(name: str, tags: tuple[str, ...]) -> None:
    assert name_tags(name) == tags

import pytest

from gokiln.config.release import GodebugInfo, RemovedGodebug
from gokiln.golang.gofile import Directive
from gokiln.golang.position import Position
from gokiln.packages.godebug import GodebugError, NotGodebugError, default_godebug, parse_go_debug


class Release:
    godebugs = (GodebugInfo("panicnil", "runtime", 21, "1"), GodebugInfo("httplaxcontentlength", "net/http", 22, "1"))
    removed_godebugs = (RemovedGodebug("x509sha1", 24),)


def directive(text):
    return Directive(text, Position("x.go", 1, 1))


def parse(text):
    return parse_go_debug(text, Release, "1.26.8")


def test_parse():
    assert parse("//go:debug panicnil=1") == ("panicnil", "1")
    assert parse("//go:debug default=go1.21") == ("default", "go1.21")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("//go:debug", "missing key=value"),
        ("//go:debug x", "missing key=value"),
        ("//go:debug pan ic=1", "key contains space"),
        ("//go:debug panicnil=1 2", "value contains space"),
        ("//go:debug panicnil=1,2", "value contains comma"),
        ("//go:debug nope=1", 'unknown //go:debug setting "nope"'),
        (
            "//go:debug x509sha1=1",
            'use of removed //go:debug setting "x509sha1", see https://go.dev/doc/godebug#go-124',
        ),
        ("//go:debug default=1.21", "value for default= must be goVERSION"),
        ("//go:debug default=go1.99", "default=go1.99 too new (toolchain is go1.26.8)"),
    ],
)
def test_mistakes(text, why):
    with pytest.raises(GodebugError) as info:
        parse(text)
    assert str(info.value) == why


def test_other_comments():
    for text in ("//go:build x", "//go:debugger"):
        with pytest.raises(NotGodebugError):
            parse(text)


@pytest.mark.parametrize(
    ("version", "settings", "lines", "fips", "want"),
    [
        ("1.26", [], [], False, ""),
        ("1.21.3", [], [], False, "httplaxcontentlength=1"),
        ("1.20", [], [], False, "httplaxcontentlength=1,panicnil=1"),
        ("1.20", [("panicnil", "0")], [], True, "fips140=on,httplaxcontentlength=1,panicnil=0"),
        (
            "1.20",
            [("panicnil", "0")],
            ["//go:debug panicnil=2", "//go:debug junk=1"],
            False,
            "httplaxcontentlength=1,panicnil=2",
        ),
        ("1.20", [("default", "go1.26")], [], False, ""),
        ("1", [], [], False, ""),
    ],
)
def test_default(version, settings, lines, fips, want):
    lists = [[directive(text) for text in lines]]
    assert default_godebug(version, settings, lists, Release, "1.26.8", fips) == want

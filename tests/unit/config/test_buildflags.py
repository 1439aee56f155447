"""Flags by package pattern, tags, and what build modes mean for the tools."""

from __future__ import annotations

import pytest

from gokiln.config.buildflags import BuildFlags
from gokiln.config.buildmode import init_build_mode
from gokiln.config.experiment import Experiment
from gokiln.config.goflags import GoflagsError, in_goflags, parse_goflags
from gokiln.config.perpackage import PerPackageFlag
from gokiln.config.target import Target
from gokiln.errors import GokilnError
from gokiln.golang.platform import Platforms, PortInfo
from gokiln.packages.package import Package


def _package(path: str, directory: str = "", *, named: bool = False, standard: bool = False) -> Package:
    package = Package()
    package.import_path, package.dir, package.cmdline_pkg, package.standard = path, directory, named, standard
    return package


def _flag(*values: str) -> PerPackageFlag:
    flag = PerPackageFlag("/proj")
    for value in values:
        flag.set(value)
    return flag


def test_without_a_pattern_only_named_packages_count() -> None:
    flag = _flag("-N -l")
    assert flag.for_package(_package("a", named=True)) == ["-N", "-l"]
    assert flag.for_package(_package("a")) == []


@pytest.mark.parametrize(
    ("pattern", "path", "directory", "standard", "matches"),
    [
        ("all", "x/y", "/m/y", False, True),
        ("std", "fmt", "/r/fmt", True, True),
        ("std", "x/y", "/m/y", False, False),
        ("cmd", "cmd/go", "/r/cmd/go", True, True),
        ("x/...", "x/y", "/m/y", False, True),
        ("x/...", "xx", "/m", False, False),
        ("./...", "x/y", "/proj/y", False, True),
        ("./y", "x/y", "/proj/y", False, True),
        ("./y/...", "x/z", "/proj/z", False, False),
        ("..", "x", "/", False, True),
        (" x/y ", "x/y", "/m", False, True),
    ],
)
def test_patterns(pattern: str, path: str, directory: str, standard: bool, matches: bool) -> None:
    flags = _flag(f"{pattern}=-x").for_package(_package(path, directory, standard=standard))
    assert flags == (["-x"] if matches else [])


def test_the_last_match_wins_and_may_be_empty() -> None:
    flag = _flag("all=-a", "std=", "fmt=-b 'c d'")
    assert flag.for_package(_package("fmt", standard=True)) == ["-b", "c d"]
    assert flag.for_package(_package("os", standard=True)) == []
    assert flag.for_package(_package("m")) == ["-a"]
    assert flag.present() and str(flag) == "fmt=-b 'c d'" and not PerPackageFlag().present()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("foo", "missing =<value> in <pattern>=<value>"),
        ("=foo", "missing <pattern> in <pattern>=<value>"),
        ("'a=b'", "parameter may not start with quote character '"),
        ("a='b", "unterminated ' string"),
    ],
)
def test_pattern_mistakes(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as caught:
        _flag(text)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("text", "tags"),
    [("a,b", ["a", "b"]), ("a b", ["a", "b"]), ("'a'", ["a"]), (",a,,", ["a"]), ("", []), ("a,b c", ["a,b", "c"])],
)
def test_tags(text: str, tags: list[str]) -> None:
    flags = BuildFlags()
    flags.set_tags(text)
    assert flags.tags == tags


PORTS = {
    (goos, goarch): PortInfo(True)
    for goos, goarch in [
        ("linux", "amd64"),
        ("linux", "arm64"),
        ("windows", "amd64"),
        ("darwin", "arm64"),
        ("js", "wasm"),
    ]
}


def _mode(goos: str, goarch: str, **settings: object) -> tuple[object, ...]:
    flags = BuildFlags()
    for name, value in settings.items():
        setattr(flags, name, value)
    target = Target(goos, goarch, Experiment((), frozenset(), frozenset()), minor=26, cgo_enabled=True)
    mode = init_build_mode(flags, target, Platforms(26, PORTS), native=True)
    return mode.forced_gcflags, mode.forced_asmflags, mode.forced_ldflags, mode.ld_buildmode, target.install_suffix


@pytest.mark.parametrize(
    ("goos", "goarch", "settings", "expected"),
    [
        ("linux", "amd64", {}, ([], [], [], "exe", "")),
        ("linux", "amd64", {"race": True}, (["-race"], [], ["-race"], "exe", "race")),
        ("linux", "amd64", {"msan": True}, (["-msan"], [], ["-msan"], "exe", "msan")),
        ("linux", "arm64", {"msan": True}, (["-shared", "-msan"], ["-shared"], ["-msan"], "pie", "msan_shared")),
        ("linux", "amd64", {"buildmode": "pie"}, (["-shared"], ["-shared"], [], "pie", "shared")),
        ("darwin", "arm64", {}, (["-shared"], ["-shared"], [], "pie", "")),
        ("windows", "amd64", {}, ([], [], [], "pie", "")),
        ("windows", "amd64", {"race": True}, (["-race"], [], ["-race"], "exe", "race")),
        ("linux", "amd64", {"buildmode": "plugin"}, (["-dynlink"], ["-dynlink"], [], "plugin", "dynlink")),
        (
            "linux",
            "amd64",
            {"linkshared": True},
            (
                ["-dynlink", "-linkshared"],
                ["-dynlink", "-D=GOBUILDMODE_shared=1", "-linkshared"],
                ["-linkshared", "-w"],
                "exe",
                "dynlink",
            ),
        ),
    ],
)
def test_build_modes(goos: str, goarch: str, settings: dict[str, object], expected: tuple[object, ...]) -> None:
    assert _mode(goos, goarch, **settings) == expected


def test_a_mode_that_the_port_has_not() -> None:
    with pytest.raises(GokilnError, match="-buildmode=pie not supported on js/wasm"):
        _mode("js", "wasm", buildmode="pie")
    with pytest.raises(GokilnError, match=r"^buildmode=foo not supported"):
        _mode("linux", "amd64", buildmode="foo")


def test_tags_that_hold() -> None:
    target = Target("ios", "arm64", Experiment((), frozenset(), frozenset()), minor=3, cgo_enabled=True)
    target.build_tags, target.tool_tags = ["mine"], ["goexperiment.boringcrypto"]
    for tag in ("ios", "darwin", "unix", "arm64", "gc", "cgo", "mine", "go1.1", "go1.3", "boringcrypto"):
        assert target.matches_tag(tag), tag
    for tag in ("linux", "go1.4", "gccgo", "amd64"):
        assert not target.matches_tag(tag), tag


def test_goflags() -> None:
    words = parse_goflags("-race --tags=a '-ldflags=-X a=b'", 26)
    assert words == ["-race", "--tags=a", "-ldflags=-X a=b"]
    assert in_goflags(words, "-tags") and not in_goflags(words, "-mod")
    assert parse_goflags("x 'y", 26, hide_errors=True) == []
    with pytest.raises(GoflagsError, match=r'^go: parsing \$GOFLAGS: non-flag "x"'):
        parse_goflags("-a x", 26)
    with pytest.raises(GoflagsError, match="unknown flag -artifacts"):
        parse_goflags("-artifacts", 25)

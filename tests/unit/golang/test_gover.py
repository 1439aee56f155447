"""Go toolchain versions and names."""

from __future__ import annotations

import pytest

from gokiln.golang import gover
from gokiln.modules.version import ModVersion

# Lowest first; each line lists equals (internal/gover/gover_test.go has pairs of the same kind).
ORDER = [
    ["", "bad", "go1.21", "1.21.0rc1", "01.2", "1.21.", "1.21rc01", "1.2.3.4"],
    ["1", "1.0", "1.0.0"],
    ["1.5"],
    ["1.19rc1"],
    ["1.19", "1.19.0"],
    ["1.19.1"],
    ["1.20rc1"],
    ["1.20", "1.20.0"],
    ["1.21"],
    ["1.21alpha1"],
    ["1.21beta1"],
    ["1.21rc"],
    ["1.21rc1"],
    ["1.21rc2"],
    ["1.21rc10"],
    ["1.21.0"],
    ["1.21.1"],
    ["1.100"],
    ["1.99999999999999998"],
    ["1.99999999999999999"],
    ["2.0"],
]


def test_order() -> None:
    for i, same in enumerate(ORDER):
        for v in same:
            for j, other in enumerate(ORDER):
                for w in other:
                    assert gover.compare(v, w) == (i > j) - (i < j), (v, w)


@pytest.mark.parametrize(
    ("x", "lang", "is_lang", "prev"),
    [
        ("1.2rc3", "1.2", False, "1.1"),
        ("1.2.3", "1.2", False, "1.1"),
        ("1.2", "1.2", False, "1.1"),
        ("1.21", "1.21", True, "1.20"),
        ("1", "1", False, "1"),
        ("1.0.3", "1", False, "1"),
        ("1.110", "1.110", True, "1.109"),
        ("1.100", "1.100", True, "1.99"),
        ("1.10", "1.10", False, "1.9"),
        ("bad", "", False, ""),
    ],
)
def test_language_version(x: str, lang: str, is_lang: bool, prev: str) -> None:
    assert gover.lang(x) == lang
    assert gover.is_lang(x) == is_lang
    assert gover.prev(x) == prev


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("go1.2.3", "1.2.3"), ("1.2.3", ""), ("go1.2.3-bigcorp", "1.2.3"), ("go1.2.3 extra", "1.2.3"),
        ("go1.2.3\t x", "1.2.3"), ("gotip", ""), ("go1.2.3/x", ""), ("go1.2.3\\x", ""), ("", ""),
        ("go1.21rc1", "1.21rc1"),
    ],
)  # fmt: skip
def test_from_toolchain(name: str, version: str) -> None:
    assert gover.from_toolchain(name) == version


def test_local() -> None:
    assert gover.local("go1.26.8", 26) == ("1.26.8", "go1.26.8")
    assert gover.local("devel go1.27-abc Mon", 27) == ("1.27", "go1.27")
    assert gover.local("go1.26.8-custom", 26) == ("1.26.8", "go1.26.8-custom")


def test_versions_by_module() -> None:
    assert gover.mod_compare("go", "1.21", "1.21rc1") == -1
    assert gover.mod_compare("toolchain", "go1.21.1", "1.21.0") == 1
    assert gover.mod_compare("toolchain", "default", "go1.1") == -1
    assert gover.mod_compare("example.com/a", "v1.10.0", "v1.9.0") == 1
    assert gover.mod_compare("example.com/a", "1.21", "1.22") == 0
    assert gover.mod_is_valid("go", "1.21") and not gover.mod_is_valid("go", "v1.21.0")
    assert gover.mod_is_valid("toolchain", "go1.21.1-x") and not gover.mod_is_valid("toolchain", "1.21")
    assert gover.mod_is_valid("a.b/c", "v1.2") and not gover.mod_is_valid("a.b/c", "1.2")
    assert gover.mod_is_prefix("a.b/c", "v1.2") and not gover.mod_is_prefix("a.b/c", "v1.2.3")
    assert not gover.mod_is_prefix("a.b/c", "v1-x") and gover.mod_is_prefix("toolchain", "go1.21")
    assert gover.mod_is_prefix("go", "1.21") and not gover.mod_is_prefix("go", "1.21.0")
    assert gover.mod_is_prerelease("go", "1.21rc1") and gover.mod_is_prerelease("a.b/c", "v1.0.0-x")
    assert gover.mod_is_prerelease("toolchain", "go1.21rc1") and not gover.mod_is_prerelease("go", "1.21.0")
    assert gover.mod_major_minor("toolchain", "go1.21.3") == "go1.21"
    assert gover.mod_major_minor("go", "1.21.3") == "1.21"
    assert gover.mod_major_minor("a.b/c", "v1.2.3") == "v1.2"


def test_mod_sort_puts_go_mod_after_the_version() -> None:
    mods = [ModVersion("b.c/d", "v1.10.0"), ModVersion("b.c/d", "v1.9.0/go.mod"), ModVersion("b.c/d", "v1.9.0"),
            ModVersion("go", "1.21.0"), ModVersion("go", "1.21rc1"), ModVersion("a.b/c", "v9.0.0")]  # fmt: skip
    want = [mods[i] for i in (5, 2, 1, 0, 4, 3)]
    gover.mod_sort(mods)
    assert mods == want


def test_too_new_error_explains_the_choice_of_toolchain() -> None:
    err = gover.TooNewError("example.com/m@v1.0.0", "1.99", "1.26.8")
    assert str(err) == "example.com/m@v1.0.0 requires go >= 1.99 (running go 1.26.8)"
    err = gover.TooNewError("go.mod", "1.99", "1.26.8", gover.Startup("local", "go.mod", "1.25", ""))
    assert str(err) == "go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local; go.mod sets go 1.25)"
    err = gover.TooNewError("go.mod", "1.99", "1.26.8", gover.Startup("auto", "go.work", "1.25", "go1.26.1"))
    assert str(err) == "go.mod requires go >= 1.99 (running go 1.26.8; go.work sets toolchain go1.26.1)"

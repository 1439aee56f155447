"""The table after `get`, and the drawing of `mod why -graph`: made for people's eyes."""

from __future__ import annotations

import pytest

from gokiln.cli.changetable import change_table
from gokiln.cli.mod_why import draw_chain
from gokiln.modules.resolve.getcheck import Change
from gokiln.modules.version import ModVersion

SIX = [
    Change("example.com/a", "", "v1.2.0"),
    Change("example.com/long/er", "v0.3.0", "none"),
    Change("example.com/b", "v1.2.3", "v1.10.0"),
    Change("example.com/c", "v1.2.3", "v1.2.1"),
    Change("example.com/d", "v0.1.0", "v0.2.0"),
    Change("example.com/e", "v0.1.0", "v2.0.0+incompatible"),
    Change("go", "1.21", "1.22.0"),
]
PSEUDO = [
    Change("golang.org/x/net", "v0.0.0-20190522155817-f3200d17e092", "v0.59.0"),
    Change("github.com/somebody/something/else/v2", "v2.0.1", "v2.0.2-0.20240121214520-5f936abd7ae8"),
]


def test_columns_are_as_wide_as_they_must_be() -> None:
    assert change_table(SIX, 80) == (
        "  + example.com/a             -  v1.2.0\n"
        "  - example.com/long/er  v0.3.0  -\n"
        "  ↑ example.com/b        v1.2.3  v1.10.0              minor\n"
        "  ↓ example.com/c        v1.2.3  v1.2.1               patch\n"
        "  ↑ example.com/d        v0.1.0  v0.2.0               minor (v0: may break)\n"
        "  ↑ example.com/e        v0.1.0  v2.0.0+incompatible  major\n"
        "  ↑ go                     1.21  1.22.0\n"
    )


def test_a_terminal_that_is_too_narrow_for_pseudo_versions_has_their_dates() -> None:
    assert change_table(PSEUDO, 80) == (
        "  ↑ golang.org/x/net          2019-05-22 f3200d1  v0.59.0             minor (v0)\n"
        "  ↑ github.…omething/else/v2              v2.0.1  2024-01-21 5f936ab  patch\n"
    )


def test_a_very_narrow_terminal_has_two_lines_a_change() -> None:
    assert change_table(PSEUDO, 40) == (
        "  ↑ golang.org/x/net\n"
        "      2019-05-22 f3200d1 → v0.59.0  min…\n"
        "  ↑ github.com/…mebody/something/else/v2\n"
        "      v2.0.1 → 2024-01-21 5f936ab  patch\n"
    )


@pytest.mark.parametrize("width", [1, 7, 20, 33, 40, 64, 72, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for changes in (SIX, PSEUDO, SIX + PSEUDO, PSEUDO * 20):
        assert all(len(line) <= max(width, 6) for line in change_table(changes, width).splitlines())


def test_of_very_many_changes_indirect_ones_are_counted() -> None:
    indirect = [Change(f"example.com/i{i}", "v1.0.0" if i % 3 else "", "v1.1.0") for i in range(30)]
    changes = [*indirect, Change("example.com/d", "v1.0.0", "v1.0.1"), Change("example.com/x", "v1.1.0", "v1.0.0")]
    assert change_table(changes, 80, {"example.com/d"}) == (
        "  ↑ example.com/d  v1.0.0  v1.0.1  patch\n"
        "  ↓ example.com/x  v1.1.0  v1.0.0  minor\n"
        "  … and 10 added, 20 upgraded indirectly\n"
    )


def test_a_chain_names_each_module_where_it_changes() -> None:
    main, a = ModVersion("example.com/m", ""), ModVersion("example.com/a", "v1.0.0")
    chain = [("example.com/m", main), ("example.com/m.test", main), ("example.com/a/x", a), ("fmt", ModVersion("", ""))]
    assert draw_chain(chain) == (
        "example.com/m  [example.com/m]\n"
        "└─ example.com/m.test\n"
        "   └─ example.com/a/x  [example.com/a@v1.0.0]\n"
        "      └─ fmt  [std]\n"
    )

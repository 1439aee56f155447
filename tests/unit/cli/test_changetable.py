"""The table after `get`, and the drawing of `mod why -graph`: made for people's eyes."""

from __future__ import annotations

from gokiln.cli.changetable import change_table
from gokiln.cli.mod_why import draw_chain
from gokiln.modules.resolve.getcheck import Change
from gokiln.modules.version import ModVersion


def test_columns_are_as_wide_as_they_must_be() -> None:
    changes = [
        Change("example.com/a", "", "v1.2.0"),
        Change("example.com/long/er", "v0.3.0", "none"),
        Change("example.com/b", "v1.2.3", "v1.10.0"),
        Change("example.com/c", "v1.2.3", "v1.2.1"),
        Change("example.com/d", "v0.1.0", "v0.2.0"),
        Change("example.com/e", "v0.1.0", "v2.0.0+incompatible"),
        Change("go", "1.21", "1.22.0"),
    ]
    assert change_table(changes) == (
        "  + example.com/a             -  v1.2.0\n"
        "  - example.com/long/er  v0.3.0  -\n"
        "  ↑ example.com/b        v1.2.3  v1.10.0              minor\n"
        "  ↓ example.com/c        v1.2.3  v1.2.1               patch\n"
        "  ↑ example.com/d        v0.1.0  v0.2.0               minor (v0: may break)\n"
        "  ↑ example.com/e        v0.1.0  v2.0.0+incompatible  major\n"
        "  ↑ go                     1.21  1.22.0\n"
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

"""get -tool: which packages become tool lines of go.mod, and which lose theirs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.resolve.commit import WriteOpts, update_go_mod_from_reqs
from gokiln.modules.resolve.getcheck import update_tools
from gokiln.modules.resolve.getquery import Query

MODULES = {
    "example.com/t@v1.0.0": {
        "cmd/one/main.go": "package main\n\nfunc main() {}\n",
        "cmd/two/main.go": "package main\n\nfunc main() {}\n",
        "lib/lib.go": "package lib\n",
    },
}
GO_MOD = "module example.com/m\n\ngo 1.24\n\nrequire example.com/t v1.0.0\n"


def tools_after(new_loader, go_mod: str, *arguments: str) -> list[str]:
    """The tool lines of go.mod after `get -tool arguments`, whose modules are selected already."""
    ls = new_loader({"go.mod": go_mod, "m.go": "package m\n", "gen/gen.go": "package main\n"}, MODULES)
    ls.load_mod_file()
    opts = WriteOpts()
    queries = [Query(argument, "upgrade") for argument in arguments]
    resolver = SimpleNamespace(ls=ls, queries=queries, options=SimpleNamespace(t=False))
    update_tools(resolver, opts)  # type: ignore[arg-type]
    update_go_mod_from_reqs(ls, opts)
    file = ls.mains().mod_files[ls.mains().single()]
    return [tool.path for tool in file.tool if tool.path]


def test_a_package_becomes_a_tool(new_loader) -> None:
    assert tools_after(new_loader, GO_MOD, "example.com/t/cmd/one") == ["example.com/t/cmd/one"]


def test_a_pattern_enters_each_package_it_matches(new_loader) -> None:
    assert tools_after(new_loader, GO_MOD, "example.com/t/cmd/...") == [
        "example.com/t/cmd/one",
        "example.com/t/cmd/two",
    ]


def test_a_package_of_the_main_module_is_entered_by_its_path(new_loader) -> None:
    assert tools_after(new_loader, GO_MOD, "./gen") == ["example.com/m/gen"]


def test_none_takes_the_line_away_and_leaves_the_others(new_loader) -> None:
    go_mod = GO_MOD + "\ntool (\n\texample.com/t/cmd/one\n\texample.com/t/cmd/two\n)\n"
    assert tools_after(new_loader, go_mod, "example.com/t/cmd/one@none") == ["example.com/t/cmd/two"]


def test_a_tool_is_entered_once(new_loader) -> None:
    go_mod = GO_MOD + "\ntool example.com/t/cmd/one\n"
    assert tools_after(new_loader, go_mod, "example.com/t/cmd/one") == ["example.com/t/cmd/one"]


@pytest.mark.parametrize("argument", ["all", "std", "toolchain@go1.26.0"])
def test_what_names_no_package_is_refused(new_loader, argument: str) -> None:
    with pytest.raises(GokilnError) as caught:
        tools_after(new_loader, GO_MOD, argument)
    assert str(caught.value) == f'go: go get -tool does not work with "{argument.partition("@")[0]}".'

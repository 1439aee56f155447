"""Which go.mod files are read, and which versions come out."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.version import ModVersion as M

MAIN = 'package main\n\nimport _ "example.com/a"\n'
PRUNED = "module example.com/m\n\ngo 1.24\n\nrequire example.com/a v1.0.0\n"
MODULES = {
    "example.com/a@v1.0.0": {
        "go.mod": "module example.com/a\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n",
        "a.go": "package a\n",
    },
    "example.com/b@v1.0.0": {
        "go.mod": "module example.com/b\n\ngo 1.21\n\nrequire example.com/c v1.0.0\n",
        "b.go": "package b\n",
    },
    "example.com/c@v1.0.0": {"c.go": "package c\n"},
    "example.com/old@v1.0.0": {
        "go.mod": "module example.com/old\n\ngo 1.16\n\nrequire example.com/b v1.0.0\n",
        "o.go": "package o\n",
    },
}
CHAIN = {
    f"example.com/{a}@v1.0.0": {
        "go.mod": f"module example.com/{a}\n\ngo 1.21\n" + (f"\nrequire example.com/{b} v1.0.0\n" if b else ""),
        f"{a}.go": f"package {a}\n",
    }
    for a, b in ("ab", "bc", ("c", ""))
}


def test_a_pruned_module_reads_only_the_go_mod_files_of_the_roots_it_uses(new_loader) -> None:
    loader = new_loader({"go.mod": PRUNED, "main.go": MAIN}, MODULES)
    _, loaded = loader.load_packages(PackageOpts(resolve_missing_imports=True), ["."])
    assert loaded == ["example.com/a", "example.com/m"]
    assert set(loader.fetcher.asked) == {M("example.com/a", "v1.0.0")}
    assert loader.requirements.graph_loaded() is None


def test_the_pruned_graph_ends_one_step_below_the_roots(new_loader) -> None:
    graph = new_loader({"go.mod": PRUNED}, MODULES).load_mod_graph()
    assert graph.selected("example.com/b") == "v1.0.0"
    assert graph.selected("example.com/c") == "none"


def test_below_an_unpruned_root_everything_is_read(new_loader) -> None:
    graph = new_loader({"go.mod": PRUNED.replace("/a", "/old")}, MODULES).load_mod_graph()
    assert graph.selected("example.com/c") == "v1.0.0"


def test_an_unpruned_main_module_reads_everything(new_loader) -> None:
    old = {name: {**files, "go.mod": files["go.mod"].replace("1.21", "1.16")} for name, files in CHAIN.items()}
    loader = new_loader({"go.mod": PRUNED.replace("1.24", "1.16"), "main.go": MAIN}, old)
    loader.load_packages(PackageOpts(resolve_missing_imports=True), ["."])
    assert M("example.com/c", "v1.0.0") in loader.fetcher.asked


def test_roots_below_their_selected_version_are_refused_in_readonly_mode(new_loader) -> None:
    modules = {
        **MODULES,
        "example.com/b@v0.9.0": {"b.go": "package b\n"},
    }
    text = PRUNED + "require example.com/b v0.9.0\n"
    loader = new_loader({"go.mod": text, "main.go": MAIN}, modules)
    with pytest.raises(GokilnError, match="updates to go"):
        loader.load_packages(PackageOpts(resolve_missing_imports=True), ["."])


def test_a_graph_error_names_the_way_to_it(new_loader) -> None:
    modules = {**MODULES, "example.com/b@v1.0.0": {"go.mod": "module example.com/b\n\ngo 1.99\n"}}
    with pytest.raises(GokilnError) as caught:
        new_loader({"go.mod": PRUNED.replace("/a", "/old")}, modules).load_mod_graph()
    assert str(caught.value) == (
        "example.com/old@v1.0.0 requires\n\texample.com/b@v1.0.0: module example.com/b@v1.0.0"
        " requires go >= 1.99 (running go 1.26.8)"
    )


def test_excluded_requirements_are_dropped_from_dependencies_too(new_loader) -> None:
    text = PRUNED + "exclude example.com/b v1.0.0\n"
    graph = new_loader({"go.mod": text}, MODULES).load_mod_graph()
    assert graph.selected("example.com/b") == "none"


def test_a_missing_sum_is_told_with_what_to_run(new_loader) -> None:
    loader = new_loader({"go.mod": PRUNED, "main.go": MAIN}, MODULES)
    loader.fetcher.sums = set()
    loader.load_packages(PackageOpts(resolve_missing_imports=True, silence_package_errors=True), ["."])
    _, _, err = loader.lookup("", False, "example.com/a")
    assert str(err) == (
        "missing go.sum entry for module providing package example.com/a (imported by example.com/m);"
        " to add:\n\tgo get example.com/m"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("godebug nosuch=1", 'error loading go.mod:\ngo.mod:8: unknown godebug "nosuch"'),
        ("godebug x509sha1=1", 'use of removed godebug "x509sha1", see https://go.dev/doc/godebug#go-124'),
        ("godebug default=go1.99", "default=go1.99 too new (toolchain is go1.26.8)"),
    ],
)
def test_godebug_lines_are_checked(new_loader, line: str, problem: str) -> None:
    with pytest.raises(GokilnError) as caught:
        new_loader({"go.mod": PRUNED + "\n\n" + line + "\n"}, MODULES).load_mod_file()
    assert problem in str(caught.value)

"""From import paths to modules, and the errors on the way."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.packagedirs import dir_in_module

SILENT = PackageOpts(resolve_missing_imports=True, silence_package_errors=True)
MODULES = {
    "example.com/a@v1.0.0": {"a.go": "package a\n", "x/x.go": "package x\n"},
    "example.com/a/x@v1.0.0": {"x.go": "package x\n"},
}
GO_MOD = "module example.com/m\n\ngo 1.24\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/a/x v1.0.0\n)\n"


def error_of(loader, path: str) -> str:
    return str(loader.lookup("", False, path)[2])


def test_a_package_in_two_modules_is_ambiguous(new_loader) -> None:
    loader = new_loader({"go.mod": GO_MOD, "m.go": 'package m\n\nimport _ "example.com/a/x"\n'}, MODULES)
    loader.load_packages(SILENT, ["."])
    assert error_of(loader, "example.com/a/x") == (
        "ambiguous import: found package example.com/a/x in multiple modules:\n"
        "\texample.com/a v1.0.0 (/mod/example.com/a@v1.0.0/x)\n"
        "\texample.com/a/x v1.0.0 (/mod/example.com/a/x@v1.0.0)"
    )


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("example.com/no", "no required module provides package example.com/no; to add it:\n\tgo get example.com/no"),
        ("nosuch", "package nosuch is not in std (/goroot/src/nosuch)"),
        ("./rel", '"./rel" is relative, but relative import paths are not supported in module mode'),
        ("/abs", "\"/abs\" is not a package path; see 'go help packages'"),
        ("all", "\"all\" is not an importable package; see 'go help packages'"),
        ("example.com/a@v1", 'import path "example.com/a@v1" should not have @version'),
        ("example.com/ä", "malformed import path \"example.com/ä\": invalid char 'ä'"),
    ],
)
def test_import_errors_have_the_go_commands_words(new_loader, path: str, problem: str) -> None:
    loader = new_loader({"go.mod": GO_MOD, "m.go": f'package m\n\nimport _ "{path}"\n'}, MODULES)
    loader.load_packages(SILENT, ["."])
    assert error_of(loader, path) == problem


def test_with_mod_given_the_text_says_that_a_lookup_is_disabled(new_loader) -> None:
    files = {"go.mod": GO_MOD, "m.go": 'package m\n\nimport _ "example.com/no"\n'}
    loader = new_loader(files, MODULES, mod="readonly")
    loader.load_packages(SILENT, ["."])
    assert error_of(loader, "example.com/no") == (
        "cannot find module providing package example.com/no: import lookup disabled by -mod=readonly"
    )


def test_std_wins_and_unsafe_is_known_without_loading(new_loader) -> None:
    loader = new_loader({"go.mod": GO_MOD, "m.go": 'package m\n\nimport _ "fmt"\n'}, MODULES)
    loader.load_packages(SILENT, ["."])
    assert loader.lookup("", False, "fmt") == ("/goroot/src/fmt", "fmt", None)
    assert loader.package_module_info("fmt") is None
    assert loader.package_module_info("example.com/m").main


def test_a_nested_module_hides_its_directories(new_loader) -> None:
    loader = new_loader(
        {"go.mod": GO_MOD, "n/go.mod": "module n\n", "n/p/p.go": "package p\n", "q/q.go": "package q\n"}
    )
    loader.load_mod_file()
    assert dir_in_module(loader, "example.com/m/n/p", "example.com/m", "/w/m", True) == ("", False)
    assert dir_in_module(loader, "example.com/m/q", "example.com/m", "/w/m", True) == ("/w/m/q", True)
    assert dir_in_module(loader, "example.com/m/r", "example.com/m", "/w/m", True) == ("/w/m/r", False)
    assert dir_in_module(loader, "example.com/mm", "example.com/m", "/w/m", True) == ("", False)


def test_a_replacement_directory_stands_for_its_module(new_loader) -> None:
    files = {
        "go.mod": GO_MOD + "replace example.com/a => ./a\n",
        "a/go.mod": "module anything\n",
        "a/a.go": "package a\n",
        "m.go": 'package m\n\nimport _ "example.com/a"\n',
    }
    loader = new_loader(files, MODULES)
    loader.load_packages(SILENT, ["."])
    assert loader.lookup("", False, "example.com/a") == ("/w/m/a", "example.com/a", None)
    info = loader.package_module_info("example.com/a")
    assert (info.dir, info.replace.path, info.replace.version) == ("/w/m/a", "./a", "")


def test_no_go_mod_at_all(new_loader) -> None:
    loader = new_loader({"x.go": "package main\n"})
    with pytest.raises(GokilnError, match="file not found in current directory or any parent directory; see"):
        loader.load_packages(SILENT, ["."])

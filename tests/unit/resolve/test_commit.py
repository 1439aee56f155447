"""What go.sum has to keep, and when go.mod counts as changed."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.modfile.edit import add_require
from gokiln.modules.modfile.rule import parse
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.modindex import ModFileIndex
from gokiln.modules.resolve.sums import keep_sums
from gokiln.modules.version import ModVersion as M

GO_MOD = (
    "module example.com/m\n\ngo 1.24\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/a/x v1.0.0 // indirect\n)\n"
)
MODULES = {
    "example.com/a@v1.0.0": {"a.go": "package a\n"},
    "example.com/a/x@v1.0.0": {"y/y.go": "package y\n"},
}


def test_sums_of_all_modules_that_could_have_had_a_package_are_kept(new_loader) -> None:
    files = {"go.mod": GO_MOD, "m.go": 'package m\n\nimport _ "example.com/a/x/y"\n'}
    loader = new_loader(files, MODULES)
    loader.load_packages(PackageOpts(), ["."])
    kept = keep_sums(loader, loader.loaded, loader.requirements, False)
    assert kept >= {
        M("example.com/a", "v1.0.0"),
        M("example.com/a/x", "v1.0.0"),
        M("example.com/a/x", "v1.0.0/go.mod"),
    }


@pytest.mark.parametrize(
    ("change", "dirty", "dirty_in_mod_mode"),
    [
        (lambda f: None, False, False),
        (lambda f: f.require[1].set_indirect(False), False, True),
        (lambda f: f.require[0].set_version("v1.1.0"), True, True),
        (lambda f: add_require(f, "example.com/z", "v1.0.0"), True, True),
        (lambda f: setattr(f, "go", None), True, True),
    ],
)
def test_dirty(change, dirty: bool, dirty_in_mod_mode: bool) -> None:
    file = parse("go.mod", GO_MOD.encode())
    index = ModFileIndex(GO_MOD.encode(), file, False)
    change(file)
    assert index.mod_file_is_dirty(file, "readonly") is dirty
    assert index.mod_file_is_dirty(file, "mod") is dirty_in_mod_mode


def test_a_direct_import_from_an_implicit_module_is_refused(new_loader) -> None:
    modules = {
        "example.com/a@v1.0.0": {
            "go.mod": "module example.com/a\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n",
            "a.go": "package a\n",
        },
        "example.com/b@v1.0.0": {"b.go": "package b\n"},
    }
    text = "module example.com/m\n\ngo 1.24\n\nrequire example.com/a v1.0.0\n"
    loader = new_loader({"go.mod": text, "m.go": 'package m\n\nimport _ "example.com/b"\n'}, modules)
    with pytest.raises(GokilnError) as caught:
        loader.load_packages(PackageOpts(resolve_missing_imports=True), ["."])
    assert "updates to go.mod needed" in str(caught.value) or "implicitly required module" in str(caught.value)

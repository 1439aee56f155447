"""Edits of go.mod and go.work, held to the bytes that come out."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.modfile import edit, editwork, rule, work
from gokiln.modules.modfile.directives import Require
from gokiln.modules.modfile.jsonform import mod_json, work_json
from gokiln.modules.modfile.order import sort_blocks
from gokiln.modules.modfile.rule import File
from gokiln.modules.modfile.separate import set_require_separate_indirect
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def edited(text: str, change: Callable[[File], object]) -> str:
    f = rule.parse("in", text.encode())
    change(f)
    edit.cleanup(f)
    out = f.format()
    again = rule.parse("out", out)
    assert again.format() == out
    return out.decode()


BLOCK = "module m\n\nrequire (\n\tx.y/a v1.0.0\n\tx.y/b v1.0.0 // keep\n)\n"


@pytest.mark.parametrize(
    ("before", "change", "want"),
    [
        (BLOCK, lambda f: edit.add_require(f, "x.y/b", "v1.1.0"), BLOCK.replace("b v1.0.0", "b v1.1.0")),
        (BLOCK, lambda f: edit.add_require(f, "x.y/c", "v1.1.0"), BLOCK.replace("keep\n", "keep\n\tx.y/c v1.1.0\n")),
        (BLOCK, lambda f: edit.drop_require(f, "x.y/a"), "module m\n\nrequire x.y/b v1.0.0 // keep\n"),
        ("module m\n", lambda f: edit.add_require(f, "x.y/a", "v1.0.0"), "module m\n\nrequire x.y/a v1.0.0\n"),
        (
            "module m\n\nrequire x.y/a v1.0.0\n",
            lambda f: edit.add_require(f, "x.y/b", "v1.0.0"),
            "module m\n\nrequire (\n\tx.y/a v1.0.0\n\tx.y/b v1.0.0\n)\n",
        ),
        (
            "require x.y/a v1.0.0\nrequire x.y/a v1.1.0\n",
            lambda f: edit.add_require(f, "x.y/a", "v1.2.0"),
            "require x.y/a v1.2.0\n",
        ),
        ("module m\n", lambda f: edit.add_go_stmt(f, "1.21"), "module m\n\ngo 1.21\n"),
        ("module m\ngo 1.20\n", lambda f: edit.add_go_stmt(f, "1.21"), "module m\n\ngo 1.21\n"),
        ("require a.b/c v1.0.0\n", lambda f: edit.add_go_stmt(f, "1.21"), "require a.b/c v1.0.0\n\ngo 1.21\n"),
        (
            "module m\n\ngo 1.21\n\ntool t\n",
            lambda f: edit.add_toolchain_stmt(f, "go1.22.0"),
            "module m\n\ngo 1.21\n\ntoolchain go1.22.0\n\ntool t\n",
        ),
        ("module m\n\ngo 1.21\n\ntoolchain go1.22.0\n", edit.drop_toolchain_stmt, "module m\n\ngo 1.21\n"),
        ("module m\n\ngo 1.21\n", edit.drop_go_stmt, "module m\n"),
        ("module m\n", lambda f: edit.add_module_stmt(f, "a b"), 'module "a b"\n'),
        ("", lambda f: edit.add_module_stmt(f, "x.y/z"), "module x.y/z\n"),
        ("godebug a=1\n", lambda f: edit.add_godebug(f, "b", "2"), "godebug (\n\ta=1\n\tb=2\n)\n"),
        ("godebug a=1\ngodebug a=2\n", lambda f: edit.add_godebug(f, "a", "3"), "godebug a=3\n"),
        ("module m\ngodebug a=1\n", lambda f: edit.drop_godebug(f, "a"), "module m\n"),
        ("module m\n", lambda f: edit.add_exclude(f, "x.y/z", "v1.0.0"), "module m\n\nexclude x.y/z v1.0.0\n"),
        (
            "exclude (\n\tx.y/z v1.0.0\n\tx.y/zz v1.0.0\n)\n",
            lambda f: edit.add_exclude(f, "x.y/z", "v1.1.0"),
            "exclude (\n\tx.y/z v1.0.0\n\tx.y/z v1.1.0\n\tx.y/zz v1.0.0\n)\n",
        ),
        (  # another module's does not join the block, as in Go
            "exclude x.y/z v1.0.0\n\ntool t\n",
            lambda f: edit.add_exclude(f, "x.y/a", "v1.0.0"),
            "exclude x.y/z v1.0.0\n\ntool t\n\nexclude x.y/a v1.0.0\n",
        ),
        (
            "replace x.y/z => ./a\n\ntool t\n",
            lambda f: edit.add_replace(f, ModVersion("x.y/w", ""), ModVersion("./c", "")),
            "replace x.y/z => ./a\n\ntool t\n\nreplace x.y/w => ./c\n",
        ),
        ("exclude x.y/z v1.0.0\n", lambda f: edit.add_exclude(f, "x.y/z", "v1.0.0"), "exclude x.y/z v1.0.0\n"),
        ("module m\nexclude x.y/z v1.0.0\n", lambda f: edit.drop_exclude(f, "x.y/z", "v1.0.0"), "module m\n"),
        (
            "replace x.y/z v1.0.0 => ./a\nreplace x.y/z v1.1.0 => ./b\n",
            lambda f: edit.add_replace(f, ModVersion("x.y/z", ""), ModVersion("./c", "")),
            "replace x.y/z => ./c\n",
        ),
        (
            "replace x.y/z v1.0.0 => ./a\n",
            lambda f: edit.add_replace(f, ModVersion("x.y/z", "v1.1.0"), ModVersion("x.y/w", "v1.0.0")),
            "replace (\n\tx.y/z v1.0.0 => ./a\n\tx.y/z v1.1.0 => x.y/w v1.0.0\n)\n",
        ),
        (
            "module m\n\nreplace x.y/z => ./a\n",
            lambda f: edit.drop_replace(f, ModVersion("x.y/z", "")),
            "module m\n",
        ),
        (
            "module m\n",
            lambda f: edit.add_retract(f, "v1.0.0", "v1.1.0", "one\ntwo"),
            "module m\n\n// one\n// two\nretract [v1.0.0, v1.1.0]\n",
        ),
        ("module m\n\nretract v1.0.0\n", lambda f: edit.drop_retract(f, "v1.0.0", "v1.0.0"), "module m\n"),
        ("tool b\n", lambda f: edit.add_tool(f, "a"), "tool (\n\ta\n\tb\n)\n"),
        ("tool b\n", lambda f: edit.add_tool(f, "b"), "tool b\n"),
        ("module m\ntool b\n", lambda f: edit.drop_tool(f, "b"), "module m\n"),
        ("module m\nignore b\n", lambda f: edit.drop_ignore(f, "b"), "module m\n"),
        ("ignore b\n", lambda f: edit.add_ignore(f, "a"), "ignore (\n\ta\n\tb\n)\n"),
        # A block with a comment at its end keeps its parentheses; blank lines before a dropped line go with it.
        (
            "require (\n\tx.y/a v1.0.0\n\n\tx.y/b v1.0.0\n\n\t// end\n)\n",
            lambda f: edit.drop_require(f, "x.y/b"),
            "require (\n\tx.y/a v1.0.0\n\n// end\n)\n",
        ),
    ],
)  # fmt: skip
def test_edit(before: str, change: Callable[[File], object], want: str) -> None:
    assert edited(before, change) == want


def reqs(*words: str) -> list[Require]:
    """ "a1" is x.y/a v1.0.1; a star marks it indirect."""
    return [Require(ModVersion(f"x.y/{w[0]}", f"v1.0.{w[1]}"), w.endswith("*")) for w in words]


@pytest.mark.parametrize(
    ("before", "wanted", "want"),
    [
        ("", "a1 b2*", "require (\n\tx.y/a v1.0.1\n\tx.y/b v1.0.2 // indirect\n)\n"),
        (
            "require (\n\tx.y/c v1.0.0\n\tx.y/a v1.0.0 // why\n\n\tx.y/b v1.0.0 // indirect\n)\n",
            "b1 a1*",
            "require (\n\tx.y/a v1.0.1 // indirect; why\n\tx.y/b v1.0.1\n)\n",
        ),
        ("require x.y/a v1.0.0 // indirect; why\n", "a0", "require x.y/a v1.0.0 // why\n"),
        ("require x.y/a v1.0.0\nrequire x.y/a v1.0.1\n", "a2", "require x.y/a v1.0.2\n"),
    ],
)
def test_set_require(before: str, wanted: str, want: str) -> None:
    assert edited(before, lambda f: edit.set_require(f, reqs(*wanted.split()))) == want


def test_set_require_refuses_two_versions() -> None:
    with pytest.raises(ValueError, match=r"conflicting versions for path x\.y/a"):
        edit.set_require(File(), reqs("a1", "a2"))


@pytest.mark.parametrize(
    ("before", "wanted", "want"),
    [
        ("module m\n", "a1", "module m\n\nrequire x.y/a v1.0.1\n"),
        (
            "module m\n",
            "b1* a1 c1* d1",
            "module m\n\nrequire (\n\tx.y/a v1.0.1\n\tx.y/d v1.0.1\n)\n\n"
            "require (\n\tx.y/b v1.0.1 // indirect\n\tx.y/c v1.0.1 // indirect\n)\n",
        ),
        (  # one flat block is split
            "require (\n\tx.y/a v1.0.0\n\tx.y/b v1.0.0 // indirect\n)\n",
            "a0 b0*",
            "require x.y/a v1.0.0\n\nrequire x.y/b v1.0.0 // indirect\n",
        ),
        (  # a commented block is left alone
            "// mine\nrequire (\n\tx.y/a v1.0.0\n\tx.y/b v1.0.0 // indirect\n)\n",
            "a1 b1* c1 d1*",
            "// mine\nrequire (\n\tx.y/a v1.0.1\n\tx.y/b v1.0.1 // indirect\n)\n\n"
            "require x.y/c v1.0.1\n\nrequire x.y/d v1.0.1 // indirect\n",
        ),
        (  # what changes sides moves
            "require (\n\tx.y/a v1.0.0\n)\n\nrequire (\n\tx.y/b v1.0.0 // indirect\n\tx.y/c v1.0.0 // indirect\n)\n",
            "a0* b0 c0*",
            "require x.y/b v1.0.0\n\nrequire (\n\tx.y/a v1.0.0 // indirect\n\tx.y/c v1.0.0 // indirect\n)\n",
        ),
        (  # but not out of a line that stands alone: it is in no block
            "require x.y/a v1.0.0\n\nrequire x.y/b v1.0.0 // indirect\n",
            "a0* b0*",
            "require x.y/a v1.0.0 // indirect\n\nrequire x.y/b v1.0.0 // indirect\n",
        ),
        (  # only an indirect block: the direct one goes before it
            "require x.y/b v1.0.0 // indirect\n",
            "b0* a0",
            "require x.y/a v1.0.0\n\nrequire x.y/b v1.0.0 // indirect\n",
        ),
        ("require x.y/a v1.0.0\nrequire x.y/a v1.0.1\n", "", ""),
    ],
)
def test_set_require_separate_indirect(before: str, wanted: str, want: str) -> None:
    assert edited(before, lambda f: set_require_separate_indirect(f, reqs(*wanted.split()))) == want


def test_sort_blocks() -> None:
    text = (
        "go {}\n\nexclude (\n\tx.y/z v1.10.0\n\tx.y/z v1.9.0\n\tx.y/z v1.9.0\n)\n\n"
        "retract (\n\tv1.0.0\n\t[v1.2.0, v1.3.0]\n\tv1.10.0\n)\n"
    )
    retracts = "\n\nretract (\n\tv1.10.0\n\t[v1.2.0, v1.3.0]\n\tv1.0.0\n)\n"
    assert edited(text.format("1.21"), sort_blocks) == (
        "go 1.21\n\nexclude (\n\tx.y/z v1.9.0\n\tx.y/z v1.10.0\n)" + retracts
    )
    assert edited(text.format("1.20"), sort_blocks) == (
        "go 1.20\n\nexclude (\n\tx.y/z v1.10.0\n\tx.y/z v1.9.0\n)" + retracts
    )
    replaces = "replace (\n\tx.y/b => ./1\n\tx.y/a => ./2\n\tx.y/b => ./3\n)\n"
    assert edited(replaces, sort_blocks) == "replace (\n\tx.y/a => ./2\n\tx.y/b => ./3\n)\n"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda f: edit.add_exclude(f, "x.y/z", "v1"), 'version "v1" invalid: must be of the form v1.2.3'),
        (lambda f: edit.add_exclude(f, "x.y/z/v2", "v2"), 'version "v2" invalid: must be of the form v2.2.3'),
        (lambda f: edit.add_exclude(f, "x.y/z", "v2.0.0"),
         'version "v2.0.0" invalid: should be v2.0.0+incompatible (or module x.y/z/v2)'),
        (lambda f: edit.add_exclude(f, "x.y/z/v2", "v1.0.0"), 'version "v1.0.0" invalid: should be v2, not v1'),
        (lambda f: edit.add_retract(f, "v1.0.0", "x"), 'version "x" invalid: must be of the form v1.2.3'),
        (lambda f: edit.add_go_stmt(f, "one"), 'invalid language version "one"'),
        (lambda f: edit.add_toolchain_stmt(f, "one"), 'invalid toolchain name "one"'),
    ],
)  # fmt: skip
def test_refusals(change: Callable[[File], object], text: str) -> None:
    with pytest.raises(GokilnError) as e:
        change(File())
    assert str(e.value) == text


def test_work_edits() -> None:
    f = work.parse_work("go.work", b"// top\n\nuse ./a\n")
    editwork.add_go_stmt(f, "1.21")
    editwork.add_toolchain_stmt(f, "go1.22.0")
    editwork.add_use(f, "./b b", "")
    edit.add_replace(f, ModVersion("x.y/z", ""), ModVersion("./z", ""))
    sort_blocks(f)
    editwork.cleanup(f)
    assert f.format() == (
        b'// top\n\ngo 1.21\n\ntoolchain go1.22.0\n\nuse (\n\t"./b b"\n\t./a\n)\n\nreplace x.y/z => ./z\n'
    )
    editwork.drop_use(f, "./a")
    editwork.drop_use(f, "./b b")
    editwork.add_use(f, "./c", "x.y/c")
    edit.drop_toolchain_stmt(f)
    editwork.cleanup(f)
    assert f.format() == b"// top\n\ngo 1.21\n\nuse ./c\n\nreplace x.y/z => ./z\n"
    assert work_json(f, 26).decode() == (
        '{\n\t"Go": "1.21",\n\t"Use": [\n\t\t{\n\t\t\t"DiskPath": "./c",\n\t\t\t"ModPath": "x.y/c"\n\t\t}\n\t],\n'
        '\t"Replace": [\n\t\t{\n\t\t\t"Old": {\n\t\t\t\t"Path": "x.y/z"\n\t\t\t},\n'
        '\t\t\t"New": {\n\t\t\t\t"Path": "./z"\n\t\t\t}\n\t\t}\n\t]\n}\n'
    )  # fmt: skip


def test_json_of_an_empty_file() -> None:
    assert mod_json(File(), 26).decode() == (
        '{\n\t"Module": {\n\t\t"Path": ""\n\t},\n\t"Require": null,\n\t"Exclude": null,\n\t"Replace": null,\n'
        '\t"Retract": null,\n\t"Tool": null,\n\t"Ignore": null\n}\n'
    )
    assert mod_json(File(), 27).decode() == '{\n\t"Module": {\n\t\t"Path": ""\n\t}\n}\n'


def test_json_of_go_work_shows_all_lines_from_1_27_on() -> None:
    f = work.parse_work("go.work", b"go 1.21\n\ntoolchain go1.22.0\n\ngodebug a=b\n")
    assert work_json(f, 26).decode() == '{\n\t"Go": "1.21",\n\t"Use": null,\n\t"Replace": null\n}\n'
    assert work_json(f, 27).decode() == (
        '{\n\t"Go": "1.21",\n\t"Toolchain": "go1.22.0",\n'
        '\t"Godebug": [\n\t\t{\n\t\t\t"Key": "a",\n\t\t\t"Value": "b"\n\t\t}\n\t]\n}\n'
    )

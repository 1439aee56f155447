"""go.mod and go.work: what is read, and the exact words of every refusal."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.golang.modpath import ModuleError
from gokiln.modules.modfile import fastparse, rule, work
from gokiln.modules.modfile.errors import ErrorList
from gokiln.modules.modfile.parser import module_path
from gokiln.modules.modfile.syntax import LineBlock
from gokiln.modules.version import ModVersion

FULL = b"""// Deprecated: use
// example.com/n instead.
module "example.com/m" // trailing

go 1.21.3
toolchain go1.22.0-custom

godebug default=go1.21
godebug (
\tpanicnil=1
)

require example.com/a v1.2.3 // indirect
require (
\t// needed
\texample.com/b/v2 v2.0.0-pre // indirect; for tests
\t"example.com/c" v3.1.0+incompatible // not indirect
)

exclude example.com/a v1.2.2
replace example.com/a v1.2.3 => ../a
replace (
\texample.com/b/v2 => example.com/fork/v2 v2.0.1
)

// Published by mistake.
retract v1.0.0
retract (
\t[ v1.1.0 , v1.1.9 ] // all of 1.1
)
tool example.com/a/cmd/x
ignore ./testdata
"""


def test_every_statement_is_read() -> None:
    f = rule.parse("go.mod", FULL)
    assert f.module and f.module.mod == ModVersion("example.com/m")
    assert f.module.deprecated == "use\nexample.com/n instead.\ntrailing"
    assert f.go and f.go.version == "1.21.3"
    assert f.toolchain and f.toolchain.name == "go1.22.0-custom"
    assert [(g.key, g.value) for g in f.godebug] == [("default", "go1.21"), ("panicnil", "1")]
    assert [(r.mod, r.indirect) for r in f.require] == [
        (ModVersion("example.com/a", "v1.2.3"), True),
        (ModVersion("example.com/b/v2", "v2.0.0-pre"), True),
        (ModVersion("example.com/c", "v3.1.0+incompatible"), False),
    ]
    assert [x.mod for x in f.exclude] == [ModVersion("example.com/a", "v1.2.2")]
    assert [(r.old, r.new) for r in f.replace] == [
        (ModVersion("example.com/a", "v1.2.3"), ModVersion("../a", "")),
        (ModVersion("example.com/b/v2", ""), ModVersion("example.com/fork/v2", "v2.0.1")),
    ]
    assert [(r.low, r.high, r.rationale) for r in f.retract] == [
        ("v1.0.0", "v1.0.0", "Published by mistake."),
        ("v1.1.0", "v1.1.9", "all of 1.1"),
    ]
    assert [t.path for t in f.tool] == ["example.com/a/cmd/x"]
    assert [i.path for i in f.ignore] == ["./testdata"]


def test_lax_reads_only_what_a_dependency_says() -> None:
    data = FULL + b"future (\n\tthing v1\n)\nfuture stuff\nretract [ v9\n"
    f = rule.parse_lax("go.mod", data)
    assert f.module and f.go and len(f.require) == 3 and len(f.retract) == 2 and len(f.ignore) == 1
    assert not f.toolchain and not f.godebug and not f.exclude and not f.replace and not f.tool
    assert rule.parse_lax("go.mod", b"module m\ngo 1.20.x\n").go.version == "1.20"  # type: ignore[union-attr]
    assert rule.parse_lax("go.mod", b"module m\ngo v1.20rc\n").go.version == "1.20"  # type: ignore[union-attr]


STRICT_ERRORS = [
    (b"module a\nmodule b", "go.mod:2: repeated module statement"),
    (b"module", "go.mod:1: usage: module module/path"),
    (b"module a b", "go.mod:1: usage: module module/path"),
    (b"module 'a'", "go.mod:1: invalid quoted string: unquoted string cannot contain quote"),
    (b'module "\\q"', "go.mod:1: invalid quoted string: invalid syntax"),
    (b"go 1.2\ngo 1.3", "go.mod:2: repeated go statement"),
    (b"go", "go.mod:1: go directive expects exactly one argument"),
    (b"go 1", "go.mod:1: invalid go version '1': must match format 1.23.0"),
    (b"go 1.02", "go.mod:1: invalid go version '1.02': must match format 1.23.0"),
    (b"toolchain go2", "go.mod:1: invalid toolchain version 'go2': must match format go1.23.0 or default"),
    (b"toolchain", "go.mod:1: toolchain directive expects exactly one argument"),
    (b"toolchain default\ntoolchain go1", "go.mod:2: repeated toolchain statement"),
    (b"godebug a", "go.mod:1: usage: godebug key=value"),
    (b"godebug a='b'", "go.mod:1: usage: godebug key=value"),
    (b"require a", "go.mod:1: usage: require module/path v1.2.3"),
    (b"require a b c", "go.mod:1: usage: require module/path v1.2.3"),
    (b"require a.b/c latest", 'go.mod:1: require a.b/c: version "latest" invalid: must be of the form v1.2.3'),
    (b"exclude a.b/c v2.0.0", 'go.mod:1: exclude a.b/c: version "v2.0.0" invalid: should be v0 or v1, not v2'),
    (b"require a.b/c/v1 v1.0.0", "go.mod:1: invalid module path"),
    (b"require a.b/c v1'", "go.mod:1: require a.b/c: version \"v1'\" invalid: unquoted string cannot contain quote"),
    (b"replace a", "go.mod:1: usage: replace module/path [v1.2.3] => other/module v1.4\n"
     "\t or replace module/path [v1.2.3] => ../local/directory"),
    (b"replace a => b", "go.mod:1: replacement module without version must be "
     "directory path (rooted or starting with . or ..)"),
    (b"replace a => b@v1", "go.mod:1: replacement module must match format 'path version', not 'path@version'"),
    (b"replace a => ./b v1.0.0", 'go.mod:1: replacement module directory path "./b" cannot have version'),
    (b"replace a => .\\b", "go.mod:1: replacement directory appears to be Windows path (on a non-windows system)"),
    (b"replace a/v1 => ./b", "go.mod:1: replace a/v1: invalid module path"),
    (b"replace a v2.0.0 => ./b", 'go.mod:1: replace a: version "v2.0.0" invalid: should be v0 or v1, not v2'),
    (b"retract", "go.mod:1: expected '[' or version"),
    (b"retract [", "go.mod:1: expected version after '['"),
    (b"retract [v1.0.0", "go.mod:1: expected ',' after version"),
    (b"retract [v1.0.0,", "go.mod:1: expected version after ','"),
    (b"retract [v1.0.0, v1.1.0", "go.mod:1: expected ']' after version"),
    (b"retract v1.0.0 x", 'go.mod:1: unexpected token after version: "x"'),
    (b"tool", "go.mod:1: tool directive expects exactly one argument"),
    (b"ignore a b", "go.mod:1: ignore directive expects exactly one argument"),
    (b"what ever", "go.mod:1: unknown directive: what"),
    (b"\nwhat (\n\tever\n)", "go.mod:2: unknown block type: what"),
    (b"require x (\n)", "go.mod:1: unknown block type: require x"),
    (b"go (\n\t1.2\n)", "go.mod:1: unknown block type: go"),
    (b"module m\nrequire (\n\ta\n\tb c\n)\n", "go.mod:3:2: usage: require module/path v1.2.3\n"
     'go.mod:4:2: require b: version "c" invalid: must be of the form v1.2.3'),
]  # fmt: skip


@pytest.mark.parametrize(("data", "text"), STRICT_ERRORS)
def test_refusals(data: bytes, text: str) -> None:
    with pytest.raises(ErrorList) as e:
        rule.parse("go.mod", data)
    assert str(e.value) == text


SYNTAX_ERRORS = [
    (b"module m /* c */", "go.mod:1:10: mod files must use // comments (not /* */ comments)"),
    (b"module m/*c", "go.mod:1:9: mod files must use // comments (not /* */ comments)"),
    (b'module "m', "go.mod:1:8: unexpected EOF in string"),
    (b'module "m\\', "go.mod:1:8: unexpected EOF in string"),
    (b'module "m\n"', "go.mod:1:10: unexpected newline in string"),
    (b"module `m\n`", "go.mod:1:10: unexpected newline in string"),
    (b"module \x01", "go.mod:1:8: unexpected input character '\\x01'"),
    (b"module a\xc2\xa0b", "go.mod:1:9: unexpected input character '\\u00a0'"),
    (b"require (\n\ta v1\n", "go.mod:3: syntax error (unterminated block started at go.mod:1:1)"),
    (b"require (\n) x\n", "go.mod:2:4: syntax error (expected newline after closing paren)"),
]


@pytest.mark.parametrize(("data", "text"), SYNTAX_ERRORS)
def test_syntax_errors(data: bytes, text: str) -> None:
    for parse in (rule.parse, rule.parse_lax, work.parse_work, fastparse.parse_summary):
        with pytest.raises(ErrorList) as e:
            parse("go.mod", data)  # type: ignore[operator]
        assert str(e.value) == text


def test_fixer_makes_versions_canonical() -> None:
    def fix(path: str, version: str) -> str:
        if version == "bad":
            raise ModuleError(path, version, GokilnError("no such version"))
        if version == "worse":
            raise GokilnError("network down")
        return {"latest": "v1.9.0"}.get(version, version)

    f = rule.parse("go.mod", b"retract latest\nrequire a.b/c latest\nmodule a.b/m\n", fix)
    assert f.require[0].mod.version == "v1.9.0" and (f.retract[0].low, f.retract[0].high) == ("v1.9.0", "v1.9.0")
    assert f.format() == b"retract v1.9.0\n\nrequire a.b/c v1.9.0\n\nmodule a.b/m\n"
    with pytest.raises(ErrorList) as e:
        rule.parse("go.mod", b"require a.b/c bad\nrequire a.b/c worse\nretract v1.0.0\nretract v1.0.1", fix)
    assert str(e.value) == (
        "go.mod:1: require a.b/c: no such version\ngo.mod:2: network down\n"
        "go.mod:3: no module directive found, so retract cannot be used"
    )


def test_work_file() -> None:
    f = work.parse_work(
        "go.work", b"go 1.21\ntoolchain go1.21.1\nuse ./a\nuse (\n\t./b\n)\nreplace x.y/z => ./z\ngodebug a=b\n"
    )
    assert f.go and f.go.version == "1.21" and f.toolchain and f.toolchain.name == "go1.21.1"
    assert [u.path for u in f.use] == ["./a", "./b"]
    assert f.replace[0].new == ModVersion("./z", "") and f.godebug[0].value == "b"
    for data, text in [
        (b"module m", "go.work:1: unknown directive: module"),
        (b"use", "go.work:1: usage: use local/dir"),
        (b"require (\n)", "go.work:1: unknown block type: require"),
        (b"go 1.20.x", "go.work:1: invalid go version '1.20.x': must match format 1.23.0"),
    ]:
        with pytest.raises(ErrorList) as e:
            work.parse_work("go.work", data)
        assert str(e.value) == text


def test_comments_hang_where_they_belong() -> None:
    f = rule.parse(
        "go.mod",
        b"// about a\nmodule a // trailing\n\n// alone\n\n"
        b"require ( // open\n\t// b\n\tb v1.0.0 // ver\n\n\t// end\n) // close\n",
    )
    module, alone, block = f.syntax.stmt
    assert [c.token for c in module.before] == ["// about a"] and [c.token for c in module.suffix] == ["// trailing"]
    assert [c.token for c in alone.before] == ["// alone"]
    assert isinstance(block, LineBlock)
    assert [c.token for c in block.lparen.suffix] == ["// open"]
    assert [c.token for c in block.line[0].before] == ["// b"] and [c.token for c in block.line[0].suffix] == ["// ver"]
    assert [c.token for c in block.rparen.before] == ["", "// end"]
    assert [c.token for c in block.rparen.suffix] == ["// close"]
    assert block.start == (6, 1, 43) and block.line[0].start == (8, 2, 68)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"module a.b/c", "a.b/c"), (b"  module  a.b/c // x\n", "a.b/c"), (b'module "a b"', "a b"),
        (b"module `x`", "x"),
        (b'module "x', ""), (b"modulea\nmodule\nmodule x y\n", "x y"), (b"", ""), (b"go 1.2\r\nmodule z\r\n", "z"),
        (b"module//x\n(\nmodule m", "m"),
    ],
)  # fmt: skip
def test_module_path_is_tolerant(data: bytes, path: str) -> None:
    assert module_path(data) == path

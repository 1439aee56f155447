"""Go templates: output and messages, each as the real text/template gives them for the same data."""

from types import SimpleNamespace as Thing

import pytest

from gokiln.golang.template.engine import Template, TemplateError
from gokiln.golang.template.values import (
    BOOL,
    INT,
    STRING,
    STRINGS,
    GoFunc,
    Value,
    function,
    map_of,
    pointer,
    slice_of,
    struct,
)

ERR = pointer(struct("main.Err", {"Pos": STRING, "Err": STRING}, getattr), lambda e: f"{e.Pos}: {e.Err}")
MOD = struct("main.Mod", {"Path": STRING, "Version": STRING, "Main": BOOL}, getattr)
MOD.fields["Replace"] = pointer(MOD)
PKG = pointer(
    struct(
        "main.Pkg",
        {
            "Name": STRING,
            "Imports": STRINGS,
            "Deps": STRINGS,
            "Standard": BOOL,
            "Module": pointer(MOD),
            "Nil": pointer(MOD),
            "Error": ERR,
            "NoErr": ERR,
            "DepsErrors": slice_of(ERR),
            "ImportMap": map_of(STRING, STRING),
            "N": INT,
            "Embed": MOD,
        },
        getattr,
    )
)
PKG.methods["Has"] = GoFunc((STRING,), BOOL, lambda p, s: Value(BOOL, s.raw == p.Name))
REPLACED = Thing(Path="r", Version="", Main=False, Replace=None)
DATA = Thing(
    Name="b",
    Imports=["fmt", "os"],
    Deps=None,
    Standard=True,
    Module=Thing(Path="ex.com/m", Version="v1.2.3", Main=True, Replace=REPLACED),
    Nil=None,
    Error=Thing(Pos="x.go:1:2", Err="bad <x>"),
    NoErr=None,
    DepsErrors=[Thing(Pos="p", Err="q")],
    ImportMap={"z": "y", "a": "b"},
    N=42,
    Embed=REPLACED,
)
JOIN = {"join": function([STRINGS, STRING], STRING, lambda items, sep: sep.join(items or []))}


def run(text: str) -> tuple[str, str]:
    """(what was written, the error or "")."""
    out: list[str] = []
    try:
        Template("main", text, JOIN).execute(Value(PKG, DATA), out.append)
    except TemplateError as err:
        return "".join(out), str(err)
    return "".join(out), ""


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("{{.Module.Path}}@{{.Module.Version}}", "ex.com/m@v1.2.3"),
        ("{{with .Module}}{{.Path}}{{end}}{{with .Nil}}x{{else}}none{{end}}", "ex.com/mnone"),
        ('{{join .Imports ", "}}', "fmt, os"),
        ("{{.Imports}} {{.Deps}} {{.ImportMap}} {{.Standard}} {{.N}}", "[fmt os] [] map[a:b z:y] true 42"),
        ("{{range $i, $x := .Imports}}{{$i}}={{$x}};{{end}}", "0=fmt;1=os;"),
        ("{{range $k, $v := .ImportMap}}{{$k}}->{{$v}} {{end}}", "a->b z->y "),
        ("{{range .Deps}}x{{else}}empty{{end}}", "empty"),
        ("{{if and .Standard (not .Nil)}}yes{{end}}", "yes"),
        ('{{if eq .Name "c"}}C{{else if eq .Name "b"}}B{{end}}', "B"),
        (
            '{{printf "%s %q %v %d %x %t|%-5s|%5s|%05d" .Name .Name .Imports .N .N .Standard "a" "b" 7}}',
            'b "b" [fmt os] 42 2a true|a    |    b|00007',
        ),
        (
            '{{printf "%d %s" .Name .N}} {{printf "%s"}} {{printf "%s" 1 2}}',
            "%!d(string=b) %!s(int=42) %!s(MISSING) %!s(int=1)%!(EXTRA int=2)",
        ),
        ("{{.Error}} {{.NoErr}} {{.DepsErrors}}", "x.go:1:2: bad <x> <nil> [p: q]"),
        ('{{index .Imports 0}} {{index .ImportMap "z"}} {{index .ImportMap "nope"}}.', "fmt y ."),
        ("{{slice .Name 0 1}} {{slice .Imports 1}} {{len .Name}}", "b [os] 1"),
        (
            '{{html "<a>&\'"}} {{js "it\'s <b>"}} {{urlquery "a b&c/é"}}',
            "&lt;a&gt;&amp;&#39; it\\'s \\u003Cb\\u003E a+b%26c%2F%C3%A9",
        ),
        ('{{/* c */}}a {{- " b " -}} c', "a b c"),
        ('{{define "T"}}<{{.}}>{{end}}{{template "T" .Name}}{{block "B" .N}}[{{.}}]{{end}}', "<b>[42]"),
        ("{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}", "12"),
        ('{{range .Imports}}{{if eq . "os"}}{{break}}{{end}}{{.}}{{end}}', "fmt"),
        ('{{range .Imports}}{{if eq . "fmt"}}{{continue}}{{end}}{{.}}{{end}}', "os"),
        ('{{.Has "b"}} {{.Has "c"}}', "true false"),
        ("{{lt 1 2}} {{le `a` `b`}} {{gt 3 2}} {{ge 2 2}} {{ne 1 2}} {{eq 1 2 3 1}}", "true true true true true true"),
        ("{{1.5}} {{1e3}} {{0x10}} {{'a'}} {{1i}} {{-5}}", "1.5 1000 16 97 (0+1i) -5"),
        ("{{.Embed}} {{(.Module).Replace.Path}} {{.Module.Replace.Replace}}", "{r  false <nil>} r <nil>"),
        ("{{range 3}}{{.}}{{end}}", "012"),
        ('{{or "" "x"}} {{and 1 0}} {{.ImportMap.q}}', "x 0 <no value>"),
        ('{{print 1 2 "a" "b" 3}} {{println "x" 1}}', "1 2ab3 x 1\n"),
        ('{{printf "%[2]s %[1]s" "a" "b"}} {{printf "%*d" 5 3}} {{printf "%T" .Imports}}', "b a     3 []string"),
    ],
)
def test_output(text: str, output: str) -> None:
    assert run(text) == (output, "")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{{.X}}", 'main:1:2: executing "main" at <.X>: can\'t evaluate field X in type *main.Pkg'),
        ("{{.Nil.Path}}", 'main:1:6: executing "main" at <.Nil.Path>: nil pointer evaluating *main.Mod.Path'),
        ("{{.Nil.X}}", 'main:1:6: executing "main" at <.Nil.X>: can\'t evaluate field X in type *main.Mod'),
        ("a\né{{.Name.X}}", 'main:2:9: executing "main" at <.Name.X>: can\'t evaluate field X in type string'),
        (
            "{{index .Imports 5}}",
            'main:1:2: executing "main" at <index .Imports 5>: error calling index: index out of range: 5',
        ),
        (
            '{{eq 1 "a"}}',
            'main:1:2: executing "main" at <eq 1 "a">: error calling eq: '
            "incompatible types for comparison: int and string",
        ),
        (
            '{{join .Name ","}}',
            'main:1:7: executing "main" at <.Name>: wrong type for value; expected []string; got string',
        ),
        ("{{join .Imports}}", 'main:1:2: executing "main" at <join>: wrong number of args for join: want 2 got 1'),
        (
            '{{.Name "x"}}',
            'main:1:2: executing "main" at <.Name>: Name has arguments but cannot be invoked as function',
        ),
        ('{{template "nope"}}', 'main:1:11: executing "main" at <{{template "nope"}}>: template "nope" not defined'),
        ("{{$y}}", 'main:1: undefined variable "$y"'),
        ("{{nofunc 1}}", 'main:1: function "nofunc" not defined'),
        ("{{.Name", "main:1: unclosed action"),
        ("{{if}}x{{end}}", "main:1: missing value for if"),
        ("{{range .Imports}}", "main:1: unexpected EOF"),
        ("{{end}}", "main:1: unexpected {{end}}"),
        ("{{break}}", "main:1: {{break}} outside {{range}}"),
        ("{{3 | 4}}", "main:1: non executable command in pipeline stage 2"),
        ("{{(.Name}}", "main:1: unclosed left paren"),
        ("{{#}}", 'main:1: unexpected "#" in command'),
        ('{{"unterminated}}', "main:1: unterminated quoted string"),
    ],
)
def test_errors(text: str, error: str) -> None:
    assert run(text)[1] == f"template: {error}"


def test_what_came_before_an_error_stays_written() -> None:
    assert run("{{.Name}} {{.Bad}}")[0] == "b "

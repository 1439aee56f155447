"""The heads of Go files: what is found, where, and what is said of broken ones (go/build's read_test vectors)."""

import pytest

from gokiln.golang.doctext import synopsis
from gokiln.golang.embedpat import parse_go_embed
from gokiln.golang.importreader import ImportReader, comments_end
from gokiln.golang.position import position_string
from gokiln.golang.source import is_valid_import, read_comments, read_go_info

ORDERLY = b"""// Copyright 2024. All rights reserved.

//go:build linux && !cgo

//go:debug panicnil=1

// Package p does a thing. It does more.
package p // import "ex.com/p"

import (
\t"embed"
\tx "net/http" // a comment

\t_ "a.b/c-d/v2"
)

import . "os"

//go:embed a.txt "b c" `d`
var f embed.FS

const s = "//go:embed no"
"""


def test_an_orderly_head() -> None:
    info = read_go_info("d/x.go", ORDERLY)
    assert (info.package, info.errors, info.read_error) == ("p", [], "")
    assert [(i.path, i.pos.line, i.pos.column) for i in info.imports] == [
        ("embed", 11, 2),
        ("net/http", 12, 2),
        ("a.b/c-d/v2", 14, 2),
        ("os", 17, 8),
    ]
    assert position_string(info.imports[0].pos) == "d/x.go:11:2"
    assert [(e.pattern, e.pos.line, e.pos.column) for e in info.embeds] == [
        ("a.txt", 19, 12),
        ("b c", 19, 18),
        ("d", 19, 24),
    ]
    assert [(d.text, d.pos.line) for d in info.directives] == [
        ("//go:build linux && !cgo", 3),
        ("//go:debug panicnil=1", 5),
    ]
    assert info.go_build == "//go:build linux && !cgo"
    assert (info.import_comment, info.import_comment_line) == ('"ex.com/p"', 1)
    assert info.synopsis() == "Package p does a thing."
    assert info.scan_imports == ["embed", "net/http", "a.b/c-d/v2", "os"] and not info.scan_has_c


def test_a_byte_order_mark_counts_for_nothing() -> None:
    info = read_go_info("x.go", b'\xef\xbb\xbfpackage p; import "x"')
    assert [(i.path, i.pos.column) for i in info.imports] == [("x", 19)]


def test_cgo_preamble() -> None:
    data = b'package p\n\n// #include <a.h>\n// #cgo LDFLAGS: -lm\nimport "C"\n'
    info = read_go_info("x.go", data)
    assert info.imports[0].doc == "#include <a.h>\n#cgo LDFLAGS: -lm\n"
    assert info.scan_has_c
    grouped = read_go_info("x.go", data.replace(b'import "C"', b'import (\n"C"\n)'))
    assert grouped.imports[0].doc == info.imports[0].doc


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "x.go:1:1: expected 'package', found 'EOF'"),
        (b"\n", "x.go:1:2: expected 'package', found 'EOF'"),
        (b"// only a comment\n", "x.go:1:19: expected 'package', found 'EOF'"),
        (b"package", "x.go:1:8: expected 'IDENT', found 'EOF'"),
        (b'package p import "x"', "x.go:1:11: expected ';', found 'import'"),
        (b"package func", "x.go:1:9: expected 'IDENT', found 'func'"),
        (b"pakage p\n", "x.go:1:1: expected 'package', found pakage"),
        (b"package p; import", "x.go:1:18: missing import path"),
        (b"package p; import 5", "x.go:1:19: import path must be a string"),
        (b'package p; import "x', "x.go:1:19: string literal not terminated"),
        (b"package p; import `x", "x.go:1:19: raw string literal not terminated"),
        (b"package p; /* x", "x.go:1:12: comment not terminated"),
        (b'package p; import "a b"', "x.go:1:19: invalid import path: a b"),
        (b'package p; import ""', "x.go:1:19: invalid import path: "),
        (b'package p\nimport \xe2\x80\x9cx"\n', "x.go:2:8: curly quotation mark '\u201c' (use neutral '\"')"),
        (b"\xff\xfep", "x.go:1:1: illegal UTF-8 encoding (got UTF-16)"),
    ],
)
def test_errors(data: bytes, error: str) -> None:
    info = read_go_info("x.go", data)
    assert info.error_string().partition(" (and")[0] == error
    assert info.imports == []
    assert info.errors_are_list == ("invalid import path" not in error)


def test_several_errors_are_counted() -> None:
    info = read_go_info("x.go", b'package p\nimport (\n5\n"a b\n)\n')
    assert info.package == "p"
    assert info.error_string() == "x.go:3:1: import path must be a string (and 1 more errors)"


def test_nul_makes_a_file_unreadable_only_where_it_is_read() -> None:
    info = read_go_info("x.go", b'package p\n\0import "x"')
    assert info.read_error == info.scan_error == "unexpected NUL in input"
    assert read_go_info("x.go", b"package p\nvar x = 1\n\0").read_error == ""


def test_line_comments_move_places() -> None:
    info = read_go_info("d/x.go", b'//line gen.y:7\npackage p\n//line /abs.y:3:5\nimport "x"\n')
    assert info.imports[0].pos == ("/abs.y", 3, 12)


HEADERS = [
    "package p",
    'package p; import "x"',
    'package p; import . "x"',
    'package p; import "x";ℙvar x = 1',
    'package p\n\n// c\n\nimport "x"\nimport _ "x"\nimport a "x"\n/* c */\nimport (\n"x" /* c */\n_ "x"\n`x`\na `x`)\n'
    "import ()\nimport()import();import()\n\nℙvar x = 1\n",
]


@pytest.mark.parametrize("text", HEADERS)
def test_reading_stops_after_the_imports(text: str) -> None:
    before, mark, _ = text.partition("ℙ")
    reader = ImportReader(text.replace("ℙ", "").encode())
    assert not reader.syntax_error and not reader.nul
    assert reader.header_end == len(before.encode()) if mark else len(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "package",
            "package p; import",
            'package p; import "',
            "package p; import ` \n\n",
            'package p; import "x',
            "pack",
        ),
        *(
            "package p; import _",
            'package p; import _ "',
            "package p; import `x",
            "package p; import (",
            "/",
            "/*",
            "/* */ /",
        ),
        *('package p; import "x\n"', 'package p; import ("x\n")', "package p; import 'x'", "package p; importx", "1.1"),
    ],
)
def test_what_the_reader_does_not_expect(text: str) -> None:
    assert ImportReader(text.encode()).syntax_error


@pytest.mark.parametrize(
    ("text", "end"),
    [("package p", 0), ("// foo\n\n/* bar */\n\n/*/ zot */\n// asdf\nHello", 38), ("  /* a */", 9), ("// a", 4)],
)
def test_comments_end(text: str, end: int) -> None:
    assert comments_end(text.encode()) == (end, "")


def test_comments_of_other_files() -> None:
    assert comments_end(b"/* open")[1] == "syntax error"
    assert comments_end(b"\0")[1] == "unexpected NUL in input"
    header = read_comments(b"// c\n//go:build arm64\n\n#include <x>\n//go:build no\n")
    assert header.go_build == "//go:build arm64"
    assert read_comments(b"// +build a b\n\nTEXT x\n").plus_build == ("// +build a b",)


def test_binary_only() -> None:
    assert read_go_info("x.go", b"//go:binary-only-package\n\npackage p\n").binary_only
    assert not read_go_info("x.go", b"package p\n").binary_only


@pytest.mark.parametrize(
    ("comment", "patterns"),
    [
        ("//go:embed a b", [("a", 11), ("b", 13)]),
        ('//go:embed "a\\"b" `c d`', [('a"b', 11), ("c d", 18)]),
        ("//go:embed\t*.é  x", [("*.é", 11), ("x", 17)]),
        ("//go:embed", []),
        ("//go:embedded x", []),
        ('//go:embed "a"b', []),
        ('//go:embed "a', []),
        ("// go:embed a", []),
    ],
)
def test_parse_go_embed(comment: str, patterns: list[tuple[str, int]]) -> None:
    assert parse_go_embed(comment) == patterns


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("foo", "foo"),
        ("foo.", "foo."),
        ("  foo.\n", "foo."),
        ("  foo  \n  bar.\nbaz. qux", "foo bar."),
        ("P is G.E. Moore's. Next.", "P is G.E. Moore's."),
        ("Go. Is. C. Nice.", "Go."),
        ("All rights reserved.", ""),
        ("Author: x.", ""),
        ("Package f uses [io.Reader] and [not this].", "Package f uses io.Reader and [not this]."),
        ("Says ``hi''.", "Says “hi”."),
        ("\tcode first\n\nText.", ""),
        ("See [the site].\n\n[the site]: https://go.dev\n", "See [the site]."),
        ("See [the site]\n\n[the site]: https://go.dev\n", "See the site\n\n[the site]: https://go.dev"),
        ("# Heading\n\nText.", ""),
    ],
)
def test_synopsis(text: str, line: str) -> None:
    assert synopsis(text) == line


def test_valid_imports() -> None:
    assert is_valid_import("é/b~c") and not is_valid_import("") and not is_valid_import("a\u00a0b")
    assert not any(is_valid_import(f"a{c}b") for c in "!\"#$%&'()*,:;<=>?[\\]^{|}`\ufffd\x00 ")

"""The quick way and the careful way of reading a Go file's head give one answer, whatever the bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gokiln.base.quote import go_quote, unquote
from gokiln.golang import embedpat, source
from gokiln.golang.embedpat import Embed
from gokiln.golang.gofile import GoFileInfo, SourceHeader
from gokiln.golang.position import Position

PIECES = [
    *(
        b"package p",
        b"package func",
        b"import",
        b'"fmt"',
        b'"C"',
        b'"a b"',
        b"`x`",
        b'_ "embed"',
        b'. "os"',
        b"import (\n",
    ),
    *(b"\n", b"\n\n", b"\r\n", b" ", b"\t", b";", b"(", b")", b"\f", b"\0", b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf"),
    *(
        b"// Doc. More.\n",
        b"/* x */",
        b"/*",
        b"*/",
        b"//",
        b"//go:build linux\n",
        b"// +build x\n\n",
        b"//go:debug a=1\n",
    ),
    *(
        b"//line a.go:3\n",
        b'//go:embed a "b"\n',
        b"//go:embe\rd a\n",
        b'// import "q"\n',
        b"var x = 1\n",
        b"func",
        b"x ",
        b"'",
    ),
    *(b"//go:binary-only-package\n", b"08", b"\\", b'import "fmt"\n', b'import (\n\t"a"\n\tb "c" // d\n)\n'),
]
HEADS = st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join)
ORDERLY = HEADS.map(lambda tail: b"// Doc.\npackage p\n" + tail)


def everything(info: GoFileInfo) -> dict[str, object]:
    names = [name for name in (*SourceHeader.__slots__, *GoFileInfo.__slots__) if name != "_lead"]
    return {"synopsis": info.synopsis(), **{name: getattr(info, name) for name in names}}


@settings(max_examples=400, deadline=None)
@given(HEADS | ORDERLY)
def test_both_ways_agree(data: bytes) -> None:
    data = data.removeprefix(b"\xef\xbb\xbf")
    quick = source._read_orderly("d/x.go", data)
    if quick is not None:
        assert everything(quick) == everything(source._read_carefully("d/x.go", data))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | HEADS)
def test_no_bytes_make_it_fail(data: bytes) -> None:
    info = source.read_go_info("x.go", data)
    assert info.errors == sorted(info.errors)
    assert not (info.errors and info.imports)
    source.read_comments(data)


@given(st.binary(max_size=40))
def test_quoting_is_undone_by_unquoting(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    assert unquote(go_quote(text)) == text
    assert go_quote(text).isprintable() or not text.isascii()


LITERALS = [
    *("//go:embed", "//go:embed a", '//go:embed "b c" `d`', '"//go:embed q"', "/*\n//go:embed no\n*/", "//"),
    *(" ", "\t", "\n", "\r\n", '"', "'", "`", "\\", "/*", "*/", "x", "\u00e9", "1", "'\\''", "var"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LITERALS), max_size=14).map("".join))
def test_embeds_are_found_by_a_scanner_too(text: str) -> None:
    def shown(embeds: list[Embed]) -> list[tuple[str, Position]]:
        return [(embed.pattern, embed.pos) for embed in embeds]

    data = text.encode()
    assert shown(embedpat.find_embeds("x.go", data)) == shown(embedpat._find_embeds_slowly("x.go", data))


def test_line_comments_move_embeds_and_a_carriage_return_hides_none() -> None:
    data = b"package p\n\n//line gen.y:40:3\n  //go:embed a b\nvar x string\n/*line z.go:7*/ //go:embe\rd c\n"
    found = [(e.pattern, e.pos.filename, e.pos.line, e.pos.column) for e in embedpat.find_embeds("d/x.go", data)]
    assert found == [("a", "d/gen.y", 40, 16), ("b", "d/gen.y", 40, 18), ("c", "d/z.go", 7, 0)]  # as go/token says

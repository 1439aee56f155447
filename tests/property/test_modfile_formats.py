"""go.mod, go.work, go.sum, versions: formats agree with themselves, and only declared errors come out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gokiln.errors import FatalError, GokilnError
from gokiln.golang import gover, modpath, pseudo, semver
from gokiln.modules.fetch.gosum import read_go_sum
from gokiln.modules.modfile import edit, fastparse, rule, vendor_modules, work
from gokiln.modules.modfile.errors import ErrorList
from gokiln.modules.modfile.order import sort_blocks
from gokiln.modules.modfile.parser import module_path, parse_syntax
from gokiln.modules.modfile.printer import format_syntax

WORDS = st.sampled_from(
    [
        "module", "go", "toolchain", "require", "exclude", "replace", "retract", "tool", "ignore", "godebug", "use",
        "example.com/a", "example.com/b/v2", "gopkg.in/c.v1", "a b", '"x.y/q"', "`x`", "'y'", "v1.2.3", "v1", "v2.0.0",
        "v2.0.0+incompatible", "v0.0.0-20240102030405-abcdef123456", "latest", "=>", "./dir", "../d", "=", "a=b",
        "1.21", "1.20.x", "go1.21.0", "(", ")", "[", "]", ",", "{", "}", "// indirect", "// indirect; why", "//", "/*",
        "// Deprecated: no", "\\", '"', "\u00e9", "\u00a0", "\x1c", "x/y//z",
    ]
)  # fmt: skip
SPACES = st.sampled_from([" ", "  ", "\t", "\n", "\n\n", "\n\t", "\r\n", ""])
MESSY = st.lists(st.tuples(WORDS, SPACES), max_size=30).map(lambda parts: "".join(w + s for w, s in parts).encode())
RAW = st.binary(max_size=80)

PATHS = st.sampled_from(["example.com/a", "example.com/b/v2", "gopkg.in/c.v1", "x.y/z", "github.com/A/b"])
VERSIONS = st.sampled_from(
    ["v1.2.3", "v1", "v2.0.0", "v1.0.0-pre.1", "v2.1.0+incompatible", "v0.0.0-20240102030405-abcdef123456"]
)
COMMENT = st.sampled_from(["", " // indirect", " // indirect; x", "//x", " // Deprecated: y", "\t// \u00e9 \x1c"])
MOD_LINE = st.builds(lambda p, v, c: f"{p} {v}{c}", PATHS, VERSIONS, COMMENT)
STATEMENT = st.one_of(
    st.builds("module {}{}".format, PATHS, COMMENT),
    st.builds("go {}{}".format, st.sampled_from(["1.16", "1.21", "1.21.3", "1.20.x", "2"]), COMMENT),
    st.builds("toolchain {}".format, st.sampled_from(["go1.21.0", "default", "x"])),
    MOD_LINE.map("require {}".format),
    MOD_LINE.map("exclude {}".format),
    st.builds("replace {} => ../x{}".format, PATHS, COMMENT),
    st.builds("retract {}{}".format, st.sampled_from(["v1.0.0", "[v1.0.0, v1.1.0]"]), COMMENT),
    st.builds(
        "{} {}{}{}".format,
        st.sampled_from(["retract", "ignore", "module"]),
        st.sampled_from(
            ['"v1.0.0"', "`v1.0.0", '"v1.0.0', '"v1.0.0\\', "[`v1.0.0`, v1.1.0]", "'v1'", "/* x", "(", ")"]
        ),
        st.sampled_from(["", "\n", "\nx"]),
        COMMENT,
    ),
    st.builds("future {}".format, PATHS),
    st.sampled_from(["", "// words", "tool x.y/z", "ignore ./d", "godebug a=b"]),
    st.builds(
        lambda verb, lines: f"{verb} (\n" + "".join(f"\t{line}\n" for line in lines) + ")",
        st.sampled_from(["require", "exclude", "future"]),
        st.lists(st.one_of(MOD_LINE, st.sampled_from(["", "// inner"])), max_size=5),
    ),
    st.builds(
        lambda verb, lines, comment: f"{verb} ({comment}\n" + "".join(f"\t{line}\n" for line in lines) + ")",
        st.sampled_from(["retract", "ignore", "module"]),
        st.lists(
            st.sampled_from(
                ["", "// inner", "v1.0.0", "[v1.0.0, v1.1.0] // why", "./x", "//)", ")", '"./x"', "`./x", '")', "/*"]
            ),
            max_size=5,
        ),
        st.sampled_from(["", " // block", "// Deprecated: y"]),
    ),
)
LIKELY = st.lists(STATEMENT, max_size=8).map(lambda lines: "\n".join(lines).encode())
ANY = st.one_of(RAW, MESSY, LIKELY)


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_only_declared_errors(data: bytes) -> None:
    for parse in (rule.parse, rule.parse_lax, work.parse_work, fastparse.parse_summary):
        try:
            parse("f", data)  # type: ignore[operator]
        except ErrorList:
            continue
    try:
        read_go_sum({}, "go.sum", data)
    except FatalError as err:
        assert "malformed go.sum" in str(err)
    module_path(data)
    try:
        vendor_modules.parse_vendor_modules(data, "1.26", "modules.txt")
    except gover.TooNewError:
        return


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_printing_is_stable(data: bytes) -> None:
    """What was printed parses again to the same statements and prints the same."""
    try:
        tree = parse_syntax("f", data)
    except ErrorList:
        return
    once = format_syntax(tree)
    again = parse_syntax("f", once)
    assert format_syntax(again) == once


def facts(f: rule.File) -> tuple[object, ...]:
    """All that a File says, without its syntax tree."""
    return (
        f.module and (f.module.mod, f.module.deprecated),
        f.go and f.go.version,
        f.toolchain and f.toolchain.name,
        [(r.mod, r.indirect) for r in f.require],
        [x.mod for x in f.exclude],
        [(r.old, r.new) for r in f.replace],
        [(r.low, r.high) for r in f.retract],
        [t.path for t in f.tool],
        [i.path for i in f.ignore],
    )


@settings(max_examples=200, deadline=None)
@given(LIKELY)
@example(b"retract (\n\tv1.0.0\n\n\t[v1.0.0, v1.1.0] // why\n)")
def test_meaning_survives_printing_and_cleanup(data: bytes) -> None:
    try:
        f = rule.parse("f", data)
    except ErrorList:
        return
    assert facts(rule.parse("f", f.format())) == facts(f)
    sort_blocks(f)
    edit.cleanup(f)
    # Sorting may carry a line up with the blank one above it; go's printer, and ours, drop that one the next time.
    again = rule.parse("f", f.format())
    text = again.format()
    sort_blocks(again)
    edit.cleanup(again)
    assert again.format() == text


def summary(parse: object, data: bytes) -> object:
    try:
        found = parse("f", data)  # type: ignore[operator]
    except ErrorList as e:
        return str(e)
    return [getattr(found, name) for name in fastparse.ModSummary.__slots__]


@settings(max_examples=600, deadline=None)
@given(st.one_of(LIKELY, MESSY))
def test_the_fast_reader_agrees_with_the_full_one(data: bytes) -> None:
    assert summary(fastparse.parse_summary, data) == summary(fastparse.summary_of_data, data)


def test_the_fast_reader_agrees_on_the_module_cache() -> None:
    cache = Path(os.environ.get("GOMODCACHE") or Path.home() / "go" / "pkg" / "mod") / "cache" / "download"
    files = sorted(cache.rglob("*.mod"))
    if not files:
        pytest.skip("no module cache")
    files = files[:: len(files) // 400 + 1]  # some of each part of it: a large one takes its time
    fast = 0
    for path in files:
        data = path.read_bytes()
        assert summary(fastparse.parse_summary, data) == summary(fastparse.summary_of_data, data), path
        fast += fastparse._fast(data) is not None
    assert fast > len(files) // 2


def test_a_line_that_never_matches_fails_at_once() -> None:
    data = b"exclude (\n\t" + b"a" * 50000 + b" (\n)\n" + b"b" * 50000 + b'"\n'
    assert fastparse._fast(data) is None


_CORE = r"[0-9]{1,3}(\.[0-9]{1,3}(\.[0-9]{1,3}(-[0-9a-zA-Z.-]{1,6})?(\+[0-9a-z.]{1,4})?)?)?"
VERSION_TEXT = st.one_of(VERSIONS, st.from_regex(rf"\Av{_CORE}\Z"), st.from_regex(rf"\A{_CORE}\Z"), st.text(max_size=8))


@settings(deadline=None)
@given(VERSION_TEXT, VERSION_TEXT, VERSION_TEXT)
def test_precedence_is_an_order(a: str, b: str, c: str) -> None:
    for compare in (semver.compare, gover.compare):
        assert compare(a, b) == -compare(b, a)
        if compare(a, b) <= 0 and compare(b, c) <= 0:
            assert compare(a, c) <= 0
    if semver.is_valid(a):
        assert semver.compare(a, semver.canonical(a)) == 0
        assert semver.canonical(semver.canonical(a)) == semver.canonical(a)
        assert (semver.compare(a, b) == 0) == (semver.canonical(a) == semver.canonical(b))


@settings(deadline=None)
@given(st.sampled_from(["", "v0.0.0", "v1.2.9", "v1.2.3-rc.1", "v2.0.0+incompatible"]), st.integers(0, 4102444800))
def test_pseudo_versions_give_back_what_went_in(older: str, seconds: int) -> None:
    v = pseudo.pseudo_version("v1", older, seconds, "abcdef123456")
    assert pseudo.pseudo_version_time(v) == seconds
    assert pseudo.pseudo_version_base(v) == older
    assert semver.compare(v, older) > 0 or older == ""


@settings(deadline=None)
@given(st.one_of(st.from_regex(r"\A[a-z]{1,3}\.[a-z]{1,3}(/[a-zA-Z0-9~._-]{1,6}){0,3}\Z"), st.text(max_size=12)))
def test_escaped_paths_come_back(path: str) -> None:
    try:
        escaped = modpath.escape_path(path)
    except GokilnError:
        assert not modpath.is_valid_path(path)
        return
    assert escaped == escaped.lower()
    assert modpath.unescape_path(escaped) == path

"""os.Expand and Go's regular expressions; the vectors of the first are those of Go's os/env_test.go."""

from __future__ import annotations

import pytest

from gokiln.golang.charclass import RegexpError
from gokiln.golang.expand import expand
from gokiln.golang.goregexp import compile_go

VALUES = {
    "*": "all the args",
    "#": "NARGS",
    "$": "PID",
    "1": "ARGUMENT1",
    "HOME": "/usr/gopher",
    "H": "(Value of H)",
    "home_1": "/usr/foo",
    "_": "underscore",
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ""),
        ("$*", "all the args"),
        ("$$", "PID"),
        ("${*}", "all the args"),
        ("$1", "ARGUMENT1"),
        ("${1}", "ARGUMENT1"),
        ("now is the time", "now is the time"),
        ("$HOME", "/usr/gopher"),
        ("$home_1", "/usr/foo"),
        ("${HOME}", "/usr/gopher"),
        ("${H}OME", "(Value of H)OME"),
        ("A$$$#$1$H$home_1*B", "APIDNARGSARGUMENT1(Value of H)/usr/foo*B"),
        ("start$+middle$^end$", "start$+middle$^end$"),
        ("mixed$|bag$$$", "mixed$|bagPID$"),
        ("$", "$"),
        ("$}", "$}"),
        ("${", ""),
        ("${}", ""),
    ],
)
def test_expand(text: str, wanted: str) -> None:
    assert expand(text, lambda name: VALUES.get(name, "")) == wanted


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("enum", "//go:generate enumer", True),
        ("^//go:generate (sh|bash)", "//go:generate bash x", True),
        (r"a\z", "ab", False),
        (r"\Qa.b\E+", "a.bb", True),
        (r"\Qa.b\E+", "axb", False),
        ("[[:digit:]]+", "x7", True),
        ("[^[:digit:]]", "7", False),
        ("(?<n>a)(?i)", "A", False),
        ("(?<n>x)y", "xy", True),
        ("[]a]", "]", True),
        ("[[x]", "[", True),
    ],
)
def test_regexp(pattern: str, text: str, matches: bool) -> None:
    try:
        found = compile_go(pattern).search(text) is not None
    except RegexpError:
        found = False
    assert found is matches


REPEAT, NESTED = "invalid repeat count", "invalid nested repetition operator"
ESCAPE, RANGE, PERL = (
    "invalid escape sequence",
    "invalid character class range",
    "invalid or unsupported Perl syntax",
)
REFUSED = [
    *((p, NESTED, p[1:]) for p in ("a**", "a*+", "a++", "a?+", "a{1}+", "a{1}{2}")),
    *((p, REPEAT, p[1:]) for p in ("a{2,1}", "a{1001}")),
    ("(a{1000}){1000}", REPEAT, "{1000}"),
    ("((((((a{100}){100}){100}){100}){100}){100})", REPEAT, "{100}"),
    *((p, PERL, p[:3]) for p in ("(?=x)", "(?!x)", "(?z)", "(?P=n)", "(?#c)", "(?x) h", "(?a)h", "(?L)h", "(?u)h")),
    *((p, PERL, p) for p in ("(?", "(?i", "(?i-")),
    ("(?i-)a", PERL, "(?i-)"),
    *((p, "invalid named capture", p) for p in ("(?<=x)", "(?P<n")),
    *((p, ESCAPE, p) for p in ("\\1", "\\8", "\\xZZ", "\\C", "\\Z", "\\E", "\\é", "\\cA"[:2], "\\N")),
    ("\\x{110000}", ESCAPE, "\\x{110000"),
    ("\\x{zz}", ESCAPE, "\\x{z"),
    ("\\u0041", ESCAPE, "\\u"),
    ("[a-\\d]", ESCAPE, "\\d"),
    ("[z-a]", RANGE, "z-a"),
    ("\\p{nosuch}", RANGE, "\\p{nosuch}"),
    ("\\p{Lu", RANGE, "\\p{Lu"),
    ("[[:alpha:]", "missing closing ]", "[[:alpha:]"),
    ("[]", "missing closing ]", "[]"),
    ("a|*", "missing argument to repetition operator", "*"),
    ("a\\", "trailing backslash at end of expression", ""),
    ("a\udcff", "invalid UTF-8", "\udcff"),
]
MATCHES = [
    *(
        ("hello", p)
        for p in ("(?i)HELLO", "(?i:HEL)lo", "\\x{68}", "\\150", "\\x6c+", "\\pL", "(?U)l+", "(?P<1>h)", "^*h")
    ),
    *(
        ("hello", p)
        for p in ("(?P<n>h)(?P<n>e)", "[[:^digit:]]", "[\\D]", "h{0}", "\\Qhel\\E+o", "(?-s:h)", "(?<n>h)", "(?m)o$")
    ),
    *(("Ü[&&]{,2}", p) for p in ("(?i)ü", "\\p{Lu}", "[^\\x00-z]", "[a&&b]", "{,2}", "[]]", "\\[&", "]", "}$")),
]


@pytest.mark.parametrize(("text", "pattern"), MATCHES)
def test_regexp_matches(text: str, pattern: str) -> None:
    assert compile_go(pattern).search(text)


@pytest.mark.parametrize("pattern", ["(?-i:H)", "\\PL", "[^\\x00-\\x{10FFFF}]", "\\p{^L}", "(?s-s)l.\nl", "\\d"])
def test_regexp_does_not_match(pattern: str) -> None:
    assert not compile_go(pattern).search("hello")


def test_regexp_flags_end_with_their_group() -> None:
    assert compile_go("^(?:(?i)A)b$").search("ab")
    assert not compile_go("^(?:(?i)A)b$").search("aB")
    assert compile_go(r"^\w+$").search("é") is None
    assert compile_go(r"a\b").search("aé")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(a", "error parsing regexp: missing closing ): `(a`"),
        ("a)", "error parsing regexp: unexpected ): `a)`"),
        ("*", "error parsing regexp: missing argument to repetition operator: `*`"),
        ("a[b", "error parsing regexp: missing closing ]: `[b`"),
        ("[[:nope:]]", "error parsing regexp: invalid character class range: `[:nope:]`"),
        *((p, f"error parsing regexp: {why}: `{what}`") for p, why, what in REFUSED),
    ],
)
def test_regexp_refused(pattern: str, problem: str) -> None:
    with pytest.raises(RegexpError) as caught:
        compile_go(pattern)
    assert str(caught.value) == problem

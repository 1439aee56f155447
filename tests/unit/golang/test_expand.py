"""os.Expand and Go's regular expressions; the vectors of the first are those of Go's os/env_test.go."""

from __future__ import annotations

import pytest

from gokiln.golang.expand import expand
from gokiln.golang.goregexp import RegexpError, compile_go

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


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(a", "error parsing regexp: missing closing ): `(a`"),
        ("a)", "error parsing regexp: unexpected ): `a)`"),
        ("*", "error parsing regexp: missing argument to repetition operator: `*`"),
        ("a[b", "error parsing regexp: missing closing ]: `[b`"),
        ("[[:nope:]]", "error parsing regexp: invalid character class range: `[:nope:]`"),
    ],
)
def test_regexp_refused(pattern: str, problem: str) -> None:
    with pytest.raises(RegexpError) as caught:
        compile_go(pattern)
    assert str(caught.value) == problem

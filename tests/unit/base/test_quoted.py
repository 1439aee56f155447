"""Lists of words in one variable. Vectors of cmd/internal/quoted/quoted_test.go."""

from __future__ import annotations

import pytest

from gokiln.base.quoted import join, split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" ", []),
        ("a", ["a"]),
        (" a", ["a"]),
        ("a ", ["a"]),
        ("a b", ["a", "b"]),
        ("a  b", ["a", "b"]),
        ("a\tb", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        ("'a b'", ["a b"]),
        ('"a b"', ["a b"]),
        ("'a '\"b \"", ["a ", "b "]),
        ("'a \"'\"'b\"", ['a "', "'b"]),
        ("\\'", ["\\'"]),
        ("a'b c'", ["a'b", "c'"]),
    ],
)
def test_split(text: str, words: list[str]) -> None:
    assert split(text) == words


def test_split_needs_the_closing_quote() -> None:
    with pytest.raises(ValueError, match="unterminated ' string"):
        split("'a")
    with pytest.raises(ValueError, match='unterminated " string'):
        split('x "a b')


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a b"), (["a ", "b"], "'a ' b"), (["a\n", "b"], "'a\n' b"),
     (["'a ", "b"], "\"'a \" b")],
)  # fmt: skip
def test_join(words: list[str], text: str) -> None:
    assert join(words) == text


def test_join_refuses_both_quotes() -> None:
    with pytest.raises(ValueError, match=r'argument "\'\\"" contains both single and double quotes'):
        join(["'\""])

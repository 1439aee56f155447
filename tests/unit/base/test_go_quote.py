"""Go quoting, held against what strconv's own tests expect."""

import pytest

from gokiln.base.quote import can_backquote, go_quote, go_quote_bytes, is_print, quote_list, unquote, unquote_prefix


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("\a\b\f\r\n\t\v", r'"\a\b\f\r\n\t\v"'),
        ("\\", r'"\\"'),
        ("abc\udcffdef", r'"abc\xffdef"'),
        ("\u263a", '"\u263a"'),
        ("\U0010ffff", r'"\U0010ffff"'),
        ("\x04", r'"\x04"'),
        ("!\u00a0!\u2000!\u3000!", r'"!\u00a0!\u2000!\u3000!"'),
        ("\x7f", r'"\x7f"'),
        ('say "hi"', r'"say \"hi\""'),
        ("\ufffd", '"\ufffd"'),
        ("\u00ad", r'"\u00ad"'),
        ("", '""'),
    ],
)
def test_quote(text: str, quoted: str) -> None:
    assert go_quote(text) == quoted
    assert unquote(quoted) == text


def test_quote_joins_escaped_bytes_that_are_utf8_after_all() -> None:
    assert go_quote("\udcc3\udca9") == '"é"'
    assert go_quote_bytes(b"\xc3(") == r'"\xc3("'


def test_quote_list() -> None:
    assert quote_list(["a", 'b"']) == r'["a" "b\""]'
    assert quote_list([]) == "[]"


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r'"\x90"', "\udc90"),
        (r'"\377"', "\udcff"),
        (r'"\u1234"', "\u1234"),
        (r'"\U00101234"', "\U00101234"),
        ("`a\r\nb`", "a\nb"),
        (r"`\`", "\\"),
        ("'a'", "a"),
        (r"'\''", "'"),
        ("'☹'", "☹"),
    ],
)
def test_unquote(literal: str, text: str) -> None:
    assert unquote(literal) == text


@pytest.mark.parametrize(
    "literal",
    [
        *("", '"', '"a', "\"'", 'b"', '"\\"', r'"\9"', r'"\19"', r'"\129"', r"'\\", "'", "'ab'", "`", "`xxx", "abc"),
        *(r'"\x1!"', r'"\U12345678"', r'"\z"', '"\n"', '"\\n\n"', "'\n'", "`a`b", r"""'"'x""", r'"\ud800"', r'"\400"'),
    ],
)
def test_unquote_refuses(literal: str) -> None:
    with pytest.raises(ValueError, match="invalid syntax"):
        unquote(literal)


def test_unquote_prefix_gives_the_rest() -> None:
    assert unquote_prefix('"a b" c') == ("a b", " c")


def test_is_print_and_can_backquote() -> None:
    assert [is_print(c) for c in (0x1F, 0x20, 0x7E, 0x7F, 0xA0, 0xA1, 0xAD, 0x378, 0x4E00, 0xE000, 0x1F600)] == [
        *(False, True, True, False, False, True, False, False, True, False, True)
    ]
    assert can_backquote("a\tb") and not can_backquote("a`") and not can_backquote("\n") and not can_backquote("\ufeff")

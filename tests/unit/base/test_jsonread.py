"""JSON that Go refuses, in encoding/json's words; what both take reads the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gokiln.base.jsonread import kind, load, syntax_error

VALUE, KEY = "looking for beginning of value", "looking for beginning of object key string"
REFUSED = [
    (b"", "unexpected end of JSON input"),
    (b" {", "unexpected end of JSON input"),
    (b'{"a', "unexpected end of JSON input"),
    (b'"\\u12', "invalid character ' ' in \\u hexadecimal character escape"),
    (b'"\\', "invalid character ' ' in string escape code"),
    (b"nul", "invalid character ' ' in literal null (expecting 'l')"),
    (b"[-", "invalid character ' ' in numeric literal"),
    (b"1e+", "invalid character ' ' in exponent of numeric literal"),
    (b"{}x", "invalid character 'x' after top-level value"),
    (b"{}{}", "invalid character '{' after top-level value"),
    (b"01", "invalid character '1' after top-level value"),
    (b'{"a" 1}', "invalid character '1' after object key"),
    (b'{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
    (b"[1 2]", "invalid character '2' after array element"),
    (b"[1,]", f"invalid character ']' {VALUE}"),
    (b"[,1]", f"invalid character ',' {VALUE}"),
    (b'{"a":1,}', f"invalid character '}}' {KEY}"),
    (b"{a:1}", f"invalid character 'a' {KEY}"),
    (b"{'a':1}", f"invalid character '\\'' {KEY}"),
    (b"NaN", f"invalid character 'N' {VALUE}"),
    (b'{"a":Infinity}', f"invalid character 'I' {VALUE}"),
    (b"-Infinity", "invalid character 'I' in numeric literal"),
    (b"1.x", "invalid character 'x' after decimal point in numeric literal"),
    (b"[1e]", "invalid character ']' in exponent of numeric literal"),
    (b"trux", "invalid character 'x' in literal true (expecting 'e')"),
    (b"nul1", "invalid character '1' in literal null (expecting 'l')"),
    (b'"\\x"', "invalid character 'x' in string escape code"),
    (b'"\\u12G4"', "invalid character 'G' in \\u hexadecimal character escape"),
    (b'"a\tb"', "invalid character '\\t' in string literal"),
    (b"\xef\xbb\xbf{}", f"invalid character '\u00ef' {VALUE}"),
    (b"\xff\xfe{\0}\0", f"invalid character '\u00ff' {VALUE}"),
    (b"[" * 20000, "exceeded max depth"),
]


@pytest.mark.parametrize(("data", "text"), REFUSED, ids=lambda v: repr(v[:20]))
def test_refused_in_go_words(data: bytes, text: str) -> None:
    assert syntax_error(data) == text
    with pytest.raises(ValueError) as caught:
        load(data)
    assert str(caught.value) == text


def test_bytes_that_are_no_text_read_as_replacement_characters() -> None:
    assert load(b'{"\xff\xfe":"\xe2\x82"}') == {"\ufffd\ufffd": "\ufffd\ufffd"}
    assert load(b'{"\\ud800":"\\ud83d\\ude00"}') == {"\ufffd": "\U0001f600"}


def test_members_of_one_name_are_all_told() -> None:
    assert load(b'{"a":1,"a":{"b":2}}', pairs=list) == [("a", 1), ("a", [("b", 2)])]


def test_kinds() -> None:
    assert [kind(v) for v in ("", [], {}, True, 1, 1.5)] == ["string", "array", "object", "bool", "number", "number"]


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@given(TREES, st.booleans())
def test_what_is_written_is_read(value: object, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert syntax_error(data) == ""


@given(st.binary(max_size=30) | st.text(alphabet='{}[]",:\\u0123456789eE+-.truefalsn ').map(str.encode))
def test_reading_and_checking_agree(data: bytes) -> None:
    try:
        load(data)
        refused = ""
    except ValueError as err:
        refused = str(err)
    assert refused == syntax_error(data)

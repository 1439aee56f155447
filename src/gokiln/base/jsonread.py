"""JSON read as Go's encoding/json reads it: what it refuses, in its words, and what it calls a value of another type.

Python's decoder does the work; where it fails, or where Go is stricter (NaN, a byte order mark), a walk over the
bytes finds the message. Source: encoding/json/scanner.go, decode.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import quote_rune

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_DEPTH = 10000  # maxNestingDepth
_END = "unexpected end of JSON input"
_SPACE = b" \t\r\n"
_DIGITS = b"0123456789"
_ESCAPES = b'"\\/bfnrt'
_LITERALS = {0x74: b"true", 0x66: b"false", 0x6E: b"null"}


class Number:
    """A number as it was written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def load(
    data: bytes, pairs: Callable[[list[tuple[str, Any]]], Any] = dict, number: Callable[[str], Any] | None = None
) -> Any:
    """The value of a JSON text; pairs makes an object of its members, all of them in the order written.

    number makes a value of a number's text. Bytes that are not UTF-8 and lone surrogates read as U+FFFD. Raises
    ValueError with encoding/json's text.
    """
    import json

    try:
        return json.loads(
            as_text(data),
            parse_constant=_refuse,
            parse_int=number,
            parse_float=number,
            object_pairs_hook=lambda p: pairs(_clean(p)),
        )
    except RecursionError:
        raise ValueError("exceeded max depth") from None
    except ValueError as err:
        raise ValueError(syntax_error(data) or str(err)) from None


def as_text(data: bytes) -> str:
    """The text of bytes, each one that is not UTF-8 read as U+FFFD (Python's own "replace" takes some together)."""
    return _without_surrogates(data.decode("utf-8", "surrogateescape"))


def _without_surrogates(text: str) -> str:
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def _clean(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Members without the lone surrogates that escapes can write."""
    return [(_without_surrogates(k), _without_surrogates(v) if isinstance(v, str) else v) for k, v in pairs]


def _refuse(name: str) -> object:
    raise ValueError(name)


def kind(value: object) -> str:
    """What encoding/json calls a value that does not fit a type: "json: cannot unmarshal KIND into ..."."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, float, Number)) else "object"


def syntax_error(data: bytes) -> str:
    """What encoding/json says against a text; "" if nothing."""
    try:
        _Walk(data).text()
    except _SyntaxError as err:
        return str(err)
    return ""


class _SyntaxError(Exception):
    """str() is encoding/json's message."""


class _Walk:
    """One pass over a text, with a stack of its own: nesting is the text's, not ours."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def bad(self, context: str, inside: bool = False) -> _SyntaxError:
        """inside: a word, number or escape began, of which Go's scanner takes the end for a space."""
        if self.at >= len(self.data) and not inside:
            return _SyntaxError(_END)
        c = self.data[self.at] if self.at < len(self.data) else 0x20
        shown = {0x27: "'\\''", 0x22: "'\"'"}.get(c) or quote_rune(c)
        return _SyntaxError(f"invalid character {shown} {context}")

    def byte(self) -> int:
        """The byte here, -1 at the end."""
        return self.data[self.at] if self.at < len(self.data) else -1

    def skip(self) -> int:
        """The next byte that is no space."""
        while self.at < len(self.data) and self.data[self.at] in _SPACE:
            self.at += 1
        return self.byte()

    def text(self) -> None:
        """One value and nothing behind it."""
        open_: list[int] = []
        while True:
            if not self.value(open_):
                continue  # inside a new object or array
            while open_ and not self.next_member(open_):
                pass
            if not open_:
                break
        if self.skip() >= 0:
            raise self.bad("after top-level value")

    def value(self, open_: list[int]) -> bool:
        """Read a value, or the beginning of one that has members (False then)."""
        c = self.skip()
        if c in (0x7B, 0x5B):  # { [
            self.at += 1
            if len(open_) >= MAX_DEPTH:
                raise _SyntaxError("exceeded max depth")
            if self.skip() == c + 2:
                self.at += 1
                return True
            open_.append(c)
            if c == 0x7B:
                self.key()
            return False
        if c == 0x22:
            self.string()
        elif c == 0x2D or (c >= 0 and c in _DIGITS):
            self.number()
        elif c in _LITERALS:
            self.literal(_LITERALS[c])
        else:
            raise self.bad("looking for beginning of value")
        return True

    def next_member(self, open_: list[int]) -> bool:
        """After a value: True if another one follows in its object or array, False if that is closed (and popped)."""
        within = open_[-1]
        c = self.skip()
        if c not in (0x2C, within + 2):
            raise self.bad("after object key:value pair" if within == 0x7B else "after array element")
        self.at += 1
        if c != 0x2C:
            open_.pop()
            return False
        if within == 0x7B:
            self.key()
        return True

    def key(self) -> None:
        if self.skip() != 0x22:
            raise self.bad("looking for beginning of object key string")
        self.string()
        if self.skip() != 0x3A:
            raise self.bad("after object key")
        self.at += 1

    def string(self) -> None:
        self.at += 1
        while self.byte() != 0x22:
            if self.byte() < 0x20:
                raise self.bad("in string literal")
            if self.byte() == 0x5C:
                self.at += 1
                self.escape()
            else:
                self.at += 1
        self.at += 1

    def escape(self) -> None:
        if self.byte() != 0x75:
            if self.byte() < 0 or self.byte() not in _ESCAPES:
                raise self.bad("in string escape code", inside=True)
            self.at += 1
            return
        for _ in range(4):
            self.at += 1
            if self.byte() < 0 or self.byte() not in b"0123456789abcdefABCDEF":
                raise self.bad("in \\u hexadecimal character escape", inside=True)
        self.at += 1

    def number(self) -> None:
        if self.byte() == 0x2D:
            self.at += 1
        if self.byte() == 0x30:
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.byte() == 0x2E:
            self.at += 1
            self.digits("after decimal point in numeric literal")
        if self.byte() in (0x65, 0x45):
            self.at += 1
            if self.byte() in (0x2B, 0x2D):
                self.at += 1
            self.digits("in exponent of numeric literal")

    def digits(self, context: str) -> None:
        if self.byte() < 0 or self.byte() not in _DIGITS:
            raise self.bad(context, inside=True)
        while self.byte() >= 0 and self.byte() in _DIGITS:
            self.at += 1

    def literal(self, word: bytes) -> None:
        for want in word[1:]:
            self.at += 1
            if self.byte() != want:
                raise self.bad(f"in literal {word.decode()} (expecting '{chr(want)}')", inside=True)
        self.at += 1

"""Go string literals: writing them as %q does, reading them as strconv.Unquote does.

A Go string is bytes that are mostly UTF-8. Here it is a str in which each byte that is not part of valid
UTF-8 stands as a surrogate escape (U+DC80 to U+DCFF), as os.fsdecode gives them.

Source: strconv/quote.go, go1.26.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
}
_UNESCAPES = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


def is_print(code_point: int) -> bool:
    """Whether Go shows this code point as it is: letters, marks, numbers, punctuation, symbols, ASCII space."""
    if code_point < 0x7F:
        return code_point >= 0x20
    from bisect import bisect_right

    from gokiln.base.printable import EDGES

    return bisect_right(EDGES, code_point) % 2 == 1


def go_quote(text: str) -> str:
    """The Go double-quoted literal for text, as fmt's %q and strconv.Quote write it."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return quote_with(text, '"')


def go_quote_bytes(data: bytes) -> str:
    """The Go double-quoted literal for a byte string (%q of []byte)."""
    return go_quote(data.decode("utf-8", "surrogateescape"))


def quote_list(items: Iterable[str]) -> str:
    """%q of a []string: `["a" "b"]`."""
    return "[" + " ".join(map(go_quote, items)) + "]"


def quote_rune(code_point: int) -> str:
    """%q of a rune: a single-quoted literal; what is no code point becomes U+FFFD."""
    if not 0 <= code_point <= 0x10FFFF or 0xD800 <= code_point < 0xE000:
        code_point = 0xFFFD
    return quote_with(chr(code_point), "'")


def quote_with(text: str, quote: str, ascii_only: bool = False) -> str:
    """strconv.Quote (or QuoteToASCII) with the quote character given: `"` for strings, `'` for a rune."""
    out = [quote]
    for char in normalize(text):
        code = ord(char)
        if char == quote:
            out.append("\\" + char)
        elif 0x20 <= code < 0x7F and char != "\\":
            out.append(char)
        elif 0xDC80 <= code <= 0xDCFF:
            out.append(f"\\x{code - 0xDC00:02x}")
        elif char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif code >= 0x80 and not ascii_only and is_print(code):
            out.append(char)
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\x{code:02x}")
        elif code < 0x10000:
            out.append(f"\\u{code:04x}")
        else:
            out.append(f"\\U{code:08x}")
    out.append(quote)
    return "".join(out)


def normalize(text: str) -> str:
    """The same bytes as text, with surrogate escapes only where the bytes really are not UTF-8."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def can_backquote(text: str) -> bool:
    """Whether text can stand between back quotes on one line (strconv.CanBackquote)."""
    for char in normalize(text):
        code = ord(char)
        if code == 0xFEFF or 0xDC80 <= code <= 0xDCFF or code == 0x7F or char == "`":
            return False
        if code < 0x20 and char != "\t":
            return False
    return True


def unquote(literal: str) -> str:
    """The string a Go literal stands for (`"..."`, back-quoted, or `'c'`); raises ValueError for anything else."""
    value, rest = unquote_prefix(literal)
    if rest:
        raise ValueError("invalid syntax")
    return value


def unquote_prefix(text: str) -> tuple[str, str]:
    """Read the Go literal that text starts with: (its value, the text after it). Raises ValueError without one."""
    quote = text[:1]
    end = text.find(quote, 1) if quote in ('"', "'", "`") and quote else -1
    if end < 0:
        raise ValueError("invalid syntax")
    inside = text[1:end]
    if quote == "`":
        return inside.replace("\r", ""), text[end + 1 :]
    if "\\" not in inside and "\n" not in inside and inside.isascii() and (quote == '"' or len(inside) == 1):
        return inside, text[end + 1 :]
    return _unquote_escaped(text, quote)


def _unquote_escaped(text: str, quote: str) -> tuple[str, str]:
    """unquote_prefix for a literal that may hold escapes or characters beyond ASCII."""
    out = bytearray()
    at = 1
    while at < len(text) and text[at] != quote:
        char = text[at]
        if char == "\n":
            raise ValueError("invalid syntax")
        if char == "\\":
            data, at = _unquote_escape(text, at + 1, quote)
            out += data
        else:
            # A byte that is not UTF-8 is read as U+FFFD, and written as that.
            out += char.encode("utf-8", "replace") if not 0xDC80 <= ord(char) <= 0xDCFF else b"\xef\xbf\xbd"
            at += 1
        if quote == "'":
            break
    if at >= len(text) or text[at] != quote:
        raise ValueError("invalid syntax")
    return out.decode("utf-8", "surrogateescape"), text[at + 1 :]


def _unquote_escape(text: str, at: int, quote: str) -> tuple[bytes, int]:
    """The bytes of the escape whose character after the backslash is text[at], and the place after it."""
    char = text[at : at + 1]
    if char in _UNESCAPES:
        return bytes((_UNESCAPES[char],)), at + 1
    if char in ("'", '"') and char == quote:
        return char.encode(), at + 1
    if char in _HEX_DIGITS:
        end = at + 1 + _HEX_DIGITS[char]
        digits = text[at + 1 : end]
        if len(digits) == _HEX_DIGITS[char] and all(d in "0123456789abcdefABCDEF" for d in digits):
            value = int(digits, 16)
            if char == "x":
                return bytes((value,)), end
            if value <= 0x10FFFF and not 0xD800 <= value < 0xE000:
                return chr(value).encode(), end
    elif char and char in "01234567":
        digits = text[at : at + 3]
        if len(digits) == 3 and all(d in "01234567" for d in digits) and int(digits, 8) <= 255:
            return bytes((int(digits, 8),)), at + 3
    raise ValueError("invalid syntax")

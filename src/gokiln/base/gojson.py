"""JSON as Go's encoding/json writes it: HTML-safe escapes, Go's indentation, keys in the order given.

Source: encoding/json/encode.go, indent.go, go1.26. Objects keep the order of the dict (a Go struct's fields); sort
the keys first where Go has a map.
"""

from __future__ import annotations

import re

_SPECIAL = re.compile('[\\x00-\\x1f"\\\\<>&\u2028\u2029\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def quote(text: str, html: bool = True) -> str:
    """One JSON string. html=False leaves `<`, `>` and `&` as they are (SetEscapeHTML(false))."""
    if not _SPECIAL.search(text):
        return f'"{text}"'

    def escape(match: re.Match[str]) -> str:
        c = match[0]
        if c in "<>&" and not html:
            return c
        if "\ud800" <= c <= "\udfff":
            return "\\ufffd"  # a byte that is not UTF-8
        return _SHORT.get(c) or f"\\u{ord(c):04x}"

    return '"' + _SPECIAL.sub(escape, text) + '"'


def encode(value: object, indent: str = "\t", *, prefix: str = "", html: bool = True) -> str:
    """The value as json.MarshalIndent(value, prefix, indent) gives it; with indent "" as json.Marshal does.

    value: dict (str keys, order kept), list or tuple, str, int, float, bool, None. Raises TypeError for others.
    """
    if not indent and not prefix:
        return _compact(value, html)
    out: list[str] = []
    _pretty(value, "\n" + prefix, indent, html, out)
    return "".join(out)


def _scalar(value: object, html: bool) -> str:
    if isinstance(value, str):
        return quote(value, html)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    raise TypeError(f"cannot encode {type(value).__name__} as JSON")


def _compact(value: object, html: bool) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(k, html)}:{_compact(v, html)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_compact(v, html) for v in value) + "]"
    return _scalar(value, html)


def _pretty(value: object, newline: str, indent: str, html: bool, out: list[str]) -> None:
    deeper = newline + indent
    if isinstance(value, dict):
        if not value:
            out.append("{}")
            return
        out.append("{")
        for i, (key, item) in enumerate(value.items()):
            out.append(f"{',' if i else ''}{deeper}{quote(key, html)}: ")
            _pretty(item, deeper, indent, html, out)
        out.append(newline + "}")
    elif isinstance(value, list | tuple):
        if not value:
            out.append("[]")
            return
        out.append("[")
        for i, item in enumerate(value):
            out.append(f"{',' if i else ''}{deeper}")
            _pretty(item, deeper, indent, html, out)
        out.append(newline + "]")
    else:
        out.append(_scalar(value, html))

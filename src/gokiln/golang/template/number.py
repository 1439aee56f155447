"""Number literals of Go templates, which may be several kinds of number at once.

Source: text/template/parse/node.go newNumber, go1.26.
"""

from __future__ import annotations

import re

from gokiln.base.quote import go_quote, unquote
from gokiln.golang.template.nodes import NumberNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.golang.template.nodes import Tree

_COMPLEX = re.compile(r"([+-]?[^+-]+(?:[eEpP][+-]?[0-9_]+)?)([+-].+)i")
_SEPARATED = re.compile(
    r"[+-]?(?:0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|0[bB]_?[01]+(?:_[01]+)*|0[oO]?_?[0-7]*(?:_[0-7]+)*|[1-9][0-9]*(?:_[0-9]+)*)"
)


def parse_number(tree: Tree, pos: int, text: str, kind: str) -> NumberNode:
    """The node of a "number", "complex" or "charConstant" item; raises ValueError with Go's words."""
    node = NumberNode(tree, pos, text)
    if kind == "charConstant":
        code = ord(_character(text))
        node.as_int = node.as_uint = code
        node.as_float = float(code)
        return node
    if kind == "complex":
        match = _COMPLEX.fullmatch(text)
        real = parse_float(match.group(1)) if match else None
        imaginary = parse_float(match.group(2)) if match else None
        if real is None or imaginary is None:
            raise ValueError(f"illegal number syntax: {go_quote(text)}")
        _simplify(node, complex(real, imaginary))
        return node
    if text.endswith("i"):
        imaginary = parse_float(text[:-1])
        if imaginary is not None:
            _simplify(node, complex(0, imaginary))
            return node
    _real(node, text)
    return node


def _real(node: NumberNode, text: str) -> None:
    value = parse_int(text)
    if value is not None:
        if text[0] not in "+-" and value < 1 << 64:
            node.as_uint = value
        if -(1 << 63) <= value < 1 << 63:
            node.as_int = value
            if value == 0:
                node.as_uint = 0
    if node.as_int is not None or node.as_uint is not None:
        node.as_float = float(node.as_int if node.as_int is not None else node.as_uint or 0)
        return
    number = parse_float(text)
    if number is None:
        raise ValueError(f"illegal number syntax: {go_quote(text)}")
    if not any(char in text for char in ".eEpP"):
        raise ValueError(f"integer overflow: {go_quote(text)}")
    node.as_float = number
    _whole(node, number)


def _whole(node: NumberNode, number: float) -> None:
    if number == number and abs(number) != float("inf") and number == int(number):
        if -(1 << 63) <= number < 1 << 63:
            node.as_int = int(number)
        if 0 <= number < 1 << 64:
            node.as_uint = int(number)


def _simplify(node: NumberNode, value: complex) -> None:
    node.as_complex = value
    if value.imag == 0:
        node.as_float = value.real
        _whole(node, value.real)


def _character(text: str) -> str:
    """The one character of a literal like 'a' or '\\n'."""
    try:
        value = unquote(text)
    except ValueError:
        if "\\" not in text and len(text) > 3:
            raise ValueError(f"malformed character constant: {text}") from None
        raise
    if len(value) != 1:
        raise ValueError(f"malformed character constant: {text}")
    return chr(ord(value) - 0xDC00) if 0xDC80 <= ord(value) <= 0xDCFF else value


def parse_int(text: str) -> int | None:
    """strconv.ParseInt(text, 0, any size): prefixes 0x 0o 0b and 0 for octal, underscores between digits."""
    if not _SEPARATED.fullmatch(text) or text in ("+", "-"):
        return None
    digits = text.lstrip("+-").replace("_", "").lower()
    if len(digits) > 1 and digits[0] == "0" and digits[1] not in "xob":
        digits = "0o" + digits[1:]
    try:
        value = int(digits, 0)
    except ValueError:
        return None
    return -value if text[0] == "-" else value


def parse_float(text: str) -> float | None:
    """strconv.ParseFloat(text, 64), None for an error."""
    if "_" in text and parse_int(text) is None:
        return None
    plain = text.replace("_", "")
    try:
        if "x" in plain.lower():
            return float.fromhex(plain) if "p" in plain.lower() else None
        value = float(plain)
    except (ValueError, OverflowError):
        return None
    return None if abs(value) == float("inf") else value

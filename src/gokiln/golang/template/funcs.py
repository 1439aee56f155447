"""The functions every Go template has: and or not, eq ne lt le gt ge, len index slice, print ..., html js urlquery.

Source: text/template/funcs.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import is_print, normalize
from gokiln.golang.template.gofmt import show, sprint, sprintf, sprintln
from gokiln.golang.template.values import (
    ANY,
    ANY_VALUE,
    BOOL,
    INT,
    STRING,
    CallError,
    GoFunc,
    GoType,
    Value,
    indirect,
    indirect_interface,
    is_true,
    printable,
    zero,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BASIC = frozenset(("bool", "int", "uint", "float64", "complex128", "string"))
_HTML = {"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}
_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
_INT64_LIMIT = 1 << 63


def _kind(value: Value | None) -> str:
    return value.kind if value is not None and value.kind in _BASIC else ""


def _type_name(value: Value) -> str:
    return value.type.name


def eq(first: Value | None, *others: Value | None) -> bool:
    """Whether first equals any of the others."""
    if not others:
        raise CallError("missing argument for comparison")
    first = indirect_interface(first)
    return any(_equal(first, indirect_interface(each)) for each in others)


def _equal(a: Value | None, b: Value | None) -> bool:
    kind_a, kind_b = _kind(a), _kind(b)
    if kind_a != kind_b:
        if {kind_a, kind_b} == {"int", "uint"}:
            assert a is not None and b is not None
            return bool(a.raw == b.raw)
        if a is not None and b is not None:
            raise CallError(f"incompatible types for comparison: {_type_name(a)} and {_type_name(b)}")
        return False
    if kind_a:
        assert a is not None and b is not None
        return bool(a.raw == b.raw)
    if a is not None and b is not None and a.kind != b.kind:
        raise CallError(f"non-comparable types {show(a)}: {a.type}, {b.type}: {show(b)}")
    if a is None or b is None or a.is_nil() or b.is_nil():
        return (a is None or a.is_nil()) == (b is None or b.is_nil())
    if b.kind in ("slice", "map", "func"):
        raise CallError(f"non-comparable type {show(b)}: {b.type}")
    return a.type == b.type and (a.raw is b.raw or a.raw == b.raw)


def lt(a: Value | None, b: Value | None) -> bool:
    """a < b"""
    a, b = indirect_interface(a), indirect_interface(b)
    kind_a, kind_b = _kind(a), _kind(b)
    if not kind_a or not kind_b or a is None or b is None:
        raise CallError("invalid type for comparison")
    if kind_a != kind_b and {kind_a, kind_b} != {"int", "uint"}:
        raise CallError(f"incompatible types for comparison: {_type_name(a)} and {_type_name(b)}")
    if kind_a in ("bool", "complex128"):
        raise CallError("invalid type for comparison")
    if kind_a == "string":
        return _bytes(a.raw) < _bytes(b.raw)
    return bool(a.raw < b.raw)


def le(a: Value | None, b: Value | None) -> bool:
    """a <= b"""
    return lt(a, b) or eq(a, b)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def length(item: Value | None) -> int:
    """len"""
    value, is_nil = indirect(item)
    if is_nil:
        raise CallError("len of nil pointer")
    if value is None or value.kind not in ("slice", "map", "string"):
        raise CallError(f"len of type {value.type if value is not None else 'invalid'}")
    return len(_bytes(value.raw)) if value.kind == "string" else len(value.raw or ())


def _index_arg(at: Value | None, limit: int) -> int:
    if at is None:
        raise CallError("cannot index slice/array with nil")
    if at.kind not in ("int", "uint"):
        raise CallError(f"cannot index slice/array with type {at.type}")
    if not 0 <= at.raw <= limit or at.raw >= _INT64_LIMIT:
        raise CallError(f"index out of range: {at.raw}")
    return int(at.raw)


def index(item: Value | None, *indexes: Value | None) -> Value | None:
    """item[i][j]..."""
    current = indirect_interface(item)
    if current is None:
        raise CallError("index of untyped nil")
    for each in indexes:
        at = indirect_interface(each)
        current, is_nil = indirect(current)
        if is_nil or current is None:
            raise CallError("index of nil pointer")
        elem = current.type.elem
        if current.kind == "map":
            assert elem is not None and current.type.key is not None
            key = _map_key(at, current.type.key)
            known = current.raw is not None and key in current.raw
            current = Value(elem, current.raw[key]) if known else zero(elem)
        elif current.kind in ("slice", "string"):
            items = _bytes(current.raw) if current.kind == "string" else current.raw or ()
            number = _index_arg(at, len(items))
            if number >= len(items):
                what = "string" if current.kind == "string" else "slice"
                raise CallError(f"reflect: {what} index out of range")
            current = Value(elem if elem is not None else UINT8, items[number])
        else:
            raise CallError(f"can't index item of type {current.type}")
    return current


UINT8 = GoType("uint", "uint8")


def _map_key(at: Value | None, key: GoType) -> object:
    if at is None:
        if key.kind not in ("interface", "pointer"):
            raise CallError(f"value is nil; should be of type {key}")
        return None
    if key.kind == "interface" or at.type == key or {at.kind, key.kind} <= {"int", "uint"}:
        return at.raw
    raise CallError(f"value has type {at.type}; should be {key}")


def slice_(item: Value | None, *indexes: Value | None) -> Value:
    """item[i:j:k]"""
    value = indirect_interface(item)
    if value is None:
        raise CallError("slice of untyped nil")
    value, is_nil = indirect(value)
    if is_nil or value is None:
        raise CallError("slice of nil pointer")
    if len(indexes) > 3:
        raise CallError(f"too many slice indexes: {len(indexes)}")
    if value.kind not in ("string", "slice"):
        raise CallError(f"can't slice item of type {value.type}")
    if value.kind == "string" and len(indexes) == 3:
        raise CallError("cannot 3-index slice a string")
    items = _bytes(value.raw) if value.kind == "string" else value.raw or []
    bounds = [0, len(items), len(items)]
    for i, each in enumerate(indexes):
        bounds[i] = _index_arg(each, len(items))
    for low, high in ((0, 1), (1, 2)):
        if bounds[low] > bounds[high] and high < max(2, len(indexes)):
            raise CallError(f"invalid slice index: {bounds[low]} > {bounds[high]}")
    part = items[bounds[0] : bounds[1]]
    return Value(value.type, part.decode("utf-8", "surrogateescape") if isinstance(part, bytes) else part)


def eval_args(args: tuple[Value | None, ...]) -> str:
    """The text that html, js and urlquery work on: the one string, or all printed."""
    if len(args) == 1 and args[0] is not None and args[0].kind == "string":
        return str(args[0].raw)
    shown: list[Value | None] = []
    for arg in args:
        try:
            best = printable(arg)
        except CallError:
            best = arg
        shown.append(Value(STRING, "<no value>") if arg is None else best)
    return sprint(shown)


def html(text: str) -> str:
    """HTMLEscapeString"""
    return "".join(_HTML.get(char, char) for char in text)


def js(text: str) -> str:
    """JSEscapeString"""
    out: list[str] = []
    for char in normalize(text):
        code = ord(char)
        if char in _JS:
            out.append(_JS[char])
        elif code < 0x20:
            out.append(f"\\u00{code:02X}")
        elif 0xDC80 <= code <= 0xDCFF:
            out.append(char)  # Go takes it for U+FFFD, which prints, and writes the byte
        elif code >= 0x80 and not is_print(code):
            out.append(f"\\u{code:04X}")
        else:
            out.append(char)
    return "".join(out)


def url_query(text: str) -> str:
    """url.QueryEscape"""
    safe = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
    return "".join("+" if b == 0x20 else chr(b) if b in safe else f"%{b:02X}" for b in _bytes(text))


def _boolean(function: Callable[..., bool]) -> Callable[..., Value]:
    return lambda *args: Value(BOOL, function(*args))


def _text(function: Callable[[str], str]) -> Callable[..., Value]:
    return lambda *args: Value(STRING, function(eval_args(args)))


def _special(*args: Value | None) -> Value | None:
    """`and`, `or` and `call`: the engine does these itself, they stop early or need the callee's name."""
    raise CallError("not callable as a value")


_TWO = (ANY_VALUE, ANY_VALUE)
BUILTINS: dict[str, GoFunc] = {
    "and": GoFunc(_TWO, ANY_VALUE, _special, True),
    "or": GoFunc(_TWO, ANY_VALUE, _special, True),
    "call": GoFunc(_TWO, ANY_VALUE, _special, True),
    "not": GoFunc((ANY_VALUE,), BOOL, lambda arg: Value(BOOL, not is_true(indirect_interface(arg)))),
    "eq": GoFunc(_TWO, BOOL, _boolean(eq), True),
    "ne": GoFunc(_TWO, BOOL, _boolean(lambda a, b: not eq(a, b))),
    "lt": GoFunc(_TWO, BOOL, _boolean(lt)),
    "le": GoFunc(_TWO, BOOL, _boolean(le)),
    "gt": GoFunc(_TWO, BOOL, _boolean(lambda a, b: not le(a, b))),
    "ge": GoFunc(_TWO, BOOL, _boolean(lambda a, b: not lt(a, b))),
    "len": GoFunc((ANY_VALUE,), INT, lambda item: Value(INT, length(item))),
    "index": GoFunc(_TWO, ANY_VALUE, index, True),
    "slice": GoFunc(_TWO, ANY_VALUE, slice_, True),
    "print": GoFunc((ANY,), STRING, lambda *args: Value(STRING, sprint(args)), True),
    "println": GoFunc((ANY,), STRING, lambda *args: Value(STRING, sprintln(args)), True),
    "printf": GoFunc((STRING, ANY), STRING, lambda f, *args: Value(STRING, sprintf(f.raw, args)), True),
    "html": GoFunc((ANY,), STRING, _text(html), True),
    "js": GoFunc((ANY,), STRING, _text(js), True),
    "urlquery": GoFunc((ANY,), STRING, _text(url_query), True),
}

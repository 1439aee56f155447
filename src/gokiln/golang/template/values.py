"""Values as a Go template sees them: a Go type beside a plain Python object.

What stands for a value of each kind: bool, int, uint, float64, complex128, string: the Python value; slice:
a list, or None for nil; map: a dict, or None; struct: any object, whose fields its type can get; pointer:
None, or the object that a value of the pointed-to type would be; interface: a Value, or None; func: a
GoFunc. A missing value (reflect's invalid) is None where a Value is expected.

A caller describes its objects once, with struct(), pointer(), slice_of() ..., and hands over a Value.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any


class GoType:
    """A Go type. kind as reflect.Kind's name; name as `%T` prints it.

    elem: of slices, maps, pointers; key: of maps. fields: of structs, Go name -> type, in order; get(object,
    Go name) gives a field. methods: Go name -> function that takes the receiver's object first. text: what
    String() or Error() returns for the object, for types that have one of them.
    """

    __slots__ = ("elem", "fields", "get", "key", "kind", "methods", "name", "text")

    def __init__(self, kind: str, name: str, elem: GoType | None = None, key: GoType | None = None) -> None:
        self.kind = kind
        self.name = name
        self.elem = elem
        self.key = key
        self.fields: dict[str, GoType] = {}
        self.get: Callable[[Any, str], Any] = getattr
        self.methods: dict[str, GoFunc] = {}
        self.text: Callable[[Any], str] | None = None

    def __str__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GoType) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class Value:
    """A Python object seen as a value of a Go type."""

    __slots__ = ("raw", "type")

    def __init__(self, go_type: GoType, raw: Any) -> None:
        self.type = go_type
        self.raw = raw

    @property
    def kind(self) -> str:
        return self.type.kind

    def is_nil(self) -> bool:
        """Whether it is a nil of a kind that has one."""
        return self.raw is None and self.kind in ("pointer", "interface", "slice", "map", "func")

    def elem(self) -> Value | None:
        """What a pointer or interface holds; None for nil."""
        if self.raw is None:
            return None
        if self.kind == "interface":
            assert isinstance(self.raw, Value)
            return self.raw
        assert self.type.elem is not None
        return Value(self.type.elem, self.raw)


class GoFunc:
    """A function templates can call.

    params: types of the parameters; with variadic, the last is the type of the rest. call takes the
    arguments' Values (None for a missing one where a parameter is ANY_VALUE) and returns a Value or None;
    it raises CallError for what a Go function would return as its error.
    """

    __slots__ = ("call", "params", "result", "variadic")

    def __init__(
        self, params: Sequence[GoType], result: GoType, call: Callable[..., Value | None], variadic: bool = False
    ) -> None:
        self.params = tuple(params)
        self.result = result
        self.call = call
        self.variadic = variadic

    def bind(self, receiver: Any) -> GoFunc:
        """This function with its first argument, a method's receiver, already given."""
        return GoFunc(self.params, self.result, lambda *args: self.call(receiver, *args), self.variadic)


class CallError(Exception):
    """What a function called by a template returns as its error."""


BOOL = GoType("bool", "bool")
INT = GoType("int", "int")
INT64 = GoType("int", "int64")
FLOAT64 = GoType("float64", "float64")
COMPLEX128 = GoType("complex128", "complex128")
STRING = GoType("string", "string")
ANY = GoType("interface", "interface {}")
FUNC = GoType("func", "func")
ANY_VALUE = GoType("struct", "reflect.Value")  # a parameter that takes every value as it is


def slice_of(elem: GoType) -> GoType:
    """[]elem"""
    return GoType("slice", f"[]{elem.name}", elem)


def map_of(key: GoType, elem: GoType) -> GoType:
    """map[key]elem"""
    return GoType("map", f"map[{key.name}]{elem.name}", elem, key)


def pointer(elem: GoType, text: Callable[[Any], str] | None = None) -> GoType:
    """*elem; text: what its String() or Error() returns."""
    out = GoType("pointer", f"*{elem.name}", elem)
    out.text = text
    return out


def struct(name: str, fields: Mapping[str, GoType], get: Callable[[Any, str], Any]) -> GoType:
    """A struct type; get(object, Go field name) gives a field's Python object."""
    out = GoType("struct", name)
    out.fields = dict(fields)
    out.get = get
    return out


def function(params: Sequence[GoType], result: GoType, call: Callable[..., Any], variadic: bool = False) -> GoFunc:
    """A GoFunc around a Python function of plain objects."""

    def wrapped(*args: Value | None) -> Value:
        return Value(result, call(*(arg.raw if arg is not None else None for arg in args)))

    return GoFunc(params, result, wrapped, variadic)


STRINGS = slice_of(STRING)


def zero(go_type: GoType) -> Value:
    """The zero value of a type."""
    raw: object = {"bool": False, "int": 0, "uint": 0, "float64": 0.0, "complex128": 0j, "string": ""}.get(go_type.kind)
    return Value(go_type, raw)


def from_python(raw: object) -> Value | None:
    """A Value for a plain Python object: str, bool, int, float, list of str, dict of str, None or a Value."""
    if raw is None or isinstance(raw, Value):
        return raw
    if isinstance(raw, bool):
        return Value(BOOL, raw)
    for python, go_type in ((str, STRING), (int, INT), (float, FLOAT64), (complex, COMPLEX128), (GoFunc, FUNC)):
        if isinstance(raw, python):
            return Value(go_type, raw)
    if isinstance(raw, (list, tuple)):
        if all(isinstance(item, str) for item in raw):
            return Value(STRINGS, list(raw))
        return Value(slice_of(ANY), [from_python(item) for item in raw])
    if isinstance(raw, dict):
        if all(isinstance(item, str) for item in raw.values()):
            return Value(map_of(STRING, STRING), raw)
        return Value(map_of(STRING, ANY), {key: from_python(item) for key, item in raw.items()})
    raise TypeError(f"no Go type is known for {type(raw).__name__}")


def indirect(value: Value | None) -> tuple[Value | None, bool]:
    """What pointers and interfaces lead to, and whether the way ended at a nil (then that nil)."""
    while value is not None and value.kind in ("pointer", "interface"):
        if value.raw is None:
            return value, True
        value = value.elem()
    return value, False


def indirect_interface(value: Value | None) -> Value | None:
    """The value inside an interface; None for a nil one."""
    return value.elem() if value is not None and value.kind == "interface" else value


def is_true(value: Value | None) -> bool:
    """Whether a value is not the zero of its type, as {{if}} has it; structs always are."""
    if value is None:
        return False
    if value.kind in ("slice", "map", "string", "bool", "int", "uint", "float64", "complex128"):
        return bool(value.raw)
    return value.kind == "struct" or value.raw is not None


def sorted_items(value: Value) -> list[tuple[Value, Value]]:
    """A map's entries by key, as Values."""
    assert value.type.key is not None and value.type.elem is not None
    keys = sorted(value.raw or {}, key=lambda k: k.encode("utf-8", "surrogateescape") if isinstance(k, str) else k)
    return [(Value(value.type.key, key), Value(value.type.elem, value.raw[key])) for key in keys]


def printable(value: Value | None) -> Value | None:
    """What is best shown of a value: what a pointer leads to, unless the pointer has its own text. None stands
    for `<no value>`; raises CallError for what cannot be printed."""
    if value is None:
        return None
    while value.kind in ("pointer", "interface") and value.raw is not None:
        if value.type.text is not None:
            return value
        if value.kind == "interface":
            return value.elem()
        inner = value.elem()
        if inner is None:
            break
        value = inner
    if value.kind == "func":
        raise CallError("func")
    return value

"""A JSON value held against a Go type, as encoding/json's Unmarshal does: what fits, and what it says of what does not.

A type is described by a shape. Names of members match whatever their case, null leaves the zero value, unknown members
are passed over; the first value that does not fit ends it. Source: encoding/json/decode.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.jsonread import Number, kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INT_END = 1 << 63


class Shape:
    """A Go type without members of its own. name: as reflect prints it. zero: its zero value."""

    def __init__(self, name: str, zero: Any) -> None:
        self.name = name
        self.zero = zero

    def read(self, value: Any, struct: str | None, path: str) -> Any:
        """The value as this type. struct, path: the innermost struct's name and the members that lead here.

        Raises ValueError.
        """
        if value is None:
            return self.zero
        if isinstance(self.zero, int) and not isinstance(self.zero, bool):
            return self._read_int(value, struct, path)
        if type(value) is not type(self.zero):
            raise self.misfit(kind(value), struct, path)
        return value

    def _read_int(self, value: Any, struct: str | None, path: str) -> int:
        if not isinstance(value, Number):
            raise self.misfit(kind(value), struct, path)
        if value.text.lstrip("-").isdigit() and -_INT_END <= int(value.text) < _INT_END:
            return int(value.text)
        raise self.misfit(f"number {value.text}", struct, path)

    def misfit(self, shown: str, struct: str | None, path: str) -> ValueError:
        """The error of a value of another kind."""
        place = f"value of type {self.name}" if struct is None else f"struct field {struct}.{path} of type {self.name}"
        return ValueError(f"json: cannot unmarshal {shown} into Go {place}")


class Slice(Shape):
    """[]T."""

    def __init__(self, of: Shape) -> None:
        super().__init__("[]" + of.name, None)
        self.of = of

    def read(self, value: Any, struct: str | None, path: str) -> Any:
        """A list; null and what is left out read as an empty one. Raises ValueError."""
        if value is not None and not isinstance(value, list):
            raise self.misfit(kind(value), struct, path)
        return [self.of.read(item, struct, path) for item in value or ()]


class Map(Shape):
    """map[string]T. name: T's, where reflect calls it otherwise."""

    def __init__(self, of: Shape | None, name: str) -> None:
        super().__init__(name, None)
        self.of = of

    def read(self, value: Any, struct: str | None, path: str) -> Any:
        """A dict; of None keeps the members as they are (json.RawMessage). Raises ValueError."""
        if value is not None and not isinstance(value, dict):
            raise self.misfit(kind(value), struct, path)
        of = self.of
        return {name: item if of is None else of.read(item, struct, path) for name, item in (value or {}).items()}


class Struct(Shape):
    """A struct. name: as reflect prints it, with its package if it has a name. members: by their JSON names."""

    def __init__(self, name: str, members: dict[str, Shape]) -> None:
        super().__init__(name, None)
        self.members = members
        self.short = "" if " " in name else name.rpartition(".")[2]

    def read(self, value: Any, struct: str | None, path: str) -> Any:
        """A dict with all members. Raises ValueError."""
        if value is not None and not isinstance(value, dict):
            raise self.misfit(kind(value), struct, path)
        found = {name: shape.read(None, None, "") for name, shape in self.members.items()}
        for key, item in (value or {}).items():
            name = key if key in self.members else self._folded(key)
            if name is not None and item is not None:
                inner = f"{path}.{name}" if path else name
                found[name] = self.members[name].read(item, self.short, inner)
        return found

    def _folded(self, key: str) -> str | None:
        for name in self.members:
            if name.casefold() == key.casefold():
                return name
        return None


STRING, BOOL, INT = Shape("string", ""), Shape("bool", False), Shape("int", 0)

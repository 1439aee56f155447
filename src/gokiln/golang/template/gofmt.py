"""Go's fmt: Sprint, Sprintln and Sprintf over template values.

Source: fmt/print.go, fmt/format.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import can_backquote, go_quote, quote_rune, quote_with
from gokiln.golang.characters import unicode_name
from gokiln.golang.template.values import Value, sorted_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_INT_VERBS = {"b": "b", "o": "o", "O": "o", "d": "d", "x": "x", "X": "X"}


def sprint(args: Sequence[Value | None]) -> str:
    """fmt.Sprint: a space between operands when neither is a string."""
    out: list[str] = []
    before_string = True
    for arg in args:
        is_string = arg is not None and arg.kind == "string"
        if out and not is_string and not before_string:
            out.append(" ")
        out.append(show(arg))
        before_string = is_string
    return "".join(out)


def sprintln(args: Sequence[Value | None]) -> str:
    """fmt.Sprintln: spaces between all, a newline at the end."""
    return " ".join(map(show, args)) + "\n"


def show(value: Value | None, depth: int = 0) -> str:
    """%v"""
    return _Printer().value(value, "v", depth)


def sprintf(form: str, args: Sequence[Value | None]) -> str:
    """fmt.Sprintf, with its complaints (%!d(string=x), %!v(MISSING), %!(EXTRA ...)) in the text."""
    out: list[str] = []
    at = used = 0
    reordered = False
    while at < len(form):
        percent = form.find("%", at)
        if percent < 0:
            out.append(form[at:])
            break
        out.append(form[at:percent])
        printer = _Printer()
        at = printer.read_flags(form, percent + 1)
        at, used, reordered, problem = printer.read_sizes(form, at, args, used, reordered)
        if at >= len(form):
            out.append(problem + "%!(NOVERB)")
            break
        verb = form[at]
        at += 1
        out.append(problem)
        if verb == "%":
            out.append("%")
        elif not printer.good_index:
            out.append(f"%!{verb}(BADINDEX)")
        elif used >= len(args):
            out.append(f"%!{verb}(MISSING)")
        else:
            out.append(printer.value(args[used], verb, 0))
            used += 1
    if not reordered and used < len(args):
        extra = (f"{a.type}={show(a)}" if a is not None else "<nil>" for a in args[used:])
        out.append("%!(EXTRA " + ", ".join(extra) + ")")
    return "".join(out)


_LARGEST = 1_000_000  # width, precision, number of an argument


class _Printer:
    """One verb's flags and sizes, and the value printed under them."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.width: int | None = None
        self.precision: int | None = None
        self.good_index = True

    def read_flags(self, form: str, at: int) -> int:
        while at < len(form) and form[at] in "#0+- ":
            self.flags.add(form[at])
            at += 1
        return at

    def read_sizes(
        self, form: str, at: int, args: Sequence[Value | None], used: int, reordered: bool
    ) -> tuple[int, int, bool, str]:
        """Read [n], width, precision: (place, next argument, whether [n] was used, complaint)."""
        problem = ""
        at, used, reordered = self._index(form, at, args, used, reordered)
        if form[at : at + 1] == "*":
            self.width, used = self._star(args, used)
            at += 1
            if self.width is None:
                problem += "%!(BADWIDTH)"
            elif self.width < 0:
                self.width = -self.width
                self.flags.add("-")
        else:
            at, self.width = _number(form, at)
        if form[at : at + 1] == ".":
            at, used, reordered = self._index(form, at + 1, args, used, reordered)
            if form[at : at + 1] == "*":
                self.precision, used = self._star(args, used)
                at += 1
                if self.precision is None or self.precision < 0:
                    self.precision = None
                    problem += "%!(BADPREC)"
            else:
                at, self.precision = _number(form, at)
                self.precision = self.precision or 0
        at, used, reordered = self._index(form, at, args, used, reordered)
        return at, used, reordered, problem

    def _index(
        self, form: str, at: int, args: Sequence[Value | None], used: int, reordered: bool
    ) -> tuple[int, int, bool]:
        if form[at : at + 1] != "[":
            return at, used, reordered
        close = form.find("]", at)
        if close < 0:
            self.good_index = False
            return at + 1, used, True
        digits = form[at + 1 : close]
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 8) or not 1 <= int(digits) <= len(args):
            self.good_index = False
            return close + 1, used, True
        return close + 1, int(digits) - 1, True

    @staticmethod
    def _star(args: Sequence[Value | None], used: int) -> tuple[int | None, int]:
        arg = args[used] if used < len(args) else None
        good = arg is not None and arg.kind in ("int", "uint") and -_LARGEST <= arg.raw <= _LARGEST
        return (arg.raw if arg is not None and good else None), used + 1

    def pad(self, text: str) -> str:
        if self.width is None or len(text) >= self.width:
            return text
        fill = "0" if "0" in self.flags and "-" not in self.flags else " "
        return text.ljust(self.width) if "-" in self.flags else text.rjust(self.width, fill)

    def bad(self, value: Value | None, verb: str) -> str:
        if value is None:
            return f"%!{verb}(<nil>)"
        return f"%!{verb}({value.type}={_Printer().value(value, 'v', 0)})"

    def value(self, value: Value | None, verb: str, depth: int) -> str:
        if value is None or (value.kind == "interface" and value.raw is None):
            return self.pad("<nil>" if verb in "Tv" else self.bad(None, verb))
        if verb == "T":
            return self.pad(value.type.name)
        if value.type.text is not None and verb in "vsxXq" and not (verb == "v" and "#" in self.flags):
            return self.pad("<nil>") if value.raw is None else self.string(value, value.type.text(value.raw), verb)
        if value.kind == "interface":
            return self.value(value.elem(), verb, depth)
        if value.kind in ("slice", "map", "struct", "pointer"):
            return self.composite(value, verb, depth)
        return self.basic(value, verb)

    def basic(self, value: Value, verb: str) -> str:
        kind, raw = value.kind, value.raw
        if kind == "string":
            return self.string(value, raw, verb)
        if kind == "bool":
            return self.pad("true" if raw else "false") if verb in "tv" else self.bad(value, verb)
        if kind in ("int", "uint"):
            return self.integer(value, raw, verb)
        if kind == "float64":
            return self.float(value, raw, verb)
        if kind == "complex128":
            plus = _Printer()
            plus.flags = self.flags | {"+"}
            plus.precision = self.precision
            return self.pad(f"({self.float(value, raw.real, verb)}{plus.float(value, raw.imag, verb)}i)")
        return self.bad(value, verb)

    def composite(self, value: Value, verb: str, depth: int) -> str:
        raw = value.raw
        if value.kind == "pointer":
            if raw is None:
                return self.pad("<nil>") if verb == "v" else f"%!{verb}({value.type}=<nil>)"
            inner = value.elem()
            if depth == 0 and inner is not None and inner.kind in ("struct", "slice", "map"):
                return "&" + self.value(inner, verb, depth + 1)
            return self.pad(f"0x{id(raw):x}")
        if value.kind == "slice":
            elem = value.type.elem
            assert elem is not None
            return "[" + " ".join(self.value(Value(elem, item), verb, depth + 1) for item in raw or ()) + "]"
        if value.kind == "map":
            items = sorted_items(value)
            return (
                "map["
                + " ".join(f"{self.value(k, verb, depth + 1)}:{self.value(v, verb, depth + 1)}" for k, v in items)
                + "]"
            )
        parts = []
        for name, go_type in value.type.fields.items():
            field = self.value(Value(go_type, value.type.get(raw, name)), verb, depth + 1)
            parts.append(f"{name}:{field}" if "+" in self.flags and verb == "v" else field)
        return "{" + " ".join(parts) + "}"

    def string(self, value: Value, text: str, verb: str) -> str:
        if verb in "vs":
            if verb == "v" and "#" in self.flags:
                return self.pad(go_quote(text))
            return self.pad(text if self.precision is None else text[: self.precision])
        if verb in "xX":
            data = text.encode("utf-8", "surrogateescape")[: self.precision]
            out = data.hex(" ") if " " in self.flags else data.hex()
            if "#" in self.flags and data:
                out = " ".join("0x" + part for part in out.split(" "))
            return self.pad(out.upper() if verb == "X" else out)
        if verb == "q":
            text = text if self.precision is None else text[: self.precision]
            if "#" in self.flags and can_backquote(text):
                return self.pad(f"`{text}`")
            return self.pad(quote_with(text, '"', ascii_only=True) if "+" in self.flags else go_quote(text))
        return self.bad(value, verb)

    def integer(self, value: Value, number: int, verb: str) -> str:
        if verb in ("c", "q", "U"):
            valid = 0 <= number <= 0x10FFFF and not 0xD800 <= number < 0xE000
            if verb == "c":
                return self.pad(chr(number) if valid else "\ufffd")
            if verb == "q":
                return self.pad(quote_rune(number))
            return self.pad(unicode_name(number) if "#" in self.flags and valid else f"U+{number:04X}")
        form = "d" if verb == "v" else _INT_VERBS.get(verb)
        if form is None:
            return self.bad(value, verb)
        if self.precision == 0 and number == 0:
            return self.pad("")
        digits = format(abs(number), form)
        prefix = "0o" if verb == "O" else ""
        if "#" in self.flags and verb in "xX":
            prefix = "0" + verb
        elif "#" in self.flags and verb in "bo":
            prefix = "0b" if verb == "b" else "0" if not digits.startswith("0") else ""
        sign = "-" if number < 0 else "+" if "+" in self.flags else " " if " " in self.flags else ""
        if self.precision is not None:
            digits = digits.rjust(self.precision, "0")
        elif "0" in self.flags and "-" not in self.flags and self.width is not None:
            digits = digits.rjust(self.width - len(sign), "0")
        plain = _Printer()
        plain.flags, plain.width = self.flags - {"0"}, self.width
        return plain.pad(sign + prefix + digits)

    def float(self, value: Value, number: float, verb: str) -> str:
        if verb not in ("v", "e", "E", "f", "F", "g", "G"):
            return self.bad(value, verb)
        if number != number or abs(number) == float("inf"):
            text = "NaN" if number != number else "Inf"
        elif verb in "vgG":
            text = shortest(abs(number)) if self.precision is None else _general(abs(number), self.precision)
            text = text.upper() if verb == "G" else text
        else:
            text = format(abs(number), f".{6 if self.precision is None else self.precision}{verb}")
        negative = number < 0 or (number == 0 and str(number).startswith("-"))
        sign = "-" if negative else "+" if "+" in self.flags or text == "Inf" else ""
        sign = sign or (" " if " " in self.flags else "")
        if "0" in self.flags and "-" not in self.flags and self.width is not None and text[0].isdecimal():
            text = text.rjust(self.width - len(sign), "0")
        return self.pad(sign + text)


def shortest(number: float) -> str:
    """strconv's shortest 'g' form, with fmt's %v exponent threshold of 21."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    figures = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(figures))
    figures = figures.rstrip("0")
    if not figures:
        return "0"
    x = point - 1
    if x < -4 or x >= 21:
        tail = figures[1:]
        return f"{figures[0]}{'.' + tail if tail else ''}e{'-' if x < 0 else '+'}{abs(x):02d}"
    if point <= 0:
        return "0." + "0" * -point + figures
    if point >= len(figures):
        return figures + "0" * (point - len(figures))
    return f"{figures[:point]}.{figures[point:]}"


def _general(number: float, precision: int) -> str:
    return format(number, f".{precision or 1}g")


def _number(form: str, at: int) -> tuple[int, int | None]:
    """(place behind a number, the number or None). One that is too large takes the rest of the form with it."""
    start = at
    while at < len(form) and "0" <= form[at] <= "9":
        if at - start > 6 and int(form[start:at]) > _LARGEST:
            return len(form), None
        at += 1
    return at, int(form[start:at]) if at > start else None

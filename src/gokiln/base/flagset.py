"""Command-line flags with the grammar and the words of Go's package flag.

`-f`, `--f`, `-f=v`, `-f v`; a boolean flag takes a value only after `=`; parsing stops at the first argument that
is not a flag, or after `--`. A flag's value lives in an attribute of a plain object, which keeps the settings in
one typed place (config.buildflags.BuildFlags) and this module ignorant of what they mean.

Errors carry the whole text that package flag and base.Command.Usage print: the problem, then
`usage: go build ...` and `Run 'go help build' for details.`, exit status 2.
Source: flag/flag.go; cmd/go/internal/base/{flag,goflags,base}.go, go1.26.
"""

from __future__ import annotations

from gokiln.base import quoted
from gokiln.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")
_INT_MAX = 1 << 63
Index = int  # FlagSet has a method of that name


def parse_bool(text: str) -> bool:
    """strconv.ParseBool. Raises ValueError("parse error")."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError("parse error")


def parse_int(text: str) -> int:
    """strconv.ParseInt(text, 0, 64). Raises ValueError("parse error") or ValueError("value out of range")."""
    body = text[1:] if text[:1] in ("+", "-") else text
    base, digits = 10, body
    prefix = body[:2].lower()
    if prefix in ("0x", "0b", "0o"):
        base, digits = {"0x": 16, "0b": 2, "0o": 8}[prefix], body[2:]
    elif len(body) > 1 and body[0] == "0":
        base, digits = 8, body[1:]
    # An underscore separates digits, or follows the prefix that names the base ("0" is one, and a digit too).
    if "_" in digits and (digits.endswith("_") or "__" in digits or (digits[0] == "_" and base == 10)):
        raise ValueError("parse error")
    plain = digits.replace("_", "")
    if not plain.isascii() or not plain.isalnum():
        raise ValueError("parse error")
    try:
        value = int(plain, base)
    except ValueError:
        raise ValueError("parse error") from None
    if text.startswith("-"):
        value = -value
    if not -_INT_MAX <= value < _INT_MAX:
        raise ValueError("value out of range")
    return value


class Flag:
    """One flag: `set` takes the text and raises ValueError with package flag's reason."""

    __slots__ = ("is_bool", "name", "set")

    def __init__(self, name: str, set_: Callable[[str], None], is_bool: bool) -> None:
        self.name = name
        self.set = set_
        self.is_bool = is_bool


class FlagSet:
    """The flags of one command.

    usage_line: as in `go help`, e.g. "go build [-o output] [build flags] [packages]"; the words before the first
    flag name the command. usage_more: lines after the usual two, each with a newline before it. seen: names set so
    far, by GOFLAGS or the command line, in order of first setting.
    """

    __slots__ = ("flags", "seen", "usage_line", "usage_more")

    def __init__(self, usage_line: str) -> None:
        self.usage_line = usage_line
        self.usage_more = ""
        self.flags: dict[str, Flag] = {}
        self.seen: dict[str, None] = {}

    def func(self, name: str, set_: Callable[[str], None], *, is_bool: bool = False) -> None:
        """Define a flag whose text goes to `set_`, which raises ValueError(reason) to refuse it."""
        self.flags[name] = Flag(name, set_, is_bool)

    def bool(self, name: str, target: object, attr: str) -> None:
        """Define a boolean flag kept in target.attr, which holds the default already."""
        self.func(name, lambda text: setattr(target, attr, parse_bool(text)), is_bool=True)

    def string(self, name: str, target: object, attr: str) -> None:
        """Define a string flag kept in target.attr."""
        self.func(name, lambda text: setattr(target, attr, text))

    def int(self, name: str, target: object, attr: str) -> None:
        """Define an integer flag kept in target.attr."""
        self.func(name, lambda text: setattr(target, attr, parse_int(text)))

    def strings(self, name: str, target: object, attr: str) -> None:
        """Define a flag that takes a list of words, quoted where needed (base.StringsFlag)."""
        self.func(name, lambda text: setattr(target, attr, quoted.split(text)))

    def lookup(self, name: str) -> Flag | None:
        """The flag of that name, without dashes."""
        return self.flags.get(name)

    def set(self, name: str, text: str) -> None:
        """Set a flag as if it were given. Raises ValueError with the reason, KeyError for an unknown name."""
        self.flags[name].set(text)
        self.seen[name] = None

    def long_name(self) -> str:
        """The words between "go" and the first flag or argument: "build", "mod download"."""
        name = self.usage_line.split(" [", 1)[0]
        return "" if name == "go" else name.removeprefix("go ")

    def usage(self) -> str:
        """The two lines of base.Command.Usage."""
        return f"usage: {self.usage_line}\nRun 'go help {self.long_name()}' for details.{self.usage_more}"

    def usage_error(self, problem: str = "") -> UsageError:
        """The error that prints `problem`, then the usage lines."""
        return UsageError(f"{problem}\n{self.usage()}" if problem else self.usage())

    def parse(self, args: Sequence[str], note: Callable[[str, list[str]], None] | None = None) -> list[str]:
        """Set what `args` give and return what follows the flags. Raises UsageError.

        note: told of each flag, by its name and the words (one or two) that gave it. With it what cannot be a flag
        (`-=x`) ends the flags.
        """
        rest = list(args)
        at = 0
        while at < len(rest):
            arg = rest[at]
            if len(arg) < 2 or arg[0] != "-":
                break
            if arg == "--":
                at += 1
                break
            if note is not None:
                # cmd/go/internal/cmdflag, which reads the flags of vet and fix, is not as strict as package flag.
                name = arg[2:] if arg.startswith("--") else arg[1:]
                if not name or name[0] in "-=":
                    break
                if name == "?":
                    raise self.usage_error()
            after = self.parse_one(rest, at)
            if note is not None:
                note(_cut(arg.lstrip("-"))[0], rest[at:after])
            at = after
        return rest[at:]

    def parse_one(self, args: list[str], at: Index) -> Index:
        """Take the flag at args[at], and its value; returns the index of what comes next. Raises UsageError."""
        arg = args[at]
        name = arg[2:] if arg.startswith("--") else arg[1:]
        if not name or name[0] in "-=":
            raise self.usage_error(f"bad flag syntax: {arg}")
        name, has_value, text = _cut(name)
        flag = self.flags.get(name)
        if flag is None:
            if name in ("help", "h"):
                raise self.usage_error()
            raise self.usage_error(f"flag provided but not defined: -{name}")
        at += 1
        if not flag.is_bool and not has_value:
            if at >= len(args):
                raise self.usage_error(f"flag needs an argument: -{name}")
            text, has_value = args[at], True
            at += 1
        try:
            flag.set(text if has_value else "true")
        except ValueError as err:
            raise self.usage_error(_refused(flag, text, has_value, str(err))) from None
        self.seen[name] = None
        return at


def _cut(name: str) -> tuple[str, bool, str]:
    head, equals, text = name.partition("=")
    return head, bool(equals), text


def _refused(flag: Flag, text: str, has_value: bool, reason: str) -> str:
    from gokiln.base.quote import go_quote

    if not flag.is_bool:
        return f"invalid value {go_quote(text)} for flag -{flag.name}: {reason}"
    if has_value:
        return f"invalid boolean value {go_quote(text)} for -{flag.name}: {reason}"
    return f"invalid boolean flag {flag.name}: {reason}"


def goflag_names(goflags: Sequence[str]) -> Iterator[tuple[str, bool, str]]:
    """(name without dashes, whether a value follows, value) of each well-formed word of GOFLAGS."""
    for word in goflags:
        dashed, has_value, text = _cut(word)
        if not dashed.startswith("-"):
            continue
        name = dashed[2:] if dashed.startswith("--") else dashed[1:]
        if name:
            yield name, has_value, text


def set_from_goflags(flags: FlagSet, goflags: Sequence[str], where: str = "$GOFLAGS") -> None:
    """Set what GOFLAGS gives and this command knows; the rest is for other commands (base.SetFromGOFLAGS).

    goflags: the words, already checked. Raises UsageError in the go command's words.
    """
    from gokiln.base.quote import go_quote

    for name, has_value, text in goflag_names(goflags):
        flag = flags.lookup(name)
        if flag is None:
            continue
        if not flag.is_bool and not has_value:
            raise flags.usage_error(f"go: flag needs an argument: -{name} (from {where})")
        try:
            flags.set(name, text if has_value or not flag.is_bool else "true")
        except ValueError as err:
            if not flag.is_bool:
                problem = f"go: invalid value {go_quote(text)} for flag -{name} (from {where}): {err}"
            elif has_value:
                problem = f"go: invalid boolean value {go_quote(text)} for flag -{name} (from {where}): {err}"
            else:
                problem = f"go: invalid boolean flag -{name} (from {where}): {err}"
            raise flags.usage_error(problem) from None

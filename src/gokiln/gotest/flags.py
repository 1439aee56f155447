"""The flags of `go test`: which are its own, which go to the test program, and the words that program gets.

A flag that go test does not know goes to the test program too, with everything after it that could be its value;
`-args` hands over the rest. Packages are the first run of words that are no flags.

Source: cmd/go/internal/test/testflag.go, flagdefs.go, cmd/go/internal/cmdflag/flag.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.atoi import atoi
from gokiln.base.flagset import parse_bool, parse_int
from gokiln.base.quote import go_quote
from gokiln.errors import UsageError
from gokiln.golang.duration import format_duration, parse_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.base.flagset import FlagSet
    from gokiln.config.buildflags import BuildFlags

USAGE = "go test [build/test flags] [packages] [build/test flags & test binary flags]"
_USAGE_LINES = f"usage: {USAGE}\nRun 'go help test' and 'go help testflag' for details."

# Handed to the test program as -test.<name>; kind: how the value is read and printed.
_PASSED = {
    **dict.fromkeys(("artifacts", "benchmem", "failfast", "fullpath", "short"), "bool"),
    **dict.fromkeys(("count", "parallel"), "int"),
    **dict.fromkeys(
        (
            *("bench", "benchtime", "blockprofile", "blockprofilerate", "coverprofile", "cpu", "cpuprofile", "fuzz"),
            *("fuzzminimizetime", "fuzztime", "list", "memprofile", "memprofilerate", "mutexprofile"),
            *("mutexprofilefraction", "run", "skip", "trace"),
        ),
        "string",
    ),
    "timeout": "duration",
    "outputdir": "outputdir",
    "shuffle": "shuffle",
    "v": "v",
}
_SINCE = {"artifacts": 26}  # minor release that brought a flag

_ANALYZERS = frozenset(
    (
        "appends asmdecl assign atomic bool bools buildtag buildtags cgocall composites copylocks defers directive"
        " errorsas framepointer hostport httpresponse ifaceassert loopclosure lostcancel methods nilfunc printf"
        " rangeloops shift sigchanyzer slog stdmethods stdversion stringintconv structtag testinggoroutine tests"
        " timeformat unmarshal unreachable unsafeptr unusedresult waitgroup"
    ).split()
)
_VET_DEFAULT = "atomic bool buildtags directive errorsas ifaceassert nilfunc printf slog stringintconv tests"
_VET_DEFAULT_27 = (
    "atomic bools buildtag directive errorsas ifaceassert nilfunc printf slog stdversion stringintconv tests"
)
_DEFAULT_TIMEOUT = 600_000_000_000  # ns
_PROFILES = ("blockprofile", "cpuprofile", "memprofile", "mutexprofile", "trace")


class VetChoice:
    """-vet: off, or the analyzers to ask for (none: all), and whether the user said so."""

    __slots__ = ("_minor", "explicit", "flags", "off")

    def __init__(self, minor: int) -> None:
        self._minor = minor
        self._reset()

    def _reset(self) -> None:
        self.explicit = False
        self.off = False
        self.flags = default_vet_flags(self._minor)

    def set(self, text: str) -> None:
        """Raises ValueError with the go command's reason."""
        if not text:
            self._reset()
            return
        if "=" in text:
            raise ValueError("-vet argument cannot contain equal signs")
        if " " in text:
            raise ValueError("-vet argument is comma-separated list, cannot contain spaces")
        self.explicit, self.off, self.flags = True, False, []
        single = ""
        for word in text.split(","):
            if not word:
                raise ValueError("-vet argument contains empty list element")
            if word in ("all", "off"):
                single, self.off, self.flags = word, word == "off", []
            elif word not in _ANALYZERS:
                raise ValueError(f"-vet argument must be a supported analyzer or a distinguished value; found {word}")
            else:
                self.flags.append("-" + word)
        if len(self.flags) > 1 and single:
            raise ValueError(f"-vet does not accept {go_quote(single)} in a list with other analyzers")


def default_vet_flags(minor: int) -> list[str]:
    """The analyzers that run with every test. minor: 26 for go1.26."""
    return ["-" + name for name in (_VET_DEFAULT_27 if minor >= 27 else _VET_DEFAULT).split()]


class TestFlags:
    """What the command line of `go test` says.

    package_args: the packages, as written; None when none were given before the first flag that go test does not
    know (then it tests the working directory). test_args: the words for the test program. values: the text of every
    passed flag that was set, by its name without dashes and "test.". quiet_v: -v is set for reports, not for the user.
    """

    __test__ = False

    def __init__(self, cwd: str) -> None:
        self.cwd = cwd
        self.minor = 26
        self.c = False
        self.o = ""
        self.exec: list[str] = []
        self.json = False
        self.vet = VetChoice(self.minor)
        self.values: dict[str, str] = {}
        self.timeout = _DEFAULT_TIMEOUT
        self.v_json = False
        self.quiet_v = False
        self.help = False
        self.package_args: list[str] = []
        self.test_args: list[str] = []

    # --- single values ---

    def text(self, name: str) -> str:
        """The value of a passed string flag, "" when not set."""
        return self.values.get(name, "")

    def on(self, name: str) -> bool:
        """Whether a passed boolean flag is set to true."""
        return self.values.get(name) in ("true", "test2json")

    @property
    def output_dir(self) -> str:
        """Where profiles go (absolute)."""
        return self.values.get("outputdir") or self.cwd

    @property
    def profile(self) -> str:
        """A flag that asks for a profile of one package, with its dash; "" for none."""
        return next(("-" + name for name in _PROFILES if self.text(name)), "")

    @property
    def needs_binary(self) -> bool:
        """Whether the test program is to be kept."""
        return bool(self.o) or any(self.text(name) for name in _PROFILES if name != "trace")

    @property
    def show_pass(self) -> bool:
        """Whether the output of a test that passes is shown."""
        return (self.on("v") and not self.quiet_v) or bool(self.text("list")) or self.help

    def wants_v(self, words: Sequence[str]) -> bool:
        """Whether a command line (or GOFLAGS, which are set already) asks for the output of every test."""
        asked = any(w.lstrip("-").partition("=")[0] in ("v", "test.v", "json") for w in words if w.startswith("-"))
        return asked or self.on("v") or self.json

    def set_profile(self, path: str) -> None:
        """Ask the test programs for a coverage profile, as -coverprofile does."""
        self.values["coverprofile"] = path
        self.test_args.append("-test.coverprofile=" + path)

    # --- defining ---

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the command's own flags and those that are passed on."""
        self.minor = flags.minor
        self.vet = VetChoice(self.minor)
        flagset.bool("c", self, "c")
        flagset.string("o", self, "o")
        flagset.strings("exec", self, "exec")
        flagset.bool("json", self, "json")
        flagset.func("vet", lambda text: self.vet.set(text))
        for name, kind in _PASSED.items():
            if self.minor < _SINCE.get(name, 0):
                continue
            set_ = self._setter(name, kind, flags)
            for spelling in (name, "test." + name):
                flagset.func(spelling, set_, is_bool=kind in ("bool", "v"))

    def _setter(self, name: str, kind: str, flags: BuildFlags) -> Callable[[str], None]:
        def set_(text: str) -> None:
            self.values[name] = self._canonical(kind, text)
            if name == "coverprofile":
                flags.cover = True

        return set_

    def _canonical(self, kind: str, text: str) -> str:
        """The value as the test program gets it. Raises ValueError with package flag's reason."""
        if kind == "bool":
            return "true" if parse_bool(text) else "false"
        if kind == "int":
            return str(parse_int(text))
        if kind == "duration":
            self.timeout = parse_duration(text)
            return format_duration(self.timeout)
        if kind == "outputdir":
            return os.path.normpath(os.path.join(self.cwd, text)) if text else ""
        if kind == "shuffle":
            return _shuffle(text)
        if kind == "v":
            return self._verbose(text)
        return text

    def _verbose(self, text: str) -> str:
        self.v_json = text == "test2json"
        if self.v_json:
            return text
        try:
            return "true" if parse_bool(text) else "false"
        except ValueError:
            raise ValueError(f"invalid flag -test.v={text}") from None

    # --- reading the command line ---

    def parse(self, flagset: FlagSet, args: Sequence[str]) -> list[str]:
        """Read the command line (GOFLAGS are set already); returns the package arguments. Raises UsageError."""
        from_goflags = dict.fromkeys(self.values)
        reader = _Reader(self, flagset, from_goflags)
        reader.read(list(args))
        if reader.unknown and self.c:
            raise UsageError(f"go: unknown flag {reader.unknown} cannot be used with -c\n{_USAGE_LINES}")
        injected = self._injected(from_goflags)
        for arg in reader.explicit:
            if arg == "--":
                break
            if arg in ("-h", "-help", "--help"):
                self.help = True
                break
        self.package_args = reader.packages or []
        self.test_args = [*injected, *reader.explicit]
        return self.package_args

    def _injected(self, from_goflags: dict[str, None]) -> list[str]:
        """Words that the test program gets without anybody having written them on the command line."""
        words: list[str] = []
        if self.json:
            # More marks in the output, from which the conversion to JSON profits.
            words.append("-test.v=test2json")
            from_goflags.pop("v", None)
        words += [f"-test.{name}={self.values[name]}" for name in sorted(from_goflags)]
        if self.timeout > 0 and "timeout" not in self.values:
            words.append(f"-test.timeout={format_duration(self.timeout)}")
        if (self.profile or self.on("artifacts")) and "outputdir" not in self.values:
            words.append("-test.outputdir=" + self.output_dir)
        return words


def _shuffle(text: str) -> str:
    if text in ("off", "on"):
        return text
    try:
        return str(atoi(text))
    except ValueError as err:
        raise ValueError(f'-shuffle argument must be "on", "off", or an int64: strconv.ParseInt: {err}') from None


class _Reader:
    """One pass over the command line. explicit: words for the test program; unknown: the first flag not known."""

    def __init__(self, owner: TestFlags, flagset: FlagSet, from_goflags: dict[str, None]) -> None:
        self.owner = owner
        self.flagset = flagset
        self.from_goflags = from_goflags
        self.explicit: list[str] = []
        self.packages: list[str] | None = None
        self.unknown = ""
        self.in_list = False
        self.after_bare_flag = False

    def read(self, args: list[str]) -> None:
        """Raises UsageError."""
        while args:
            after_bare, self.after_bare_flag = self.after_bare_flag, False
            raw = args[0]
            arg = raw[1:] if raw.startswith("--") and raw != "--" else raw
            if raw == "--":
                self.explicit += args
                return
            if arg in ("-?", "-h", "-help"):
                raise UsageError(_USAGE_LINES)
            if len(arg) < 2 or arg[0] != "-" or arg[1] in "-=":
                if not self.in_list and self.packages is not None:
                    if not after_bare:
                        self.explicit += args
                        return
                    self.explicit.append(raw)  # perhaps the value of the flag before it
                else:
                    self.in_list = True
                    self.packages = [*(self.packages or []), raw]
                args = args[1:]
                continue
            self.in_list = False
            rest = self._flag(raw, arg, args[1:])
            if rest is None:
                return
            args = rest

    def _flag(self, raw: str, arg: str, args: list[str]) -> list[str] | None:
        """Take a flag; returns what follows it, None when everything has been taken."""
        name, has_value, value = _cut(arg[1:])
        flag = self.flagset.lookup(name)
        if flag is None:
            self.packages = [] if self.packages is None else self.packages
            if raw in ("-args", "--args"):
                self.explicit += args
                return None
            self.unknown = self.unknown or raw
            self.explicit.append(raw)
            self.after_bare_flag = not has_value
            return args
        if flag.is_bool:
            text = value if has_value else "true"
        elif has_value:
            text = value
        elif args:
            text, args = args[0], args[1:]
        else:
            raise UsageError(f"flag needs an argument: -{name}\n{_USAGE_LINES}")
        try:
            self.flagset.set(name, text)
        except ValueError as err:
            raise UsageError(f"{_refused(name, text, flag.is_bool, has_value)}: {err}\n{_USAGE_LINES}") from None
        short = name.removeprefix("test.")
        if short in _PASSED:
            self.explicit.append(f"-test.{short}={self.owner.values[short]}")
            self.from_goflags.pop(short, None)
        return args


def _refused(name: str, text: str, is_bool: bool, has_value: bool) -> str:
    if not is_bool:
        return f"invalid value {go_quote(text)} for flag -{name}"
    return f"invalid boolean value {go_quote(text)} for -{name}" if has_value else f"invalid boolean flag {name}"


def _cut(text: str) -> tuple[str, bool, str]:
    name, equals, value = text.partition("=")
    return name, bool(equals), value

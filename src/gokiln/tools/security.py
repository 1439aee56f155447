"""Which compiler, linker and pkg-config flags a package may ask for.

A `#cgo` line comes from whoever wrote the package, so `-fplugin=x.so` there would run x.so on the builder's machine.
cmd/go therefore lets through only flags that are known to be harmless, and so do we. The lists differ from release to
release and are security fixes in themselves, so they are not copied here: they are read from the source of the
toolchain in use (GOROOT/src/cmd/go/internal/work/security.go) and are that release's own.

Pure but for the one read of that file: `AllowLists.parse` takes its text, the checks take lists of flags.
"""

from __future__ import annotations

import re

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LIST = re.compile(
    r"^var (valid|invalid)(Compiler|Linker|PkgConfig)Flags(WithNextArg)? = "
    r"\[\](?:\*lazyregexp\.Regexp|string)\{\n(.*?)^\}",
    re.M | re.S,
)
_PATTERN = re.compile(r"re\(`([^`]*)`\)")
_STRING = re.compile(r'^\t"([^"]*)",', re.M)
_ADVICE = re.compile(r'"(invalid flag in %s: %s(?: %s| without argument)?(?: \(see [^)]*\))?)"')


class InvalidFlagError(GokilnError):
    """A flag that is not on the allow-list; the message is cmd/go's."""


class AllowListsMissingError(GokilnError):
    """The toolchain's source has no allow-lists we can read, so nothing can be allowed."""


class FlagRules:
    """The rules for one kind of flag: whole-match patterns, and flags that take the next argument."""

    __slots__ = ("invalid", "next_arg", "valid")

    def __init__(self) -> None:
        self.valid: list[str] = []
        self.invalid: list[str] = []
        self.next_arg: frozenset[str] = frozenset()


class AllowLists:
    """The allow-lists of one toolchain. messages: how that release words a refusal, by number of %s."""

    __slots__ = ("_compiled", "bare", "compiler", "linker", "no_argument", "pkg_config", "with_next")

    def __init__(self) -> None:
        self.compiler = FlagRules()
        self.linker = FlagRules()
        self.pkg_config = FlagRules()
        self.bare = self.with_next = self.no_argument = ""
        self._compiled: dict[str, re.Pattern[str]] = {}

    @classmethod
    def parse(cls, text: str) -> AllowLists:
        """The lists in the text of security.go. Raises AllowListsMissingError when they are not found there."""
        lists = cls()
        kinds = {"Compiler": lists.compiler, "Linker": lists.linker, "PkgConfig": lists.pkg_config}
        for polarity, kind, next_arg, body in _LIST.findall(text):
            rules = kinds[kind]
            code = "\n".join(line for line in body.split("\n") if not line.lstrip().startswith("//"))
            if next_arg:
                rules.next_arg = frozenset(_STRING.findall(code))
            elif polarity == "valid":
                rules.valid = _PATTERN.findall(code)
            else:
                rules.invalid = _PATTERN.findall(code)
        for message in _ADVICE.findall(text):
            if "without argument" in message:
                lists.no_argument = message
            elif message.count("%s") == 3:
                lists.with_next = message
            else:
                lists.bare = message
        if not (lists.compiler.valid and lists.linker.valid and lists.compiler.next_arg and lists.bare):
            raise AllowListsMissingError(
                "no allow-lists of cgo flags in GOROOT/src/cmd/go/internal/work/security.go",
                hint="use a GOROOT with its sources, or set CGO_ENABLED=0",
            )
        return lists

    def whole_match(self, pattern: str, arg: str) -> bool:
        """Whether Go's FindString(arg) would be all of arg; `$` means the end of the text, digits are ASCII."""
        compiled = self._compiled.get(pattern)
        if compiled is None:
            compiled = self._compiled[pattern] = re.compile(pattern.replace("$)", r"\Z)"), re.ASCII)
        found = compiled.search(arg)
        return found is not None and found.group() == arg


def safe_arg(name: str) -> bool:
    """Whether a name can stand as an argument of its own without being read as a flag or an @file (load.SafeArg)."""
    return bool(name) and (name[0] in "._/" or name[0] >= "\x80" or (name[0].isascii() and name[0].isalnum()))


def _override(name: str, which: str, getenv: Callable[[str], str]) -> re.Pattern[str] | None:
    text = getenv(f"CGO_{name}_{which}")
    if not text:
        return None
    from gokiln.golang.charclass import RegexpError
    from gokiln.golang.goregexp import compile_go

    try:
        return compile_go(text)
    except RegexpError as err:
        raise InvalidFlagError(f"parsing $CGO_{name}_{which}: {err}") from err


def _whole(pattern: re.Pattern[str] | None, arg: str) -> bool:
    found = pattern.search(arg) if pattern is not None else None
    return found is not None and found.group() == arg


def _pushed_state(lists: AllowLists, rules: FlagRules, arg: str) -> bool:
    """-Wl,--push-state,--as-needed: every part must be allowed as a -Wl flag by itself."""
    for part in arg.split(",")[1:]:
        alone = "-Wl," + part
        if not any(lists.whole_match(p, alone) for p in rules.valid):
            return False
        if any(lists.whole_match(p, alone) for p in rules.invalid):
            return False
    return True


def _takes_next(arg: str, following: str) -> bool:
    """Whether `arg`, a flag that wants an argument, may have `following` as its argument."""
    if safe_arg(following):
        return True
    if arg.startswith("-Wl,") and following.startswith("-Wl,"):
        return safe_arg(following[4:]) and "," not in following[4:]
    return arg == "-I" and following.startswith(("=", "$SYSROOT")) and safe_arg(following[1:])


def check_flags(
    lists: AllowLists, rules: FlagRules, source: str, flags: Sequence[str], allow: re.Pattern[str] | None = None,
    disallow: re.Pattern[str] | None = None,
) -> None:  # fmt: skip
    """Raise InvalidFlagError at the first of `flags` that is not allowed (work/security.go checkFlags, go1.26).

    source names where the flags come from ("#cgo CFLAGS"); allow and disallow are the user's own patterns.
    """
    i = 0
    while i < len(flags):
        arg = flags[i]
        i += 1
        if _whole(disallow, arg):
            raise InvalidFlagError(lists.bare % (source, arg))
        if _whole(allow, arg):
            continue
        if any(lists.whole_match(p, arg) for p in rules.invalid):
            raise InvalidFlagError(lists.bare % (source, arg))
        if any(lists.whole_match(p, arg) for p in rules.valid):
            continue
        if arg.startswith("-Wl,--push-state,") and _pushed_state(lists, rules, arg):
            continue
        if arg not in rules.next_arg:
            raise InvalidFlagError(lists.bare % (source, arg))
        if i == len(flags):
            raise InvalidFlagError(lists.no_argument % (source, arg))
        if not _takes_next(arg, flags[i]):
            raise InvalidFlagError(lists.with_next % (source, arg, flags[i]))
        i += 1


class FlagChecker:
    """The checks as cmd/go calls them. getenv: value of an environment variable or go env setting, "" when unset."""

    __slots__ = ("_getenv", "_lists")

    def __init__(self, lists: AllowLists, getenv: Callable[[str], str]) -> None:
        self._lists = lists
        self._getenv = getenv

    def _check(self, rules: FlagRules, name: str, source: str, flags: Sequence[str]) -> None:
        allow = _override(name, "ALLOW", self._getenv)
        disallow = _override(name, "DISALLOW", self._getenv)
        check_flags(self._lists, rules, source, flags, allow, disallow)

    def compiler(self, name: str, source: str, flags: Sequence[str]) -> None:
        """Flags for cc, c++, fortran. name: "CFLAGS" etc., of the user's CGO_<name>_ALLOW."""
        self._check(self._lists.compiler, name, source, flags)

    def linker(self, name: str, source: str, flags: Sequence[str]) -> None:
        """Flags for the linker."""
        self._check(self._lists.linker, name, source, flags)

    def pkg_config(self, name: str, source: str, flags: Sequence[str]) -> None:
        """Flags for pkg-config itself; releases without that list (before go1.25.6) let them pass as they did."""
        del name
        if self._lists.pkg_config.valid:
            check_flags(self._lists, self._lists.pkg_config, source, flags)

    def internal_link_ok(self, flags: Sequence[str], linker: bool, release: tuple[int, int]) -> bool:
        """Whether the internal linker can be trusted with what these flags make (checkCompilerFlagsForInternalLink).

        linker: the flags are linker flags (checked so from go1.27 on). release: the toolchain's (1, minor).
        """
        static = release >= (1, 27)
        if linker and not static:
            return True
        try:
            check_flags(self._lists, self._lists.linker if linker else self._lists.compiler, "", flags)
        except InvalidFlagError:
            return False
        if not linker and any(f.startswith("-flto") for f in flags):
            return False
        bad = {"-static", "--static"} | ({"-Wl,-static", "-Wl,--static", "-Wl,-Bstatic"} if linker else set())
        return not (static and any(f in bad for f in flags))

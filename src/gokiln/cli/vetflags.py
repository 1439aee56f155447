"""The command lines of vet and fix: build flags, and every flag that the analysis tool says it has.

The tool is asked first (`vet -flags` prints its flags as JSON); a flag it knows is handed to it as written. Flags it
gets from GOFLAGS come before those, unless the command line gives them too.

Source: cmd/go/internal/vet/vetflag.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.flagset import parse_bool
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.base.flagset import FlagSet
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.environ import GoEnv


class ToolFlagsError(PlainError):
    """The analysis tool is not there or does not say what flags it has. Exit status 2."""

    exit_status = 2


class NoFlagsError(ToolFlagsError):
    """What the analysis tool says of its flags cannot be read: the one message that cmd/go ends no line after."""

    end = ""


class VetFlags:
    """What the command line of `vet` or `fix` says.

    command: "vet" or "fix". tool: the analysis program. to_tool: the words for it. fix: -fix (vet), and old_fix the
    value of the obsolete -fix of fix. diff, json: asked for. context: lines around a diagnostic, -1 for none.
    """

    def __init__(self, command: str, args: Sequence[str], env: GoEnv, minor: int) -> None:
        self.command = command
        self.minor = minor
        self.fix = False
        self.old_fix = ""
        self.diff = False
        self.json = False
        self.context = -1
        self.to_tool: list[str] = []
        self.named_tool = find_tool_flag(args, command + "tool")
        self.tool = os.path.normpath(os.path.join(env.cwd, self.named_tool)) if self.named_tool else ""
        if not self.tool:
            self.tool = env.toolchain.tool(command)
            if not os.path.exists(self.tool) and not any(a.startswith(("-toolexec", "--toolexec")) for a in args):
                raise ToolFlagsError(f'go: no such tool "{command}"')
        self._theirs: dict[str, bool] = {}  # name -> whether it is boolean
        self._values: dict[str, str] = {}
        self._env = env
        self._build: BuildFlags | None = None
        self._given_tool = ""  # read before, by find_tool_flag

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the command's own flags and the tool's."""
        self._build = flags
        flagset.string(self.command + "tool", self, "_given_tool")
        if self.minor >= 26:
            flagset.bool("diff", self, "diff")
            flagset.bool("json", self, "json")
            flagset.int("c", self, "context")
            if self.command == "vet":
                flagset.bool("fix", self, "fix")
            else:
                flagset.string("fix", self, "old_fix")
        for name, is_bool in ask_for_flags(self.tool, self._env, self.minor):
            if name == "c" and self.minor >= 26:
                continue  # lines of context are shown here, not by the tool
            self._theirs[name] = is_bool
            if flagset.lookup(name) is None:
                flagset.func(name, self._setter(name, is_bool), is_bool=is_bool)

    def _setter(self, name: str, is_bool: bool) -> Callable[[str], None]:
        def set_(text: str) -> None:
            self._values[name] = ("true" if parse_bool(text) else "false") if is_bool else text

        return set_

    def parse(self, flagset: FlagSet, args: Sequence[str]) -> list[str]:
        """Read the command line after GOFLAGS; returns the packages. Raises UsageError."""
        from_goflags = {name: self._shown(name) for name in flagset.seen if name in self._theirs}
        explicit: list[str] = []
        tool = self.named_tool or f"go tool {self.command}"
        flagset.usage_more = (  # not said of GOFLAGS
            f"\nRun '{tool} help' for a full list of flags and analyzers.\nRun '{tool} -help' for an overview."
        )

        def note(name: str, words: list[str]) -> None:
            if name in self._theirs:
                explicit.extend(words)
                from_goflags.pop(name, None)

        packages = flagset.parse(args, note)
        self.to_tool = [f"-{name}={from_goflags[name]}" for name in sorted(from_goflags)] + explicit
        return packages

    def _shown(self, name: str) -> str:
        """The value of a flag as package flag prints it, of a build flag that the tool has too as well."""
        if name in self._values:
            return self._values[name]
        if name == "tags":
            return "<TagsFlag>"  # all that cmd/go's type of it ever says of itself
        own = {"diff": self.diff, "json": self.json, "fix": self.fix}
        return "true" if own.get(name, getattr(self._build, name, False)) is True else "false"


def find_tool_flag(args: Sequence[str], name: str) -> str:
    """The value of -vettool (name "vettool"), "" when it is not given: needed before flags can be read.

    Raises PlainError when the value is missing.
    """
    for number, arg in enumerate(args):
        if arg in ("-" + name, "--" + name):
            if number + 1 >= len(args):
                raise PlainError(f"{arg} requires a filename")
            return args[number + 1]
        if arg.startswith(("-" + name + "=", "--" + name + "=")):
            return arg.partition("=")[2]
    return ""


def ask_for_flags(tool: str, env: GoEnv, minor: int) -> list[tuple[str, bool]]:
    """(name, whether it is boolean) of each flag of an analysis tool. Raises ToolFlagsError."""
    import subprocess

    from gokiln.base.jsonread import Number, load
    from gokiln.base.jsontype import BOOL, STRING, Slice, Struct
    from gokiln.base.oserror import path_error
    from gokiln.base.spawn import Completed

    words = f"{tool} -flags failed" if minor >= 26 else f"can't execute {tool} -flags"
    try:
        done = subprocess.run(
            [tool, "-flags"], env=env.child_environ(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except OSError as err:
        raise ToolFlagsError(f"go: {words}: {path_error('fork/exec', tool, err)}") from err
    if done.returncode:
        raise ToolFlagsError(f"go: {words}: {Completed(b'', done.returncode).problem()}")
    told = Struct("struct { Name string; Bool bool; Usage string }", {"Name": STRING, "Bool": BOOL, "Usage": STRING})
    try:
        found = Slice(told).read(load(done.stdout, number=Number), None, "")
    except ValueError as err:
        raise NoFlagsError(f"go: can't unmarshal JSON from {tool} -flags: {err}") from err
    return [(item["Name"], item["Bool"]) for item in found]

"""Which toolchain GOTOOLCHAIN and the go.mod in sight ask for: a pure decision.

gokiln runs with the toolchain it found. When the go command would run another one (GOTOOLCHAIN names it, or `auto`
meets a newer go or toolchain line), the decision says which, and ToolchainSwitchError carries it: whoever can run
another toolchain catches that; without one it ends the command.
Source: Select and modGoToolchain in cmd/go/internal/toolchain/select.go, GoModLookup in cmd/go/internal/gover/
mod.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.shortpath import short_path
from gokiln.config.modroot import find_go_work, find_module_root
from gokiln.errors import GokilnError, NotYetError
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.config.environ import GoEnv


class ToolchainError(GokilnError):
    """GOTOOLCHAIN, or a toolchain line, is nonsense."""


class ToolchainSwitchError(NotYetError):
    """Another toolchain has to run this command. decision: which, and why."""

    def __init__(self, decision: Decision, local: str) -> None:
        self.decision = decision
        startup = decision.startup
        what = "GOTOOLCHAIN=" + startup.gotoolchain
        if startup.auto_go_version:
            what = f"{startup.auto_file} requires go >= {startup.auto_go_version}"
        elif startup.auto_toolchain:
            what = f"{startup.auto_file} asks for toolchain {startup.auto_toolchain}"
        super().__init__(
            f"{what} (running {local}), and gokiln does not switch to toolchain {decision.toolchain} by itself yet",
            hint=f"set GOROOT to a Go {decision.toolchain.removeprefix('go')} toolchain",
        )


class Decision:
    """toolchain: "local", or the name of the one to run. path_only: never download. startup: for later messages."""

    __slots__ = ("path_only", "startup", "toolchain")

    def __init__(self, toolchain: str, startup: gover.Startup, path_only: bool = False) -> None:
        self.toolchain = toolchain
        self.startup = startup
        self.path_only = path_only


def go_mod_lookup(data: bytes, key: str) -> str:
    """The value of a `go` or `toolchain` line, found without parsing the rest of go.mod or go.work."""
    word = key.encode()
    for line in data.split(b"\n"):
        line = line.strip()
        if line.startswith(word) and line[len(word) : len(word) + 1] in (b" ", b"\t"):
            return os.fsdecode(line[len(word) :].split(b"//", 1)[0].strip())
    return ""


def decide(setting: str, local: str, file: str, go_line: str, toolchain_line: str) -> Decision:
    """Which toolchain is to run. setting: GOTOOLCHAIN; local: "go1.26.8"; file: shown in messages, "" for none.

    Raises ToolchainError in the go command's words.
    """
    from gokiln.base.quote import go_quote

    startup = gover.Startup(setting)
    minimum, minimum_version, mode = local, gover.from_toolchain(local) or local.removeprefix("go"), setting
    if setting not in ("auto", "path"):
        name, plus, mode = setting.partition("+")
        if name != "local":
            version = gover.from_toolchain(name)
            if not version:
                detail = f": invalid minimum toolchain {go_quote(name)}" if plus else ""
                raise ToolchainError(f"invalid GOTOOLCHAIN {go_quote(setting)}{detail}")
            minimum, minimum_version = name, version
        if plus and mode not in ("auto", "path"):
            raise ToolchainError(f"invalid GOTOOLCHAIN {go_quote(setting)}: only version suffixes are +auto and +path")
    chosen = minimum
    if mode in ("auto", "path"):
        startup.auto_file = file
        chosen = _upgrade(startup, minimum, minimum_version, go_line, toolchain_line)
    if chosen == local:
        return Decision("local", startup)
    if not chosen.startswith("go1") and "-go1" not in chosen:
        raise ToolchainError(f"invalid GOTOOLCHAIN {go_quote(chosen)}")
    return Decision(chosen, startup, mode == "path")


def _upgrade(startup: gover.Startup, minimum: str, version: str, go_line: str, toolchain_line: str) -> str:
    """The newest of the default toolchain, the toolchain line and the go line."""
    from gokiln.base.quote import go_quote

    if toolchain_line == "default":
        startup.auto_toolchain = toolchain_line
        return minimum
    chosen = minimum
    if toolchain_line:
        wanted = gover.from_toolchain(toolchain_line)
        if not wanted or (not toolchain_line.startswith("go") and "-go" not in toolchain_line):
            raise ToolchainError(f"invalid toolchain {go_quote(toolchain_line)} in {startup.auto_file}")
        if gover.compare(wanted, version) > 0:
            chosen, version = toolchain_line, wanted
            startup.auto_toolchain = toolchain_line
    if gover.compare(go_line, version) > 0:
        chosen = "go" + go_line
        # A language version is not a release; its first release has a .0 since Go 1.21.
        if gover.is_lang(go_line) and gover.compare(go_line, "1.21") >= 0:
            chosen += ".0"
        startup.auto_go_version = go_line
        startup.auto_toolchain = ""
    return chosen


def _handled_locally(args: Sequence[str]) -> bool:
    """`env` calls that must work whatever GOTOOLCHAIN says, so that it can be repaired."""
    words = list(args)
    if words[:1] != ["env"]:
        return False
    if len(words) == 2:
        return words[1] in ("GOTOOLCHAIN", "GOMOD", "GOWORK")
    return len(words) == 3 and words[1] == "-w" and words[2].startswith("GOTOOLCHAIN=")


def select_toolchain(env: GoEnv, args: Sequence[str]) -> gover.Startup:
    """The choice at start-up, for messages. args: the command line after argv[0], `-C dir` taken out.

    Raises ToolchainError, ToolchainSwitchError.
    """
    modules = env.get("GO111MODULE")
    if modules not in ("on", "") and (modules != "auto" or not find_module_root(env.cwd)):
        return gover.Startup()
    setting = env.get("GOTOOLCHAIN")
    if not setting or _handled_locally(args):
        return gover.Startup()
    local = env.toolchain.version
    if setting == "local":
        return gover.Startup(setting)
    file = find_go_work(env, env.cwd)
    if not file or not os.path.exists(file):
        root = find_module_root(env.cwd)
        file = os.path.join(root, "go.mod") if root else ""
    data = b""
    if file:
        try:
            with open(file, "rb") as f:
                data = f.read()
        except OSError as err:
            from gokiln.base.oserror import path_error

            raise ToolchainError(path_error("open", file, err)) from err
    shown = short_path(file, env.cwd) if file else ""
    decision = decide(setting, local, shown, go_mod_lookup(data, "go"), go_mod_lookup(data, "toolchain"))
    if decision.toolchain != "local":
        raise ToolchainSwitchError(decision, local)
    return decision.startup

"""Which toolchain GOTOOLCHAIN and the go.mod in sight ask for: a pure decision.

gokiln runs with the toolchain it found. When the go command would run another one (GOTOOLCHAIN names it, or `auto`
meets a newer go or toolchain line), the decision says which, and ToolchainSwitchError carries it to the command
line, which starts the command anew with that toolchain (cli/switching.py).
Source: Select and modGoToolchain in cmd/go/internal/toolchain/select.go, GoModLookup in cmd/go/internal/gover/
mod.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.base.godebugvar import godebug_value
from gokiln.base.shortpath import short_path
from gokiln.config.modroot import find_go_work, find_module_root
from gokiln.errors import GokilnError, PlainError
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gokiln.config.environ import GoEnv

_WORK_COUNTS_SINCE = 27  # minor release in which GO111MODULE=auto heeds go.work files, too


class ToolchainError(GokilnError):
    """GOTOOLCHAIN, or a toolchain line, is nonsense."""


class ToolchainSwitchError(GokilnError):
    """Another toolchain has to run this command. decision: which, and why."""

    def __init__(self, decision: Decision, local: str) -> None:
        self.decision = decision
        startup = decision.startup
        what = "GOTOOLCHAIN=" + startup.gotoolchain
        if startup.auto_go_version:
            what = f"{startup.auto_file} requires go >= {startup.auto_go_version}"
        elif startup.auto_toolchain:
            what = f"{startup.auto_file} asks for toolchain {startup.auto_toolchain}"
        super().__init__(f"{what} (running {local}): toolchain {decision.toolchain} has to run this command")


class Decision:
    """What GOTOOLCHAIN and go.mod ask for.

    toolchain: "local", or the name of the one to run. minimum: the Go version that is asked for at least.
    follows: whether newer versions that modules ask for count (auto and path). startup: for later messages.
    trace: lines for GODEBUG=toolchaintrace=1.
    """

    __slots__ = ("follows", "minimum", "startup", "toolchain", "trace")

    def __init__(self, startup: gover.Startup, minimum: str, version: str) -> None:
        self.toolchain = minimum
        self.minimum = version
        self.follows = False
        self.startup = startup
        self.trace: list[str] = []


def decide(setting: str, local: str, file: str, go_line: str, toolchain_line: str) -> Decision:
    """Which toolchain is to run. setting: GOTOOLCHAIN; local: "go1.26.8"; file: shown in messages, "" for none.

    Raises ToolchainError in the go command's words.
    """
    from gokiln.base.quote import go_quote

    startup = gover.Startup(setting)
    found = Decision(startup, local, gover.from_toolchain(local) or local.removeprefix("go"))
    mode = setting
    if setting not in ("auto", "path"):
        name, plus, mode = setting.partition("+")
        if name != "local":
            version = gover.from_toolchain(name)
            if not version:
                detail = f": invalid minimum toolchain {go_quote(name)}" if plus else ""
                raise ToolchainError(f"invalid GOTOOLCHAIN {go_quote(setting)}{detail}")
            found.toolchain, found.minimum = name, version
        if plus and mode not in ("auto", "path"):
            raise ToolchainError(f"invalid GOTOOLCHAIN {go_quote(setting)}: only version suffixes are +auto and +path")
        found.trace.append(f"go: default toolchain set to {found.toolchain} from GOTOOLCHAIN={setting}\n")
    if mode in ("auto", "path"):
        startup.auto_file = file
        found.follows = True
        _upgrade(found, f"<name>+{mode}" if "+" in setting else mode, go_line, toolchain_line)
    if found.toolchain == local:
        found.toolchain = "local"
    return found


def check_name(toolchain: str) -> None:
    """Refuse what cannot be meant as a toolchain (GOTOOLCHAIN=bash) before it is looked for on PATH.

    Raises ToolchainError.
    """
    from gokiln.base.quote import go_quote

    if not toolchain.startswith("go1") and "-go1" not in toolchain:
        raise ToolchainError(f"invalid GOTOOLCHAIN {go_quote(toolchain)}")


def _upgrade(found: Decision, allowed_by: str, go_line: str, toolchain_line: str) -> None:
    """Raise the choice to the newest of itself, the toolchain line and the go line."""
    from gokiln.base.quote import go_quote

    startup = found.startup
    if toolchain_line == "default":
        startup.auto_toolchain = toolchain_line
        return
    because = f"line in {startup.auto_file}; upgrade allowed by GOTOOLCHAIN={allowed_by})\n"
    if toolchain_line:
        wanted = gover.from_toolchain(toolchain_line)
        if not wanted or (not toolchain_line.startswith("go") and "-go" not in toolchain_line):
            raise ToolchainError(f"invalid toolchain {go_quote(toolchain_line)} in {startup.auto_file}")
        if gover.compare(wanted, found.minimum) > 0:
            found.trace.append(f"go: upgrading toolchain to {toolchain_line} (required by toolchain {because}")
            found.toolchain, found.minimum = toolchain_line, wanted
            startup.auto_toolchain = toolchain_line
    if gover.compare(go_line, found.minimum) > 0:
        found.toolchain, found.minimum = "go" + go_line, go_line
        # A language version is not a release; its first release has a .0 since Go 1.21.
        if gover.is_lang(go_line) and gover.compare(go_line, "1.21") >= 0:
            found.toolchain += ".0"
        startup.auto_go_version = go_line
        startup.auto_toolchain = ""
        found.trace.append(f"go: upgrading toolchain to {found.toolchain} (required by go {because}")


def _handled_locally(args: Sequence[str]) -> bool:
    """`env` calls that must work whatever GOTOOLCHAIN says, so that it can be repaired."""
    words = list(args)
    if words[:1] != ["env"]:
        return False
    if len(words) == 2:
        return words[1] in ("GOTOOLCHAIN", "GOMOD", "GOWORK")
    return len(words) == 3 and words[1] == "-w" and words[2].startswith("GOTOOLCHAIN=")


def has_auto(setting: str) -> bool:
    """Whether GOTOOLCHAIN allows newer toolchains to be downloaded."""
    return setting == "auto" or setting.endswith("+auto")


def has_path(setting: str) -> bool:
    """Whether GOTOOLCHAIN allows newer toolchains, but from PATH only."""
    return setting == "path" or setting.endswith("+path")


def _in_module_or_workspace(env: GoEnv) -> bool:
    """Whether modules are used with GO111MODULE=auto; before go1.27 a go.work file alone does not count."""
    if find_module_root(env.cwd):
        return True
    return env.toolchain.release.minor >= _WORK_COUNTS_SINCE and bool(find_go_work(env, env.cwd))


def read_decision(env: GoEnv, args: Sequence[str]) -> Decision | None:
    """What is asked for at start-up; None where nothing is chosen. args: as for select_toolchain.

    Raises ToolchainError.
    """
    modules = env.get("GO111MODULE")
    if modules not in ("on", "") and (modules != "auto" or not _in_module_or_workspace(env)):
        return None
    setting = env.get("GOTOOLCHAIN")
    if not setting or _handled_locally(args):
        return None
    decision = decide(setting, env.toolchain.version, "", "", "")
    if not decision.follows:
        return decision
    try:
        file = find_go_work(env, env.cwd)
    except PlainError as err:  # go's prefix for this step comes on top of the message's own
        raise ToolchainError(str(err)) from err
    if not file or not os.path.exists(file):
        root = find_module_root(env.cwd)
        file = os.path.join(root, "go.mod") if root else ""
    data = b""
    if file:
        try:
            with open(file, "rb") as f:
                data = f.read()
        except OSError as err:
            from gokiln.base.oserror import read_error

            raise ToolchainError(read_error(file, err)) from err
    shown = short_path(file, env.cwd) if file else ""
    lines = gover.go_mod_lookup(data, "go"), gover.go_mod_lookup(data, "toolchain")
    return decide(setting, env.toolchain.version, shown, *lines)


def select_toolchain(env: GoEnv, args: Sequence[str], tell: Callable[[str], None] | None = None) -> gover.Startup:
    """The choice at start-up, for messages. args: the command line after argv[0], `-C dir` taken out.

    tell: gets the lines of GODEBUG=toolchaintrace=1. Raises ToolchainError, ToolchainSwitchError.
    """
    decision = read_decision(env, args)
    if decision is None:
        return gover.Startup()
    local = env.toolchain.version
    if env.switch_target:
        # Whoever started this one has chosen already, maybe for reasons that cannot be seen from here.
        if env.switch_target != local:
            raise ToolchainError(f"toolchain {local} invoked to provide {env.switch_target}")
        return decision.startup
    trace = tell if tell is not None and traces(env.environ) else None
    if trace is not None:
        trace("".join(decision.trace))
    if decision.toolchain != "local":
        check_name(decision.toolchain)
        raise ToolchainSwitchError(decision, local)
    if trace is not None:
        trace(f"go: using local toolchain {local}\n")
    return decision.startup


def traces(environ: Mapping[str, str]) -> bool:
    """Whether the choice of a toolchain is to be explained."""
    return godebug_value(environ.get("GODEBUG", ""), "toolchaintrace") == "1"

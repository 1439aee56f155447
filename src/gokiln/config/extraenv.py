"""GOMOD, GOWORK and their like: variables that `go env` shows and no tool gets.

Source: ExtraEnvVars in cmd/go/internal/envcmd/env.go of go1.25 to go1.27; Init in cmd/go/internal/modload/init.go.
"""

from __future__ import annotations

import os

from gokiln.base.userdirs import temp_dir
from gokiln.config.envvars import EnvVar
from gokiln.config.modroot import find_module_root
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.config.environ import GoEnv


def extra_env(config: Config) -> list[EnvVar]:
    """GOMOD and GOWORK, and GOBIN from go1.27 on: not for tools (envcmd.ExtraEnvVars).

    Raises PlainError, GokilnError for -modfile and GOWORK settings that make no sense.
    """
    env = config.env
    gomod, gowork = "", ""
    mode = env.get("GO111MODULE")
    if mode not in ("", "on", "off", "auto"):
        raise PlainError(f"go: unknown environment setting GO111MODULE={mode}")
    modules = mode in ("", "on")
    if mode != "off":
        root = find_module_root(env.cwd, config.disk.is_regular)
        temp = temp_dir(env.environ, env.toolchain.host_os)
        if root and os.path.normpath(temp) == root:
            from gokiln.events import Text

            config.sink.tell(Text(f"go: warning: ignoring go.mod in system temp root {temp}\n"))
            root = ""
        if root:
            gomod, modules = os.path.join(root, "go.mod"), True
            if config.flags.modfile:
                gomod = _mod_file(config)
        elif modules:
            gomod = "NUL" if env.toolchain.host_os == "windows" else "/dev/null"
        if modules:
            _warn_of_gopath_module(config)
    gowork = "off" if env.get("GOWORK") == "off" else config.gowork_file
    table = [EnvVar("GOMOD", gomod), EnvVar("GOWORK", gowork)]
    if env.toolchain.release.minor >= 27:
        table.insert(0, _gobin(env, modules))
    return table


def _warn_of_gopath_module(config: Config) -> None:
    """Tell of a go.mod in the first folder of GOPATH, which does not count (modload.Init)."""
    gopath = config.env.get("GOPATH").split(os.pathsep)[0]
    if gopath and config.disk.exists(os.path.join(gopath, "go.mod")):
        from gokiln.events import Text

        config.sink.tell(Text(f"go: warning: ignoring go.mod in $GOPATH {gopath}\n"))


def _mod_file(config: Config) -> str:
    """-modfile, absolute."""
    return os.path.normpath(os.path.join(config.cwd, config.flags.modfile))


def _gobin(env: GoEnv, modules: bool) -> EnvVar:
    """Where `go install` puts executables (go1.27)."""
    value, changed = env.env_or("GOBIN", "")
    if not value:
        entries = env.gopath()[0].split(os.pathsep)
        first = entries[0]
        if not modules:
            first = next((entry for entry in entries if entry and env.cwd.startswith(entry)), first)
        value = os.path.join(first, "bin") if first else ""
    return EnvVar("GOBIN", value, changed)

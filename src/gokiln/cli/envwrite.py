"""`gokiln env -w` and `-u`: what may stand in the go/env file.

Source: runEnvW, runEnvU and checkEnvWrite in cmd/go/internal/envcmd/env.go of go1.25 to go1.27.
"""

from __future__ import annotations

import os

from gokiln.base import quoted
from gokiln.config import envfile
from gokiln.config.buildmode import UnsupportedError
from gokiln.config.experiment import ExperimentError
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation
    from gokiln.config.config import Config
    from gokiln.config.environ import GoEnv

_FIXED = frozenset(
    """GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOWORK GOTOOLDIR GOVERSION GOTELEMETRY GOTELEMETRYDIR""".split()
)


def _go_quote(text: str) -> str:
    from gokiln.base.quote import go_quote

    return go_quote(text)


def _check_path(key: str, value: str) -> None:
    if key == "GOPATH" and value.startswith("~"):
        raise GokilnError(f"GOPATH entry cannot start with shell metacharacter '~': {_go_quote(value)}")
    if value and not os.path.isabs(value):
        raise GokilnError(f"{key} entry is relative; must be absolute path: {_go_quote(value)}")


def _check_compiler(key: str, value: str) -> None:
    if not value:
        return
    try:
        words = quoted.split(value)
    except ValueError as err:
        raise GokilnError(f"invalid {key}: {err}") from None
    if not words:
        raise GokilnError(f"{key} entry cannot contain only space")
    if not os.path.isabs(words[0]) and words[0] != os.path.basename(words[0]):
        raise GokilnError(f"{key} entry is relative; must be absolute path: {_go_quote(words[0])}")


def check_write(env: GoEnv, key: str, value: str) -> None:
    """Refuse what must not be written. Raises GokilnError in the go command's words."""
    if key in _FIXED or (key == "GOROOT" and env.toolchain.release.minor >= 27):
        raise GokilnError(f"{key} cannot be modified")
    if key in ("GOENV", "GODEBUG"):
        raise GokilnError(f"{key} can only be set using the OS environment")
    if not env.can_get(key):
        raise GokilnError(f"unknown go command variable {key}")
    if key == "GO111MODULE" and value not in ("", "auto", "on", "off"):
        raise GokilnError(f"invalid {key} value {_go_quote(value)}")
    if key in ("GOPATH", "GOMODCACHE"):
        _check_path(key, value)
    elif key in ("CC", "CXX"):
        _check_compiler(key, value)
    if any(0xDC80 <= ord(char) <= 0xDCFF for char in value):
        raise GokilnError(f"invalid UTF-8 in {key}=... value")
    if "\0" in value:
        raise GokilnError(f"invalid NUL in {key}=... value")
    if any(char in value for char in "\v\r\n"):
        raise GokilnError(f"invalid newline in {key}=... value")


def _check_build(config: Config, add: dict[str, str], delete: list[str]) -> None:
    """Refuse a change after which the target would be none, or GOEXPERIMENT not parse."""
    env, release = config.env, config.toolchain.release

    def after(key: str, current: str, default: str) -> tuple[str, bool]:
        if key in add:
            return add[key], True
        if key in delete:
            return env.environ.get(key, "") or default, True
        return current, False

    toolchain = config.toolchain
    goos, os_changed = after("GOOS", env.goos, env.environ.get("GOOS", "") or toolchain.host_os)
    goarch, arch_changed = after("GOARCH", env.goarch, env.environ.get("GOARCH", "") or toolchain.host_arch)
    if (os_changed or arch_changed) and not release.platforms.build_mode_supported(
        config.flags.compiler, "default", goos, goarch
    ):
        # Printed by base.Fatal here, so the exit status is 1.
        raise GokilnError(str(UnsupportedError(f"unsupported GOOS/GOARCH pair {goos}/{goarch}")))
    experiment, changed = after("GOEXPERIMENT", env.experiment_setting(), release.default("defaultGOEXPERIMENT"))
    if changed:
        try:
            release.parse_experiment(goos, goarch, experiment)
        except ExperimentError as err:
            raise GokilnError(str(err)) from err


def write(inv: Invocation, config: Config) -> int:
    """`env -w KEY=VALUE ...`. Raises GokilnError in the go command's words."""
    if not config.args:
        raise GokilnError("no KEY=VALUE arguments given")
    add: dict[str, str] = {}
    for arg in config.args:
        key, equals, value = arg.partition("=")
        if not equals:
            raise GokilnError(f"arguments must be KEY=VALUE: invalid argument: {arg}")
        check_write(config.env, key, value)
        if key in add:
            raise GokilnError(f"multiple values for key: {key}")
        add[key] = value
        current = inv.environ.get(key, "")
        if current and current != value:
            inv.stderr.write(f"warning: go env -w {key}=... does not override conflicting OS environment variable\n")
    _check_build(config, add, [])
    temporary = add.get("GOTMPDIR", "")
    if temporary and not os.path.isabs(temporary):
        raise GokilnError("GOTMPDIR must be an absolute path")
    envfile.update(inv.environ, config.toolchain.host_os, add, [])
    return 0


def unset(inv: Invocation, config: Config) -> int:
    """`env -u KEY ...`. Raises GokilnError in the go command's words."""
    if not config.args:
        raise GokilnError("'go env -u' requires an argument")
    for key in config.args:
        check_write(config.env, key, "")
    _check_build(config, {}, config.args)
    envfile.update(inv.environ, config.toolchain.host_os, {}, config.args)
    return 0

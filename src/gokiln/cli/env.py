"""`gokiln env`: show the settings, or change the ones in the user's go/env file.

Source: cmd/go/internal/envcmd/env.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base import quoted
from gokiln.base.userdirs import temp_dir
from gokiln.cli.configure import configure
from gokiln.cli.invocation import Invocation
from gokiln.config.buildflags import BuildFlags, register_chdir
from gokiln.config.config import Config, check_modules_mode
from gokiln.config.envvars import EnvVar, lines
from gokiln.config.extraenv import extra_env
from gokiln.config.target import check_build_config
from gokiln.errors import GokilnError, PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet

USAGE = "go env [-json] [-changed] [-u] [-w] [var ...]"
_COSTLY = frozenset(
    ["CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS", "PKG_CONFIG", "GOGCCFLAGS"]
)
_DEFAULT_CFLAGS = "-O2 -g"


class _Options:
    """The command's own flags."""

    def __init__(self) -> None:
        self.json = False
        self.u = False
        self.w = False
        self.changed = False


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = _Options()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        register_chdir(flagset)
        for name in ("json", "u", "w", "changed"):
            flagset.bool(name, options, name)
        for name in ("n", "x"):
            flagset.bool(name, flags, name)

    config = configure(
        inv,
        "env",
        usage_line=USAGE,
        register=register,
        mask=None,
        init_build=False,
        modules=False,
        check=False,
    )
    for first, second in (("json", "u"), ("json", "w"), ("u", "w")):
        if getattr(options, first) and getattr(options, second):
            raise GokilnError(f"cannot use -{first} with -{second}")
    if options.w or options.u:
        from gokiln.cli import envwrite

        return envwrite.write(inv, config) if options.w else envwrite.unset(inv, config)
    check_build_config(config.env)
    return _show(inv, config, options)


def _show(inv: Invocation, config: Config, options: _Options) -> int:
    names = config.args
    for name in names:
        if "=" in name:
            from gokiln.base.quote import go_quote

            raise GokilnError(f"invalid variable name {go_quote(name)} (use -w to set variable)")
    _check(config)
    table = list(config.env.made())
    if not names or any(name in ("GOMOD", "GOWORK", "GOBIN") for name in names):
        table += extra_env(config)
    if not names or any(name in _COSTLY for name in names):
        table += costly_env(config)
    if names and options.changed:
        table = [var for name in names for var in table if var.name == name]
    elif names:
        found = [EnvVar(name, _find(config, table, name)) for name in names]
        if not options.json:
            for var in found:
                inv.stdout.write(var.value + "\n")
            return 0
        table = found
    if options.json:
        inv.stdout.write(_json(table, options.changed))
        return 0
    if config.toolchain.host_os != "plan9" and any("\0" in var.value for var in table):
        name = next(var.name for var in table if "\0" in var.value)
        raise GokilnError(f"internal error: encountered null byte in environment variable {name} on non-plan9 platform")
    for line in lines(table, config.toolchain.host_os, only_changed=options.changed):
        inv.stdout.write(line)
    return 0


def _check(config: Config) -> None:
    """Refuse settings that loading modules would refuse: `env` looks for go.mod first. Raises PlainError."""
    if config.env.get("GOFIPS140") not in ("", "off"):
        from gokiln.packages.fips140 import init_fips140

        init_fips140(config)
    check_modules_mode(config.env)


def _find(config: Config, table: list[EnvVar], name: str) -> str:
    """The value of a name: of the list, or a setting that is not listed (envcmd.findEnv)."""
    for var in table:
        if var.name == name:
            return var.value
    return config.env.get(name) if config.env.can_get(name) else ""


def _json(table: list[EnvVar], only_changed: bool) -> str:
    from gokiln.base.gojson import encode

    shown = {var.name: var.value for var in table if var.name != "TERM" and (var.changed or not only_changed)}
    return encode(dict(sorted(shown.items()))) + "\n"


def _join(words: list[str]) -> str:
    try:
        return quoted.join(words)
    except ValueError:
        return " ".join(words)


def costly_env(config: Config) -> list[EnvVar]:
    """The flags for C, and how the C compiler is called, which has to be asked what it knows (ExtraEnvVarsCostly)."""
    config.init_build()
    config.check_platform()
    table = []
    for name in ("CFLAGS", "CPPFLAGS", "CXXFLAGS", "FFLAGS", "LDFLAGS"):
        value = _join(config.cgo_flags(name))
        default = "" if name == "CPPFLAGS" else _DEFAULT_CFLAGS
        table.append(EnvVar(f"CGO_{name}", value, value != default))
    pkg_config = config.pkg_config()
    changed = pkg_config != config.toolchain.release.default_pkg_config()
    table.append(EnvVar("PKG_CONFIG", pkg_config, changed))
    table.append(EnvVar("GOGCCFLAGS", _join(_gcc_flags(config))))
    return table


def _gcc_flags(config: Config) -> list[str]:
    """What a C file is compiled with, apart from the compiler's name and its include folder (GOGCCFLAGS)."""
    if config.flags.n:
        work = "$WORK"
        return _ask_compiler(config, work)
    parent = config.env.get("GOTMPDIR") or temp_dir(config.env.environ, config.toolchain.host_os)
    work = ""
    for _ in range(100):
        work = os.path.join(parent, f"go-build{int.from_bytes(os.urandom(4), 'big')}")
        try:
            os.mkdir(work, 0o700)
            break
        except FileExistsError:
            continue
        except OSError as err:
            from gokiln.base.oserror import path_error

            raise PlainError(f"go: creating work dir: {path_error('mkdir', work, err)}") from err
    try:
        return _ask_compiler(config, work)
    finally:
        from shutil import rmtree

        rmtree(work, ignore_errors=True)


def _ask_compiler(config: Config, work: str) -> list[str]:
    from gokiln.cli.compilers import make_compilers

    compilers, close = make_compilers(config, work)
    try:
        # Three words are cut as cmd/go does: the compiler, -I and the folder (a CC of two words leaves ".").
        return compilers.command("CC", ".", work)[3:]
    finally:
        close()

"""Run a command with another toolchain: get its GOROOT, and start the command anew with it in the same process.

Where the go command executes the other toolchain's go command, gokiln takes that toolchain's files: a command of
gokiln keeps no state but in its own values, so a second run of it with another GOROOT is the same as a new process.
The internal variables that go commands pass on at a switch mean the same here.
Source: cmd/go/internal/toolchain/select.go (Exec, maybeSwitchForGoInstallVersion), switch.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.cli.loading import ignore_main_module, open_modules
from gokiln.cli.streams import StreamSink
from gokiln.config.environ import GoEnv
from gokiln.config.envlayers import SWITCH_COUNT, SWITCH_GOROOT, SWITCH_VERSION
from gokiln.config.newertoolchain import (
    NoGorootError,
    find_on_path,
    goroot_of_command,
    newer_toolchain,
    path_toolchains,
)
from gokiln.config.toolchain import read_version
from gokiln.config.toolchainswitch import (
    ToolchainSwitchError,
    has_auto,
    has_path,
    read_decision,
    traces,
)
from gokiln.errors import GokilnError, PlainError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import JoinedError, newest_too_new

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.cli.invocation import Invocation
    from gokiln.config.config import Config
    from gokiln.modules.fetch.fetcher import Fetcher
    from gokiln.modules.version import ModVersion

MAX_SWITCHES = 100
_OWN_FLAGS_SINCE = 27  # minor release that looks flags of `install` up among its own; before, among those of `run`
# Commands that switch when a module asks for a newer Go (those that call toolchain.SwitchOrFatal).
FOLLOWING = frozenset(["get", "mod download", "mod tidy", "work init", "work sync", "work use"])


def switch(inv: Invocation, name: str, err: GokilnError) -> None:
    """Change `inv` so that running it again uses the toolchain that `err` asks for.

    name: the command's. Raises `err` when no other toolchain helps or is allowed, GokilnError when it cannot be had.
    """
    if isinstance(err, ToolchainSwitchError):
        _exec(inv, GoEnv(inv.environ, inv.argv0, inv.cwd), name, err.decision.toolchain)
        return
    too_new = newest_too_new(err) if name in FOLLOWING else None
    if too_new is None or too_new.own:
        raise err
    env = GoEnv(inv.environ, inv.argv0, inv.cwd)
    _follow(inv, env, name, too_new, err)


def _follow(inv: Invocation, env: GoEnv, name: str, too_new: gover.TooNewError, err: GokilnError) -> None:
    """Switch to a toolchain that is new enough for too_new; raises err if that is not allowed (Switcher.Switch)."""
    setting = env.get("GOTOOLCHAIN")
    if not has_auto(setting) and not has_path(setting):
        raise err
    try:
        if has_auto(setting):
            versions = _downloadable(_fetcher(inv, env, name))
        else:
            versions = path_toolchains(env.environ)
        toolchain = newer_toolchain(too_new.go_version, versions)
    except GokilnError as problem:
        raise JoinedError([err, GokilnError(f"switching to go >= {too_new.go_version}: {problem}")]) from problem
    inv.stderr.write(f"go: {too_new.what} requires go >= {too_new.go_version}; switching to {toolchain}\n")
    _exec(inv, env, name, toolchain)


def _downloadable(fetcher: Fetcher) -> Sequence[str]:
    """The Go versions that can be downloaded."""
    return fetcher.proxies.attempt(lambda proxy: fetcher.lookup(proxy, "go").versions("")).list


def _make_config(inv: Invocation, env: GoEnv, name: str) -> Config:
    """What fetching modules needs of the configuration, without the command's own flags."""
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.config.target import make_target

    flags = BuildFlags(inv.cwd, inv.environ)
    return Config(env, flags, make_target(env, lenient=True), name, StreamSink(inv.stdout, inv.stderr))


def _fetcher(inv: Invocation, env: GoEnv, name: str) -> Fetcher:
    from gokiln.modules.fetch.fetcher import Fetcher

    return Fetcher(_make_config(inv, env, name))


def _exec(inv: Invocation, env: GoEnv, name: str, toolchain: str) -> None:
    """Find the toolchain's GOROOT on PATH or download it, and let `inv` use it."""
    local = gover.from_toolchain(env.toolchain.version) or env.toolchain.go_version
    count = _count(env)
    if count >= MAX_SWITCHES - 10:
        inv.stderr.write(f"go: switching from go{local} to {toolchain} [depth {count}]\n")
    if count >= MAX_SWITCHES:
        raise GokilnError("too many toolchain switches")
    tracing = traces(env.environ)
    environ = dict(inv.environ)
    exe = find_on_path(toolchain, env.environ)
    path_only = has_path(env.get("GOTOOLCHAIN"))
    root = ""
    missing: GokilnError | None = None
    if exe:
        try:
            root = goroot_of_command(exe, toolchain, env.environ)
        except NoGorootError as problem:
            missing = problem
    elif path_only:
        from gokiln.base.quote import go_quote

        missing = GokilnError(f"cannot find {go_quote(toolchain)} in PATH")
    if root:
        environ.pop("GOROOT", None)
        environ[SWITCH_GOROOT] = root
        line = f"go: using {toolchain} toolchain located in system PATH ({exe})\n"
    else:
        if missing is not None and path_only:
            raise missing
        root = _download(inv, env, name, toolchain, missing)
        environ.pop(SWITCH_GOROOT, None)
        environ["GOROOT"] = root
        command = os.path.join(root, "bin", "go")
        line = f"go: using {toolchain} toolchain from cache located at {command}\n"
    if tracing:
        inv.stderr.write(line)
    environ[SWITCH_COUNT] = str(count + 1)
    environ[SWITCH_VERSION] = toolchain
    inv.environ = environ


def _count(env: GoEnv) -> int:
    """How many switches there were before."""
    text = env.environ.get(SWITCH_COUNT, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _download(inv: Invocation, env: GoEnv, name: str, toolchain: str, missing: GokilnError | None) -> str:
    """The GOROOT of the toolchain in the module cache. missing: why the one on PATH cannot be used."""
    from gokiln.modules.fetch.toolchaintree import ToolchainDownloadError, fetch_toolchain

    local = env.toolchain
    try:
        root = fetch_toolchain(_fetcher(inv, env, name), toolchain, local.host_os, local.host_arch)
    except ToolchainDownloadError as problem:
        if missing is not None:
            raise missing from problem
        raise
    if read_version(root) != toolchain:
        raise GokilnError(f"download {toolchain}: there is no GOROOT of {toolchain} in {root}")
    return root


# go install pkg@version, go run pkg@version


def switch_for_version(inv: Invocation, name: str) -> None:
    """Let `inv` use the toolchain that the module of a `pkg@version` argument asks for, if it is newer than all else.

    That is done before flags are read, so that the newer toolchain decides which flags there are. Raises GokilnError.
    """
    env = GoEnv(inv.environ, inv.argv0, inv.cwd)
    decision = read_decision(env, [name, *inv.args])
    if decision is None or not decision.follows:
        return
    package, writable = _find_version_arg(inv, name, env.toolchain.release.minor)
    if "@" not in package or package.startswith(("./", "../")) or os.path.isabs(package):
        return
    from gokiln.modules.resolve.modinfo import parse_path_version

    try:
        path, version, _ = parse_path_version(package)
    except GokilnError as err:
        raise GokilnError(f"go: {err}") from err
    if not path or not version or gover.is_toolchain(path):
        return
    config = _make_config(inv, env, name)
    config.startup = decision.startup
    config.flags.modcacherw = _in_goflags(env) if writable is None else writable
    too_new = _too_new_for(config, path, version)
    if too_new is not None and gover.compare(too_new.go_version, decision.minimum) > 0:
        _follow(inv, env, name, too_new, too_new)


def _in_goflags(env: GoEnv) -> bool:
    """Whether GOFLAGS says -modcacherw."""
    from gokiln.config.goflags import parse_goflags

    words = parse_goflags(env.get("GOFLAGS"), env.toolchain.release.minor, hide_errors=True)
    return "-modcacherw" in words or "-modcacherw=true" in words


def _too_new_for(config: Config, path: str, version: str) -> gover.TooNewError | None:
    """What asks for a newer Go when packages of another module are looked up; None for nothing."""
    from gokiln.modules.resolve.query import is_revision_query
    from gokiln.modules.resolve.querypattern import query_packages
    from gokiln.modules.resolve.retract import check_allowed

    modules = open_modules(config)
    ignore_main_module(modules)

    def allowed(m: ModVersion) -> None:
        # A revision asked for by name may be retracted.
        if not is_revision_query(path, version):
            check_allowed(modules, m)

    try:
        modules.load_mod_file()
        query_packages(modules, path, version, lambda path: "none", allowed)
    except PlainError:
        raise
    except GokilnError as err:
        return newest_too_new(err)
    return None


def _find_version_arg(inv: Invocation, name: str, minor: int) -> tuple[str, bool | None]:
    """(the first argument that is no flag, -modcacherw or None), as far as the flags are known here.

    Flags that only a newer toolchain knows may stand among them: for `run` the search then ends without a result,
    for `install` the last argument is taken.
    """
    from gokiln.base.flagset import FlagSet, parse_bool
    from gokiln.config.buildflags import BuildFlags, register_build_flags, register_cover_flags

    flags = FlagSet(f"go {name}")
    unused = BuildFlags(inv.cwd, inv.environ)
    register_build_flags(flags, unused, 0)
    register_cover_flags(flags, unused)
    if name == "run" or minor < _OWN_FLAGS_SINCE:
        flags.func("exec", lambda text: None)
    package, writable = "", None
    args = list(inv.args)
    while args:
        arg = args.pop(0)
        if arg == "--":
            return (args[0] if args else ""), writable
        if not arg.startswith("-"):
            return arg, writable
        flag, equals, value = arg[1:].removeprefix("-").partition("=")
        if flag == "modcacherw":
            try:
                writable = parse_bool(value if equals else "true")
            except ValueError:
                return "", writable
            continue
        if equals:
            continue
        known = flags.flags.get(flag)
        if known is None:
            if name == "run":
                return "", writable
            while args and args[0].partition("=")[0] not in ("-modcacherw", "--modcacherw"):
                last = args.pop(0)
                if not args and not last.startswith("-"):
                    package = last
        elif not known.is_bool and args:
            args.pop(0)
    return package, writable

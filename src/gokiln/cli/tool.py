"""`gokiln tool`: run a tool of the toolchain, or one that go.mod names.

A release ships the tools that builds need; the others (nm, objdump, pprof, test2json ...) are built from GOROOT's
source into the build cache when they are asked for.

Source: cmd/go/internal/tool/tool.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.actions.action import Action
from gokiln.actions.graph import MODE_BUILD
from gokiln.base.quote import go_quote
from gokiln.cli.building import Session, run_quietly
from gokiln.cli.loading import open_graph, open_modules
from gokiln.cli.signals import CleanEnd
from gokiln.cli.streams import make_sink
from gokiln.config.buildflags import BuildFlags, register_chdir, register_mod_common_flags
from gokiln.config.config import build_config
from gokiln.config.envlayers import ARCH_VARIABLES
from gokiln.errors import GokilnError, PlainError
from gokiln.execute.golink import user_environ
from gokiln.execute.userprogram import find_exec_cmd, run_program
from gokiln.execute.workdir import WorkDir
from gokiln.packages.load import packages_and_errors
from gokiln.packages.loadopts import PackageOpts
from gokiln.packages.target import default_exec_name, exe_from_import_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.config import Config
    from gokiln.packages.importgraph import ImportGraph

USAGE = "go tool [-n] command [args...]"
_ALIASES_SINCE = 27  # minor release that lists short names of go.mod's tools
_EMPTY_REFUSED_SINCE = 27  # minor release for which "" is no name of a tool
_SIGNALED_SINCE = 27  # and gives status 1 for a tool that a signal ended (before: 255)


class Options:
    """The command's own flags. n: print the command line only."""

    def __init__(self) -> None:
        self.n = False


class NoToolError(PlainError):
    """There is no tool of that name. Exit status 2."""

    exit_status = 2


def run(inv: Invocation) -> int:
    """Run the command; returns the tool's exit status. Raises GokilnError in the go command's words."""
    options = Options()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        register_chdir(flagset)
        register_mod_common_flags(flagset, flags)
        flagset.bool("n", options, "n")

    config = tool_config(inv, inv.args, inv.environ, register)
    if not config.args:
        return _list(inv, config)
    return run_tool(inv, config, config.args[0], config.args[1:], options.n)


def tool_config(
    inv: Invocation, args: Sequence[str], environ: Mapping[str, str], register: Callable[[FlagSet, BuildFlags], None]
) -> Config:
    """The configuration under an environment. args: the command line. register: defines its flags."""
    return build_config(
        inv.argv0,
        args,
        environ,
        inv.cwd,
        inv.cmd_name,
        usage_line=USAGE,
        register=register,
        mask=None,
        init_build=False,
        modules=False,
        sink=make_sink(inv),
        raw_args=inv.raw_args,
    )


def run_tool(inv: Invocation, config: Config, name: str, args: Sequence[str], only_show: bool) -> int:
    """Run the tool called `name`; returns its exit status."""
    path = os.path.normpath(config.toolchain.tool(name))
    named = name != "" or config.toolchain.release.minor < _EMPTY_REFUSED_SINCE
    valid = named and all(c in "abcdefghijklmnopqrstuvwxyz0123456789_" for c in name)
    if valid and os.path.exists(path):
        return start(inv, config, name, [path, *args], config.child_environ(), only_show)
    if name == "dist" and args[:1] == ["list"] and list_ports(inv, config, args[1:]):
        return 0
    if valid and is_builtin_tool(config, name):
        return build_and_run(inv, config, name, f"cmd/{name}", args, only_show, builtin=True)
    package = _module_tool(config, name)
    if package:
        return build_and_run(inv, config, name, package, args, only_show, builtin=False)
    raise NoToolError(f"go: no such tool {go_quote(name)}")


def is_builtin_tool(config: Config, name: str) -> bool:
    """Whether GOROOT has the source of a tool of that name."""
    if name in ("go", "gofmt"):
        return False  # these are installed elsewhere
    try:
        names = os.listdir(os.path.join(config.toolchain.goroot, "src", "cmd", name))
    except OSError:
        return False
    return any(file.endswith(".go") for file in names)


def _module_tools(config: Config) -> list[str]:
    """The import paths of the tools that the main modules name, sorted."""
    modules = open_modules(config)
    modules.init_workfile()
    modules.load_mod_file()
    return sorted(modules.mains().tools)


def _module_tool(config: Config, name: str) -> str:
    """The one tool of the main modules called `name`, "" for none. Raises GokilnError for several."""
    found = [tool for tool in _module_tools(config) if name in (tool, exe_from_import_path(tool))]
    if len(found) > 1:
        names = "".join(tool + "\n\t" for tool in found)
        raise GokilnError(f'tool "{name}" is ambiguous; choose one of:\n\t{names}')
    return found[0] if found else ""


def _list(inv: Invocation, config: Config) -> int:
    toolchain = config.toolchain
    try:
        files = sorted(os.listdir(toolchain.tool_dir))
    except OSError as err:
        from gokiln.base.oserror import path_error

        raise NoToolError(f"go: no tool directory: {path_error('open', toolchain.tool_dir, err)}") from err
    names = [file.lower().removesuffix(toolchain.tool_exe_suffix) for file in files]
    inv.stdout.write("".join(f"{name}\n" for name in names))  # before a broken go.mod ends it
    tools = _module_tools(config)
    if toolchain.release.minor >= _ALIASES_SINCE:
        short = [exe_from_import_path(tool) for tool in tools]
        for number, (tool, alias) in enumerate(zip(tools, short)):
            if alias not in names and short.count(alias) == 1:
                tools[number] = f"{alias} ({tool})"
    inv.stdout.write("".join(f"{tool}\n" for tool in tools))
    return 0


def list_ports(inv: Invocation, config: Config, args: Sequence[str]) -> bool:
    """`tool dist list`, without dist, which no release ships. False for flags that only dist itself may know."""
    from gokiln.base.flagset import FlagSet

    asked = {"json": False, "broken": False, "v": False}

    class _Flags:
        json = broken = v = False

    values = _Flags()
    flagset = FlagSet("go tool dist list")
    for name in asked:
        flagset.bool(name, values, name)
    try:
        if flagset.parse(args):
            return False
    except GokilnError:
        return False
    platforms = config.toolchain.release.platforms
    ports = [
        (goos, goarch)
        for goos, goarch in sorted(platforms.ports)
        if values.broken or not platforms.broken(goos, goarch)
    ]
    if not values.json:
        inv.stdout.write("".join(f"{goos}/{goarch}\n" for goos, goarch in ports))
        return True
    from gokiln.base.gojson import encode

    rows: list[object] = []
    for goos, goarch in ports:
        row: dict[str, object] = {
            "GOOS": goos,
            "GOARCH": goarch,
            "CgoSupported": platforms.cgo_supported(goos, goarch),
            "FirstClass": platforms.first_class(goos, goarch),
        }
        if platforms.broken(goos, goarch):
            row["Broken"] = True
        rows.append(row)
    inv.stdout.write(encode(rows))
    return True


def host_environ(config: Config) -> dict[str, str]:
    """The environment under which a tool of the toolchain is built: for this machine, whatever GOOS says."""
    environ = dict(config.env.environ)
    environ["GOOS"], environ["GOARCH"] = config.toolchain.host_os, config.toolchain.host_arch
    for name in sorted(set(ARCH_VARIABLES.values())):
        environ.pop(name, None)
        if name in config.env.user:
            environ[name] = config.toolchain.release.default(f"Default{name}")
    return environ


def build_and_run(
    inv: Invocation, config: Config, name: str, package: str, args: Sequence[str], only_show: bool, *, builtin: bool
) -> int:
    """Build a tool into the cache and run it. builtin: it belongs to the toolchain, else to a module."""
    building = host_config(inv, config) if builtin else config
    building.init_build()

    def prefix() -> list[str]:
        return [] if builtin else find_exec_cmd(config, None)

    env = config.child_environ() if builtin else user_environ(config)
    with CleanEnd(), WorkDir(building) as work:

        def build() -> int:
            graph = open_graph(building, rootless=builtin, workspace=not builtin)
            session, link = link_tool(inv, building, graph, work, package)
            status = session.do(Action("go tool", deps=[link]))
            if status:
                return status
            result = session.builder.result(link)
            path = (result.cached_executable if only_show else "") or result.built
            return start(inv, config, name, [*prefix(), path, *args], env, only_show)

        return run_quietly(build)


def host_config(inv: Invocation, config: Config) -> Config:
    """The configuration for building the toolchain's own tools: for this machine, with the few flags that count."""
    building = tool_config(inv, [], host_environ(config), lambda flagset, flags: None)
    building.flags.modcacherw = config.flags.modcacherw
    building.flags.overlay = config.flags.overlay
    return building


def link_tool(
    inv: Invocation, config: Config, graph: ImportGraph, work: WorkDir, package: str
) -> tuple[Session, Action]:
    """A session, and the action in it that links a program into the cache."""
    p = packages_and_errors(graph, PackageOpts(main_only=True), [package])[0]
    p.omit_debug = True
    p.exe_name = default_exec_name(p, config)
    session = Session(inv, config, graph, work)
    link = session.builder.planner.link_action(MODE_BUILD, p)
    link.cache_executable = True
    return session, link


def start(
    inv: Invocation, config: Config, name: str, words: Sequence[str], env: Mapping[str, str], only_show: bool
) -> int:
    """Run a tool that is there, or only print how; returns the exit status."""
    if only_show:
        inv.stdout.write(" ".join(words) + "\n")
        return 0
    inv.stdout.flush()
    ended = run_program(words, env, forward=True)
    if not ended.problem:
        return 0
    if not ended.started or ended.status < 0:
        inv.stderr.write(f"go tool {name}: {ended.problem}\n")
    if not ended.started:
        return 1
    if ended.status < 0:
        return 1 if config.toolchain.release.minor >= _SIGNALED_SINCE else 255
    return ended.status

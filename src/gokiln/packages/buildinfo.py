"""What a program says about its own build: the text that `version -m` shows.

Modules of the program, and settings in cmd/go's order. Source: cmd/go/internal/load/pkg.go (setBuildInfo),
runtime/debug/mod.go (BuildInfo.String), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import has_file_path_prefix
from gokiln.base.quote import go_quote
from gokiln.golang import gover
from gokiln.modules.version import ModVersion
from gokiln.packages.error import PackageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from gokiln.config.config import Config
    from gokiln.modules.version import ModulePublic
    from gokiln.packages.package import Package

    class VcsStatus(Protocol):
        """State of a repository. revision "" and commit_time "" when unknown; commit_time RFC 3339 in UTC."""

        revision: str
        commit_time: str
        uncommitted: bool

    class Vcs(Protocol):
        """How build information asks about version control (packages/vcs.py)."""

        def repo_root(self, directory: str) -> tuple[str, str]:
            """(root of the repository around a directory, name of its system).

            Raises GokilnError, with not_exist set when there is no repository.
            """

        def has_tool(self, name: str) -> bool:
            """Whether the system's command is on PATH."""

        def has_status(self, name: str) -> bool:
            """Whether states of this system can be told at all."""

        def status(self, name: str, root: str) -> VcsStatus:
            """The repository's state. Raises GokilnError."""

        def module_version(self, root: str, module_path: str, revision: str) -> str:
            """The module's version at a revision by its local tags; "" when it cannot be told."""


class BuildInfo:
    """Path of the main package, its module, the modules it needs, settings. str() is the text."""

    __slots__ = ("deps", "main", "path", "settings")

    def __init__(self, path: str, main: ModuleLine | None, deps: list[ModuleLine]) -> None:
        self.path = path
        self.main = main
        self.deps = deps
        self.settings: list[tuple[str, str]] = []

    def add(self, key: str, value: str) -> None:
        """Append a setting."""
        self.settings.append((key, value.replace("\n", " ")))

    def __str__(self) -> str:
        out = [f"path\t{self.path}\n"] if self.path else []
        if self.main is not None:
            out.append(self.main.text("mod"))
        out += [dep.text("dep") for dep in self.deps]
        out += [f"build\t{_quote_key(k)}={_quote_value(v)}\n" for k, v in self.settings]
        return "".join(out)


class ModuleLine:
    """One module as build information shows it."""

    __slots__ = ("path", "replace", "sum", "version")

    def __init__(self, info: ModulePublic, go_sum: Callable[[ModVersion], str], vendored: bool) -> None:
        self.path = info.path
        self.version = info.version or "(devel)"
        self.sum = ""
        self.replace = None
        if info.replace is not None:
            self.replace = ModuleLine(info.replace, go_sum, vendored)
        elif info.version and not vendored:
            self.sum = go_sum(ModVersion(info.path, info.version))

    replace: ModuleLine | None

    def text(self, word: str) -> str:
        """The line, and the line of the replacement."""
        head = f"{word}\t{self.path}\t{self.version}"
        if self.replace is None:
            return f"{head}\t{self.sum}\n"
        return f"{head}\n{self.replace.text('=>')}\n"


def _quote_key(key: str) -> str:
    return go_quote(key) if not key or any(c in key for c in '= \t\r\n"`') else key


def _quote_value(value: str) -> str:
    return go_quote(value) if any(c in value for c in ' \t\r\n"`') else value


def module_lines(p: Package, go_sum: Callable[[ModVersion], str], vendored: bool) -> BuildInfo:
    """The build information of main package p with its modules and no settings yet."""
    main = ModuleLine(p.module, go_sum, vendored) if p.module is not None else None
    main_path = main.path if main is not None else ""
    found: dict[ModVersion, ModulePublic] = {}
    seen: set[int] = set()
    queue = list(p.internal_imports)
    while queue:
        p1 = queue.pop()
        if id(p1) in seen:
            continue
        seen.add(id(p1))
        info = p1.module
        if info is not None and info.path != main_path:
            found.setdefault(ModVersion(info.path, info.version), info)
        queue += p1.internal_imports
    mods = list(found)
    gover.mod_sort(mods)
    deps = [ModuleLine(found[m], go_sum, vendored) for m in mods]
    return BuildInfo("command-line-arguments" if p.cmdline_files else p.import_path, main, deps)


def add_settings(info: BuildInfo, p: Package, config: Config, fips140: str) -> None:
    """Append what the command line and the environment say of the build. fips140: GOFIPS140's version, "off"."""
    flags, target = config.flags, config.target
    if flags.asan:
        info.add("-asan", "true")
    if flags.asmflags.present():
        info.add("-asmflags", flags.asmflags.raw)
    mode = flags.buildmode
    info.add("-buildmode", ("exe" if p.name == "main" else "archive") if mode == "default" else mode)
    info.add("-compiler", target.compiler)
    if flags.gccgoflags.raw and target.compiler == "gccgo":
        info.add("-gccgoflags", flags.gccgoflags.raw)
    if flags.gcflags.raw and target.compiler == "gc":
        info.add("-gcflags", flags.gcflags.raw)
    if flags.ldflags.raw and not flags.trimpath:
        info.add("-ldflags", flags.ldflags.raw)
    for key, wanted in (("-cover", flags.cover), ("-msan", flags.msan), ("-race", flags.race)):
        if wanted:
            info.add(key, "true")
    if target.build_tags:
        info.add("-tags", ",".join(target.build_tags))
    if flags.trimpath:
        info.add("-trimpath", "true")
    if p.default_godebug:
        info.add("DefaultGODEBUG", p.default_godebug)
    info.add("CGO_ENABLED", "1" if target.cgo_enabled else "0")
    if target.cgo_enabled and not flags.trimpath:
        for name in ("CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS"):
            info.add(name, config.env.get(name))
    info.add("GOARCH", target.goarch)
    experiment = config.env.experiment_setting()
    if experiment:
        info.add("GOEXPERIMENT", experiment)
    if fips140 != "off":
        info.add("GOFIPS140", fips140)
    info.add("GOOS", target.goos)
    key, value = target.arch_variable
    if key and value:
        info.add(key, value)


def add_vcs(info: BuildInfo, p: Package, config: Config, vcs: Vcs | None, auto_vcs: bool) -> None:
    """Append what version control says, when it is wanted and everything lies in one repository.

    An error becomes p.error, as cmd/go has it.
    """
    wanted = config.flags.buildvcs == "true" or (config.flags.buildvcs == "auto" and auto_vcs and not p.is_test_only())
    if not wanted or vcs is None or p.module is None or p.module.version or p.standard:
        return
    from gokiln.errors import GokilnError

    try:
        _stamp(info, p, config, vcs)
    except GokilnError as err:
        if p.error is None:
            p.error = PackageError(f"error obtaining VCS status: {err}\n\tUse -buildvcs=false to disable VCS stamping.")
            p.incomplete = True


def _stamp(info: BuildInfo, p: Package, config: Config, vcs: Vcs) -> None:
    from gokiln.errors import GokilnError

    assert p.module is not None
    try:
        root, name = vcs.repo_root(config.cwd)
    except GokilnError as err:
        if getattr(err, "not_exist", False):
            return
        raise
    module_dir = p.module.dir
    if not has_file_path_prefix(module_dir, root) and not has_file_path_prefix(root, module_dir):
        return
    auto = config.flags.buildvcs == "auto"
    if auto and not vcs.has_tool(name):
        return
    if not vcs.has_status(name):
        return
    for what, directory in (("package", p.dir), ("module", module_dir)):
        there = vcs.repo_root(directory)[0]
        if there != root:
            if auto:
                return
            where = f"{go_quote(there)} but current directory is in repository {go_quote(root)}"
            raise GokilnError(f"main {what} is in repository {where}")
    state = vcs.status(name, root)
    info.add("vcs", name)
    if state.revision:
        info.add("vcs.revision", state.revision)
    if state.commit_time:
        info.add("vcs.time", state.commit_time)
    info.add("vcs.modified", "true" if state.uncommitted else "false")
    version = vcs.module_version(root, p.module.path, state.revision)
    if version and info.main is not None:
        if state.uncommitted:
            version += ".dirty" if version.endswith("+incompatible") else "+dirty"
        info.main.version = version


def add_pgo(info: BuildInfo, file: str, trimpath: bool) -> None:
    """Record the profile, and put the settings back in the order of their keys."""
    info.add("-pgo", os.path.basename(file) if trimpath else file)
    info.settings.sort(key=lambda pair: pair[0])

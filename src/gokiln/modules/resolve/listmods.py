"""What `list -m` lists: main modules, the build list, patterns of module paths, and versions asked for.

Source: cmd/go/internal/modload/list.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.base.pattern import is_relative_path, match_pattern
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, find_error
from gokiln.golang import gover
from gokiln.golang.modpath import ModuleError
from gokiln.modules.resolve import modinfo
from gokiln.modules.resolve.errors import FATAL, ModloadError, NoMainModulesError
from gokiln.modules.resolve.modfiles import load_mod_file
from gokiln.modules.resolve.modgraph import expand_graph
from gokiln.modules.resolve.modindex import UNPRUNED
from gokiln.modules.resolve.modinfo import (
    LIST_DEPRECATED,
    LIST_RETRACTED,
    LIST_RETRACTED_VERSIONS,
    LIST_U,
    LIST_VERSIONS,
    module_info,
    parse_path_version,
)
from gokiln.modules.resolve.query_errors import NoMatchingVersionError
from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
from gokiln.modules.version import ModulePublic, ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.resolve.state import State

    Reuse = dict[ModVersion, ModulePublic]


class ListError(ModloadError):
    """Listing stopped short; modules: what was found all the same."""

    def __init__(self, err: GokilnError, modules: list[ModulePublic]) -> None:
        super().__init__(str(err), err)
        self.modules = modules


def list_modules(ls: State, args: list[str], mode: int = 0, reuse_file: str = "") -> list[ModulePublic]:
    """The modules that args name; no args: the main modules. mode: modinfo.LIST_ bits.

    Raises ListError, which carries what was found in spite of the error, or another GokilnError.
    """
    reuse = _read_reuse(ls, reuse_file) if reuse_file else None
    lister = _Lister(ls, load_mod_file(ls), mode, reuse)
    err: GokilnError | None = lister.run(args)
    if mode:
        for m in lister.found:
            if not m.reuse:
                _add_to(ls, m, mode)
                if m.replace is not None:
                    _add_to(ls, m.replace, mode)
    if err is None:
        ls.requirements = lister.rs
        # -u looks up sums that are not needed later: go.sum stays as it is (go.dev/issue/61605).
        if not ls.explicit_write_go_mod and not mode & LIST_U:
            from gokiln.modules.resolve.commit import commit_requirements

            try:
                commit_requirements(ls)
            except FATAL:
                raise
            except GokilnError as commit_err:
                err = commit_err
    if err is not None:
        raise ListError(err, lister.found)
    return lister.found


def _add_to(ls: State, m: ModulePublic, mode: int) -> None:
    if mode & LIST_U:
        modinfo.add_update(ls, m)
    if mode & LIST_VERSIONS:
        modinfo.add_versions(ls, m, bool(mode & LIST_RETRACTED_VERSIONS))
    if mode & LIST_RETRACTED:
        modinfo.add_retraction(ls, m)
    if mode & LIST_DEPRECATED:
        modinfo.add_deprecation(ls, m)


class _Lister:
    """One list -m. found: the modules in the order of the arguments; rs: requirements, as far as they were settled."""

    def __init__(self, ls: State, rs: Requirements, mode: int, reuse: Reuse | None) -> None:
        self.ls = ls
        self.rs = rs
        self.mode = mode
        self.reuse = reuse
        self.found: list[ModulePublic] = []
        self.mg: ModuleGraph | None = None
        self.mg_err: GokilnError | None = None
        self.matched: set[ModVersion] = set()

    def run(self, args: list[str]) -> GokilnError | None:
        """Fill `found`; returns what kept the module graph from loading."""
        if not args:
            for m in self.ls.mains().versions:
                if not gover.is_toolchain(m.path):
                    self.found.append(self._info(m))
            return None
        if any([self._needs_graph(arg) for arg in args]):
            self.rs, self.mg, self.mg_err = expand_graph(self.ls, self.rs)
        for arg in args:
            path, version, has_version = parse_path_version(arg)
            if has_version:
                self._query(path, version)
            elif arg == "all" or "..." in arg:
                self._pattern(arg)
            else:
                self._path(arg)
        return self.mg_err

    def _info(self, m: ModVersion) -> ModulePublic:
        return module_info(self.ls, self.rs, m, self.mode, self.reuse)

    def _needs_graph(self, arg: str) -> bool:
        """Whether the roots do not suffice; raises errors for arguments that name no module."""
        ls = self.ls
        if "\\" in arg:
            raise GokilnError("module paths never use backslash")
        if is_relative_path(arg):
            raise GokilnError(f"cannot use relative path {arg} to specify module")
        no_module = NoMainModulesError(ls.in_workspace_mode())
        if arg == "all" or "..." in arg:
            if not ls.has_mod_root():
                raise GokilnError(f"cannot match {go_quote(arg)}: {no_module}")
            return True
        path, version, has_version = parse_path_version(arg)
        needed = self.rs.root_selected(ls.mains(), path) is None or self.rs.pruning == UNPRUNED
        if has_version:
            needed = needed and version in ("upgrade", "patch")
            if needed and not ls.has_mod_root():
                raise GokilnError(f"cannot match {go_quote(arg)}: {no_module}")
        elif needed and not self.mode & LIST_VERSIONS and not ls.has_mod_root():
            raise GokilnError(f"cannot match {go_quote(arg)} without -versions or an explicit version: {no_module}")
        return needed

    def _selected(self, path: str) -> str:
        if self.mg is not None:
            return self.mg.selected(path)
        return self.rs.root_selected(self.ls.mains(), path) or ""

    def _query(self, path: str, version: str) -> None:
        from gokiln.modules.resolve.query import is_revision_query, query
        from gokiln.modules.resolve.retract import check_allowed

        ls = self.ls
        current = self._selected(path)
        if current == "none" and self.mg_err is not None and version in ("upgrade", "patch"):
            return  # from what it would be an upgrade is not known; mg_err says so

        def check(mod: ModVersion) -> None:
            check_allowed(ls, mod)

        anything = is_revision_query(path, version) or self.mode & LIST_RETRACTED
        try:
            rev = query(ls, path, version, current, None if anything else check, self.reuse)
        except FATAL:
            raise
        except GokilnError as err:
            info = ModulePublic(path, version)
            info.error = _error_text(path, version, err)
            info.origin = getattr(err, "origin", None)
            self.found.append(info)
            return
        info = module_info(ls, None, ModVersion(path, rev.version), self.mode, self.reuse)
        if version != info.version:
            info.query = version
        info.origin = rev.origin
        self.found.append(info)

    def _path(self, path: str) -> None:
        v = self._selected(path)
        if v != "none":
            self.found.append(self._info(ModVersion(path, v)))
            return
        if self.mg_err is not None:
            return
        info = ModulePublic(path)
        if self.ls.build_mod == "vendor":
            text = "can't resolve module using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)"
            info.error = _error_text(path, "", GokilnError(text))
        elif not self.mode & LIST_VERSIONS:
            info.error = _error_text(path, "", GokilnError("not a known dependency"))
        self.found.append(info)

    def _pattern(self, pattern: str) -> None:
        matches: Callable[[str], bool] = match_pattern(pattern) if pattern != "all" else _any
        assert self.mg is not None
        mods = [
            m
            for m in self.mg.build_list()
            if not gover.is_toolchain(m.path) and matches(m.path) and m not in self.matched
        ]
        self.matched.update(mods)
        if not mods:
            self.ls.warn(f"warning: pattern {go_quote(pattern)} matched no module dependencies")
        self._prefetch(mods)
        self.found += [self._info(m) for m in mods]

    def _prefetch(self, mods: list[ModVersion]) -> None:
        from gokiln.modules.resolve.prefetch import prefetch_infos

        prefetch_infos(self.ls, mods)


def _any(path: str) -> bool:
    return True


def _error_text(path: str, version: str, err: GokilnError) -> str:
    """The error with path and version, unless it has them."""
    if find_error(err, NoMatchingVersionError) is not None:
        return str(ModuleError(path, "", err))
    if find_error(err, ModuleError) is None:
        return str(ModuleError(path, version, err))
    return str(err)


def _read_reuse(ls: State, file: str) -> Reuse:
    """Earlier output of `list -m -json` or `mod download -json`, by path and version and by path and query."""
    import json

    try:
        with open(os.path.join(ls.cwd, file), "rb") as stream:
            text = stream.read().decode("utf-8", "surrogateescape")
    except OSError as err:
        raise GokilnError(read_error(file, err)) from err
    reuse: Reuse = {}
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return reuse
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError as err:
            raise GokilnError(f"parsing {file}: {err}") from err
        if not isinstance(value, dict) or not value.get("Origin"):
            continue
        m = ModulePublic(str(value.get("Path", "")), str(value.get("Version", "")))
        m.query = str(value.get("Query", ""))
        m.time = value.get("Time")
        m.origin = value["Origin"]
        m.versions = list(value.get("Versions") or [])
        m.go_version = str(value.get("GoVersion", ""))
        m.deprecated = str(value.get("Deprecated", ""))
        m.retracted = list(value.get("Retracted") or [])
        m.go_mod = str(value.get("GoMod", ""))
        m.sum, m.go_mod_sum = str(value.get("Sum", "")), str(value.get("GoModSum", ""))
        error = value.get("Error")  # an object as `list` prints it, a string as `mod download` does
        m.error = error.get("Err") if isinstance(error, dict) else error or None
        m.reuse = True
        reuse[ModVersion(m.path, m.version)] = m
        if m.query:
            reuse[ModVersion(m.path, m.query)] = m

"""One argument of the command line, and the packages it stands for.

Source: cmd/go/internal/search/search.go (Match, MatchPackages, MatchDirs, IgnorePatterns), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.disk import DIR, LINK
from gokiln.base.oserror import path_error, strerror
from gokiln.base.pattern import (
    has_file_path_prefix,
    is_local_import,
    is_meta_package,
    is_standard_import_path,
    match_pattern,
    tree_can_match_pattern,
)
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.modules.resolve.state import State


class Match:
    """A pattern and what it matched.

    dirs: for a local pattern, directories that may hold matching packages, None before they are searched. pkgs: import
    paths, None before they are known. errs: what went wrong in matching (not in loading the packages).
    """

    __slots__ = ("dirs", "errs", "pattern", "pkgs")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.dirs: list[str] | None = None
        self.pkgs: list[str] | None = None
        self.errs: list[GokilnError] = []

    def __repr__(self) -> str:
        return f"<Match {self.pattern}: {self.pkgs}>"

    def add_error(self, err: BaseException | str) -> None:
        """Note an error of this pattern."""
        self.errs.append(MatchError(self, err))

    def is_literal(self) -> bool:
        """Whether the pattern can match at most one package."""
        return "..." not in self.pattern and not self.is_meta()

    def is_local(self) -> bool:
        """Whether the pattern is a path in the file system."""
        return is_local_import(self.pattern) or os.path.isabs(self.pattern)

    def is_meta(self) -> bool:
        """Whether the pattern is std, cmd, tool, work or all."""
        return is_meta_package(self.pattern)


class MatchError(GokilnError):
    """An error in finding out what a pattern matches."""

    def __init__(self, match: Match, err: BaseException | str) -> None:
        pattern = match.pattern if match.is_literal() else f"pattern {match.pattern}"
        super().__init__(f"{pattern}: {err}")
        self.match = match
        self.err = err if isinstance(err, BaseException) else GokilnError(err)


class IgnorePatterns:
    """Directories that go.mod's ignore lines keep out of wildcards."""

    __slots__ = ("_anywhere", "_at_root")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._at_root: list[str] = []
        self._anywhere: list[str] = []
        for pattern in patterns:
            if pattern.startswith("./"):
                self._at_root.append(_normalize(pattern[2:]))
            else:
                self._anywhere.append(_normalize(pattern))

    def should_ignore(self, directory: str) -> bool:
        """Whether a directory, relative to the module root, is ignored."""
        if not directory or not (self._at_root or self._anywhere):
            return False
        directory = _normalize(directory)
        return any(directory.startswith(p) for p in self._at_root) or any(p in directory for p in self._anywhere)


def _normalize(path: str) -> str:
    path = path.replace(os.sep, "/")
    if not path.startswith("/"):
        path = "/" + path
    return path if path.endswith("/") else path + "/"


def new_ignore_patterns(patterns: Iterable[str]) -> IgnorePatterns | None:
    """The patterns, or None when there are none (nearly always)."""
    patterns = list(patterns)
    return IgnorePatterns(patterns) if patterns else None


def match_std(ls: State, m: Match) -> None:
    """Set m.pkgs for the patterns "std" and "cmd": packages below GOROOT/src (Match.MatchPackages)."""
    found: list[str] = []
    m.pkgs = found
    if ls.config.flags.compiler == "gccgo":
        return  # GOROOT's sources are not that compiler's library
    src = ls.goroot_src
    have = {"builtin"}
    if not ls.config.target.cgo_enabled:
        have.add("runtime/cgo")

    def visit(directory: str, name: str) -> None:
        entries = ls.scan.entries(directory)
        if name and name not in have and any(e.name.endswith(".go") for e in entries):
            have.add(name)
            if ls.scan.dir_kind(directory) not in ("nogo", "ignored"):
                is_tool = m.pattern == "cmd" and name.startswith("cmd/vendor")
                if not (is_tool and ls.scan.source_package(directory).name == "main"):
                    found.append(name)
        for entry in entries:
            if entry.kind != DIR or entry.name[0] in "._" or entry.name == "testdata":
                continue
            child = f"{name}/{entry.name}" if name else entry.name
            if m.pattern == "std" and (child == "cmd" or not is_standard_import_path(child)):
                continue
            visit(f"{directory}/{entry.name}", child)

    try:
        if m.pattern == "cmd":
            visit(f"{src}/cmd", "cmd")
        else:
            visit(src, "")
    except OSError as err:
        m.add_error(f"open {err.filename}: {strerror(err)}")


def match_dirs(ls: State, m: Match, mod_roots: list[str], ignored: dict[str, list[str]]) -> None:
    """Set m.dirs to the directories that a local pattern may mean (Match.MatchDirs).

    mod_roots: roots of the main modules, to stay within; ignored: their go.mod's ignore lines, by root.
    """
    m.dirs = []
    if m.is_literal():
        m.dirs = [m.pattern]
        return
    clean = os.path.normpath(m.pattern)
    prefix = ""
    if clean != "." and m.pattern.startswith("./"):
        prefix = "./"
        clean = "./" + clean
    head = clean[: clean.index("...")]
    top = head[: head.rfind("/") + 1]
    absolute = os.path.normpath(os.path.join(ls.cwd, top))
    mod_root = ""
    if mod_roots:
        inside = [root for root in mod_roots if root and has_file_path_prefix(absolute, root)]
        if inside:
            mod_root = inside[-1]
        else:
            plural = "s" if len(mod_roots) > 1 else ""
            m.add_error(f"directory {absolute} is outside module root{plural} ({', '.join(mod_roots)})")
    walk = _DirWalk(ls, m, match_pattern(clean), prefix, mod_root, new_ignore_patterns(ignored.get(mod_root, ())))
    shown = top if top.endswith("/") or not top else top + "/"
    try:
        ls.disk.lstat(absolute)
    except OSError as err:
        m.add_error(f"lstat {shown}: {strerror(err)}")
        return
    walk.run(absolute, os.path.normpath(top or "."), shown)


class _DirWalk:
    """The walk below the fixed part of a local pattern."""

    def __init__(
        self,
        ls: State,
        m: Match,
        match: Callable[[str], bool],
        prefix: str,
        mod_root: str,
        ignore: IgnorePatterns | None,
    ) -> None:
        self.ls = ls
        self.m = m
        self.match = match
        self.prefix = prefix
        self.mod_root = mod_root
        self.ignore = ignore

    def run(self, absolute: str, shown: str, named: str) -> None:
        """Walk; an unreadable directory ends it with an error, as it might hold matches. named: the top in errors."""
        base = os.path.basename(shown)
        if (base.startswith(".") and base not in (".", "..")) or base.startswith("_") or base == "testdata":
            return
        if self._ignored(absolute):
            return
        try:
            self._visit(absolute, shown, named)
        except _Unreadable as stop:
            self.m.add_error(str(stop))

    def _ignored(self, absolute: str) -> bool:
        if self.ignore is None:
            return False
        rel = absolute[len(self.mod_root) :].lstrip(os.sep) or "."
        if not self.ignore.should_ignore(rel):
            return False
        if self.ls.config.flags.x:
            self.ls.warn(f"# ignoring directory {absolute}")
        return True

    def _visit(self, absolute: str, shown: str, top: str) -> None:
        ls = self.ls
        try:
            entries = ls.scan.entries(absolute)
        except OSError as err:
            self._keep(shown)  # it may hold a package: loading it tells the reason once more
            raise _Unreadable(path_error("open", top or shown, err)) from err
        has_go = False
        children: list[str] = []
        for entry in entries:
            name = entry.name
            if entry.kind == DIR:
                if name[0] not in "._" and name != "testdata":
                    children.append(name)
            elif name == "go.mod" and not top and not ls.gopath_mode:
                if entry.kind != LINK or ls.is_file(os.path.join(absolute, name)):
                    ls.have_go_mod[absolute] = True
                    return  # another module
            elif name.endswith(".go"):
                has_go = True
        if not top:
            ls.have_go_mod[absolute] = False
        if has_go and ls.scan.dir_kind(absolute) not in ("nogo", "ignored"):
            self._keep(shown)
        for child in children:
            below = os.path.join(absolute, child)
            if not self._ignored(below):
                self._visit(below, child if shown == "." else f"{shown}/{child}", "")

    def _keep(self, shown: str) -> None:
        """Note a directory, if the pattern matches it."""
        name = self.prefix + shown.replace(os.sep, "/")
        if self.match(name):
            assert self.m.dirs is not None
            self.m.dirs.append(name)


class _Unreadable(Exception):
    """A directory of the walk cannot be read."""


def warn_unmatched(ls: State, matches: Iterable[Match]) -> None:
    """Warn of patterns that matched nothing and have no error to show for it."""
    from gokiln.base.quote import go_quote

    for m in matches:
        if not m.pkgs and not m.errs:
            ls.warn(f"go: warning: {go_quote(m.pattern)} matched no packages")


def matcher(pattern: str) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """(whether an import path matches, whether something below it can); both always true for a meta pattern."""
    if is_meta_package(pattern):
        return _always, _always
    return match_pattern(pattern), tree_can_match_pattern(pattern)


def _always(name: str) -> bool:
    return True

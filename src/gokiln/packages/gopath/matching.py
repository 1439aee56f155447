"""What the patterns of a command line match in GOPATH mode.

`all` and `...` walk every source tree; nothing stops at a go.mod. Source: cmd/go/internal/search/search.go
(ImportPaths, MatchPackages), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.disk import DIR, LINK
from gokiln.base.oserror import strerror
from gokiln.base.pattern import clean_patterns
from gokiln.modules.resolve.match import Match, match_dirs, match_std, matcher, warn_unmatched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.modules.resolve.state import State
    from gokiln.packages.gopath.places import Places


def import_paths(ls: State, places: Places, patterns: Sequence[str]) -> list[Match]:
    """One Match a pattern, with its packages; a directory that no import path finds stands for itself."""
    matches = [Match(pattern) for pattern in clean_patterns(patterns)]
    for m in matches:
        if m.is_local():
            match_dirs(ls, m, [], {})
            m.pkgs = [_import_path(ls, places, directory) for directory in m.dirs or ()]
        elif m.is_literal():
            m.pkgs = [m.pattern]
        elif m.pattern in ("std", "cmd"):
            match_std(ls, m)
        else:
            _TreeWalk(ls, m).run(places.source_dirs())
    warn_unmatched(ls, matches)
    return matches


def _import_path(ls: State, places: Places, directory: str) -> str:
    found = places.find_dir(os.path.normpath(os.path.join(ls.cwd, directory)))
    return found.import_path if found.import_path != "." else directory


class _TreeWalk:
    """Collects packages from several source trees; the first tree that has a path wins."""

    def __init__(self, ls: State, m: Match) -> None:
        self.ls = ls
        self.m = m
        self.is_match, self.tree_can_match = matcher(m.pattern)
        self.found: list[str] = []
        self.have = {"builtin"}
        if not ls.config.target.cgo_enabled:
            self.have.add("runtime/cgo")

    def run(self, source_dirs: Sequence[str]) -> None:
        """Walk the trees; an unreadable directory ends the walk of its tree with an error."""
        self.m.pkgs = self.found
        for src in source_dirs:
            try:
                self._visit(os.path.normpath(src), "")
            except OSError as err:
                self.m.add_error(f"open {err.filename}: {strerror(err)}")

    def _visit(self, directory: str, name: str) -> None:
        ls = self.ls
        if name and name not in self.have:
            self.have.add(name)
            if self.is_match(name) and ls.scan.dir_kind(directory) not in ("nogo", "ignored"):
                self.found.append(name)
        for entry in ls.scan.entries(directory):
            elem = entry.name
            if entry.kind not in (DIR, LINK) or elem[0] in "._" or elem == "testdata":
                continue
            below = f"{directory}/{elem}"
            child = f"{name}/{elem}" if name else elem
            if not self.tree_can_match(child):
                continue
            if entry.kind == DIR:
                self._visit(below, child)
            elif "..." in self.m.pattern and ls.disk.is_dir(below):
                ls.warn(f"warning: ignoring symlink {below}")

"""Import path patterns to packages, by walking the trees of modules.

Source: cmd/go/internal/modload/search.go (matchPackages), go1.26. cmd/go walks its index for modules of the module
cache and the disk for others; both give the same packages, so here is one walk.
"""

from __future__ import annotations

import os

from gokiln.base.disk import DIR, LINK
from gokiln.base.oserror import path_error
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.imports import fetch
from gokiln.modules.resolve.match import IgnorePatterns, Match, matcher, new_ignore_patterns
from gokiln.modules.resolve.summaries import go_mod_summary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from gokiln.modules.resolve.state import State


def match_packages(
    ls: State, m: Match, tags: Collection[str] | None, include_std: bool, modules: Iterable[ModVersion]
) -> None:
    """Set m.pkgs to the matching packages of the modules (and of GOROOT/src), sorted; errors go to m.errs."""
    walk = _PackageWalk(ls, m, tags)
    m.pkgs = walk.found
    if include_std:
        walk.run(ls.goroot_src, "", prune_vendor=False, prune_go_mod=True)
        if walk.tree_can_match("cmd"):
            walk.run(os.path.join(ls.goroot_src, "cmd"), "cmd", prune_vendor=False, prune_go_mod=True)
    mms = ls.mains()
    if ls.build_mod == "vendor":
        for mod in mms.versions:
            root = mms.mod_root[mod]
            if root:
                walk.run(root, mms.path_prefix[mod], True, True, _ignored_by(ls, walk.tree_can_match, mod))
        if ls.has_mod_root():
            from gokiln.modules.resolve.vendorlist import vendor_dir

            walk.run(vendor_dir(ls), "", prune_vendor=True, prune_go_mod=False)
    else:
        for mod in modules:
            _match_module(ls, walk, mod)
    walk.found.sort()


def _match_module(ls: State, walk: _PackageWalk, mod: ModVersion) -> None:
    if gover.is_toolchain(mod.path) or not walk.tree_can_match(mod.path):
        return
    mms = ls.mains()
    is_local = True
    if mms.contains(mod.path):
        root = mms.mod_root[mod]
        if not root:
            return
        prefix = mms.path_prefix[mod]
    else:
        try:
            root, is_local = fetch(ls, mod)
        except FATAL:
            raise
        except GokilnError as err:
            walk.m.add_error(err)
            return
        prefix = mod.path
    walk.run(root, prefix, True, is_local, _ignored_by(ls, walk.tree_can_match, mod))


def _ignored_by(ls: State, tree_can_match: Callable[[str], bool], mod: ModVersion) -> IgnorePatterns | None:
    """What the module's go.mod says to ignore."""
    if gover.is_toolchain(mod.path) or not tree_can_match(mod.path):
        return None
    mms = ls.mains()
    if mms.contains(mod.path):
        index = mms.indices[mod]
        return new_ignore_patterns(index.ignore) if index is not None else None
    try:
        return new_ignore_patterns(go_mod_summary(ls, mod).ignore)
    except FATAL:
        raise
    except GokilnError:
        return None


class _PackageWalk:
    """Collects packages over several trees; the first tree that has an import path wins."""

    def __init__(self, ls: State, m: Match, tags: Collection[str] | None) -> None:
        self.ls = ls
        self.m = m
        self.tags = tags
        self.is_match, self.tree_can_match = matcher(m.pattern)
        self.found: list[str] = []
        self.have = {"builtin"}
        if not ls.config.target.cgo_enabled:
            self.have.add("runtime/cgo")

    def run(
        self,
        root: str,
        prefix: str,
        prune_vendor: bool,
        prune_go_mod: bool,
        ignore: IgnorePatterns | None = None,
    ) -> None:
        """Walk the tree at root, whose packages have import paths below prefix."""
        root = os.path.normpath(root)
        self.prune_vendor = prune_vendor
        self.prune_go_mod = prune_go_mod
        self.ignore = ignore
        if prefix and not self.tree_can_match(prefix):
            return
        self._visit(root, prefix, "", "")

    def _visit(self, directory: str, name: str, rel: str, elem: str) -> None:
        ls = self.ls
        try:
            entries = ls.scan.entries(directory)
        except OSError as err:
            if name:
                self._add(directory, name)  # it may hold a package: loading it tells the reason once more
            self.m.add_error(path_error("open", directory, err))
            return
        has_go = False
        for entry in entries:
            if entry.name == "go.mod" and rel and self.prune_go_mod and ls.is_file(f"{directory}/go.mod"):
                return
            if entry.name.endswith(".go"):
                has_go = True
        if name and has_go:
            self._add(directory, name)
        if elem == "vendor" and self.prune_vendor:
            return
        for entry in entries:
            if entry.kind in (DIR, LINK):
                self._child(directory, name, rel, entry.name, entry.kind)

    def _add(self, directory: str, name: str) -> None:
        if name in self.have:
            return
        self.have.add(name)
        if not self.is_match(name):
            return
        try:
            self.ls.scan.scan_dir(directory, self.tags)
        except FATAL:
            raise
        except (GokilnError, OSError) as err:
            if getattr(err, "no_go", False):
                return
        self.found.append(name)

    def _child(self, directory: str, name: str, rel: str, elem: str, kind: str) -> None:
        if elem[0] in "._" or elem == "testdata":
            return
        below = f"{directory}/{elem}"
        rel = f"{rel}/{elem}" if rel else elem
        if self.ignore is not None and self.ignore.should_ignore(rel):
            if self.ls.config.flags.x:
                self.ls.warn(f"# ignoring directory {below}")
            return
        name = f"{name}/{elem}" if name else elem
        if not self.tree_can_match(name):
            return
        if kind == DIR:
            self._visit(below, name, rel, elem)
        elif "..." in self.m.pattern and self.ls.disk.is_dir(below):
            self.ls.warn(f"warning: ignoring symlink {below}")

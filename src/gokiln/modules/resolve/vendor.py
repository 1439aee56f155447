"""Vendor directories: whether vendor/modules.txt fits go.mod, and imports from there.

GOROOT's own modules "std" and "cmd" are built from vendored packages, so this serves more than user modules.

Source: cmd/go/internal/modload/vendor.go, import.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL, NO_MODULE, AmbiguousImportError
from gokiln.modules.resolve.makemains import roots_from_mod_file
from gokiln.modules.resolve.modindex import PRUNED
from gokiln.modules.resolve.packagedirs import Found, dir_in_module, missing
from gokiln.modules.resolve.replacements import canonicalize_replace_path, replacement, replacement_from
from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
from gokiln.modules.resolve.vendorlist import vendor_dir, vendor_list
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.modules.modfile.directives import Replace
    from gokiln.modules.modfile.rule import File
    from gokiln.modules.resolve.modindex import ModFileIndex
    from gokiln.modules.resolve.state import State


def import_from_vendor(ls: State, path: str, std_dir: str) -> Found:
    """As import_from_modules, with -mod=vendor: from the main modules or the vendor directory."""
    mms = ls.mains()
    found: list[Found] = []
    if std_dir:
        in_cmd = path == "cmd" or path.startswith("cmd/")
        found.append(Found(NO_MODULE, f"{ls.goroot_src}/cmd" if in_cmd else ls.goroot_src, std_dir, []))
    problem: GokilnError | None = None
    for main in mms.versions:
        root = mms.mod_root[main]
        if not root:
            continue
        try:
            directory, ok = dir_in_module(ls, path, mms.path_prefix[main], root, True)
        except FATAL:
            raise
        except GokilnError as err:
            problem = problem or err
            continue
        if ok:
            found.append(Found(main, root, directory, []))
    if ls.has_mod_root():
        found += _in_vendor_dir(ls, path)
    if len(found) > 1:
        raise AmbiguousImportError(path, [f.dir for f in found], [])
    if problem is not None:
        raise problem
    if not found:
        raise missing(ls, path)
    return found[0]


def _in_vendor_dir(ls: State, path: str) -> list[Found]:
    vendor_root = vendor_dir(ls)
    try:
        directory, ok = dir_in_module(ls, path, "", vendor_root, False)
    except FATAL:
        raise
    except GokilnError:
        return []
    if not ok:
        return []
    mod = vendor_list(ls).package_module.get(path)
    # Since Go 1.23 a vendored package must be listed, or it is likely there by accident.
    strict = gover.compare(ls.mains().go_version(), gover.EXPLICIT_MODULES_TXT_IMPORT_VERSION) >= 0
    if mod is None and strict:
        command = "work" if ls.in_workspace_mode() else "mod"
        ls.warn(
            f"go: ignoring package {path} which exists in the vendor directory but is missing from"
            f" vendor/modules.txt. To sync the vendor directory run go {command} vendor."
        )
        return []
    return [Found(mod or NO_MODULE, vendor_root, directory, [])]


def check_vendor_consistency(ls: State, indices: list[ModFileIndex], files: list[File]) -> None:
    """Check that vendor/modules.txt fits the requirements and replacements of go.mod. Raises GokilnError."""
    check = _Consistency(ls, indices)
    for file in files:
        check.requires(file)
    for file in files:
        check.replaces(file.replace)
    work_file = ls.mains().work_file
    if work_file is not None:
        check.replaces(work_file.replace)
    check.vendored()
    if check.problems:
        command = "work" if ls.in_workspace_mode() else "mod"
        raise GokilnError(
            f"inconsistent vendoring in {os.path.dirname(vendor_dir(ls))}:{''.join(check.problems)}"
            "\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod."
            f"\n\tTo sync the vendor directory, run:\n\t\tgo {command} vendor"
        )


class _Consistency:
    """What does not fit between go.mod and vendor/modules.txt."""

    def __init__(self, ls: State, indices: list[ModFileIndex]) -> None:
        self.ls = ls
        self.vendor = vendor_list(ls)
        self.indices = indices
        self.problems: list[str] = []
        self.seen: set[ModVersion] = set()
        # Before Go 1.14 modules.txt did not say enough to be held against go.mod in full.
        self.pre114 = not ls.in_workspace_mode() and gover.compare(indices[0].go_version, "1.14") < 0

    def _problem(self, mod: ModVersion, detail: str) -> None:
        self.problems.append(f"\n\t{show(mod)}: {detail}")

    def requires(self, file: File) -> None:
        """Every requirement must be marked as explicit."""
        for r in file.require:
            if self.vendor.meta_of(r.mod).explicit:
                continue
            if not self.pre114:
                text = "is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt"
                self._problem(r.mod, text)
                continue
            have = self.vendor.version.get(r.mod.path)
            if have is not None and have != r.mod.version:
                self._problem(
                    r.mod,
                    f"is explicitly required in go.mod, but vendor/modules.txt indicates {r.mod.path}@{have}",
                )

    def replaces(self, replaces: Iterable[Replace]) -> None:
        """Every replacement must be marked, the ones of modules that give no packages too."""
        ls = self.ls
        for r in replaces:
            if r.old in self.seen:
                continue
            self.seen.add(r.old)
            new, root, source = replacement_from(ls, r.old)
            canonical = canonicalize_replace_path(ls, new, root)
            marked = self.vendor.meta_of(r.old).replacement
            if not marked.path:
                unlisted = not r.old.version or self.vendor.version.get(r.old.path) != r.old.version
                if canonical.path and not (self.pre114 and unlisted):
                    text = f"is replaced in {ls.short_path(source)}, but not marked as replaced in vendor/modules.txt"
                    self._problem(r.old, text)
            elif marked != canonical:
                self._problem(
                    r.old,
                    f"is replaced by {show(new)} in {ls.short_path(source)},"
                    f" but marked as replaced by {show(marked)} in vendor/modules.txt",
                )

    def vendored(self) -> None:
        """What is marked must be in go.mod."""
        article = "a " if self.ls.in_workspace_mode() else ""
        for mod in self.vendor.modules:
            if self.vendor.meta_of(mod).explicit and not any(mod in index.require for index in self.indices):
                self._problem(
                    mod,
                    f"is marked as explicit in vendor/modules.txt, but not explicitly required in {article}go.mod",
                )
        source = "the workspace" if self.ls.in_workspace_mode() else "go.mod"
        for mod in self.vendor.replaced:
            if not replacement(self.ls, mod).path:
                self._problem(mod, f"is marked as replaced in vendor/modules.txt, but not replaced in {source}")


def take_vendored_graph(ls: State, rs: Requirements, vendored: list[ModVersion]) -> None:
    """Take vendor/modules.txt's list for the module graph, instead of the dependencies' go.mod files."""
    if rs.graph_loaded() is not None:
        return
    mms = ls.mains()
    mg = ModuleGraph(rs.roots if ls.in_workspace_mode() else mms.versions)
    if rs.pruning == PRUNED:
        _check_vendored_roots(ls, rs, vendored)
        # In vendor mode the roots are the whole graph.
        mg.g.require(mms.single(), rs.roots)
    else:
        # How the roots lead to the vendored modules is not known: a made-up module stands between.
        vendor_mod = ModVersion("vendor/modules.txt")
        if ls.in_workspace_mode():
            for m in mms.versions:
                file = mms.mod_files[m]
                assert file is not None
                reqs, _ = roots_from_mod_file(ls, m, file, add_toolchain=False)
                mg.g.require(m, [*reqs, vendor_mod])
        else:
            mg.g.require(mms.single(), [*rs.roots, vendor_mod])
        mg.g.require(vendor_mod, vendored)
    rs.keep_graph(mg)


def _check_vendored_roots(ls: State, rs: Requirements, vendored: list[ModVersion]) -> None:
    """Raise ReportedError for vendored modules that go.mod does not require at that version."""
    inconsistent = False
    for m in vendored:
        if rs.root_selected(ls.mains(), m.path) != m.version:
            ls.report(f"vendored module {show(m)} should be required explicitly in go.mod")
            inconsistent = True
    if inconsistent:
        ls.report(ls.go_mod_dirty())
        ls.exit_if_errors()

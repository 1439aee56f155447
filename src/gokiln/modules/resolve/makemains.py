"""Making the set of main modules of go.mod files that were read, and the requirements that one of them has.

Source: cmd/go/internal/modload/init.go (makeMainModules, rootsFromModFile), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import in_dir
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import InvalidPathError, check_import_path
from gokiln.modules.resolve.mainmodules import MainModuleSet, append_language_roots, go_version_of
from gokiln.modules.resolve.modindex import to_replace_map
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.modfile.rule import File
    from gokiln.modules.modfile.work import WorkFile
    from gokiln.modules.resolve.modindex import ModFileIndex
    from gokiln.modules.resolve.state import State


def make_main_modules(
    ls: State,
    mods: list[ModVersion],
    roots: list[str],
    files: list[File | None],
    indices: list[ModFileIndex | None],
    work_file: WorkFile | None,
) -> MainModuleSet:
    """The set of the given modules; the four lists go 1:1. Raises GokilnError for replacements at odds."""
    mms = MainModuleSet(mods, ls.local, work_file)
    root_of_cwd = ls.find_module_root(ls.cwd)
    replacements: dict[ModVersion, ModVersion] = {}
    seen: set[str] = set()
    for mod in mods:
        if mod.path in seen:
            ls.fail(f"go: module {mod.path} appears multiple times in workspace")
        seen.add(mod.path)
    by_work = _replaced_by_work(ls, mms, replacements)
    for i, mod in enumerate(mods):
        mms.path_prefix[mod] = mod.path
        mms.mod_root[mod] = roots[i]
        mms.mod_files[mod] = files[i]
        mms.indices[mod] = indices[i]
        if roots[i] == root_of_cwd:
            mms.mod_containing_cwd = mod
        if roots[i] and in_dir(roots[i], ls.goroot_src):
            mms.in_goroot_src.add(mod)
            if mod.path == "std":
                # The packages of the standard library have no prefix; only in GOROOT/src is "std" that module.
                mms.path_prefix[mod] = ""
        file = files[i]
        if file is not None:
            _add_replacements(ls, mms, file, roots[i], by_work, replacements)
            _add_tools(mms, file)
    return mms


def _replaced_by_work(ls: State, mms: MainModuleSet, replacements: dict[ModVersion, ModVersion]) -> set[str]:
    """Enter go.work's replacements; the paths they are for."""
    paths: set[str] = set()
    if mms.work_file is None:
        return paths
    mms.work_file_replace_map = to_replace_map(mms.work_file.replace)
    for r in mms.work_file.replace:
        if mms.contains(r.old.path) and not r.old.version:
            ls.fail(
                f"go: workspace module {r.old.path} is replaced at all versions in the go.work file. To fix, remove the"
                " replacement from the go.work file or specify the version at which to replace the module."
            )
        paths.add(r.old.path)
        _note_highest(mms, r.old)
        replacements[r.old] = r.new
    return paths


def _note_highest(mms: MainModuleSet, old: ModVersion) -> None:
    have = mms.highest_replaced.get(old.path)
    if have is None or gover.mod_compare(old.path, old.version, have) > 0:
        mms.highest_replaced[old.path] = old.version


def _add_replacements(
    ls: State,
    mms: MainModuleSet,
    file: File,
    root: str,
    by_work: set[str],
    replacements: dict[ModVersion, ModVersion],
) -> None:
    own: set[ModVersion] = set()
    for r in file.replace:
        if r.old.path in by_work:
            continue
        new = r.new
        if ls.work_file_path and not new.version and not os.path.isabs(new.path):
            # Relative to its own go.mod: the same words in two modules mean two places.
            new = ModVersion(os.path.normpath(os.path.join(root, new.path)), new.version)
        prev = replacements.get(r.old)
        if prev is not None and r.old not in own and prev != new:
            raise GokilnError(
                f"conflicting replacements for {show(r.old)}:\n\t{show(prev)}\n\t{show(new)}\n"
                f'use "go work edit -replace {show(r.old)}=[override]" to resolve'
            )
        own.add(r.old)
        replacements[r.old] = new
        _note_highest(mms, r.old)


def _add_tools(mms: MainModuleSet, file: File) -> None:
    for tool in file.tool:
        try:
            check_import_path(tool.path)
        except InvalidPathError as err:
            raise InvalidPathError("tool", err.path, err.err) from None
        mms.tools[tool.path] = True


def roots_from_mod_file(
    ls: State, m: ModVersion, file: File, add_toolchain: bool = True
) -> tuple[list[ModVersion], dict[str, bool]]:
    """(requirements of a go.mod file with its Go version as a root "go", paths of the direct ones)."""
    index = ls.mains().indices.get(m)
    exclude = index.exclude if index is not None else frozenset()
    roots: list[ModVersion] = []
    direct: dict[str, bool] = {}
    for r in file.require:
        if r.mod in exclude:
            verb = "dropping" if ls.build_mod == "mod" else "ignoring"
            ls.warn(f"go: {verb} requirement on excluded version {r.mod.path} {r.mod.version}")
            continue
        roots.append(r.mod)
        if not r.indirect:
            direct[r.mod.path] = True
    toolchain = file.toolchain.name if add_toolchain and file.toolchain is not None else ""
    append_language_roots(roots, go_version_of(file), toolchain)
    direct["go"] = True
    return roots, direct

"""Bringing go.mod and go.sum on disk in line with the requirements, or saying that they would have to change.

Source: cmd/go/internal/modload/init.go (UpdateGoModFromReqs, commitRequirements, keepSums), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import is_valid_import_path
from gokiln.modules.modfile import edit
from gokiln.modules.modfile.directives import Require
from gokiln.modules.modfile.rule import File
from gokiln.modules.modfile.separate import set_require_at_most_two, set_require_separate_indirect
from gokiln.modules.resolve.errors import ModloadError
from gokiln.modules.resolve.modfiles import force_go_stmt, load_mod_file
from gokiln.modules.resolve.modindex import PRUNED, index_mod_file, mod_key, resolve_replacement
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.pkgload import LoadPkg, PackageLoader
    from gokiln.modules.resolve.requirements import Requirements
    from gokiln.modules.resolve.state import State


class WriteOpts:
    """What else write_go_mod changes: `go get` of toolchains and tools."""

    __slots__ = ("add_tools", "drop_toolchain", "drop_tools", "explicit_toolchain")

    def __init__(
        self,
        *,
        drop_toolchain: bool = False,
        explicit_toolchain: bool = False,
        add_tools: list[str] | None = None,
        drop_tools: list[str] | None = None,
    ) -> None:
        self.drop_toolchain = drop_toolchain
        self.explicit_toolchain = explicit_toolchain
        self.add_tools = add_tools or []
        self.drop_tools = drop_tools or []


def write_go_mod(ls: State, opts: WriteOpts | None = None) -> None:
    """Write the current requirements to go.mod and go.sum where -mod allows it. Raises GokilnError."""
    ls.requirements = load_mod_file(ls)
    commit_requirements(ls, opts)


def update_go_mod_from_reqs(ls: State, opts: WriteOpts) -> tuple[bytes, bytes, File] | None:
    """(go.mod before, after, the changed file) for the current requirements; None without a go.mod. Not written."""
    mms = ls.mains()
    if len(mms.versions) != 1 or not mms.mod_root[mms.versions[0]]:
        return None
    main = mms.single()
    file = mms.mod_files[main]
    if file is None:
        return None
    rs = ls.requirements
    assert rs is not None
    before = file.format()
    wanted: list[Require] = []
    go_version = toolchain = ""
    for m in rs.roots:
        if m.path == "go":
            go_version = m.version
        elif m.path == "toolchain":
            toolchain = m.version
        else:
            wanted.append(Require(m, indirect=not rs.direct.get(m.path)))
    if gover.compare(go_version, ls.local) > 0:
        raise ls.too_new("updating go.mod", go_version)
    if file.go is None or file.go.version != go_version:
        always = ls.build_mod == "mod" or ls.cmd_name in ("mod tidy", "get")
        if file.go is not None or go_version != gover.DEFAULT_GO_MOD_VERSION or always:
            force_go_stmt(ls, file, main, go_version)
    _update_toolchain(file, go_version, toolchain or "go" + go_version, opts)
    for path in opts.add_tools:
        edit.add_tool(file, path)
    for path in opts.drop_tools:
        edit.drop_tool(file, path)
    if gover.compare(go_version, gover.SEPARATE_INDIRECT_VERSION) < 0:
        edit.set_require(file, wanted)
    elif ls.config.toolchain.release.minor >= 27 and gover.compare(go_version, "1.27") >= 0:
        set_require_at_most_two(file, wanted)
    else:
        set_require_separate_indirect(file, wanted)
    edit.cleanup(file)
    return before, file.format(), file


def _update_toolchain(file: File, go_version: str, toolchain: str, opts: WriteOpts) -> None:
    too_old = gover.compare(gover.from_toolchain(toolchain), gover.GO_STRICT_VERSION) < 0
    if opts.drop_toolchain or toolchain == "go" + go_version or (too_old and not opts.explicit_toolchain):
        edit.drop_toolchain_stmt(file)
    else:
        edit.add_toolchain_stmt(file, toolchain)


def commit_requirements(ls: State, opts: WriteOpts | None = None) -> None:
    """Make go.mod and go.sum agree with ls.requirements.

    With -mod=mod they are written; else GoModDirtyError is raised when go.mod would have to change in meaning, and
    a GokilnError when go.sum would. In a workspace only go.work.sum is written.
    """
    opts = opts or WriteOpts()
    if ls.in_workspace_mode():
        _write_go_sum(ls)
        return
    updated = update_go_mod_from_reqs(ls, opts)
    if updated is None:
        return
    _, after, file = updated
    index = ls.mains().single_index()
    dirty = index is None or index.mod_file_is_dirty(file, ls.build_mod)
    dirty = dirty or bool(opts.drop_tools or opts.add_tools)
    if dirty and ls.build_mod != "mod":
        # Told before a go.sum that is out of date.
        raise ls.go_mod_dirty()
    if dirty or ls.cmd_name == "mod tidy":
        main = ls.mains().single()
        path = ls.mod_file_in(ls.mains().mod_root[main])
        if ls.disk.replaced(path):
            if dirty:
                raise GokilnError("updates to go.mod needed, but go.mod is part of the overlay specified with -overlay")
            return
        _write(ls, path, after, index.data if index is not None else None)
        ls.mains().indices[main] = index_mod_file(ls, after, file, main, False)
    if ls.cmd_name != "mod init":
        _write_go_sum(ls)


def _write(ls: State, path: str, after: bytes, expected: bytes | None) -> None:
    from gokiln.base.lock import transform_locked
    from gokiln.base.oserror import path_error

    def change(old: bytes) -> bytes | None:
        if old == after:
            return None
        if expected is not None and old != expected:
            raise GokilnError("existing contents have changed since last read")
        return after

    try:
        with ls.fetcher.dirs.side_lock():
            transform_locked(path, change)
    except GokilnError as err:
        raise ModloadError(f"updating go.mod: {err}", err) from err
    except OSError as err:
        raise ModloadError(f"updating go.mod: {path_error('open', path, err)}") from err


def _write_go_sum(ls: State) -> None:
    rs = ls.requirements
    assert rs is not None
    ls.fetcher.write_go_sum(keep_sums(ls, ls.loaded, rs, True), ls.must_have_complete_requirements())


def keep_sums(ls: State, ld: PackageLoader | None, rs: Requirements, add_build_list_zip_sums: bool) -> set[ModVersion]:
    """The go.sum keys that loading the same packages again needs (modules, and "/go.mod" versions for go.mod files).

    add_build_list_zip_sums: also the trees of everything in the build list.
    """
    keep: set[ModVersion] = set()
    keep_mod_sums = True
    old_sums = gover.compare(ls.mains().go_version(), gover.TIDY_GO_MOD_SUM_VERSION) < 0
    if ld is None:
        keep_mod_sums = not (old_sums and ls.build_mod != "mod")
    else:
        old_sums = gover.compare(ld.requirements.go_version(ls), gover.TIDY_GO_MOD_SUM_VERSION) < 0
        keep_mod_sums = not (old_sums and (ld.opts.tidy or ls.build_mod != "mod"))
        _keep_for_packages(ls, ld, rs, keep, keep_mod_sums)
    mg = rs.graph_loaded()
    if mg is None:
        for m in rs.roots:
            r = resolve_replacement(ls, m)
            keep.add(mod_key(r))
            if add_build_list_zip_sums:
                keep.add(r)
        return keep

    graph = mg

    def visit(m: ModVersion) -> None:
        # Its requirements count in selecting versions, whether or not it was selected itself.
        if graph.required_by(m) is not None:
            keep.add(mod_key(resolve_replacement(ls, m)))

    graph.walk_breadth_first(visit)
    if add_build_list_zip_sums:
        for m in graph.build_list():
            r = resolve_replacement(ls, m)
            if keep_mod_sums:
                keep.add(mod_key(r))
            keep.add(r)
    return keep


def _keep_for_packages(
    ls: State, ld: PackageLoader, rs: Requirements, keep: set[ModVersion], keep_go_mod: bool
) -> None:
    """Trees of all modules that could have had a loaded package: the next load must rule them out again."""
    seen: dict[ModVersion, bool] = {}
    prefixes_done: set[str] = set()
    for pkg in ld.pkgs:
        if pkg.test_of is not None or (not pkg.mod.path and pkg.err is None) or not is_valid_import_path(pkg.path):
            continue
        from_root = seen.get(pkg.mod)
        if from_root is None:
            if keep_go_mod:
                keep.add(mod_key(resolve_replacement(ls, pkg.mod)))
            from_root = _is_selected_root(ls, rs, pkg)
            seen[pkg.mod] = from_root
        if from_root:
            _keep_prefixes_of_roots(ls, rs, pkg.path, keep, prefixes_done)
        else:
            mg = rs.graph_and_error(ls)[0]
            for prefix in _prefixes(pkg.path):
                v = mg.selected(prefix)
                if v != "none":
                    keep.add(resolve_replacement(ls, ModVersion(prefix, v)))


def _is_selected_root(ls: State, rs: Requirements, pkg: LoadPkg) -> bool:
    return rs.pruning == PRUNED and bool(pkg.mod.path) and rs.root_selected(ls, pkg.mod.path) == pkg.mod.version


def _keep_prefixes_of_roots(ls: State, rs: Requirements, path: str, keep: set[ModVersion], done: set[str]) -> None:
    for prefix in _prefixes(path):
        if prefix in done:
            return  # and so are all shorter ones
        done.add(prefix)
        v = rs.root_selected(ls, prefix)
        if v is not None and v != "none":
            keep.add(resolve_replacement(ls, ModVersion(prefix, v)))


def _prefixes(path: str) -> list[str]:
    out = [path]
    slash = path.rfind("/")
    while slash >= 0:
        path = path[:slash]
        out.append(path)
        slash = path.rfind("/")
    return out

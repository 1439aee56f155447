"""Bringing go.mod and go.sum on disk in line with the requirements, or saying that they would have to change.

Source: cmd/go/internal/modload/init.go (UpdateGoModFromReqs, commitRequirements, keepSums), go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import ModloadError
from gokiln.modules.resolve.modfiles import force_go_stmt, load_mod_file
from gokiln.modules.resolve.summaries import index_mod_file
from gokiln.modules.resolve.sums import keep_sums

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.modfile.directives import Require
    from gokiln.modules.modfile.rule import File
    from gokiln.modules.resolve.requirements import Requirements
    from gokiln.modules.resolve.state import State
    from gokiln.modules.version import ModVersion

_TWO_BLOCKS_SINCE = 27  # minor release that puts requirements into two blocks, for modules of its Go version
_TOOLS_RAISE_GO_SINCE = 27  # minor release in which `get` raises the go line of a module with tools


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
    from gokiln.modules.modfile import edit
    from gokiln.modules.modfile.directives import Require

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
    if not go_version:
        raise GokilnError("internal error: missing go root module in WriteGoMod")
    if gover.compare(go_version, ls.local) > 0:
        raise ls.too_new("updating go.mod", go_version)
    if file.go is None or file.go.version != go_version:
        always = ls.build_mod == "mod" or ls.cmd_name in ("mod tidy", "get")
        if file.go is not None or go_version != gover.DEFAULT_GO_MOD_VERSION or always:
            force_go_stmt(ls, file, main, go_version)
    if ls.cmd_name == "get":
        go_version = _raise_for_tools(ls, file, main, go_version, opts)
    _update_toolchain(file, go_version, toolchain or "go" + go_version, opts)
    for path in opts.add_tools:
        edit.add_tool(file, path)
    for path in opts.drop_tools:
        edit.drop_tool(file, path)
    _set_require(ls, file, go_version, wanted)
    edit.cleanup(file)
    return before, file.format(), file


def _set_require(ls: State, file: File, go_version: str, wanted: list[Require]) -> None:
    """Make them the file's requirements, in the blocks that the Go version has."""
    from gokiln.modules.modfile import edit
    from gokiln.modules.modfile.separate import set_require_at_most_two, set_require_separate_indirect

    if gover.compare(go_version, gover.SEPARATE_INDIRECT_VERSION) < 0:
        edit.set_require(file, wanted)
    elif ls.config.toolchain.release.minor >= _TWO_BLOCKS_SINCE and gover.compare(go_version, "1.27") >= 0:
        set_require_at_most_two(file, wanted)
    else:
        set_require_separate_indirect(file, wanted)


def _raise_for_tools(ls: State, file: File, main: ModVersion, go_version: str, opts: WriteOpts) -> str:
    """The go line that go.mod has afterwards: Go versions before 1.24 cannot read tool lines (`get` of go1.27).

    Raises GokilnError when it may not be raised for that.
    """
    minor = ls.config.toolchain.release.minor
    if minor < _TOOLS_RAISE_GO_SINCE or gover.compare(go_version, gover.GO_MOD_TOOL_VERSION) >= 0:
        return go_version
    tools = ({tool.path for tool in file.tool} - set(opts.drop_tools)) | set(opts.add_tools)
    if not tools:
        return go_version
    need = gover.GO_MOD_TOOL_VERSION
    if opts.explicit_toolchain:
        raise GokilnError(f"{need} is required for tool directives in go.mod: go get go@{need}.0")
    force_go_stmt(ls, file, main, need)
    return need


def _update_toolchain(file: File, go_version: str, toolchain: str, opts: WriteOpts) -> None:
    from gokiln.modules.modfile import edit

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
    if ls.in_workspace_mode():
        _write_go_sum(ls)
        return
    if opts is None and ls.requirements is not None and _as_in_go_mod(ls, ls.requirements):
        _write_go_sum(ls)
        return
    opts = opts or WriteOpts()
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


def _as_in_go_mod(ls: State, rs: Requirements) -> bool:
    """Whether go.mod says exactly this, so that not even its layout needs a look: the case of nearly every build."""
    mms = ls.mains()
    index = mms.single_index() if len(mms.versions) == 1 else None
    if index is None or index.data_needs_fix or ls.cmd_name in ("mod tidy", "mod init"):
        return False
    file = mms.mod_files[mms.single()]
    if (
        file is None
        or len(file.require) != len(index.require)
        or file.go is None
        or file.go.version != index.go_version
    ):
        return False
    toolchain = ""
    count = 0
    for m in rs.roots:
        if m.path == "go":
            if m.version != index.go_version or gover.compare(m.version, ls.local) > 0:
                return False
        elif m.path == "toolchain":
            toolchain = m.version
        else:
            indirect = index.require.get(m)
            if indirect is None or (ls.build_mod != "readonly" and indirect == bool(rs.direct.get(m.path))):
                return False
            count += 1
    return count == len(index.require) and not toolchain and not index.toolchain


def _write(ls: State, path: str, after: bytes, expected: bytes | None) -> None:
    from contextlib import ExitStack, suppress

    from gokiln.base.lock import transform_locked
    from gokiln.base.oserror import path_error

    def change(old: bytes) -> bytes | None:
        if old == after:
            return None
        if expected is not None and old != expected:
            raise GokilnError("existing contents have changed since last read")
        return after

    try:
        with ExitStack() as stack:
            with suppress(GokilnError):  # only go commands before 1.12 look at this lock: a cache may be read-only
                stack.enter_context(ls.fetcher.dirs.side_lock())
            transform_locked(path, change)
    except GokilnError as err:
        raise ModloadError(f"updating go.mod: {err}", err) from err
    except OSError as err:
        raise ModloadError(f"updating go.mod: {path_error('open', path, err)}") from err


def _write_go_sum(ls: State) -> None:
    rs = ls.requirements
    assert rs is not None
    ls.fetcher.write_go_sum(keep_sums(ls, ls.loaded, rs, True), ls.must_have_complete_requirements())

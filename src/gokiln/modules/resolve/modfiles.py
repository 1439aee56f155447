"""From go.mod (or go.work and the go.mod files it names) to main modules and root requirements.

Source: cmd/go/internal/modload/init.go (loadModFile, requirementsFromModFiles, LoadWorkFile), modfile.go
(ReadModFile), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import (
    InvalidPathError,
    InvalidVersionError,
    ModuleError,
    canonical_version,
    check_import_path,
    check_path_major,
    split_path_version,
    version_error,
)
from gokiln.modules.modfile.errors import ErrorList
from gokiln.modules.modfile.rule import File, parse, parse_lax
from gokiln.modules.resolve.errors import FATAL, JoinedError, ModloadError
from gokiln.modules.resolve.mainmodules import append_language_roots, go_version_of, go_version_of_work
from gokiln.modules.resolve.makemains import make_main_modules, roots_from_mod_file
from gokiln.modules.resolve.modindex import PRUNED, WORKSPACE, ModFileIndex, pruning_for_go_version
from gokiln.modules.resolve.requirements import Requirements, override_roots
from gokiln.modules.resolve.summaries import index_mod_file
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.modfile.work import WorkFile
    from gokiln.modules.resolve.loaded import PackageOpts
    from gokiln.modules.resolve.state import State


def load_mod_file(ls: State, opts: PackageOpts | None = None) -> Requirements:
    """The requirements of go.mod, read once; sets ls.main_modules and may settle ls.build_mod. Raises GokilnError.

    Checks the roots against each other, but does not look at the dependencies' go.mod files.
    """
    if ls.requirements is not None:
        return ls.requirements
    ls.init()
    work_file = _load_work(ls) if ls.in_workspace_mode() else None
    if not ls.mod_roots:
        ls.requirements = _outside_modules(ls)
        return ls.requirements
    if work_file is None:
        ls.fetcher.set_go_sum_file(_sum_file(ls.mod_file_in(ls.mod_roots[0])))
    mods, files, indices = _read_main_modules(ls, work_file)
    ls.main_modules = make_main_modules(ls, mods, ls.mod_roots, list(files), list(indices), work_file)
    ls.set_default_build_mod()
    rs = requirements_from_mod_files(ls, work_file, files)
    if ls.build_mod == "vendor":
        from gokiln.modules.resolve.vendor import check_vendor_consistency, take_vendored_graph
        from gokiln.modules.resolve.vendorlist import vendor_list

        check_vendor_consistency(ls, indices, files)
        take_vendored_graph(ls, rs, vendor_list(ls).modules)
    if work_file is None:
        rs = _settle_roots(ls, rs, opts)
    ls.requirements = rs
    return rs


def _sum_file(mod_file: str) -> str:
    return mod_file.removesuffix(".mod") + ".sum"


def _load_work(ls: State) -> WorkFile:
    work_file, roots = load_work_file(ls, ls.work_file_path)
    ls.mod_roots = roots or None
    for root in roots:
        ls.fetcher.add_workspace_go_sum_file(_sum_file(ls.mod_file_in(root)))
    ls.fetcher.set_go_sum_file(ls.work_file_path + ".sum")
    return work_file


def _outside_modules(ls: State) -> Requirements:
    """Requirements of the pseudo-module for files named on the command line: the language and nothing else."""
    main = ModVersion("command-line-arguments")
    # As in cmd/go, what an empty workspace's go.work says besides does not count.
    ls.main_modules = make_main_modules(ls, [main], [""], [None], [None], None)
    if ls.in_workspace_mode():
        ls.main_modules.in_workspace_mode = True
        go_version = ls.main_modules.go_version()
        roots = [main, ModVersion("go", go_version), ModVersion("toolchain", ls.local_toolchain)]
        pruning = WORKSPACE
    else:
        go_version = ls.local
        roots = [ModVersion("go", go_version), ModVersion("toolchain", ls.local_toolchain)]
        pruning = pruning_for_go_version(go_version)
    ls.raw_go_version[main] = go_version
    rs = Requirements(pruning, roots, {"go": True})
    if ls.build_mod == "vendor":
        from gokiln.modules.resolve.vendor import take_vendored_graph

        take_vendored_graph(
            ls, rs, []
        )  # GOFLAGS=-mod=vendor: as if vendored, with no dependencies (go.dev/issue/56536)
    return rs


def _read_main_modules(
    ls: State, work_file: WorkFile | None
) -> tuple[list[ModVersion], list[File], list[ModFileIndex]]:
    mods: list[ModVersion] = []
    files: list[File] = []
    indices: list[ModFileIndex] = []
    errors: list[BaseException] = []
    assert ls.mod_roots is not None
    for root in ls.mod_roots:
        path = ls.mod_file_in(root)
        fixer = VersionFixer(ls)
        try:
            data, file = read_mod_file(ls, path, fixer, ls.mod_file_shown(root))
            if work_file is not None:
                _check_work_is_new_enough(ls, path, file, work_file)
        except FATAL:
            raise
        except gover.TooNewError as err:
            errors.append(_too_new(ls, path, work_file, err))
            continue
        except GokilnError as err:
            errors.append(_in_work(ls, path, err) if work_file is not None else err)
            continue
        if work_file is None:
            problems = _check_godebugs(ls, path, file)
            if problems:
                errors += problems
                continue
        assert file.module is not None
        mod = file.module.mod
        mods.append(mod)
        files.append(file)
        indices.append(index_mod_file(ls, data, file, mod, fixer.fixed))
        try:
            check_import_path(mod.path)
        except InvalidPathError as err:
            errors.append(InvalidPathError("module", err.path, err.err))
    if errors:
        raise errors[0] if len(errors) == 1 else JoinedError(errors)
    return mods, files, indices


def _too_new(ls: State, path: str, work_file: WorkFile | None, err: gover.TooNewError) -> GokilnError:
    """What is said of a go.mod file that needs a newer Go."""
    if work_file is None:
        err.own = True
        return err
    if ls.cmd_name.startswith("work "):
        # These commands mend go.work once a newer toolchain runs them.
        return _in_work(ls, path, err)
    return _work_too_old(ls, path, work_file, err.go_version)


def _settle_roots(ls: State, rs: Requirements, opts: PackageOpts | None) -> Requirements:
    """Merge roots that are listed twice; add the go line where it is missing and go.mod may change."""
    from gokiln.modules.resolve.roots import convert_pruning, update_roots

    mms = ls.mains()
    main = mms.single()
    if rs.has_redundant_root(ls.mains()):
        rs = update_roots(ls, rs.direct, rs, [], [], False)
    index = mms.indices[main]
    assert index is not None
    if index.go_version:
        return rs
    if ls.build_mod != "mod" or ls.cmd_name in ("mod graph", "mod why"):
        ls.raw_go_version[main] = gover.DEFAULT_GO_MOD_VERSION
        return rs
    version = (opts.tidy_go_version if opts is not None else "") or ls.local
    file = mms.mod_files[main]
    assert file is not None
    if file.go is None or not file.go.version:
        force_go_stmt(ls, file, main, version)
    rs = override_roots(rs, [ModVersion("go", version)])
    # What is there was written for Go 1.11 to 1.16, which knew no pruning.
    if gover.compare(version, gover.EXPLICIT_INDIRECT_VERSION) >= 0:
        rs = convert_pruning(ls, rs, PRUNED)
    return rs


def force_go_stmt(ls: State, file: File, mod: ModVersion, version: str) -> None:
    """Set the go line of a main module. Raises GokilnError for a version that no go.mod file can have (go@1)."""
    from gokiln.modules.modfile.edit import add_go_stmt

    try:
        add_go_stmt(file, version)
    except GokilnError as err:
        raise GokilnError(f"internal error: {err}") from err
    ls.raw_go_version[mod] = version


class ModFileUnreadableError(GokilnError):
    """A go.mod file cannot be read."""

    def __init__(self, path: str, err: OSError) -> None:
        super().__init__(read_error(path, err))
        self.path = path
        self.err = err


def read_mod_file(
    ls: State, path: str, fix: Callable[[str, str], str] | None = None, name: str = ""
) -> tuple[bytes, File]:
    """A main module's go.mod: (content, parsed). name: what it was called, "" for path.

    Raises GokilnError with cmd/go's message.
    """
    name = name or path
    try:
        data = ls.disk.read_file(path)
    except OSError as err:
        raise ModFileUnreadableError(name, err) from err
    shown = ls.short_path(name)
    try:
        file = parse(name, data, fix)
    except GokilnError as err:
        # A newer Go may have written what we cannot parse.
        try:
            lax = parse_lax(shown, data, fix)
        except GokilnError:
            lax = None
        if lax is not None:
            _check_not_too_new(ls, shown, lax)
        if isinstance(err, ErrorList):
            err = err.shown_as(shown)
        raise ModloadError(f"errors parsing {shown}:\n{err}", err) from err
    _check_not_too_new(ls, shown, file)
    if file.module is None:
        raise GokilnError(
            f"error reading {shown}: missing module declaration."
            " To specify the module path:\n\tgo mod edit -module=example.com/mod"
        )
    if gover.is_toolchain(file.module.mod.path):
        raise GokilnError(f"error reading {shown}: invalid module path: {go_quote(file.module.mod.path)}")
    return data, file


def _check_not_too_new(ls: State, shown: str, file: File) -> None:
    if file.go is not None and gover.compare(file.go.version, ls.local) > 0:
        toolchain = file.toolchain.name if file.toolchain is not None else ""
        raise ls.too_new(shown, file.go.version, toolchain)


class VersionFixer:
    """Makes the versions in a main module's go.mod canonical; asks for what only the repository knows."""

    def __init__(self, ls: State) -> None:
        self.ls = ls
        self.fixed = False  # whether any version was not canonical

    def __call__(self, path: str, version: str) -> str:
        fixed = self._fix(path, version)
        if fixed != version:
            self.fixed = True
        return fixed

    def _fix(self, path: str, version: str) -> str:
        if path.startswith("gopkg.in/") and "-gopkgin-" in version:
            version = version[version.index("-gopkgin-") + len("-gopkgin-") :]
        _, path_major, ok = split_path_version(path)
        if not ok:
            problem = GokilnError(f"malformed module path {go_quote(path)}")
            raise ModuleError(path, "", InvalidVersionError(version, problem))
        if version and canonical_version(version) == version:
            try:
                check_path_major(version, path_major)
            except GokilnError as err:
                raise version_error(ModVersion(path, version), err) from err
            return version
        from gokiln.modules.resolve.query import query

        return query(self.ls, path, version, "", None).version


def requirements_from_mod_files(ls: State, work_file: WorkFile | None, files: list[File]) -> Requirements:
    """The root requirements that the files state, without excluded ones."""
    mms = ls.mains()
    if work_file is not None:
        roots = list(mms.versions)
        direct = {r.mod.path: True for file in files for r in file.require if not r.indirect}
        toolchain = work_file.toolchain.name if work_file.toolchain is not None else ""
        append_language_roots(roots, go_version_of_work(work_file), toolchain)
        pruning = WORKSPACE
    else:
        pruning = pruning_for_go_version(mms.go_version())
        roots, direct = roots_from_mod_file(ls, mms.single(), files[0])
    gover.mod_sort(roots)
    return Requirements(pruning, roots, direct)


def _check_godebugs(ls: State, path: str, file: File) -> list[BaseException]:
    problems: list[BaseException] = []
    for g in file.godebug:
        text = check_godebug(ls, "godebug", g.key, g.value)
        if text:
            line = g.syntax.start.line
            problems.append(GokilnError(f"error loading go.mod:\n{ls.short_path(path)}:{line}: {text}"))
    return problems


def check_godebug(ls: State, verb: str, key: str, value: str) -> str:
    """What is wrong with a GODEBUG setting in a file, "" for nothing. verb: the word for it in messages."""
    for text, name in ((key, "key"), (value, "value")):
        if " " in text or "\t" in text:
            return f"{name} contains space"
    for text, name in ((key, "key"), (value, "value")):
        if "," in text:
            return f"{name} contains comma"
    if key == "default":
        if not value.startswith("go") or not gover.is_valid(value[2:]):
            return "value for default= must be goVERSION"
        if gover.compare(value[2:], ls.local) > 0:
            return f"default={value} too new (toolchain is go{ls.local})"
        return ""
    from gokiln.config.release import check_godebug_name

    return check_godebug_name(ls.config.toolchain.release, verb, key, value)


# Workspaces


def load_work_file(ls: State, path: str) -> tuple[WorkFile, list[str]]:
    """(go.work, the absolute roots of its modules). Raises GokilnError with cmd/go's message."""
    work_file = read_work_file(ls, path)
    directory = os.path.dirname(path)
    shown = ls.short_path(path)
    roots: list[str] = []
    for use in work_file.use:
        root = os.path.normpath(os.path.join(directory, use.path))
        if root in roots:
            line = use.syntax.start.line
            raise GokilnError(
                f"error loading go.work:\n{shown}:{line}: path {root} appears multiple times in workspace"
            )
        roots.append(root)
    for g in work_file.godebug:
        text = check_godebug(ls, "godebug", g.key, g.value)
        if text:
            raise GokilnError(f"error loading go.work:\n{shown}:{g.syntax.start.line}: {text}")
    return work_file, roots


def read_work_file(ls: State, path: str) -> WorkFile:
    """go.work, parsed. Raises GokilnError with cmd/go's message."""
    from gokiln.modules.modfile.work import parse_work

    shown = ls.short_path(path)
    try:
        data = ls.disk.read_file(path)
    except OSError as err:
        raise GokilnError(f"reading go.work: {read_error(shown, err)}") from err
    try:
        work_file = parse_work(shown, data)
    except GokilnError as err:
        raise ModloadError(f"errors parsing go.work:\n{err}", err) from err
    if work_file.go is not None and gover.compare(work_file.go.version, ls.local) > 0 and ls.cmd_name != "work edit":
        raise ls.too_new(shown, work_file.go.version)
    return work_file


def _check_work_is_new_enough(ls: State, path: str, file: File, work_file: WorkFile) -> None:
    if ls.cmd_name.startswith("work "):
        return
    wanted = go_version_of(file)
    have = go_version_of_work(work_file)
    if gover.compare(wanted, have) > 0 and gover.compare(wanted, gover.GO_STRICT_VERSION) >= 0:
        raise ls.too_new(ls.short_path(path), wanted)


def _work_too_old(ls: State, path: str, work_file: WorkFile, go_version: str) -> GokilnError:
    verb = "lists" if work_file.go is not None else "implicitly requires"
    way = f"download and use go {go_version}" if ls.config.toolchain.release.minor >= 27 else "update it"
    return GokilnError(
        f"module {ls.short_path(os.path.dirname(path))} listed in go.work file requires go >= {go_version},"
        f" but go.work {verb} go {go_version_of_work(work_file)}; to {way}:\n\tgo work use"
    )


def _in_work(ls: State, path: str, err: GokilnError) -> GokilnError:
    if isinstance(err, ModFileUnreadableError):
        err = ModFileUnreadableError(ls.short_path(err.path), err.err)
    return ModloadError(f"cannot load module {ls.short_path(os.path.dirname(path))} listed in go.work file: {err}", err)

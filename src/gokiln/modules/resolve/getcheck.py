"""The end of `go get`: whether the packages asked for load now, what is retracted or deprecated, what has changed.

Source: cmd/go/internal/modget/get.go (checkPackageProblems, reportChanges, updateTools), go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.base.pattern import is_meta_package
from gokiln.errors import GokilnError, PlainError, find_error
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL, AmbiguousImportError, ModuleRetractedError, short_message
from gokiln.modules.resolve.load import load_packages
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.modfiles import load_mod_file, requirements_from_mod_files
from gokiln.modules.resolve.replacements import resolve_replacement
from gokiln.modules.resolve.retract import check_deprecation, check_retractions
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.modfile.rule import File
    from gokiln.modules.resolve.commit import WriteOpts
    from gokiln.modules.resolve.getresolver import Resolver
    from gokiln.modules.resolve.state import State

# Why a module's retractions and deprecation are of interest.
_RESOLVED, _NAMED, _HAS_PACKAGE, _DIRECT = 1, 2, 4, 8
_CHECKS_AT_ONCE = 8
_TOOLS_FIRST_SINCE = 27  # minor release


class ToldError(PlainError):
    """All errors have been printed; only the exit status is left."""

    def __init__(self) -> None:
        super().__init__("")


def check_package_problems(r: Resolver, patterns: list[str], open_workspace: Callable[[], State]) -> None:
    """Load the packages of the patterns once more, telling what is wrong with them and with their modules.

    open_workspace makes the loader of the workspace around the module: its packages count there. Sums of modules that
    moved are fetched. Raises ToldError, PlainError.
    """
    ls = r.ls
    ws = ls
    if r.workspace is not None and ls.mains().single().path in r.workspace.modules:
        ws = _enter_workspace(ls, open_workspace())
    relevant: dict[ModVersion, int] = {}
    for path, settled in r.resolved_version.items():
        relevant[ModVersion(path, settled.version)] = _RESOLVED
    failed = bool(patterns) and _reload(r, ws, patterns, relevant)
    rs = load_mod_file(ws)
    for m in relevant:
        if rs.direct.get(m.path):
            relevant[m] |= _DIRECT
    deprecations, retractions = _ask_authors(ws, relevant)
    if ws is not ls:
        ls.loaded = ws.loaded  # sums are kept for what was loaded last
        ls.failed = ws.failed
    sum_errors = _fetch_sums(r)
    for m, message in deprecations:
        ls.warn(f"go: module {m.path} is deprecated: {message}")
    for _, message in retractions:
        ls.warn(f"go: warning: {message}")
    if retractions:
        path = retractions[0][0].path if len(retractions) == 1 else "<module>"
        ls.warn(f"go: to switch to the latest unretracted version, run:\n\tgo get {path}@latest")
    for err in sum_errors:
        ls.report(err)
    ls.exit_if_errors()
    if failed:
        raise ToldError


def _enter_workspace(ls: State, ws: State) -> State:
    """The workspace with the requirements that ls has now, not those on disk (modload.EnterWorkspace)."""
    from gokiln.modules.resolve.commit import WriteOpts, update_go_mod_from_reqs

    main = ls.mains().single()
    updated = update_go_mod_from_reqs(ls, WriteOpts())
    ws.force_use_modules = True
    ws.follow(ls)
    ws.allow_missing_module_imports = ls.allow_missing_module_imports
    ws.explicit_write_go_mod = ls.explicit_write_go_mod
    ws.work_file_path = ws.find_go_work(ws.cwd)
    load_mod_file(ws)
    mms = ws.mains()
    if updated is not None:
        mms.mod_files[main] = updated[2]
    files = [file for file in mms.mod_files.values() if file is not None]
    ws.requirements = requirements_from_mod_files(ws, mms.work_file, files)
    return ws


def _reload(r: Resolver, ws: State, patterns: list[str], relevant: dict[ModVersion, int]) -> bool:
    """Load the packages, errors being printed; note their modules. Whether anything is wrong."""
    opts = PackageOpts(
        vendor_modules_in_goroot_src=True, load_tests=r.options.t, allow_errors=True, silence_no_go_errors=True
    )
    matches, paths = load_packages(ws, opts, patterns)
    failed = any(m.errs for m in matches)
    ld = ws.loaded
    assert ld is not None
    for path in paths:
        pkg = ld.pkg_cache.get(path)
        if pkg is None:
            continue
        err = pkg.err
        if err is not None:
            if pkg.dir and getattr(err, "no_go", False):
                continue  # for another platform, it seems
            failed = True
            ambiguous = find_error(err, AmbiguousImportError)
            if ambiguous is not None:
                for m in ambiguous.modules:
                    relevant[m] = relevant.get(m, 0) | _HAS_PACKAGE
        if pkg.mod.path:
            relevant[pkg.mod] = relevant.get(pkg.mod, 0) | _HAS_PACKAGE
    for match in matches:
        for path in match.pkgs or ():
            pkg = ld.pkg_cache.get(path)
            if pkg is not None and pkg.mod.path:
                relevant[pkg.mod] = relevant.get(pkg.mod, 0) | _NAMED
    return failed


def _ask_authors(
    ls: State, relevant: dict[ModVersion, int]
) -> tuple[list[tuple[ModVersion, str]], list[tuple[ModVersion, str]]]:
    """(deprecations, retractions) of the modules that it is worth asking for, with their messages."""

    def retraction(m: ModVersion) -> str:
        try:
            check_retractions(ls, m)
        except FATAL:
            raise
        except GokilnError as err:
            return str(err) if find_error(err, ModuleRetractedError) is not None else ""
        return ""

    def deprecation(m: ModVersion) -> str:
        try:
            text = check_deprecation(ls, m)
        except FATAL:
            raise
        except GokilnError:
            return ""
        return short_message(text, "") if text else ""

    # Retractions count for indirect dependencies too: one may be able to upgrade. Deprecation of those does not.
    asked = sorted((m for m, flags in relevant.items() if flags & (_RESOLVED | _NAMED | _HAS_PACKAGE)), key=_path)
    direct_package = _HAS_PACKAGE | _DIRECT
    shown = sorted(
        (m for m, f in relevant.items() if f & (_RESOLVED | _NAMED) or f & direct_package == direct_package), key=_path
    )
    retracted = dict(zip(asked, _in_parallel(retraction, asked)))
    deprecated = dict(zip(shown, _in_parallel(deprecation, shown)))
    return [(m, text) for m, text in deprecated.items() if text], [(m, t) for m, t in retracted.items() if t]


def _path(m: ModVersion) -> str:
    return m.path


def _in_parallel(ask: Callable[[ModVersion], str], mods: list[ModVersion]) -> list[str]:
    if len(mods) < 2:
        return [ask(m) for m in mods]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(len(mods), _CHECKS_AT_ONCE)) as pool:
        return list(pool.map(ask, mods))


def _fetch_sums(r: Resolver) -> list[GokilnError]:
    """Fetch zips of modules that changed and had a sum before: builds may need them. The errors."""
    ls = r.ls

    def fetch_one(m: ModVersion) -> GokilnError | None:
        actual = resolve_replacement(ls, m)
        old = ModVersion(m.path, r.initial_version.get(m.path, ""))
        if not old.version:
            return None
        old_actual = resolve_replacement(ls, old)
        if actual == old_actual or not actual.version or not ls.fetcher.have_sum(old_actual):
            return None
        try:
            ls.fetcher.download_zip(actual)
        except FATAL:
            raise
        except GokilnError as err:
            verb = "downgraded" if gover.mod_compare(m.path, m.version, old.version) < 0 else "upgraded"
            replaced = f" (replaced by {show(actual)})" if actual != m else ""
            return GokilnError(
                f"{verb} {m.path} {old.version} => {m.version}{replaced}: error finding sum for {show(actual)}: {err}"
            )
        return None

    changed = [m for m in r.build_list if r.initial_version.get(m.path, "") not in ("", m.version)]
    if not changed:
        return []
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_CHECKS_AT_ONCE) as pool:
        return [err for err in pool.map(fetch_one, changed) if err is not None]


def tools_come_first(ls: State) -> bool:
    """Whether tools are entered before packages are checked and sums looked for (from go1.27 on), so for them too."""
    return ls.config.toolchain.release.minor >= _TOOLS_FIRST_SINCE


def update_tools(r: Resolver, opts: WriteOpts) -> None:
    """Enter the packages of the arguments as tools, or drop those @none (get -tool). Raises GokilnError."""
    for q in r.queries:
        if is_meta_package(q.pattern) or q.pattern == "toolchain":
            raise PlainError(f'go: go get -tool does not work with "{q.pattern}".')
    pkg_opts = PackageOpts(
        vendor_modules_in_goroot_src=True, load_tests=r.options.t, allow_errors=True, silence_no_go_errors=True
    )
    matches, _ = load_packages(r.ls, pkg_opts, [q.pattern for q in r.queries])
    for q, match in zip(r.queries, matches):
        (opts.drop_tools if q.version == "none" else opts.add_tools).extend(match.pkgs or ())
    if tools_come_first(r.ls):
        r.set_build_list()


# What has changed


def reqs_of(file: File) -> list[tuple[str, str]]:
    """(path, version) of a go.mod file's requirements, each time one is listed; its go and toolchain lines behind."""
    reqs = [(r.mod.path, r.mod.version) for r in file.require]
    if file.go is not None:
        reqs.append(("go", file.go.version))
    if file.toolchain is not None:
        reqs.append(("toolchain", file.toolchain.name))
    return reqs


class Change:
    """A module whose version changed; "" or "none" for one that was not or is not there."""

    __slots__ = ("new", "old", "path")

    def __init__(self, path: str, old: str, new: str) -> None:
        self.path = path
        self.old = old
        self.new = new

    def verb(self) -> str:
        """added, removed, upgraded or downgraded."""
        if not self.old:
            return "added"
        if self.new in ("none", ""):
            return "removed"
        return "upgraded" if gover.mod_compare(self.path, self.new, self.old) > 0 else "downgraded"

    def text(self) -> str:
        """As go get tells it."""
        verb = self.verb()
        if verb == "added":
            return f"go: added {self.path} {self.new}"
        if verb == "removed":
            return f"go: removed {self.path} {self.old}"
        text = f"go: {verb} {self.path} {self.old} => {self.new}"
        low = gover.EXPLICIT_INDIRECT_VERSION
        if self.path == "go" and gover.compare(self.old, low) < 0 <= gover.compare(self.new, low):
            text += f"\n\tnote: expanded dependencies to upgrade to go {low} or higher; run 'go mod tidy' to clean up"
        return text


def find_changes(r: Resolver, old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[Change]:
    """What changed among the modules that were named and the requirements of go.mod (reqs_of before and after)."""
    changes: dict[str, Change] = {}
    for path, settled in r.resolved_version.items():
        before = r.initial_version.get(path, "")
        if not gover.is_toolchain(path) and before != settled.version and (before or settled.version != "none"):
            changes[path] = Change(path, before, settled.version)
    for path, version in old:
        now = r.build_list_version.get(path, "")
        if not gover.is_toolchain(path) and version != now:
            changes[path] = Change(path, version, now)
    for path, version in new:
        before = r.initial_version.get(path, "")
        if not gover.is_toolchain(path) and version != before:
            changes[path] = Change(path, before, version)
    was, is_now = dict(old), dict(new)
    for path in ("go", "toolchain"):
        if was.get(path, "") != is_now.get(path, ""):
            changes[path] = Change(path, was.get(path, ""), is_now.get(path, ""))
    order = {"go": 0, "toolchain": 1}
    return sorted(changes.values(), key=lambda c: (order.get(c.path, 2), c.path))

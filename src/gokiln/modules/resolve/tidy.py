"""The end of a load with `tidy`: the fewest requirements and sums, and that an older Go would load the same.

Source: cmd/go/internal/modload/load.go (LoadPackages, loadFromRoots, checkTidyCompatibility), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, find_error
from gokiln.golang import gover
from gokiln.modules.resolve.errors import FATAL, NO_MODULE, ImportMissingError, ModloadError
from gokiln.modules.resolve.graphread import graph_and_error
from gokiln.modules.resolve.imports import import_from_modules
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED, pruning_for_go_version
from gokiln.modules.resolve.requirements import ModuleGraph, Requirements, override_roots
from gokiln.modules.resolve.sums import keep_sums
from gokiln.modules.resolve.tidyroots import tidied
from gokiln.modules.version import ModVersion, show

_AT_GO_DEV_SINCE = 27  # minor release whose messages point to go.dev

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.loadpkg import LoadPkg
    from gokiln.modules.resolve.pkgload import PackageLoader
    from gokiln.modules.resolve.state import State


class TidyDiffError(GokilnError):
    """`mod tidy -diff`: what would change. Each text is go.mod or go.sum before and after; exit status 1 if any do."""

    def __init__(self, go_mod: tuple[bytes, bytes], go_sum: tuple[bytes, bytes]) -> None:
        super().__init__("go.mod and go.sum are compared, not written")
        self.go_mod = go_mod
        self.go_sum = go_sum


def tidy_requirements(ld: PackageLoader) -> None:
    """Set ld.requirements to the fewest roots; errors are told to ld."""
    ls = ld.ls
    try:
        rs = tidied(ld)
    except FATAL:
        raise
    except GokilnError as err:
        ld.error(err)
        return
    if ld.opts.tidy_go_version:
        rs = _at_go_version(ld, rs, ld.opts.tidy_go_version)
    if ld.requirements.pruning == PRUNED:
        # Tidy roots were added all along; one that is missing now is a bug.
        for m in rs.roots:
            if m.path == "go" and ld.opts.tidy_go_version:
                continue
            v = ld.requirements.root_selected(ls.mains(), m.path)
            if v != m.version:
                ld.error(
                    f"internal error: a requirement on {show(m)} is needed but was not added during package loading"
                    f" (selected {v or ''})"
                )
    ld.requirements = rs


def _at_go_version(ld: PackageLoader, rs: Requirements, version: str) -> Requirements:
    """rs with the Go version asked for, unless some module wants a higher one."""
    ls = ld.ls
    tidy = override_roots(rs, [ModVersion("go", version)])
    mg, err = graph_and_error(ls, tidy)
    if err is not None:
        ld.error(err)
    v = mg.selected("go")
    if v == version:
        return tidy
    path = mg.g.find_path(lambda m: m.path == "go" and m.version == v) or []
    from gokiln.modules.resolve.conflict import Conflict

    conflict = Conflict(path[1:], ModVersion("go", version))
    ld.error(conflict.text() if ls.config.flags.v else conflict.summary())
    return rs


def finish_tidy(ls: State, ld: PackageLoader, initial: Requirements) -> None:
    """After loading: say what is unused (-v), check the older Go's view, and drop needless sums."""
    if ls.config.flags.v:
        _tell_unused(ls, ld, initial)
    keep = keep_sums(ls, ld, ld.requirements, False)
    go_version = ld.requirements.go_version(ls.mains())
    compat = _compat_version(ld, go_version)
    pruning = pruning_for_go_version(compat)
    if pruning != ld.requirements.pruning:
        rs = Requirements(pruning, ld.requirements.roots, ld.requirements.direct)
        _Compatibility(ld, rs, compat).check()
        keep |= keep_sums(ls, ld, rs, False)
    if ld.opts.tidy_diff:
        raise _diff(ls, ld, keep, compat)
    if not ls.explicit_write_go_mod:
        ls.fetcher.trim_go_sum(keep)
        # commit_requirements writes go.sum too, but knows nothing of the sums kept for the older Go.
        ls.fetcher.write_go_sum(keep, ls.must_have_complete_requirements())


def _compat_version(ld: PackageLoader, go_version: str) -> str:
    """The oldest Go that must be able to load the same packages."""
    compat = ld.opts.tidy_compatible_version
    if not compat:
        compat = gover.prev(go_version) if gover.compare(go_version, gover.GO_STRICT_VERSION) < 0 else go_version
    return go_version if gover.compare(compat, go_version) > 0 else compat


def _tell_unused(ls: State, ld: PackageLoader, initial: Requirements) -> None:
    mg = graph_and_error(ls, ld.requirements)[0]
    for m in initial.roots:
        if ld.requirements.pruning == UNPRUNED:
            unused = mg.selected(m.path) == "none"
        else:
            unused = ld.requirements.root_selected(ls.mains(), m.path) is None
        if unused:
            ls.warn(f"unused {m.path}")


def _diff(ls: State, ld: PackageLoader, keep: set[ModVersion], compat: str) -> TidyDiffError:
    from gokiln.modules.resolve.commit import WriteOpts, update_go_mod_from_reqs

    ls.build_mod = "readonly"
    ls.loaded = ld
    ls.requirements = ld.requirements
    updated = update_go_mod_from_reqs(ls, WriteOpts())
    go_mod = (updated[0], updated[1]) if updated is not None else (b"", b"")
    ls.fetcher.trim_go_sum(keep)
    if gover.compare(compat, "1.16") > 0:
        keep = keep_sums(ls, ld, ld.requirements, True)
    return TidyDiffError(go_mod, ls.fetcher.tidy_go_sum(keep))


class _Compatibility:
    """Whether an older Go, with its own idea of pruning, would find every package in the same module."""

    def __init__(self, ld: PackageLoader, rs: Requirements, compat: str) -> None:
        self.ld = ld
        self.ls = ld.ls
        self.rs = rs
        self.compat = compat
        self.go_version = rs.go_version(ld.ls.mains())
        self.suggest_upgrade = False
        self.suggest_e_flag = False

    def check(self) -> None:
        """Report packages that would come from elsewhere, with advice."""
        mg, err = graph_and_error(self.ls, self.rs)
        if err is not None:
            self.ld.error(ModloadError(f"error loading go {self.compat} module graph: {err}", err))
            self._suggest()
            self.ld.exit_if_errors()
            return
        mismatches = self._mismatches(mg)
        if not mismatches:
            self._check_roots(mg)
            return
        for pkg in self.ld.pkgs:
            if id(pkg) in mismatches and pkg.test_of is None:
                self._report(mg, pkg, *mismatches[id(pkg)])
        self._suggest()
        self.ld.exit_if_errors()

    def _mismatches(self, mg: ModuleGraph) -> dict[int, tuple[ModVersion, GokilnError | None]]:
        found: dict[int, tuple[ModVersion, GokilnError | None]] = {}
        for pkg in self.ld.pkgs:
            if not pkg.mod.path and pkg.err is None:
                continue  # the standard library
            mod, err = NO_MODULE, None
            try:
                mod = import_from_modules(self.ls, pkg.path, self.rs, mg, self.ld.skip_import_mod_files).mod
            except FATAL:
                raise
            except GokilnError as import_err:
                err = import_err
            if mod != pkg.mod:
                found[id(pkg)] = mod, err
        return found

    def _check_roots(self, mg: ModuleGraph) -> None:
        for m in self.ld.requirements.roots:
            v = mg.selected(m.path)
            if v != m.version:
                self.ls.warn("")
                site = "go.dev" if self.ls.config.toolchain.release.minor >= _AT_GO_DEV_SINCE else "golang.org"
                raise GokilnError(
                    f"internal error: failed to diagnose selected-version mismatch for module {m.path}:"
                    f" go {self.go_version} selects {m.version}, but go {self.compat} selects {v}"
                    f"\n\tPlease report this at https://{site}/issue."
                )

    def _report(self, mg: ModuleGraph, pkg: LoadPkg, mod: ModVersion, err: GokilnError | None) -> None:
        compat = self.compat
        if err is not None:
            text = f"{pkg.stack_text()} loaded from {show(pkg.mod)},\n\tbut go {compat} would fail to locate it"
            if find_error(err, ImportMissingError) is not None:
                selected = ModVersion(pkg.mod.path, mg.selected(pkg.mod.path))
                self.ld.error(f"{text} in {show(selected)}")
            else:
                self.ld.error(ModloadError(f"{text}:\n\t{err}", err))
            self.suggest_e_flag = True
            if any(mg.selected(m.path) != m.version for m in self.ld.requirements.roots):
                self.suggest_upgrade = True
        elif pkg.err is not None:
            self.suggest_upgrade = True
            self.ld.error(
                f"{pkg.path} failed to load from any module,\n\tbut go {compat} would load it from {show(mod)}"
            )
        else:
            self.suggest_upgrade = True
            self.ld.error(
                f"{pkg.stack_text()} loaded from {show(pkg.mod)},\n\tbut go {compat} would select {mod.version}\n"
            )

    def _suggest(self) -> None:
        if self.ld.opts.allow_errors:
            return
        ls = self.ls
        errors = list(ls.errors)
        go_flag = f" -go={self.go_version}" if self.go_version != ls.mains().go_version() else ""
        compat_flag = f" -compat={self.compat}" if self.compat != gover.prev(self.go_version) else ""
        ls.warn("")
        if self.suggest_upgrade:
            desc = ", leaving some packages unresolved" if self.suggest_e_flag else ""
            e = " -e" if self.suggest_e_flag else ""
            ls.warn(
                f"To upgrade to the versions selected by go {self.compat}{desc}:\n\tgo mod tidy{e} -go={self.compat}"
                f" && go mod tidy{e} -go={self.go_version}{compat_flag}"
            )
        elif self.suggest_e_flag:
            ls.warn(
                f"To proceed despite packages unresolved in go {self.compat}:\n\tgo mod tidy -e{go_flag}{compat_flag}"
            )
        ls.warn(
            f"If reproducibility with go {self.compat} is not needed:\n\tgo mod tidy{go_flag} -compat={self.go_version}"
        )
        ls.warn("For information about 'go mod tidy' compatibility, see:\n\thttps://go.dev/ref/mod#graph-pruning")
        ls.errors += errors  # cmd/go asks twice whether to switch toolchains, and each time tells them

"""Package patterns to packages: the loop of loading, and of bringing the requirements in line with what was loaded.

Loading can change the requirements (a root is missing, a module must be added), and other requirements can mean other
packages; so the loop starts over until nothing changes. In -mod=readonly the first round is the last.

Source: cmd/go/internal/modload/load.go (LoadPackages, loadFromRoots, updateRequirements), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import clean_patterns
from gokiln.errors import GokilnError, find_error
from gokiln.golang import gover
from gokiln.modules.resolve.errors import (
    FATAL,
    NO_MODULE,
    DirectImportFromImplicitDependencyError,
    ImportMissingError,
    ImportMissingSumError,
    ModloadError,
)
from gokiln.modules.resolve.graphread import graph_and_error, module_graph
from gokiln.modules.resolve.imports import import_from_modules
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.loadpkg import LoadPkg
from gokiln.modules.resolve.localpkg import (
    PackageIsBuiltinError,
    PackageIsGorootSrcError,
    match_local_dirs,
    resolve_local_package,
)
from gokiln.modules.resolve.match import Match, match_std, warn_unmatched
from gokiln.modules.resolve.matchpkgs import match_packages
from gokiln.modules.resolve.modfiles import load_mod_file
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED, WORKSPACE, pruning_for_go_version
from gokiln.modules.resolve.pkgload import PackageLoader
from gokiln.modules.resolve.requirements import Requirements
from gokiln.modules.resolve.roots import convert_pruning, update_roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State
    from gokiln.modules.version import ModVersion


def load_packages(ls: State, opts: PackageOpts, patterns: list[str]) -> tuple[list[Match], list[str]]:
    """Load the packages that match the patterns, and all that they import.

    Returns (one Match per pattern, import paths of everything loaded, sorted). Raises GokilnError; with
    opts.allow_errors, errors of packages are printed (or silenced) and kept on the packages instead.
    """
    matches = [Match(pattern) for pattern in clean_patterns(patterns)]
    initial = load_mod_file(ls, opts)
    matching = _Matching(ls, opts, matches)
    ld = load_from_roots(
        PackageLoader(
            ls,
            opts,
            initial,
            matching.list_roots,
            all_pattern_is_root=any(m.pattern == "all" for m in matches),
        )
    )
    matching.update(ld.requirements, ld)
    if not opts.silence_package_errors:
        for match in matches:
            for err in match.errs:
                ld.error(err)
    ld.exit_if_errors()
    if not opts.silence_unmatched_warnings:
        warn_unmatched(ls, matches)
    if opts.tidy:
        from gokiln.modules.resolve.tidy import finish_tidy

        finish_tidy(ls, ld, initial)
    ls.loaded = ld
    ls.requirements = ld.requirements
    loaded = sorted(pkg.path for pkg in ld.pkgs if pkg.test_of is None)
    if not ls.explicit_write_go_mod and opts.resolve_missing_imports:
        _commit(ls)
    return matches, loaded


def _commit(ls: State) -> None:
    from gokiln.modules.resolve.commit import commit_requirements

    commit_requirements(ls)


class _Matching:
    """The patterns of one load_packages, matched anew whenever the build list has changed."""

    def __init__(self, ls: State, opts: PackageOpts, matches: list[Match]) -> None:
        self.ls = ls
        self.opts = opts
        self.matches = matches

    def list_roots(self, rs: Requirements) -> list[str]:
        """The import paths that the patterns stand for."""
        self.update(rs, None)
        return [path for m in self.matches for path in m.pkgs or ()]

    def update(self, rs: Requirements, ld: PackageLoader | None) -> None:
        """Fill in the packages of every match; ld is given the last time."""
        for m in self.matches:
            if m.is_local():
                self._local(m, rs, ld)
            elif m.is_literal():
                m.pkgs = [m.pattern]
            elif "..." in m.pattern:
                m.errs = []
                mg, err = graph_and_error(self.ls, rs)
                if err is not None:
                    # Modules may be missing or at the wrong version; match what is there.
                    m.errs.append(err)
                match_packages(self.ls, m, self.opts.tags, True, mg.build_list())
            elif m.pattern == "work":
                match_packages(self.ls, m, self.opts.tags, False, self._main_modules())
            elif m.pattern == "all":
                self._all(m, ld)
            elif m.pattern in ("std", "cmd"):
                if m.pkgs is None:
                    match_std(self.ls, m)
            else:
                m.pkgs = [*(m.pkgs or ()), *self.ls.mains().tools]

    def _main_modules(self) -> list[ModVersion]:
        if self.opts.main_module != NO_MODULE:
            return [self.opts.main_module]
        return list(self.ls.mains().versions)

    def _all(self, m: Match, ld: PackageLoader | None) -> None:
        if ld is not None:
            m.pkgs = ld.compute_pattern_all()
            return
        m.errs = []
        match_packages(self.ls, m, self.opts.tags, False, self._main_modules())
        assert m.pkgs is not None
        m.pkgs += self.ls.mains().tools

    def _local(self, m: Match, rs: Requirements, ld: PackageLoader | None) -> None:
        ls = self.ls
        if m.dirs is None:
            roots = ls.mod_roots or []
            if self.opts.main_module != NO_MODULE:
                roots = [ls.mains().mod_root[self.opts.main_module]]
            match_local_dirs(ls, roots, m, rs)
            assert m.dirs is not None
        # What a directory's import path is can change with the build list.
        m.pkgs = []
        for directory in m.dirs:
            try:
                m.pkgs.append(resolve_local_package(ls, directory, rs))
            except (PackageIsBuiltinError, PackageIsGorootSrcError) as err:
                if m.is_literal():
                    self._local_error(m, err, ld)
            except FATAL:
                raise
            except GokilnError as err:
                self._local_error(m, err, ld)

    def _local_error(self, m: Match, err: GokilnError, ld: PackageLoader | None) -> None:
        if not self.ls.has_mod_root():
            raise self.ls.no_module()
        if ld is not None:
            m.add_error(err)


def load_from_roots(ld: PackageLoader) -> PackageLoader:
    """Load ld's roots and what they reach until the requirements stand still, then report errors; returns ld."""
    ls = ld.ls
    if ld.requirements.pruning == UNPRUNED:
        # Without pruning the whole graph is needed anyway.
        from gokiln.modules.resolve.modgraph import expand_graph

        ld.requirements, _, err = expand_graph(ls, ld.requirements)
        if err is not None:
            ld.error(err)
    ld.exit_if_errors()
    while True:
        ld.reset()
        _update_go_version(ld)
        root_pkgs = ld.list_roots(ld.requirements)
        if ld.requirements.pruning == PRUNED and ls.build_mod == "mod":
            # Promote the modules of the roots first: with a tidy go.mod one round of loading is then enough.
            from gokiln.modules.resolve.missing import preload_root_modules

            if preload_root_modules(ld, root_pkgs):
                continue
        ld.load_roots(root_pkgs)
        try:
            if update_requirements(ld):
                continue
            if not _add_missing(ld):
                break
        except FATAL:
            raise
        except GokilnError as problem:
            ld.error(problem)
            break
    ld.exit_if_errors()
    if ld.opts.tidy:
        from gokiln.modules.resolve.tidy import tidy_requirements

        tidy_requirements(ld)
        ld.exit_if_errors()
    _report_errors(ld)
    ld.check_multiple_paths()
    return ld


def _add_missing(ld: PackageLoader) -> bool:
    """Add modules for packages that none has; whether any were added."""
    ls = ld.ls
    if not ld.opts.resolve_missing_imports or not (ls.has_mod_root() or ls.allow_missing_module_imports):
        return False
    if all(pkg.err is None for pkg in ld.pkgs):
        return False
    from gokiln.modules.resolve.missing import add_missing_modules

    return add_missing_modules(ld)


def _update_go_version(ld: PackageLoader) -> None:
    """Take up the semantics of the Go version that the requirements have now."""
    version = ld.opts.tidy_go_version or ld.requirements.go_version(ld.ls.mains())
    if ld.requirements.pruning != WORKSPACE:
        try:
            ld.requirements = convert_pruning(ld.ls, ld.requirements, pruning_for_go_version(version))
        except FATAL:
            raise
        except GokilnError as err:
            ld.error(err)
            ld.exit_if_errors()
    ld.skip_import_mod_files = ld.opts.tidy and gover.compare(version, gover.TIDY_GO_MOD_SUM_VERSION) < 0
    ld.all_closes_over_tests = gover.compare(version, gover.NARROW_ALL_VERSION) < 0 and not ld.opts.use_vendor_all


def update_requirements(ld: PackageLoader) -> bool:
    """Bring the requirements in line with the packages; whether that may change which packages there are.

    Raises GokilnError. A direct import from a module that is no root, where go.mod may not change, is put on the
    importing package as an error.
    """
    ls = ld.ls
    rs = ld.requirements
    direct = _direct_modules(ld, rs)
    add_roots = []
    if ld.opts.tidy:
        from gokiln.modules.resolve.tidyroots import tidied

        add_roots = tidied(ld).roots
    rs = update_roots(ls, direct, rs, ld.pkgs, add_roots, ld.opts.assume_roots_imported)
    changed = False
    if rs.go_version(ls.mains()) != ld.requirements.go_version(ls.mains()):
        # Another Go version can change "all", pruning, and the standard library.
        changed = True
    elif rs is not ld.requirements and rs.roots != ld.requirements.roots:
        changed = _packages_affected(ld, rs)
    ld.requirements = rs
    return changed


def _packages_affected(ld: PackageLoader, rs: Requirements) -> bool:
    """Whether other roots could mean another module for a package that was loaded."""
    ls = ld.ls
    mains = ls.mains().paths
    mg = module_graph(ls, rs)
    for pkg in ld.pkgs:
        mod = pkg.mod
        if mod.path and mod.path not in mains and mg.selected(mod.path) != mod.version:
            return True
        if pkg.err is not None:
            # What failed before may work now; if it does, one more round finds out how.
            try:
                import_from_modules(ls, pkg.path, rs, None, ld.skip_import_mod_files)
            except FATAL:
                raise
            except GokilnError:
                continue
            return True
    return False


def _direct_modules(ld: PackageLoader, rs: Requirements) -> dict[str, bool]:
    """Paths of modules that the main module imports from itself. Raises TooNewError for the newest one wanted."""
    ls = ld.ls
    mains = ls.mains().paths
    tags = ld.opts.tags
    if ld.all_pattern_is_root and tags is not None and set(tags) == {"*"}:
        direct: dict[str, bool] = {}  # every import of the main module was seen
    else:
        direct = dict(rs.direct)
    newest: gover.TooNewError | None = None
    for pkg in ld.pkgs:
        if pkg.err is not None:
            too_new = find_error(pkg.err, gover.TooNewError)
            if too_new is not None and (newest is None or gover.compare(too_new.go_version, newest.go_version) > 0):
                newest = too_new
        if pkg.mod.version or pkg.mod.path not in mains:
            continue
        for dep in pkg.imports:
            path = dep.mod.path
            if path and path not in mains and _is_direct(ld, rs, pkg, dep):
                direct[path] = True
    if newest is not None:
        raise newest
    return direct


def _is_direct(ld: PackageLoader, rs: Requirements, pkg: LoadPkg, dep: LoadPkg) -> bool:
    """Whether the import makes dep's module direct; puts an error on pkg where the module is not listed."""
    ls = ld.ls
    if ls.in_workspace_mode():
        if ls.build_mod == "vendor":
            return False
        if module_graph(ls, rs).required_by(dep.mod) is None:
            pkg.err = DirectImportFromImplicitDependencyError(pkg.path, dep.path, dep.mod)
        return True
    if pkg.err is None and ls.build_mod != "mod" and rs.max_root_version.get(dep.mod.path) != dep.mod.version:
        pkg.err = DirectImportFromImplicitDependencyError(pkg.path, dep.path, dep.mod)
        return False
    return True


def _report_errors(ld: PackageLoader) -> None:
    """Complete the packages' errors with who imports them, and report those that are not to be silenced."""
    ls = ld.ls
    opts = ld.opts
    for pkg in ld.pkgs:
        err = pkg.err
        if err is None:
            continue
        importer = pkg.stack
        sum_err = find_error(err, ImportMissingSumError)
        if sum_err is not None and importer is not None:
            sum_err.importer = importer.path
            sum_err.importer_version = importer.mod.version
            sum_err.importer_is_test = importer.test_of is not None
        std_err = find_error(err, ImportMissingError)
        if std_err is not None and std_err.is_std:
            if importer is not None:
                wanted = ls.raw_go_version.get(importer.mod)
                if wanted is not None and gover.compare(ls.local, wanted) < 0:
                    std_err.importer_go_version = wanted
            if opts.silence_missing_std_imports:
                continue
        if opts.silence_package_errors or (opts.silence_no_go_errors and getattr(err, "no_go", False)):
            continue
        ld.error(ModloadError(f"{pkg.stack_text()}: {err}", err))


def import_from_files(ls: State, go_files: list[str]) -> None:
    """Load what the given Go files import (for files named on the command line)."""
    rs = load_mod_file(ls)
    imports, test_imports = ls.scan.scan_files(go_files, cwd=ls.cwd)
    opts = PackageOpts(resolve_missing_imports=True, silence_package_errors=True)
    ls.loaded = load_from_roots(PackageLoader(ls, opts, rs, lambda _: [*imports, *test_imports]))
    ls.requirements = ls.loaded.requirements
    if not ls.explicit_write_go_mod:
        _commit(ls)

"""Loading packages: from roots along the imports, until every import has a module or an error.

One LoadPkg per import path (and one for the tests of a package, where they are wanted). Imports are scanned with the
build's tags, or with all tags where go.mod is being tidied. The work is a queue of packages, done layer by layer so
that a layer's modules can be downloaded together.

Source: cmd/go/internal/modload/load.go (loader, loadPkg, load, applyPkgFlags, pkgTest), go1.26.
"""

from __future__ import annotations

from bisect import bisect_left

from gokiln.base.pattern import has_path_prefix, in_dir, is_standard_import_path
from gokiln.errors import GokilnError
from gokiln.events import Resolving
from gokiln.golang.modpath import is_valid_import_path
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.graphread import graph_and_error
from gokiln.modules.resolve.imports import candidates, import_from_modules
from gokiln.modules.resolve.loaded import Loaded, PackageOpts
from gokiln.modules.resolve.loadpkg import PKG_FROM_ROOT, PKG_IMPORTS_LOADED, PKG_IN_ALL, PKG_IS_ROOT, LoadPkg
from gokiln.modules.resolve.modindex import UNPRUNED
from gokiln.modules.resolve.replacements import resolve_replacement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
    from gokiln.modules.resolve.state import State
    from gokiln.modules.version import ModVersion


_CHECKED_ONCE_SINCE = 27  # minor release that looks for modules used under two paths once for each graph
_TOLD_EVERY = 64  # packages between two events of progress


class PackageLoader(Loaded):
    """One run of loading: its options, requirements, and packages (modload.loader)."""

    def __init__(
        self,
        ls: State,
        opts: PackageOpts,
        requirements: Requirements,
        list_roots: Callable[[Requirements], list[str]],
        all_pattern_is_root: bool = False,
    ) -> None:
        super().__init__(opts, requirements)
        self.ls = ls
        self.list_roots = list_roots
        self.all_pattern_is_root = all_pattern_is_root
        self.all_closes_over_tests = False
        self.skip_import_mod_files = False
        # Requirements and packages of which the fewest requirements are known, and those.
        self.tidied: tuple[Requirements, list[LoadPkg], Requirements] | None = None
        self._queue: list[LoadPkg] = []

    def reset(self) -> None:
        """Forget all packages: the build list has changed."""
        self.roots = []
        self.pkg_cache = {}
        self.pkgs = []
        self._queue = []

    # Errors

    def error(self, err: BaseException | str) -> None:
        """Print an error at once where errors are allowed (-e), else keep it for exit_if_errors."""
        if self.opts.allow_errors:
            self.ls.warn(f"go: {err}")
        else:
            self.ls.report(err)

    def exit_if_errors(self) -> None:
        """Raise what was reported, if anything was."""
        self.ls.exit_if_errors()

    # Loading

    def load_roots(self, paths: list[str]) -> None:
        """Load the packages at these import paths and all they reach."""
        in_roots: set[int] = set()
        for path in paths:
            root = self.pkg(path, PKG_IS_ROOT)
            if id(root) not in in_roots:
                in_roots.add(id(root))
                self.roots.append(root)
        self._run()
        self._build_stacks()

    def _run(self) -> None:
        while self._queue:
            layer = self._queue
            self._queue = []
            mg = self._graph_for_imports()
            self._prefetch(layer, mg)
            if self.opts.expect is not None:
                self.opts.expect([pkg.path for pkg in layer])
            for at, pkg in enumerate(layer):
                if not at % _TOLD_EVERY:
                    self.ls.sink.tell(Resolving(len(self.pkg_cache), pkg.path))
                self._load(pkg, mg)

    def _graph_for_imports(self) -> ModuleGraph | None:
        """The graph to resolve imports with, None for "roots first"; an incomplete graph is not to be trusted."""
        if self.requirements.pruning != UNPRUNED:
            return None
        mg, err = graph_and_error(self.ls, self.requirements)
        return mg if err is None else None

    def _prefetch(self, layer: list[LoadPkg], mg: ModuleGraph | None) -> None:
        """Download the modules that this layer's imports may lie in, side by side."""
        ls = self.ls
        if ls.build_mod == "vendor":
            return
        rs = self.requirements
        fetched = ls.fetched
        wanted: dict[ModVersion, bool] = {}
        for pkg in layer:
            for mod in candidates(ls, pkg.path, rs, mg):
                if mod not in fetched and mod.version:
                    wanted[mod] = True
        if len(wanted) > 1:
            from gokiln.modules.resolve.prefetch import prefetch_modules

            prefetch_modules(ls, list(wanted))

    def pkg(self, path: str, flags: int) -> LoadPkg:
        """The package at path, queued for loading if it is new, with the flags added."""
        pkg = self.pkg_cache.get(path)
        if pkg is None:
            pkg = self.pkg_cache[path] = LoadPkg(path)
            self._queue.append(pkg)
        if flags:
            self.apply_pkg_flags(pkg, flags)
        return pkg

    def _imported(self, importer: LoadPkg, paths: list[str], flags: int) -> list[LoadPkg]:
        """pkg() of each import path in a package's files."""
        if importer.in_std:
            paths = [std_vendor(self.ls, self.opts, importer.path, path) for path in paths]
        cache = self.pkg_cache
        found: list[LoadPkg] = []
        for path in paths:
            pkg = cache.get(path)
            if pkg is None:
                pkg = cache[path] = LoadPkg(path)
                self._queue.append(pkg)
            if flags & ~pkg.flags:
                self.apply_pkg_flags(pkg, flags)
            found.append(pkg)
        return found

    def apply_pkg_flags(self, pkg: LoadPkg, flags: int) -> None:
        """Add flags, and what follows from them for the package's tests and imports."""
        todo = [(pkg, flags)]
        while todo:
            pkg, flags = todo.pop()
            is_test = pkg.test_of is not None
            if flags & PKG_IN_ALL and self.all_pattern_is_root and not is_test:
                flags |= PKG_IS_ROOT
            if flags & PKG_IS_ROOT:
                flags |= PKG_FROM_ROOT
            old = pkg.flags
            new = old | flags
            if new == old:
                continue
            pkg.flags = new
            if not new & PKG_IMPORTS_LOADED:
                continue
            if not is_test and self._want_test(pkg, new):
                self._pkg_test(pkg, new)
            down = 0
            if new & PKG_IN_ALL and not (old & PKG_IN_ALL and old & PKG_IMPORTS_LOADED):
                down |= PKG_IN_ALL
            if new & PKG_FROM_ROOT and not (old & PKG_FROM_ROOT and old & PKG_IMPORTS_LOADED):
                down |= PKG_FROM_ROOT
            if down:
                todo += [(dep, down) for dep in pkg.imports if dep.flags & down != down]

    def _want_test(self, pkg: LoadPkg, flags: int) -> bool:
        if self.all_pattern_is_root:
            # "all" holds what tests of the main module import.
            if self.ls.mains().contains(pkg.mod.path):
                return True
            if self.all_closes_over_tests and flags & PKG_IN_ALL:
                return True
        return self.opts.load_tests and bool(flags & PKG_IS_ROOT)

    def _pkg_test(self, pkg: LoadPkg, flags: int) -> None:
        """Make the package's test, or add flags to it."""
        test_flags = 0
        if self.ls.mains().contains(pkg.mod.path) or (self.all_closes_over_tests and flags & PKG_IN_ALL):
            test_flags = PKG_IN_ALL
        test = pkg.test
        if test is not None:
            self.apply_pkg_flags(test, test_flags)
            return
        test = pkg.test = LoadPkg(pkg.path, pkg)
        test.mod, test.dir, test.err, test.in_std = pkg.mod, pkg.dir, pkg.err, pkg.in_std
        test.flags = test_flags
        test.imports = self._imported(pkg, pkg.test_imports, test_flags)
        pkg.test_imports = []
        self.apply_pkg_flags(test, PKG_IMPORTS_LOADED)

    def _load(self, pkg: LoadPkg, mg: ModuleGraph | None) -> None:
        """Find the package and scan its imports."""
        ls = self.ls
        mms = ls.mains()
        try:
            found = import_from_modules(ls, pkg.path, self.requirements, mg, self.skip_import_mod_files)
            pkg.mod, pkg.dir, pkg.alt_mods = found.mod, found.dir, found.alt_mods
        except FATAL:
            raise
        except GokilnError as err:
            pkg.err = err
        if pkg.path in mms.tools:
            # Tools are always in "all", missing ones too (go.dev/issue/70582).
            self.apply_pkg_flags(pkg, PKG_IN_ALL)
        if not pkg.dir:
            return
        if pkg.mod.path in mms.paths:
            self.apply_pkg_flags(pkg, PKG_IN_ALL)
        if self.opts.allow_package is not None:
            try:
                self.opts.allow_package(pkg.path, pkg.mod)
            except FATAL:
                raise
            except GokilnError as err:
                pkg.err = err
        pkg.in_std = is_standard_import_path(pkg.path) and (
            pkg.dir.startswith(ls.goroot_src + "/") or in_dir(pkg.dir, ls.goroot_src) != ""
        )
        try:
            # gccgo's standard library has no sources.
            no_source = pkg.in_std and ls.config.flags.compiler == "gccgo"
            imports, test_imports = ([], []) if no_source else scan_dir(ls, pkg.dir, self.opts.tags)
        except OSError as os_err:
            from gokiln.base.oserror import path_error

            pkg.err = GokilnError(path_error("open", pkg.dir, os_err))
            return
        except FATAL:
            raise
        except GokilnError as err:
            pkg.err = err
            return
        pkg.imports = self._imported(pkg, imports, pkg.flags & PKG_IN_ALL)
        pkg.test_imports = test_imports
        self.apply_pkg_flags(pkg, PKG_IMPORTS_LOADED)

    # After loading

    def _build_stacks(self) -> None:
        """Fill pkgs with all packages, breadth first, and each one's importer on the shortest way from a root."""
        pkgs = self.pkgs
        for pkg in self.roots:
            pkg.stack = pkg  # a mark, taken away below
            pkgs.append(pkg)
        i = 0
        while i < len(pkgs):
            pkg = pkgs[i]
            i += 1
            for following in pkg.imports:
                if following.stack is None:
                    following.stack = pkg
                    pkgs.append(following)
            test = pkg.test
            if test is not None and test.stack is None:
                test.stack = pkg
                pkgs.append(test)
        for pkg in self.roots:
            pkg.stack = None

    def compute_pattern_all(self) -> list[str]:
        """The packages of the pattern "all", sorted."""
        return sorted(
            pkg.path
            for pkg in self.pkgs
            if pkg.flags & PKG_IN_ALL and pkg.test_of is None and is_valid_import_path(pkg.path)
        )

    def check_multiple_paths(self) -> None:
        """Report modules whose files are used under two paths; from go1.27 on once for each graph."""
        mg = self.requirements.graph_loaded()
        if mg is not None:
            if mg.paths_checked and self.ls.config.toolchain.release.minor >= _CHECKED_ONCE_SINCE:
                return
            mg.paths_checked = True
        mods = mg.build_list() if mg is not None else self.requirements.roots
        if not self.ls.mains().highest_replaced:
            return  # without replacements every module stands for itself
        first: dict[ModVersion, str] = {}
        for mod in mods:
            src = resolve_replacement(self.ls, mod)
            previous = first.setdefault(src, mod.path)
            if previous != mod.path:
                self.error(f"{src.path}@{src.version} used for two different module paths ({previous} and {mod.path})")


def std_vendor(ls: State, opts: PackageOpts, parent: str, path: str) -> str:
    """The import path that `path` means in the standard package `parent`: vendored or as it stands."""
    fips140 = ls.config.fips140
    if fips140 is not None:
        snapshot = fips140.resolve_import(path)
        if snapshot is not None:
            return snapshot[0]
    if is_standard_import_path(path):
        return path
    mms = ls.mains()
    resolve_modules = opts.vendor_modules_in_goroot_src
    if has_path_prefix(parent, "cmd"):
        if resolve_modules and mms.contains("cmd"):
            return path
        vendored = "cmd/vendor/" + path
    elif not resolve_modules or not mms.contains("std") or has_path_prefix(parent, "vendor"):
        # Packages "vendor/..." of std are not the module dependencies of the same name.
        vendored = "vendor/" + path
    else:
        return path
    known = ls.std_vendored.get(vendored)
    if known is None:
        known = ls.std_vendored[vendored] = ls.disk.exists(f"{ls.goroot_src}/{vendored}")
    return vendored if known else path


def scan_dir(ls: State, directory: str, tags: Collection[str] | None) -> tuple[list[str], list[str]]:
    """Imports and test imports without "C" and the appengine packages of old, which are no packages at all."""
    imports, test_imports = ls.scan.scan_dir(directory, tags)
    return _real_imports(imports), _real_imports(test_imports)


def _real_imports(paths: list[str]) -> list[str]:
    at = bisect_left(paths, "appengine")  # the paths are sorted
    if "C" not in paths and not (at < len(paths) and paths[at].startswith("appengine")):
        return paths
    return [p for p in paths if p != "C" and p.split("/", 1)[0] not in ("appengine", "appengine_internal")]

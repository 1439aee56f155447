"""`go get`'s resolver: what is selected, what is wanted, and asking for versions and packages.

What the arguments mean is asked by getarguments.py and getwildcards.py; getsettle.py chooses among the answers. The
queries of one kind run side by side: they spend their time waiting for a proxy. What an argument can mean depends on
the build list at the start only, so asking again after the list has changed adds answers but never alters one.

Source: cmd/go/internal/modget/get.go (resolver), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import is_standard_import_path
from gokiln.errors import GokilnError, find_error
from gokiln.golang.modpath import is_valid_path
from gokiln.modules.resolve.errors import FATAL, NO_MODULE, AmbiguousImportError, ImportMissingError
from gokiln.modules.resolve.getmatch import match_in_module
from gokiln.modules.resolve.getquery import PathSet, Query, VersionReason
from gokiln.modules.resolve.imports import maybe_in_module
from gokiln.modules.resolve.load import load_packages
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.modgraph import load_mod_graph
from gokiln.modules.resolve.query import query
from gokiln.modules.resolve.query_errors import is_no_such_package_version
from gokiln.modules.resolve.querypattern import Answers, query_packages, query_pattern
from gokiln.modules.resolve.retract import check_allowed, check_exclusions
from gokiln.modules.resolve.state import ANY_TAGS
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.modules.resolve.getmatch import Workspace
    from gokiln.modules.resolve.querymatcher import Allowed
    from gokiln.modules.resolve.state import State

    FindPackage = Callable[[str, ModVersion], bool]
    Selected = Callable[[str], str]

_QUERIES_AT_ONCE = 8


class GetOptions:
    """The flags that matter here. u: "", "upgrade" or "patch"; t: load tests of the packages asked for."""

    __slots__ = ("t", "u")

    def __init__(self, u: str = "", t: bool = False) -> None:
        self.u = u
        self.t = t


class VersionChangeError(GokilnError):
    """A package's module changes its version: what it imports now does not count."""

    def __init__(self) -> None:
        super().__init__("version change needed")


class Resolver:
    """The state of one `go get`.

    resolved_version: module path to the version it must have. build_list: as it stands; initial_version: as it was.
    """

    def __init__(self, ls: State, queries: list[Query], options: GetOptions, workspace: Workspace | None) -> None:
        """Load the module graph. Raises GokilnError."""
        self.ls = ls
        self.queries = queries
        self.options = options
        self.workspace = workspace
        self.resolved_version: dict[str, VersionReason] = {}
        self.set_build_list()
        self.initial_version = self.build_list_version
        self._in_module: dict[tuple[str, ModVersion], tuple[list[str], GokilnError | None]] = {}
        self.answers = Answers()
        self.local_queries: list[Query] = []
        self.path_queries: list[Query] = []
        self.wildcard_queries: list[Query] = []
        self.by_meta: dict[str, list[Query]] = {"all": [], "work": [], "tool": []}
        self._nones: dict[str, Query] = {}
        self._wildcard_nones: list[Query] = []
        for q in queries:
            self._sort_in(q)

    def _sort_in(self, q: Query) -> None:
        if q.pattern in self.by_meta:
            self.by_meta[q.pattern].append(q)
        elif q.is_local:
            self.local_queries.append(q)
        elif q.is_wildcard():
            self.wildcard_queries.append(q)
        else:
            self.path_queries.append(q)
        if q.version == "none":
            if q.is_wildcard():
                self._wildcard_nones.append(q)
            else:
                self._nones[q.pattern] = q

    def set_build_list(self) -> None:
        """Take up the build list of the requirements as they are now. Raises GokilnError."""
        self.build_list = load_mod_graph(self.ls).build_list()
        self.build_list_version = dict(self.build_list)

    # What is selected, what is wanted

    def initial_selected(self, path: str) -> str:
        """The version of a module before this command, "none" for none."""
        return self.initial_version.get(path, "none")

    def selected(self, path: str) -> str:
        """The version of a module now, "none" for none."""
        return self.build_list_version.get(path, "none")

    def is_removed(self, path: str) -> bool:
        """Whether a query asks for the module to be @none."""
        return path in self._nones or any(q.matches_path(path) for q in self._wildcard_nones)

    def _allowed(self, requested: str, selected: Selected) -> Allowed:
        """Excluded and retracted versions are not answers, except the very version asked for or in use."""
        ls = self.ls

        def allowed(m: ModVersion) -> None:
            if m.version == requested:
                check_exclusions(ls, m)
            elif requested not in ("upgrade", "patch") or m.version != selected(m.path):
                check_allowed(ls, m)

        return allowed

    def query_module(self, path: str, wanted: str, selected: Selected) -> ModVersion:
        """The version of a module that a query means. Raises GokilnError."""
        rev = query(self.ls, path, wanted, self.initial_selected(path), self._allowed(wanted, selected))
        return ModVersion(path, rev.version)

    def query_packages(self, pattern: str, wanted: str, selected: Selected) -> list[ModVersion]:
        """The modules that have the packages. Raises GokilnError."""
        found = query_packages(self.ls, pattern, wanted, selected, self._allowed(wanted, selected), self.answers)
        return [r.mod for r in found]

    def packages_or_error(self, path: str, wanted: str, selected: Selected) -> PathSet:
        """The modules that have a package; what is wrong is an answer, too."""
        try:
            return PathSet(self.query_packages(path, wanted, selected))
        except FATAL:
            raise
        except GokilnError as err:
            return PathSet(err=err)

    def query_pattern(self, q: Query) -> PathSet:
        """The modules that a pattern's path leads to. Raises GokilnError."""
        selected = self.initial_selected
        allowed = self._allowed(q.version, selected)
        found, module_only = query_pattern(self.ls, q.pattern, q.version, selected, allowed, self.answers)
        return PathSet([r.mod for r in found], module_only.mod if module_only is not None else NO_MODULE)

    def match_in_module(self, pattern: str, m: ModVersion) -> tuple[list[str], GokilnError | None]:
        """(matching packages of a module version, the first error)."""
        key = (pattern, m)
        known = self._in_module.get(key)
        if known is None:
            match = match_in_module(self.ls, pattern, m)
            known = self._in_module[key] = match.pkgs or [], match.errs[0] if match.errs else None
        return known

    def side_by_side(self, queries: Iterable[Query], work: Callable[[Query], None]) -> None:
        """Do the work for each query, several at a time."""
        queries = list(queries)
        if len(queries) < 2:
            for q in queries:
                work(q)
            return
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(len(queries), _QUERIES_AT_ONCE)) as pool:
            for _ in pool.map(work, queries):
                pass

    # Packages

    def perform_pattern_all_queries(self) -> None:
        """Ask about every package in "all"."""
        queries = self.by_meta["all"]
        if not queries:
            return

        def find_package(path: str, m: ModVersion) -> bool:
            version_ok = True
            for q in queries:

                def answer(q: Query = q) -> PathSet:
                    nonlocal version_ok
                    found = self.packages_or_error(path, q.version, self.initial_selected)
                    if found.pkg_mods != [m]:
                        # Another module may have the package in the end, and then import other things.
                        version_ok = False
                    return found

                q.path_once(path, answer)
            return version_ok

        self.load_packages(["all"], find_package)
        for q in queries:
            q.candidates.sort(key=lambda found: found.path)

    def find_and_upgrade_imports(self) -> list[PathSet]:
        """Modules for packages that are imported and missing; with -u, for every package that has an upgrade."""
        patterns = [q.pattern for q in self.queries if q.matches_packages]
        if not patterns:
            return []
        upgrades: list[PathSet] = []

        def find_package(path: str, m: ModVersion) -> bool:
            version = "latest"
            if m.path:
                if not self.options.u or m.path in self.resolved_version:
                    return True
                version = self.options.u
            found = self.packages_or_error(path, version, self.selected)
            if m in found.pkg_mods:
                return True
            err = found.err
            if err is not None and (is_no_such_package_version(err) or (not m.path and not is_valid_path(path))):
                # No version change can help. Another query may, or the last load tells of it with its imports.
                return True
            found.path = path
            upgrades.append(found)
            return False

        self.load_packages(patterns, find_package)
        upgrades.sort(key=lambda found: found.path)
        return upgrades

    def load_packages(self, patterns: list[str], find_package: FindPackage) -> None:
        """Load packages; find_package is asked about each outside the main module, and about each that is missing.

        It returns whether the package's imports count.
        """
        ls = self.ls

        def allow(path: str, m: ModVersion) -> None:
            if m.path and m.version and not find_package(path, m):
                raise VersionChangeError

        opts = PackageOpts(
            tags=ANY_TAGS,
            vendor_modules_in_goroot_src=True,
            load_tests=self.options.t,
            assume_roots_imported=True,
            silence_package_errors=True,
            allow_package=allow,
            expect=self._expect if self.options.u else None,
        )
        _, paths = load_packages(ls, opts, patterns)
        for path in paths:
            err = self.lookup_error(path)
            if err is None or find_error(err, VersionChangeError) is not None:
                continue
            if self.workspace is not None and self.workspace.has_package(path):
                continue
            if find_error(err, ImportMissingError) is None and find_error(err, AmbiguousImportError) is None:
                continue  # no other version helps: the last load tells of it
            find_package(path, NO_MODULE)

    def _expect(self, paths: list[str]) -> None:
        """Ask side by side for the upgrades of packages that are about to be loaded."""
        ls = self.ls
        wanted, resolved, answers = self.options.u, self.resolved_version, self.answers
        modules: dict[str, None] = {}
        for path in paths:
            if not is_standard_import_path(path) and not any(maybe_in_module(path, m) for m in ls.mains().paths):
                prefixes = answers.prefixes(ls, path)
                if not any(p in resolved for p in prefixes):
                    modules.update(dict.fromkeys(prefixes))
        proxy = next((url for url, _ in ls.fetcher.proxies.specs if url != "noproxy"), "off")
        answers.ask_ahead(ls, proxy, modules, wanted, self.selected, self._allowed(wanted, self.selected))

    def lookup_error(self, path: str) -> GokilnError | None:
        """What is wrong with a loaded package."""
        ld = self.ls.loaded
        pkg = ld.pkg_cache.get(path) if ld is not None else None
        return pkg.err if pkg is not None else None

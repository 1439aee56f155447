"""The packages that a test program is made of: the package with its tests inside, its external tests, the main.

What stands between the external tests and the package under test is copied and made to import the variant with the
tests in it ("recompiled for the test").

Source: cmd/go/internal/load/test.go (TestPackagesAndErrors, TestPackagesFor, recompileForTest),
cmd/go/internal/load/pkg.go (TestPackageList), go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.packages.embed import resolve_embed
from gokiln.packages.error import EmbedError, ImportInfo, ImportStack, PackageError
from gokiln.packages.implied import SIMD_BRIDGE, linker_deps, needs_bridge
from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.loaderror import set_load_error
from gokiln.packages.loadopts import ALLOW_SIMD_BRIDGE, RESOLVE_IMPORT, PackageOpts
from gokiln.packages.package import CoverSetup, Package, package_list
from gokiln.packages.select import SourcePackage
from gokiln.packages.testmain import TestCover, format_testmain, load_test_funcs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.golang.position import Position
    from gokiln.packages.testmain import SyntaxErrors

TEST_MAIN_DEPS = ("os", "reflect", "testing", "testing/internal/testdeps")
_NEW_BUILD_INFO = 27  # minor release in which a test's build information shows the modules of its tests


class TestPackages:
    """main: the test program. test: the package with its internal tests, or the package itself. xtest: or None."""

    __test__ = False
    __slots__ = ("main", "test", "xtest")

    def __init__(self, main: Package, test: Package, xtest: Package | None) -> None:
        self.main = main
        self.test = test
        self.xtest = xtest

    def broken(self) -> Package | None:
        """The package whose error makes the test impossible, or None (TestPackagesFor)."""
        for p in (self.test, self.xtest, self.main):
            if p is None:
                continue
            if p.error is not None:
                return p
            if p.incomplete:
                return next((dep for dep in package_list([p]) if dep.error is not None), p)
        return None


def copy_package(p: Package) -> Package:
    """A package that can be changed without changing p, but for what its lists hold."""
    twin = p.twin()
    twin.cover = CoverSetup()
    twin.cover.mode, twin.cover.cfg, twin.cover.gen_meta = p.cover.mode, p.cover.cfg, p.cover.gen_meta
    return twin


def has_tests(p: Package) -> bool:
    """Whether there is anything to test."""
    return bool(p.test_go_files or p.xtest_go_files)


class _Side:
    """What the internal or the external tests add: imports loaded, embedded files, the first error.

    compiled: imports that only the compiled code has; `imports` ends with them, `paths` lacks them.
    """

    __slots__ = ("compiled", "embed", "embed_files", "error", "imports", "incomplete", "paths", "raw")

    def __init__(self, raw: list[str]) -> None:
        self.raw = list(raw)
        self.compiled: list[str] = []
        self.paths: list[str] = []
        self.imports: list[Package] = []
        self.embed: dict[str, list[str]] = {}
        self.embed_files: list[str] = []
        self.error: PackageError | None = None
        self.incomplete = False


class _Maker:
    """Makes the packages of one test."""

    def __init__(
        self,
        graph: ImportGraph,
        opts: PackageOpts,
        p: Package,
        cover: TestCover | None,
        syntax: SyntaxErrors | None,
    ) -> None:
        self.syntax = syntax
        self.graph = graph
        self.opts = opts
        self.p = p
        self.cover = cover
        build = p.build
        assert isinstance(build, SourcePackage)
        self.build = build

    def make(self) -> TestPackages:
        p, build = self.p, self.build
        inner = self._side(
            p.test_imports, f"{p.import_path} (test)", build.test_import_pos,
            p.test_embed_patterns, build.test_embed_pattern_pos,
        )  # fmt: skip
        outer = self._side(
            p.xtest_imports, p.import_path + "_test", build.xtest_import_pos,
            p.xtest_embed_patterns, build.xtest_embed_pattern_pos,
        )  # fmt: skip
        p.test_imports, p.test_embed_files = inner.paths, inner.embed_files
        p.xtest_imports, p.xtest_embed_files = outer.paths, outer.embed_files
        test = self._test(inner)
        xtest = self._xtest(outer, test) if p.xtest_go_files else None
        made = TestPackages(self._main(), test, xtest)
        self._link_up(made, [*inner.imports, *outer.imports])
        return made

    def _side(
        self,
        raw: list[str],
        name: str,
        positions: dict[str, list[Position]],
        patterns: list[str],
        pattern_pos: dict[str, list[Position]],
    ) -> _Side:
        graph, p = self.graph, self.p
        side = _Side(raw)
        stack = ImportStack()
        stack.push(name)

        def load(path: str, mode: int) -> str:
            p1, err = graph.load_import(self.opts, path, p.dir, p, stack, positions.get(path), mode)
            if err is not None and side.error is None:
                side.error = err
                side.incomplete = True
            side.incomplete = side.incomplete or p1.incomplete
            side.imports.append(p1)
            return p1.import_path

        side.paths = [load(path, RESOLVE_IMPORT) for path in raw]
        if needs_bridge(graph.config, side.paths):
            side.compiled = [load(SIMD_BRIDGE, RESOLVE_IMPORT | ALLOW_SIMD_BRIDGE)]
        if patterns:
            try:
                side.embed_files, side.embed = resolve_embed(graph.disk, p.dir, patterns)
            except EmbedError as err2:
                side.error = PackageError(err2, stack.copy())
                side.error.set_pos(pattern_pos.get(err2.pattern), graph.short_path)
                side.incomplete = True
        return side

    def _test(self, side: _Side) -> Package:
        p = self.p
        if not (p.test_go_files or p.name == "main" or (self.cover is not None and self.cover.local)):
            return p
        test = copy_package(p)
        test.error = p.error or side.error
        test.incomplete = p.incomplete or side.incomplete
        test.for_test = p.import_path
        test.go_files = [*p.go_files, *p.test_go_files]
        test.target = ""
        # The heads of imports, internal_imports and raw_imports stay in step: vet's configuration relies on it.
        test.imports = [*side.paths, *p.imports]
        test.internal_imports = [*side.imports, *p.internal_imports]
        test.raw_imports = [*side.raw, *p.raw_imports]
        test.compiled_imports = list(dict.fromkeys([*p.compiled_imports, *side.compiled]))
        test.force_library = True
        test.build_info = ""
        test.build = self._merged_build()
        test.embed = {**side.embed, **p.embed}
        test.embed_files = [*p.embed_files, *side.embed_files]
        return test

    def _merged_build(self) -> SourcePackage:
        """The source package with the positions and directives of the internal tests."""
        old = self.build
        build = old.twin()
        build.import_pos = {path: list(where) for path, where in old.import_pos.items()}
        for path, where in old.test_import_pos.items():
            build.import_pos.setdefault(path, []).extend(where)
        build.directives = [*old.directives, *old.test_directives]
        return build

    def _xtest(self, side: _Side, test: Package) -> Package:
        p, old = self.p, self.build
        xtest = self._beside(p.name + "_test", p.import_path + "_test", p.xtest_go_files, side.paths)
        xtest.for_test = p.import_path
        xtest.goroot = p.goroot
        xtest.error = side.error
        xtest.incomplete = side.incomplete or side.error is not None
        xtest.embed_files = side.embed_files
        xtest.embed = side.embed
        xtest.local_prefix = p.local_prefix
        build = SourcePackage(p.dir)
        build.import_pos = old.xtest_import_pos
        build.directives = old.xtest_directives
        xtest.build = build
        xtest.raw_imports = side.raw
        xtest.compiled_imports = side.compiled
        xtest.internal_imports = [p1 for p1 in side.imports if p1.import_path != p.import_path]
        if len(xtest.internal_imports) < len(side.imports):
            xtest.internal_imports.append(test)
        xtest.ldflags, xtest.gccgoflags = p.ldflags, p.gccgoflags
        return xtest

    def _beside(self, name: str, path: str, go_files: list[str], imports: list[str]) -> Package:
        """A package that lives in the same place as the one under test."""
        p = self.p
        made = Package()
        made.name, made.import_path = name, path
        made.dir, made.root, made.module = p.dir, p.root, p.module
        made.go_files, made.imports = list(go_files), list(imports)
        made.asmflags, made.gcflags = p.asmflags, p.gcflags
        made.orig_import_path, made.pgo_profile = p.orig_import_path, p.pgo_profile
        return made

    def _main(self) -> Package:
        p, graph, build = self.p, self.graph, self.build
        main = self._beside("main", p.import_path + ".test", ["_testmain.go"], list(TEST_MAIN_DEPS))
        # Lets testing.Testing say so.
        main.ldflags = [*p.ldflags, "-X", "testing.testBinary=1"]
        main.gccgoflags = [*p.gccgoflags, "-Wl,--defsym,testing.gccgoTestBinary=1"]
        main.build = SourcePackage(p.dir)
        main.build.name = "main"
        main.build_info = p.build_info
        main.testmain_go = b""
        main.default_godebug = graph.default_godebug(
            main, [build.directives, build.test_directives, build.xtest_directives]
        )
        if self._old_build_info() and (not main.build_info or main.default_godebug != p.default_godebug):
            graph.set_build_info(main, self.opts.auto_vcs)
        self._load_main_deps(main)
        return main

    def _old_build_info(self) -> bool:
        return self.graph.config.toolchain.release.minor < _NEW_BUILD_INFO

    def _load_main_deps(self, main: Package) -> None:
        deps = list(TEST_MAIN_DEPS)
        if self.cover is not None:
            deps.append("internal/coverage/cfile")
        try:
            deps += linker_deps(self.graph.config, self.p)
        except GokilnError as err:
            if main.error is None:
                main.error = PackageError(err)
        stack = ImportStack()
        stack.push("testmain")
        for path in deps:
            p1, problem = self.graph.load_import(self.opts, path, "", None, stack, None, 0)
            if problem is not None and main.error is None:
                main.error, main.incomplete = problem, True
            main.internal_imports.append(p1)

    def _link_up(self, made: TestPackages, test_imports: list[Package]) -> None:
        """Give the main package its text, and everything between the tests and the package the right imports."""
        main, test, xtest, cover, graph = made.main, made.test, made.xtest, self.cover, self.graph
        # A test of one of main's own dependencies: main gets the variant.
        main.internal_imports = [
            test if p1 is self.p and p1.import_path == test.import_path else p1 for p1 in main.internal_imports
        ]
        if not graph.flags_at_once:
            graph.set_tool_flags([*main.internal_imports, *test_imports])
        funcs = load_test_funcs(graph.disk, self.p, self.syntax)
        if funcs.error is not None and main.error is None:
            set_load_error(main, funcs.error, self.p.import_path, ImportStack(), None, graph.short_path)
        funcs.cover = cover
        if test.go_files or test.cgo_files:
            main.internal_imports.append(test)
            main.imports.append(test.import_path)
            funcs.import_test = True
        if xtest is not None:
            main.internal_imports.append(xtest)
            main.imports.append(xtest.import_path)
            funcs.import_xtest = True
        main.imports = sorted(set(main.imports))
        main.raw_imports = list(main.imports)
        cycle = recompile_for_test(made, self.p)
        if cycle is not None:
            test.error, test.incomplete = cycle, True
        if cover is not None:
            test.cover.mode = self.p.cover.mode
            main.cover.mode = "testmain"
            if cover.local:
                test.cover.mode = cover.mode
        if not self._old_build_info() and not self.opts.suppress_build_info:
            graph.set_build_info(main, self.opts.auto_vcs)
        main.testmain_go = format_testmain(funcs, graph.config.toolchain.release.minor)


def test_packages_and_errors(
    graph: ImportGraph,
    opts: PackageOpts,
    p: Package,
    cover: TestCover | None = None,
    syntax: SyntaxErrors | None = None,
) -> TestPackages:
    """The packages of p's test program. p must have test files. What is wrong with one is in its `error`.

    syntax: tells of test files that do not parse; without it that is left to the compiler.
    """
    return _Maker(graph, opts, p, cover, syntax).make()


def recompile_for_test(made: TestPackages, real: Package) -> PackageError | None:
    """Put copies in place of packages that import the one under test. Returns an import cycle this makes, or None."""
    copies: dict[Package, Package] = {real: made.test}
    for p in package_list([made.main]):
        if p is real:
            continue
        own = p in (made.main, made.test, made.xtest)
        wanted = any(copies.get(p1, p1) is not p1 for p1 in p.internal_imports)
        # Normal imports of programs are refused, but covered packages may be programs: they become libraries.
        wanted = wanted or (p.name == "main" and p is not made.main and p is not made.test)
        wanted = wanted or bool(real.pgo_profile and not p.pgo_profile)
        if not wanted:
            continue
        target = p
        if not own:
            target = copies[p] = copy_package(p)
            target.for_test = real.import_path
            target.imports = list(p.imports)
            target.target = ""
            target.build_info = ""
            target.force_library = True
            target.pgo_profile = real.pgo_profile
        target.internal_imports = [copies.get(p1, p1) for p1 in p.internal_imports]
    return _find_cycle(made.test)


def _find_cycle(test: Package) -> PackageError | None:
    """The shortest way of imports from the variant under test back to itself."""
    importer_of: dict[Package, Package | None] = dict.fromkeys(test.internal_imports)
    queue = list(test.internal_imports)
    for p in queue:
        if p is test:
            return _cycle_error(test, importer_of)
        for dep in p.internal_imports:
            if dep not in importer_of:
                importer_of[dep] = p
                queue.append(dep)
    return None


def _cycle_error(test: Package, importer_of: dict[Package, Package | None]) -> PackageError:
    stack = ImportStack()
    p: Package | None = test
    while p is not None:
        importer = importer_of[p] or test
        where = getattr(importer.build, "import_pos", {}).get(p.import_path)
        stack.append(ImportInfo(p.import_path, where[0] if where else None))
        p = importer_of[p]
    stack.append(ImportInfo(test.import_path))
    stack.reverse()
    return PackageError("import cycle not allowed in test", stack, is_import_cycle=True)


def test_package_list(graph: ImportGraph, opts: PackageOpts, roots: Sequence[Package]) -> list[Package]:
    """Like package_list, with what the roots' tests import."""
    seen: set[Package] = set()
    out: list[Package] = []
    for root in roots:
        out += package_list([root], seen)
        build = root.build
        for path in (*root.test_imports, *root.xtest_imports):
            where = getattr(build, "test_import_pos", {}).get(path)
            p1, err = graph.load_import(opts, path, root.dir, root, ImportStack(), where, RESOLVE_IMPORT)
            if err is not None and root.error is None:
                root.error, root.incomplete = err, True
            if p1.error is None:
                out += package_list([p1], seen)
    return out

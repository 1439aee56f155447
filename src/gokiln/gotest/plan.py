"""The plan of `go test`: for every package build, run, clean up and print, in an order that people can follow.

Runs begin in the order of the packages (a barrier before each waits for the one before), prints come strictly one
after the other. Benchmarks run one at a time, when everything is built.

Source: runTest, builderTest, addTestVet in cmd/go/internal/test/test.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.action import CHECK_CACHE, INSTALL, Action
from gokiln.actions.graph import MODE_BUILD
from gokiln.events import Planned
from gokiln.gotest.resultcache import RunCache
from gokiln.gotest.state import TestRun
from gokiln.gotest.syntax import TestSyntax
from gokiln.packages.load import package_errors
from gokiln.packages.target import default_exec_name
from gokiln.packages.testmain import TestCover
from gokiln.packages.testpkg import has_tests, test_packages_and_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.gotest.resultstore import ResultStore
    from gokiln.gotest.run import TestRunner
    from gokiln.gotest.state import Session
    from gokiln.packages.importgraph import ImportGraph
    from gokiln.packages.loadopts import PackageOpts
    from gokiln.packages.package import Package
    from gokiln.packages.testpkg import TestPackages

# Handler names of the actions that only `go test` has.
RUN = "test run"
PRINT = "test print"
CLEAN = "test clean"
FINISH = "go test"
WRITE_META = "write coverage meta-data file"

_ALONE_UNCOUNTED_SINCE = 26  # before, the build that is only waited for was among the inputs of the variant's action ID
_ONE_OBJDIR_SINCE = 26  # minor release in which the directory of a test's main package has its compile's number
_WINDOWS_BAD_WORDS = ("install", "patch", "setup", "update")
_FORK_INTO_DEBUG = "runtime.test"  # its tests look at their own symbols


def is_null(path: str) -> bool:
    """Whether a path names the null device."""
    return path == os.devnull or (os.name == "nt" and path.upper() == "NUL")


def test_binary_name(package: Package, config: Config) -> str:
    """The file name of a package's test program, without a system's ending."""
    name = package.name if package.import_path == "command-line-arguments" else default_exec_name(package, config)
    return name + ".test"


class TestPlanner:
    """Plans the tests of one session. o_dir: -o names a directory."""

    __test__ = False

    def __init__(
        self,
        session: Session,
        graph: ImportGraph,
        opts: PackageOpts,
        results: ResultStore,
        runner: TestRunner,
        o_dir: bool,
    ) -> None:
        self.session = session
        self.graph = graph
        self.opts = opts
        self.results = results
        self.runner = runner
        self.o_dir = o_dir
        self.builder = session.builder
        self.planner = session.builder.planner
        self.builds: list[Action] = []
        self.runs: list[Action] = []
        self.prints: list[Action] = []
        for kind, handler in (
            (RUN, runner.run),
            (PRINT, runner.show),
            (CLEAN, runner.clean),
            (FINISH, runner.finish),
            (WRITE_META, runner.write_meta_files),
        ):
            self.builder.register(kind, handler)
        self.builder.try_cache = self._try_cache
        self.minor = session.config.toolchain.release.minor
        self.syntax = TestSyntax(session.config, session.builder.children, graph.memo.file_hash)

    def _try_cache(self, run_action: Action, link: Action) -> bool:
        cache = self.runner.caches.get(run_action)
        return cache is not None and cache.try_link(run_action, link)

    def plan(self) -> Action:
        """Everything; the action to carry out."""
        imported = self._imported()
        self.syntax.look_at(self.session.packages)
        for p in self.session.packages:
            if self._loads(p):
                self._plan_package(p, p in imported)
        self._order_runs()
        if self.session.live:
            tested = sum(has_tests(p) for p in self.session.packages)
            self.session.config.sink.tell(Planned(tested))
        root = Action("go test", None, FINISH, deps=self.prints)
        for before, after in zip(self.prints, self.prints[1:]):
            after.deps.append(before)
        if self.session.flags.text("bench") and not self.session.flags.c:
            for i, run in enumerate(self.runs):
                run.deps += self.builds if i == 0 else [self.prints[i - 1]]
        return root

    def _imported(self) -> set[Package]:
        """Packages that are tested and imported by another tested one."""
        out: set[Package] = set()
        for p in self.session.packages:
            if p.error is None or not p.error.is_import_cycle:
                out.update(p.internal_imports)
        return out

    def _loads(self, p: Package) -> bool:
        """Whether a package and what it imports could be loaded; if not, that is the package's result."""
        bad: list[Package] = []
        package_errors([p], bad.append)
        for broken in bad:
            self._report(p, broken)
        if bad:
            self._setup_failed(p, bad[0])
        return not bad

    def _report(self, p: Package, broken: Package) -> None:
        text = str(broken.error)
        if p.import_path:
            text = f"# {p.import_path}\n{text}"
        with self.builder.shared.lock:
            self.builder.printer.error(broken, text)

    def _setup_failed(self, p: Package, broken: Package) -> None:
        from gokiln.gotest.testoutput import TestOutput

        session = self.session
        run = TestRun(p)
        run.passed = False
        run.why = "its packages could not be loaded"
        output = TestOutput(session, run)
        if output.json is not None and session.failed_build_known:
            output.json.set_failed_build(broken.desc())
        output.text(f"FAIL\t{p.import_path} [setup failed]\n")
        session.status = 1
        output.close(False)
        if run.output:
            session.write(run.output)
            run.output = b""
        session.done(run)

    # --- one package ---

    def _plan_package(self, p: Package, imported: bool) -> None:
        if not has_tests(p):
            self._plan_untested(p)
            return
        made = test_packages_and_errors(self.graph, self.opts, p, self._cover(), self.syntax.error)
        broken = made.broken()
        if broken is not None:
            self._report(p, broken)
            self._setup_failed(p, broken)
            return
        if imported and made.test is not p:
            # Errors of the package alone are reported once, not once more for the variant.
            variant = self.planner.compile_action(MODE_BUILD, made.test)
            alone = self.planner.compile_action(MODE_BUILD, p)
            if self.minor < _ALONE_UNCOUNTED_SINCE:
                for check in variant.deps:
                    if check.handler == CHECK_CACHE:
                        check.deps.append(alone)
            variant.deps.append(alone)
        link = self._plan_link(p, made)
        install = self._plan_install(p, made, link)
        flags = self.session.flags
        if flags.c:
            run_action = install or link
            print_action = Action("test print (nop)", p, deps=[run_action])
            vet_before = print_action
        else:
            run_action, print_action = self._plan_run(p, link, install)
            vet_before = run_action
        for tested in (made.test, made.xtest):
            if tested is not None and (tested.go_files or tested.cgo_files):
                self._add_vet(tested, vet_before, install)
        if install is not None and run_action is not install:
            install.deps.append(run_action)
        self.builds.append(link)
        self.runs.append(run_action)
        self.prints.append(print_action)

    def _cover(self) -> TestCover | None:
        flags = self.session.config.flags
        if not flags.cover:
            return None
        paths = flags.coverpkg or None
        return TestCover(flags.covermode, paths is None, self.session.cover_packages, paths)

    def _plan_untested(self, p: Package) -> None:
        build = self.planner.compile_action(MODE_BUILD, p)
        run = Action("test run", p, RUN, deps=[build], objdir=self.planner.new_objdir())
        run.ignore_fail = True
        self.session.runs[run] = TestRun(p)
        meta = self.session.meta_action
        if meta is not None and build.handler:
            run.deps.append(meta)
            meta.deps.append(build)
        self._add_vet(p, run, None)
        printed = Action("test print", p, PRINT, deps=[run])
        printed.ignore_fail = True
        self.builds.append(build)
        self.runs.append(run)
        self.prints.append(printed)

    def _plan_link(self, p: Package, made: TestPackages) -> Action:
        """The action that links the test program. Its main file is written at once."""
        main, flags, builder = made.main, self.session.flags, self.builder
        objdir = self._main_objdir(main)
        builder.background_shell().mkdir(objdir)
        main.dir = objdir
        main.omit_debug = not flags.c and not flags.needs_binary and main.import_path != _FORK_INTO_DEBUG
        assert main.testmain_go is not None
        if not builder.config.flags.n:
            with open(objdir + "_testmain.go", "wb") as file:
                file.write(main.testmain_go)
        link = self.planner.link_action(MODE_BUILD, main)
        name, target = test_binary_name(p, builder.config), builder.config.target
        if target.goos == "windows" and any(word in name for word in _WINDOWS_BAD_WORDS):
            name = "test.test"  # Windows takes programs with such names for installers
        link.target = objdir + name + target.exe_suffix
        return link

    def _main_objdir(self, main: Package) -> str:
        """The directory in which the main package is compiled. Before go1.26 it was numbered before its imports, and
        the number that the compile got was left unused."""
        if self.minor >= _ONE_OBJDIR_SINCE:
            return self.planner.compile_action(MODE_BUILD, main).objdir
        objdir = self.planner.new_objdir()
        compile_ = self.planner.compile_action(MODE_BUILD, main)
        for action in (compile_, *compile_.deps):
            if action.package is main:
                action.objdir = objdir
        return objdir

    def _plan_install(self, p: Package, made: TestPackages, link: Action) -> Action | None:
        """Keep the program, when -c, -o or a profile asks for it."""
        flags, config = self.session.flags, self.session.config
        if not flags.c and not flags.needs_binary:
            return None
        name = test_binary_name(p, config) + config.target.exe_suffix
        target = os.path.join(config.cwd, name)
        if flags.o and self.o_dir:
            target = os.path.join(config.cwd, flags.o, name)
        elif flags.o:
            if is_null(flags.o):
                return None
            target = os.path.join(config.cwd, flags.o)
        target = os.path.normpath(target)
        made.main.target = target
        return Action("test build", made.main, INSTALL, deps=[link], target=target)

    def _plan_run(self, p: Package, link: Action, install: Action | None) -> tuple[Action, Action]:
        """The actions that run the program, and print what came of it."""
        run_action = Action("test run", p, RUN, deps=[link], objdir=os.path.dirname(link.target) + os.sep)
        run_action.ignore_fail = True
        run = TestRun(p)
        run.build = link
        self.session.runs[run_action] = run
        self.runner.caches[run_action] = RunCache(self.results, run)
        meta = self.session.meta_action
        if meta is not None:
            run_action.deps.append(meta)
            if not p.is_test_only():
                meta.deps.append(self.planner.compile_action(MODE_BUILD, p))
        clean = Action("test clean", p, CLEAN, deps=[run_action], objdir=run_action.objdir)
        clean.ignore_fail = True
        if install is not None:
            clean.deps.append(install)
        printed = Action("test print", p, PRINT, deps=[clean])
        printed.ignore_fail = True
        return run_action, printed

    def _add_vet(self, p: Package, run: Action, install: Action | None) -> None:
        if self.session.flags.vet.off:
            return
        vet = self.planner.vet_action(MODE_BUILD, p)
        run.deps.append(vet)
        if install is not None:
            install.deps.append(vet)  # the installation removes the directory that vet's input is in

    def _order_runs(self) -> None:
        """Let runs begin in the order of the packages, when everything each needs is there."""
        previous: Action | None = None
        for run in self.runs:
            if run not in self.session.runs:
                continue
            barrier = Action("test barrier", deps=run.deps)
            if previous is not None:
                barrier.deps.append(previous)
            run.deps = [barrier]
            previous = barrier

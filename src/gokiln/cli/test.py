"""`gokiln test`: build and run the tests of packages, or tell what came of them when nothing has changed since.

Source: runTest in cmd/go/internal/test/test.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.lookpath import LookPathError
from gokiln.cache.testexpire import read_expiry
from gokiln.cli.building import Session as Build
from gokiln.cli.building import run_quietly
from gokiln.cli.loading import open_graph
from gokiln.cli.signals import CleanEnd
from gokiln.cli.streams import StreamSink, make_sink
from gokiln.cli.watching import Outcome, watch
from gokiln.config.buildflags import OMIT_JSON_FLAG, OMIT_V_FLAG
from gokiln.config.config import build_config
from gokiln.config.settings import read_settings
from gokiln.errors import PlainError
from gokiln.execute.golink import user_environ
from gokiln.execute.userprogram import find_exec_cmd
from gokiln.execute.vetoptions import VetOptions
from gokiln.execute.workdir import WorkDir
from gokiln.gotest.coverprofile import CoverProfile, profile_path
from gokiln.gotest.flags import USAGE, TestFlags
from gokiln.gotest.options import Options, take_options
from gokiln.gotest.plan import WRITE_META, TestPlanner, is_null, test_binary_name
from gokiln.gotest.reports import Reports
from gokiln.gotest.resultstore import ResultStore
from gokiln.gotest.run import TestRunner
from gokiln.gotest.state import Session
from gokiln.packages.extraimports import ensure_import
from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.load import packages_and_errors
from gokiln.packages.loadopts import PackageOpts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

# Packages that fuzzing itself runs on, or that tell nothing about what it looks for.
_NOT_INSTRUMENTED = frozenset(
    "context internal/fuzz internal/godebug internal/runtime/maps internal/sync reflect runtime sync sync/atomic"
    " syscall testing time".split()
)


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options, args = take_options(inv.args, read_settings(inv.environ, inv.cwd, "test"))
    for name in options.unknown:
        inv.stderr.write(f"gokiln: {name} is no setting of GOKILN or gokiln.toml (gokiln help gokiln lists them)\n")
    if options.watch:
        return watch(inv, lambda: _run_once(inv, options, args))
    return _run_once(inv, options, args).status


def _run_once(inv: Invocation, options: Options, args: list[str]) -> Outcome:
    flags = TestFlags(inv.cwd)

    def register(flagset: FlagSet, build_flags: BuildFlags) -> None:
        flags.register(flagset, build_flags)
        if options.coverhtml:
            build_flags.cover = True

    def parse(flagset: FlagSet, words: Sequence[str]) -> list[str]:
        quiet_v = options.wants_every_test and not flags.wants_v(words)
        if quiet_v:
            words = ["-test.v=test2json", *words]
        found = flags.parse(flagset, words)
        flags.quiet_v = quiet_v
        return found

    config = build_config(
        inv.argv0,
        args,
        inv.environ,
        inv.cwd,
        "test",
        usage_line=USAGE,
        register=register,
        mask=OMIT_V_FLAG | OMIT_JSON_FLAG,
        cover_flags=True,
        sink=make_sink(inv),
        raw_args=inv.raw_args,
        parse=parse,
    )
    build_text = "gotestjsonbuildtext=1" in inv.environ.get("GODEBUG", "").split(",")
    config.flags.json = flags.json and not build_text
    outcome = Outcome()
    with CleanEnd(), WorkDir(config) as work:
        test = _Test(inv, config, flags, options, work, outcome)
        test.failed_build_known = not build_text
        outcome.status = run_quietly(test.run)
    return outcome


class _Test:
    """One run of the command."""

    def __init__(
        self, inv: Invocation, config: Config, flags: TestFlags, options: Options, work: WorkDir, outcome: Outcome
    ) -> None:
        self.inv = inv
        self.options = options
        self.outcome = outcome
        self.config = config
        self.flags = flags
        self.work = work
        self.graph: ImportGraph = open_graph(config)
        self.opts = PackageOpts(mod_resolve_tests=True)
        self.o_dir = False
        self.failed_build_known = True

    def run(self) -> int:
        """Load, check, plan and carry out; the exit status. Raises GokilnError."""
        packages = packages_and_errors(self.graph, self.opts, self.config.args)
        if not packages:
            raise PlainError("no packages to test")
        self._check(packages)
        build = Build(self.inv, self.config, self.graph, self.work)
        session = Session(self.config, self.flags, self.options, build.builder, self.inv.stdout)
        session.packages = self.outcome.packages = packages
        session.failed_build_known = self.failed_build_known
        session.exec_words = self._exec_words()
        session.program_environ = user_environ(self.config)
        live = not isinstance(self.config.sink, StreamSink) and self.inv.stdout.isatty()
        reports = Reports(session, self.inv.environ, self.inv.start, live)
        session.profile = self._open_profile(session)
        build.builder.vet_options = self._vet_options(session)
        self._prepare_cover(session)
        self._prepare_fuzz(packages)
        results = ResultStore(session, read_expiry(self.config.gocache), content=self.options.testcontent)
        runner = TestRunner(session)
        planner = TestPlanner(session, self.graph, self.opts, results, runner, self.o_dir)
        root = planner.plan()
        try:
            status = build.do(root)
        finally:
            runner.restore_signals()
            if session.profile is not None:
                session.profile.close()
        reports.finish()
        return status or session.status

    def _exec_words(self) -> list[str]:
        exec_cmd = self.flags.exec if "exec" in self.config.flagset.seen else None
        try:
            return find_exec_cmd(self.config, exec_cmd)
        except LookPathError:
            return []

    # --- checks ---

    def _check(self, packages: list[Package]) -> None:
        """Refuse combinations of flags. Raises PlainError."""
        flags = self.flags
        if flags.text("fuzz"):
            self._check_fuzz(packages)
        if flags.profile and len(packages) != 1:
            raise PlainError(f"cannot use {flags.profile} flag with multiple packages")
        if flags.o:
            self.o_dir = flags.o.endswith(("/", os.sep)) or os.path.isdir(os.path.join(self.config.cwd, flags.o))
        if len(packages) > 1 and (flags.c or flags.o) and not is_null(flags.o):
            self._check_output(packages)

    def _check_output(self, packages: list[Package]) -> None:
        if self.flags.o and not self.o_dir:
            raise PlainError(f"with multiple packages, -o must refer to a directory or {os.devnull}")
        by_name: dict[str, list[Package]] = {}
        for p in packages:
            by_name.setdefault(test_binary_name(p, self.config), []).append(p)
        problems = [
            f"cannot write test binary {name} for multiple packages:\n" + "".join(p.import_path + "\n" for p in same)
            for name, same in by_name.items()
            if len(same) > 1
        ]
        if problems:
            raise PlainError("".join(problems).removesuffix("\n"))

    def _check_fuzz(self, packages: list[Package]) -> None:
        flags, target = self.flags, self.config.target
        if not self.config.toolchain.release.platforms.fuzz_supported(target.goos, target.goarch):
            raise PlainError(f"-fuzz flag is not supported on {target.goos}/{target.goarch}")
        if len(packages) != 1:
            raise PlainError("cannot use -fuzz flag with multiple packages")
        if flags.text("coverprofile"):
            raise PlainError("cannot use -coverprofile flag with -fuzz flag")
        if flags.profile:
            raise PlainError(f"cannot use {flags.profile} flag with -fuzz flag")
        # What fuzzing finds is written into the package's testdata: never into the module cache or a GOROOT.
        mains = self.graph.modules.mains()
        p = packages[0]
        if p.module is not None and p.module.path:
            inside = mains.contains(p.module.path)
        elif p.standard and self.config.modules_enabled:
            inside = mains.contains("cmd" if p.import_path.startswith("cmd/") else "std")
        else:
            inside = True
        if not inside:
            raise PlainError("cannot use -fuzz flag on package outside the main module")

    # --- preparations ---

    def _open_profile(self, session: Session) -> CoverProfile | None:
        name = self.flags.text("coverprofile")
        if not name and self.options.coverhtml:
            name = os.path.join(self.work.path, "cover.out")
            self.flags.set_profile(name)
        if not name or self.flags.c or self.config.flags.n:
            return None

        def report(text: str) -> None:
            session.note(text + "\n")
            session.status = 1

        path = profile_path(name, self.flags.output_dir)
        return CoverProfile(path, self.config.flags.covermode, report)

    def _vet_options(self, session: Session) -> VetOptions:
        vet = self.flags.vet
        tool = self.config.toolchain.tool("vet")
        return VetOptions(tool, vet.flags, vet.explicit, session.write)

    def _prepare_cover(self, session: Session) -> None:
        from gokiln.actions.action import Action
        from gokiln.packages.testpkg import has_tests

        flags = self.config.flags
        if not flags.cover:
            return
        if flags.coverpkg:
            from gokiln.packages.cover import cover_matchers, select_cover_packages
            from gokiln.packages.testpkg import test_package_list

            everything = test_package_list(self.graph, self.opts, session.packages)
            matchers = cover_matchers(self.graph)
            session.cover_packages = select_cover_packages(self.graph, everything, matchers, "tested")
            if session.cover_packages:
                objdir = session.builder.planner.new_objdir()
                session.meta_action = Action(WRITE_META, None, WRITE_META, objdir=objdir)
                for p in session.cover_packages:
                    p.cover.gen_meta = True
        for p in session.packages:
            if flags.covermode == "atomic" and p.import_path != "sync/atomic":
                ensure_import(self.graph, p, "sync/atomic")
            if not has_tests(p) and not flags.coverpkg:
                p.cover.gen_meta = True
            if p.cover.gen_meta:
                p.cover.mode = flags.covermode

    def _prepare_fuzz(self, packages: list[Package]) -> None:
        if not self.flags.text("fuzz"):
            return
        from gokiln.packages.testpkg import test_package_list

        for p in test_package_list(self.graph, self.opts, packages):
            if p.import_path not in _NOT_INSTRUMENTED:
                p.fuzz_instrument = True

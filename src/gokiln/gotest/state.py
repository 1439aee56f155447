"""What all parts of one `go test` share: settings, the builder, the exit status, and the way to stdout.

Lines from several tests at once must not be mixed, so everything goes through one lock, the builder's, which its own
output goes through too.
"""

from __future__ import annotations

import os

from gokiln.events import ActionFinished, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from gokiln.actions.action import Action
    from gokiln.config.config import Config
    from gokiln.execute.builder import Builder
    from gokiln.gotest.collect import Collector
    from gokiln.gotest.coverprofile import CoverProfile
    from gokiln.gotest.flags import TestFlags
    from gokiln.gotest.options import Options
    from gokiln.packages.package import Package

    class Stdout(Protocol):
        """The process's stdout (cli.invocation.Output)."""

        def write_bytes(self, data: bytes) -> None: ...
        def flush(self) -> None: ...
        def fileno(self) -> int: ...
        def isatty(self) -> bool: ...


class TestRun:
    """The work of one test program and what is known of it. package: the one under test.

    quiet_v: the program runs with -v, and its output is shown as without; live_v: it does so only for the live view.
    actions: "build" the link (or the plain compile where there are no tests), "run". output: what is to be printed in
    the package's turn. seconds: how long the program ran. cached: it did not have to, for its result of the moment
    cached_at (Unix ns) is known. passed: None before it is known. why: it ran, or did not. collector: the results of
    its single tests, when somebody wants them. reruns: tests that passed only when run again.
    """

    __test__ = False
    __slots__ = (
        "build",
        "cached",
        "cached_at",
        "collector",
        "live_v",
        "output",
        "package",
        "passed",
        "quiet_v",
        "reruns",
        "seconds",
        "skipped",
        "why",
    )

    def __init__(self, package: Package) -> None:
        self.package = package
        self.build: Action | None = None
        self.output = b""
        self.cached = False
        self.cached_at = 0
        self.collector: Collector | None = None
        self.live_v = self.quiet_v = False
        self.reruns: list[str] = []
        self.skipped = False
        self.passed: bool | None = None
        self.seconds = 0.0
        self.why = ""


class Session:
    """One `go test`.

    packages: those to test; cover_packages: those -coverpkg matched; meta_action: gathers their meta-data. exec_words:
    stand before each test program. failed_build_known: JSON events name the package that did not build. runs: by
    their run actions. listeners: told of finished runs (reports).
    watch_output: gets every piece of a test's output. program_environ: the variables of test programs, without PWD.
    collects: results of single tests are wanted; quiet_v: they run with -v for that, though the user is to see what
    he would see without. live: a person looks at a terminal; live_v: that alone is why tests run with -v, so that
    results are cached as those without; asks: which packages could tell (verbosity.py).
    """

    __slots__ = (
        "asks",
        "builder",
        "collects",
        "config",
        "cover_packages",
        "exec_words",
        "fail_fast",
        "failed_build_known",
        "finished",
        "flags",
        "interrupted",
        "listeners",
        "live",
        "live_v",
        "meta_action",
        "options",
        "packages",
        "profile",
        "program_environ",
        "quiet_v",
        "runs",
        "status",
        "stdout",
        "watch_output",
    )

    def __init__(self, config: Config, flags: TestFlags, options: Options, builder: Builder, stdout: Stdout) -> None:
        self.config = config
        self.flags = flags
        self.builder = builder
        self.stdout = stdout
        self.packages: list[Package] = []
        self.cover_packages: list[Package] = []
        self.meta_action: Action | None = None
        self.exec_words: list[str] = []
        self.profile: CoverProfile | None = None
        self.options = options
        self.collects = False
        self.live = self.live_v = False
        self.quiet_v = False
        self.asks: dict[str, bool] = {}
        self.fail_fast = False
        self.failed_build_known = True
        self.program_environ: dict[str, str] = {}
        self.interrupted = False
        self.status = 0
        self.runs: dict[Action, TestRun] = {}
        self.finished: list[TestRun] = []
        self.listeners: list[Callable[[TestRun], None]] = []
        self.watch_output: Callable[[TestRun, bytes], None] | None = None

    @property
    def local_directory(self) -> bool:
        """No packages were named: the working directory is tested, its output is shown as it comes."""
        return not self.flags.package_args

    @property
    def stream(self) -> bool:
        """Whether output goes straight to the user, and is not kept."""
        if self.quiet_v:
            return False
        return self.local_directory or bool(self.flags.text("bench")) or bool(self.flags.text("fuzz"))

    @property
    def stream_and_keep(self) -> bool:
        """Whether output is shown as it comes and kept as well."""
        if self.quiet_v:
            return False
        alone = len(self.packages) == 1 or self.config.flags.p == 1
        return (self.flags.show_pass and alone) or self.flags.json

    def write(self, data: bytes) -> None:
        """Write to stdout, whole and at once: who reads a pipe wants to see how the tests get on, too."""
        with self.builder.shared.lock:
            if self.live:  # what draws the live line has to know
                self.config.sink.tell(Text(data.decode("utf-8", "surrogateescape"), 1))
            else:
                self.stdout.write_bytes(data)
                self.stdout.flush()

    def note(self, text: str) -> None:
        """A line of gokiln's own on stderr."""
        with self.builder.shared.lock:
            self.config.sink.tell(Text(text))

    def program_env(self, directory: str) -> dict[str, str]:
        """The variables of a test program that runs in a directory."""
        return {**self.program_environ, "PWD": directory}

    def source_of(self, name: str) -> bytes:
        """The bytes of a source file by its name in a coverage profile: import path and file. Raises OSError."""
        if os.path.isabs(name):
            return self.config.disk.read_file(name)
        path, _, file = name.rpartition("/")
        folder = self.folders.get(path)
        if folder is None:
            raise FileNotFoundError(name)
        return self.config.disk.read_file(os.path.join(folder, file))

    @property
    def folders(self) -> dict[str, str]:
        """The directory of every package that may be covered."""
        from gokiln.packages.package import package_list

        return {p.import_path: p.dir for p in package_list([*self.packages, *self.cover_packages])}

    def done(self, run: TestRun) -> None:
        """A run is over: tell who listens. On a terminal a failure is shown at once, not in the package's turn."""
        self.finished.append(run)
        if self.live and run.passed is False and run.output:
            self.write(run.output)
            run.output = b""
        if self.live and not run.skipped:
            name = run.package.import_path
            self.config.sink.tell(ActionFinished("test", name, run.seconds, run.cached, bool(run.passed)))
        for listener in self.listeners:
            listener(run)

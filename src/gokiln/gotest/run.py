"""Running one test: the line that says how it went, before it the output where that is wanted.

Handlers of the actions that `go test` adds to a build: run, print in turn, clean up, and the last FAIL.

Source: runTestActor, builderPrintTest, builderCleanTest, printExitStatus in cmd/go/internal/test/test.go, go1.26.
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time

from gokiln.events import ActionStarted, Text
from gokiln.golang.duration import SECOND, format_duration
from gokiln.gotest.program import Ended, Programs
from gokiln.gotest.testoutput import TestOutput
from gokiln.gotest.verbosity import asks_verbose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work
    from gokiln.gotest.resultcache import RunCache
    from gokiln.gotest.state import Session, TestRun

_MIN_DELAY = 5 * SECOND
_MINUTE = 60 * SECOND
_COVERAGE = re.compile(rb"coverage: (.*)\n")


class Timing:
    """How long a test program may take. kill, delay: ns; kill 0: for ever, delay 0: no limit."""

    __slots__ = ("delay", "kill")

    def __init__(self, session: Session) -> None:
        self.kill = self.delay = 0
        flags = session.flags
        if flags.timeout <= 0 or flags.text("fuzz") or flags.text("bench"):
            return
        # The program ends itself after its timeout; this is for one that hangs, and for the time it takes to print
        # all its goroutines.
        self.delay = max(flags.timeout // 10, _MIN_DELAY)
        self.kill = flags.timeout + (_MINUTE if self.delay < _MINUTE else self.delay)


class TestRunner:
    """The handlers of one `go test`. caches: where results are looked up and kept, by the actions that run programs."""

    __test__ = False

    def __init__(self, session: Session) -> None:
        self.session = session
        self.caches: dict[Action, RunCache] = {}
        self.timing = Timing(session)
        self.programs = Programs(session.builder.children)
        self._old_handlers: list[tuple[int, object]] = []

    # --- run ---

    def run(self, builder: Builder, action: Action) -> Work:
        """Begin a test: whatever needs no program is finished here, in the order of the packages."""
        session = self.session
        run = session.runs[action]
        if session.fail_fast:
            return None
        if session.interrupted:
            session.status = 1
            return None
        output = TestOutput(session, run)
        result = builder.result(action)
        if result.failed is not None:
            self._build_failed(result.failed, run, output)
            result.failed = None
            return None
        cache = self.caches.get(action)
        if cache is None:
            return lambda: self._no_tests(action, run, output)
        if cache.output is None and run.build is not None:
            content = builder.result(run.build).build_id.rpartition("/")[2]
            cache.try_id(content, action)
        if cache.output is not None:
            output.write(cache.output)
            run.passed = True
            output.close(True)
            session.done(run)
            return None
        if builder.config.flags.n:
            self._make_cover_dir(builder, action)
            self._show(builder, action, self._words(builder, action, run))
            output.close(True)
            return None
        if session.live_v and run.build is not None and asks_verbose(run.build, builder.config.disk, session.asks):
            output.collect(False, False)
        self._catch_signals()
        return lambda: self._execute(builder, action, run, output)

    def _catch_signals(self) -> None:
        """From now on Ctrl-C is for the test programs: they end in their own way, and nothing more is begun."""
        if self._old_handlers or threading.current_thread() is not threading.main_thread():
            return

        def forward(number: int, frame: object) -> None:
            self.session.interrupted = self.session.builder.interrupted = True
            self.session.status = 1
            self.programs.send(number)

        for name in ("SIGINT", "SIGQUIT"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._old_handlers.append((number, signal.signal(number, forward)))

    def restore_signals(self) -> None:
        """Everything has run: Ctrl-C is for us again."""
        for number, handler in self._old_handlers:
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._old_handlers.clear()

    def _build_failed(self, cause: Action, run: TestRun, output: TestOutput) -> None:
        package = cause.package
        if output.json is not None and package is not None and self.session.failed_build_known:
            output.json.set_failed_build(package.desc())
        output.text(f"FAIL\t{run.package.import_path} [build failed]\n")
        self.session.status = 1
        run.passed = False
        output.close(False)
        run.why = "the test program could not be built"
        self.session.done(run)

    def _no_tests(self, action: Action, run: TestRun, output: TestOutput) -> None:
        package, session = run.package, self.session
        builder = session.builder
        told = False
        if session.config.flags.cover and package.cover.gen_meta:
            from gokiln.gotest.untested import untested_coverage

            builder.shell(action).mkdir(action.objdir)
            told = untested_coverage(session, action, package, output.text)
        if not told:
            output.text(f"?   \t{package.import_path}\t[no test files]\n")
        run.skipped = True
        run.why = "no test files"
        output.close(True)
        session.done(run)

    def _words(self, builder: Builder, action: Action, run: TestRun) -> list[str]:
        """The command line of the test program."""
        session, objdir = self.session, action.objdir
        assert run.build is not None
        words = [*session.exec_words, builder.result(run.build).built]
        if not self.caches[action].disabled and not session.exec_words:
            words.append(f"-test.testlogfile={objdir}testlog.txt")
        words.append("-test.paniconexit0")
        if run.live_v:
            words.append("-test.v=test2json")
        if session.flags.text("fuzz"):
            folder = os.path.join(builder.store.fuzz_dir(), run.package.import_path)
            words.append("-test.fuzzcachedir=" + folder)
        if session.config.flags.cover:
            words.append(f"-test.gocoverdir={objdir}gocoverdir")
        for arg in session.flags.test_args:
            # The profile is written apart and merged afterwards.
            words.append(f"-test.coverprofile={objdir}_cover_.out" if arg.startswith("-test.coverprofile=") else arg)
        return words

    def _make_cover_dir(self, builder: Builder, action: Action) -> str:
        """Make the directory for what the test covers, if coverage is asked for; its path. Raises GokilnError."""
        folder = action.objdir + "gocoverdir"
        if builder.config.flags.cover:
            from gokiln.gotest.untested import META_FILES

            shell, meta = builder.shell(action), self.session.meta_action
            shell.mkdir(folder)
            if meta is not None:
                shell.copy_file(os.path.join(folder, META_FILES), meta.objdir + META_FILES, 0o666, False)
        return folder

    def _show(self, builder: Builder, action: Action, words: list[str]) -> None:
        if builder.config.flags.n or builder.config.flags.x:
            builder.shell(action).show_cmd("", " ".join(words))

    def _execute(self, builder: Builder, action: Action, run: TestRun, output: TestOutput) -> None:
        """Run the test program. Raises GokilnError when not even its directory can be made."""
        session, config, objdir = self.session, builder.config, action.objdir
        env = session.program_env(run.package.dir)
        if config.flags.cover:
            env["GOCOVERDIR"] = self._make_cover_dir(builder, action)
        words = self._words(builder, action, run)
        self._show(builder, action, words)
        if output.direct:
            with builder.shared.lock:
                builder.config.sink.tell(Text(""))  # the live line goes, if there is one
        elif session.live:
            builder.config.sink.tell(ActionStarted("test", run.package.import_path, time.monotonic()))
        ended = self._run_words(words, run, output, env)
        if session.profile is not None:
            session.profile.merge(objdir + "_cover_.out")
        rerun = ""
        if ended.problem and session.options.rerun_fails and not session.interrupted:
            from gokiln.gotest.rerun import rerun_failed

            again = rerun_failed(session, run, words, lambda w: self._run_words(w, run, output, env))
            if again:
                ended, rerun = Ended(), again
        run.passed = not ended.problem
        if ended.problem:
            self._failed(run, output, ended)
        else:
            self._passed(action, run, output, rerun)
        output.close(run.passed)
        session.done(run)

    def _run_words(self, words: list[str], run: TestRun, output: TestOutput, env: dict[str, str]) -> Ended:
        """Run a command line in the package's directory; its time is added to the run's."""
        began = time.monotonic()
        ended = self.programs.run(
            words,
            cwd=run.package.dir,
            env=env,
            output=self.session.stdout.fileno() if output.direct else output.write,
            kill_after=self.timing.kill / SECOND if self.timing.kill else None,
            wait_delay=self.timing.delay / SECOND if self.timing.delay else None,
            own_limit=self.session.flags.timeout / SECOND if self.timing.kill else None,
        )
        run.seconds += time.monotonic() - began
        return ended

    def _passed(self, action: Action, run: TestRun, output: TestOutput, rerun: str) -> None:
        """rerun: what to say of tests that passed only when they ran again, "" when all passed at once."""
        session = self.session
        out = bytes(output.kept)
        silent = session.live_v or not session.quiet_v
        if not rerun and not session.flags.show_pass and not session.flags.json and silent:
            output.kept.clear()
        if out and not out.endswith(b"\n"):
            output.write(b"\n")
        coverage = coverage_percentage(out) if session.config.flags.cover else ""
        path = run.package.import_path
        output.text(f"ok  \t{path}\t{run.seconds:.3f}s{coverage}{nothing_run(out)}{rerun}\n")
        if not rerun:
            self.caches[action].save(action.objdir, bytes(output.kept))

    def _failed(self, run: TestRun, output: TestOutput, ended: Ended) -> None:
        session = self.session
        if session.flags.on("failfast"):
            session.fail_fast = True
        session.status = 1
        limit = format_duration(self.timing.kill)
        out = bytes(output.kept)
        if ended.signaled:
            output.text(f"*** Test killed with quit: ran too long ({limit}).\n")
        elif ended.killed:
            output.text(f"*** Test killed: ran too long ({limit}).\n")
        elif ended.incomplete:
            output.text(f"*** Test I/O incomplete {format_duration(self.timing.delay)} after exiting.\n")
        if not ended.exited or ended.incomplete or not out:
            output.text(ended.problem + "\n")
        elif not out.endswith(b"\n"):
            output.write(b"\n")
        mark = "\x16" if session.flags.json or session.flags.v_json or run.live_v else ""
        output.text(f"{mark}FAIL\t{run.package.import_path}\t{run.seconds:.3f}s\n")

    # --- after it ---

    def clean(self, builder: Builder, action: Action) -> Work:
        """Remove the test's files."""
        if not builder.config.flags.work:
            builder.shell(action).remove_all(action.objdir)
        return None

    def show(self, builder: Builder, action: Action) -> Work:
        """Print what the test said, in the package's turn."""
        source = action.deps[0]
        if source.mode == "test clean":
            source = source.deps[0]
        run = self.session.runs[source]
        if run.output:
            self.session.write(run.output)
        if self.session.options.explain:
            from gokiln.gotest.explain import line

            self.session.note(line(run) + "\n")
        return None

    def finish(self, builder: Builder, action: Action) -> Work:
        """One more FAIL at the very end, for those whose first failure has scrolled away."""
        session = self.session
        quiet = session.flags.json or session.flags.text("fuzz") or session.local_directory
        if not quiet and (session.status or builder.failed):
            session.write(b"FAIL\n")
        return None

    def write_meta_files(self, builder: Builder, action: Action) -> Work:
        """Write down where the coverage meta-data of all covered packages is."""
        from gokiln.gotest.untested import write_meta_files

        return lambda: write_meta_files(builder, action)


def coverage_percentage(out: bytes) -> str:
    """The coverage that a test printed, to go on the result's line."""
    m = _COVERAGE.search(out)
    return "\tcoverage: " + m.group(1).decode("utf-8", "surrogateescape") if m else ""


def nothing_run(out: bytes) -> str:
    """A remark for the result's line when the test program says that it had nothing to do."""
    remark = ""
    for warning, text in (
        (b"testing: warning: no tests to run\n", " [no tests to run]"),
        (b"testing: warning: no fuzz tests to fuzz\n", " [no fuzz tests to fuzz]"),
        (
            b"testing: warning: -fuzz matches more than one fuzz test, won't fuzz\n",
            "[-fuzz matches more than one fuzz test, won't fuzz]",
        ),
    ):
        if out.startswith(warning) or b"\n" + warning in out:
            remark = text
    return remark

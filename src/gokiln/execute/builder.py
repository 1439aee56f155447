"""A build: what all its actions share.

A Builder joins the plan (actions), the tools and the cache; nothing else does. It is used once: make it, plan with
its planner, have the plan carried out (runner.py).

Source: type Builder, NewBuilder in cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

from gokiln.actions.graph import Planner
from gokiln.actions.inputs import HashFacts
from gokiln.base.spawn import Children
from gokiln.cache.inputhash import strip_experiment, subkey
from gokiln.execute.shell import Shared, Shell
from gokiln.execute.state import ReadyQueue, Result
from gokiln.golang.buildid import BuildIdError, hash_to_string
from gokiln.golang.buildidfile import read_file
from gokiln.terminal.printer import JsonPrinter, Printer
from gokiln.tools.toolid import ToolIds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.actions.action import Action
    from gokiln.base.spawn import Completed
    from gokiln.cache.entry import Entry
    from gokiln.cache.inputhash import HashTrace
    from gokiln.cache.store import Store
    from gokiln.config.config import Config
    from gokiln.execute.compilers import RememberingCompilers
    from gokiln.execute.gccgo import Gccgo
    from gokiln.execute.vetoptions import VetOptions
    from gokiln.index.toolids import ToolIdMemo
    from gokiln.packages.package import Package
    from gokiln.tools.cgo import Cgo
    from gokiln.tools.gc import ConcurrencyPool
    from gokiln.tools.swig import Swig

    # The part of an action that runs tools or moves files; None when there is nothing of that kind to do.
    Work = Callable[[], None] | None
    Handler = Callable[["Builder", Action], Work]


class Builder:
    """One build.

    work_dir: its directory ("$WORK" under -n). store: the build cache. file_hash: path -> 32 bytes, from the one
    reading of source files; raises OSError. memo: what tools said of themselves in earlier builds.
    is_cmd_list ... allow_errors: set by `list`, which asks for parts of a build. try_cache: set by `test`; whether a
    test's result is known, so that its program need not be linked. interrupted: begin nothing more; what runs may end.
    """

    def __init__(
        self,
        config: Config,
        work_dir: str,
        store: Store,
        file_hash: Callable[[str], bytes],
        memo: ToolIdMemo | None = None,
        trace: HashTrace | None = None,
    ) -> None:
        self.config = config
        self.work_dir = work_dir
        self.store = store
        self.trace = trace
        self.is_cmd_list = False
        self.need_error = False
        self.need_export = False
        self.need_compiled_go_files = False
        self.allow_errors = False
        self.interrupted = False
        self.try_cache: Callable[[Action, Action], bool] | None = None
        self.children = Children()
        self.printer = JsonPrinter(config.sink) if config.flags.json else Printer(config.sink)
        self.shared = self._make_shared()
        self.planner = self._make_planner()
        self.queue = ReadyQueue(())
        self.memo = memo
        self.tool_ids = ToolIds(config, self._ask, memo)
        self._source_hash = file_hash
        self._build_ids: dict[str, str] = {}
        self.handlers: dict[str, Handler] = {}  # by kind of action; those of this room when they are needed
        self._shells: dict[Action, Shell] = {}
        self._pool: ConcurrencyPool | None = None
        self._empty_seen = False
        self._compilers: RememberingCompilers | None = None
        self._gccgo: Gccgo | None = None
        self.cgo: Cgo | None = None  # made by execute/cgo.py when a package needs it
        self.swig: Swig | None = None  # likewise
        self.vendor_dir: Callable[[], str] = str
        self.vet_options: VetOptions | None = None
        self.vet_configs: dict[Action, dict[str, object]] = {}  # what vet has to know, by build action
        self.facts = self._hash_facts()

    def _make_shared(self) -> Shared:
        config = self.config
        return Shared(
            self.work_dir,
            self.printer,
            self.children,
            cwd=config.cwd,
            child_env=self._tool_env,
            show=config.flags.x,
            only_show=config.flags.n,
            cache_dir=config.gocache,
            minor=config.toolchain.release.minor,
        )

    def _make_planner(self) -> Planner:
        config = self.config
        planner = Planner(
            self.work_dir,
            config.target.goos,
            config.flags.buildmode,
            config.target.exe_suffix,
            _swig_outputs,
            config.toolchain.release.minor,
        )
        planner.gccgo = config.flags.compiler == "gccgo"
        return planner

    def _hash_facts(self) -> HashFacts:
        config = self.config
        target, mode, flags = config.target, config.mode, config.flags
        platforms = config.toolchain.release.platforms
        return HashFacts(
            strip_experiment(config.toolchain.version),
            goos=target.goos,
            goarch=target.goarch,
            goroot=config.toolchain.goroot_said,
            tool_id=self.tool_ids.get,
            file_hash=self.file_hash,
            c_lines=self._c_lines,
            arch_variable=target.arch_variable,
            experiment=target.experiment_env,
            trimpath=flags.trimpath,
            buildmode=flags.buildmode,
            ld_buildmode=mode.ld_buildmode,
            forced_gcflags=mode.forced_gcflags,
            forced_asmflags=mode.forced_asmflags,
            forced_ldflags=mode.forced_ldflags,
            fuzz_flags=["-d=libfuzzer"] if platforms.fuzz_instrumented(target.goos, target.goarch) else [],
            work_dir=self.work_dir,
            environ=config.env.environ,
            extlink_enabled=config.env.get("GO_EXTLINK_ENABLED"),
            trace=self.trace,
            gccgo=(lambda package: self.gccgo().compile_lines(package), lambda: self.gccgo().linker_line())
            if flags.compiler == "gccgo"
            else None,
        )

    # --- what handlers ask for ---

    def result(self, action: Action) -> Result:
        """How far an action has come."""
        return self.queue.results[action]

    def shell(self, action: Action) -> Shell:
        """The shell of an action."""
        shell = self._shells.get(action)
        if shell is None:
            shell = self._shells[action] = Shell(self.shared, action, self.result(action))
        return shell

    def background_shell(self) -> Shell:
        """The shell of the build as a whole."""
        return Shell(self.shared)

    def subkey(self, parent: bytes, desc: str) -> bytes:
        """The cache ID of a by-product of an action."""
        return subkey(parent, desc, self.trace)

    def file_hash(self, path: str) -> str:
        """The short hash of a file's content; "" when it cannot be read."""
        try:
            return hash_to_string(self._source_hash(path))
        except OSError:
            return ""

    def changed_since_load(self, path: str) -> bool:
        """Whether a source file's content differs from what was hashed when packages were loaded."""
        import hashlib

        try:
            return hashlib.sha256(self.config.disk.read_file(path)).digest() != self._source_hash(path)
        except OSError:
            return True

    def build_id_of(self, path: str) -> str:
        """The build ID in a file, or its content's hash when it has none that can be read."""
        found = self._build_ids.get(path)
        if not found:
            try:
                found = read_file(path)
            except (OSError, BuildIdError):
                found = self.file_hash(path)
            self._build_ids[path] = found
        return found

    def refresh_empty_output(self, entry: Entry) -> None:
        """Somebody uses the empty output: once in a build is enough to keep it from being trimmed."""
        if not self._empty_seen:
            self._empty_seen = True
            self.store.verified_file(entry)

    def link_build_id(self, action: Action) -> str:
        """The build ID that stands for a dependency in a link's action ID; "" when it has no archive."""
        result = self.result(action)
        if result.build_id or not result.built:
            return result.build_id
        return self.build_id_of(result.built)

    def announce(self, action: Action) -> None:
        """Say which package is being built: the banner of -n, the line of -v. Before go1.26 that is said first."""
        package, flags = action.package, self.config.flags
        assert package is not None
        if flags.n:
            self.shell(action).print(f"\n#\n# {package.import_path}\n#\n\n")
        if flags.v:
            self.shell(action).print(package.import_path + "\n")

    def pool(self) -> ConcurrencyPool:
        """Who may compile how many functions at once."""
        if self._pool is None:
            from gokiln.config.parallelism import default_parallelism
            from gokiln.tools.gc import POOL_SINCE, ConcurrencyPool

            environ = self.config.env.environ
            pooled = self.config.toolchain.release.minor >= POOL_SINCE
            self._pool = ConcurrencyPool(self.config.flags.p, default_parallelism(environ), pooled)
        return self._pool

    # --- C, asked only where a package needs it ---

    def _c_lines(self, package: Package) -> list[str]:
        from gokiln.execute.compilers import compiler_lines

        return compiler_lines(self.compilers(), package)

    def compilers(self) -> RememberingCompilers:
        """The C compilers."""
        if self._compilers is None:
            from gokiln.execute.compilers import RememberingCompilers

            self._compilers = RememberingCompilers(
                self.config, self.shared, self.store, self.facts.salt, self.memo, self.build_id_of
            )
        return self._compilers

    def gccgo(self) -> Gccgo:
        """The compiler of -compiler=gccgo."""
        if self._gccgo is None:
            from gokiln.execute.gccgo import Gccgo

            self._gccgo = Gccgo(self.config, self.shared, self.compilers())
        return self._gccgo

    # --- tools ---

    def _tool_env(self) -> dict[str, str]:
        from gokiln.execute.headroom import with_headroom

        env = self.config.child_environ()
        return with_headroom(env, self.config.flags.p)

    def _ask(self, argv: Sequence[str]) -> Completed:
        """Run a tool that says who it is. What -toolexec's wrapper says on standard error is shown on failure only."""
        if not self.config.flags.toolexec:
            return self.children.run(argv, cwd=self.config.cwd, env=self.shared.env())
        from tempfile import TemporaryFile

        with TemporaryFile() as errors:
            done = self.children.run(argv, cwd=self.config.cwd, env=self.shared.env(), stderr=errors.fileno())
            if done.status:
                errors.seek(0)
                done.output = errors.read()
            return done

    # --- running (runner.py) ---

    def register(self, kind: str, handler: Handler) -> None:
        """Let a command above this room carry out kinds of actions of its own (test runs its programs)."""
        self.handlers[kind] = handler

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        return self.printer.failed


def _swig_outputs(package: Package, objdir: str) -> tuple[list[str], list[str], list[str]]:
    """The Go, C and C++ files that SWIG will write."""
    from gokiln.tools.swig import outputs

    return outputs(package, objdir)

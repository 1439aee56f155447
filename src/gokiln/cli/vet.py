"""`gokiln vet`, and `gokiln fix` since go1.26: run an analysis tool on packages with their tests.

The tool answers in JSON, which is kept in the cache; here it becomes lines on stderr, patches on stdout, or changed
files.

Source: cmd/go/internal/vet/vet.go, go1.26.
"""

from __future__ import annotations

import threading

from gokiln.actions.action import Action
from gokiln.actions.graph import MODE_BUILD
from gokiln.base.oserror import os_error_text
from gokiln.cli.building import Session, report_package_errors, run_quietly
from gokiln.cli.configure import configure
from gokiln.cli.loading import open_graph
from gokiln.cli.signals import CleanEnd
from gokiln.cli.streams import make_sink
from gokiln.cli.vetflags import VetFlags
from gokiln.config.buildflags import OMIT_JSON_FLAG
from gokiln.config.config import load_env
from gokiln.errors import PlainError
from gokiln.events import Text
from gokiln.execute.vetoptions import VetOptions
from gokiln.execute.workdir import WorkDir
from gokiln.gotest.syntax import TestSyntax
from gokiln.packages.load import packages_and_errors
from gokiln.packages.loadopts import PackageOpts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.cli.invocation import Invocation
    from gokiln.config.config import Config
    from gokiln.packages.importgraph import ImportGraph
    from gokiln.packages.package import Package

USAGE = {
    "vet": "go vet [build flags] [-vettool prog] [vet flags] [packages]",
    "fix": "go fix [build flags] [-fixtool prog] [fix flags] [packages]",
}
_JSON_SINCE = 26  # before, the tool printed diagnostics itself


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    return analyze(inv, "vet")


def analyze(inv: Invocation, command: str) -> int:
    """`vet` or `fix`."""
    env, _ = load_env(inv.argv0, [command, *inv.args], inv.environ, inv.cwd)
    asked = VetFlags(command, inv.args, env, env.toolchain.release.minor)
    config = configure(
        inv,
        command,
        usage_line=USAGE[command],
        register=asked.register,
        mask=OMIT_JSON_FLAG,
        sink=make_sink(inv),
        parse=asked.parse,
    )
    listener = Listener(inv, config.cwd, asked.context)
    options, apply = plan_flags(asked, listener)
    if asked.old_fix:
        end = "\n" if asked.minor > _JSON_SINCE else ""
        text = f"go fix: the -fix={asked.old_fix} flag is obsolete and has no effect{end}"
        if "buildtag" in asked.old_fix.split(","):
            text += f"go fix: to enable the buildtag check, use -buildtag{end}"
        config.sink.tell(Text(text))
    with CleanEnd():
        return run_quietly(lambda: _analyze(inv, config, options, listener, apply))


def plan_flags(asked: VetFlags, listener: Listener) -> tuple[VetOptions, bool]:
    """(what the tool is to be told, whether its fixes are to be applied). Raises PlainError for bad combinations."""
    flags = list(asked.to_tool)
    handle = listener.copy
    apply = False
    if asked.command == "fix" or asked.fix:
        if asked.json and asked.diff:
            raise PlainError("-json and -diff cannot be used together")
        if not asked.json:
            flags.append("-fix")
            apply = not asked.diff
            if asked.diff:
                flags.append("-diff")
                handle = listener.copy_diff
        if asked.context != -1:
            raise PlainError("-c flag cannot be used when applying fixes")
    else:
        if not asked.json and asked.minor >= _JSON_SINCE:
            flags.append("-json")
            handle = listener.print_diagnostics
        if asked.diff:
            raise PlainError("go vet -diff flag requires -fix")
    return VetOptions(asked.tool, flags, bool(asked.to_tool), handle), apply


def _analyze(inv: Invocation, config: Config, options: VetOptions, listener: Listener, apply: bool) -> int:
    graph = open_graph(config)
    opts = PackageOpts(mod_resolve_tests=True)
    packages = packages_and_errors(graph, opts, config.args)
    report_package_errors(config, packages)
    command = config.cmd_name
    if not packages:
        raise PlainError(f"no packages to {command}")
    with WorkDir(config) as work:
        session = Session(inv, config, graph, work)
        builder = session.builder
        builder.vet_options = options
        root = Action(f"go {command}")
        syntax = TestSyntax(config, builder.children, graph.memo.file_hash)
        targets, failed = vet_targets(graph, opts, packages, syntax, apply)
        for target in targets:
            root.deps.append(builder.planner.vet_action(MODE_BUILD, target, apply))
        status = session.do(root)
        if apply:
            archives = [str(builder.result(action).provider or "") for action in root.deps]
            status = apply_fixes(config, [path for path in archives if path]) or status
    return 1 if failed or listener.found else status


def vet_targets(
    graph: ImportGraph, opts: PackageOpts, packages: Sequence[Package], syntax: TestSyntax, only_own: bool
) -> tuple[list[Package], bool]:
    """The packages to look at, each source file in one of them only, and whether some cannot be looked at (told).

    That is each package with its tests inside, and its external tests. only_own: leave out what other modules and
    the standard library's vendor tree have.
    """
    from gokiln.packages.testpkg import test_packages_and_errors

    targets: list[Package] = []
    failed = False
    config = graph.config

    def complain(text: str) -> None:
        nonlocal failed
        failed = True
        config.sink.tell(Text(text + "\n"))

    def wanted(package: Package) -> bool:
        vendored = package.standard and package.import_path.startswith("vendor/")
        return not only_own or (not vendored and (package.module is None or package.module.main))

    mine = [package for package in packages if wanted(package)]
    syntax.look_at(mine)
    for package in mine:
        made = test_packages_and_errors(graph, opts, package, syntax=syntax.error)
        broken = made.broken()
        if broken is not None:
            complain(str(broken.error))
            continue
        has_files = bool(made.test.go_files or made.test.cgo_files)
        if not has_files and made.xtest is None:
            complain(f"go: can't {config.cmd_name} {package.import_path}: no Go files in {package.dir}")
            continue
        if has_files:
            targets.append(made.test)
        if made.xtest is not None:
            targets.append(made.xtest)
    return targets, failed


def apply_fixes(config: Config, archives: Sequence[str]) -> int:
    """Write the files in the tool's zip archives; returns the exit status. Nothing is written if two disagree."""
    import zipfile

    def complain(text: str) -> int:
        config.sink.tell(Text(text + "\n"))
        return 1

    contents: dict[str, bytes] = {}
    for archive in archives:
        try:
            with zipfile.ZipFile(archive) as opened:
                for info in opened.infolist():
                    data = opened.read(info)
                    if contents.setdefault(info.filename, data) != data:
                        return complain(f"reading archive of fixes: inconsistent fixes to file {info.filename}")
        except (OSError, zipfile.BadZipFile) as err:
            return complain(f"reading archive of fixes: {err}")
    status = 0
    for name, data in contents.items():
        try:
            with open(name, "wb") as file:
                file.write(data)
        except OSError as err:
            status = complain(f"applying fix: {os_error_text(err)}")
    return status


class Listener:
    """What the tool wrote to stdout, made into what the user sees. May be called from several threads.

    found: whether something was reported that makes the exit status 1.
    """

    def __init__(self, inv: Invocation, cwd: str, context: int) -> None:
        self.found = False
        self._inv = inv
        self._cwd = cwd
        self._context = context
        self._lock = threading.Lock()

    def copy(self, data: bytes) -> None:
        """-json: as it is, and at once: a package's answer does not wait for those of others."""
        with self._lock:
            self._inv.stdout.write_bytes(data)
            self._inv.stdout.flush()

    def copy_diff(self, data: bytes) -> None:
        """-diff: as it is; a patch that is not empty counts as found."""
        if data:
            self.found = True
            self.copy(data)

    def print_diagnostics(self, data: bytes) -> None:
        """Lines for people, on stderr. Raises StepError when the tool reports that an analysis failed."""
        if not data:
            return
        from gokiln.cli.vetjson import diagnostics_of, read_tree

        tree = read_tree(data)
        with self._lock:
            for units in tree.values():
                for found in units.values():
                    for diagnostic in diagnostics_of(found):
                        self.found = True
                        self._show(diagnostic)

    def _show(self, diagnostic: dict[str, object]) -> None:
        from gokiln.cli.vetjson import show_diagnostic

        show_diagnostic(diagnostic, self._cwd, self._context, self._inv.stderr.write)

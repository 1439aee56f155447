"""What build, install and run have in common: load packages, open the cache, make a Builder, end well.

Source: runBuild, runInstall, InstallPackages in cmd/go/internal/work/build.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.graph import FMT_UNASKED_SINCE
from gokiln.cli.buildcache import open_build_cache
from gokiln.cli.configure import configure
from gokiln.cli.streams import close_sink, make_sink
from gokiln.errors import GokilnError, PlainError
from gokiln.events import Text
from gokiln.execute.builder import Builder
from gokiln.execute.runner import carry_out, write_graph
from gokiln.index.toolids import ToolIdMemo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.actions.action import Action
    from gokiln.base.flagset import FlagSet
    from gokiln.cache.cacheprog import ProgStore
    from gokiln.cache.diskstore import DiskStore
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.events import Sink
    from gokiln.execute.workdir import WorkDir
    from gokiln.packages.importgraph import ImportGraph
    from gokiln.packages.package import Package


def building_config(
    inv: Invocation,
    name: str,
    usage: str,
    register: Callable[[FlagSet, BuildFlags], None] | None = None,
) -> Config:
    """The configuration of a command that builds and knows -cover. register: its own flags.

    Raises GokilnError in the go command's words.
    """
    return configure(inv, name, usage_line=usage, register=register, cover_flags=True, sink=make_sink(inv))


def cover_packages(config: Config, graph: ImportGraph, packages: Sequence[Package]) -> None:
    """Prepare the packages, and all that -coverpkg names, for being instrumented, if that is asked for."""
    if config.flags.cover:
        from gokiln.packages.cover import prepare_for_coverage_build

        prepare_for_coverage_build(graph, packages)


class Session:
    """One building command: packages loaded, cache open, a Builder to plan with."""

    def __init__(self, inv: Invocation, config: Config, graph: ImportGraph, work: WorkDir) -> None:
        """Open the cache. Raises CacheError."""
        self.inv = inv
        self.config = config
        self.graph = graph
        self.store = self._open_store()
        from gokiln.cache.location import kiln_dir

        records = kiln_dir(config.env.environ, config.toolchain.host_os)
        self.builder = Builder(
            config,
            work.path,
            self.store,
            graph.memo.file_hash,
            ToolIdMemo(os.path.join(records, "toolids") if records else ""),
            self.store.debug.trace if self.store.debug is not None else None,
        )
        self.builder.vendor_dir = self._vendor_dir
        if config.flags.linkshared or config.flags.buildmode == "shared":
            from gokiln.cli.sharedlibs import join_libraries

            join_libraries(self.builder.planner, graph)
        if config.toolchain.release.minor < FMT_UNASKED_SINCE:
            from gokiln.packages.extraimports import fmt_of

            self.builder.planner.fmt_of = lambda package: fmt_of(graph, package)

    def _vendor_dir(self) -> str:
        try:
            return self.graph.modules.vendor_dir
        except GokilnError:
            return ""  # outside a module

    def _open_store(self) -> DiskStore | ProgStore:
        config = self.config

        def write(text: str) -> None:
            config.sink.tell(Text(text))

        return open_build_cache(
            config.gocache,
            config.gocache_error,
            config.env.environ,
            config.toolchain.host_os,
            config.sink,
            write,
            config.env.get("GOCACHEPROG"),
        )

    def do(self, root: Action, then: Callable[[], int] | None = None) -> int:
        """Carry the plan out; returns the exit status. Raises KeyboardInterrupt after ending all tools.

        then: what is left to do when the cache is closed, unless something that root needs has failed; its status.
        """
        try:
            carry_out(self.builder, root)
        finally:
            self.store.close()
            close_sink(self.config.sink)
        status = then() if then is not None and self.builder.result(root).failed is None else 0
        write_graph(self.builder, root)
        return 1 if self.builder.failed else status


def filter_packages(config: Config, packages: Sequence[Package]) -> list[Package]:
    """The packages that count for the build mode. Raises PlainError when it wants exactly one main package."""
    kind = config.mode.pkgs_filter
    if kind == "main":
        return [p for p in packages if p.name == "main"]
    if kind == "not_main":
        return [p for p in packages if p.name != "main"]
    if kind == "one_main" and (len(packages) != 1 or packages[0].name != "main"):
        raise PlainError(f"-buildmode={config.flags.buildmode} requires exactly one main package")
    return list(packages)


def omit_test_only(packages: Sequence[Package]) -> list[Package]:
    """Without packages that have no source files and were not named literally: a pattern matched them."""
    return [p for p in packages if p.go_files or p.cgo_files or p.cmdline_pkg_literal]


def report_package_errors(config: Config, packages: Sequence[Package]) -> None:
    """Raise with all that is wrong with the packages and what they import, as -json wants it if that is on."""
    from gokiln.packages.load import PackageErrorsError, check_package_errors

    try:
        check_package_errors(packages)
    except PackageErrorsError as err:
        if not config.flags.json:
            raise
        from gokiln.terminal.printer import JsonPrinter

        printer = JsonPrinter(config.sink)
        for package in err.packages:
            printer.error(package, str(package.error))
        raise SilentError from err


class SilentError(GokilnError):
    """Everything has been said; only the exit status is left."""

    prefix = ""

    def __init__(self) -> None:
        super().__init__("")


def run_quietly(call: Callable[[], int], sink: Sink | None = None) -> int:
    """call's status; that of a SilentError when one comes out of it. sink: its live line is wiped at the end."""
    try:
        return call()
    except SilentError as err:
        return err.exit_status
    finally:
        close_sink(sink)

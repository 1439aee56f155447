"""Putting together what loads packages: configuration, module fetcher, module loader, source scanner.

Here and nowhere else the rooms below are joined; commands ask for the ImportGraph (packages) or the module Loader.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import is_local_import
from gokiln.errors import PlainError
from gokiln.packages.scan import ScanMemo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.modules.resolve.loader import Loader
    from gokiln.packages.importgraph import ImportGraph


def scan_memo(config: Config) -> ScanMemo:
    """What is known of source directories for the configured target.

    Raises PlainError for a GOFIPS140 that cannot be had: its snapshot has to be in its place before anything is read.
    """
    from gokiln.packages.fips140 import init_fips140

    init_fips140(config)
    memo = ScanMemo(config.disk, config.target.matches_tag, config.target.cgo_enabled)
    memo.module_cache = config.gomodcache
    return memo


def open_modules(config: Config, memo: ScanMemo | None = None) -> Loader:
    """The module loader of one command, sharing `memo` with the packages when they load too."""
    from gokiln.modules.fetch.fetcher import Fetcher
    from gokiln.modules.resolve.loader import Loader

    memo = memo if memo is not None else scan_memo(config)
    fetcher = Fetcher(config)
    memo.guard = fetcher.trees
    return Loader(config, fetcher, memo)


def open_graph(
    config: Config, *, outside: bool = False, workspace: bool = True, rootless: bool = False, builds: bool = True
) -> ImportGraph:
    """The import graph of one command, still empty. Raises GokilnError for a GOFIPS140 that cannot be had.

    outside: for `pkg@version`: module mode, in which no go.mod or go.work around counts. workspace: False for commands
    that take no notice of go.work. rootless: for tools of the toolchain: the same in the mode that GO111MODULE says.
    builds: False for commands that take flags they have no use for in GOPATH mode.
    """
    from gokiln.packages.importgraph import ImportGraph
    from gokiln.packages.vcs import RepositoryStatus

    if config.flags.debug_trace or config.flags.debug_runtime_trace:
        start_trace(config)
    memo = scan_memo(config)
    modules = open_modules(config, memo)
    if outside:
        ignore_main_module(modules)
    if rootless:
        from gokiln.modules.resolve.state import NO_ROOT

        modules.root_mode = NO_ROOT
    if workspace:
        modules.init_workfile()
    vcs = RepositoryStatus(config, modules.fetcher)
    if config.env.get("GO111MODULE") in ("off", "auto") and not modules.enabled():
        from gokiln.packages.gopath.graph import GopathGraph

        if builds:
            config.check_gopath_flags()
        return GopathGraph(config, modules, memo, vcs)
    return ImportGraph(config, modules, memo, vcs)


def start_trace(config: Config) -> None:
    """Begin the file of -debug-trace; it ends with the process. Raises GokilnError."""
    import atexit

    from gokiln.events import Warn
    from gokiln.terminal.tracefile import TraceSink

    if config.flags.debug_runtime_trace:
        config.sink.tell(Warn("-debug-runtime-trace is ignored: gokiln is no Go program whose runtime could be traced"))
    path = config.flags.debug_trace
    if not path or isinstance(config.sink, TraceSink):
        return
    try:
        trace = TraceSink(config.sink, path, config.cmd_name)
    except OSError as err:
        from gokiln.base.oserror import path_error

        raise PlainError(f"failed to start trace: {path_error('open', path, err)}") from err
    config.sink = trace
    atexit.register(trace.close)


def ignore_main_module(modules: Loader) -> None:
    """Let the module loader look at no go.mod and go.work; before its first use."""
    from gokiln.modules.resolve.state import NO_ROOT

    modules.force_use_modules = True
    modules.root_mode = NO_ROOT
    modules.allow_missing_module_imports = True


def is_versioned(arg: str) -> bool:
    """Whether an argument is path@version, which is looked up without regard to the module around."""
    return "@" in arg and not is_local_import(arg) and not os.path.isabs(arg)

"""What the module commands have in common: configuration with the flags they share, versions as flags, go.work.

Source: cmd/go/internal/modcmd, cmd/go/internal/workcmd, cmd/go/internal/base/flag.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.cli.configure import configure
from gokiln.cli.streams import StreamSink, close_sink, make_sink
from gokiln.config.buildflags import register_chdir, register_mod_common_flags
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.events import Sink
    from gokiln.packages.scan import ScanMemo

NO_GO_WORK = "no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)"


def module_config(
    inv: Invocation,
    name: str,
    usage: str,
    register: Callable[[FlagSet, BuildFlags], None] | None = None,
    *,
    common: bool = True,
) -> Config:
    """The configuration of the command `name`. register: its own flags; common: also -modfile and its like.

    Raises GokilnError in the go command's words.
    """

    def all_flags(flagset: FlagSet, flags: BuildFlags) -> None:
        if register is not None:
            register(flagset, flags)
        register_chdir(flagset)
        if common:
            register_mod_common_flags(flagset, flags)

    return configure(
        inv,
        name,
        usage_line=usage,
        register=all_flags,
        mask=None,
        init_build=False,
        sink=module_sink(inv),
    )


def module_sink(inv: Invocation) -> Sink:
    """As make_sink; however the command ends, the live line goes."""
    sink = make_sink(inv)
    if not isinstance(sink, StreamSink):
        import atexit

        atexit.register(close_sink, sink)
    return sink


def no_go_work() -> GokilnError:
    """The error of work commands outside a workspace."""
    return GokilnError(NO_GO_WORK)


def recorded_memo(config: Config) -> ScanMemo:
    """A scan memo with the records of what trees import; call save_memo when all is loaded."""
    from gokiln.cache.location import kiln_dir
    from gokiln.cli.loading import scan_memo
    from gokiln.index.importrecords import ImportRecords

    memo = scan_memo(config)
    records = kiln_dir(config.env.environ, config.toolchain.host_os)
    if records and config.gomodcache:
        src = os.path.join(config.toolchain.goroot, "src")
        folder = os.path.join(records, "imports")
        target = config.target
        build = (target.cgo_enabled, sorted(target.tags))
        any_tags = ImportRecords(folder, config.gomodcache, src, "*")
        own_tags = ImportRecords(folder, config.gomodcache, src, repr(build), any_tags)
        memo.records = {True: any_tags, False: own_tags}
    return memo


def save_memo(memo: ScanMemo) -> None:
    """Keep what was learned for the next command."""
    for records in memo.records.values():
        records.save()

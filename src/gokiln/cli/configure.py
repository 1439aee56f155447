"""From an Invocation to the Config of one command: the step that every subcommand begins with."""

from __future__ import annotations

from gokiln.cli.streams import StreamSink
from gokiln.config.config import build_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.events import Sink


def configure(
    inv: Invocation,
    name: str,
    *,
    usage_line: str = "",
    register: Callable[[FlagSet, BuildFlags], None] | None = None,
    mask: int | None = 0,
    cover_flags: bool = False,
    init_build: bool = True,
    modules: bool = True,
    check: bool = True,
    sink: Sink | None = None,
    parse: Callable[[FlagSet, Sequence[str]], list[str]] | None = None,
) -> Config:
    """Resolve the command line of the command `name` ("build", "mod tidy").

    sink: who is told what happens; by default the two streams in plain text. The other arguments are
    config.config.build_config's, as are the errors.
    """
    return build_config(
        inv.argv0,
        inv.args,
        inv.environ,
        inv.cwd,
        name,
        usage_line=usage_line,
        register=register,
        mask=mask,
        cover_flags=cover_flags,
        init_build=init_build,
        modules=modules,
        check=check,
        sink=sink if sink is not None else StreamSink(inv.stdout, inv.stderr),
        raw_args=inv.raw_args,
        parse=parse,
    )

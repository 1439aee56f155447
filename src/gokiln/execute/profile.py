"""Preprocessing a profile for -pgo. Source: pgoActor in cmd/go/internal/work/action.go, go1.26."""

from __future__ import annotations

from gokiln.actions.inputs import profile_inputs
from gokiln.execute.report import join_unambiguously
from gokiln.execute.reuse import use_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work


def preprocess(builder: Builder, action: Action) -> Work:
    """Make the form of a profile that the compiler reads."""
    action_id = profile_inputs(builder.facts, action.subject).digest()
    done = use_cache(builder, action, action_id, action.target, not builder.is_cmd_list)
    if done or builder.is_cmd_list:
        return None

    def work() -> None:
        try:
            _preprocess(builder, action)
        finally:
            builder.shell(action).flush_output()

    return work


def _preprocess(builder: Builder, action: Action) -> None:
    config, result, shell = builder.config, builder.result(action), builder.shell(action)
    shell.mkdir(action.objdir)
    tool = config.toolchain.tool("preprofile")
    shell.run(".", action.subject, (), config.flags.toolexec, tool, "-o", action.target, "-i", action.subject)
    result.built = action.target
    if config.flags.n:
        return
    output_id, _ = builder.store.put_file(result.action_id, action.target)
    if config.flags.x:
        words = join_unambiguously(["cp", action.target, builder.store.output_file(output_id)])
        shell.show_cmd("", f"{words} # internal")

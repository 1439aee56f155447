"""-debug-actiongraph: the plan and its times as JSON.

Source: actionGraphJSON in cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

import time

from gokiln.actions.action import INSTALL, LINK
from gokiln.errors import PlainError
from gokiln.golang.buildid import hash_to_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder

_ZERO_TIME = "0001-01-01T00:00:00Z"


def write_action_graph(builder: Builder, root: Action, path: str) -> None:
    """Write all actions below root to a file; they are numbered breadth first. Raises PlainError."""
    if path.endswith(".go"):
        raise PlainError(f"go: refusing to write action graph to {path}\n")
    from gokiln.base.gojson import encode

    numbers = {root: 0}
    queue = [root]
    for action in queue:
        for dep in action.deps:
            if dep not in numbers:
                numbers[dep] = len(queue)
                queue.append(dep)
    text = encode([_describe(builder, action, numbers) for action in queue])
    try:
        with open(path, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
    except OSError as err:
        from gokiln.base.oserror import os_error_text

        builder.background_shell().error(f"go: writing action graph: {os_error_text(err)}")


def _describe(builder: Builder, action: Action, numbers: dict[Action, int]) -> dict[str, object]:
    """One action; what is empty is left out, as encoding/json's omitempty does."""
    result = builder.result(action)
    fields: dict[str, object] = {
        "ID": numbers[action],
        "Mode": action.mode,
        "Package": action.package.import_path if action.package is not None else "",
    }
    optional: dict[str, object] = {
        "Deps": [numbers[dep] for dep in action.deps],
        "IgnoreFail": action.ignore_fail,
        "Args": action.args,
        "Objdir": action.objdir,
        "Target": action.target,
        "Priority": action.priority,
        # Where the result was planned to be, not where it is in the end: cmd/go fills this in before it begins.
        "Built": action.target if action.handler in (LINK, INSTALL) else "",
        "VetxOnly": action.vetx_only,
        "NeedVet": action.need_vet,
        "NeedBuild": action.need_build,
        "ActionID": hash_to_string(result.action_id) if result.action_id else "",
        "BuildID": result.build_id,
    }
    fields.update((name, value) for name, value in optional.items() if value)
    for name, at in zip(("TimeReady", "TimeStart", "TimeDone"), result.times):
        fields[name] = _stamp(at)
    fields["Cmd"] = result.commands or None
    for name, seconds in (
        ("CmdReal", result.seconds),
        ("CmdUser", result.user_seconds),
        ("CmdSys", result.system_seconds),
    ):
        if seconds:
            fields[name] = int(seconds * 1e9)
    return fields


def _stamp(at: float) -> str:
    """A Unix time as Go's JSON has it (RFC 3339 with nanoseconds, UTC)."""
    if not at:
        return _ZERO_TIME
    seconds, fraction = divmod(int(at * 1e9), 1_000_000_000)
    head = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    digits = f"{fraction:09d}".rstrip("0")
    return f"{head}.{digits}Z" if digits else head + "Z"

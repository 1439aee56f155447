"""How far each action has come: the other half of an Action, which says only what is to be done."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.actions.action import Action

# Poison: what stands in `built` when nobody may look at the file.
DO_NOT_USE = "DO NOT USE - "


class Result:
    """What came of an action.

    action_id: 32 bytes, b"" before it is known. build_id: of the result; while it is being made, the temporary one.
    built: the file that holds the result. target: where it is to be made. output: what the tools printed so far, kept
    for the cache; None when it goes straight to the user. failed: the action whose failure made this one fail.
    provider: what one step of a package hands to the next. pending: how many dependencies are not done.
    """

    __slots__ = (
        "action_id",
        "build_id",
        "built",
        "cached_executable",
        "commands",
        "failed",
        "output",
        "pending",
        "provider",
        "seconds",
        "system_seconds",
        "target",
        "times",
        "user_seconds",
    )

    def __init__(self, target: str, pending: int) -> None:
        self.action_id = b""
        self.build_id = ""
        self.built = ""
        self.cached_executable = ""
        self.target = target
        self.output: bytearray | None = None
        self.failed: Action | None = None
        self.provider: object = None
        self.pending = pending
        # For -debug-actiongraph: command lines and their times in seconds; Unix times ready, started, done.
        self.commands: list[str] = []
        self.seconds = 0.0
        self.user_seconds = 0.0
        self.system_seconds = 0.0
        self.times = [0.0, 0.0, 0.0]


class ReadyQueue:
    """Which actions may run now, the one with the lowest priority number first. Knows nothing of threads or files."""

    def __init__(self, actions: Iterable[Action], clock: Callable[[], float] = float) -> None:
        """actions: all of them, as freeze() returned them. clock: Unix time, noted when an action becomes ready."""
        self._clock = clock
        self.results: dict[Action, Result] = {a: Result(a.target, len(a.deps)) for a in actions}
        self._ready: list[tuple[int, Action]] = []
        for action, result in self.results.items():
            if not result.pending:
                self._push(action)
        self.left = len(self.results)

    def _push(self, action: Action) -> None:
        import heapq

        self.results[action].times[0] = self._clock()
        heapq.heappush(self._ready, (action.priority, action))

    def __len__(self) -> int:
        return len(self._ready)

    def pop(self) -> Action:
        """Take the ready action that comes first. Raises IndexError when none is ready."""
        import heapq

        return heapq.heappop(self._ready)[1]

    def finish(self, action: Action) -> None:
        """An action is done (its result says whether it failed): what waited for it alone becomes ready.

        A failure goes on to everything that needs the action; "test barrier" joints pass it to their true trigger
        and not to the other barriers.
        """
        failed = self.results[action].failed
        self.left -= 1
        for waiting in action.triggers:
            result = self.results[waiting]
            if failed is not None:
                if waiting.mode == "test barrier":
                    for beyond in waiting.triggers:
                        if beyond.mode != "test barrier":
                            self.results[beyond].failed = failed
                else:
                    result.failed = failed
            result.pending -= 1
            if result.pending == 0:
                self._push(waiting)

"""Carrying out a plan: the main thread decides, worker threads wait for tools.

Handlers begin on the main thread, where cheap things (hashing, looking into the cache) are done at once. What needs
a tool comes back as a function, and a thread runs that; so a build with nothing to do starts no thread. With -p 1
and under -n everything runs in order on the main thread.

When an action fails, what needs it is skipped and the rest goes on, as in cmd/go.
Source: Builder.Do in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

import time

from gokiln.actions.action import BUILD, CGO_COMPILE, CGO_RUN, LINK, NOTHING, freeze
from gokiln.base.spawn import Stopped
from gokiln.errors import GokilnError, chain
from gokiln.events import ActionFinished, ActionStarted, Planned
from gokiln.execute.handlers import handler_of
from gokiln.execute.state import ReadyQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queue import SimpleQueue
    from threading import Thread

    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work
    from gokiln.execute.recover import Recovery

_COUNTED = (BUILD, LINK)  # what progress counts
_SHOWN = (BUILD, LINK, CGO_RUN, CGO_COMPILE)


def carry_out(builder: Builder, root: Action) -> None:
    """Carry out root and all below it. What fails is printed, and builder.failed is then true.

    The plan is written where -debug-actiongraph says; write_graph does it again, with times. Raises KeyboardInterrupt
    after ending all tools.
    """
    builder.queue = ReadyQueue(freeze(root), time.time)
    write_graph(builder, root)
    Runner(builder, root).run()


def write_graph(builder: Builder, root: Action) -> None:
    """Write what -debug-actiongraph asks for, as far as it is known by now. Raises PlainError."""
    graph_file = builder.config.flags.debug_actiongraph
    if graph_file:
        from gokiln.execute.graphfile import write_action_graph

        write_action_graph(builder, root, graph_file)


class Runner:
    """Runs one plan of one builder."""

    def __init__(self, builder: Builder, root: Action) -> None:
        self.builder = builder
        self.root = root
        self.queue = builder.queue
        self.sink = builder.config.sink
        flags = builder.config.flags
        self.parallel = 1 if flags.n else flags.p
        self._recovery: Recovery | None = None  # made with the first work
        self._workers: list[Thread] = []
        self._work: SimpleQueue[tuple[Action, Work] | None] | None = None
        self._done: SimpleQueue[tuple[Action, BaseException | None]] | None = None

    def run(self) -> None:
        """Carry out everything. Raises KeyboardInterrupt (or what else ended the wait) after ending all tools."""
        self.sink.tell(Planned(sum(action.handler in _COUNTED for action in self.queue.results)))
        try:
            self._loop()
        except BaseException:
            self.builder.children.stop()
            raise
        finally:
            self._dismiss()

    def _loop(self) -> None:
        busy = 0
        queue = self.queue
        while queue.left:
            while len(queue) and busy < self.parallel and not self.builder.interrupted:
                action = queue.pop()
                work = self._begin(action)
                if work is None:
                    continue
                if self.parallel == 1:
                    self._finish(action, self._attempt(action, work))
                else:
                    self._hand_over(action, work)
                    busy += 1
            if busy:
                assert self._done is not None
                action, error = self._done.get()
                busy -= 1
                self._finish(action, error)
            elif self.builder.interrupted:
                return

    def _begin(self, action: Action) -> Work:
        """Do the cheap part of an action; returns what is left for a worker, or None when the action is finished."""
        result = self.queue.results[action]
        result.times[1] = time.time()
        work: Work = None
        error: BaseException | None = None
        if action.handler != NOTHING and (result.failed is None or action.ignore_fail):
            try:
                work = handler_of(self.builder, action.handler)(self.builder, action)
            except (GokilnError, OSError) as err:
                if getattr(err, "fatal", False):
                    raise
                error = err
        if work is None:
            self._finish(action, error, hit=True)
            return None
        if self._recovery is None:
            from gokiln.execute.recover import Recovery

            self._recovery = Recovery(self.builder)
        if action.handler in _SHOWN and action.package is not None:
            self.sink.tell(ActionStarted(action.handler, action.package.desc(), time.monotonic()))
        return work

    def _finish(self, action: Action, error: BaseException | None, hit: bool = False) -> None:
        """Everything that follows the end of an action."""
        result = self.queue.results[action]
        result.times[2] = time.time()
        if error is not None:
            if not isinstance(error, (GokilnError, OSError)) or getattr(error, "fatal", False):
                raise error
            self._fail(action, error)
            if result.failed is None:
                result.failed = action
        if action.handler in _COUNTED and action.package is not None:
            seconds = result.times[2] - result.times[1]
            self.sink.tell(ActionFinished(action.handler, action.package.desc(), seconds, hit, result.failed is None))
        self.queue.finish(action)

    def _fail(self, action: Action, error: GokilnError | OSError) -> None:
        """Tell why an action failed: to the user, or into the package when `list` collects errors."""
        package = action.package
        if self.builder.allow_errors and package is not None:
            if package.error is None:
                from gokiln.packages.error import PackageError

                package.error = PackageError(error if isinstance(error, GokilnError) else _words(error))
                package.incomplete = True
            return
        text = _words(error)
        if package is not None and _named_in(error) != package.import_path:
            text = f"{package.import_path}: {text}"
        self.builder.shell(action).error(text)

    # --- workers ---

    def _hand_over(self, action: Action, work: Work) -> None:
        import threading
        from queue import SimpleQueue

        if self._work is None or self._done is None:
            self._work, self._done = SimpleQueue(), SimpleQueue()
        self._work.put((action, work))
        if len(self._workers) < self.parallel and self._work.qsize():
            thread = threading.Thread(target=self._serve, name=f"worker-{len(self._workers)}", daemon=True)
            self._workers.append(thread)
            thread.start()

    def _serve(self) -> None:
        assert self._work is not None and self._done is not None
        while (item := self._work.get()) is not None:
            action, work = item
            assert work is not None
            self._done.put((action, self._attempt(action, work)))

    def _dismiss(self) -> None:
        """Let the workers go home, and wait until all have."""
        if self._work is None:
            return
        for _ in self._workers:
            self._work.put(None)
        for thread in self._workers:
            thread.join(timeout=5)

    def _attempt(self, action: Action, work: Work) -> BaseException | None:
        """Run a piece of work; what it raised, or None."""
        assert self._recovery is not None
        try:
            self._recovery.attempt(action, work)
        except Stopped:
            return GokilnError("interrupted")
        except Exception as err:  # noqa: BLE001 - raised again on the main thread
            return err
        return None


def _named_in(error: BaseException) -> str:
    """The import path that an error's text has already (load.ImportPathError), "" for none."""
    return next((str(e.import_path) for e in chain(error) if hasattr(e, "import_path")), "")


def _words(error: GokilnError | OSError) -> str:
    """An error's text as Go would give it."""
    if isinstance(error, GokilnError):
        return str(error)
    from gokiln.base.oserror import os_error_text

    return os_error_text(error)

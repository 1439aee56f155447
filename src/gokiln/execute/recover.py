"""When a file that was found in the build cache is gone by the time a tool opens it.

Another process may trim or clean the cache while a build runs; stock go's tools then fail with "no such file". Here
the step that failed looks for inputs that have vanished, has the steps that produced them carried out again (into
the work directory this time, where nobody trims), and tries once more.

A package made again must come out with the build ID it had: what depends on it was named after that. If it does
not, the first failure stands.
"""

from __future__ import annotations

import os
import threading

from gokiln.actions.action import BUILD, CGO_COLLECT, CGO_COMPILE, CGO_RUN, CHECK_CACHE, COVER, PGO, post_order
from gokiln.errors import GokilnError
from gokiln.events import Warn
from gokiln.execute.handlers import handler_of
from gokiln.execute.providers import NEED_BUILD, CacheCheck
from gokiln.execute.state import DO_NOT_USE, Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work

_TRIES = 2
_PREPARING = (COVER, CGO_RUN, CGO_COMPILE, CGO_COLLECT)


class Recovery:
    """Carries out pieces of work for one build, making again what vanished under them."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._lock = threading.RLock()  # one thread at a time makes something again

    def attempt(self, action: Action, work: Work) -> None:
        """Run an action's work, again if inputs of it had to be made again. Raises what the work raises."""
        for _ in range(_TRIES):
            if work is None:
                return
            try:
                work()
                return
            except (GokilnError, OSError):
                if self._builder.config.flags.n or not self._mend_inputs(action):
                    raise
            # The handler anew: the work itself may have used up what it was given.
            result = self._builder.result(action)
            result.output = bytearray()
            work = handler_of(self._builder, action.handler)(self._builder, action)
        if work is not None:
            work()

    def _mend_inputs(self, action: Action) -> bool:
        """Make again what action needs and is gone; whether there was such a thing and all of it could be made."""
        with self._lock:
            lost = [dep for dep in action.deps if self._is_lost(dep)]
            return bool(lost) and all([self._make(dep) for dep in lost])

    def _is_lost(self, action: Action) -> bool:
        built = self._builder.result(action).built
        return bool(built) and not built.startswith(DO_NOT_USE) and not os.path.exists(built)

    def _make(self, action: Action) -> bool:
        """Make the result of a finished action again; whether it is what it was."""
        builder = self._builder
        result = builder.result(action)
        if not self._is_lost(action):
            return True  # made for another one of the lost
        if not result.built.startswith(os.path.join(builder.config.gocache, "")):
            return False
        builder.config.sink.tell(Warn(f"cache file {result.built} is gone; building it again"))
        if action.handler == PGO:
            work = handler_of(builder, PGO)(builder, action)
            if work is not None:
                work()
            return True
        if action.handler != BUILD or action.package is None:
            return False
        made = self._build(action)
        if made.build_id != result.build_id:
            return False
        result.built = made.built
        return True

    def _build(self, action: Action) -> Result:
        """Build a package as if it had not been in the cache; action's own result stays as others see it."""
        from gokiln.execute.compile import package_build
        from gokiln.golang.buildid import hash_to_string

        builder = self._builder
        builder.shell(action).mkdir(action.objdir)
        for step in post_order(action):
            about = step.about
            if about is None or (about.deps[0] if about.mode == "build-install" else about) is not action:
                continue
            if step.handler == CHECK_CACHE:
                builder.result(step).provider = CacheCheck(NEED_BUILD)
            elif step.handler in _PREPARING:
                self.attempt(step, handler_of(builder, step.handler)(builder, step))
        twin = action.copy()
        twin.target = ""
        mine = builder.queue.results[twin] = Result("", 0)
        mine.action_id = builder.result(action).action_id
        short = hash_to_string(mine.action_id)
        mine.build_id = f"{short}/{short}"
        mine.output = bytearray()
        try:
            package_build(builder, twin, NEED_BUILD).run()
        except (GokilnError, OSError):
            if not self._mend_inputs(action):
                raise
            mine.output = bytearray()
            package_build(builder, twin, NEED_BUILD).run()
        return mine

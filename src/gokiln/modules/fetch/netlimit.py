"""How many network operations may run at once: GODEBUG=cmdgonetlimit=N.

N = 0 forbids them; a negative number, or none, sets no limit. An operation is a request, until its answer is read,
or one run of a version control program that asks a server. What is in the module cache needs none.

Source: cmd/go/internal/base/limit.go, go1.26.
"""

from __future__ import annotations

import threading

from gokiln.base.atoi import atoi
from gokiln.base.godebugvar import godebug_value
from gokiln.errors import FatalError
from gokiln.modules.fetch.errors import FetchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

_NAME = "cmdgonetlimit"


class NetLimit:
    """The limit of one command. godebug: the text of the GODEBUG variable; it is looked at when a token is wanted."""

    def __init__(self, godebug: str = "") -> None:
        self._text = godebug_value(godebug, _NAME)
        self._tokens: threading.Semaphore | None = None
        self._lock = threading.Lock()
        self._known = self._text == ""

    def acquire(self) -> NetToken:
        """Leave for one operation, once there is room. Raises FetchError when N is 0, FatalError when it is no number.

        What is acquired is released on the same way out, or others wait for ever.
        """
        if not self._known:
            self._read()
        if self._tokens is not None:
            self._tokens.acquire()
        return NetToken(self._tokens)

    def _read(self) -> None:
        try:
            number = atoi(self._text)
        except ValueError as err:
            raise FatalError(f"invalid {_NAME}: strconv.Atoi: {err}") from None
        if number == 0:
            raise FetchError(f"network disabled by {_NAME}={self._text}")
        with self._lock:
            if not self._known and number > 0:
                self._tokens = threading.Semaphore(number)
            self._known = True


class NetToken:
    """Leave for one operation, given back once, whoever is the first to know that it is over."""

    def __init__(self, tokens: threading.Semaphore | None = None) -> None:
        self._tokens = tokens

    def release(self) -> None:
        """The operation is over. More calls do nothing."""
        tokens, self._tokens = self._tokens, None
        if tokens is not None:
            tokens.release()

    def __enter__(self) -> NetToken:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

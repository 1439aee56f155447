"""The program that GOCACHEPROG names, while it runs: requests written to its stdin, responses read from its stdout.

Requests may come from any thread; one thread of its own reads, and hands each response to who waits for it. A helper
that dies, talks nonsense or does not answer in time is lost: all who wait are woken, the user is told once, and
nobody asks it again. What is wrong from the start (no such program, no commands) ends the command, as in go.

Source: cmd/go/internal/cache/prog.go, go1.26.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time

from gokiln.base.oserror import os_error_text
from gokiln.cache.location import CacheError
from gokiln.cache.progwire import (
    CLOSE,
    ProtocolError,
    Response,
    ValueReader,
    decode_response,
    encode_body,
    encode_request,
)
from gokiln.events import Text, Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Mapping
    from queue import SimpleQueue
    from typing import BinaryIO

    from gokiln.events import Sink

_STILL_WAITING = 5.0  # seconds between notes that the helper has not said what it can do


class Timeouts:
    """Seconds. start: until the first message. answer: for a request, plus the time of its body at `rate` bytes/s.
    end: from the request to close until the helper is gone.
    """

    __slots__ = ("answer", "end", "rate", "start")

    def __init__(self, start: float = 60, answer: float = 60, end: float = 120, rate: float = 1e6) -> None:
        self.start = start
        self.answer = answer
        self.end = end
        self.rate = rate


class HelperLost(Exception):
    """The helper cannot be used any more; str() says why."""


class Helper:
    """A helper program. commands: what it can do (progwire.GET, PUT, CLOSE). lost: why it is of no use any more, or "".

    name: what the user calls it.
    """

    def __init__(
        self, words: list[str], environ: Mapping[str, str], sink: Sink, instead: str, limits: Timeouts | None = None
    ) -> None:
        """Start it and wait for what it can do. Raises CacheError.

        words: program and arguments. sink: is told Warn events, and Text while it takes its time. instead: what the
        build goes on with when it is lost.
        """
        from queue import SimpleQueue

        self.name = words[0] if words else ""
        self.lost = ""
        self._sink = sink
        self._instead = instead
        self._limits = limits if limits is not None else Timeouts()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        first: SimpleQueue[Response | None] = SimpleQueue()  # for what the helper says of itself
        self._waiting = {0: first}
        self._last_id = 0
        self._closing = False
        self._process = _start(words, environ)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input = self._process.stdin.fileno()
        if sys.platform != "win32":
            os.set_blocking(self._input, False)
        self._output = self._process.stdout.fileno()
        self._reader = threading.Thread(target=self._read_all, name="cacheprog", daemon=True)
        self._reader.start()
        self.commands = self._wait_for_commands(first)

    def _wait_for_commands(self, first: SimpleQueue[Response | None]) -> frozenset[str]:
        from queue import Empty

        deadline = time.monotonic() + self._limits.start
        while True:
            try:
                response = first.get(timeout=max(0.0, min(_STILL_WAITING, deadline - time.monotonic())))
                break
            except Empty:
                if time.monotonic() >= deadline:
                    self._lose(f"it said nothing for {self._limits.start:g} seconds")
                    return frozenset()
                self._sink.tell(Text(f"go: # still waiting for GOCACHEPROG {self.name} ...\n"))
        if response is None:
            return frozenset()  # lost, which has been told
        if not response.commands:
            self._kill()
            raise CacheError(f"GOCACHEPROG {self.name} declared no supported commands")
        return frozenset(response.commands)

    def _read_all(self) -> None:
        """The thread that hands each response to who waits for it."""
        values = ValueReader(lambda: os.read(self._output, 1 << 16))
        try:
            while True:
                response = decode_response(values.next())
                with self._lock:
                    waiting = self._waiting.pop(response.id, None)
                if waiting is None:
                    raise ProtocolError(f"it sent a response for unknown request ID {response.id}")
                waiting.put(response)
        except EOFError:
            self._lose("it exited")
        except (ProtocolError, OSError) as err:
            self._lose(str(err) if isinstance(err, ProtocolError) else os_error_text(err))

    def _lose(self, reason: str) -> None:
        """The helper is of no use any more: wake everyone who waits for it."""
        with self._lock:
            first = not self.lost
            if first:
                self.lost = reason
            waiting, self._waiting = list(self._waiting.values()), {}
        for queue in waiting:
            queue.put(None)
        if first and not self._closing:
            self._sink.tell(Warn(f"GOCACHEPROG {self.name}: {reason}; going on with {self._instead}"))
            self._kill()

    def _kill(self) -> None:
        try:
            self._process.kill()
        except OSError:
            return

    def ask(
        self, command: str, action_id: bytes = b"", output_id: bytes = b"", body: BinaryIO | None = None, size: int = 0
    ) -> Response:
        """Send a request and wait for its response. Raises HelperLost."""
        from queue import Empty, SimpleQueue

        answer: SimpleQueue[Response | None] = SimpleQueue()
        with self._lock:
            if self.lost:
                raise HelperLost(self.lost)
            self._last_id += 1
            number = self._last_id
            self._waiting[number] = answer
        limit = (self._limits.end if command == CLOSE else self._limits.answer) + size / self._limits.rate
        deadline = time.monotonic() + limit
        try:
            with self._writing:
                self._write([encode_request(number, command, action_id, output_id, size)], deadline)
                if body is not None and size:
                    self._write(encode_body(body.read), deadline)
            response = answer.get(timeout=max(0.0, deadline - time.monotonic()))
        except (Empty, TimeoutError):
            self._lose(f"no answer to {command} for {limit:.3g} seconds")
            raise HelperLost(self.lost) from None
        except OSError as err:
            self._lose("it exited" if isinstance(err, BrokenPipeError) else os_error_text(err))
            raise HelperLost(self.lost) from err
        if response is None:
            raise HelperLost(self.lost)
        return response

    def _write(self, pieces: Iterable[bytes], deadline: float) -> None:
        """Write to the helper. Raises OSError, TimeoutError when it does not take it."""
        for piece in pieces:
            view = memoryview(piece)
            while view:
                try:
                    view = view[os.write(self._input, view) :]
                except BlockingIOError:
                    if sys.platform == "win32":  # there writing waits by itself
                        raise
                    room = select.poll()
                    room.register(self._input, select.POLLOUT)
                    left = deadline - time.monotonic()
                    if left <= 0 or not room.poll(left * 1000):
                        raise TimeoutError from None

    def end(self) -> bool:
        """Let it finish its work and go, or end it; whether it was lost before it had finished."""
        self._closing = True
        lost = bool(self.lost)
        if CLOSE in self.commands and not lost:
            try:
                self.ask(CLOSE)
            except HelperLost:
                lost = True  # it may quit without an answer
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        self._reader.join(self._limits.end)
        if self._reader.is_alive():
            self._sink.tell(Warn(f"GOCACHEPROG {self.name} does not end; stopped it"))
            self._kill()
            self._reader.join(1)
        _wait_for(self._process)
        return lost


def _start(words: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    import subprocess

    from gokiln.base.lookpath import LookPathError, command_path
    from gokiln.base.quote import go_quote

    name = words[0] if words else ""
    try:
        path = command_path(name, environ) if name else ""
        if not path:
            raise CacheError('error starting GOCACHEPROG program "": exec: no command')
        return subprocess.Popen(
            words, executable=path, env=dict(environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
    except LookPathError as err:
        raise CacheError(f"error starting GOCACHEPROG program {go_quote(name)}: {err}") from None
    except OSError as err:
        from gokiln.base.oserror import path_error

        text = path_error("fork/exec", path, err)
        raise CacheError(f"error starting GOCACHEPROG program {go_quote(name)}: {text}") from None


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    """Collect the helper; one that has closed its output but stays is ended."""
    import subprocess

    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()

"""GOCACHEPROG: a program of the user's that keeps the outputs, asked over its stdin and stdout (progwire.py).

The go command trusts such a helper wholly and ends when it misbehaves. Here the file it names is hashed before use
like any cache file, and when it dies, talks nonsense or does not answer, the build goes on with the build cache on
disk, after one warning. What is wrong from the start (no such program, no commands) ends the command, as in go.

Source: cmd/go/internal/cache/prog.go, go1.26.
"""

from __future__ import annotations

import hashlib
import os
import select
import sys
import threading
import time

from gokiln.base.oserror import os_error_text
from gokiln.cache.entry import Entry
from gokiln.cache.inputhash import hash_fd
from gokiln.cache.location import CacheError
from gokiln.cache.progwire import (
    CLOSE,
    GET,
    PUT,
    ProtocolError,
    Response,
    ValueReader,
    decode_response,
    encode_body,
    encode_request,
)
from gokiln.cache.store import Store
from gokiln.events import Text, Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Mapping
    from queue import SimpleQueue
    from typing import BinaryIO

    from gokiln.cache.diskstore import DiskStore
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


class ProgStore(Store):
    """A Store kept by a helper program. local takes over when the helper is lost. May be used from any thread."""

    def __init__(
        self,
        words: list[str],
        local: DiskStore,
        sink: Sink,
        environ: Mapping[str, str],
        timeouts: Timeouts | None = None,
    ) -> None:
        """Start the helper and wait for what it can do. words: program and arguments. Raises CacheError."""
        from queue import SimpleQueue

        self.local = local
        self.debug = local.debug
        self._sink = sink
        self._name = words[0] if words else ""
        self._limits = timeouts if timeouts is not None else Timeouts()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        first: SimpleQueue[Response | None] = SimpleQueue()  # for what the helper says of itself
        self._waiting = {0: first}
        self._last_id = 0
        self._paths: dict[bytes, str] = {}  # output ID -> the helper's file
        self._checked: dict[bytes, tuple[int, ...]] = {}  # output ID -> stat of the file that was hashed
        self._lost = ""
        self._closing = False
        self._told: set[str] = set()
        self._process = _start(words, environ)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input = self._process.stdin.fileno()
        if sys.platform != "win32":
            os.set_blocking(self._input, False)
        self._output = self._process.stdout.fileno()
        self._reader = threading.Thread(target=self._read_all, name="cacheprog", daemon=True)
        self._reader.start()
        self._can = self._wait_for_commands(first)

    # --- conversation ---

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
                self._sink.tell(Text(f"go: # still waiting for GOCACHEPROG {self._name} ...\n"))
        if response is None:
            return frozenset()  # lost, which has been told
        if not response.commands:
            self._kill()
            raise CacheError(f"GOCACHEPROG {self._name} declared no supported commands")
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
            first = not self._lost
            if first:
                self._lost = reason
            waiting, self._waiting = list(self._waiting.values()), {}
        for queue in waiting:
            queue.put(None)
        if first and not self._closing:
            where = self.local.directory
            self._sink.tell(Warn(f"GOCACHEPROG {self._name}: {reason}; going on with the build cache in {where}"))
            self._kill()

    def _kill(self) -> None:
        try:
            self._process.kill()
        except OSError:
            return

    def _ask(
        self, command: str, action_id: bytes = b"", output_id: bytes = b"", body: BinaryIO | None = None, size: int = 0
    ) -> Response:
        """Send a request and wait for its response. Raises HelperLost."""
        from queue import Empty, SimpleQueue

        answer: SimpleQueue[Response | None] = SimpleQueue()
        with self._lock:
            if self._lost:
                raise HelperLost(self._lost)
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
            raise HelperLost(self._lost) from None
        except OSError as err:
            self._lose("it exited" if isinstance(err, BrokenPipeError) else os_error_text(err))
            raise HelperLost(self._lost) from err
        if response is None:
            raise HelperLost(self._lost)
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

    # --- reading ---

    def get(self, action_id: bytes) -> Entry | None:
        """What the helper has for an action; None also when it cannot look things up or fails to."""
        if self._lost:
            return self.local.get(action_id)
        if GET not in self._can:
            return None
        try:
            response = self._ask(GET, action_id)
        except HelperLost:
            return self.local.get(action_id)
        if response.err:
            self._warn_once("get", f"GOCACHEPROG {self._name}: get: {response.err}")
            return None
        if response.miss:
            return None
        if not response.disk_path or len(response.output_id) != 32 or response.size < 0:
            self._warn_once("hit", f"GOCACHEPROG {self._name}: answered a get without file, output ID or size")
            return None
        self._paths[response.output_id] = response.disk_path
        time_ns = response.time_ns if response.time_ns is not None else time.time_ns()
        return Entry(response.output_id, response.size, max(0, time_ns))

    def verified_file(self, entry: Entry) -> str | None:
        """The helper's file of an entry after its bytes were hashed; None when it is missing or wrong."""
        path = self._paths.get(entry.output_id)
        if path is None:
            return self.local.verified_file(entry) if self._lost else None
        problem = self._check(path, entry)
        if problem:
            self._sink.tell(
                Warn(f"damaged cache file {path} of GOCACHEPROG {self._name}: {problem}; building it again")
            )
            self._paths.pop(entry.output_id, None)
            return None
        return path

    def _check(self, path: str, entry: Entry) -> str:
        """What is wrong with a file of the helper's, "" for nothing."""
        try:
            fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            try:
                info = os.fstat(fd)
                state = (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
                if self._checked.get(entry.output_id) == state:
                    return ""
                if info.st_size != entry.size:
                    return f"{info.st_size} bytes, not {entry.size}"
                digest, _ = hash_fd(fd)
            finally:
                os.close(fd)
        except (OSError, ValueError) as err:
            return os_error_text(err) if isinstance(err, OSError) else str(err)
        if digest != entry.output_id:
            return "content does not match its hash"
        self._checked[entry.output_id] = state
        return ""

    def hashed_now(self, output_id: bytes) -> bool:
        """Always: nothing is remembered of a helper's files."""
        return True

    def output_file(self, output_id: bytes) -> str:
        """The path of an output after a get or put of it; "" when the helper has not told."""
        found = self._paths.get(output_id, "")
        return self.local.output_file(output_id) if not found and self._lost else found

    def reject(self, action_id: bytes, reason: str) -> None:
        """An entry leads to the wrong output: warn. The next put replaces it."""
        if self._lost:
            self.local.reject(action_id, reason)
            return
        self._sink.tell(
            Warn(f"damaged entry {action_id.hex()} of GOCACHEPROG {self._name}: {reason}; building it again")
        )

    # --- writing ---

    def put_file(self, action_id: bytes, path: str, *, verify: bool = True) -> tuple[bytes, int]:
        """Hand a file to the helper. Raises OSError when path itself cannot be read."""
        with open(path, "rb") as file:
            output_id, size = hash_fd(file.fileno())
            file.seek(0)
            if not self._lost and PUT not in self._can:
                return output_id, size
            if not self._lost and self._put(action_id, output_id, file, size):
                return output_id, size
        return self.local.put_file(action_id, path, verify=verify) if self._lost else (output_id, size)

    def put_bytes(self, action_id: bytes, data: bytes, *, verify: bool = True) -> bytes:
        """Hand bytes to the helper."""
        import io

        output_id = hashlib.sha256(data).digest()
        if not self._lost and (PUT not in self._can or self._put(action_id, output_id, io.BytesIO(data), len(data))):
            return output_id
        return self.local.put_bytes(action_id, data, verify=verify) if self._lost else output_id

    def _put(self, action_id: bytes, output_id: bytes, body: BinaryIO, size: int) -> bool:
        """Whether the helper was there to be asked; that it would not take the output costs one warning."""
        try:
            response = self._ask(PUT, action_id, output_id, body, size)
        except HelperLost:
            return False
        if response.err or not response.disk_path:
            reason = response.err or "didn't return DiskPath in put response"
            self._warn_once("put", f"GOCACHEPROG {self._name}: put: {reason}; going on without")
        else:
            self._paths[output_id] = response.disk_path
        return True

    def put_executable(self, action_id: bytes, name: str, path: str) -> tuple[bytes, int]:
        """Programs are kept for running only where the cache is a directory: nothing is stored, as in go."""
        if self._lost:
            return self.local.put_executable(action_id, name, path)
        with open(path, "rb") as file:
            return hash_fd(file.fileno())

    # --- the rest ---

    def _warn_once(self, kind: str, text: str) -> None:
        with self._lock:
            if kind in self._told:
                return
            self._told.add(kind)
        self._sink.tell(Warn(text))

    def fuzz_dir(self) -> str:
        """That of the build cache on disk."""
        return self.local.fuzz_dir()

    def close(self) -> None:
        """Let the helper finish its work and go. May be called again."""
        if self._closing:
            return
        self._closing = True
        lost = bool(self._lost)
        if CLOSE in self._can and not lost:
            try:
                self._ask(CLOSE)
            except HelperLost:
                lost = True  # it may quit without an answer
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        self._reader.join(self._limits.end)
        if self._reader.is_alive():
            self._sink.tell(Warn(f"GOCACHEPROG {self._name} does not end; stopped it"))
            self._kill()
            self._reader.join(1)
        _wait_for(self._process)
        if lost:
            self.local.close()


def _start(words: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    import subprocess

    from gokiln.base.lookpath import LookPathError, look_path
    from gokiln.base.quote import go_quote

    name = words[0] if words else ""
    try:
        path = look_path(name, environ) if name else ""
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


def start_cacheprog(setting: str, local: DiskStore, sink: Sink, environ: Mapping[str, str]) -> ProgStore:
    """The store that GOCACHEPROG (program and arguments, quoted as GOFLAGS are) asks for. Raises CacheError."""
    from gokiln.base.quoted import split

    try:
        words = split(setting)
    except ValueError as err:
        raise CacheError(f"GOCACHEPROG args: {err}") from None
    return ProgStore(words, local, sink, environ)

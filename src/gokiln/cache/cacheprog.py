"""GOCACHEPROG: outputs kept by a program of the user's (proghelper.py; what is said on the wire: progwire.py).

The go command trusts such a helper wholly and ends when it misbehaves. Here the file it names is hashed before use
like any cache file, and when the helper is lost, the build goes on with the build cache on disk, after one warning.

Source: cmd/go/internal/cache/prog.go, go1.26.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time

from gokiln.base.oserror import os_error_text
from gokiln.cache.entry import Entry
from gokiln.cache.inputhash import hash_fd
from gokiln.cache.location import CacheError
from gokiln.cache.proghelper import Helper, HelperLost
from gokiln.cache.progwire import GET, PUT
from gokiln.cache.store import Store
from gokiln.events import Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from gokiln.cache.diskstore import DiskStore
    from gokiln.cache.proghelper import Timeouts
    from gokiln.events import Sink


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
        self.local = local
        self.debug = local.debug
        self._sink = sink
        self._lock = threading.Lock()
        self._paths: dict[bytes, str] = {}  # output ID -> the helper's file
        self._checked: dict[bytes, tuple[int, ...]] = {}  # output ID -> stat of the file that was hashed
        self._told: set[str] = set()
        self._closed = False
        self._helper = Helper(words, environ, sink, f"the build cache in {local.directory}", timeouts)
        self._name = self._helper.name

    # --- reading ---

    def get(self, action_id: bytes) -> Entry | None:
        """What the helper has for an action; None also when it cannot look things up or fails to."""
        if self._helper.lost:
            return self.local.get(action_id)
        if GET not in self._helper.commands:
            return None
        try:
            response = self._helper.ask(GET, action_id)
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
            return self.local.verified_file(entry) if self._helper.lost else None
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
        return self.local.output_file(output_id) if not found and self._helper.lost else found

    def reject(self, action_id: bytes, reason: str) -> None:
        """An entry leads to the wrong output: warn. The next put replaces it."""
        if self._helper.lost:
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
            if not self._helper.lost and PUT not in self._helper.commands:
                return output_id, size
            if not self._helper.lost and self._put(action_id, output_id, file, size):
                return output_id, size
        return self.local.put_file(action_id, path, verify=verify) if self._helper.lost else (output_id, size)

    def put_bytes(self, action_id: bytes, data: bytes, *, verify: bool = True) -> bytes:
        """Hand bytes to the helper."""
        import io

        output_id = hashlib.sha256(data).digest()
        if not self._helper.lost and (
            PUT not in self._helper.commands or self._put(action_id, output_id, io.BytesIO(data), len(data))
        ):
            return output_id
        return self.local.put_bytes(action_id, data, verify=verify) if self._helper.lost else output_id

    def _put(self, action_id: bytes, output_id: bytes, body: BinaryIO, size: int) -> bool:
        """Whether the helper was there to be asked; that it would not take the output costs one warning."""
        try:
            response = self._helper.ask(PUT, action_id, output_id, body, size)
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
        if self._helper.lost:
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
        if self._closed:
            return
        self._closed = True
        if self._helper.end():
            self.local.close()


def start_cacheprog(setting: str, local: DiskStore, sink: Sink, environ: Mapping[str, str]) -> ProgStore:
    """The store that GOCACHEPROG (program and arguments, quoted as GOFLAGS are) asks for. Raises CacheError."""
    from gokiln.base.quoted import split

    try:
        words = split(setting)
    except ValueError as err:
        raise CacheError(f"GOCACHEPROG args: {err}") from None
    return ProgStore(words, local, sink, environ)

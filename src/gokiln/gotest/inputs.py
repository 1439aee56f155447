"""What a test looked at, and the hash of how that is now: the second half of a test result's name in the cache.

The test program writes a log of the environment variables it read and the files it stat'ed or opened. A result
counts for as long as all of these are as they were. Files count by size, mode and time, not by content, unless
`content` asks for it; what lies outside the module's root is not looked at.

Every entry is kept with its own hash, so that a person can be told which of them changed.

Source: computeTestInputsID, hashOpen, hashStat in cmd/go/internal/test/test.go, go1.26.
"""

from __future__ import annotations

import os
import stat
import time

from gokiln.base.oserror import path_error
from gokiln.base.pattern import in_dir
from gokiln.cache.inputhash import InputHash
from gokiln.golang.gotime import file_mode, stat_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gokiln.cache.inputhash import HashTrace

TEST_LOG_MAGIC = b"# test log\n"
_TOO_NEW = 2_000_000_000  # ns: a later write within this time may leave the same time stamp


class TestInputsError(Exception):
    """The inputs cannot be hashed: the log does not parse, or a file is too new. str(): why, "" when told already.

    name: the file concerned, "" for none.
    """

    __test__ = False

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why)
        self.name = name


class Input:
    """One entry: op ("env", "chdir", "stat", "open"), the variable or absolute path, and the hash (64 hex digits)."""

    __slots__ = ("hash", "name", "op")

    def __init__(self, op: str, name: str, hash_: str) -> None:
        self.op = op
        self.name = name
        self.hash = hash_


class InputReader:
    """Reads how a test's inputs are now.

    environ: the variables as the go command's own process has them. salt: of all hashes. content: files count by
    content and mode, never by time. The hashes of one file are remembered: many tests look at the same files.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        salt: str,
        trace: HashTrace | None = None,
        *,
        content: bool = False,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.environ = environ
        self.salt = salt
        self.trace = trace
        self.content = content
        self.now_ns = now_ns

    def read(self, log: bytes, directory: str, root: str) -> list[Input]:
        """The inputs that a log names, as they are now.

        log: with or without its first line. directory: the package's. root: only files below it count ("": none).
        Raises TestInputsError.
        """
        inputs = [Input("env", "GODEBUG", self._env("GODEBUG"))]  # the runtime always looks at it and tells nobody
        known: dict[bytes, Input | None] = {}
        cwd = directory
        for line in log.removeprefix(TEST_LOG_MAGIC).split(b"\n"):
            if not line:
                continue
            if line[:6] == b"chdir ":
                known.clear()  # relative names mean something else from here on
            elif line in known:
                entry = known[line]
                if entry is not None:
                    inputs.append(entry)
                continue
            op, blank, name = line.decode("utf-8", "surrogateescape").partition(" ")
            if not blank or op not in ("getenv", "chdir", "stat", "open"):
                raise TestInputsError(f"input list malformed ({line!r})")
            if op == "chdir":
                cwd = name
            entry = known[line] = self._entry(op, name, cwd, root)
            if entry is not None:
                inputs.append(entry)
        return inputs

    def _entry(self, op: str, name: str, cwd: str, root: str) -> Input | None:
        if op == "getenv":
            return Input("env", name, self._env(name))
        if op == "chdir":
            return Input("chdir", name, self._stat(name))
        path = os.path.normpath(os.path.join(cwd, name)) if not os.path.isabs(name) else name
        if not root or not in_dir(path, root):
            return None
        return Input(op, path, self._stat(path) if op == "stat" else self._open(path))

    def digest(self, inputs: list[Input]) -> bytes:
        """The ID of inputs in this state (32 bytes)."""
        h = InputHash(self.salt, "testInputs", self.trace)
        if self.content:
            h.add("testcontent\n")  # never the same ID as by time
        for entry in inputs:
            h.add(f"{entry.op} {entry.name} {entry.hash}\n")
        return h.digest()

    # --- hashes of single things ---

    def _env(self, name: str) -> str:
        h = InputHash(self.salt, "getenv", self.trace)
        value = self.environ.get(name)
        if value is None:
            h.add(b"\0")
        else:
            h.add(b"\1")
            h.add(value)
        return h.digest().hex()

    def _stat(self, name: str) -> str:
        h = InputHash(self.salt, "stat", self.trace)
        for op, look in (("stat", os.stat), ("lstat", os.lstat)):
            try:
                info = look(name)
            except (OSError, ValueError) as err:
                h.add(f"err {_go_error(op, name, err)}\n")
            else:
                h.add(self._state(name, info))
        return h.digest().hex()

    def _open(self, name: str) -> str:
        h = InputHash(self.salt, "open", self.trace)
        try:
            info = os.stat(name)
        except (OSError, ValueError) as err:
            h.add(f"err {_go_error('stat', name, err)}\n")
            return h.digest().hex()
        h.add(self._state(name, info))
        if stat.S_ISDIR(info.st_mode):
            self._add_listing(h, name)
        elif stat.S_ISREG(info.st_mode) and not self.content and self.now_ns() - info.st_mtime_ns < _TOO_NEW:
            raise TestInputsError("file used as input is too new", name)
        return h.digest().hex()

    def _add_listing(self, h: InputHash, name: str) -> None:
        try:
            with os.scandir(name) as found:
                entries = sorted(found, key=lambda e: os.fsencode(e.name))
        except OSError as err:
            h.add(f"err {_go_error('open', name, err)}\n")
            return
        for entry in entries:
            h.add(f"file {entry.name} ")
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError as err:
                h.add(f"err {_go_error('lstat', os.path.join(name, entry.name), err)}\n")
            else:
                h.add(self._state(os.path.join(name, entry.name), info))

    def _state(self, path: str, info: os.stat_result) -> str:
        """A file's state as text: Go's, or by content."""
        if not self.content:
            return stat_line(info)
        if not stat.S_ISREG(info.st_mode):
            return f"mode {file_mode(info.st_mode):x}\n"
        from gokiln.cache.inputhash import file_hash

        try:
            return f"content {file_mode(info.st_mode):x} {file_hash(path).hex()}\n"
        except OSError as err:
            return f"err {path_error('open', path, err)}\n"


def _go_error(op: str, name: str, err: OSError | ValueError) -> str:
    if isinstance(err, OSError):
        return path_error(op, name, err)
    return f"{op} {name}: invalid argument"

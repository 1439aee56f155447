"""What the process was started with, as one value that subcommands get instead of reaching for globals.

Only this folder reads argv, the environment, the working directory and the clock, and only it prints.
Output keeps the order that an unbuffered writer would give: Go's os.Stdout and os.Stderr are not buffered, so a
person who joins both streams sees lines in the order they were written. Stdout is buffered here (a listing of
ten thousand lines is one write), therefore a write to stderr first hands over what stdout still holds.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_FLUSH_AT = 1 << 16


class ReaderGone(BrokenPipeError):
    """Nobody reads a stream of the process any more. fatal: the command ends there, as go does by SIGPIPE."""

    fatal = True


class Output:
    """One stream of the process. Text goes out as UTF-8; surrogate escapes become the bytes they stand for.

    failed: whether an error went out while the command went on. make_room: called before anything goes out, to take
    away what stands on the screen for the moment.
    """

    __slots__ = ("_before", "_buffered", "_fd", "_pending", "_size", "failed", "make_room")

    def __init__(self, fd: int, *, buffered: bool, before: Output | None = None) -> None:
        """fd: file descriptor. before: a stream to flush before anything is written here."""
        self._fd = fd
        self._buffered = buffered
        self._before = before
        self._pending: list[bytes] = []
        self._size = 0
        self.failed = False
        self.make_room: Callable[[], None] | None = None

    def write(self, text: str) -> int:
        """Write text; returns its length, as file objects do. Raises OSError, ReaderGone among them."""
        self.write_bytes(text.encode("utf-8", "surrogateescape"))
        return len(text)

    def write_bytes(self, data: bytes) -> None:
        """Write bytes as they are."""
        if not data:
            return
        self._pending.append(data)
        self._size += len(data)
        if not self._buffered or self._size >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Hand everything to the system."""
        if self._before is not None:
            self._before.flush()
        if not self._pending:
            return
        if self.make_room is not None:
            self.make_room()
        data = memoryview(b"".join(self._pending))
        self._pending.clear()
        self._size = 0
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except BrokenPipeError as err:
            raise ReaderGone(*err.args) from None

    def discard(self) -> None:
        """Forget what is pending: the reader is gone."""
        self._pending.clear()
        self._size = 0

    def isatty(self) -> bool:
        """Whether a person looks at the stream."""
        try:
            return os.isatty(self._fd)
        except OSError:
            return False

    def columns(self) -> int:
        """How wide the terminal is; 80 when it does not say."""
        try:
            return os.get_terminal_size(self._fd).columns or 80
        except OSError:
            return 80

    def fileno(self) -> int:
        """The file descriptor."""
        return self._fd


class Memory(Output):
    """A stream that keeps what is written, for tests."""

    __slots__ = ("data",)

    def __init__(self) -> None:
        super().__init__(-1, buffered=False)
        self.data = bytearray()

    def flush(self) -> None:
        """Move what is pending into `data`."""
        self.data += b"".join(self._pending)
        self.discard()

    def isatty(self) -> bool:
        """Never a terminal."""
        return False

    @property
    def text(self) -> str:
        """All that was written."""
        return self.data.decode("utf-8", "surrogateescape")


class Invocation:
    """One call of the command.

    argv0: what it was called by, links unresolved. args: what follows the subcommand's name, `-C dir` taken out.
    environ: the process's variables (surrogate escapes for bytes that are not UTF-8). cwd: the working directory,
    spelled as $PWD when that names it (os.Getwd). cmd_name: "build", "mod download" ... as cfg.CmdName.
    raw_args: everything after argv0. start: time.monotonic() at the start of the process.
    """

    __slots__ = ("args", "argv0", "cmd_name", "cwd", "environ", "raw_args", "start", "stderr", "stdout")

    def __init__(
        self,
        argv0: str,
        args: Sequence[str],
        environ: Mapping[str, str],
        cwd: str,
        stdout: Output,
        stderr: Output,
        *,
        start: float = 0.0,
        cmd_name: str = "",
        raw_args: Sequence[str] | None = None,
    ) -> None:
        self.argv0 = argv0
        self.args = list(args)
        self.environ = dict(environ)
        self.cwd = cwd
        self.stdout = stdout
        self.stderr = stderr
        self.start = start
        self.cmd_name = cmd_name
        self.raw_args = list(args if raw_args is None else raw_args)


def getwd(environ: Mapping[str, str]) -> str:
    """The working directory as os.Getwd tells it: $PWD when it names the same directory, else the real path.

    Raises OSError when the directory is gone.
    """
    pwd = environ.get("PWD", "")
    if pwd.startswith("/"):
        try:
            here = os.stat(".")
            there = os.stat(pwd)
        except (OSError, ValueError):
            return os.getcwd()
        if here.st_dev == there.st_dev and here.st_ino == there.st_ino:
            return pwd
    return os.getcwd()

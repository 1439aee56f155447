"""Running a small program and keeping what it writes: standard output and standard error apart.

For short conversations with version control systems and credential helpers (os/exec's Cmd.Output). A build's tools
go through spawn.py, which can stop them.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Captured:
    """How a program ended: exit status (negative: a signal's number), standard output, standard error."""

    __slots__ = ("status", "stderr", "stdout")

    def __init__(self, status: int, stdout: bytes, stderr: bytes) -> None:
        self.status = status
        self.stdout = stdout
        self.stderr = stderr

    def problem(self) -> str:
        """What os/exec says of the end: "exit status 2", "signal: killed"; "" for success."""
        from gokiln.base.spawn import Completed

        return Completed(b"", self.status).problem()


def capture(
    argv: Sequence[str], *, cwd: str, env: Mapping[str, str], executable: str | None = None, stdin: bytes = b""
) -> Captured:
    """Run a program to its end in directory cwd ("" for ours).

    executable: the file to run when it is not argv[0]. Raises OSError when it cannot be started.
    """
    if sys.platform != "win32" and argv[0] == "git" and executable and cwd and not stdin:
        return _spawn([argv[0], "-C", cwd, *argv[1:]], executable, env)
    import subprocess

    done = subprocess.run(
        list(argv),
        executable=executable,
        cwd=cwd or None,
        env=env,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return Captured(done.returncode, done.stdout, done.stderr)


def _spawn(argv: list[str], executable: str, env: Mapping[str, str]) -> Captured:
    """The same with posix_spawn, which knows no working directory.

    Importing subprocess costs as much as a whole `git status`; a build with nothing to do asks git several times.
    """
    import select

    if sys.platform == "win32":
        raise OSError("no posix_spawn")
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    null = os.open(os.devnull, os.O_RDONLY)
    ends = (null, out_write, err_write)
    actions: list[tuple[int, int, int]] = [(os.POSIX_SPAWN_DUP2, fd, to) for to, fd in enumerate(ends)]
    try:
        pid = os.posix_spawn(executable, argv, dict(env), file_actions=actions)
    except BaseException:
        os.close(out_read)
        os.close(err_read)
        raise
    finally:
        for fd in ends:
            os.close(fd)
    data: dict[int, list[bytes]] = {out_read: [], err_read: []}
    waiting = select.poll()
    for fd in data:
        waiting.register(fd, select.POLLIN | select.POLLHUP)
    left = len(data)
    while left:
        for fd, _ in waiting.poll():
            piece = os.read(fd, 1 << 16)
            if piece:
                data[fd].append(piece)
            else:
                waiting.unregister(fd)
                os.close(fd)
                left -= 1
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Captured(status, b"".join(data[out_read]), b"".join(data[err_read]))

"""Makes this process look like Windows or macOS to code that is imported afterwards.

`python -c "from tests.unit.pretend import windows; windows(); ..."`: in a process of its own, since nothing can be
taken back. What the standard library needs is imported first; it was built for the system that really runs.
"""

from __future__ import annotations

import ast
import importlib
import ntpath
import os
import signal
import sys
import types
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gokiln"
# What Python has not on Windows (docs.python.org, modules os, signal, select).
NO_MODULES = ("fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "posix", "syslog", "readline", "curses")
NO_OS = (
    "getuid geteuid getgid getegid getpgid getpgrp setsid setpgid fork forkpty killpg chown lchown fchown "
    "fchmod wait wait3 wait4 waitid uname mkfifo mknod statvfs fstatvfs getloadavg nice sched_getaffinity "
    "sched_yield posix_spawn posix_spawnp POSIX_SPAWN_DUP2 WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG "
    "WCOREDUMP WNOHANG O_NOFOLLOW O_CLOEXEC O_NONBLOCK O_DIRECTORY O_SYNC set_blocking get_blocking pidfd_open "
    "copy_file_range sendfile pread pwrite posix_fadvise posix_fallocate memfd_create getxattr setxattr sync "
    "ttyname tcgetpgrp register_at_fork fdatasync fchdir"
).split()
NO_SIGNALS = "SIGKILL SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGCHLD SIGPIPE SIGALRM SIGSTOP SIGCONT SIGTSTP SIGWINCH SIGVTALRM"
MAC_NO_OS = (
    "sched_getaffinity",
    "pidfd_open",
    "copy_file_range",
    "memfd_create",
    "posix_fadvise",
    "getxattr",
    "setxattr",
)


def modules() -> list[str]:
    """The names of all modules of the package."""
    names = []
    for file in sorted(SOURCE.rglob("*.py")):
        parts = file.relative_to(SOURCE.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def _import_libraries() -> None:
    """Import every module outside the package that some module of it names."""
    wanted = {"ctypes.wintypes", "subprocess", "tempfile", "shutil", "zipfile", "ssl", "urllib3", "selectors"}
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                wanted.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                wanted.add(node.module)
    for name in sorted(wanted):
        if not name.startswith("gokiln"):
            try:
                importlib.import_module(name)
            except ImportError:  # an extra that is not installed, or another system's
                continue


def _stat_only(module: types.ModuleType, names: list[str] | tuple[str, ...]) -> None:
    for name in names:
        if hasattr(module, name):
            delattr(module, name)


class Kernel:
    """Stands for kernel32: notes the calls, and succeeds."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def LockFileEx(self, handle: object, flags: int, *rest: object) -> int:
        """As the real one when the lock is free."""
        self.calls.append(("lock", flags))
        return 1

    def UnlockFileEx(self, *args: object) -> int:
        """As the real one."""
        self.calls.append(("unlock",))
        return 1


def windows() -> Kernel:
    """Become Windows. Paths have backslashes and drives; this system opens the files, so use simple names."""
    import ctypes

    _import_libraries()
    kernel = Kernel()
    ctypes.windll = types.SimpleNamespace(kernel32=kernel)  # type: ignore[attr-defined]
    msvcrt = types.ModuleType("msvcrt")
    msvcrt.get_osfhandle = lambda fd: fd  # type: ignore[attr-defined]
    sys.modules["msvcrt"] = msvcrt
    for name in NO_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    import select

    _stat_only(select, ("poll", "epoll", "POLLIN", "POLLOUT", "POLLHUP"))
    _stat_only(os, NO_OS)
    _stat_only(signal, NO_SIGNALS.split())
    sys.platform, os.name = "win32", "nt"
    os.path, os.sep, os.pathsep, os.altsep, os.devnull = ntpath, "\\", ";", "/", "nul"  # type: ignore[assignment]
    sys.modules["os.path"] = ntpath
    return kernel


def macos() -> None:
    """Become macOS."""
    _import_libraries()
    import select

    _stat_only(select, ("epoll",))
    _stat_only(os, MAC_NO_OS)
    sys.platform = "darwin"


def import_all() -> list[str]:
    """Import the whole package; what went wrong."""
    problems = []
    for name in modules():
        try:
            importlib.import_module(name)
        except Exception as err:  # noqa: BLE001 - every kind counts
            problems.append(f"{name}: {type(err).__name__}: {err}")
    return problems

"""The directory of a build's intermediate files: made at the start, gone at the end, whatever happens.

If the process is killed nothing of it can clean up, so the next one does. A directory of ours is called `go-build`
and a number that no go command uses (theirs have 32 bits); the number holds the PROCESS_TAG of the temporary files
that its process makes elsewhere. While the process lives it holds the directory's lock; one whose lock is free is a
dead process's, and is removed with those files. Directories of go commands and those kept by -work are left alone,
and so is what a shell makes that runs the commands of -x: only ours have the sticky bit.

Source: NewBuilder, Builder.Close in cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

import os
import stat
import sys

from gokiln.base.lock import try_lock
from gokiln.base.oserror import path_error
from gokiln.base.publish import PROCESS_TAG
from gokiln.base.userdirs import temp_dir
from gokiln.errors import GokilnError
from gokiln.terminal.printer import JsonPrinter, Printer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config

_TRIES = 100
_PREFIX = "go-build"


class WorkDir:
    """Use as a context manager. path: the directory, "$WORK" under -n."""

    def __init__(self, config: Config) -> None:
        """Make the directory, tell its name if -x or -work ask for it, and refuse a target that is no port.

        Raises GokilnError, UnsupportedError.
        """
        self._open(config)
        try:
            config.check_platform()
        except GokilnError:
            self.__exit__()
            raise

    def _open(self, config: Config) -> None:
        self._keep = config.flags.work
        self._made = not config.flags.n
        if not self._made:
            self.path = "$WORK"
            self._lock = -1
            return
        parent = config.env.get("GOTMPDIR") or temp_dir(config.env.environ, config.toolchain.host_os)
        dead = sweep(parent)
        if dead:
            _sweep_caches(config, dead)
        self.path, self._lock = _make(parent, config.cwd, self._keep)
        if config.flags.x or config.flags.work:
            printer = JsonPrinter(config.sink) if config.flags.json else Printer(config.sink)
            printer.print(None, f"WORK={self.path}\n")

    def __enter__(self) -> WorkDir:
        return self

    def __exit__(self, *unused: object) -> None:
        if not self._made or self._keep:
            return
        try:
            os.rmdir(self.path)  # empty when nothing had to be built
        except OSError:
            import shutil

            shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _make(parent: str, cwd: str, keep: bool) -> tuple[str, int]:
    """A new directory below parent and the descriptor that holds its lock, -1 for none. Raises GokilnError."""
    for attempt in range(_TRIES):
        number = int.from_bytes(os.urandom(4), "little") if keep else _number()
        path = os.path.join(parent, f"{_PREFIX}{number}")
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            if attempt < _TRIES - 1:
                continue
            raise GokilnError(f"creating work dir: {path_error('mkdir', path, FileExistsError())}") from None
        except FileNotFoundError as err:
            where = path if os.path.isdir(parent) else parent
            raise GokilnError(f"creating work dir: {path_error('stat', where, err)}") from err
        except OSError as err:
            raise GokilnError(f"creating work dir: {path_error('mkdir', path, err)}") from err
        lock = -1 if keep else _hold(path)
        if lock < 0 and not os.path.isdir(path):
            continue  # swept away between its making and its locking
        return path if os.path.isabs(path) else os.path.normpath(os.path.join(cwd, path)), lock
    raise GokilnError("creating work dir: no free name")


def _number() -> int:
    """PROCESS_TAG above all numbers of 32 bits, and three random digits."""
    return ((1 << 32) + int(PROCESS_TAG, 16)) * 1000 + int.from_bytes(os.urandom(2), "little") % 1000


def tag_of_number(digits: str) -> str:
    """The PROCESS_TAG in the number of a work directory, "" if it is not one of ours."""
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit():
        return ""
    tag = int(digits) // 1000 - (1 << 32)
    return f"{tag:08x}" if 0 <= tag < 1 << 32 else ""


def _open_dir(path: str) -> int:
    """A descriptor of a directory, -1 where there is none to be had."""
    flags = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.open(path, flags)
    except OSError:
        return -1


def _hold(path: str) -> int:
    """Lock the directory of this process; the descriptor, or -1 when that is not possible."""
    fd = _open_dir(path)
    if fd < 0:
        return -1
    try:
        if try_lock(fd) and os.path.samestat(os.stat(path), os.fstat(fd)):
            if os.name == "posix":
                os.chmod(path, 0o1700)
            return fd
    except OSError:  # somebody's sweep was faster
        pass
    os.close(fd)
    return -1


def _made_by_us(fd: int) -> bool:
    """Whether an open directory was made by a gokiln of this user."""
    if sys.platform == "win32":
        return True
    status = os.fstat(fd)
    return status.st_uid == os.getuid() and bool(status.st_mode & stat.S_ISVTX)


def sweep(parent: str) -> set[str]:
    """Remove the work directories of our dead processes from parent; their PROCESS_TAGs."""
    dead: set[str] = set()
    try:
        with os.scandir(parent) as entries:
            names = [entry.name for entry in entries if entry.name.startswith(_PREFIX)]
    except OSError:
        return dead
    for name in names:
        tag = tag_of_number(name[len(_PREFIX) :])
        if not tag or tag == PROCESS_TAG:
            continue
        path = os.path.join(parent, name)
        fd = _open_dir(path)
        if fd < 0:
            continue
        try:
            if _made_by_us(fd) and try_lock(fd):
                import shutil

                shutil.rmtree(path, ignore_errors=True)
                dead.add(tag)
        finally:
            os.close(fd)
    return dead


def _sweep_caches(config: Config, dead: set[str]) -> None:
    """Remove what killed processes were about to publish in the build cache and among gokiln's own records."""
    from gokiln.cache.location import kiln_dir
    from gokiln.cache.trim import subdirectories, sweep_temps

    directories = subdirectories(config.gocache) if config.gocache else []
    records = kiln_dir(config.env.environ, config.toolchain.host_os)
    sweep_temps([*directories, records] if records else directories, dead)

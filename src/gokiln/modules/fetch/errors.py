"""What can go wrong when modules are fetched, in the go command's words.

One that means "there is no such thing" has `not_exist` set: proxies and the loader of modules/resolve look for it.

Source: cmd/go/internal/modfetch, go1.26.
"""

from __future__ import annotations

from gokiln.base.oserror import path_error
from gokiln.errors import FatalError, GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.version import ModVersion


class FetchError(GokilnError):
    """A message, and the error it was made from (`err`), if any."""

    def __init__(self, problem: str, err: BaseException | None = None) -> None:
        super().__init__(problem)
        self.err = err


class NotExistError(GokilnError):
    """The thing asked for is not there, or asking for it is not allowed: another source may have it."""

    not_exist = True


class OsFailure(GokilnError):
    """A system call failed. The text is Go's: operation, path, reason."""

    def __init__(self, op: str, path: str, err: OSError) -> None:
        super().__init__(path_error(op, path, err))
        self.err = err


class ToolchainModuleError(GokilnError):
    """`go` and `toolchain` are versions, not trees."""

    def __init__(self) -> None:
        super().__init__("internal error: invalid operation on toolchain module")


class NotCachedError(GokilnError):
    """The cache has no such file, or one that cannot be used."""

    def __init__(self) -> None:
        super().__init__("not in cache")


class DownloadDirError(GokilnError):
    """The tree of a module is not there (stat gives the reason); `dir` is where it will be."""

    not_exist = True

    def __init__(self, dir: str, err: OSError) -> None:
        super().__init__(path_error("stat", dir, err))
        self.dir = dir
        self.err = err


class DownloadDirPartialError(GokilnError):
    """The tree of a module is there but not completely; to be treated as if it were not."""

    not_exist = True

    def __init__(self, dir: str, problem: str) -> None:
        super().__init__(f"{dir}: {problem}")
        self.dir = dir


class GoSumDirtyError(GokilnError):
    """go.sum would have to change, and may not."""

    def __init__(self) -> None:
        super().__init__("updates to go.sum needed, disabled by -mod=readonly")


def fatal_verifying(mod: ModVersion, err: BaseException) -> FatalError:
    """`verifying m@v: problem`, as checkMod stops with."""
    from gokiln.golang.modpath import version_error

    shown = version_error(mod, err) if isinstance(err, Exception) else err
    return FatalError(f"verifying {shown}")

"""The directory of a build's intermediate files: made at the start, gone at the end, whatever happens.

Source: NewBuilder, Builder.Close in cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import path_error
from gokiln.errors import GokilnError
from gokiln.events import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config

_TRIES = 100


class WorkDir:
    """Use as a context manager. path: the directory, "$WORK" under -n."""

    def __init__(self, config: Config) -> None:
        """Make the directory, and tell its name if -x or -work ask for it. Raises GokilnError."""
        self._keep = config.flags.work
        self._made = not config.flags.n
        if not self._made:
            self.path = "$WORK"
            return
        self.path = _make(config.env.get("GOTMPDIR") or _temp_dir(config.env.environ), config.cwd)
        if config.flags.x or config.flags.work:
            config.sink.tell(Text(f"WORK={self.path}\n"))

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


def _temp_dir(environ: dict[str, str]) -> str:
    """os.TempDir."""
    if os.name == "nt":
        return environ.get("TMP") or environ.get("TEMP") or environ.get("USERPROFILE") or "C:\\Windows"
    return environ.get("TMPDIR") or "/tmp"


def _make(parent: str, cwd: str) -> str:
    for attempt in range(_TRIES):
        number = int.from_bytes(os.urandom(4), "little")
        path = os.path.join(parent, f"go-build{number}")
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
        return path if os.path.isabs(path) else os.path.normpath(os.path.join(cwd, path))
    raise GokilnError("creating work dir: no free name")

"""Making a directory with its parents, with Go's idea of which directory to blame (os.MkdirAll)."""

from __future__ import annotations

import errno
import os


def mkdir_all(path: str, mode: int = 0o777) -> None:
    """Make path and every missing parent, like os.MkdirAll; nothing happens if it is there.

    Raises OSError whose `filename` is the directory that could not be made (which may be a parent), with
    ENOTDIR when a file stands in the way: `path_error("mkdir", exc.filename, exc)` is Go's message.
    """
    if _mkdir(path, mode):
        return
    parent = os.path.dirname(path.rstrip(os.sep))
    if not parent or parent == path:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    mkdir_all(parent, mode)
    if not _mkdir(path, mode):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _mkdir(path: str, mode: int) -> bool:
    """Make one directory; False when its parent is missing. Raises OSError."""
    try:
        os.mkdir(path, mode)
    except FileExistsError:
        if not os.path.isdir(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path) from None
    except NotADirectoryError:
        # Go looks from the top down and names the file that stands in the way.
        parent = os.path.dirname(path)
        while parent and not os.path.lexists(parent) and os.path.dirname(parent) != parent:
            parent = os.path.dirname(parent)
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), parent or path) from None
    except FileNotFoundError:
        return False
    return True

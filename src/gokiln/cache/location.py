"""The build cache's directory, made where GOCACHE says, and the place of gokiln's own records.

The records go to GOKILNCACHE, by default `gokiln` in the user's cache directory; they can be deleted at any time.
Source: cmd/go/internal/cache/default.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.mkdir import mkdir_all
from gokiln.base.oserror import path_error, strerror
from gokiln.base.userdirs import user_cache_dir
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

README = b"""This directory holds cached build artifacts from the Go build system.
Run "go clean -cache" if the directory is getting too large.
Run "go clean -fuzzcache" to delete the fuzz cache.
See go.dev to learn more about Go.
"""


class CacheError(PlainError):
    """There is no usable build cache."""


def kiln_dir(environ: Mapping[str, str], goos: str) -> str:
    """Where gokiln keeps its own records; "" for nowhere (GOKILNCACHE=off, or no place is known)."""
    chosen = environ.get("GOKILNCACHE", "")
    if chosen:
        return chosen if os.path.isabs(chosen) else ""
    try:
        return os.path.join(user_cache_dir(environ, goos), "gokiln")
    except ValueError:
        return ""


def make_cache_dir(directory: str, reason: str = "") -> None:
    """Make the build cache's directory with its README and 256 subdirectories; cheap when they are there.

    directory: GOCACHE or "off", reason: why it is off (config.envlayers.effective_gocache). Raises CacheError in the go
    command's words.
    """
    if reason:
        raise CacheError(f"build cache is required, but could not be located: {reason}")
    if directory == "off":
        raise CacheError("build cache is disabled by GOCACHE=off, but required as of Go 1.12")
    try:
        names = _subdirectories(directory)
        missing = [name for name in map("{:02x}".format, range(256)) if name not in names]
        for name in missing:
            mkdir_all(os.path.join(directory, name))
    except OSError as exc:
        text = path_error("mkdir", exc.filename, exc) if exc.filename else strerror(exc)
        raise CacheError(f"failed to initialize build cache at {directory}: {text}") from None


def _subdirectories(directory: str) -> set[str]:
    """Names of the directories in the cache directory, which is made if it is not there."""
    try:
        entries = os.scandir(directory)
    except (FileNotFoundError, NotADirectoryError):
        mkdir_all(directory)
        entries = os.scandir(directory)
    except PermissionError:
        return set()  # whether they are there is found out by making them
    names = set()
    has_readme = False
    with entries:
        for entry in entries:
            if entry.is_dir():
                names.add(entry.name)
            elif entry.name == "README":
                has_readme = True
    if not has_readme:
        _write_readme(os.path.join(directory, "README"))
    return names


def _write_readme(path: str) -> None:
    """The courtesy note; a cache works without."""
    try:
        with open(path, "wb") as file:
            file.write(README)
    except OSError:
        return

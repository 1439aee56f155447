"""Where the build cache is, and making it.

GOCACHE if set (absolute, or `off`, which the go command no longer takes), else `go-build` in the user's
cache directory. gokiln's own records go to GOKILNCACHE, by default `gokiln` in the same place; they can be
deleted at any time. Source: cmd/go/internal/cache/default.go, os.UserCacheDir, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.mkdir import mkdir_all
from gokiln.base.oserror import path_error, strerror
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


def user_cache_dir(environ: Mapping[str, str], goos: str) -> str:
    """The directory for caches of the user (os.UserCacheDir) on an operating system named as GOOS names it.

    Raises CacheError with Go's reason when the environment does not tell.
    """
    if goos == "windows":
        base = environ.get("LocalAppData") or environ.get("LOCALAPPDATA", "")
        if not base:
            raise CacheError("%LocalAppData% is not defined")
        return base
    if goos in ("darwin", "ios"):
        return _below(environ.get("HOME", ""), "Library/Caches", "$HOME is not defined")
    if goos == "plan9":
        return _below(environ.get("home", ""), "lib/cache", "$home is not defined")
    base = environ.get("XDG_CACHE_HOME", "")
    if not base:
        return _below(environ.get("HOME", ""), ".cache", "neither $XDG_CACHE_HOME nor $HOME are defined")
    if not base.startswith("/"):
        raise CacheError("path in $XDG_CACHE_HOME is relative")
    return base


def _below(home: str, name: str, missing: str) -> str:
    if not home:
        raise CacheError(missing)
    return home + "/" + name


def default_dir(gocache: str, environ: Mapping[str, str], goos: str) -> tuple[str, bool, str]:
    """The effective GOCACHE: (directory or "off", whether it differs from the default, reason it is off or "").

    gocache: the setting (from the environment or the go env file), "" if none. What `go env GOCACHE` shows.
    """
    reason = ""
    try:
        found = os.path.normpath(os.path.join(user_cache_dir(environ, goos), "go-build"))
    except CacheError as exc:
        found, reason = "off", f"GOCACHE is not defined and {exc}"
    if not gocache:
        return found, False, reason
    if gocache == "off" or os.path.isabs(gocache):
        return gocache, gocache != found, ""
    return "off", gocache != found, "GOCACHE is not an absolute path"


def kiln_dir(environ: Mapping[str, str], goos: str) -> str:
    """Where gokiln keeps its own records; "" for nowhere (GOKILNCACHE=off, or no place is known)."""
    chosen = environ.get("GOKILNCACHE", "")
    if chosen:
        return chosen if os.path.isabs(chosen) else ""
    try:
        return os.path.join(user_cache_dir(environ, goos), "gokiln")
    except CacheError:
        return ""


def make_cache_dir(directory: str, reason: str = "") -> None:
    """Make the build cache's directory with its README and 256 subdirectories; cheap when they are there.

    directory, reason: of default_dir. Raises CacheError in the go command's words.
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

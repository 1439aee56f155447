"""Finding a program on PATH, as os/exec.LookPath does. Source: os/exec/lp_unix.go, lp_windows.go, go1.26."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class LookPathError(Exception):
    """The text is exec.Error's: `exec: "gcc": executable file not found in $PATH`."""


def is_executable(path: str) -> bool:
    """Whether `path` is a file that this process may run."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISDIR(mode) and os.access(path, os.X_OK)


def _candidates(path: str, environ: Mapping[str, str]) -> list[str]:
    """The names to try: itself, and with each extension of PATHEXT on Windows."""
    if os.name != "nt":
        return [path]
    extensions = [e for e in environ.get("PATHEXT", "").lower().split(";") if e] or [".com", ".exe", ".bat", ".cmd"]
    has_extension = "." in os.path.basename(path)
    return ([path] if has_extension else []) + [path + ext for ext in extensions]


def look_path(name: str, environ: Mapping[str, str]) -> str:
    """The path of a program: `name` itself when it has a directory, else the first hit on PATH.

    Raises LookPathError; also when the only hit lies in the working directory (exec.ErrDot), which must not run.
    """
    if "/" in name or (os.name == "nt" and ("\\" in name or ":" in name)):
        for candidate in _candidates(name, environ):
            if is_executable(candidate):
                return candidate
        raise LookPathError(f"exec: {_quoted(name)}: {_unusable(name)}")
    for folder in environ.get("PATH", "").split(os.pathsep):
        for candidate in _candidates(os.path.join(folder or ".", name), environ):
            if is_executable(candidate):
                if not os.path.isabs(candidate):
                    raise LookPathError(
                        f"exec: {_quoted(name)}: cannot run executable found relative to current directory"
                    )
                return candidate
    where = "%PATH%" if os.name == "nt" else "$PATH"
    raise LookPathError(f"exec: {_quoted(name)}: executable file not found in {where}")


def _unusable(path: str) -> str:
    """Why a file cannot be run (exec.findExecutable)."""
    try:
        mode = os.stat(path).st_mode
    except OSError as err:
        from gokiln.base.oserror import path_error

        return path_error("stat", path, err)
    except ValueError:
        return f"stat {path}: invalid argument"
    return "is a directory" if stat.S_ISDIR(mode) else "permission denied"


def command_path(name: str, environ: Mapping[str, str]) -> str:
    """The file that exec.Command(name) runs: a name with a directory is not looked for, whatever comes of it.

    Raises LookPathError.
    """
    return name if "/" in name and os.name != "nt" else look_path(name, environ)


def _quoted(name: str) -> str:
    from gokiln.base.quote import go_quote

    return go_quote(name)


def on_path(name: str, environ: Mapping[str, str]) -> bool:
    """Whether look_path finds the program."""
    try:
        look_path(name, environ)
    except LookPathError:
        return False
    return True

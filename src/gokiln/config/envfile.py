"""The file behind `go env -w`: KEY=VALUE lines that stand in for variables the environment does not set.

GOROOT/go.env has the same form and comes after it. A line counts when it has a `=` and begins with a capital
letter; everything else is a comment and survives edits.
Source: cmd/go/internal/cfg/cfg.go (EnvFile, readEnvFile), cmd/go/internal/envcmd/env.go (updateEnvFile),
go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.userdirs import user_config_dir
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class EnvFileError(GokilnError):
    """The go/env file cannot be found, read or written."""


def env_file(environ: Mapping[str, str], host_os: str) -> tuple[str, bool, str]:
    """(path, whether GOENV moved it, why there is none). The path is "" when there is no file to read."""
    setting = environ.get("GOENV", "")
    if setting:
        return ("", False, "GOENV=off") if setting == "off" else (setting, True, "")
    try:
        folder = user_config_dir(environ, host_os)
    except ValueError as err:
        return "", False, str(err)
    return os.path.normpath(os.path.join(folder, "go", "env")), False, ""


def parse(data: bytes) -> dict[str, str]:
    """The settings in a file's bytes; of a key given twice, the last."""
    settings: dict[str, str] = {}
    for line in data.split(b"\n"):
        key, equals, value = line.partition(b"=")
        if equals and line[:1].isalpha() and line[:1].isupper():
            settings[os.fsdecode(key)] = os.fsdecode(value)
    return settings


def read(path: str) -> dict[str, str]:
    """The settings in the file, none when it cannot be read."""
    if not path:
        return {}
    try:
        with open(path, "rb") as f:
            return parse(f.read())
    except (OSError, ValueError):
        return {}


def line_key(line: str) -> str:
    """The KEY of a KEY=VALUE line, "" for other lines."""
    key, equals, _ = line.partition("=")
    return "" if not equals or "#" in key else key


def edit(text: str, add: Mapping[str, str], delete: Iterable[str]) -> str:
    """The file's text with keys set and removed; runs of settings are sorted by key, other lines stay where they are.

    Of a key given twice, only the last line (which is in effect) stays.
    """
    lines = _split_after(text)
    last: dict[str, int] = {}
    for number, line in enumerate(lines):
        key = line_key(line)
        if key:
            if key in last:
                lines[last[key]] = ""
            last[key] = number
    for key, value in add.items():
        if key in last:
            lines[last[key]] = f"{key}={value}\n"
        else:
            lines.append(f"{key}={value}\n")
    for key in delete:
        if key in last:
            lines[last[key]] = ""
    return "".join(_sorted_runs(lines))


def _split_after(text: str) -> list[str]:
    """Lines with their newline; the last one gets one."""
    lines = [line + "\n" for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "\n" else lines


def _sorted_runs(lines: list[str]) -> list[str]:
    out: list[str] = []
    run: list[str] = []
    for line in [*lines, ""]:
        if line_key(line):
            run.append(line)
            continue
        # By the key's bytes; the value does not matter, so GO386= sorts after GO=.
        out += sorted(run, key=lambda text: line_key(text).encode("utf-8", "surrogateescape"))
        out.append(line)
        run = []
    return out


def update(environ: Mapping[str, str], host_os: str, add: Mapping[str, str], delete: Iterable[str]) -> None:
    """Set and remove keys in the user's file. A reader sees the old file or the new one, never half.

    Raises EnvFileError in the go command's words.
    """
    from gokiln.base.oserror import path_error, read_error

    path, _, why = env_file(environ, host_os)
    if not path:
        raise EnvFileError(f"cannot find go env config: {why}")
    try:
        with open(path, "rb") as f:
            text = os.fsdecode(f.read())
    except FileNotFoundError as err:
        if not add:
            raise EnvFileError(f"reading go env config: {path_error('open', path, err)}") from err
        text = ""
    except OSError as err:
        raise EnvFileError(f"reading go env config: {read_error(path, err)}") from err
    try:
        _replace(path, os.fsencode(edit(text, add, delete)))
    except OSError as err:
        raise EnvFileError(f"writing go env config: {path_error('open', path, err)}") from err


def _replace(path: str, data: bytes) -> None:
    """Write beside the file, then rename. A link or device in the way is written through, as the go command does."""
    target = os.path.realpath(path)
    os.makedirs(os.path.dirname(target) or ".", 0o777, exist_ok=True)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as f:
            f.write(data)
        return
    mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else None
    partial = f"{target}.{os.urandom(6).hex()}.tmp"
    fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(fd, "wb") as f:
            f.write(data)
        if mode is not None:
            os.chmod(partial, mode)
        os.replace(partial, target)
    except BaseException:
        os.unlink(partial)
        raise

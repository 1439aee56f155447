"""gokiln's own settings, which no `go` command has: the variable GOKILN and the file gokiln.toml.

GOKILN holds keys separated by commas, each with a value or alone (`testcontent,junit=out.xml`). gokiln.toml is looked
for in the working directory and above, up to the one with the repository; its keys stand at the top or in a table
named after the command (`[test]`). The variable beats the file.
"""

from __future__ import annotations

import os
import re

from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Setting = str | bool

FILE_NAME = "gokiln.toml"
_WHERE = re.compile(r" \(at line (\d+), column (\d+)\)$")  # of tomllib's errors


class SettingsError(PlainError):
    """GOKILN or gokiln.toml cannot be read."""

    prefix = "gokiln: "


def find_file(directory: str) -> str:
    """The nearest gokiln.toml at or above a directory, "" for none."""
    while True:
        path = os.path.join(directory, FILE_NAME)
        if os.path.isfile(path):
            return path
        parent = os.path.dirname(directory)
        if parent == directory or os.path.exists(os.path.join(directory, ".git")):
            return ""
        directory = parent


def parse_variable(text: str) -> dict[str, Setting]:
    """The keys of GOKILN; one without a value has the value True. Raises SettingsError."""
    out: dict[str, Setting] = {}
    for part in text.split(","):
        key, equals, value = part.strip().partition("=")
        if not key and not equals:
            continue
        if not key:
            raise SettingsError(f"GOKILN: a value without a key: {part.strip()}")
        out[key] = value if equals else True
    return out


def read_file(path: str, command: str) -> dict[str, Setting]:
    """The keys of gokiln.toml for a command. Raises SettingsError."""
    import tomllib

    from gokiln.base.oserror import read_error

    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except OSError as err:
        raise SettingsError(read_error(path, err)) from err
    except UnicodeDecodeError as err:
        raise SettingsError(f"{path}: not UTF-8 at byte {err.start}") from err
    except tomllib.TOMLDecodeError as err:
        where = _WHERE.search(str(err))
        at = f":{where[1]}:{where[2]}" if where else ""
        raise SettingsError(f"{path}{at}: {_WHERE.sub('', str(err))}") from err
    table = data.get(command, {})
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: {command} is not a table")
    out: dict[str, Setting] = {}
    for key, value in [*data.items(), *table.items()]:
        if isinstance(value, dict):
            continue
        if not isinstance(value, (str, int)):
            raise SettingsError(f"{path}: {key}: a string, a number or a boolean is wanted")
        out[key] = value if isinstance(value, bool) else str(value)
    return out


def read_settings(environ: Mapping[str, str], cwd: str, command: str) -> dict[str, Setting]:
    """All keys in effect for a command. Raises SettingsError."""
    path = find_file(cwd)
    out = read_file(path, command) if path else {}
    out.update(parse_variable(environ.get("GOKILN", "")))
    return out

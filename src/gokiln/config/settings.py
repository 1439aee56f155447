"""gokiln's own settings, which no `go` command has: the variable GOKILN and the file gokiln.toml.

GOKILN holds keys separated by commas, each with a value or alone (`testcontent,junit=out.xml`). gokiln.toml is looked
for in the working directory and above, up to the one with the repository; its keys stand at the top or in a table
named after the command (`[test]`). The variable beats the file.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "gokiln.toml"


class SettingsError(GokilnError):
    """GOKILN or gokiln.toml cannot be read."""


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


def parse_variable(text: str) -> dict[str, str]:
    """The keys of GOKILN; one without a value has the value "true". Raises SettingsError."""
    out: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = part.strip().partition("=")
        if not key and not equals:
            continue
        if not key:
            raise SettingsError(f"GOKILN: a value without a key: {part.strip()}")
        out[key] = value if equals else "true"
    return out


def read_file(path: str, command: str) -> dict[str, str]:
    """The keys of gokiln.toml for a command. Raises SettingsError."""
    import tomllib

    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise SettingsError(f"{path}: {err}") from err
    table = data.get(command, {})
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: {command} is not a table")
    out: dict[str, str] = {}
    for key, value in [*data.items(), *table.items()]:
        if isinstance(value, dict):
            continue
        if not isinstance(value, (str, int)):
            raise SettingsError(f"{path}: {key}: a string, a number or a boolean is wanted")
        out[key] = str(value).lower() if isinstance(value, bool) else str(value)
    return out


def read_settings(environ: Mapping[str, str], cwd: str, command: str) -> dict[str, str]:
    """All keys in effect for a command. Raises SettingsError."""
    path = find_file(cwd)
    out = read_file(path, command) if path else {}
    out.update(parse_variable(environ.get("GOKILN", "")))
    return out

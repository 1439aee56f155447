"""Names and passwords: the .netrc file that holds them, the header that carries them.

Source: cmd/go/internal/auth/netrc.go, net/http (Request.SetBasicAuth), go1.26.
"""

from __future__ import annotations

import os
from binascii import b2a_base64

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class AuthError(GokilnError):
    """A command of GOAUTH has failed; others may succeed."""


def basic_auth(name: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + b2a_base64(f"{name}:{password}".encode(), newline=False).decode()


def parse_netrc(data: str) -> list[tuple[str, str, str]]:
    """(machine, login, password) for each complete machine entry of a .netrc file; `default` ends it."""
    found = []
    machine = login = password = ""
    in_macro = False
    for line in data.split("\n"):
        if in_macro:
            in_macro = line != ""
            continue
        words = line.split()
        i = 0
        while i < len(words) - 1:
            word, value = words[i], words[i + 1]
            if word == "machine":
                machine, login, password = value, "", ""
            elif word == "login":
                login = value
            elif word == "password":
                password = value
            elif word == "macdef":
                in_macro = True
            if machine and login and password:
                found.append((machine, login, password))
                machine = login = password = ""
            i += 2
        if i < len(words) and words[i] == "default":
            break
    return found


def netrc_path(environ: Mapping[str, str]) -> str:
    """Where the netrc file is; "" when there is no home directory."""
    if environ.get("NETRC"):
        return environ["NETRC"]
    home = environ.get("USERPROFILE" if os.name == "nt" else "HOME", "")
    if not home:
        return ""
    if os.name == "nt":
        legacy = os.path.join(home, "_netrc")
        if os.path.exists(legacy):
            return legacy
    return os.path.join(home, ".netrc")

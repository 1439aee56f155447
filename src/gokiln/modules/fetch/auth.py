"""Credentials for https requests: GOAUTH=netrc (the default) and GOAUTH=off.

A credential belongs to a host (or host/path prefix) and is sent to nothing else.

Source: cmd/go/internal/auth (auth.go, netrc.go), go1.26.
"""

from __future__ import annotations

import os
from binascii import b2a_base64

from gokiln.errors import NotYetError
from gokiln.modules.fetch.errors import FatalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


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


class Credentials:
    """Authorization headers by prefix of host and path, read when the first https request is made."""

    def __init__(self, goauth: str, environ: Mapping[str, str]) -> None:
        self._goauth = goauth
        self._environ = environ
        self._by_prefix: dict[str, str] | None = None

    def header(self, url: str) -> str:
        """The Authorization value for an https URL (user and password already removed), or "".

        Raises FatalError for a bad GOAUTH, NotYetError for one that runs programs.
        """
        if self._by_prefix is None:
            self._by_prefix = self._read()
        prefix = url.removeprefix("https://").removesuffix("/")
        while True:
            found = self._by_prefix.get(prefix)
            if found is not None:
                return found
            prefix, slash, _ = prefix.rpartition("/")
            if not slash:
                return ""

    def _read(self) -> dict[str, str]:
        if self._goauth == "off":
            return {}
        found: dict[str, str] = {}
        commands = self._goauth.split(";")
        for command in reversed(commands):
            words = command.split()
            if not words:
                raise FatalError(f"go: GOAUTH encountered an empty command (GOAUTH={self._goauth})")
            if words[0] == "off":
                raise FatalError(
                    f"go: GOAUTH=off cannot be combined with other authentication commands (GOAUTH={self._goauth})"
                )
            if words[0] != "netrc":
                raise NotYetError(
                    f"GOAUTH={command.strip()}: credentials from a program are not yet supported by gokiln"
                )
            self._read_netrc(found)
        return found

    def _read_netrc(self, found: dict[str, str]) -> None:
        path = netrc_path(self._environ)
        if not path:
            return
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                data = file.read()
        except OSError:
            return  # no credentials: the server will say what it wants
        for machine, login, password in reversed(parse_netrc(data)):
            found[machine] = basic_auth(login, password)

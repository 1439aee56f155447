"""Credentials for https requests: GOAUTH's netrc (the default), git, programs of the user's own, and off.

A credential belongs to a host (or host/path prefix) and is sent to nothing else.

Source: cmd/go/internal/auth (auth.go), go1.26.
"""

from __future__ import annotations

import os
import threading

from gokiln.base.oserror import os_error_text
from gokiln.errors import FatalError
from gokiln.modules.fetch.netrc import AuthError, basic_auth, netrc_path, parse_netrc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Credentials:
    """Headers by prefix of host and path. GOAUTH's commands run when the first https request is made.

    log: told what -x shows of commands that fail.
    """

    def __init__(self, goauth: str, environ: Mapping[str, str], log: Callable[[str], None] = lambda line: None) -> None:
        self._goauth = goauth
        self._environ = environ
        self._log = log
        self._lock = threading.Lock()
        self._started = False
        self.failed = False  # whether a command failed when they ran last
        self._by_prefix: dict[str, dict[str, str]] = {}
        self._unproven: list[tuple[str, bytes]] = []

    @property
    def has_programs(self) -> bool:
        """Whether GOAUTH names a program, which may know more once it is told of a refusal."""
        return any(command.strip() not in ("netrc", "off") for command in self._goauth.split(";"))

    def headers(self, url: str) -> dict[str, str]:
        """The headers for an https URL (user and password already removed). Raises FatalError for a bad GOAUTH."""
        with self._lock:
            if not self._started:
                self._started = True
                self._run("", b"")
            return dict(self._find(url))

    def ask(self, url: str, response: bytes) -> None:
        """Run GOAUTH's commands for one URL; response: the head of the refusal, for their standard input."""
        with self._lock:
            self._run(url, response)

    def report(self, status: int) -> None:
        """Tell git's credential helper whether the server has taken what it gave (status 200), or not (401)."""
        from gokiln.modules.fetch.authprograms import approve

        with self._lock:
            unproven, self._unproven = self._unproven, []
        if status in (200, 401):
            for directory, answer in unproven:
                approve(directory, answer, status == 200, self._environ)

    def _find(self, url: str) -> dict[str, str]:
        prefix = url.removeprefix("https://").removesuffix("/")
        while True:
            found = self._by_prefix.get(prefix)
            if found is not None:
                return found
            prefix, slash, _ = prefix.rpartition("/")
            if not slash:
                return {}

    def _store(self, prefix: str, headers: dict[str, str]) -> None:
        prefix = prefix.removeprefix("https://").removesuffix("/")
        if headers:
            self._by_prefix[prefix] = headers
        else:
            self._by_prefix.pop(prefix, None)

    def _run(self, url: str, response: bytes) -> None:
        """Run the commands, last one first, so that the first has the last word."""
        if self._goauth == "off":
            return
        problems = []
        commands = self._goauth.split(";")
        for text in reversed(commands):
            command = text.strip()
            words = command.split()
            if not words:
                raise FatalError(f"go: GOAUTH encountered an empty command (GOAUTH={self._goauth})")
            if words[0] == "off":
                if len(commands) != 1:
                    problem = "GOAUTH=off cannot be combined with other authentication commands"
                    raise FatalError(f"go: {problem} (GOAUTH={self._goauth})")
                return
            try:
                self._run_one(command, words, url, response)
            except AuthError as err:
                problems.append(f"  GOAUTH={command}: {err}")
        self.failed = bool(problems)
        if url and problems and not self._find(url):
            self._log(f"GOAUTH encountered errors for {url}:")
            for line in problems:
                self._log(line)

    def _run_one(self, command: str, words: list[str], url: str, response: bytes) -> None:
        from gokiln.modules.fetch import authprograms

        if words[0] == "netrc":
            self._read_netrc()
        elif words[0] == "git":
            directory = authprograms.git_directory(words)
            if url:  # git lists no credentials, it has to be asked for one
                prefix, headers, answer = authprograms.ask_git(directory, url, self._environ)
                self._store(prefix, headers)
                self._unproven.append((directory, answer))
        else:
            for prefix, headers in authprograms.ask_program(command, url, response, self._environ).items():
                self._store(prefix, headers)

    def _read_netrc(self) -> None:
        path = netrc_path(self._environ)
        if not path:
            raise AuthError(f"{'%userprofile%' if os.name == 'nt' else '$HOME'} is not defined")
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                data = file.read()
        except FileNotFoundError:
            return  # no credentials: the server will say what it wants
        except OSError as err:
            raise AuthError(os_error_text(err)) from err
        for machine, login, password in reversed(parse_netrc(data)):
            self._store(machine, {"Authorization": basic_auth(login, password)})

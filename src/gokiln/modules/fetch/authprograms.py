"""Programs that give credentials: git's credential helpers, and commands of the user's own.

Source: cmd/go/internal/auth (gitauth.go, userauth.go, httputils.go), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import os_error_text
from gokiln.base.quoted import split
from gokiln.errors import FatalError, GokilnError
from gokiln.modules.fetch.goturl import GoUrl, UrlError, parse
from gokiln.modules.fetch.netrc import AuthError, basic_auth
from gokiln.modules.fetch.vcs.systems import tool_environ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gokiln.base.capture import Captured

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def git_directory(words: list[str]) -> str:
    """The directory of `git <dir>`, where git's settings are looked for. Raises FatalError."""
    need = "go: GOAUTH=git dir method requires an absolute path to the git working directory"
    if len(words) != 2:
        raise FatalError(need)
    directory = words[1]
    if not os.path.isabs(directory):
        raise FatalError(f"{need}, dir is not absolute")
    try:
        os.stat(directory)
    except OSError as err:
        reason = os_error_text(err, "stat")
        raise FatalError(f"go: GOAUTH=git encountered an error; cannot stat {directory}: {reason}") from err
    if not os.path.isdir(directory):
        raise FatalError(f"{need}, dir is not a directory")
    return directory


def ask_git(directory: str, url: str, environ: Mapping[str, str]) -> tuple[str, dict[str, str], bytes]:
    """(prefix, headers, git's answer) for a URL. Raises AuthError."""
    done = _run(["git", "credential", "fill"], directory, environ, f"url={url}\n".encode("utf-8", "surrogateescape"))
    output = done.stdout + done.stderr
    if done.status:
        shown = output.decode("utf-8", "surrogateescape")
        raise AuthError(f"'git credential fill' failed (url={url}): {done.problem()}\n{shown}")
    prefix, name, password = parse_git_answer(output)
    if not prefix:
        raise AuthError(f"'git credential fill' failed for url={url}, could not parse url\n")
    if not url.startswith(prefix):
        raise AuthError(f"requested a credential for {url}, but 'git credential fill' provided one for {prefix}\n")
    return prefix, {"Authorization": basic_auth(name, password)}, output


def parse_git_answer(output: bytes) -> tuple[str, str, str]:
    """(URL prefix, user name, password) of what `git credential fill` prints; "" for what is missing."""
    prefix = GoUrl()
    name = password = ""
    for line in output.decode("utf-8", "surrogateescape").split("\n"):
        key, equals, value = line.strip().partition("=")
        if not equals:
            continue
        if key == "protocol":
            prefix.scheme = value
        elif key == "host":
            prefix.host = value
        elif key == "path":
            prefix.path = value
        elif key == "username":
            name = value
        elif key == "password":
            password = value
        elif key == "url":
            try:
                prefix = _request_uri(value)
            except UrlError:
                continue  # the other lines may still say it
    return prefix.text(), name, password


def _request_uri(text: str) -> GoUrl:
    """An absolute URL or an absolute path (url.ParseRequestURI). Raises UrlError."""
    url = parse(text)
    if not text or (not url.scheme and not text.startswith("/")) or url.opaque:
        from gokiln.base.quote import go_quote

        problem = "empty url" if not text else "invalid URI for request"
        raise UrlError(f"parse {go_quote(text)}: {problem}")
    return url


def approve(directory: str, answer: bytes, good: bool, environ: Mapping[str, str]) -> None:
    """Let the credential helper keep, or forget, what it gave; nothing is said when it cannot."""
    try:
        _run(["git", "credential", "approve" if good else "reject"], directory, environ, answer)
    except AuthError:
        return


def ask_program(command: str, url: str, response: bytes, environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Headers by URL prefix, from the user's own command; url: what was refused, "" at the start. Raises AuthError."""
    try:
        words = split(command)
    except ValueError as err:
        raise AuthError(f"cannot parse GOAUTH command {command}: {err}") from err
    try:
        done = _run([*words, url] if url else words, "", environ, response)
    except AuthError as err:
        raise AuthError(f"could not run command {command}: {err}\n") from err
    if done.status:
        shown = done.stderr.decode("utf-8", "surrogateescape")
        raise AuthError(f"could not run command {command}: {done.problem()}\n{shown}")
    try:
        return parse_program_answer(done.stdout.decode("utf-8", "surrogateescape"))
    except GokilnError as err:
        raise AuthError(f"cannot parse output of GOAUTH command {command}: {err}") from err


def parse_program_answer(text: str) -> dict[str, dict[str, str]]:
    """Headers by prefix: blocks of URLs, an empty line, headers, an empty line. Raises AuthError."""
    found: dict[str, dict[str, str]] = {}
    lines = text.split("\n")
    rest = lines.pop()  # what follows the last line end
    at = 0
    while at < len(lines) or rest:
        urls, at = _block(lines, at, "URLs")
        headers, at = _block(lines, at, "headers")
        prefixes = []
        for line in urls:
            try:
                prefixes.append(_request_uri(line).text().removeprefix("https://"))
            except UrlError as err:
                raise AuthError(f"could not parse URL {line}: {err}") from err
        values: dict[str, str] = {}
        for line in headers:
            name, colon, value = line.partition(": ")
            value = value.strip()
            if not colon or not name or not set(name) <= _TOKEN or not _is_value(value):
                raise AuthError("invalid format: invalid header line")
            values[name] = f"{values[name]}, {value}" if name in values else value
        found |= {prefix: dict(values) for prefix in prefixes}
    return found


def _block(lines: list[str], at: int, what: str) -> tuple[list[str], int]:
    """(the lines up to the next empty one, where to go on)."""
    try:
        end = lines.index("", at)
    except ValueError:
        raise AuthError(f"invalid format: missing empty line after {what}") from None
    return lines[at:end], end + 1


def _is_value(value: str) -> bool:
    """Whether a header value has no control characters but tabs."""
    return all((c >= " " and c != "\x7f") or c == "\t" for c in value)


def _run(argv: Sequence[str], directory: str, environ: Mapping[str, str], stdin: bytes) -> Captured:
    from gokiln.base.capture import capture
    from gokiln.base.lookpath import LookPathError, look_path

    env = tool_environ(environ, directory)
    try:
        return capture(argv, cwd=directory, env=env, executable=look_path(argv[0], env), stdin=stdin)
    except LookPathError as err:
        raise AuthError(str(err)) from err
    except OSError as err:
        raise AuthError(os_error_text(err, "fork/exec")) from err

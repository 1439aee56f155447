"""The state of a checkout: which revision, from when, and whether anything differs from it.

Source: cmd/go/internal/vcs/vcs.go (gitStatus, hgStatus, svnStatus, bzrStatus, fossilStatus, run1), go1.26.
"""

from __future__ import annotations

from gokiln.base.lookpath import LookPathError, look_path
from gokiln.events import Quiet, Text
from gokiln.modules.fetch.vcs.systems import VcsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gokiln.events import Sink
    from gokiln.modules.fetch.vcs.systems import System

    Ask = Callable[[str], bytes]

_NOT_UNDERSTOOD = "unrecognized VCS tool output"
_FOSSIL_PROBLEM = "unable to parse output of fossil info"


class Status:
    """revision and commit_time (RFC 3339, UTC) are "" when there is no commit yet."""

    __slots__ = ("commit_time", "revision", "uncommitted")

    def __init__(self, revision: str, commit_time: str, uncommitted: bool) -> None:
        self.revision = revision
        self.commit_time = commit_time
        self.uncommitted = uncommitted


class Runner:
    """Runs a system's own program in a directory.

    environ(directory): variables for a program that runs there. build_v, build_x: -v shows what a failing program
    wrote, -x shows each command. go_version: "1.26.8".
    """

    def __init__(
        self,
        environ: Callable[[str], Mapping[str, str]],
        go_version: str,
        sink: Sink | None = None,
        *,
        build_v: bool = False,
        build_x: bool = False,
    ) -> None:
        self.environ = environ
        self._go_version = go_version
        self._sink: Sink = sink or Quiet()
        self._build_v = build_v
        self._build_x = build_x

    def run(self, system: System, directory: str, args: list[str]) -> bytes:
        """Its standard output. Raises VcsError with os/exec's text ("exit status 128")."""
        from gokiln.base.capture import capture
        from gokiln.base.oserror import os_error_text

        env = dict(self.environ(directory))
        env.update(system.env)
        try:
            program = look_path(system.cmd, env)
        except LookPathError as err:
            self._sink.tell(Text(f"go: missing {system.name} command. See {self._help_url()}\n"))
            raise VcsError(str(err)) from err
        line = " ".join([system.cmd, *args])
        if self._build_x:
            self._sink.tell(Text(f"cd {directory}\n{line}\n"))
        try:
            done = capture([system.cmd, *args], cwd=directory, env=env, executable=program)
        except OSError as err:
            problem, stderr = os_error_text(err, "fork/exec"), b""
        else:
            if done.status == 0:
                return done.stdout
            problem, stderr = done.problem(), done.stderr
        if self._build_v:
            shown = stderr.decode("utf-8", "surrogateescape") or problem + "\n"
            self._sink.tell(Text(f"# cd {directory}; {line}\n{shown}"))
        raise VcsError(problem)

    def _help_url(self) -> str:
        from gokiln.golang import gover

        host = "golang.org" if gover.compare(self._go_version, "1.27") < 0 else "go.dev"
        return f"https://{host}/s/gogetcmd"


def status_of(system: System, root: str, runner: Runner) -> Status:
    """The state of the checkout at root. Raises VcsError."""

    def ask(line: str) -> bytes:
        return runner.run(system, root, line.split())

    return _STATUS[system.cmd](ask)


def utc_text(seconds: int) -> str:
    """RFC 3339 of a Unix time, as Go prints a UTC time of whole seconds."""
    import time

    t = time.gmtime(seconds)
    return f"{t[0]:04d}-{t[1]:02d}-{t[2]:02d}T{t[3]:02d}:{t[4]:02d}:{t[5]:02d}Z"


def parse_rev_time(output: bytes) -> tuple[str, str]:
    """(revision, RFC 3339 time) of "revision:seconds". Raises VcsError."""
    revision, colon, seconds = output.decode("utf-8", "surrogateescape").strip().partition(":")
    if not colon or not revision:
        raise VcsError(_NOT_UNDERSTOOD)
    digits = seconds.removeprefix("-") if seconds.startswith("-") else seconds.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        from gokiln.base.quote import go_quote

        raise VcsError(f"{_NOT_UNDERSTOOD}: strconv.ParseInt: parsing {go_quote(seconds)}: invalid syntax")
    return revision, utc_text(int(seconds))


def _git_status(ask: Ask) -> Status:
    uncommitted = bool(ask("status --porcelain"))
    try:
        output = ask("-c log.showsignature=false log -1 --format=%H:%ct")
    except VcsError:
        # A repository without a commit: `git status` works there, `git log` does not.
        if not uncommitted:
            raise
        return Status("", "", uncommitted)
    revision, time = parse_rev_time(output)
    return Status(revision, time, uncommitted)


def _hg_status(ask: Ask) -> Status:
    output = ask("log -r. -T {node}:{date|hgdate}")
    revision = time = ""
    if output:
        revision, time = parse_rev_time(output.partition(b" ")[0])  # without the offset of the time zone
    return Status(revision, time, bool(ask("status -S")))


def _svn_status(ask: Ask) -> Status:
    from gokiln.modules.fetch.revinfo import utc_time

    revision = ask("info --show-item last-changed-revision").decode("utf-8", "surrogateescape").strip()
    date = ask("info --show-item last-changed-date").decode("utf-8", "surrogateescape").strip()
    try:
        time = utc_time(date)
    except ValueError as err:
        raise VcsError(f"unable to parse output of svn info: {err}") from err
    return Status(revision, time, bool(ask("status")))


def _bzr_status(ask: Ask) -> Status:
    revision = time = ""
    for line in ask("version-info").decode("utf-8", "surrogateescape").split("\n"):
        key, _, value = line.partition(":")
        value = value.strip()
        if key == "revision-id":
            revision = value
        elif key == "date":
            try:
                time = zoned_time(value)
            except ValueError as err:
                raise VcsError("unable to parse output of bzr version-info") from err
    output = ask("status")
    if output.startswith(b"working tree is out of date"):
        output = output.partition(b"\n")[0]
    return Status(revision, time, bool(output))


def _fossil_status(ask: Ask) -> Status:
    text = ask("info").decode("utf-8", "surrogateescape")
    _, found, rest = text.partition("\ncheckout:")
    checkout, utc, _ = rest.partition(" UTC")
    revision, space, date = checkout.strip().partition(" ")
    if not (found and utc and space):
        raise VcsError(_FOSSIL_PROBLEM)
    try:
        time = zoned_time(date + " +0000")
    except ValueError as err:
        raise VcsError(f"{_FOSSIL_PROBLEM}: {err}") from err
    return Status(revision, time, bool(ask("changes --differ")))


def zoned_time(text: str) -> str:
    """RFC 3339 in UTC of "2021-09-21 12:00:00 +1000". Raises ValueError."""
    from gokiln.modules.fetch.revinfo import utc_time

    words = text.split(" ")
    if len(words) != 3 or len(words[2]) != 5:
        raise ValueError(f'parsing time "{text}" as "2006-01-02 15:04:05 -0700": cannot parse')
    day, clock, zone = words
    return utc_time(f"{day}T{clock}{zone[:3]}:{zone[3:]}")


_STATUS: dict[str, Callable[[Ask], Status]] = {
    "git": _git_status,
    "hg": _hg_status,
    "svn": _svn_status,
    "bzr": _bzr_status,
    "fossil": _fossil_status,
}

"""What a code host answers: revisions, tags, and errors.

An origin is a dict by field name (revinfo.ORIGIN_FIELDS). An error about a revision that may come to exist carries
`origin` when the state of the whole repository is known, so that its absence can be remembered.

Source: cmd/go/internal/modfetch/codehost/codehost.go, vcs.go (VCSError), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import semver
from gokiln.golang.pseudo import is_pseudo_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from gokiln.base.lock import LockedFile
    from gokiln.modules.fetch.revinfo import Origin

    class CodeHost(Protocol):
        """One repository. Every method may raise GokilnError; answers are shared, not to be changed."""

        def check_reuse(self, old: Origin | None, subdir: str) -> None:
            """Raise unless what was once found with this origin would be found again."""

        def tags(self, prefix: str) -> Tags:
            """All tags with this prefix, sorted by name."""

        def stat(self, rev: str) -> CodeInfo:
            """A commit by hash, branch, tag, or "latest"."""

        def latest(self) -> CodeInfo:
            """The newest commit of the main branch."""

        def read_file(self, rev: str, file: str, max_size: int) -> bytes:
            """A file of a revision. Raises FileMissingError when there is no such file."""

        def read_zip(self, rev: str, subdir: str, max_size: int) -> bytes:
            """A zip of a directory of a revision, everything in it below one top directory."""

        def recent_tag(self, rev: str, prefix: str, allowed: Callable[[str], bool]) -> str:
            """The highest allowed version tag with this prefix on rev or before it, "" for none."""

        def descends_from(self, rev: str, tag: str) -> bool:
            """Whether the tag is on rev or before it."""


MAX_GO_MOD = 16 << 20  # bytes
MAX_LICENSE = 16 << 20
MAX_ZIP_FILE = 500 << 20
_SHORT = 12
_SHA1 = 40


class CodeInfo:
    """One commit. name: its whole ID; short: as pseudo-versions show it; version: what it was asked for by.

    seconds: Unix time; time: RFC 3339 in UTC (Subversion's have fractions).
    """

    __slots__ = ("name", "origin", "seconds", "short", "tags", "time", "version")

    def __init__(
        self, name: str, short: str, version: str, seconds: int, tags: list[str], origin: Origin, time: str = ""
    ) -> None:
        from gokiln.modules.fetch.vcs.status import utc_text

        self.name = name
        self.short = short
        self.version = version
        self.seconds = seconds
        self.time = time or utc_text(seconds)
        self.tags = tags
        self.origin = origin

    def with_origin(self, **changes: str) -> CodeInfo:
        """A copy with other origin fields."""
        origin = self.origin | changes
        return CodeInfo(self.name, self.short, self.version, self.seconds, self.tags, origin, self.time)


class Tags:
    """Tags by name, with the hash of what each names where the system tells ("" else)."""

    __slots__ = ("list", "origin")

    def __init__(self, list: list[tuple[str, str]], origin: Origin) -> None:
        self.list = list
        self.origin = origin


class CodeHostError(GokilnError):
    """A repository does not answer as it should. err: the cause, if any."""

    def __init__(self, problem: str, err: BaseException | None = None) -> None:
        super().__init__(problem)
        self.err = err


class RepoError(CodeHostError):
    """A repository whose place is known cannot be used: no other module path is worth a try (codehost.VCSError)."""

    def __init__(self, err: Exception) -> None:
        super().__init__(str(err), err)


class UnsupportedError(RepoError):
    """The system cannot do this (errors.ErrUnsupported)."""

    def __init__(self, vcs: str, what: str) -> None:
        super().__init__(CodeHostError(f"vcs {vcs}: {what}: unsupported operation"))


class UnknownRevisionError(GokilnError):
    """No such revision."""

    not_exist = True

    def __init__(self, rev: str, origin: Origin | None = None) -> None:
        super().__init__(f"unknown revision {rev}")
        self.origin = origin


class NoCommitsError(GokilnError):
    """A repository or module without commits."""

    not_exist = True

    def __init__(self) -> None:
        super().__init__("no commits")


class FileMissingError(GokilnError):
    """A revision has no such file (fs.ErrNotExist)."""

    not_exist = True

    def __init__(self) -> None:
        super().__init__("file does not exist")


class MissingError(GokilnError):
    """Another error, which means that the thing does not exist (notExistError)."""

    not_exist = True

    def __init__(self, err: Exception) -> None:
        super().__init__(str(err))
        self.err = err


def is_missing(err: BaseException) -> bool:
    """os.IsNotExist: like is_not_exist, but only of the error itself and of file errors."""
    return isinstance(err, (FileMissingError, FileNotFoundError))


def all_hex(rev: str) -> bool:
    """Whether rev is lower-case hexadecimal digits only."""
    return all(c in "0123456789abcdef" for c in rev)


def shorten_sha1(rev: str) -> str:
    """The first 12 digits of a SHA-1 hash; anything else as it is."""
    return rev[:_SHORT] if len(rev) == _SHA1 and all_hex(rev) else rev


def is_origin_tag(tag: str) -> bool:
    """Whether a tag can have a part in choosing a version, so that its coming and going matters."""
    canonical = semver.canonical(tag)
    return bool(canonical) and tag.startswith(canonical) and not is_pseudo_version(tag)


def digest_sum(kind: str, lines: list[tuple[str, str]]) -> str:
    """`t1:` and `r1:` sums: the hash of `"name" hash` lines."""
    import hashlib
    from base64 import b64encode

    from gokiln.base.quote import go_quote

    text = "".join(f"{go_quote(name)} {value}\n" for name, value in lines)
    return kind + b64encode(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()).decode()


def with_origin(err: GokilnError, origin: Origin | None) -> GokilnError:
    """err, which now says where the thing was looked for: its absence can then be remembered (`list -m -reuse`)."""
    found = {k: v for k, v in (origin or {}).items() if v}
    if found:
        err.__dict__["origin"] = found
    return err


def lock_clone(path: str) -> LockedFile:
    """Hold the lock file of a clone, before other threads and processes: `with lock_clone(p): ...`.

    Raises CodeHostError.
    """
    from gokiln.base.lock import lock_file
    from gokiln.base.oserror import os_error_text

    try:
        return lock_file(path)
    except OSError as err:
        raise CodeHostError(os_error_text(err), err) from err

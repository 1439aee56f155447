"""The version control systems that Go knows, and finding the repository around a directory.

Releases differ: Bazaar went with Go 1.27, which on the other hand takes a `.git` file (of a worktree or submodule)
for a repository's root.

Source: cmd/go/internal/vcs/vcs.go (vcsList, FromDir, isVCSRoot), go1.26 and go1.27.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.godebugvar import godebug_value
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_WORKTREE_FILE_MAX = 4096
_SECURE_SCHEMES = frozenset({"https", "git+ssh", "svn+ssh", "ssh"})


class System:
    """One system. cmd: its program and its name in settings; name: for people; roots: (file name, is a directory).

    schemes: URL schemes in the order they are tried; ping: arguments of the command that asks whether a URL
    answers, with {scheme} and {repo}, "" for none; env: variables set for it.
    """

    __slots__ = ("cmd", "env", "has_status", "name", "ping", "roots", "schemes")

    def __init__(
        self,
        cmd: str,
        name: str,
        roots: tuple[tuple[str, bool], ...] = (),
        schemes: str = "",
        ping: str = "",
        env: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.cmd = cmd
        self.name = name
        self.roots = roots
        self.schemes = schemes.split()
        self.ping = ping
        self.env = env
        self.has_status = bool(roots)

    def is_secure_scheme(self, scheme: str, environ: Mapping[str, str]) -> bool:
        """Whether what is fetched over a scheme cannot be changed on the way; git's own list of schemes counts."""
        allowed = environ.get("GIT_ALLOW_PROTOCOL", "") if self.cmd == "git" else ""
        if allowed:
            return scheme in allowed.split(":")
        return scheme in _SECURE_SCHEMES or (self.cmd == "bzr" and scheme == "bzr+ssh")


HG = System(
    "hg",
    "Mercurial",
    ((".hg", True),),
    "https http ssh",
    "identify -- {scheme}://{repo}",
    (("HGPLAIN", "+strictflags"),),  # no output that a user's settings or extensions add
)
GIT = System("git", "Git", ((".git", True),), "git https http git+ssh ssh", "ls-remote {scheme}://{repo}")
SVN = System("svn", "Subversion", ((".svn", True),), "https http svn svn+ssh", "info -- {scheme}://{repo}")
BZR = System("bzr", "Bazaar", ((".bzr", True),), "https http bzr bzr+ssh", "info -- {scheme}://{repo}")
FOSSIL = System("fossil", "Fossil", ((".fslckout", False), ("_FOSSIL_", False)), "https http")
MOD = System("", "mod")  # a meta tag's "mod": a module proxy, not version control


class VcsError(GokilnError):
    """Version control cannot be used, or says nothing that makes sense."""


class VcsNotFoundError(VcsError):
    """A directory is in no repository."""

    not_exist = True

    def __init__(self, directory: str) -> None:
        super().__init__(f"directory {go_quote(directory)} is not using a known version control system")


class Systems:
    """The systems of one Go release, with the rules for telling them apart.

    go_version: "1.26.8". godebug: the GODEBUG variable; allowmultiplevcs=1 there lets the innermost repository win.
    """

    def __init__(self, go_version: str, godebug: str = "") -> None:
        self.go_version = go_version
        self.has_bazaar = gover.compare(go_version, "1.27") < 0
        self.list = [HG, GIT, SVN, *([BZR] if self.has_bazaar else []), FOSSIL]
        self._allow_multiple = godebug_value(godebug, "allowmultiplevcs") == "1"

    def by_cmd(self, cmd: str) -> System | None:
        """The system with this program name."""
        for system in self.list:
            if system.cmd == cmd:
                return system
        return None

    def from_dir(self, directory: str) -> tuple[str, System]:
        """(root, system) of the innermost repository around a directory.

        Raises VcsNotFoundError, and VcsError when another repository is around that one: whoever can write into a
        directory must not be able to choose the program that runs there. Git in Git is fine (submodules).
        """
        directory = os.path.normpath(directory)
        start, found, root = directory, None, ""
        while directory:
            for system in self.list:
                if not self.is_root(directory, system):
                    continue
                if found is None:
                    found, root = system, directory
                    if self._allow_multiple:
                        return root, found
                elif not (found is GIT and system is GIT):
                    raise VcsError(
                        f"multiple VCS detected: {found.cmd} in {go_quote(root)}, "
                        f"and {system.cmd} in {go_quote(directory)}"
                    )
            parent = os.path.dirname(directory)
            if len(parent) >= len(directory):
                break
            directory = parent
        if found is None:
            raise VcsNotFoundError(start)
        return root, found

    def is_root(self, directory: str, system: System) -> bool:
        """Whether a directory is the root of a checkout of this system."""
        for name, is_dir in system.roots:
            path = os.path.join(directory, name)
            try:
                info = os.stat(path)
            except OSError:
                continue
            if stat.S_ISDIR(info.st_mode):
                if is_dir:
                    return True
            elif self.has_bazaar:
                if not is_dir:
                    return True
            elif stat.S_ISREG(info.st_mode) and (not is_dir or (system is GIT and _is_worktree(path, info.st_size))):
                return True
        return False


def _is_worktree(path: str, size: int) -> bool:
    """Whether a .git file points at a repository: "gitdir: <path>\\n"."""
    if not 0 < size <= _WORKTREE_FILE_MAX:
        return False
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    if not data.startswith(b"gitdir:"):
        return False
    target = os.fsdecode(data[len(b"gitdir:") :].strip())
    return bool(target) and os.path.isdir(os.path.join(os.path.dirname(path), target))


def tool_environ(environ: Mapping[str, str], directory: str = "") -> dict[str, str]:
    """The variables of a version control program that runs in a directory: it must not ask for passwords.

    Source: cmd/go/internal/modload/init.go (Init).
    """
    env = dict(environ)
    if not env.get("GIT_TERMINAL_PROMPT"):
        env["GIT_TERMINAL_PROMPT"] = "0"
    if not env.get("GCM_INTERACTIVE"):
        env["GCM_INTERACTIVE"] = "never"
    if directory:
        env["PWD"] = directory
    return env

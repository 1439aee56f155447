"""The git directory that is asked: a bare clone in the module cache, or a checkout; and the remote's references.

Source: cmd/go/internal/modfetch/codehost/git.go (newGitRepo, loadRefs), go1.26.
"""

from __future__ import annotations

import contextlib
import os

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.golang import gover, semver
from gokiln.modules.fetch.codehost.model import CodeHostError, MissingError, lock_clone
from gokiln.modules.fetch.codehost.shell import RunError
from gokiln.modules.fetch.memo import Memo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.lock import LockedFile
    from gokiln.modules.fetch.codehost.shell import Shell

WORK_DIR_KIND = "git3"
SHA1_DIGITS, SHA256_DIGITS = 40, 64


class GitClone:
    """A directory that git works in. remote: the URL it is of, or with local the directory of a checkout.

    Raises CodeHostError, RunError.
    """

    def __init__(self, shell: Shell, remote: str, local: bool) -> None:
        self._shell = shell
        self._local = local
        self._url = ""
        self._refs = Memo()
        if local:
            self._open_local(remote)
        else:
            self._open_remote(remote)

    def _open_local(self, directory: str) -> None:
        if "://" in directory:
            raise CodeHostError(f"git remote ({directory}) lookup disabled")
        if not os.path.isdir(directory):
            if os.path.exists(directory):
                raise CodeHostError(f"{directory} exists but is not a directory")
            raise CodeHostError(f"stat {directory}: no such file or directory")
        self._dir = directory
        self._hash_digits = SHA256_DIGITS

    def _open_remote(self, remote: str) -> None:
        if "://" not in remote:
            hint = " (use URL syntax not host:path syntax)" if ":" in remote else ""
            raise CodeHostError(f"git remote ({remote}) must not be local directory{hint}")
        self._url = remote
        self._remote = remote
        self._dir, self._lock_file = self._shell.work_dir(WORK_DIR_KIND, remote)
        with self._locked():
            if not os.path.exists(os.path.join(self._dir, "objects")):
                self._init_clone()
        self._hash_digits = SHA256_DIGITS if self._uses_sha256() else SHA1_DIGITS
        self._remote = "origin"

    def _init_clone(self) -> None:
        from gokiln.modules.fetch.cachedir import remove_all

        sha256 = False
        with contextlib.suppress(GokilnError):  # asked for again, and then reported
            sha256 = any(len(h) == SHA256_DIGITS for h in self._load_refs().values())
        modern = semver.compare("v2.29", self._git_version()) <= 0
        form = ["--object-format=sha256"] if sha256 else ["--object-format=sha1"] if modern else []
        try:
            self._shell.run(self._dir, ["git", "init", "--bare", *form])
            # A remote with a name: fetching by URL has trouble with Git LFS (go.dev/issue/25605).
            self._git("remote", "add", "origin", "--", self._remote)
            if os.name == "nt":
                self._git("config", "core.longpaths", "true")
        except GokilnError:
            remove_all(self._dir)
            raise

    def _git_version(self) -> str:
        import re

        try:
            output = self._shell.run("", ["git", "version"])
        except RunError as err:
            raise CodeHostError(
                f"unable to resolve git version: failed to execute git version: {err.reason}", err
            ) from err
        match = re.search(rb"git version\s+(\d+\.\d+(?:\.\d+)?)", output)
        if match is None:
            shown = go_quote(output.decode("utf-8", "surrogateescape"))
            problem = f"git version extraction regexp did not match version line: {shown}"
            raise CodeHostError(f"unable to resolve git version: {problem}")
        return "v" + match[1].decode()

    def _uses_sha256(self) -> bool:
        try:
            return self._git("config", "extensions.objectformat").strip() == b"sha256"
        except RunError:
            return False

    def _git(self, *args: str) -> bytes:
        # GIT_DIR: bare repositories are not found by looking around under safe.bareRepository=explicit.
        env = None if self._local else {"GIT_DIR": self._dir}
        return self._shell.run(self._dir, ["git", *args], env)

    def _locked(self) -> LockedFile:
        """The clone, and what was noted of it, are ours before other threads and processes."""
        return lock_clone(self._lock_file)

    # References

    def _load_refs(self) -> dict[str, str]:
        """Reference -> commit of HEAD, branches and tags at the remote; nothing for a local repository."""
        if self._local:
            return {}
        return self._refs.do(None, self._list_remote)

    def _list_remote(self) -> dict[str, str]:
        try:
            with self._shell.net_limit.acquire():
                output = self._git("ls-remote", "-q", "--end-of-options", self._remote)
        except RunError as err:
            raise self._unreachable(err) from err
        found: dict[str, str] = {}
        for line in output.decode("utf-8", "surrogateescape").split("\n"):
            words = line.split()
            if len(words) == 2 and (words[1] == "HEAD" or words[1].startswith(("refs/heads/", "refs/tags/"))):
                found[words[1]] = words[0]
        for ref in [ref for ref in found if ref.endswith("^{}")]:  # the commit of an annotated tag
            found[ref[:-3]] = found.pop(ref)
        return found

    def _unreachable(self, err: RunError) -> GokilnError:
        if b"fatal: could not read Username" in err.stderr:
            host = "golang.org" if gover.compare(self._shell.go_version, "1.27") < 0 else "go.dev"
            err = err.with_help(
                "Confirm the import path was entered correctly.\nIf this is a private repository, see "
                f"https://{host}/doc/faq#git_https for additional information."
            )
        if self._url.startswith(("http://", "https://")) and self._shell.is_missing_page(self._url):
            return MissingError(err)
        return err

"""A repository of a system other than git, through its program.

A remote one has a copy in the module cache (Subversion: only a work directory). One lock is held for every command,
so that nothing has to be known about which may run together. A local repository is not written to, its lock is ours
alone (cmd/go makes a file `<directory>.lock` beside it).

Source: cmd/go/internal/modfetch/codehost/vcs.go (vcsRepo), go1.26.
"""

from __future__ import annotations

import contextlib
import os
import threading

from gokiln.base.oserror import os_error_text
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.golang import gover, semver
from gokiln.modules.fetch.codehost.model import (
    CodeHostError,
    CodeInfo,
    FileMissingError,
    RepoError,
    Tags,
    UnknownRevisionError,
    UnsupportedError,
    lock_clone,
)
from gokiln.modules.fetch.codehost.programs import program_for
from gokiln.modules.fetch.memo import Memo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gokiln.modules.fetch.codehost.shell import Shell
    from gokiln.modules.fetch.revinfo import Origin

WORK_DIR_KIND = "vcs1."


class ProgramRepo:
    """One repository. vcs: "hg", "svn", "fossil", "bzr"; remote: its URL, or with local a directory.

    Raises CodeHostError, RunError.
    """

    def __init__(self, shell: Shell, vcs: str, remote: str, local: bool = False) -> None:
        program = program_for(vcs)
        if program is None or (vcs == "bzr" and gover.compare(shell.go_version or "1.26", "1.27") >= 0):
            raise CodeHostError(f"unknown vcs: {vcs} {remote}")
        self._shell = shell
        self._program = program
        self._remote = remote
        self._local = local
        self._own_lock = threading.Lock()
        self._lock_file = ""
        self._once = Memo()
        self._fetched = False
        if local:
            if not os.path.isdir(remote):
                problem = "exists but is not a directory" if os.path.exists(remote) else "does not exist"
                raise CodeHostError(f"{remote} {problem}")
            self._dir = remote
            return
        if "://" not in remote:
            raise CodeHostError(f"invalid vcs remote: {vcs} {remote}")
        self._dir, self._lock_file = shell.work_dir(WORK_DIR_KIND + vcs, remote)
        init = program.init(remote)
        if init:
            with self._locked():
                self._init_copy(init)

    def _init_copy(self, init: list[str]) -> None:
        from gokiln.modules.fetch.cachedir import remove_all

        if os.path.exists(os.path.join(self._dir, "." + self._program.vcs)):
            return
        try:
            with self._shell.net_limit.acquire():
                self._shell.run(self._dir, init)
                self._program.post_init(self._dir, self._remote)
        except OSError as err:
            remove_all(self._dir)
            raise CodeHostError(os_error_text(err), err) from err
        except GokilnError:
            remove_all(self._dir)
            raise

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        if not self._lock_file:
            with self._own_lock:
                yield
            return
        with lock_clone(self._lock_file):
            yield

    def _run(self, argv: list[str]) -> str:
        return self._shell.run(self._dir, argv).decode("utf-8", "surrogateescape")

    # State; the lock is held

    def _fetch(self) -> None:
        def work() -> None:
            argv = self._program.fetch()
            if argv:
                with self._shell.net_limit.acquire():
                    self._fetched = True
                    self._run(argv)

        self._once.do("fetch", work)

    def _try_fetch(self) -> None:
        """Fetch; a failure is kept for whoever needs what is missing."""
        with contextlib.suppress(GokilnError):
            self._fetch()

    def _tag_set(self) -> set[str]:
        def load() -> set[str]:
            if self._program.tags_need_fetch and not self._local:
                self._try_fetch()
            return self._names(self._program.tags(self._remote))

        return self._once.do("tags", load)

    def _branch_set(self) -> set[str]:
        def load() -> set[str]:
            argv = self._program.branches()
            if not argv:
                return set()
            if self._program.branches_need_fetch and not self._local:
                self._try_fetch()
            return self._names(argv)

        return self._once.do("branches", load)

    def _names(self, argv: list[str]) -> set[str]:
        try:
            output = self._run(argv)
        except GokilnError:
            return set()
        return {name for name in self._program.tag_names(output) if not self._program.never_local(name)}

    def _repo_sum(self) -> str:
        def load() -> str:
            argv = self._program.repo_sum(self._shell.goroot, "." if self._fetched or self._local else self._remote)
            if not argv:
                return ""
            try:
                return self._run(argv).strip()
            except GokilnError:
                return ""

        return self._once.do("sum", load)

    def _sum_origin(self) -> Origin:
        return {"VCS": self._program.vcs, "URL": self._remote, "RepoSum": self._repo_sum()}

    # The CodeHost interface

    def check_reuse(self, old: Origin | None, subdir: str) -> None:
        """Raise CodeHostError unless what was found with this origin would be found again."""
        if old is None:
            raise CodeHostError("missing origin")
        vcs, mine = self._program.vcs, go_quote(self._remote)
        old_vcs, url, old_subdir = old.get("VCS", ""), old.get("URL", ""), old.get("Subdir", "")
        if old_vcs != vcs or url != self._remote:
            raise CodeHostError(f"origin moved from {old_vcs} {go_quote(url)} to {vcs} {mine}")
        if old_subdir != subdir:
            there, here = f"{go_quote(url)} {go_quote(old_subdir)}", f"{mine} {go_quote(subdir)}"
            raise CodeHostError(f"origin moved from {old_vcs} {there} to {vcs} {here}")
        ref, commit, old_sum = old.get("Ref", ""), old.get("Hash", ""), old.get("RepoSum", "")
        if not ref and not old_sum and commit:
            try:
                found = self._lookup_ref(commit)
            except GokilnError as err:
                raise CodeHostError(f"looking up hash: {err}", err) from err
            if found != commit:
                raise CodeHostError("hash changed")
            return
        if ref and not old_sum:
            with contextlib.suppress(GokilnError):
                found = self._lookup_ref(ref)
                if found and found == commit:
                    return
        now = self._repo_sum()
        if not now:
            raise CodeHostError(f"vcs {vcs}: CheckReuse: unsupported operation")
        if not old_sum:
            raise CodeHostError("non-specific origin")
        if old_sum != now:
            raise CodeHostError("repo changed")

    def _lookup_ref(self, ref: str) -> str:
        argv = self._program.lookup_ref(self._shell.goroot, self._remote, ref)
        if not argv:
            raise CodeHostError("no lookupRef")
        return self._run(argv).strip()

    def tags(self, prefix: str) -> Tags:
        """All tags with this prefix, sorted."""
        with self._locked():
            found = sorted(tag for tag in self._tag_set() if tag.startswith(prefix))
            return Tags([(tag, "") for tag in found], self._sum_origin())

    def latest(self) -> CodeInfo:
        """The newest commit."""
        return self.stat("latest")

    def stat(self, rev: str) -> CodeInfo:
        """A commit, fetched if need be. Raises UnknownRevisionError."""
        with self._locked():
            rev = self._program.latest if rev == "latest" else rev
            branches = self._branch_set()
            if self._local:
                return self._stat_local(rev)
            stable = not self._program.never_local(rev) and rev not in branches
            if stable:
                with contextlib.suppress(GokilnError):
                    return self._stat_local(rev)
            self._fetch()
            info = self._stat_local(rev)
            if not stable:
                info.version = info.name
            return info

    def _stat_local(self, rev: str) -> CodeInfo:
        try:
            output = self._run(self._program.stat(rev, self._remote))
        except GokilnError:
            raise UnknownRevisionError(rev, self._sum_origin()) from None
        info = self._program.parse_stat(rev, output)
        info.origin |= {"VCS": self._program.vcs, "URL": self._remote, "Ref": rev}
        if info.name.startswith(rev) and len(rev) >= 12:
            del info.origin["Ref"]  # says no more than Hash
        return info

    def read_file(self, rev: str, file: str, max_size: int) -> bytes:
        """A file of a revision. Raises FileMissingError."""
        rev = self._program.latest if rev == "latest" else rev
        self.stat(rev)
        with self._locked():
            try:
                return self._shell.run(self._dir, self._program.read_file(rev, file, self._remote))
            except GokilnError:
                raise FileMissingError from None

    def recent_tag(self, rev: str, prefix: str, allowed: Callable[[str], bool]) -> str:
        """The highest allowed version tag with this prefix on rev or before it. Raises UnsupportedError."""
        argv = self._program.recent_tags(rev)
        if not argv:
            raise UnsupportedError(self._program.vcs, "RecentTag")
        with self._locked():
            output = self._run(argv)
        highest = ""
        for tag in output.split():
            if tag.startswith(prefix) and allowed(tag) and semver.compare(tag[len(prefix) :], highest) > 0:
                highest = tag[len(prefix) :]
        return prefix + highest if highest else ""

    def descends_from(self, rev: str, tag: str) -> bool:
        """Whether tag is on rev or before it. Raises UnsupportedError."""
        argv = self._program.descends_from(rev, tag)
        if not argv:
            raise UnsupportedError(self._program.vcs, "DescendsFrom")
        with self._locked():
            return bool(self._run(argv).strip())

    def read_zip(self, rev: str, subdir: str, max_size: int) -> bytes:
        """A zip of a directory of a revision. Raises GokilnError."""
        import tempfile

        rev = self._program.latest if rev == "latest" else rev
        self.stat(rev)
        with self._locked(), tempfile.TemporaryDirectory(prefix="go-readzip-") as temp:
            target = os.path.join(temp, "repo.zip")
            if self._program.vcs == "svn":
                from gokiln.modules.fetch.codehost.svn import export_zip

                export_zip(self._shell, target, self._dir, rev, subdir, self._remote)
            elif self._program.vcs == "fossil":
                # fossil makes the directories of an absolute target itself, and fails: run it there instead.
                argv = self._program.read_zip(rev, subdir, os.path.basename(target))
                here = os.path.join(self._dir, ".fossil")
                self._shell.run(temp, [here if arg == ".fossil" else arg for arg in argv])
            else:
                self._run(self._program.read_zip(rev, subdir, target))
            try:
                if os.path.getsize(target) > max_size:
                    raise RepoError(CodeHostError("ReadZip: encoded file exceeds allowed size"))
                with open(target, "rb") as file:
                    return file.read()
            except OSError as err:
                raise CodeHostError(os_error_text(err), err) from err

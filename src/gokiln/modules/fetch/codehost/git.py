"""A git repository: a remote one through a bare clone in the module cache, or a local one as it lies there.

As little as possible is fetched: first the list of references, then single commits without their history, and the
whole history only when the order of commits matters. Commits that no branch or tag leads to are never fetched, so
that a rejected change of a code review cannot pass for a version. A local repository is only read.

Source: cmd/go/internal/modfetch/codehost/git.go, go1.26.
"""

from __future__ import annotations

import contextlib
import os

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.golang import semver
from gokiln.modules.fetch.codehost.gitclone import SHA1_DIGITS, SHA256_DIGITS, GitClone
from gokiln.modules.fetch.codehost.model import (
    CodeHostError,
    CodeInfo,
    FileMissingError,
    NoCommitsError,
    Tags,
    UnknownRevisionError,
    all_hex,
    digest_sum,
    is_origin_tag,
)
from gokiln.modules.fetch.codehost.shell import RunError
from gokiln.modules.fetch.memo import Memo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.fetch.codehost.shell import Shell
    from gokiln.modules.fetch.revinfo import Origin

_MIN_HASH_DIGITS = 7  # fewer may name a branch by chance; git itself shows 7
_SHORT = 12  # digits in a pseudo-version
_FETCH_NONE, _FETCH_SOME, _FETCH_ALL = range(3)
_ATTRIBUTES = b"\n* -export-subst -export-ignore\n"


class GitRepo(GitClone):
    """One repository. remote: its URL, or with local the directory of a checkout. Raises CodeHostError, RunError."""

    def __init__(self, shell: Shell, remote: str, local: bool = False) -> None:
        super().__init__(shell, remote, local)
        self._stats = Memo()
        self._seen: list[CodeInfo] = []  # of a local repository, which stays as it is while we run
        self._fetch_level = _FETCH_NONE

    def check_reuse(self, old: Origin | None, subdir: str) -> None:
        """Raise CodeHostError unless what was found with this origin would be found again."""
        if old is None:
            raise CodeHostError("missing origin")
        vcs, url, old_subdir = old.get("VCS", ""), old.get("URL", ""), old.get("Subdir", "")
        if vcs != "git" or url != self._url:
            raise CodeHostError(f"origin moved from {vcs} {go_quote(url)} to git {go_quote(self._url)}")
        if old_subdir != subdir:
            there, here = f"{go_quote(url)} {go_quote(old_subdir)}", f"{go_quote(self._url)} {go_quote(subdir)}"
            raise CodeHostError(f"origin moved from {vcs} {there} to git {here}")
        if not (old.get("Hash") or old.get("TagSum") or old.get("RepoSum")):
            raise CodeHostError("non-specific origin")
        refs = self._load_refs()
        ref, old_hash = old.get("Ref", ""), old.get("Hash", "")
        if ref and ref not in refs:
            raise CodeHostError(f"ref {go_quote(ref)} deleted")
        if ref and refs[ref] != old_hash:
            raise CodeHostError(f"ref {go_quote(ref)} moved from {old_hash} to {refs[ref]}")
        if old.get("TagSum") and self.tags(old.get("TagPrefix", "")).origin["TagSum"] != old["TagSum"]:
            raise CodeHostError("tags changed")
        if old.get("RepoSum") and self._repo_sum(refs) != old["RepoSum"]:
            raise CodeHostError("refs changed")

    def tags(self, prefix: str) -> Tags:
        """All tags of the remote with this prefix, sorted; none of a local repository."""
        refs = self._load_refs()
        head = "refs/tags/" + prefix
        found = sorted((ref[len("refs/tags/") :], h) for ref, h in refs.items() if ref.startswith(head))
        folder = prefix[: prefix.rfind("/") + 1]
        relevant = [(name, h) for name, h in found if is_origin_tag(name.removeprefix(folder))]
        origin = {"VCS": "git", "URL": self._url, "TagPrefix": prefix, "TagSum": digest_sum("t1:", relevant)}
        return Tags(found, origin)

    def _repo_sum(self, refs: dict[str, str]) -> str:
        return digest_sum("r1:", sorted(refs.items()))

    def _unknown(self, rev: str, ref: str = "") -> UnknownRevisionError:
        """What to raise for rev, with the state of the repository if that is known."""
        try:
            refs = self._load_refs()
        except GokilnError:
            return UnknownRevisionError(rev)
        origin = {"VCS": "git", "URL": self._url, "Ref": ref, "RepoSum": self._repo_sum(refs)}
        return UnknownRevisionError(rev, origin)

    def latest(self) -> CodeInfo:
        """The commit of HEAD. Raises NoCommitsError."""
        head = self._load_refs().get("HEAD", "")
        if not head:
            raise NoCommitsError
        return self.stat(head).with_origin(Ref="HEAD", Hash=head)

    # Commits

    def stat(self, rev: str) -> CodeInfo:
        """A commit, fetched if need be. Raises UnknownRevisionError, RunError."""
        if rev == "latest":
            return self.latest()
        return self._stats.do(rev, lambda: self._stat(rev))

    def _looks_like_hash(self, rev: str) -> bool:
        return _MIN_HASH_DIGITS <= len(rev) <= self._hash_digits and all_hex(rev)

    def _stat(self, rev: str) -> CodeInfo:
        tried = False
        if self._looks_like_hash(rev):
            for info in self._seen:
                if len(rev) >= _SHORT and info.name.startswith(rev):
                    return info
            with contextlib.suppress(UnknownRevisionError):
                return self._stat_local(rev, rev)
            tried = True
        if rev in self._local_tags():  # branches are not taken from here: they may be stale
            return self._stat_local(rev, "refs/tags/" + rev)
        if self._local:
            if tried:
                raise CodeHostError(f"revision does not exist locally: {rev}")
            raise self._unknown(rev)
        rev, ref, commit = self._find_ref(rev)
        try:
            info, ref = self._get(rev, ref, commit, tried)
        except UnknownRevisionError as err:
            if err.origin is not None and ref:
                err.origin["Ref"] = ref
            raise
        if ref and ref != info.name:
            return info.with_origin(Hash=info.name, Ref=ref)
        return info.with_origin(Hash=info.name)

    def _local_tags(self) -> set[str]:
        """Tags in our clone; a mutable set, to which later fetches add."""

        def load() -> set[str]:
            try:
                output = self._git("tag", "-l")
            except RunError:
                return set()
            return {line for line in output.decode("utf-8", "surrogateescape").split("\n") if line}

        return self._refs.do("tags", load)

    def _find_ref(self, rev: str) -> tuple[str, str, str]:
        """(what to call it, reference or "", commit hash or "") of a name or hash at the remote."""
        refs = self._load_refs()
        tag, branch = "refs/tags/" + rev, "refs/heads/" + rev
        if refs.get(tag):
            return rev, tag, refs[tag]  # tags are taken never to change
        if refs.get(branch):
            return refs[branch], branch, refs[branch]
        if rev == "HEAD" and refs.get("HEAD"):
            return refs["HEAD"], "HEAD", refs["HEAD"]
        if not self._looks_like_hash(rev):
            raise self._unknown(rev)
        hits = sorted(ref for ref, h in refs.items() if h.startswith(rev))
        hashes = {refs[ref] for ref in hits}
        if len(hashes) > 1:
            raise CodeHostError(f"ambiguous revision {rev}")
        if hits:
            commit = hashes.pop()
            return commit, hits[0], commit
        return rev, "", rev if len(rev) == self._hash_digits else ""

    def _get(self, rev: str, ref: str, commit: str, tried: bool) -> tuple[CodeInfo, str]:
        """(the commit, its reference), from our clone or fetched into it."""
        with self._locked():
            if not tried:
                with contextlib.suppress(UnknownRevisionError):
                    return self._known_commit(rev, ref, commit), ref
            if self._fetch_level <= _FETCH_SOME and ref and commit:
                self._fetch_level = _FETCH_SOME
                if ref == "HEAD":
                    # A local name makes git bring the tags of the commit too; refs/dummy itself is never used.
                    ref, spec = commit, commit + ":refs/dummy"
                else:
                    spec = f"{ref}:{ref}"
                shallow = ("fetch", "-f", "--depth=1", "--end-of-options", self._remote, spec)
                try:
                    with self._shell.net_limit.acquire():
                        # Protocol 1 sometimes misses tags of the commit (go.dev/issue/56881).
                        self._git("-c", "protocol.version=2", *shallow)
                except RunError:
                    pass  # whatever went wrong, the whole history may do
                else:
                    return self._stat_local(rev, ref), ref
            self._fetch_all()
            return self._stat_local(rev, rev), ref

    def _known_commit(self, rev: str, ref: str, commit: str) -> CodeInfo:
        info = self._stat_local(rev, commit)
        tag = ref.removeprefix("refs/tags/")
        if tag == ref or tag in info.tags:
            return info
        self._git("tag", "--end-of-options", tag, commit)  # the clone has the commit but not its tag
        self._local_tags().add(tag)
        return self._stat_local(rev, ref)

    def _fetch_all(self) -> None:
        """All branches and tags with their history; the lock is held."""
        if self._fetch_level == _FETCH_ALL:
            return
        heads = ("refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*")
        with self._shell.net_limit.acquire():
            self._git("fetch", "-f", "--end-of-options", self._remote, *heads)
            # Separately: git up to 2.23 at least does not both widen and deepen (go.dev/issue/34266).
            if os.path.exists(os.path.join(self._dir, "shallow")):
                self._git("fetch", "--unshallow", "-f", "--end-of-options", self._remote)
        self._fetch_level = _FETCH_ALL

    def _stat_local(self, version: str, rev: str) -> CodeInfo:
        """A commit that is in the clone, called version. Raises UnknownRevisionError."""
        form = "--format=format:%H %ct %D"
        try:
            output = self._git(
                "-c", "log.showsignature=false", "log", "--no-decorate", "-n1", form, "--end-of-options", rev, "--"
            )
        except RunError:
            raise self._unknown(rev) from None
        words = output.decode("utf-8", "surrogateescape").split()
        if len(words) < 2:
            shown = go_quote(output.decode("utf-8", "surrogateescape"))
            raise CodeHostError(f"unexpected response from git log: {shown}")
        commit = words[0]
        try:
            seconds = int(words[1])
        except ValueError:
            shown = go_quote(output.decode("utf-8", "surrogateescape"))
            raise CodeHostError(f"invalid time from git log: {shown}") from None
        # ede458df... 1523994202 HEAD -> master, tag: v1.2.4-annotated, tag: v1.2.3, origin/master
        tags = {words[i + 1].removesuffix(",") for i in range(2, len(words) - 1) if words[i] == "tag:"}
        with contextlib.suppress(GokilnError):
            # A shallow clone has not always the tags (git 2.47.1), but the remote has told them.
            refs = self._load_refs()
            tags |= {
                ref[len("refs/tags/") :] for ref, h in refs.items() if h == commit and ref.startswith("refs/tags/")
            }
        origin = {"VCS": "git", "URL": self._url, "Hash": commit}
        if not commit.startswith(rev):
            origin["Ref"] = rev
        called = version if version in tags else commit
        info = CodeInfo(commit, self._shorten(commit), called, seconds, sorted(tags), origin)
        if self._local and called == commit:
            self._seen.append(info)
        return info

    def _shorten(self, commit: str) -> str:
        whole = (SHA1_DIGITS, SHA256_DIGITS) if self._local else (self._hash_digits,)
        return commit[:_SHORT] if len(commit) in whole and all_hex(commit) else commit

    # Contents and history

    def read_file(self, rev: str, file: str, max_size: int) -> bytes:
        """A file of a revision. Raises FileMissingError, UnknownRevisionError."""
        commit = self.stat(rev).name
        try:
            return self._git("cat-file", "--end-of-options", "blob", f"{commit}:{file}")
        except RunError:
            raise FileMissingError from None

    def recent_tag(self, rev: str, prefix: str, allowed: Callable[[str], bool]) -> str:
        """The highest allowed version tag with this prefix on rev or before it, "" for none."""
        commit = self.stat(rev).name
        tag = self._highest_merged(commit, prefix, allowed)
        if tag and not all_hex(tag):
            return tag
        # None in what has been fetched; is there any, so that the history is worth fetching?
        if not self.tags(prefix + "v").list:
            return ""
        # Not while `allowed` runs: it reads files, which takes the lock.
        with self._locked():
            self._fetch_all()
        return self._highest_merged(commit, prefix, allowed)

    def _highest_merged(self, commit: str, prefix: str, allowed: Callable[[str], bool]) -> str:
        output = self._git("for-each-ref", "--format=%(refname)", "--merged=" + commit)
        highest = ""
        for line in output.decode("utf-8", "surrogateescape").split("\n"):
            tag = line.strip().removeprefix("refs/tags/")
            if not line.startswith("refs/tags/" + prefix) or not allowed(tag):
                continue
            version = tag[len(prefix) :]
            if semver.compare(version, highest) > 0:
                highest = version
        return prefix + highest if highest else ""

    def descends_from(self, rev: str, tag: str) -> bool:
        """Whether tag is on rev or before it."""
        question = ("merge-base", "--is-ancestor", "--", tag, rev)
        with contextlib.suppress(RunError):
            # "No" means nothing yet: a shallow clone does not know.
            self._git(*question)
            return True
        if not self.tags(tag).list:
            return False
        self._stat(rev)
        with self._locked():
            self._fetch_all()
            try:
                self._git(*question)
            except RunError as err:
                if err.status == 1:
                    return False
                raise
            return True

    def read_zip(self, rev: str, subdir: str, max_size: int) -> bytes:
        """`git archive` of a directory. Raises FileMissingError when it is not there."""
        commit = self.stat(rev).name
        with self._locked():
            ensure_attributes(self._dir)
            # git on Windows would translate line ends; and whatever a user's settings say, bytes must be the same.
            settings = ("-c", "core.autocrlf=input", "-c", "core.eol=lf")
            archive = ("archive", "--format=zip", "--prefix=prefix/", "--end-of-options", commit)
            try:
                return self._git(*settings, *archive, *([subdir] if subdir else []))
            except RunError as err:
                if b"did not match any files" in err.stderr:
                    raise FileMissingError from err
                raise


def ensure_attributes(directory: str) -> None:
    """Switch off what makes an archive depend on more than the revision (export-subst, export-ignore).

    Raises CodeHostError. Source: ensureGitAttributes, go.dev/issue/27153.
    """
    from gokiln.base.oserror import os_error_text

    try:
        os.makedirs(os.path.join(directory, "info"), 0o755, exist_ok=True)
        with open(os.path.join(directory, "info", "attributes"), "a+b") as file:
            file.seek(0)
            if not file.read().endswith(_ATTRIBUTES):
                file.write(_ATTRIBUTES)
    except OSError as err:
        raise CodeHostError(os_error_text(err), err) from err

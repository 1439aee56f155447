"""The command lines of Mercurial, Subversion, Bazaar and Fossil, and how their answers are read.

Source: cmd/go/internal/modfetch/codehost/vcs.go (vcsCmds and the parse functions), svn.go (svnParseStat), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote
from gokiln.modules.fetch.codehost.model import CodeHostError, CodeInfo, RepoError, shorten_sha1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Program:
    """One system. Its methods give argument lists; an empty list: the system has no such command.

    latest: the name of the newest commit. tags_need_fetch, branches_need_fetch: the lists are of our copy only.
    never_local(rev): whether a name may mean something else at the remote by now. dir_name: what a copy has inside.
    """

    vcs = ""
    latest = ""
    tags_need_fetch = False
    branches_need_fetch = False
    has_recent_tags = False

    def init(self, remote: str) -> list[str]:
        """Make a copy in the working directory."""
        return []

    def post_init(self, directory: str, remote: str) -> None:
        """What is left to do after init. Raises OSError."""

    def fetch(self) -> list[str]:
        """Bring the copy up to date."""
        return []

    def repo_sum(self, goroot: str, where: str) -> list[str]:
        """A sum of the whole state of a repository."""
        return []

    def lookup_ref(self, goroot: str, remote: str, ref: str) -> list[str]:
        """The commit of a name at the remote."""
        return []

    def tags(self, remote: str) -> list[str]:
        """The tags, one a line."""
        return []

    def tag_names(self, output: str) -> list[str]:
        """The names in what tags prints."""
        return [line for line in output.split("\n") if line]

    def branches(self) -> list[str]:
        """The branches, one a line."""
        return []

    def never_local(self, rev: str) -> bool:
        """See the class."""
        return False

    def stat(self, rev: str, remote: str) -> list[str]:
        """Describe a commit."""
        return []

    def parse_stat(self, rev: str, output: str) -> CodeInfo:
        """Read what stat prints. Raises RepoError."""
        raise _unexpected(f"{self.vcs} log", output)

    def descends_from(self, rev: str, tag: str) -> list[str]:
        """Print something if tag is on rev or before it."""
        return []

    def recent_tags(self, rev: str) -> list[str]:
        """The tags on rev and before it."""
        return []

    def read_file(self, rev: str, file: str, remote: str) -> list[str]:
        """Print a file."""
        return []

    def read_zip(self, rev: str, subdir: str, target: str) -> list[str]:
        """Write a directory of a revision to the zip file target."""
        return []


def _unexpected(source: str, output: str) -> RepoError:
    return RepoError(CodeHostError(f"unexpected response from {source}: {go_quote(output)}"))


class Mercurial(Program):
    """hg, with the extension in GOROOT that sums up a repository's state."""

    vcs = "hg"
    latest = "tip"
    tags_need_fetch = True
    branches_need_fetch = True
    has_recent_tags = True

    def init(self, remote: str) -> list[str]:
        """Empty: what is fetched comes by pull."""
        return ["hg", "init", "."]

    def post_init(self, directory: str, remote: str) -> None:
        """Say where pull pulls from."""
        with open(os.path.join(directory, ".hg", "hgrc"), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"[paths]\ndefault = {remote}\n")

    def fetch(self) -> list[str]:
        """Everything, related or not."""
        return ["hg", "pull", "-f"]

    def _extension(self, goroot: str) -> str:
        return "--config=extensions.goreposum=" + os.path.join(goroot, "lib", "hg", "goreposum.py")

    def repo_sum(self, goroot: str, where: str) -> list[str]:
        """Over all branches, since tags are files in them."""
        return ["hg", self._extension(goroot), "goreposum", "--", where]

    def lookup_ref(self, goroot: str, remote: str, ref: str) -> list[str]:
        """Without a copy."""
        return ["hg", self._extension(goroot), "golookup", "--", remote, ref]

    def tags(self, remote: str) -> list[str]:
        """Names only."""
        return ["hg", "tags", "-q"]

    def branches(self) -> list[str]:
        """Closed ones too."""
        return ["hg", "branches", "-c", "-q"]

    def never_local(self, rev: str) -> bool:
        """tip moves."""
        return rev == "tip"

    def stat(self, rev: str, remote: str) -> list[str]:
        """node, seconds and zone, tags."""
        return ["hg", "log", "-l1", f"--rev={rev}", "--template", "{node} {date|hgdate} {tags}"]

    def parse_stat(self, rev: str, output: str) -> CodeInfo:
        """Read it."""
        words = output.split()
        if len(words) < 3:
            raise _unexpected("hg log", output)
        commit = words[0]
        try:
            seconds = int(words[1])
        except ValueError:
            raise RepoError(CodeHostError(f"invalid time from hg log: {go_quote(output)}")) from None
        tags = sorted(tag for tag in words[3:] if tag != "tip")
        version = commit if commit.startswith(rev) else rev
        return CodeInfo(commit, shorten_sha1(commit), version, seconds, tags, {"Hash": commit})

    def descends_from(self, rev: str, tag: str) -> list[str]:
        """By a query over ancestors."""
        return ["hg", "log", f"--rev=ancestors({rev}) and {tag}"]

    def recent_tags(self, rev: str) -> list[str]:
        """By a query over ancestors."""
        return ["hg", "log", f"--rev=ancestors({rev}) and tag()", "--template", "{tags}\n"]

    def read_file(self, rev: str, file: str, remote: str) -> list[str]:
        """From the copy."""
        return ["hg", "cat", f"--rev={rev}", "--", file]

    def read_zip(self, rev: str, subdir: str, target: str) -> list[str]:
        """As stored, without a user's filters."""
        only = [f"--include={subdir}/**"] if subdir else []
        archive = ["hg", "archive", "-t", "zip", "--no-decode", f"--rev={rev}", "--prefix=prefix/"]
        return [*archive, *only, "--", target]


class Subversion(Program):
    """svn works on the remote; there is no copy. Zips are made by svn.py."""

    vcs = "svn"
    latest = "latest"

    def tags(self, remote: str) -> list[str]:
        """Directories beside trunk."""
        return ["svn", "list", "--", remote.removesuffix("/trunk") + "/tags"]

    def tag_names(self, output: str) -> list[str]:
        """As listed, with their final slash."""
        return output.split("\n")

    def stat(self, rev: str, remote: str) -> list[str]:
        """As XML."""
        return ["svn", "log", "-l1", "--xml", "--", remote + ("" if rev == "latest" else "@" + rev)]

    def parse_stat(self, rev: str, output: str) -> CodeInfo:
        """Read the log entry."""
        from xml.etree import ElementTree

        from gokiln.modules.fetch.revinfo import rfc3339_seconds, utc_time

        try:
            entry = ElementTree.fromstring(output).find("logentry")
            if entry is None:
                raise ValueError("no logentry")
            number = int(entry.get("revision", ""))
            date = entry.findtext("date", "")
            time, seconds = utc_time(date), rfc3339_seconds(date)
        except (ElementTree.ParseError, ValueError) as err:
            problem = f"unexpected response from svn log --xml: {err}\n{output}"
            raise RepoError(CodeHostError(problem)) from err
        return CodeInfo(str(number), f"{number:012d}", rev, seconds, [], {}, time)

    def read_file(self, rev: str, file: str, remote: str) -> list[str]:
        """From the remote."""
        return ["svn", "cat", "--", f"{remote}/{file}@{rev}"]


class Bazaar(Program):
    """bzr; known up to Go 1.26."""

    vcs = "bzr"
    latest = "revno:-1"

    def init(self, remote: str) -> list[str]:
        """A branch of the remote."""
        return ["bzr", "branch", "--use-existing-dir", "--", remote, "."]

    def fetch(self) -> list[str]:
        """With tags as they are there."""
        return ["bzr", "pull", "--overwrite-tags"]

    def tags(self, remote: str) -> list[str]:
        """Name and revision."""
        return ["bzr", "tags"]

    def tag_names(self, output: str) -> list[str]:
        """The first word of each line that begins with one."""
        return [line.split()[0] for line in output.split("\n") if line and not line[0].isspace()]

    def never_local(self, rev: str) -> bool:
        """Numbers counted from the end move."""
        return rev.startswith("revno:-")

    def stat(self, rev: str, remote: str) -> list[str]:
        """The long form has the time."""
        return ["bzr", "log", "-l1", "--long", "--show-ids", f"--revision={rev}"]

    def parse_stat(self, rev: str, output: str) -> CodeInfo:
        """Read the header of the log entry."""
        from gokiln.modules.fetch.revinfo import rfc3339_seconds
        from gokiln.modules.fetch.vcs.status import zoned_time

        number, time, tags = 0, "", []
        for line in output.split("\n"):
            if line.startswith("-"):
                continue
            key, colon, value = line.partition(":")
            if not line or line[0] in " \t" or not colon:
                break  # the message begins
            value = value.strip()
            try:
                if key == "revno":
                    number = int(value.partition(" ")[0])
                elif key == "timestamp":
                    time = zoned_time(value.partition(" ")[2])  # after the weekday
                elif key == "tags":
                    tags = value.split(", ")
            except ValueError:
                problem = f"unexpected {key} from bzr log: {go_quote(line)}"
                raise RepoError(CodeHostError(problem)) from None
        if not number or not time:
            raise _unexpected("bzr log", output)
        return CodeInfo(str(number), f"{number:012d}", rev, rfc3339_seconds(time), tags, {}, time)

    def read_file(self, rev: str, file: str, remote: str) -> list[str]:
        """From the branch."""
        return ["bzr", "cat", f"--revision={rev}", "--", file]

    def read_zip(self, rev: str, subdir: str, target: str) -> list[str]:
        """By export."""
        export = ["bzr", "export", "--format=zip", f"--revision={rev}", "--root=prefix/", "--", target]
        return [*export, "./" + subdir] if subdir else export


class Fossil(Program):
    """fossil; tags are not looked at (nor does cmd/go)."""

    vcs = "fossil"
    latest = "trunk"

    def init(self, remote: str) -> list[str]:
        """A repository file."""
        return ["fossil", "clone", "--", remote, ".fossil"]

    def fetch(self) -> list[str]:
        """Into the repository file."""
        return ["fossil", "pull", "-R", ".fossil"]

    def tags(self, remote: str) -> list[str]:
        """Of the repository file."""
        return ["fossil", "tag", "-R", ".fossil", "list"]

    def tag_names(self, output: str) -> list[str]:
        """None."""
        return []

    def stat(self, rev: str, remote: str) -> list[str]:
        """The info page."""
        return ["fossil", "info", "-R", ".fossil", "--", rev]

    def parse_stat(self, rev: str, output: str) -> CodeInfo:
        """Read `hash: <hash> 2021-09-21 12:00:00 UTC`."""
        from gokiln.modules.fetch.revinfo import rfc3339_seconds
        from gokiln.modules.fetch.vcs.status import zoned_time

        for line in output.split("\n"):
            if not line.startswith(("uuid:", "hash:")):
                continue
            words = line.split()
            if len(words) != 5 or len(words[1]) != 40 or words[4] != "UTC":
                raise _unexpected("fossil info", line)
            try:
                time = zoned_time(f"{words[2]} {words[3]} +0000")
            except ValueError:
                raise _unexpected("fossil info", line) from None
            commit = words[1]
            version = commit if commit.startswith(rev) else rev
            return CodeInfo(commit, shorten_sha1(commit), version, rfc3339_seconds(time), [], {"Hash": commit}, time)
        raise _unexpected("fossil info", output)

    def read_file(self, rev: str, file: str, remote: str) -> list[str]:
        """From the repository file."""
        return ["fossil", "cat", "-R", ".fossil", f"-r={rev}", "--", file]

    def read_zip(self, rev: str, subdir: str, target: str) -> list[str]:
        """Of the whole tree, if the name of the directory could be taken for a pattern."""
        only = [f"--include={subdir}"] if subdir and not any(c in "*?[]," for c in subdir) else []
        return ["fossil", "zip", "-R", ".fossil", "--name", "prefix", *only, "--", rev, target]


def program_for(vcs: str) -> Program | None:
    """The program of a system by name; git has its own module."""
    kinds: dict[str, Callable[[], Program]] = {
        "hg": Mercurial,
        "svn": Subversion,
        "bzr": Bazaar,
        "fossil": Fossil,
    }
    make = kinds.get(vcs)
    return make() if make is not None else None

"""Versions of Go itself as the modules `go` (versions like "1.26.1") and `toolchain` ("go1.26.1").

They are read off the versions of golang.org/toolchain, the module that toolchains are downloaded as.

Source: cmd/go/internal/modfetch/toolchain.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.revinfo import RevInfo, Versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from gokiln.modules.fetch.repo import Progress, Repo
    from gokiln.modules.fetch.revinfo import Origin


class ToolchainRepo:
    """path: "go" or "toolchain"; downloads: the repository of golang.org/toolchain; local: the running Go version."""

    def __init__(self, path: str, downloads: Repo, local: str) -> None:
        self._path = path
        self._downloads = downloads
        self._local = local
        self._prefix = "go" if path == "toolchain" else ""

    def module_path(self) -> str:
        """The module's path."""
        return self._path

    def versions(self, prefix: str) -> Versions:
        """All versions that can be downloaded, and the running one. Raises GokilnError."""
        found = self._downloads.versions("")
        names = dict.fromkeys(v for v in map(version_of_download, found.list) if v)
        names.setdefault(self._local)
        return Versions([self._prefix + v for v in sorted(names, key=gover.key)])

    def stat(self, rev: str) -> RevInfo:
        """A version, in either spelling. Versions up to the running one need no network. Raises GokilnError."""
        version = rev.removeprefix("go")
        if not gover.is_valid(version):
            raise FetchError(f"invalid {self._path} version {rev}")
        if self._path == "go" and gover.compare(version, self._local) <= 0:
            return RevInfo(version)
        if self._path == "toolchain" and version == self._local:
            return RevInfo(self._prefix + version)
        if gover.is_lang(version):
            raise FetchError(f"go language version {rev} is not a toolchain version")
        # linux-amd64 has always existed: asking for it makes the answer the same everywhere.
        info = self._downloads.stat(f"v0.0.1-go{version}.linux-amd64")
        return RevInfo(self._prefix + version, info.time)

    def latest(self) -> RevInfo:
        """The newest version. Raises GokilnError."""
        best = ""
        for version in self.versions("").list:
            if not best or gover.mod_compare(self._path, version, best) > 0:
                best = version
        return self.stat(best)

    def go_mod(self, version: str) -> bytes:
        """A go.mod file that only names the module."""
        return f"module {self._path}\n".encode()

    def zip(self, dst: BinaryIO, version: str, progress: Progress | None = None) -> None:
        """There is nothing to fetch."""
        raise GokilnError("invalid use of toolchainRepo: Zip")

    def check_reuse(self, old: Origin | None) -> None:
        """There is nothing to compare."""
        raise GokilnError("invalid use of toolchainRepo: CheckReuse")


def version_of_download(version: str) -> str:
    """ "1.2" of "v0.0.1-go1.2.linux-amd64"; "" when it is no such version."""
    name = version.partition("-")[2]
    head, dot, platform = name.rpartition(".")
    return head.removeprefix("go") if dot and "-" in platform else ""

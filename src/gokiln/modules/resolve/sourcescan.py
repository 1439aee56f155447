"""What the module loader asks of the packages room, which is handed in from above (packages/scan.py)."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from gokiln.base.disk import Entry
    from gokiln.errors import GokilnError


class SourceDir(Protocol):
    """What go/build's ImportDir says of a directory."""

    name: str
    error: GokilnError | None


class Scanner(Protocol):
    """What the packages room tells about directories; every file is read once per process, whoever asks."""

    def entries(self, directory: str) -> list[Entry]:
        """The directory's entries, sorted. Raises OSError."""

    def has_go_files(self, directory: str) -> bool | None:
        """Whether Go files are known to lie there; None when that has to be looked up."""

    def scan_dir(self, directory: str, tags: Collection[str] | None = None) -> tuple[list[str], list[str]]:
        """Imports and test imports of the package in a directory, sorted; tags None: the build's, {"*"}: any.

        Raises a GokilnError whose `no_go` is true when no file is left under the tags, another one when a file
        does not parse.
        """

    def scan_files(
        self, files: Collection[str], any_tags: bool = False, *, explicit: bool = True, cwd: str = ""
    ) -> tuple[list[str], list[str]]:
        """The same for given files."""

    def dir_kind(self, directory: str) -> str:
        """ "go" a package, "ignored" only excluded Go files, "nogo" none, "bad" a package with an error."""

    def source_package(self, directory: str) -> SourceDir:
        """Which files make the package in a directory."""

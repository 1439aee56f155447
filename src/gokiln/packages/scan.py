"""What directories import, for the module loader: each looked at once per process, its files read once for everybody.

The answers of one command are the records of the next (index/importrecords.py): a directory of the module cache never
changes, so what it imports need not be found out again.

The go command asks its module index first, which says other things than the files themselves where a file is broken:
no imports at all then, and never an error. What is in the index is the module cache, and directories whose files
have been left alone for two seconds.

Source: cmd/go/internal/imports/scan.go, cmd/go/internal/modindex/read.go, go1.26.
"""

from __future__ import annotations

import os
import time

from gokiln.base.disk import LINK, Disk, go_os_error
from gokiln.errors import GokilnError
from gokiln.packages.sourcefiles import ReadError, SourceFiles

_INDEX_AGE = 2.0  # seconds (modindex.modTimeCutoff)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gokiln.index.importrecords import ImportRecords
    from gokiln.packages.select import SourcePackage


class NoGoFilesError(GokilnError):
    """No Go file of a directory is left under the tags (imports.ErrNoGo)."""

    no_go = True

    def __init__(self) -> None:
        super().__init__("no Go source files")


class ScanMemo(SourceFiles):
    """What is known of source directories and files, and of the packages they make.

    records: what earlier commands found that directories import, for any tags (True) and for the build's (False).
    module_cache: the directory of it, "" for none.
    """

    def __init__(self, disk: Disk, matches_tag: Callable[[str], bool], cgo_enabled: bool) -> None:
        """As SourceFiles'."""
        super().__init__(disk, matches_tag, cgo_enabled)
        self.records: dict[bool, ImportRecords] = {}
        self.module_cache = ""
        self._dirs: dict[str, SourcePackage] = {}

    def scan_dir(self, directory: str, tags: Collection[str] | None = None) -> tuple[list[str], list[str]]:
        """Imports and test imports of the package in a directory, sorted; tags None: the build's, {"*"}: any.

        Raises NoGoFilesError, ReadError (a file's import section does not parse) or OSError.
        """
        any_tags = tags is not None and "*" in tags
        records = self.records.get(any_tags)
        if records is None or self.disk.overlaid():
            return self._scan_dir(directory, any_tags)
        known, found = records.get(directory)
        if known:
            if found is None:
                raise NoGoFilesError
            return found
        try:
            found = self._scan_dir(directory, any_tags)
        except NoGoFilesError:
            records.put(directory, None)
            raise
        records.put(directory, found)
        return found

    def has_go_files(self, directory: str) -> bool | None:
        """Whether Go files are known to lie there; None when that has to be looked up."""
        records = self.records.get(True)
        if records is None or self.disk.overlaid():
            return None
        return True if records.has_go(directory) else None

    def _scan_dir(self, directory: str, any_tags: bool) -> tuple[list[str], list[str]]:
        files: list[str] = []
        for entry in self.entries(directory):
            name = entry.name
            if not name.endswith(".go") or name[0] in "_." or entry.is_dir:
                continue
            path = os.path.join(directory, name)
            if not entry.is_regular and not (entry.kind == LINK and self.disk.is_regular(path)):
                continue
            if any_tags or self.good_name(name):
                files.append(path)
        return self.scan_files(files, any_tags, explicit=False)

    def scan_files(
        self, files: Collection[str], any_tags: bool = False, *, explicit: bool = True, cwd: str = ""
    ) -> tuple[list[str], list[str]]:
        """The same for given files; explicit: they were named on the command line, so constraints do not count.

        cwd: what relative names start from.
        """
        imports: set[str] = set()
        test_imports: set[str] = set()
        count = 0
        for name in files:
            path = os.path.join(cwd, name)
            try:
                info = self.go_info(path)
            except OSError as err:
                raise ReadError(go_os_error("open", name, err)) from err
            found = info.scan_imports
            if (info.errors or info.scan_error) and not explicit and self._indexed(os.path.dirname(path)):
                found = []
            elif info.scan_error:
                raise ReadError(f"reading {name}: {info.scan_error}")
            elif info.scan_has_c and not self.cgo_enabled and not any_tags:
                continue
            if not explicit and not (self._any_verdict(info) if any_tags else self.verdict(info)[0]):
                continue
            count += 1
            (test_imports if path.endswith("_test.go") else imports).update(found)
        if not count:
            raise NoGoFilesError
        return sorted(imports), sorted(test_imports)

    def _indexed(self, directory: str) -> bool:
        """Whether the go command's index would answer for the directory."""
        if self.module_cache and directory.startswith(self.module_cache + os.sep):
            return True
        newest = time.time() - _INDEX_AGE
        for entry in self.entries(directory):
            if entry.is_dir:
                continue
            if not entry.is_regular or self.disk.stat(os.path.join(directory, entry.name)).st_mtime > newest:
                return False
        return True

    def source_package(self, directory: str) -> SourcePackage:
        """Which files make the package in a directory, made once (go/build's ImportDir; see packages.select)."""
        found = self._dirs.get(directory)
        if found is None:
            from gokiln.packages.select import import_dir

            found = self._dirs[directory] = import_dir(self, directory)
        return found

    def dir_kind(self, directory: str) -> str:
        """ "go" a package, "ignored" only excluded Go files, "nogo" none, "bad" a package with an error."""
        from gokiln.packages.error import BuildNoGoError

        found = self.source_package(directory)
        if found.error is None:
            return "go"
        if isinstance(found.error, BuildNoGoError):
            return "ignored" if found.ignored_go_files else "nogo"
        return "bad"

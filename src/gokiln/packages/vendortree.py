"""The vendor directory: copies of all packages that the main module builds and tests with, and modules.txt.

Copied are files that could matter to a build, those that packages embed, and the licences on the way up to the root of
each module. Tests of vendored packages are not.

Source: cmd/go/internal/modcmd/vendor.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.copyfile import copy_file, write_file
from gokiln.base.oserror import path_error
from gokiln.base.pattern import has_file_path_prefix
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, PlainError
from gokiln.golang import gover
from gokiln.modules.resolve.replacements import replacement
from gokiln.modules.version import ModVersion
from gokiln.packages.embed import resolve_embed
from gokiln.packages.error import EmbedError
from gokiln.packages.inputs import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.base.disk import Entry
    from gokiln.modules.resolve.loader import Loader
    from gokiln.packages.scan import ScanMemo

_METADATA = (
    "AUTHORS",
    "CONTRIBUTORS",
    "COPYLEFT",
    "COPYING",
    "COPYRIGHT",
    "LEGAL",
    "LICENSE",
    "NOTICE",
    "PATENTS",
)


class VendorTree:
    """One `mod vendor`. failed: something was wrong that does not keep modules.txt from being written."""

    def __init__(
        self, modules: Loader, memo: ScanMemo, directory: str, *, lenient: bool, tell: Callable[[str], object]
    ) -> None:
        """modules: with "all" loaded. directory: absolute. lenient: -e. tell: writes to standard error."""
        self.modules = modules
        self.memo = memo
        self.directory = directory
        self.lenient = lenient
        self.tell = tell
        self.verbose = modules.config.flags.v
        self.go_version = modules.go_version()
        self.failed = False
        self._metadata_done: set[tuple[str, str]] = set()
        self._dirs_made: set[str] = set()

    def write(self, paths: Iterable[str]) -> None:
        """Replace the directory by copies of the packages at these import paths. Raises GokilnError."""
        from gokiln.modules.fetch.cachedir import remove_all

        try:
            remove_all(self.directory)
        except OSError as err:
            raise GokilnError(path_error("unlinkat", self.directory, err)) from err
        by_module = self._by_module(paths)
        _check_collisions(by_module)
        text = self._modules_txt(by_module)
        if not text:
            self.tell("go: no dependencies to vendor\n")
            return
        file = os.path.join(self.directory, "modules.txt")
        try:
            os.makedirs(self.directory, 0o777, exist_ok=True)
            with open(file, "wb") as out:
                out.write(text.encode("utf-8", "surrogateescape"))
        except OSError as err:
            raise GokilnError(path_error("open", file, err)) from err

    def _by_module(self, paths: Iterable[str]) -> dict[ModVersion, list[str]]:
        mains = self.modules.mains()
        found: dict[ModVersion, list[str]] = {}
        for path in paths:
            m = self.modules.package_module(path)
            if m.path and not mains.contains(m.path):
                found.setdefault(m, []).append(path)
        return found

    # modules.txt

    def _modules_txt(self, by_module: dict[ModVersion, list[str]]) -> str:
        """The text of modules.txt; copies the packages on the way."""
        mms = self.modules.mains()
        explicit: set[ModVersion] = set()
        annotated = self._is_annotated()
        if annotated:
            explicit = {r.mod for file in mms.mod_files.values() if file is not None for r in file.require}
        lines: list[str] = []
        if mms.work_file is not None:
            self._add(lines, "## workspace\n")
        mods = list(explicit | set(by_module))
        gover.mod_sort(mods)
        for m in mods:
            self._add(lines, _module_line(m, replacement(self.modules, m)))
            note = self._note(m, m in explicit)
            if note:
                self._add(lines, note)
            for path in sorted(by_module.get(m, ())):
                self._add(lines, path + "\n")
                self._copy_package(path)
        if annotated:
            self._add_replacements(lines, set(mods))
        return "".join(lines)

    def _is_annotated(self) -> bool:
        """Whether requirements and replacements are marked, so that -mod=vendor can compare them with go.mod."""
        if gover.compare(self.go_version, "1.14") < 0:
            return False
        modules = self.modules
        if modules.find_go_work(modules.cwd):
            return True
        file = modules.mains().mod_files[modules.mains().single()]
        return file is not None and file.go is not None

    def _add(self, lines: list[str], line: str) -> None:
        lines.append(line)
        if self.verbose:
            self.tell(line)

    def _note(self, m: ModVersion, explicit: bool) -> str:
        version = ""
        if gover.compare(self.go_version, "1.17") >= 0:
            version = self.modules.module_info(m.path).go_version
        if not version:
            return "## explicit\n" if explicit else ""
        return f"## {'explicit; ' if explicit else ''}go {version}\n"

    def _add_replacements(self, lines: list[str], written: set[ModVersion]) -> None:
        """Replacements that no listed module uses, at the end: a reader could not know them otherwise."""
        mms = self.modules.mains()
        for m in mms.versions:
            for r in mms.work_file.replace if mms.work_file is not None else ():
                if r.old not in written:
                    written.add(r.old)
                    self._add(lines, _module_line(r.old, r.new))
            file = mms.mod_files[m]
            for r in file.replace if file is not None else ():
                if r.old in written:
                    continue
                written.add(r.old)
                new = replacement(self.modules, r.old)
                if new.path:
                    self._add(lines, _module_line(r.old, new))

    # Copies

    def _copy_package(self, path: str) -> None:
        src, real_path, _ = self.modules.lookup("", False, path)
        if not src:
            self._problem(f"internal error: no pkg for {path}\n")
            return
        dst = os.path.join(self.directory, path.replace("/", os.sep))
        copied: set[str] = set()
        self._copy_dir(dst, src, self._may_be_source, copied)
        module = self.modules.package_module(real_path)
        if module.path:
            self._copy_metadata(module.path, real_path, dst, src, copied)
        self._copy_embeds(path, dst, src, copied)

    def _problem(self, text: str) -> None:
        self.tell(text if text.endswith("\n") else text + "\n")
        self.failed = True

    def _may_be_source(self, path: str, name: str) -> bool:
        """Whether a build could need the file."""
        if name.endswith("_test.go"):
            return False
        if name in ("go.mod", "go.sum"):
            # In a vendor directory they would look like the root of a module.
            return gover.compare(self.go_version, "1.17") < 0
        return not name.endswith(".go") or self.memo.may_build(path)

    def _copy_dir(self, dst: str, src: str, wanted: Callable[[str, str], bool], copied: set[str]) -> None:
        self._make_dir(dst)
        try:
            entries: list[Entry] = self.memo.entries(src)
        except OSError as err:
            raise GokilnError(path_error("open", src, err)) from err
        for entry in entries:
            path = os.path.join(src, entry.name)
            if entry.is_regular and wanted(path, entry.name):
                target = os.path.join(dst, entry.name)
                copied.add(target)
                self._copy(path, target)

    def _make_dir(self, directory: str) -> None:
        if directory in self._dirs_made:
            return
        self._dirs_made.add(directory)
        try:
            os.makedirs(directory, 0o777, exist_ok=True)
        except OSError as err:
            raise GokilnError(path_error("mkdir", directory, err)) from err

    def _copy(self, source: str, target: str) -> None:
        try:
            data = self.memo.bytes_just_read(source)
            if data is None:
                copy_file(source, target)
            else:
                write_file(target, data)
        except OSError as err:
            raise GokilnError(path_error("open", str(err.filename or source), err)) from err

    def _copy_metadata(self, module_path: str, path: str, dst: str, src: str, copied: set[str]) -> None:
        """Copy licences and their like from the package's parents up to the root of its module."""
        first = True
        while (module_path, dst) not in self._metadata_done:
            self._metadata_done.add((module_path, dst))
            if not first:
                self._copy_dir(dst, src, lambda _, name: name.startswith(_METADATA), copied)
            first = False
            if module_path == path:
                break
            path, dst, src = os.path.dirname(path), os.path.dirname(dst), os.path.dirname(src)

    def _copy_embeds(self, path: str, dst: str, src: str, copied: set[str]) -> None:
        patterns = self._embed_patterns(path, src)
        if not patterns:
            return
        try:
            files = resolve_embed(self.modules.disk, src, patterns)[0]
        except EmbedError as err:
            text = f"go: resolving embeds in {path}: {err}\n"
            if self.lenient:
                self.tell(text)
            else:
                self._problem(text)
            return
        for file in files:
            target = os.path.join(dst, file.replace("/", os.sep))
            if target in copied:
                continue
            try:
                self._make_dir(os.path.dirname(target))
                self._copy(os.path.join(src, file.replace("/", os.sep)), target)
            except GokilnError as err:
                if self.lenient:
                    self.tell(f"go: {err}\n")
                else:
                    self._problem(f"go: {err}")

    def _embed_patterns(self, path: str, src: str) -> list[str]:
        """The patterns of all files that could be built anywhere; before Go 1.22 those of tests too."""
        with_tests = gover.compare(self.go_version, "1.22") < 0
        patterns: tuple[set[str], set[str], set[str]] = set(), set(), set()
        for entry in self.memo.entries(src):
            name = entry.name
            if not name.endswith(".go") or name[0] in "_." or not entry.is_regular:
                continue
            info = self.memo.go_info(os.path.join(src, name))
            if info.errors:
                text = f"internal error: failed to find embedded files of {path}: {info.error_string()}\n"
                raise PlainError(text)
            if info.package == "documentation" or (info.scan_has_c and not self.memo.cgo_enabled):
                continue
            kind = 0
            if name.endswith("_test.go"):
                kind = 2 if info.package.endswith("_test") else 1
            patterns[kind].update(embed.pattern for embed in info.embeds)
        found = sorted(patterns[0])
        if with_tests:
            found += sorted(patterns[1]) + sorted(patterns[2])
        return found


def _module_line(m: ModVersion, new: ModVersion) -> str:
    line = f"# {m.path}" + (f" {m.version}" if m.version else "")
    if new.path:
        if has_file_path_prefix(os.path.normpath(new.path), "vendor"):
            raise GokilnError(f"replacement path {new.path} inside vendor directory")
        line += f" => {new.path}" + (f" {new.version}" if new.version else "")
    return line + "\n"


def _check_collisions(by_module: dict[ModVersion, list[str]]) -> None:
    """Refuse modules whose paths differ in case only: some file systems cannot hold both."""
    seen: dict[str, str] = {}
    for m in by_module:
        other = seen.setdefault(fold(m.path), m.path)
        if other != m.path:
            text = f"go.mod: case-insensitive import collision: {go_quote(m.path)} and {go_quote(other)}"
            raise PlainError(text)

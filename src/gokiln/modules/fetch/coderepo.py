"""The versions of a module as its repository has them: tags and commits read as module versions.

A module lies in a directory of its repository: at the root, in a subdirectory (then its tags carry that directory
as a prefix), for major versions from 2 on perhaps in a directory v2, v3 ... Which one, its go.mod files decide.

Source: cmd/go/internal/modfetch/coderepo.go (newCodeRepo, Versions, findDir, GoMod, Zip), go1.26.
"""

from __future__ import annotations

import posixpath

from gokiln.base.pattern import has_path_prefix
from gokiln.errors import GokilnError, is_not_exist
from gokiln.golang import gover, modpath, pseudo, semver
from gokiln.modules.fetch.codehost.model import MAX_GO_MOD, MAX_LICENSE, MAX_ZIP_FILE, is_missing, with_origin
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.revinfo import RevInfo, Versions
from gokiln.modules.modfile.parser import module_path
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO
    from zipfile import ZipFile, ZipInfo

    from gokiln.golang.gover import Startup
    from gokiln.modules.fetch.codehost.model import CodeHost
    from gokiln.modules.fetch.modzip import SourceFile
    from gokiln.modules.fetch.repo import Progress
    from gokiln.modules.fetch.revinfo import Origin

_MODE_TYPE, _MODE_LINK, _MODE_REGULAR = 0o170000, 0o120000, 0o100000


class CodeRepo:
    """One module in one repository (a Repo, as repo.py has it).

    code: the repository. code_root: the import path of its root. subdir: where the module lies in it as a meta tag
    says, "" for where its path says. path: the module's. go_version ("1.26.8") and startup: of the Go in use, which
    must not be older than what a module asks for. Raises FetchError for a module that cannot be there.
    """

    def __init__(
        self, code: CodeHost, code_root: str, subdir: str, path: str, go_version: str, startup: Startup
    ) -> None:
        if not has_path_prefix(path, code_root):
            raise FetchError(f"mismatched repo: found {code_root} for {path}")
        prefix, major, ok = modpath.split_path_version(path)
        if not ok:
            raise FetchError(f"invalid module path {modpath.quoted(path)}")
        code_dir = ""
        if code_root == path:
            # Either no major version, or a meta tag or gopkg.in that leads to this major version alone.
            prefix = path
        else:
            if not has_path_prefix(prefix, code_root):
                raise FetchError(f"repository rooted at {code_root} cannot contain module {path}")
            code_dir = prefix[len(code_root) :].strip("/")
        if subdir:
            code_dir = posixpath.normpath(posixpath.join(code_dir, subdir))
        self.path = path
        self.code = code
        self.code_root = code_root
        self.code_dir = code_dir
        self.path_prefix = prefix
        self.path_major = major
        self.pseudo_major = modpath.path_major_prefix(major)
        self.tag_prefix = code_dir + "/" if code_dir else ""
        self._go_version = go_version
        self._startup = startup
        self._retracted = Memo()

    def module_path(self) -> str:
        """The module's path."""
        return self.path

    def check_reuse(self, old: Origin | None) -> None:
        """Raise unless what was found with this origin would be found again."""
        self.code.check_reuse(old, self.code_dir)

    # Versions

    def versions(self, prefix: str) -> Versions:
        """Tagged versions, +incompatible ones last. Raises ModuleError."""
        if self.path.startswith("gopkg.in/") and self.path.endswith("-unstable"):
            return Versions([])  # tags are for the path without -unstable
        try:
            tags = self.code.tags(self.tag_prefix + prefix)
        except GokilnError as err:
            raise modpath.ModuleError(self.path, "", err) from err
        found: list[str] = []
        incompatible: list[str] = []
        for name, _ in tags.list:
            version = name[len(self.tag_prefix) :]
            # Only canonical tags are versions; others, and those that look like pseudo-versions, are mere commits.
            if not version or version != semver.canonical(version) or pseudo.is_pseudo_version(version):
                continue
            if modpath.match_path_major(version, self.path_major):
                found.append(version)
            elif not self.code_dir and not self.path_major and semver.compare(semver.major(version), "v1") > 0:
                incompatible.append(version)
        semver.sort(found)
        semver.sort(incompatible)
        if incompatible and not self.path_major:
            found += self._without_go_mod(found, incompatible)
        origin = tags.origin | {"Subdir": self.code_dir}
        return Versions(found, {k: v for k, v in origin.items() if v})

    def _without_go_mod(self, compatible: list[str], candidates: list[str]) -> list[str]:
        """Candidates of major versions that do without go.mod files, as +incompatible.

        None once the newest compatible version has a go.mod: its author wants to be on v0 and v1 (go.dev/issue/34189).
        """
        if compatible and self._has_go_mod(compatible[-1]):
            return []
        newest = {semver.major(v): v for v in candidates}  # the last of each major version
        with_go_mod = {major for major, v in newest.items() if self._has_go_mod(v)}
        return [v + "+incompatible" for v in candidates if semver.major(v) not in with_go_mod]

    def _has_go_mod(self, version: str) -> bool:
        try:
            self.code.read_file(version, "go.mod", MAX_GO_MOD)
        except GokilnError as err:
            if is_missing(err):
                return False
            raise modpath.ModuleError(self.path, "", err) from err
        return True

    def stat(self, rev: str) -> RevInfo:
        """What a version, tag, branch or commit is as a version. Raises ModuleError."""
        from gokiln.modules.fetch.codeversion import Conversion

        if rev == "latest":
            return self.latest()
        try:
            info = self.code.stat(self.rev_to_rev(rev))
        except GokilnError as err:
            problem = modpath.ModuleError(self.path, "", modpath.InvalidVersionError(rev, err))
            raise with_origin(problem, getattr(err, "origin", None)) from err
        return Conversion(self, info, rev).convert()

    def latest(self) -> RevInfo:
        """The newest commit of the main branch. Raises GokilnError."""
        from gokiln.modules.fetch.codeversion import Conversion

        return Conversion(self, self.code.latest(), "").convert()

    def retracted(self) -> Callable[[str], bool]:
        """Whether a version is retracted by the go.mod of the newest release. Raises GokilnError."""
        intervals: list[tuple[str, str]] = self._retracted.do(None, self._retractions)

        def is_retracted(version: str) -> bool:
            return any(semver.compare(low, version) <= 0 <= semver.compare(high, version) for low, high in intervals)

        return is_retracted

    def _retractions(self) -> list[tuple[str, str]]:
        from gokiln.modules.modfile.rule import parse_lax

        versions = [v for v in self.versions("").list if not v.endswith("+incompatible")]
        if not versions:
            return []
        releases = [v for v in versions if not semver.prerelease(v)]
        data = self.go_mod((releases or versions)[-1])
        return [(r.low, r.high) for r in parse_lax("go.mod", data).retract]

    # The module's place

    def rev_to_rev(self, rev: str) -> str:
        """The tag or commit behind a version or revision."""
        if not semver.is_valid(rev):
            return rev
        if pseudo.is_pseudo_version(rev):
            return pseudo.pseudo_version_rev(rev)
        return self.tag_prefix + rev.removesuffix("+incompatible")

    def find_dir(self, version: str) -> tuple[str, str, bytes | None]:
        """(revision, directory, go.mod if there is one) of the module at a version. Raises GokilnError."""
        if not semver.is_valid(version):
            raise modpath.ModuleError(self.path, "", modpath.InvalidVersionError(version, FetchError("syntax error")))
        rev = self.rev_to_rev(version)
        file1 = posixpath.join(self.code_dir, "go.mod")
        data1 = self._read_go_mod(rev, file1)
        path1 = module_path(data1) if data1 is not None else ""
        found1 = data1 is not None and (is_major(path1, self.path_major) or self._may_replace(path1))
        major = self.path_major
        file2 = ""
        if major and self.code_root != self.path and not major.startswith("."):
            # The module may also lie in the directory of its major version, but not in both.
            dir2 = posixpath.join(self.code_dir, major[1:])
            file2 = posixpath.join(dir2, "go.mod")
            data2 = self._read_go_mod(rev, file2)
            path2 = module_path(data2) if data2 is not None else ""
            found2 = data2 is not None and is_major(path2, major)
            if found1 and found2:
                both = f"{self.path_prefix}/{file1} and ...{major}/go.mod both"
                raise FetchError(f"{both} have ...{major} module paths at revision {rev}")
            if found2:
                return rev, dir2, data2
            if data2 is not None:
                if not path2:
                    raise FetchError(f"{self.code_root}/{file2} is missing module path at revision {rev}")
                shown = modpath.quoted(path2)
                raise FetchError(f"{self.code_root}/{file2} has non-...{major} module path {shown} at revision {rev}")
        if found1:
            return rev, self.code_dir, data1
        if data1 is not None:
            raise self._mismatch(file1, path1, bool(file2), rev, version)
        if not self.code_dir and (not major or major.startswith(".")):
            return rev, "", None  # without go.mod only at the root, and below v2
        also = f" and ...{major}/go.mod" if file2 else ""
        raise FetchError(f"missing {self.path_prefix}/go.mod{also} at revision {rev}")

    def _mismatch(self, file: str, path: str, has_second: bool, rev: str, version: str) -> FetchError:
        """A go.mod that is there, but not for this major version."""
        major = self.path_major
        suffix = f" (and ...{major}/go.mod does not exist)" if has_second else ""
        if not path:
            return FetchError(f"{file} is missing module path{suffix} at revision {rev}")
        shown = f"module path {modpath.quoted(path)}{suffix} at revision {rev}"
        if major:
            return FetchError(f"{file} has non-...{major} {shown}")
        if not modpath.split_path_version(path)[2]:
            return FetchError(f"{file} has malformed {shown}")
        return FetchError(f"{file} has post-{semver.major(version)} {shown}")

    def _read_go_mod(self, rev: str, file: str) -> bytes | None:
        try:
            return self.code.read_file(rev, file, MAX_GO_MOD)
        except GokilnError as err:
            if is_missing(err):
                return None
            raise FetchError(f"reading {self.code_root}/{file} at revision {rev}: {err}", err) from err

    def _may_replace(self, path: str) -> bool:
        """An old bug let modules without major version replace gopkg.in's (go.dev/issue/34254)."""
        return not self.path_major and path.startswith("gopkg.in/")

    # Contents

    def _check_canonical(self, version: str) -> None:
        """Only canonical versions have contents; what a pseudo-version claims must be true. Raises GokilnError."""
        if version != modpath.canonical_version(version):
            raise FetchError(f"version {version} is not canonical")
        if pseudo.is_pseudo_version(version):
            self.stat(version)

    def go_mod(self, version: str) -> bytes:
        """The go.mod file, made up when there is none. Raises GokilnError."""
        self._check_canonical(version)
        data = self.find_dir(version)[2]
        return legacy_go_mod(self.path) if data is None else data

    def zip(self, dst: BinaryIO, version: str, progress: Progress | None = None) -> None:
        """Write the module zip. Raises GokilnError; TooNewError when go.mod asks for a newer Go."""
        import io
        import zipfile

        from gokiln.modules.fetch.modzip import create_zip

        self._check_canonical(version)
        rev, subdir, _ = self.find_dir(version)
        self._check_go_version(rev, subdir, version)
        data = self.code.read_zip(rev, subdir, MAX_ZIP_FILE)
        if len(data) > MAX_ZIP_FILE:
            raise FetchError("downloaded zip file too large")
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile as err:
            raise FetchError(f"zip: {err}", err) from err
        with archive:
            create_zip(dst, ModVersion(self.path, version), self._members(archive, rev, subdir.strip("/")))
        if progress is not None:
            progress(dst.tell(), None)

    def _check_go_version(self, rev: str, subdir: str, version: str) -> None:
        try:
            data = self.code.read_file(rev, posixpath.join(subdir, "go.mod"), MAX_GO_MOD)
        except GokilnError as err:
            if is_not_exist(err):
                return
            raise
        wanted = gover.go_mod_lookup(data, "go")
        if gover.compare(wanted, self._go_version) > 0:
            raise gover.TooNewError(f"{self.path}@{version}", wanted, self._go_version, self._startup)

    def _members(self, archive: ZipFile, rev: str, subdir: str) -> list[SourceFile]:
        """The files of the repository's zip that lie in subdir, and the repository's LICENSE for a nested module."""
        from gokiln.golang.dirhash import raw_name
        from gokiln.modules.fetch.modzip import SourceFile

        files = []
        top = ""
        folder = subdir + "/" if subdir else ""
        for member in archive.infolist():
            full = raw_name(member)
            if not top:
                head, slash, _ = full.partition("/")
                if not slash:
                    raise FetchError("missing top-level directory prefix")
                top = head + "/"
            if not full.startswith(top):
                raise FetchError("zip file contains more than one top-level directory")
            name = full[len(top) :]
            if not name.startswith(folder):
                continue
            name = name[len(folder) :]
            if name and not name.endswith("/"):
                read = _reader(archive, member)
                files.append(
                    SourceFile(name, member.file_size, read, _kind(member.create_system, member.external_attr))
                )
        if folder and not any(file.path == "LICENSE" for file in files):
            try:
                text = self.code.read_file(rev, "LICENSE", MAX_LICENSE)
            except GokilnError:
                return files
            files.append(SourceFile("LICENSE", len(text), lambda: text))
        return files


def _reader(archive: ZipFile, member: ZipInfo) -> Callable[[], bytes]:
    return lambda: archive.read(member)


def _kind(create_system: int, external: int) -> str:
    """What sort of file a zip entry is, by the Unix mode that git and hg write."""
    from gokiln.modules.fetch.modzip import OTHER, REGULAR, SYMLINK

    mode = external >> 16 & _MODE_TYPE
    if create_system != 3 or mode in (0, _MODE_REGULAR):
        return REGULAR
    return SYMLINK if mode == _MODE_LINK else OTHER


def is_major(path: str, path_major: str) -> bool:
    """Whether a module path allows the major versions that path_major (of another path) stands for."""
    if not path:
        return False
    _, major, ok = modpath.split_path_version(path)
    if not ok:
        return False
    if not path_major:
        return modpath.path_major_prefix(major) in ("", "v0", "v1")
    # A fork of gopkg.in/foo.v2 may be found at .../v2 and the other way round.
    return bool(major) and path_major[1:] == major[1:]


def legacy_go_mod(path: str) -> bytes:
    """The go.mod of a module that has none."""
    from gokiln.modules.modfile.values import auto_quote

    return f"module {auto_quote(path)}\n".encode("utf-8", "surrogateescape")

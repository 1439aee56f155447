"""Which files of a directory make the package, for one target: go/build's Context.Import of ".".

Files are sorted into lists by name, constraint, package clause and `import "C"`. An error does not stop the
selection: the first one is kept in `error` beside all that could still be learned.

Source: go/build/build.go (Import, matchFile, saveCgo), cmd/go/internal/modindex/read.go, go1.26. Only what cmd/go
uses is kept: AllTags is not.
"""

from __future__ import annotations

import os

from gokiln.base.disk import DIR, LINK, Entry, go_os_error
from gokiln.errors import GokilnError
from gokiln.golang.gofile import Directive, GoFileInfo
from gokiln.golang.position import Position
from gokiln.packages.error import BuildNoGoError, MultiplePackageError, ScanListError
from gokiln.packages.filelists import CGO_LISTS, FileLists
from gokiln.packages.sourcefiles import ReadError, SourceFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Positions = dict[str, list[Position]]

# Which list of a package a file's extension belongs to (go/build.fileListForExt).
EXTENSIONS = {
    ".c": "c_files",
    ".cc": "cxx_files",
    ".cpp": "cxx_files",
    ".cxx": "cxx_files",
    ".m": "m_files",
    ".h": "h_files",
    ".hh": "h_files",
    ".hpp": "h_files",
    ".hxx": "h_files",
    ".f": "f_files",
    ".F": "f_files",
    ".for": "f_files",
    ".f90": "f_files",
    ".s": "s_files",
    ".S": "s_files",
    ".sx": "s_files",
    ".swig": "swig_files",
    ".swigcxx": "swig_cxx_files",
    ".syso": "syso_files",
}


class SourcePackage(FileLists):
    """The package in a directory as its files show it (go/build.Package).

    error: the first thing wrong, or None. *_pos: import path or embed pattern -> where it is written.
    directives: the `//go:` lines above the package clauses. import_comment: what `package p // import "x"` names,
    import_comment_file where; only looked for in GOPATH mode. conflict_dir: the directory that hides this one. bin_dir,
    pkg_obj: where its command would be installed, set by the loader. Lists are sorted as directories are.
    """

    __slots__ = (
        "bin_dir",
        "binary_only",
        "conflict_dir",
        "dir",
        "directives",
        "documented",
        "embed_pattern_pos",
        "embed_patterns",
        "error",
        "first_file",
        "goroot",
        "import_comment",
        "import_comment_file",
        "import_path",
        "import_pos",
        "imports",
        "name",
        "pkg_obj",
        "pkg_target_root",
        "root",
        "test_directives",
        "test_embed_pattern_pos",
        "test_embed_patterns",
        "test_import_pos",
        "test_imports",
        "xtest_directives",
        "xtest_embed_pattern_pos",
        "xtest_embed_patterns",
        "xtest_import_pos",
        "xtest_imports",
    )

    def __init__(self, directory: str = "") -> None:
        self.dir = directory
        self.import_path = ""
        self.name = ""
        self.documented: list[GoFileInfo] = []  # files that may say what the package is for
        self.root = ""
        self.conflict_dir = ""
        self.bin_dir = ""
        self.pkg_obj = ""
        self.pkg_target_root = ""
        self.goroot = False
        self.binary_only = False
        self.import_comment = ""
        self.import_comment_file = ""
        self.first_file = ""
        self.error: GokilnError | None = None
        super().__init__()
        self.directives: list[Directive] = []
        self.test_directives: list[Directive] = []
        self.xtest_directives: list[Directive] = []
        self.imports: list[str] = []
        self.test_imports: list[str] = []
        self.xtest_imports: list[str] = []
        self.import_pos: Positions = {}
        self.test_import_pos: Positions = {}
        self.xtest_import_pos: Positions = {}
        self.embed_patterns: list[str] = []
        self.test_embed_patterns: list[str] = []
        self.xtest_embed_patterns: list[str] = []
        self.embed_pattern_pos: Positions = {}
        self.test_embed_pattern_pos: Positions = {}
        self.xtest_embed_pattern_pos: Positions = {}

    @property
    def doc(self) -> str:
        """The first sentence of the first package comment that has one. Worked out when asked."""
        return next((text for text in (info.synopsis() for info in self.documented) if text), "")

    def bad_file(self, name: str, err: GokilnError) -> None:
        """Note a Go file with a problem; the first problem becomes the package's."""
        if self.error is None:
            self.error = err
        if name not in self.invalid_go_files:
            self.invalid_go_files.append(name)


def import_dir(memo: SourceFiles, directory: str) -> SourcePackage:
    """The package in a directory. What is wrong is in its `error`; raises nothing."""
    package = SourcePackage(directory)
    try:
        entries = memo.entries(directory)
    except OSError as err:
        op = "open" if isinstance(err, FileNotFoundError | PermissionError) else "ReadDir"
        package.error = GokilnError(go_os_error(op, directory, err))
        return package
    return _select(memo, package, entries, use_all=False)


def import_files(memo: SourceFiles, directory: str, names: Iterable[str]) -> SourcePackage:
    """The package that just these files of a directory make, whatever their names and constraints say."""
    return _select(memo, SourcePackage(directory), [Entry(name, "f") for name in names], use_all=True)


def _select(memo: SourceFiles, package: SourcePackage, entries: list[Entry], use_all: bool) -> SourcePackage:
    upper_s: list[str] = []
    for entry in entries:
        name = entry.name
        if entry.kind == DIR:
            continue
        dot = name.rfind(".")
        ext = name[dot:] if dot >= 0 else ""
        if ext != ".go" and ext not in EXTENSIONS:
            continue
        path = os.path.join(package.dir, name)
        if entry.kind == LINK and memo.disk.is_dir(path):
            continue
        if ext == ".go":
            _select_go(memo, package, name, path, use_all)
        else:
            _select_other(memo, package, name, path, ext, upper_s, use_all)
    for kind in ("", "test_", "xtest_"):
        setattr(package, kind + "imports", sorted(getattr(package, kind + "import_pos")))
        setattr(package, kind + "embed_patterns", sorted(getattr(package, kind + "embed_pattern_pos")))
    # .S and .sx are compiled by the C compiler, which runs only with cgo.
    target = package.s_files if package.cgo_files else package.ignored_other_files
    if upper_s:
        target += upper_s
        target.sort()
    if package.error is None and not (
        package.go_files or package.cgo_files or package.test_go_files or package.xtest_go_files
    ):
        package.error = BuildNoGoError(package.dir)
    return package


def _select_other(
    memo: SourceFiles, package: SourcePackage, name: str, path: str, ext: str, upper_s: list[str], use_all: bool
) -> None:
    if name[0] in "_.":
        return
    keep = use_all or memo.good_name(name)
    if keep and ext != ".syso":
        try:
            info = memo.info(path)
        except OSError:
            keep = False
        else:
            build, problem = memo.verdict(info)
            keep = bool(info.read_error) or (not problem and (build or use_all))
    if not keep:
        package.ignored_other_files.append(name)
    elif ext in (".S", ".sx"):
        upper_s.append(name)
    else:
        getattr(package, EXTENSIONS[ext]).append(name)


def _select_go(memo: SourceFiles, package: SourcePackage, name: str, path: str, use_all: bool) -> None:
    if name[0] in "_.":
        return
    if not use_all and not memo.good_name(name):
        package.ignored_go_files.append(name)
        return
    try:
        info = memo.go_info(path)
    except OSError as err:
        package.bad_file(name, ReadError(go_os_error("open", memo.disk.actual(path) or path, err)))
        return
    if info.read_error:
        package.bad_file(name, ReadError(f"read {path}: {info.read_error}"))
        return
    build, problem = memo.verdict(info)
    if problem:
        package.bad_file(name, ReadError(f"{name}: {problem}"))
        return
    if not build and not use_all:
        package.ignored_go_files.append(name)
        return
    is_test = name.endswith("_test.go")
    if info.binary_only and not is_test:
        package.binary_only = True
    if info.errors:
        package.bad_file(name, _parse_error(info))
    if info.package == "documentation":
        package.ignored_go_files.append(name)
        return
    _add_go(memo, package, name, info, is_test, use_all)


def _parse_error(info: GoFileInfo) -> GokilnError:
    if info.errors_are_list:
        first = info.errors[0]
        return ScanListError(first.pos, first.msg, info.error_string())
    return ReadError(info.error_string())


def _add_go(
    memo: SourceFiles, package: SourcePackage, name: str, info: GoFileInfo, is_test: bool, use_all: bool
) -> None:
    pkg = info.package
    is_xtest = False
    if is_test and pkg.endswith("_test") and package.name != pkg:
        is_xtest = True
        pkg = pkg[: -len("_test")]
    if not package.name:
        package.name = pkg
        package.first_file = name
    elif pkg != package.name:
        pair = MultiplePackageError(package.dir, (package.name, pkg), (package.first_file, name))
        package.bad_file(name, pair)
    if not is_test:
        package.documented.append(info)
    if memo.gopath_mode and info.import_comment_line and not use_all:
        _note_import_comment(package, name, info)
    shown = info.filename if memo.gopath_mode or use_all else name
    is_cgo = False
    for imported in info.imports:
        if imported.path != "C":
            continue
        if is_test:
            package.bad_file(name, GokilnError(f"use of cgo in test {shown} not supported"))
            continue
        is_cgo = True
        if imported.doc:
            _save_cgo(memo, package, name, shown, imported.doc)
    if is_cgo and not memo.cgo_enabled:
        package.ignored_go_files.append(name)
        return
    kind = "xtest_" if is_xtest else "test_" if is_test else ""
    getattr(package, "cgo_files" if is_cgo else kind + "go_files").append(name)
    positions: Positions = getattr(package, kind + "import_pos")
    for imported in info.imports:
        positions.setdefault(imported.path, []).append(imported.pos)
    if info.embeds:
        patterns: Positions = getattr(package, kind + "embed_pattern_pos")
        for embed in info.embeds:
            patterns.setdefault(embed.pattern, []).append(embed.pos)
    if info.directives:
        getattr(package, kind + "directives").extend(info.directives)


def _note_import_comment(package: SourcePackage, name: str, info: GoFileInfo) -> None:
    from gokiln.base.quote import go_quote, unquote

    try:
        comment = unquote(info.import_comment)
    except ValueError:
        where = f"{info.filename}:{info.import_comment_line}"
        package.bad_file(name, ReadError(f"{where}: cannot parse import comment"))
        return
    if not package.import_comment:
        package.import_comment, package.import_comment_file = comment, name
    elif comment != package.import_comment:
        one = f"{go_quote(package.import_comment)} ({package.import_comment_file})"
        other = f"{go_quote(comment)} ({name})"
        package.bad_file(name, ReadError(f"found import comments {one} and {other} in {package.dir}"))


def _save_cgo(memo: SourceFiles, package: SourcePackage, name: str, shown: str, text: str) -> None:
    from gokiln.golang.cgodirective import CgoError, CgoFlags, save_cgo

    found = CgoFlags()
    try:
        save_cgo(found, shown, package.dir, text, memo.matches_tag)
    except CgoError as err:
        package.bad_file(name, ReadError(str(err)))
    for slot in CGO_LISTS:
        getattr(package, slot).extend(getattr(found, slot.removeprefix("cgo_")))

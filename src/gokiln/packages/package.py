"""One package: its files, its imports, where it came from, what is wrong with it.

Source: cmd/go/internal/load/pkg.go (PackagePublic, PackageInternal, NoGoError), go1.26. Field names are cmd/go's
in snake case; the fields of PackageInternal stand beside the public ones. File names are relative to
`dir`, sorted; strings may hold surrogate escapes (paths that are not UTF-8).
"""

from __future__ import annotations

from gokiln.base.pattern import is_standard_import_path
from gokiln.base.postorder import post_order
from gokiln.errors import GokilnError
from gokiln.packages.filelists import CGO_LISTS, FILE_LISTS, FileLists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.modules.version import ModulePublic
    from gokiln.packages.error import PackageError
    from gokiln.packages.select import SourcePackage


class CoverSetup:
    """How -cover applies to a package (load.CoverSetup): mode "" means not at all."""

    __slots__ = ("cfg", "gen_meta", "mode")

    def __init__(self) -> None:
        self.mode = ""
        self.cfg = ""
        self.gen_meta = False


# (slot name, JSON name, kind) in the order `go list -json` prints them; kind: s str, b bool, l list, m dict, o object.
PUBLIC_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("dir", "Dir", "s"),
    ("import_path", "ImportPath", "s"),
    ("import_comment", "ImportComment", "s"),
    ("name", "Name", "s"),
    ("doc", "Doc", "s"),
    ("target", "Target", "s"),
    ("shlib", "Shlib", "s"),
    ("root", "Root", "s"),
    ("conflict_dir", "ConflictDir", "s"),
    ("for_test", "ForTest", "s"),
    ("export", "Export", "s"),
    ("build_id", "BuildID", "s"),
    ("module", "Module", "o"),
    ("match", "Match", "l"),
    ("goroot", "Goroot", "b"),
    ("standard", "Standard", "b"),
    ("dep_only", "DepOnly", "b"),
    ("binary_only", "BinaryOnly", "b"),
    ("incomplete", "Incomplete", "b"),
    ("default_godebug", "DefaultGODEBUG", "s"),
    ("stale", "Stale", "b"),
    ("stale_reason", "StaleReason", "s"),
    ("go_files", "GoFiles", "l"),
    ("cgo_files", "CgoFiles", "l"),
    ("compiled_go_files", "CompiledGoFiles", "l"),
    ("ignored_go_files", "IgnoredGoFiles", "l"),
    ("invalid_go_files", "InvalidGoFiles", "l"),
    ("ignored_other_files", "IgnoredOtherFiles", "l"),
    ("c_files", "CFiles", "l"),
    ("cxx_files", "CXXFiles", "l"),
    ("m_files", "MFiles", "l"),
    ("h_files", "HFiles", "l"),
    ("f_files", "FFiles", "l"),
    ("s_files", "SFiles", "l"),
    ("swig_files", "SwigFiles", "l"),
    ("swig_cxx_files", "SwigCXXFiles", "l"),
    ("syso_files", "SysoFiles", "l"),
    ("embed_patterns", "EmbedPatterns", "l"),
    ("embed_files", "EmbedFiles", "l"),
    ("cgo_cflags", "CgoCFLAGS", "l"),
    ("cgo_cppflags", "CgoCPPFLAGS", "l"),
    ("cgo_cxxflags", "CgoCXXFLAGS", "l"),
    ("cgo_fflags", "CgoFFLAGS", "l"),
    ("cgo_ldflags", "CgoLDFLAGS", "l"),
    ("cgo_pkg_config", "CgoPkgConfig", "l"),
    ("imports", "Imports", "l"),
    ("import_map", "ImportMap", "m"),
    ("deps", "Deps", "l"),
    ("error", "Error", "o"),
    ("deps_errors", "DepsErrors", "l"),
    ("test_go_files", "TestGoFiles", "l"),
    ("test_imports", "TestImports", "l"),
    ("test_embed_patterns", "TestEmbedPatterns", "l"),
    ("test_embed_files", "TestEmbedFiles", "l"),
    ("xtest_go_files", "XTestGoFiles", "l"),
    ("xtest_imports", "XTestImports", "l"),
    ("xtest_embed_patterns", "XTestEmbedPatterns", "l"),
    ("xtest_embed_files", "XTestEmbedFiles", "l"),
)

_INTERNAL_FIELDS = (
    "build",  # the SourcePackage of packages/select.py: positions of imports, directives, embed maps
    "internal_imports",  # list[Package]: direct imports, in the order of `imports`, without "C"
    "compiled_imports",
    "raw_imports",  # as written in the source, 1:1 with the end of `imports`
    "force_library",
    "cmdline_files",
    "cmdline_pkg",
    "cmdline_pkg_literal",
    "local",
    "local_prefix",
    "exe_name",
    "fuzz_instrument",
    "cover",
    "omit_debug",
    "gobin_subdir",
    "build_info",  # the BuildInfo text (modinfo lines) of a main package, or ""
    "testmain_go",  # bytes of _testmain.go, or None
    "embed",  # dict: pattern -> list of files
    "orig_import_path",
    "documented",  # the SourcePackage whose comments say what the package is for, or None
    "pgo_profile",
    "for_main",
    "asmflags",
    "gcflags",
    "ldflags",
    "gccgoflags",
)


class Package(FileLists):
    """A package found in a directory. Filled by packages.load, then only read, but for what list and test add."""

    __slots__ = tuple(f[0] for f in PUBLIC_FIELDS if f[0] not in (*FILE_LISTS, *CGO_LISTS, "doc")) + _INTERNAL_FIELDS

    if TYPE_CHECKING:
        module: ModulePublic | None
        error: PackageError | None
        deps_errors: list[PackageError]
        import_map: dict[str, str]
        embed: dict[str, list[str]]
        internal_imports: list[Package]
        cover: CoverSetup
        testmain_go: bytes | None
        build: object | None
        documented: SourcePackage | None
        dir: str
        import_path: str
        import_comment: str
        name: str
        target: str
        shlib: str
        root: str
        conflict_dir: str
        for_test: str
        export: str
        build_id: str
        match: list[str]
        goroot: bool
        standard: bool
        dep_only: bool
        binary_only: bool
        incomplete: bool
        default_godebug: str
        stale: bool
        stale_reason: str
        compiled_go_files: list[str]
        embed_patterns: list[str]
        embed_files: list[str]
        imports: list[str]
        deps: list[str]
        test_imports: list[str]
        test_embed_patterns: list[str]
        test_embed_files: list[str]
        xtest_imports: list[str]
        xtest_embed_patterns: list[str]
        xtest_embed_files: list[str]
        compiled_imports: list[str]
        raw_imports: list[str]
        force_library: bool
        cmdline_files: bool
        cmdline_pkg: bool
        cmdline_pkg_literal: bool
        local: bool
        local_prefix: str
        exe_name: str
        fuzz_instrument: bool
        omit_debug: bool
        gobin_subdir: bool
        build_info: str
        orig_import_path: str
        pgo_profile: str
        for_main: str
        asmflags: list[str]
        gcflags: list[str]
        ldflags: list[str]
        gccgoflags: list[str]

    def __init__(self) -> None:
        for name, _, kind in PUBLIC_FIELDS:
            if name == "doc":
                continue
            if kind == "s":
                setattr(self, name, "")
            elif kind == "b":
                setattr(self, name, False)
            elif kind == "l":
                setattr(self, name, [])
            elif kind == "m":
                setattr(self, name, {})
            else:
                setattr(self, name, None)
        self.build = None
        self.internal_imports = []
        self.compiled_imports = []
        self.raw_imports = []
        self.force_library = False
        self.cmdline_files = False
        self.cmdline_pkg = False
        self.cmdline_pkg_literal = False
        self.local = False
        self.local_prefix = ""
        self.exe_name = ""
        self.fuzz_instrument = False
        self.cover = CoverSetup()
        self.omit_debug = False
        self.gobin_subdir = False
        self.build_info = ""
        self.testmain_go = None
        self.embed = {}
        self.orig_import_path = ""
        self.documented = None
        self.pgo_profile = ""
        self.for_main = ""
        self.asmflags = []
        self.gcflags = []
        self.ldflags = []
        self.gccgoflags = []

    @property
    def doc(self) -> str:
        """The first sentence of the package comment. Worked out when asked: only `list` does."""
        return self.documented.doc if self.documented is not None else ""

    def __repr__(self) -> str:
        return f"<Package {self.desc()}>"

    def desc(self) -> str:
        """The package's name in headings: import path, and the test or main program it is built for."""
        if self.for_test:
            return f"{self.import_path} [{self.for_test}.test]"
        if self.for_main:
            return f"{self.import_path} [{self.for_main}]"
        return self.import_path

    def copy_build(self, data: SourcePackage, *, ignore_imports: bool = False, msan: bool = False) -> None:
        """Take over what the files of the directory say (load.Package.copyBuild). msan: .syso files are left out."""
        self.build = data
        self.dir = data.dir
        self.import_path = data.import_path
        self.import_comment = data.import_comment
        self.name = data.name
        self.documented = data
        self.root = data.root
        self.conflict_dir = data.conflict_dir
        self.binary_only = data.binary_only
        self.goroot = data.goroot
        self.standard = self.goroot and self.import_path != "" and is_standard_import_path(self.import_path)
        for slot in FILE_LISTS:
            setattr(self, slot, getattr(data, slot))
        if msan:
            self.syso_files = []
        for slot in CGO_LISTS:
            setattr(self, slot, getattr(data, slot))
        if not ignore_imports:
            self.imports = list(data.imports)
            self.raw_imports = data.imports
            self.test_imports = data.test_imports
            self.xtest_imports = data.xtest_imports
        self.embed_patterns = data.embed_patterns
        self.test_embed_patterns = data.test_embed_patterns
        self.xtest_embed_patterns = data.xtest_embed_patterns
        self.orig_import_path = data.import_path

    def uses_swig(self) -> bool:
        """Whether SWIG has to run for this package."""
        return bool(self.swig_files or self.swig_cxx_files)

    def uses_cgo(self) -> bool:
        """Whether cgo has to run for this package."""
        return bool(self.cgo_files)

    def is_test_only(self) -> bool:
        """Whether the package exists only for tests (load.Package.IsTestOnly)."""
        if self.for_test or self.testmain_go is not None:
            return True
        return bool(self.test_go_files or self.xtest_go_files) and not (self.go_files or self.cgo_files)


class NoGoError(GokilnError):
    """Nothing in the package is to be built (load.NoGoError); why is only known once the package is filled."""

    def __init__(self, package: Package) -> None:
        super().__init__("no Go files")
        self.package = package

    def __str__(self) -> str:
        p = self.package
        if p.ignored_go_files:
            return "build constraints exclude all Go files in " + p.dir
        if p.test_go_files or p.xtest_go_files:
            return "no non-test Go files in " + p.dir
        return "no Go files in " + p.dir


def package_list(roots: Sequence[Package], seen: set[Package] | None = None) -> list[Package]:
    """All packages below the roots and the roots, each after what it imports (load.PackageList).

    seen: packages to leave out; those found are added to it.
    """
    return post_order(roots, lambda p: p.internal_imports, seen)

"""From an import path to a Package and all it imports.

A package is made once for each resolved import path. What is wrong with it stays on it (`error`, `incomplete`); why
one package may not import another is put on the importer. The import stack says how we got here.

Source: cmd/go/internal/load/pkg.go (loadImport, loadPackageData, load, reusePackage), go1.26.
"""

from __future__ import annotations

import os
import sys

from gokiln.base.godebugvar import godebug_value
from gokiln.base.pattern import has_file_path_prefix, is_local_import
from gokiln.base.quote import go_quote
from gokiln.base.shortpath import short_path
from gokiln.config.fips140 import Fips140
from gokiln.errors import GokilnError, chain
from gokiln.modules.resolve.loaded import PackageOpts as ModPackageOpts
from gokiln.modules.resolve.state import NO_ROOT
from gokiln.packages import buildinfo
from gokiln.packages.error import EmbedError, ImportPathError, ImportStack, PackageError
from gokiln.packages.godebug import default_godebug
from gokiln.packages.implied import SIMD_BRIDGE, add_implied, needs_bridge
from gokiln.packages.inputs import check_inputs, check_languages, fold, safe_arg
from gokiln.packages.loaderror import note_reuse, set_error, set_load_error, unloadable
from gokiln.packages.loadopts import ALLOW_SIMD_BRIDGE, CMDLINE_PKG, CMDLINE_PKG_LITERAL, RESOLVE_IMPORT, PackageOpts
from gokiln.packages.package import Package, package_list
from gokiln.packages.select import SourcePackage
from gokiln.packages.target import STALE_PATH, archive_root, bin_dir, install_target_dir, set_target
from gokiln.packages.toolflags import set_own_flags
from gokiln.packages.visibility import disallow_internal, disallow_kind, disallow_vendor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.config.config import Config
    from gokiln.golang.gofile import Directive
    from gokiln.golang.position import Position
    from gokiln.modules.resolve.loader import Loader
    from gokiln.modules.resolve.mainmodules import MainModuleSet
    from gokiln.modules.resolve.match import Match
    from gokiln.packages.scan import ScanMemo

_DEEP = 50_000
_FLAGS_AT_ONCE_SINCE = 27  # minor release in which packages get their -gcflags before their files are read


class ImportGraph:
    """All packages of one command."""

    def __init__(self, config: Config, modules: Loader, memo: ScanMemo, vcs: buildinfo.Vcs | None = None) -> None:
        """modules: import path -> module and directory. memo: directories. vcs: for stamping; None: never."""
        self.config = config
        self.modules = modules
        self.memo = memo
        self.vcs = vcs
        self.fips140 = config.fips140 or Fips140()
        self.disk = memo.disk
        self.goroot_src = os.path.join(config.toolchain.goroot, "src")
        self.build_infos: dict[Package, buildinfo.BuildInfo] = {}
        self._cache: dict[str, Package] = {}
        self._unfinished: set[Package] = set()  # no imports yet: being loaded, or given up
        self._data: dict[str, SourcePackage] = {}
        self._resolved: dict[tuple[str, str], tuple[str, str, GokilnError | None]] = {}
        self._folded: dict[str, str] = {}
        godebug = config.env.environ.get("GODEBUG", "")
        self._gccgo = config.flags.compiler == "gccgo"
        self.flags_at_once = config.toolchain.release.minor >= _FLAGS_AT_ONCE_SINCE
        self._install_goroot = godebug_value(godebug, "installgoroot") == "all"
        self._follow_symlinks = godebug_value(godebug, "embedfollowsymlinks") == "1"
        # One import nests three calls; a chain of a few hundred imports would meet Python's limit.
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEP))

    def short_path(self, path: str) -> str:
        """The path as messages show it."""
        return short_path(path, self.config.cwd)

    # Import path -> package

    def load_import(
        self,
        opts: PackageOpts,
        path: str,
        src_dir: str,
        parent: Package | None,
        stack: ImportStack,
        import_pos: Sequence[Position] | None,
        mode: int,
    ) -> tuple[Package, PackageError | None]:
        """The package at an import path, and why parent may not import it (or None).

        src_dir: the importing directory. import_pos: where parent imports it.
        """
        data, err = self._package_data(path, parent, src_dir, mode)
        if data is None:
            assert err is not None
            return unloadable(path, err, stack, import_pos, self.short_path), None
        p = self._cache.get(data.import_path)
        if p is not None:
            note_reuse(p, p in self._unfinished, path, stack, import_pos)
        else:
            p = Package()
            p.local = is_local_import(path)
            p.import_path = data.import_path
            self._cache[data.import_path] = p
        if mode & CMDLINE_PKG:
            p.cmdline_pkg = True
        if mode & CMDLINE_PKG_LITERAL:
            p.cmdline_pkg_literal = True
        if self.flags_at_once and p.build is None:
            set_own_flags(self.config.flags, [p], self.main_modules)
        if p.build is None:
            self.fill(p, opts, path, stack, import_pos, data, err)
            self.check_path(p, path, stack, import_pos)
        return p, self._disallow(path, src_dir, parent, p, stack, import_pos, mode)

    def _disallow(
        self,
        path: str,
        src_dir: str,
        parent: Package | None,
        p: Package,
        stack: ImportStack,
        import_pos: Sequence[Position] | None,
        mode: int,
    ) -> PackageError | None:
        """Why parent may not import p at path, or None."""
        parent_path = parent.import_path if parent is not None else ""
        found = None
        allowed = mode & ALLOW_SIMD_BRIDGE and path == SIMD_BRIDGE
        if not allowed and not (self._gccgo and p.standard):  # packages of gccgo's library cannot be checked
            found = disallow_internal(src_dir, parent, parent_path, p, stack, self.modules.dir_import_path)
        if found is None and mode & RESOLVE_IMPORT:
            found = disallow_vendor(src_dir, path, parent_path, p, stack)
        if found is None and parent is not None:
            found = disallow_kind(path, parent, p, stack)
        if found is not None:
            found.set_pos(import_pos, self.short_path)
        return found

    # Package data

    def _package_data(
        self, path: str, parent: Package | None, src_dir: str, mode: int
    ) -> tuple[SourcePackage | None, GokilnError | None]:
        """What the files of the package say, and the error with it. No package at all for an impossible path."""
        if path.startswith("mod/"):
            return None, GokilnError(f"disallowed import path {go_quote(path)}")
        if "@" in path:
            text = "can only use path@version syntax with 'go get' and 'go install' in module-aware mode"
            return None, GokilnError(text)
        return self.find_data(path, parent, src_dir, mode)

    def find_data(
        self, path: str, parent: Package | None, src_dir: str, mode: int
    ) -> tuple[SourcePackage, GokilnError | None]:
        """The package that `path` means in parent, from its files, and what is wrong with it.

        src_dir: the directory of parent, or where the command runs. mode: as load_import's.
        """
        parent_path = parent.import_path if parent is not None and parent.standard else ""
        key = (path, parent_path)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._resolve(path, parent_path)
        directory, real_path, err = found
        data = self._data.get(real_path)
        if data is None:
            data = self._data[real_path] = self._read_data(path, real_path, directory, err)
        return data, data.error

    def _resolve(self, path: str, std_parent: str) -> tuple[str, str, GokilnError | None]:
        snapshot = self.fips140.resolve_import(path)
        if snapshot is not None:
            return snapshot[1], snapshot[0], None
        directory, real_path, err = self.modules.lookup(std_parent, bool(std_parent), path)
        return directory, real_path or path, err

    def resolve_import_path(self, parent: Package | None, path: str) -> str:
        """What an import path means in parent, std's vendored copies included (load.ResolveImportPath)."""
        std_parent = parent.import_path if parent is not None and parent.standard else ""
        snapshot = self.fips140.resolve_import(path)
        if snapshot is not None:
            return snapshot[0]
        _, real_path, err = self.modules.lookup(std_parent, bool(std_parent), path)
        return path if err is not None else real_path

    def _read_data(self, path: str, real_path: str, directory: str, err: GokilnError | None) -> SourcePackage:
        if directory:
            data = self._source_package(directory)
            self.set_place(data, directory)
            info = self.modules.package_module_info(path)
            if info is not None:
                data.root = info.dir
            if err is not None and data.error is None and not any(getattr(e, "no_go", False) for e in chain(err)):
                data.error = err
        else:
            data = SourcePackage()
            if err is None and path != "unsafe":
                text = f'unknown import path "{real_path}": internal error: module loader did not resolve import'
                err = GokilnError(text)
            data.error = err
        data.import_path = real_path
        if not data.goroot:
            data.bin_dir = bin_dir(self.config)
        return data

    def _source_package(self, directory: str) -> SourcePackage:
        """The package in a directory; without its files when that is GOROOT's and gccgo has a compiled one instead."""
        inside = directory != self.goroot_src and has_file_path_prefix(directory, self.goroot_src)
        if self._gccgo and inside:
            return SourcePackage(directory)
        return self.memo.source_package(directory)

    def match(self, opts: PackageOpts, patterns: Sequence[str]) -> Sequence[Match]:
        """What the patterns of a command line match; in module mode this loads the modules of all packages."""
        wanted = ModPackageOpts(
            resolve_missing_imports=True, load_tests=opts.mod_resolve_tests, silence_package_errors=True
        )
        return self.modules.load_packages(wanted, list(patterns))[0]

    def load_imports_of_files(self, files: Sequence[str]) -> None:
        """Get ready for the imports of files named on the command line."""
        self.modules.import_from_files(list(files))

    def main_modules(self) -> MainModuleSet | None:
        """The main modules, None in GOPATH mode."""
        return self.modules.mains()

    def set_place(self, data: SourcePackage, directory: str) -> None:
        """Note whether the directory lies in GOROOT, and what follows from that (go/build's Root, BinDir, PkgObj)."""
        data.import_path = "."
        if self.fips140.holds(directory):
            data.goroot = True
            return
        if directory == self.goroot_src or not has_file_path_prefix(directory, self.goroot_src):
            return
        sub = directory[len(self.goroot_src) + 1 :].replace(os.sep, "/")
        if "testdata" in sub.split("/"):
            return
        goroot = self.config.toolchain.goroot
        data.goroot, data.import_path, data.root = True, sub, self.config.toolchain.goroot_said
        data.bin_dir = os.path.join(goroot, "bin")
        data.pkg_target_root = archive_root(self.config, goroot)
        if self._install_goroot and sub not in ("unsafe", "builtin"):
            data.pkg_obj = os.path.join(data.pkg_target_root, sub + ".a")

    def check_path(self, p: Package, path: str, stack: ImportStack, import_pos: Sequence[Position] | None) -> None:
        """Say on a package that was just made what is wrong with the path it was imported by: here the loader has."""

    # Filling a package

    def fill(
        self,
        p: Package,
        opts: PackageOpts,
        path: str,
        stack: ImportStack,
        import_pos: Sequence[Position] | None,
        data: SourcePackage,
        err: BaseException | None,
    ) -> None:
        """Make the package out of what its files say, and load what it imports (load.Package.load)."""
        self._unfinished.add(p)
        p.copy_build(data, ignore_imports=opts.ignore_imports, msan=self.config.flags.msan)
        if err is not None:
            p.incomplete = True
            set_load_error(p, err, path, stack, import_pos, self.short_path)
        if p.name == "main" and install_target_dir(p) == STALE_PATH:
            new_path = p.import_path.replace("code.google.com/p/go.", "golang.org/x/", 1)
            moved = f"the {p.import_path} command has moved; use {new_path} instead."
            set_error(p, ImportPathError(p.import_path, moved), path, stack, import_pos, self.short_path)
            return
        set_target(p, self.config, data)
        try:
            import_paths = list(p.imports) if opts.ignore_imports else add_implied(self.config, p)
            self._check_import_path(p.import_path)
        except GokilnError as problem:
            set_error(p, problem, path, stack, import_pos, self.short_path)
            return
        stack.push(path, import_pos)
        self._fill_inside(p, opts, data, import_paths, stack, path)
        stack.pop()

    def _check_import_path(self, path: str) -> None:
        """Raise ImportPathError for a path that differs from another one by case only, or could be taken for a flag."""
        other = self._folded.setdefault(fold(path), path)
        if other != path:
            raise ImportPathError(path, f"case-insensitive import collision: {go_quote(path)} and {go_quote(other)}")
        if not safe_arg(path):
            raise ImportPathError(path, f"invalid import path {go_quote(path)}")

    def _fill_inside(
        self,
        p: Package,
        opts: PackageOpts,
        data: SourcePackage,
        import_paths: list[str],
        stack: ImportStack,
        path: str,
    ) -> None:
        """What is the package's own: from here on errors show no importing position."""
        p.module = self.modules.package_module_info("command-line-arguments" if p.cmdline_files else p.import_path)
        if p.name == "main":
            p.default_godebug = self.default_godebug(p, [data.directives])
        if not opts.suppress_embed_files and p.embed_patterns:
            self._resolve_embed(p, data, stack, path)
        problem = check_inputs(p)
        if problem:
            set_error(p, problem, path, stack, None, self.short_path)
            return
        self._load_imports(p, opts, data, import_paths, stack)
        complete = p.error is None and not p.incomplete
        if p.name == "main" and complete and not p.force_library and not opts.suppress_build_info:
            self.set_build_info(p, opts.auto_vcs)
        if not self.config.target.cgo_enabled:
            for slot in ("c_files", "cxx_files", "m_files", "swig_files", "swig_cxx_files"):
                setattr(p, slot, [])
        problem = check_languages(p, self._gccgo)
        if problem:
            set_error(p, problem, path, stack, None, self.short_path)

    def default_godebug(self, p: Package, directives: Sequence[Sequence[Directive]]) -> str:
        """The GODEBUG settings that main package p starts with. directives: `//go:` lines, later lists stronger."""
        toolchain = self.config.toolchain
        return default_godebug(
            self.godebug_version(p),
            self.modules.godebugs(),
            directives,
            toolchain.release,
            toolchain.version.removeprefix("go"),
            self.fips140.enabled,
        )

    def godebug_version(self, p: Package) -> str:
        """The Go version whose GODEBUG defaults main package p has."""
        if self.modules.root_mode == NO_ROOT and p.module is not None:
            return p.module.go_version or "1.20"
        return self.modules.go_version()

    def _resolve_embed(self, p: Package, data: SourcePackage, stack: ImportStack, path: str) -> None:
        from gokiln.packages.embed import resolve_embed

        try:
            p.embed_files, p.embed = resolve_embed(self.disk, p.dir, p.embed_patterns, self._follow_symlinks)
        except EmbedError as err:
            p.incomplete = True
            set_error(p, err, path, stack, None, self.short_path)
            assert p.error is not None
            p.error.set_pos(data.embed_pattern_pos.get(err.pattern), self.short_path)

    def _load_imports(
        self, p: Package, opts: PackageOpts, data: SourcePackage, import_paths: list[str], stack: ImportStack
    ) -> None:
        imports: list[Package] = []
        own = len(p.imports)
        positions = data.import_pos
        mode = RESOLVE_IMPORT | (ALLOW_SIMD_BRIDGE if needs_bridge(self.config, p.imports) else 0)
        for i, path in enumerate(import_paths):
            if path == "C":
                continue
            p1, err = self.load_import(opts, path, p.dir, p, stack, positions.get(path), mode)
            if err is not None and p.error is None:
                p.error = err
                p.incomplete = True
            if i < own:
                p.imports[i] = p1.import_path
            imports.append(p1)
            if p1.incomplete:
                p.incomplete = True
        p.internal_imports = imports
        self._unfinished.discard(p)

    def set_build_info(self, p: Package, auto_vcs: bool) -> None:
        """Gather what the program will say about its build (setBuildInfo)."""
        info = buildinfo.module_lines(p, self.modules.sum, self.modules.build_mod == "vendor")
        buildinfo.add_settings(info, p, self.config, self.fips140.version)
        buildinfo.add_vcs(info, p, self.config, self.vcs, auto_vcs)
        if p.error is None:
            self.build_infos[p] = info
            p.build_info = str(info)

    def set_tool_flags(self, roots: Sequence[Package]) -> None:
        """Give every package below the roots its -gcflags and the like."""
        set_own_flags(self.config.flags, package_list(roots), self.main_modules)

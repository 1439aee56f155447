"""The door of the module loader: cmd/go's exported modload functions as methods of one object.

A Loader has state of its own; there may be several at a time (a module and, beside it, the workspace). Rarely used
parts are imported when they are called.

Source: cmd/go/internal/modload, go1.26.
"""

from __future__ import annotations

from gokiln.modules.resolve.errors import NO_MODULE, PkgNotFoundError
from gokiln.modules.resolve.imports import find_standard_import_path
from gokiln.modules.resolve.load import import_from_files, load_packages
from gokiln.modules.resolve.localpkg import dir_import_path
from gokiln.modules.resolve.modfiles import load_mod_file
from gokiln.modules.resolve.modinfo import module_info_for, package_mod_root, package_module_info
from gokiln.modules.resolve.pkgload import std_vendor
from gokiln.modules.resolve.state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.errors import GokilnError
    from gokiln.modules.resolve.commit import WriteOpts
    from gokiln.modules.resolve.loaded import PackageOpts
    from gokiln.modules.resolve.match import Match
    from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
    from gokiln.modules.version import ModulePublic, ModVersion


class Loader(State):
    """Modules and packages for one command: Loader(config, fetcher, scan). See State for its settings.

    Set root_mode, force_use_modules, allow_missing_module_imports before the first call. Methods raise GokilnError.
    """

    def init_workfile(self) -> None:
        """Look for a go.work file; for commands that work in workspaces."""
        self.work_file_path = self.find_go_work(self.cwd)

    def load_mod_file(self) -> Requirements:
        """Read go.mod (once) and return its requirements."""
        return load_mod_file(self)

    def load_mod_graph(self, go_version: str = "") -> ModuleGraph:
        """The whole module graph, as the given Go version sees it ("": go.mod's)."""
        from gokiln.modules.resolve.modgraph import load_mod_graph

        return load_mod_graph(self, go_version)

    def load_packages(self, opts: PackageOpts, patterns: list[str]) -> tuple[list[Match], list[str]]:
        """(one Match per pattern, import paths of all packages loaded)."""
        return load_packages(self, opts, patterns)

    def import_from_files(self, go_files: list[str]) -> None:
        """Load what Go files named on the command line import."""
        import_from_files(self, go_files)

    def load_outside_module(self, args: list[str]) -> tuple[list[str], ModVersion]:
        """(patterns without versions, their module) of `pkg@version` arguments, of which it makes the build list."""
        from gokiln.modules.resolve.outside import load_outside_module

        return load_outside_module(self, args)

    def lookup(self, parent_path: str, parent_is_std: bool, path: str) -> tuple[str, str, GokilnError | None]:
        """(directory, import path, what is wrong) of the package that `path` means in the package parent_path."""
        ld = self.loaded
        if ld is None:
            raise AssertionError("lookup before load_packages")
        if parent_is_std:
            path = std_vendor(self, ld.opts, parent_path, path)
        pkg = ld.pkg_cache.get(path)
        if pkg is not None:
            return pkg.dir, pkg.path, pkg.err
        # Not reached by loading: "unsafe", what the build adds ("runtime/cgo"), imports of tests that were not loaded.
        directory = find_standard_import_path(self, path)
        if directory:
            return directory, path, None
        return "", "", PkgNotFoundError()

    def package_module(self, path: str) -> ModVersion:
        """The module of a loaded package, or NO_MODULE."""
        pkg = self.loaded.pkg_cache.get(path) if self.loaded is not None else None
        return pkg.mod if pkg is not None else NO_MODULE

    def package_module_info(self, path: str) -> ModulePublic | None:
        """What is shown of the module of a loaded package; None for the standard library."""
        return package_module_info(self, path)

    def package_mod_root(self, path: str) -> str:
        """The root directory of the module of a loaded package, or ""."""
        return package_mod_root(self, path)

    def module_info(self, arg: str) -> ModulePublic:
        """What is shown of `path` or `path@version`."""
        return module_info_for(self, arg)

    def list_modules(self, args: list[str], mode: int = 0, reuse_file: str = "") -> list[ModulePublic]:
        """What `list -m args` shows; mode: modinfo's LIST_ bits. See listmods.list_modules for errors."""
        from gokiln.modules.resolve.listmods import list_modules

        return list_modules(self, args, mode, reuse_file)

    def dir_import_path(self, directory: str) -> str:
        """The import path a directory of a main module has, "." elsewhere."""
        return dir_import_path(self, directory)[0]

    def why(self, path: str) -> str:
        """The import chain to a loaded package, one package a line; "" when it was not loaded."""
        pkg = self.loaded.pkg_cache.get(path) if self.loaded is not None else None
        return pkg.why() if pkg is not None else ""

    def why_chain(self, path: str) -> list[tuple[str, ModVersion]]:
        """why() with the module of each package."""
        pkg = self.loaded.pkg_cache.get(path) if self.loaded is not None else None
        return pkg.why_chain() if pkg is not None else []

    def why_depth(self, path: str) -> int:
        """The number of lines of why()."""
        pkg = self.loaded.pkg_cache.get(path) if self.loaded is not None else None
        return pkg.why_depth() if pkg is not None else 0

    def edit_build_list(self, add: list[ModVersion], must_select: list[ModVersion]) -> bool:
        """Change selected versions (`go get`); whether any changed. Raises conflict.ConstraintError when they clash."""
        from gokiln.modules.resolve.edit import edit_build_list

        return edit_build_list(self, add, must_select)

    def write_go_mod(self, opts: WriteOpts | None = None) -> None:
        """Write the requirements back to go.mod and go.sum, as far as -mod allows."""
        from gokiln.modules.resolve.commit import write_go_mod

        write_go_mod(self, opts)

    def go_version(self) -> str:
        """The Go version of the main module (or workspace; the local one outside a module)."""
        return self.mains().go_version()

    def godebugs(self) -> list[tuple[str, str]]:
        """(key, value) of the godebug lines in effect."""
        return [(g.key, g.value) for g in self.mains().godebugs()]

    def sum(self, mod: ModVersion) -> str:
        """The h1: hash of a module's zip for build information, or ""."""
        return self.fetcher.sum(mod)

    @property
    def vendor_dir(self) -> str:
        """The vendor directory in use. Raises GokilnError outside a module."""
        from gokiln.modules.resolve.vendorlist import vendor_dir

        return vendor_dir(self)

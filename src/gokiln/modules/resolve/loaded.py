"""What was asked of the package loader, and what came of it: what is known of packages once they are loaded.

Source: cmd/go/internal/modload/load.go (PackageOpts, loader), go1.26.
"""

from __future__ import annotations

from gokiln.modules.resolve.errors import NO_MODULE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gokiln.modules.resolve.loadpkg import LoadPkg
    from gokiln.modules.resolve.requirements import Requirements
    from gokiln.modules.version import ModVersion


class PackageOpts:
    """What load_packages is to do; fields as cmd/go's modload.PackageOpts. tags None: the build's own."""

    __slots__ = (
        "allow_errors",
        "allow_package",
        "assume_roots_imported",
        "expect",
        "load_tests",
        "main_module",
        "resolve_missing_imports",
        "silence_missing_std_imports",
        "silence_no_go_errors",
        "silence_package_errors",
        "silence_unmatched_warnings",
        "tags",
        "tidy",
        "tidy_compatible_version",
        "tidy_diff",
        "tidy_go_version",
        "use_vendor_all",
        "vendor_modules_in_goroot_src",
    )

    def __init__(
        self,
        *,
        tags: Collection[str] | None = None,
        tidy: bool = False,
        tidy_diff: bool = False,
        tidy_go_version: str = "",
        tidy_compatible_version: str = "",
        vendor_modules_in_goroot_src: bool = False,
        resolve_missing_imports: bool = False,
        assume_roots_imported: bool = False,
        allow_package: Callable[[str, ModVersion], None] | None = None,
        expect: Callable[[list[str]], None] | None = None,
        load_tests: bool = False,
        use_vendor_all: bool = False,
        allow_errors: bool = False,
        silence_package_errors: bool = False,
        silence_missing_std_imports: bool = False,
        silence_no_go_errors: bool = False,
        silence_unmatched_warnings: bool = False,
        main_module: ModVersion = NO_MODULE,
    ) -> None:
        self.tags = tags
        self.tidy = tidy
        self.tidy_diff = tidy_diff
        self.tidy_go_version = tidy_go_version
        self.tidy_compatible_version = tidy_compatible_version
        self.vendor_modules_in_goroot_src = vendor_modules_in_goroot_src
        self.resolve_missing_imports = resolve_missing_imports
        self.assume_roots_imported = assume_roots_imported
        self.allow_package = allow_package
        self.expect = expect  # told the import paths of each layer before allow_package is asked about them
        self.load_tests = load_tests
        self.use_vendor_all = use_vendor_all
        self.allow_errors = allow_errors
        self.silence_package_errors = silence_package_errors
        self.silence_missing_std_imports = silence_missing_std_imports
        self.silence_no_go_errors = silence_no_go_errors
        self.silence_unmatched_warnings = silence_unmatched_warnings
        self.main_module = main_module


class Loaded:
    """Packages as far as they are loaded, by what requirements. roots: those asked for; pkgs: everything reached."""

    def __init__(self, opts: PackageOpts, requirements: Requirements) -> None:
        self.opts = opts
        self.requirements = requirements
        self.roots: list[LoadPkg] = []
        self.pkg_cache: dict[str, LoadPkg] = {}
        self.pkgs: list[LoadPkg] = []

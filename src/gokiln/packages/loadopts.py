"""What is asked of the import graph: options of a command, and how one import is meant.

Source: cmd/go/internal/load/pkg.go (PackageOpts, the modes of loadImport), go1.26.
"""

from __future__ import annotations

# Modes of load_import.
RESOLVE_IMPORT = 1  # the path comes from source: vendored copies may not be named directly
CMDLINE_PKG = 2
CMDLINE_PKG_LITERAL = 4
ALLOW_SIMD_BRIDGE = 8  # the importing code needs it, see implied.py


class PackageOpts:
    """What a caller of packages_and_errors wants; the fields of load.PackageOpts."""

    __slots__ = (
        "auto_vcs",
        "ignore_imports",
        "main_only",
        "mod_resolve_tests",
        "suppress_build_info",
        "suppress_embed_files",
    )

    def __init__(
        self,
        *,
        ignore_imports: bool = False,
        mod_resolve_tests: bool = False,
        main_only: bool = False,
        auto_vcs: bool = False,
        suppress_build_info: bool = False,
        suppress_embed_files: bool = False,
    ) -> None:
        self.ignore_imports = ignore_imports
        self.mod_resolve_tests = mod_resolve_tests
        self.main_only = main_only
        self.auto_vcs = auto_vcs
        self.suppress_build_info = suppress_build_info
        self.suppress_embed_files = suppress_embed_files

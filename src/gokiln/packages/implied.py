"""Imports that no source file names: what cgo, SWIG, package simd and the linker need.

The compiler lowers operations of package simd to functions of simd/internal/bridge (from go1.27 on). So that its export
data is at hand, the bridge becomes an import of the compiled code, and those who import simd may import it although it
is internal.

Source: cmd/go/internal/load/pkg.go (load, LinkerDeps, externalLinkingReason, go1.26; SimdBridgePkg, hasSimd,
allowSimdInternalBridge, go1.27).
"""

from __future__ import annotations

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from gokiln.config.config import Config
    from gokiln.packages.package import Package

SIMD_BRIDGE = "simd/internal/bridge"
_BRIDGE_SINCE = 27  # minor release
_BRIDGE_ARCHITECTURES = ("amd64", "arm64", "wasm")
_CGO_EXCLUDE = ("runtime/cgo",)
_CGO_SYSCALL_EXCLUDE = ("runtime/cgo", "runtime/race", "runtime/msan", "runtime/asan")


def add_implied(config: Config, p: Package) -> list[str]:
    """The imports of the source, then those that cgo, SWIG and the linker add. Notes them in `compiled_imports`.

    Raises GokilnError.
    """
    paths = list(p.imports)
    gccgo = config.flags.compiler == "gccgo"
    compiled: list[str] = []
    if needs_bridge(config, paths):
        compiled.append(SIMD_BRIDGE)
    if p.cgo_files:
        compiled.append("unsafe")
        if (not p.standard or p.import_path not in _CGO_EXCLUDE) and not gccgo:
            compiled.append("runtime/cgo")
        if not p.standard or p.import_path not in _CGO_SYSCALL_EXCLUDE:
            compiled.append("syscall")
    if p.uses_swig():
        compiled += ["unsafe", "syscall", "sync"] if gccgo else ["unsafe", "runtime/cgo", "syscall", "sync"]
    for path in compiled:
        if path not in paths:
            paths.append(path)
            p.compiled_imports.append(path)
    if p.name == "main" and not p.force_library:
        paths += [path for path in linker_deps(config, p) if path not in paths]
    return paths


def needs_bridge(config: Config, imports: Container[str]) -> bool:
    """Whether code with these imports needs the bridge for the configured target."""
    if "simd" not in imports:
        return False
    return config.toolchain.release.minor >= _BRIDGE_SINCE and config.target.goarch in _BRIDGE_ARCHITECTURES


def linker_deps(config: Config, p: Package | None) -> list[str]:
    """Import paths that main package p needs besides its imports, in order. Raises GokilnError."""
    flags, target = config.flags, config.target
    deps = ["runtime"]
    what = external_linking_reason(config, p)
    if what and flags.compiler != "gccgo":
        if not target.cgo_enabled:
            raise GokilnError(f"{what} requires external (cgo) linking, but cgo is not enabled")
        deps.append("runtime/cgo")
    if target.goarch == "arm":
        deps.append("math")
    for wanted, path in (
        (flags.race, "runtime/race"),
        (flags.msan, "runtime/msan"),
        (flags.asan, "runtime/asan"),
        (flags.cover, "runtime/coverage"),
    ):
        if wanted:
            deps.append(path)
    return deps


def external_linking_reason(config: Config, p: Package | None) -> str:
    """Why the C linker has to link even a program without cgo; "" when it has not to."""
    flags, target = config.flags, config.target
    platforms = config.toolchain.release.platforms
    goos, goarch = target.goos, target.goarch
    if platforms.must_link_external(goos, goarch, False):
        return f"{goos}/{goarch}"
    mode = flags.buildmode
    if mode == "plugin" or (mode == "c-shared" and goarch != "wasm"):
        return "-buildmode=" + mode
    if flags.linkshared:
        return "-linkshared"
    is_pie = mode == "pie" or (mode == "default" and platforms.default_pie(goos, flags.race))
    if is_pie and not platforms.internal_link_pie_supported(goos, goarch):
        return "-buildmode=pie" if mode == "pie" else "default PIE binary"
    if p is None:
        return ""
    ldflags = flags.ldflags.for_package(p)
    for i in range(len(ldflags) - 1, -1, -1):
        arg = ldflags[i]
        following = ldflags[i + 1] if i + 1 < len(ldflags) else ""
        if arg == "-linkmode=external" or (arg == "-linkmode" and following == "external"):
            return arg
        if arg == "-linkmode=internal" or (arg == "-linkmode" and following == "internal"):
            return ""
    return ""

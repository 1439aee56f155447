"""Packages that the linker needs though nobody imports them, and when the C linker has to link.

Source: cmd/go/internal/load/pkg.go (LinkerDeps, externalLinkingReason), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.packages.package import Package


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
    is_pie = mode == "pie" or (mode == "default" and platforms.default_pie(goos, goarch, flags.race))
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

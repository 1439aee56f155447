"""-gcflags, -asmflags, -ldflags and -gccgoflags of packages.

Source: cmd/go/internal/load/pkg.go (setToolFlags), go1.26.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.perpackage import MainModules
    from gokiln.packages.package import Package


def set_own_flags(
    flags: BuildFlags, packages: Iterable[Package], main_modules: Callable[[], MainModules | None]
) -> None:
    """Give the packages what the flags say for them. main_modules: asked where a flag was given at all."""
    table = [("asmflags", flags.asmflags), ("gcflags", flags.gcflags)]
    table += [("ldflags", flags.ldflags), ("gccgoflags", flags.gccgoflags)]
    used = [(slot, flag) for slot, flag in table if flag.present()]
    if not used:
        return
    mains = main_modules()
    for p in packages:
        for slot, flag in used:
            setattr(p, slot, flag.for_package(p, mains))

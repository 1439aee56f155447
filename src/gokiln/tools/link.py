"""The Go linker: from an action to its arguments.

Source: gcToolchain.ld, setextld in cmd/go/internal/work/gc.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base import quoted
from gokiln.tools.gc import plugin_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.actions.action import Action
    from gokiln.config.config import Config
    from gokiln.packages.package import Package


def _has_cxx(packages: Iterable[Package | None]) -> bool:
    return any(p is not None and (p.cxx_files or p.swig_cxx_files) for p in packages)


def add_extld(flags: list[str], compiler: list[str]) -> list[str]:
    """The flags with -extld for the C compiler that links, unless the user named one. Raises ValueError."""
    if any(flag == "-extld" or flag.startswith("-extld=") for flag in flags):
        return flags
    return [*flags, "-extld=" + quoted.join(compiler)]


def link_flags(config: Config, action: Action, build_id: str, fips_enabled: bool) -> list[str]:
    """All the flags between -importcfg and the main package.

    build_id: the temporary one. Raises ValueError, OSError.
    """
    package = action.package
    assert package is not None
    target, release = config.target, config.toolchain.release
    flags: list[str] = []
    if target.install_suffix:
        flags += ["-installsuffix", target.install_suffix]
    if package.omit_debug:
        flags += ["-s", "-w"]
    if config.flags.buildmode == "plugin":
        flags += ["-pluginpath", plugin_path(action, build_id)]
    if fips_enabled:
        flags += ["-fipso", os.path.join(action.objdir, "fips.o")]
    # The toolchain's own programs carry their build ID where they can print it (-V=full).
    is_tool = package.goroot and package.import_path.startswith("cmd/")
    if is_tool and not release.platforms.must_link_external(target.goos, target.goarch, False):
        flags.append("-X=cmd/internal/objabi.buildID=" + build_id)
    if package.default_godebug:
        flags.append("-X=runtime.godebugDefault=" + package.default_godebug)
    flags.append("-buildmode=" + config.mode.ld_buildmode)
    if build_id:
        flags.append("-buildid=" + build_id)
    flags += [*config.mode.forced_ldflags, *package.ldflags]
    with_cxx = _has_cxx([package, *(dep.package for dep in action.deps)])
    return add_extld(flags, config.cxx() if with_cxx else config.cc())


def link_words(config: Config, flags: list[str], output: str, importcfg: str, main: str) -> list[str]:
    """The linker's command line. main: the main package's archive."""
    tool = config.toolchain.tool("link")
    return [*config.flags.toolexec, tool, "-o", output, "-importcfg", importcfg, *flags, main]


def link_place(config: Config, output: str) -> tuple[str, str]:
    """(directory to run in, output as seen from there): some linkers record the output's name in it."""
    if config.flags.buildmode in ("c-shared", "plugin"):
        directory, name = os.path.split(output)
        return directory + os.sep, name
    return ".", output


def link_env(config: Config) -> list[str]:
    """Settings on top of the tools' environment: with -trimpath the linker must not know where GOROOT is."""
    return ["GOROOT=" + ("" if config.flags.trimpath else config.toolchain.goroot_said)]


def shared_flags(config: Config, action: Action) -> list[str]:
    """All the flags after -importcfg for a shared library; its own packages come last. Raises ValueError."""
    assert action.package is not None
    flags = ["-installsuffix", config.target.install_suffix, "-buildmode=shared"]
    flags += [*config.mode.forced_ldflags, *action.package.ldflags]
    flags = add_extld(flags, config.cxx() if _has_cxx(dep.package for dep in action.deps) else config.cc())
    for member in action.deps[0].deps:
        if member.package is not None and member.target.endswith(".a"):  # not unsafe, not other libraries
            flags.append(f"{member.package.import_path}={member.target}")
    return flags


def shared_words(config: Config, flags: list[str], output: str, importcfg: str) -> list[str]:
    """The linker's command line for a shared library, run where the library is made. output: its file name."""
    tool = config.toolchain.tool("link")
    return [*config.flags.toolexec, tool, "-o", output, "-importcfg", importcfg, *flags]

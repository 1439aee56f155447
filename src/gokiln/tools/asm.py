"""The Go assembler: from an action to its arguments.

Source: asmArgs, gcToolchain.symabis in cmd/go/internal/work/gc.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.tools.gc import make_absolute, package_path, trim_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.actions.action import Action
    from gokiln.config.config import Config

_STD_SINCE = 27  # -std came with go1.27


def asm_words(config: Config, action: Action, build_id: str) -> list[str]:
    """The assembler's command line up to the output: -toolexec's words, the tool, and what holds for every file."""
    package, target = action.package, config.target
    assert package is not None
    forced = config.mode.forced_asmflags
    words = [*config.flags.toolexec, config.toolchain.tool("asm")]
    words += ["-p", package_path(config, action, build_id), "-trimpath", trim_path(config, action)]
    words += ["-I", action.objdir, "-I", os.path.join(config.toolchain.goroot, "pkg", "include")]
    words += ["-D", "GOOS_" + target.goos, "-D", "GOARCH_" + target.goarch, *forced, *package.asmflags]
    if package.import_path == "runtime" and target.goarch == "386":
        words += ["-D=GOBUILDMODE_shared=1" for flag in forced if flag == "-dynlink"]
    if target.goarch == "386":
        words += ["-D", "GO386_" + target.arch_variable[1]]
    if package.standard and config.toolchain.release.minor >= _STD_SINCE:
        words.append("-std")
    for name in _tuning_macros(target.goarch, target.arch_variable[1]):
        words += ["-D", name]
    return words


def _tuning_macros(goarch: str, value: str) -> list[str]:
    """The macros that tell assembly code the level of the processor."""
    if goarch == "amd64":
        return ["GOAMD64_" + value]
    if goarch in ("mips", "mipsle"):
        return ["GOMIPS_" + value]
    if goarch in ("mips64", "mips64le"):
        return ["GOMIPS64_" + value]
    if goarch in ("ppc64", "ppc64le"):
        levels = {"power10": 3, "power9": 2}.get(value, 1)  # each level includes those below
        return [f"GOPPC64_power{number}" for number in (10, 9, 8)[3 - levels :]]
    if goarch == "riscv64":
        return ["GORISCV64_" + value]
    if goarch == "arm":
        levels = 3 if "7" in value else 2 if "6" in value else 1
        return [f"GOARM_{number}" for number in (7, 6, 5)[3 - levels :]]
    if goarch == "arm64":
        has_lse = ",lse" in value or value.startswith("v9.") or (value.startswith("v8.") and value[3:4] != "0")
        return ["GOARM64_LSE"] if has_lse else []
    return []


def symabis_words(config: Config, action: Action, build_id: str, s_files: Sequence[str], output: str) -> list[str]:
    """The command line that finds out which functions the assembly files define and use."""
    package = action.package
    assert package is not None
    words = [*asm_words(config, action, build_id), "-gensymabis", "-o", output]
    for name in s_files:
        if package.import_path == "runtime/cgo" and name.startswith("gcc_"):
            continue
        words.append(config.disk.actual(make_absolute(package.dir, name)))
    return words


def object_name(action: Action, s_file: str) -> str:
    """The object file of an assembly file."""
    return action.objdir + s_file.removesuffix(".s") + ".o"

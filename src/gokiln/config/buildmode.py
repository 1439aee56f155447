"""What -race, -msan, -asan, -buildmode and -linkshared mean for the tools, and which targets have them.

Source: instrumentInit and buildModeInit in cmd/go/internal/work/init.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.target import Target
    from gokiln.golang.platform import Platforms

_SHARED_C_ARCHIVE = frozenset("dragonfly freebsd illumos linux netbsd openbsd solaris".split())


class UnsupportedError(GokilnError):
    """The flags do not go together, or not with the target. Exit status 2."""

    exit_status = 2


class BarePlatformError(UnsupportedError):
    """As UnsupportedError, in the messages that cmd/go prints without `go: `."""

    prefix = ""


class BuildMode:
    """What the build mode asks of the tools.

    forced_gcflags, forced_asmflags, forced_ldflags, forced_gccgoflags: put before the user's. ld_buildmode: the
    linker's -buildmode. mode: the flag as given ("pie" for -msan where that needs it). pkgs_filter: which of the
    named packages count: "all", "not_main", "main", or "one_main" (exactly one main package).
    """

    __slots__ = (
        "forced_asmflags",
        "forced_gccgoflags",
        "forced_gcflags",
        "forced_ldflags",
        "ld_buildmode",
        "mode",
        "pkgs_filter",
    )

    def __init__(self, mode: str = "default") -> None:
        self.mode = mode
        self.forced_asmflags: list[str] = []
        self.forced_gcflags: list[str] = []
        self.forced_ldflags: list[str] = []
        self.forced_gccgoflags: list[str] = []
        self.ld_buildmode = "exe"
        self.pkgs_filter = "all"


def _instrument(
    flags: BuildFlags, target: Target, platforms: Platforms, native: bool, asan_problem: Callable[[], str] | None
) -> str:
    """ "race", "msan", "asan" or "". Raises UnsupportedError."""
    chosen = [name for name in ("race", "msan", "asan") if getattr(flags, name)]
    if len(chosen) > 1:
        raise UnsupportedError(f"may not use -{chosen[0]} and -{chosen[1]} simultaneously")
    if not chosen:
        return ""
    mode = chosen[0]
    supported = {
        "race": platforms.race_detector_supported,
        "msan": platforms.msan_supported,
        "asan": platforms.asan_supported,
    }[mode]
    if not supported(target.goos, target.goarch):
        raise BarePlatformError(f"-{mode} is not supported on {target.goos}/{target.goarch}")
    if mode == "asan" and asan_problem is not None:
        problem = asan_problem()
        if problem:
            raise BarePlatformError(problem)
    if not target.cgo_enabled and (target.goos != "darwin" or mode != "race"):
        how = "; enable cgo by setting CGO_ENABLED=1" if native else ""
        raise UnsupportedError(f"-{mode} requires cgo{how}")
    return mode


def _codegen(result: BuildMode, flags: BuildFlags, target: Target, platforms: Platforms) -> str:
    """Set the linker's mode and the filter; returns the compiler's code generation flag. Raises GokilnError."""
    goos, gccgo = target.goos, flags.compiler == "gccgo"
    mode = result.mode
    if mode == "archive":
        result.pkgs_filter = "not_main"
        result.ld_buildmode = ""
        return ""
    if mode == "c-archive":
        result.pkgs_filter = "one_main"
        target.exe_suffix = ".a"
        result.ld_buildmode = "c-archive"
        if gccgo:
            return "-fPIC"
        arm_apple = goos in ("darwin", "ios") and target.goarch == "arm64"
        return "-shared" if arm_apple or goos in _SHARED_C_ARCHIVE else ""
    if mode == "c-shared":
        result.pkgs_filter = "one_main"
        result.ld_buildmode = "c-shared"
        if gccgo:
            return "-fPIC"
        if goos == "windows":
            target.exe_suffix = ""  # the name ends in .dll, which the user gives
        return "-shared" if goos in ("linux", "android", "freebsd") else ""
    if mode == "default":
        if not platforms.default_pie(goos, flags.race):
            return ""
        result.ld_buildmode = "pie"
        return "-shared" if goos != "windows" and not gccgo else ""
    if mode == "exe":
        result.pkgs_filter = "one_main" if flags.o else "main"
        return ""
    return _codegen_dynamic(result, flags, target, platforms)


def _codegen_dynamic(result: BuildMode, flags: BuildFlags, target: Target, platforms: Platforms) -> str:
    goos, gccgo = target.goos, flags.compiler == "gccgo"
    if result.mode == "pie":
        if flags.race and not platforms.default_pie(goos, True):
            raise PlainError(f"-buildmode=pie not supported when -race is enabled on {goos}/{target.goarch}")
        result.ld_buildmode = "pie"
        if gccgo:
            return "-fPIE"
        return "" if goos in ("aix", "windows") else "-shared"
    if result.mode == "shared":
        result.pkgs_filter = "not_main"
        if flags.o:
            raise PlainError("-buildmode=shared and -o not supported together")
        result.ld_buildmode = "shared"
        return "-fPIC" if gccgo else "-dynlink"
    if result.mode == "plugin":
        result.pkgs_filter = "one_main"
        target.exe_suffix = ".so"
        result.ld_buildmode = "plugin"
        return "-fPIC" if gccgo else "-dynlink"
    raise PlainError(f"buildmode={result.mode} not supported")


def init_build_mode(
    flags: BuildFlags,
    target: Target,
    platforms: Platforms,
    *,
    native: bool,
    asan_problem: Callable[[], str] | None = None,
) -> BuildMode:
    """Check the flags against the target and say what they mean; adds to target's tool tags and install suffix.

    native: the target is the host. asan_problem: asks the C compiler why -asan cannot be, "" when it can.
    Raises GokilnError in cmd/go's words.
    """
    result = BuildMode(flags.buildmode)
    instrument = _instrument(flags, target, platforms, native, asan_problem)
    if instrument:
        msan_alone = (target.goos, target.goarch) != ("linux", "amd64")
        if instrument == "msan" and result.mode == "default" and msan_alone:
            result.mode = flags.buildmode = "pie"
        result.forced_gcflags.append(f"-{instrument}")
        result.forced_ldflags.append(f"-{instrument}")
        target.add_install_suffix(instrument)
        target.tool_tags.append(instrument)
    codegen = _codegen(result, flags, target, platforms)
    platform = f"{target.goos}/{target.goarch}"
    if result.mode != "default" and not platforms.build_mode_supported(
        flags.compiler, result.mode, target.goos, target.goarch
    ):
        raise PlainError(f"-buildmode={result.mode} not supported on {platform}")
    gccgo = flags.compiler == "gccgo"
    if flags.linkshared:
        if not platforms.build_mode_supported(flags.compiler, "shared", target.goos, target.goarch):
            raise PlainError(f"-linkshared not supported on {platform}")
        codegen = "-fPIC" if gccgo else "-dynlink"
        if not gccgo:
            result.forced_asmflags += ["-D=GOBUILDMODE_shared=1", "-linkshared"]
            result.forced_gcflags.append("-linkshared")
            result.forced_ldflags += ["-linkshared", "-w"]
    if codegen:
        _force_codegen(result, codegen, gccgo)
        # What is the default for the platform does not make another install folder.
        if result.mode != "default" or flags.linkshared:
            target.add_install_suffix(codegen[1:])
    return result


def _force_codegen(result: BuildMode, codegen: str, gccgo: bool) -> None:
    """Have the compiler and the assembler make code of that kind."""
    if gccgo:
        result.forced_gccgoflags.insert(0, codegen)
    else:
        result.forced_asmflags.insert(0, codegen)
        result.forced_gcflags.insert(0, codegen)

"""The build flags: what each is called, what it takes, what it is when nobody says.

Source: AddBuildFlags and AddCoverFlags in cmd/go/internal/work/build.go, cmd/go/internal/base/flag.go, go1.26.
"""

from __future__ import annotations

from gokiln.base import quoted
from gokiln.base.flagset import parse_bool
from gokiln.config.perpackage import PerPackageFlag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.base.flagset import FlagSet

# Masks of register_build_flags, as work.BuildFlagMask.
DEFAULT_BUILD_FLAGS = 0
OMIT_MOD_FLAG = 1 << 1
OMIT_MOD_COMMON_FLAGS = 1 << 2
OMIT_V_FLAG = 1 << 3
OMIT_BUILD_ONLY_FLAGS = 1 << 4
OMIT_JSON_FLAG = 1 << 5


class BuildFlags:
    """The cfg.Build* values in snake case, without the prefix. Names are those of the flags where they could clash.

    minor: the release's number (26 for go1.26), for flags that are younger than others. p is how many actions run at
    once; its default is found when first asked for, as it reads control groups.
    """

    __slots__ = (
        "_default_p",
        "_p",
        "a",
        "asan",
        "asmflags",
        "buildmode",
        "buildvcs",
        "compiler",
        "cover",
        "covermode",
        "coverpkg",
        "debug_actiongraph",
        "debug_runtime_trace",
        "debug_trace",
        "gccgoflags",
        "gcflags",
        "installsuffix",
        "json",
        "ldflags",
        "linkshared",
        "minor",
        "mod",
        "mod_explicit",
        "modcacherw",
        "modfile",
        "msan",
        "n",
        "o",
        "overlay",
        "pgo",
        "pkgdir",
        "race",
        "tags",
        "toolexec",
        "trimpath",
        "v",
        "work",
        "x",
    )

    def __init__(self, cwd: str = "/", environ: Mapping[str, str] | None = None) -> None:
        """cwd: where relative patterns of per-package flags start. environ: GOMAXPROCS may stand there."""
        self.a = False
        self.asan = False
        self.asmflags = PerPackageFlag(cwd)
        self.buildmode = "default"
        self.buildvcs = "auto"
        self.compiler = "gc"
        self.cover = False
        self.covermode = ""
        self.coverpkg: list[str] = []
        self.debug_actiongraph = ""
        self.debug_runtime_trace = ""
        self.debug_trace = ""
        self.gccgoflags = PerPackageFlag(cwd)
        self.gcflags = PerPackageFlag(cwd)
        self.installsuffix = ""
        self.json = False
        self.ldflags = PerPackageFlag(cwd)
        self.linkshared = False
        self.minor = 26
        self.mod = ""
        self.mod_explicit = False
        self.modcacherw = False
        self.modfile = ""
        self.msan = False
        self.n = False
        self.o = ""
        self.overlay = ""
        self.pgo = "auto"
        self.pkgdir = ""
        self.race = False
        self.tags: list[str] = []
        self.toolexec: list[str] = []
        self.trimpath = False
        self.v = False
        self.work = False
        self.x = False
        self._p: int | None = None
        environ = dict(environ or {})
        self._default_p = environ

    @property
    def p(self) -> int:
        """-p."""
        if self._p is None:
            from gokiln.config.parallelism import default_parallelism

            self._p = default_parallelism(self._default_p)
        return self._p

    @p.setter
    def p(self, value: int) -> None:
        self._p = value

    def set_tags(self, text: str) -> None:
        """-tags: separated by commas, or in the old form by blanks with quotes. Raises ValueError."""
        if " " in text or "'" in text:
            self.tags = quoted.split(text)
        else:
            self.tags = [tag for tag in text.split(",") if tag]

    def set_compiler(self, text: str) -> None:
        """-compiler: gc or gccgo. Raises ValueError."""
        if text not in ("gc", "gccgo"):
            from gokiln.base.quote import go_quote

            raise ValueError(f"unknown compiler {go_quote(text)}")
        self.compiler = text

    def set_buildvcs(self, text: str) -> None:
        """-buildvcs: a boolean or auto. Raises ValueError."""
        if text in ("", "auto"):
            self.buildvcs = "auto"
            return
        try:
            self.buildvcs = "true" if parse_bool(text) else "false"
        except ValueError:
            raise ValueError("value is neither 'auto' nor a valid bool") from None

    def set_mod(self, text: str) -> None:
        """-mod; what it may be is checked when the build begins."""
        self.mod = text
        if text:
            self.mod_explicit = True

    def set_covermode(self, text: str) -> None:
        """-covermode. Raises ValueError."""
        if text not in ("", "set", "count", "atomic"):
            raise ValueError('valid modes are "set", "count", or "atomic"')
        self.covermode = text
        self.cover = True

    def set_coverpkg(self, text: str) -> None:
        """-coverpkg: patterns separated by commas."""
        self.coverpkg = text.split(",") if text else []
        self.cover = True


def refuse_chdir(text: str) -> None:
    """-C anywhere but first. Raises ValueError."""
    raise ValueError("-C flag must be first flag on command line")


def register_chdir(flagset: FlagSet) -> None:
    """The -C flag of every command, which is gone by the time flags are parsed when it stood first."""
    flagset.func("C", refuse_chdir)


def register_mod_common_flags(flagset: FlagSet, flags: BuildFlags) -> None:
    """-modcacherw, -modfile, -overlay (base.AddModCommonFlags)."""
    flagset.bool("modcacherw", flags, "modcacherw")
    flagset.string("modfile", flags, "modfile")
    flagset.string("overlay", flags, "overlay")


def register_build_flags(flagset: FlagSet, flags: BuildFlags, mask: int = DEFAULT_BUILD_FLAGS) -> None:
    """Define the flags that build, clean, get, install, list, run and test share (work.AddBuildFlags)."""
    register_chdir(flagset)
    for name in ("n", "x", "a", "asan", "linkshared", "msan", "race", "trimpath", "work"):
        flagset.bool(name, flags, name)
    if not mask & OMIT_V_FLAG:
        flagset.bool("v", flags, "v")
    if not mask & (OMIT_BUILD_ONLY_FLAGS | OMIT_JSON_FLAG):
        flagset.bool("json", flags, "json")
    flagset.int("p", flags, "p")
    for name in ("buildmode", "installsuffix", "pgo", "pkgdir"):
        flagset.string(name, flags, name)
    flagset.func("asmflags", flags.asmflags.set)
    flagset.func("gcflags", flags.gcflags.set)
    flagset.func("gccgoflags", flags.gccgoflags.set)
    flagset.func("ldflags", flags.ldflags.set)
    flagset.func("compiler", flags.set_compiler)
    flagset.func("buildvcs", flags.set_buildvcs, is_bool=True)
    flagset.func("tags", flags.set_tags)
    flagset.strings("toolexec", flags, "toolexec")
    if not mask & OMIT_MOD_FLAG:
        flagset.func("mod", flags.set_mod)
    if mask & OMIT_MOD_COMMON_FLAGS:
        flagset.string("overlay", flags, "overlay")
    else:
        register_mod_common_flags(flagset, flags)
    flagset.string("debug-actiongraph", flags, "debug_actiongraph")
    flagset.string("debug-runtime-trace", flags, "debug_runtime_trace")
    flagset.string("debug-trace", flags, "debug_trace")


def register_cover_flags(flagset: FlagSet, flags: BuildFlags) -> None:
    """-cover, -covermode, -coverpkg (work.AddCoverFlags)."""
    flagset.bool("cover", flags, "cover")
    flagset.func("covermode", flags.set_covermode)
    flagset.func("coverpkg", flags.set_coverpkg)

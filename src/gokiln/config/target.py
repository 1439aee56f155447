"""What is built for: the target, its tags, its tuning, and whether the toolchain accepts the combination.

Tags that hold: GOOS, GOARCH, the compiler, `unix` and the systems that count as another, `cgo`, -tags, the release
tags go1.1 to go1.N, and tool tags: one for every experiment that is on (the baseline's too: without them package
runtime gets the wrong files) and one for every level of GOAMD64 and its like.
Source: go/build/build.go (matchTag), internal/buildcfg/cfg.go, cmd/go/internal/cfg/cfg.go, go1.26.
"""

from __future__ import annotations

from gokiln.config.experiment import Experiment, ExperimentError
from gokiln.errors import GokilnError
from gokiln.golang.syslist import UNIX_OS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gokiln.config.environ import GoEnv
    from gokiln.config.release import Release


class BuildConfigError(GokilnError):
    """A variable like GOARM64 has no such value (buildcfg.Check). Exit status 2."""

    exit_status = 2


def _fips_version(text: str, minor: int) -> bool:
    """buildcfg.isFIPSVersion: v1.Y.Z, with an 8-character hash or -rcN after it."""
    body = text.removeprefix("v1.") if minor >= 26 else text.removeprefix("v")
    if body == text:
        return False
    count = 2 if minor >= 26 else 3
    numbers, dash, suffix = body.partition("-")
    parts = numbers.split(".")
    if len(parts) != count or not all(part.isascii() and part.isdigit() for part in parts):
        return False
    if not dash:
        return True
    if minor >= 26 and suffix.startswith("rc"):
        rest = suffix[2:]
        return rest.isascii() and rest.isdigit()
    return len(suffix) == 8


class Tuning:
    """The GOAMD64-like variables as internal/buildcfg understands them.

    error: the text of the last refused variable, "" for none. Go's package variables are initialised in the order
    below and GOARM64 overwrites what came before it, so a wrong GOAMD64 alone is not refused here (the compiler
    refuses it).
    """

    __slots__ = ("error", "goamd64", "goarm", "goarm64", "goppc64", "goriscv64", "wasm")

    def __init__(self, environ: Mapping[str, str], release: Release) -> None:
        """environ: the process's variables alone; the go/env file does not reach internal/buildcfg."""

        def setting(name: str) -> str:
            return environ.get(name, "") or release.default(f"Default{name}")

        self.error = ""
        self.goamd64 = _level(setting("GOAMD64"), "v", (1, 2, 3, 4)) or 1
        self.goarm = _arm_version(setting("GOARM"))
        self.goarm64, self.error = _arm64(setting("GOARM64"), release.default("DefaultGOARM64"))
        for name in ("GOMIPS", "GOMIPS64"):
            if setting(name) not in ("hardfloat", "softfloat"):
                self.error = f"invalid {name}: must be hardfloat, softfloat"
        self.goppc64 = _level(setting("GOPPC64"), "power", (8, 9, 10))
        if not self.goppc64:
            self.error, self.goppc64 = "invalid GOPPC64: must be power8, power9, power10", 8
        self.goriscv64 = {"rva20u64": 20, "rva22u64": 22, "rva23u64": 23}.get(setting("GORISCV64"), 0)
        if not self.goriscv64:
            self.error, self.goriscv64 = "invalid GORISCV64: must be rva20u64, rva22u64, rva23u64", 20
        self.wasm = [option for option in environ.get("GOWASM", "").split(",") if option]
        for option in self.wasm:
            if option not in ("satconv", "signext"):
                from gokiln.base.quote import go_quote

                self.error = f"invalid GOWASM: no such feature {go_quote(option)}"
        fips = setting("GOFIPS140")
        if fips not in ("off", "latest", "inprocess", "certified") and not _fips_version(fips, release.minor):
            form = "v1.Y.Z" if release.minor >= 26 else "vX.Y.Z"
            self.error = f"invalid GOFIPS140: must be off, latest, inprocess, certified, or {form}"


def _level(text: str, prefix: str, levels: Sequence[int]) -> int:
    """The number after the prefix, 0 when it is none of `levels`."""
    for level in levels:
        if text == f"{prefix}{level}":
            return level
    return 0


def _arm_version(text: str) -> int:
    for suffix in (",softfloat", ",hardfloat"):
        text = text.removesuffix(suffix)
    return int(text) if text in ("5", "6", "7") else 7


def _arm64(text: str, default: str) -> tuple[str, str]:
    """(version "v8.0", problem)."""
    while text.endswith((",lse", ",crypto")):
        text = text.rsplit(",", 1)[0]
    if len(text) == 4 and text[:3] in ("v8.", "v9.") and text[3] in ("0123456789" if text[1] == "8" else "012345"):
        return text, ""
    problem = 'must start with v8.{0-9} or v9.{0-5} and may optionally end in ",lse" and/or ",crypto"'
    return default, f"invalid GOARM64: {problem}"


def arch_tags(goarch: str, tuning: Tuning, environ: Mapping[str, str], release: Release) -> list[str]:
    """The tags of a processor's tuning: amd64.v1 ... (buildcfg.gogoarchTags)."""

    def setting(name: str) -> str:
        return environ.get(name, "") or release.default(f"Default{name}")

    if goarch == "386":
        return [f"386.{setting('GO386')}"]
    if goarch == "amd64":
        return [f"amd64.v{level}" for level in range(1, tuning.goamd64 + 1)]
    if goarch == "arm":
        return [f"arm.{level}" for level in range(5, tuning.goarm + 1)]
    if goarch == "arm64":
        major, minor = int(tuning.goarm64[1]), int(tuning.goarm64[3])
        tags = [f"arm64.v{major}.{level}" for level in range(minor + 1)]
        if major == 9:  # v9.x includes v8.(x+5)
            tags += [f"arm64.v8.{level}" for level in range(min(minor + 5, 9) + 1)]
        return tags
    if goarch in ("mips", "mipsle", "mips64", "mips64le"):
        value = setting("GOMIPS64" if "64" in goarch else "GOMIPS")
        return [f"{goarch}.{value if value in ('hardfloat', 'softfloat') else 'hardfloat'}"]
    if goarch in ("ppc64", "ppc64le"):
        return [f"{goarch}.power{level}" for level in range(8, tuning.goppc64 + 1)]
    if goarch == "riscv64":
        return [f"riscv64.rva{level}u64" for level in (20, 22, 23) if level == 20 or tuning.goriscv64 >= level]
    if goarch == "wasm":
        both = ["satconv", "signext"]
        return [f"wasm.{name}" for name in both if release.minor >= 26 or name in tuning.wasm]
    return []


_ALSO = {"android": "linux", "illumos": "solaris", "ios": "darwin"}


class Target:
    """What is built for. tool_tags in cmd/go's order: experiments, processor levels, then -race and its like.

    arch_variable: ("GOAMD64", "v1") or ("", ""). install_suffix: -installsuffix and what -race and -buildmode add.
    experiment_env: the canonical GOEXPERIMENT difference, "" for the baseline. exe_suffix: ending of executables.
    """

    __slots__ = (
        "_true_tags",
        "arch_variable",
        "build_tags",
        "cgo_enabled",
        "compiler",
        "exe_suffix",
        "experiment",
        "goarch",
        "goos",
        "install_suffix",
        "release_tags",
        "tool_tags",
    )

    def __init__(self, goos: str, goarch: str, experiment: Experiment, *, minor: int, cgo_enabled: bool) -> None:
        self.goos = goos
        self.goarch = goarch
        self.experiment = experiment
        self.compiler = "gc"
        self.cgo_enabled = cgo_enabled
        self.build_tags: list[str] = []
        self.tool_tags: list[str] = []
        self.release_tags = [f"go1.{n}" for n in range(1, minor + 1)]
        self.arch_variable = ("", "")
        self.install_suffix = ""
        self.exe_suffix = ".exe" if goos == "windows" else ""
        self._true_tags: frozenset[str] | None = None

    @property
    def experiment_env(self) -> str:
        """CleanGOEXPERIMENT."""
        return str(self.experiment)

    @property
    def tags(self) -> frozenset[str]:
        """Every tag that holds. Made once: set build_tags and tool_tags before."""
        if self._true_tags is None:
            true = {self.goos, self.goarch, self.compiler}
            true.update(self.build_tags, self.tool_tags, self.release_tags)
            if self.goos in UNIX_OS:
                true.add("unix")
            if self.goos in _ALSO:
                true.add(_ALSO[self.goos])
            if self.cgo_enabled:
                true.add("cgo")
            if "goexperiment.boringcrypto" in true:
                true.add("boringcrypto")
            elif "boringcrypto" in true:
                true.discard("boringcrypto")  # the tag stands for the experiment, -tags cannot set it
            self._true_tags = frozenset(true)
        return self._true_tags

    def matches_tag(self, tag: str) -> bool:
        """Whether a tag of a build constraint holds."""
        return tag in self.tags

    def add_install_suffix(self, suffix: str) -> None:
        """Append to the install suffix, `_` between."""
        self.install_suffix += f"_{suffix}" if self.install_suffix else suffix


def make_target(env: GoEnv, *, lenient: bool = False) -> Target:
    """The target that the environment asks for. Raises ExperimentError, unless lenient: then GOEXPERIMENT is left."""
    release = env.toolchain.release
    tuning = Tuning(env.environ, release)
    try:
        experiment = release.parse_experiment(env.goos, env.goarch, env.experiment_setting())
    except ExperimentError:
        if not lenient:
            raise
        experiment = release.parse_experiment(env.goos, env.goarch, "")
    target = Target(env.goos, env.goarch, experiment, minor=release.minor, cgo_enabled=env.cgo_enabled()[0])
    # internal/buildcfg knows the process's variables only, so a GOARCH of the go/env file brings no level tags.
    goarch = env.environ.get("GOARCH", "") or env.toolchain.host_arch
    target.tool_tags = [f"goexperiment.{name}" for name in experiment.enabled()]
    target.tool_tags += arch_tags(goarch, tuning, env.environ, release)
    name, value, _ = env.arch_env()
    target.arch_variable = (name, value)
    return target


def check_build_config(env: GoEnv) -> None:
    """What cmd/go refuses before it reads flags. Raises BuildConfigError (exit status 2), ExperimentError (1)."""
    release = env.toolchain.release
    tuning = Tuning(env.environ, release)
    goos = env.environ.get("GOOS", "") or env.toolchain.host_os
    goarch = env.environ.get("GOARCH", "") or env.toolchain.host_arch
    problem = tuning.error
    try:
        setting = env.environ.get("GOEXPERIMENT", "") or release.default("defaultGOEXPERIMENT")
        release.parse_experiment(goos, goarch, setting)
    except ExperimentError as err:
        problem = str(err)
    if problem:
        raise BuildConfigError(problem)
    release.parse_experiment(env.goos, env.goarch, env.experiment_setting())

"""Everything the user asked for, resolved once: the value that every other room takes its settings from.

Order of events as in cmd/go: GOROOT and the go/env file, the choice of the toolchain, checks of GOPATH and of the
build configuration, GOFLAGS, the command line. What work.BuildInit adds (instrumentation, build mode, absolute
paths) is init_build, for commands that build.
Source: cmd/go/main.go, cmd/go/internal/work/init.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base import quoted
from gokiln.base.disk import Disk
from gokiln.base.flagset import FlagSet, set_from_goflags
from gokiln.config.buildflags import BuildFlags, register_build_flags, register_cover_flags
from gokiln.config.buildmode import BuildMode, UnsupportedError, init_build_mode
from gokiln.config.environ import GoEnv
from gokiln.config.goflags import in_goflags, parse_goflags
from gokiln.config.target import Target, check_build_config, make_target
from gokiln.errors import GokilnError, PlainError
from gokiln.events import Quiet, Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gokiln.config.fips140 import Fips140
    from gokiln.config.toolchain import Toolchain
    from gokiln.events import Sink
    from gokiln.golang.gover import Startup

    Register = Callable[[FlagSet, BuildFlags], None]


class GopathError(GokilnError):
    """GOPATH cannot be used. Exit status 2."""

    exit_status = 2


class Config:
    """The settings of one command.

    cwd: working directory, spelled as $PWD when valid. args: what follows the flags. goflags: the words of GOFLAGS.
    gocache: directory, or "off" with gocache_error saying why. gopath: its entries. startup: how the toolchain was
    chosen, for messages. fips140: the FIPS 140 code that is built in, None until packages or modules are loaded.
    mode: what the build mode means; final after init_build(). modules_enabled: False in GOPATH mode, settled when
    modules or packages are loaded. flagset.seen tells which flags were given.
    """

    __slots__ = (
        "_disk",
        "args",
        "argv0",
        "cmd_name",
        "cwd",
        "env",
        "fips140",
        "flags",
        "flagset",
        "gocache",
        "gocache_error",
        "goflags",
        "gomodcache",
        "gopath",
        "mode",
        "modules_enabled",
        "sink",
        "startup",
        "target",
        "toolchain",
    )

    def __init__(self, env: GoEnv, flags: BuildFlags, target: Target, cmd_name: str = "", sink: Sink | None = None):
        self.env = env
        self.toolchain: Toolchain = env.toolchain
        self.flags = flags
        self.target = target
        self.mode = BuildMode(flags.buildmode)
        self.modules_enabled = True
        self.cmd_name = cmd_name
        self.cwd = env.cwd
        self.sink: Sink = sink or Quiet()
        self.args: list[str] = []
        self.argv0 = ""
        self.flagset = FlagSet(f"go {cmd_name}")
        self.goflags: list[str] = []
        self.gocache, _, self.gocache_error = env.gocache()
        self.gomodcache = env.gomodcache()[0]
        self.gopath = [entry for entry in env.gopath()[0].split(os.pathsep) if entry]
        self.startup: Startup | None = None
        self.fips140: Fips140 | None = None
        self._disk: Disk | None = None

    @property
    def disk(self) -> Disk:
        """Where source trees are read: the real file system, or that under -overlay. Raises PlainError."""
        if self._disk is None:
            self._disk = self._open_disk()
            if "gofsystrace" in self.env.environ.get("GODEBUG", ""):
                from gokiln.base.tracedisk import traced
                from gokiln.events import Text

                sink = self.sink
                self._disk = traced(self._disk, self.env.environ["GODEBUG"], lambda line: sink.tell(Text(line)))
        return self._disk

    @disk.setter
    def disk(self, disk: Disk) -> None:
        self._disk = disk

    def _open_disk(self) -> Disk:
        if not self.flags.overlay:
            return Disk()
        from gokiln.base.oserror import read_error
        from gokiln.base.overlaydisk import OverlayDisk, OverlayError

        path = os.path.join(self.cwd, self.flags.overlay)
        try:
            with open(path, "rb") as f:
                data = f.read()
            return OverlayDisk.from_json(data, self.cwd, self.toolchain.release.minor)
        except OSError as err:
            raise GokilnError(f"reading overlay: {read_error(self.flags.overlay, err)}") from err
        except OverlayError as err:
            raise GokilnError(str(err)) from err

    @property
    def gowork_file(self) -> str:
        """The go.work in effect, "" for none (by the working directory and GOWORK)."""
        from gokiln.config.modroot import find_go_work

        return find_go_work(self.env, self.cwd, self.disk.is_regular)

    def in_goflags(self, flag: str) -> bool:
        """Whether GOFLAGS gives the flag, e.g. "-mod"."""
        return in_goflags(self.goflags, flag)

    def child_environ(self, directory: str = "") -> dict[str, str]:
        """The environment of tools; PWD set when they run in `directory`."""
        return self.env.child_environ(directory)

    def env_list(self, name: str, default: str) -> list[str]:
        """A variable that holds a command with arguments (work.envList). Raises PlainError for open quotes."""
        try:
            return quoted.split(self.env.get(name) or default)
        except ValueError as err:
            raise PlainError(f"go: {name} environment variable could not be parsed: {err}") from None

    def cc(self) -> list[str]:
        """The C compiler's command."""
        return self.env_list("CC", self.env.default_cc())

    def cxx(self) -> list[str]:
        """The C++ compiler's command."""
        return self.env_list("CXX", self.env.default_cxx())

    def fc(self) -> list[str]:
        """The Fortran compiler's command."""
        return self.env_list("FC", "gfortran")

    def pkg_config(self) -> str:
        """The pkg-config command, its first word as cmd/go uses it."""
        return self.env_list("PKG_CONFIG", self.toolchain.release.default_pkg_config())[0]

    def cgo_flags(self, name: str) -> list[str]:
        """CGO_CFLAGS and its like; name: "CFLAGS", "CPPFLAGS", "CXXFLAGS", "FFLAGS" or "LDFLAGS"."""
        return self.env_list(f"CGO_{name}", "" if name == "CPPFLAGS" else "-O2 -g")

    def native(self) -> bool:
        """Whether the target is the host."""
        return (self.target.goos, self.target.goarch) == (self.toolchain.host_os, self.toolchain.host_arch)

    def init_build(self) -> None:
        """What work.BuildInit checks and sets before a build. Raises GokilnError in cmd/go's words."""
        release = self.toolchain.release
        if release.unknown:
            self.sink.tell(Warn(release.unknown))
        self.mode = init_build_mode(
            self.flags, self.target, release.platforms, native=self.native(), asan_problem=self._asan_problem
        )
        self._check_mod_flags()
        flags = self.flags
        if flags.overlay:
            replaced = self.disk.dir_contains_replacement(self.gomodcache)
            if replaced:
                raise PlainError(
                    f"go: overlay contains a replacement for {replaced}. Files beneath GOMODCACHE"
                    f" ({self.gomodcache}) must not be replaced."
                )
        if flags.pkgdir:
            flags.pkgdir = os.path.normpath(os.path.join(self.cwd, flags.pkgdir))
        if flags.p <= 0:
            raise PlainError(f"go: -p must be a positive integer: {flags.p}")
        for name in ("CC", "CXX", "FC"):
            words = self.env_list(name, "")
            if words and not os.path.isabs(words[0]) and words[0] != os.path.basename(words[0]):
                raise PlainError(f"go: {name} environment variable is relative; must be absolute path: {words[0]}")
        if not flags.covermode:
            flags.covermode = "atomic" if flags.race else "set"
        if flags.race and flags.covermode != "atomic":
            raise PlainError(f'-covermode must be "atomic", not "{flags.covermode}", when -race is enabled')

    def _asan_problem(self) -> str:
        from gokiln.config.asan import asan_problem, ask_with

        cc = self.env.get("CC") or self.env.default_cc()
        return asan_problem(cc, self.toolchain.host_arch, ask_with(self.child_environ()))

    def check_platform(self) -> None:
        """Refuse a target that is no port, and commas in a -tags list by blanks. Raises UnsupportedError."""
        target = self.target
        if not self.toolchain.release.platforms.build_mode_supported(
            self.flags.compiler, "default", target.goos, target.goarch
        ):
            raise UnsupportedError(f"unsupported GOOS/GOARCH pair {target.goos}/{target.goarch}")
        if any("," in tag for tag in target.build_tags):
            raise UnsupportedError("-tags space-separated list contains comma")

    def _check_mod_flags(self) -> None:
        if self.flags.mod not in ("", "readonly", "vendor", "mod"):
            from gokiln.config.modroot import WorkspaceModError, find_go_work

            if self.env.get("GO111MODULE") != "off" and find_go_work(self.env, self.cwd):
                raise WorkspaceModError(self.flags.mod)
            raise PlainError(f"-mod={self.flags.mod} not supported (can be '', 'mod', 'readonly', or 'vendor')")

    def check_gopath_flags(self) -> None:
        """Refuse flags that mean nothing in GOPATH mode, unless GOFLAGS gives them. Raises PlainError."""
        flags = self.flags
        if flags.mod and not self.in_goflags("-mod"):
            raise PlainError(f"build flag -mod={flags.mod} only valid when using modules")
        if flags.modcacherw and not self.in_goflags("-modcacherw"):
            raise PlainError("build flag -modcacherw only valid when using modules")
        if flags.modfile and not self.in_goflags("-mod"):
            raise PlainError("build flag -modfile only valid when using modules")


def check_gopath(env: GoEnv) -> str:
    """Refuse a GOPATH that cannot be meant; returns a warning or "". Raises GopathError."""
    from gokiln.config.toolchain import clean

    value = env.gopath()[0]
    if value and clean(value) == env.goroot:
        return (
            f"warning: both GOPATH and GOROOT are the same directory ({value});"
            " see https://go.dev/wiki/InstallTroubleshooting\n"
        )
    for entry in value.split(os.pathsep):
        if not entry or (os.path.isabs(entry) and not entry.startswith("~")):
            continue
        from gokiln.base.quote import go_quote

        if entry.startswith("~"):
            raise GopathError(f"GOPATH entry cannot start with shell metacharacter '~': {go_quote(entry)}")
        raise GopathError(
            f"GOPATH entry is relative; must be absolute path: {go_quote(entry)}.\n"
            "For more details see: 'go help gopath'"
        )
    return ""


def load_env(
    argv0: str, raw_args: Sequence[str], environ: Mapping[str, str], cwd: str, sink: Sink | None = None
) -> tuple[GoEnv, Startup]:
    """The environment and the choice of toolchain, checked as cmd/go's main does before any flag is read.

    raw_args: the command line after argv[0]. Raises GorootError, ToolchainError, ToolchainSwitchError, GopathError.
    """
    from gokiln.config.toolchainswitch import select_toolchain
    from gokiln.events import Text

    env = GoEnv(environ, argv0, cwd)
    return env, select_toolchain(env, raw_args, None if sink is None else lambda text: sink.tell(Text(text)))


def check_modules_mode(env: GoEnv) -> None:
    """Refuse a GO111MODULE that does not exist. Raises PlainError."""
    setting = env.get("GO111MODULE")
    if setting not in ("", "on", "auto", "off"):
        raise PlainError(f"go: unknown environment setting GO111MODULE={setting}")


def check_gowork(env: GoEnv) -> None:
    """Refuse a GOWORK that is not absolute, whatever the command: go counts the invocations in workspaces.

    Raises PlainError. Source: cmd/go/internal/telemetrystats, go1.26.
    """
    setting = env.get("GOWORK")
    if setting in ("", "auto", "off") or os.path.isabs(setting) or env.get("GO111MODULE") not in ("", "on"):
        return
    from gokiln.config.modroot import find_go_work

    find_go_work(env, env.cwd)


def _take_goflags(env: GoEnv, flagset: FlagSet, *, hide_errors: bool) -> list[str]:
    """The words of GOFLAGS; those that the command has are set in its flagset. Raises GokilnError."""
    release = env.toolchain.release
    goflags = parse_goflags(env.get("GOFLAGS"), release.minor, hide_errors=hide_errors, also=flagset.flags)
    set_from_goflags(flagset, goflags, "%GOFLAGS%" if env.toolchain.host_os == "windows" else "$GOFLAGS")
    return goflags


def _check_env(env: GoEnv, listener: Sink, *, values: bool) -> None:
    """Refuse settings that no command can work with. values: those of GOAMD64-like variables, too."""
    warning = check_gopath(env)
    if warning:
        from gokiln.events import Text

        listener.tell(Text(warning))
    check_gowork(env)
    if values:
        check_build_config(env)


def _register(flagset: FlagSet, flags: BuildFlags, own: Register | None, mask: int | None, cover_flags: bool) -> None:
    """Define a command's flags: the shared ones that mask leaves, those of -cover, its own."""
    if mask is not None:
        register_build_flags(flagset, flags, mask)
    if cover_flags:
        register_cover_flags(flagset, flags)
    if own is not None:
        own(flagset, flags)


def _make_target(env: GoEnv, flags: BuildFlags, *, lenient: bool) -> Target:
    """What is built for, as the environment and the flags say."""
    target = make_target(env, lenient=lenient)
    target.compiler = flags.compiler
    target.build_tags = list(flags.tags)
    target.install_suffix = flags.installsuffix
    return target


def build_config(
    argv0: str,
    args: Sequence[str],
    environ: Mapping[str, str],
    cwd: str,
    cmd_name: str,
    *,
    usage_line: str = "",
    register: Register | None = None,
    mask: int | None = 0,
    cover_flags: bool = False,
    init_build: bool = True,
    modules: bool = True,
    check: bool = True,
    sink: Sink | None = None,
    raw_args: Sequence[str] | None = None,
    parse: Callable[[FlagSet, Sequence[str]], list[str]] | None = None,
) -> Config:
    """Resolve one command line.

    args: what follows the command's name. usage_line: "go build [-o output] ..." for errors. register: defines the
    command's own flags, given the FlagSet and BuildFlags. mask: which shared build flags (buildflags.OMIT_*), None
    for none at all. cover_flags: with -cover and its like. init_build: check and set what a build needs.
    modules: look at GO111MODULE. check: refuse GOAMD64-like variables and GOEXPERIMENT with values that do not exist
    (`env` does that later, so that it can repair them). parse: reads the command line in the command's own way
    (`test`). Raises GokilnError in the go command's words.
    """
    listener: Sink = sink or Quiet()
    env, startup = load_env(argv0, raw_args if raw_args is not None else [cmd_name, *args], environ, cwd, sink)
    _check_env(env, listener, values=check)
    flags = BuildFlags(cwd, environ)
    flags.minor = env.toolchain.release.minor
    flagset = FlagSet(usage_line or f"go {cmd_name}")
    _register(flagset, flags, register, mask, cover_flags)
    goflags = _take_goflags(env, flagset, hide_errors=cmd_name in ("env", "bug"))
    rest = flagset.parse(args) if parse is None else parse(flagset, args)
    config = Config(env, flags, _make_target(env, flags, lenient=not check), cmd_name, listener)
    config.args, config.argv0, config.goflags = rest, argv0, goflags
    config.startup, config.flagset = startup, flagset
    if modules:
        check_modules_mode(env)
    if init_build:
        config.init_build()
    return config

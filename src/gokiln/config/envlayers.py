"""The go command's settings, in layers: environment, user's go/env file, GOROOT/go.env, default; the first counts.

The process's variables come in as a value and are never read again. An empty variable counts as not set.
Source: Getenv, EnvOrAndChanged and defaultContext in cmd/go/internal/cfg/cfg.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.userdirs import user_cache_dir
from gokiln.config import envfile
from gokiln.config.toolchain import clean, find_goroot, host_platform, load_toolchain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.config.toolchain import Toolchain

# How a toolchain switch speaks to what it starts: the toolchain that it must be, how many switches there were, and
# (gokiln's own) the root of a toolchain that was found on PATH.
SWITCH_VERSION = "GOTOOLCHAIN_INTERNAL_SWITCH_VERSION"
SWITCH_COUNT = "GOTOOLCHAIN_INTERNAL_SWITCH_COUNT"
SWITCH_GOROOT = "GOTOOLCHAIN_INTERNAL_SWITCH_GOROOT"

ARCH_VARIABLES = {
    "arm": "GOARM",
    "arm64": "GOARM64",
    "386": "GO386",
    "amd64": "GOAMD64",
    "mips": "GOMIPS",
    "mipsle": "GOMIPS",
    "mips64": "GOMIPS64",
    "mips64le": "GOMIPS64",
    "ppc64": "GOPPC64",
    "ppc64le": "GOPPC64",
    "riscv64": "GORISCV64",
    "wasm": "GOWASM",
}


class EnvLayers:
    """The settings of one invocation.

    environ: the process's variables. cwd: working directory (absolute). user: the go/env file. goroot_env:
    GOROOT/go.env. toolchain: the Toolchain in GOROOT. goos, goarch: the target. switch_target: the toolchain that
    this command was started to provide, "" for none.
    """

    __slots__ = (
        "_cgo",
        "cwd",
        "env_file",
        "env_file_changed",
        "environ",
        "goarch",
        "goos",
        "goroot",
        "goroot_env",
        "switch_target",
        "toolchain",
        "user",
    )

    def __init__(self, environ: Mapping[str, str], argv0: str = "", cwd: str = "/") -> None:
        """Read the two files and find the toolchain. Raises GorootError."""
        self.environ = dict(environ)
        self.cwd = cwd
        host_os, _ = host_platform(environ)
        self.env_file, self.env_file_changed, _ = envfile.env_file(environ, host_os)
        self.user = envfile.read(self.env_file)
        self.switch_target = self.environ.pop(SWITCH_VERSION, "")
        # Kept out of the environment: a toolchain that was found on PATH tells programs nothing of its GOROOT.
        given = self.environ.pop(SWITCH_GOROOT, "")
        self.goroot = given or find_goroot(environ, argv0, cwd, self.user.get("GOROOT", ""))
        self.toolchain: Toolchain = load_toolchain(self.goroot, environ, argv0, cwd)
        if not given:
            self.toolchain.goroot_said = environ.get("GOROOT") or self.goroot
        self.goroot_env = envfile.read(os.path.join(self.goroot, "go.env"))
        self._cgo: tuple[bool, bool] | None = None
        self.goos = self.get("GOOS") or self.toolchain.host_os
        self.goarch = self.get("GOARCH") or self.toolchain.host_arch

    def get(self, name: str) -> str:
        """The setting, "" when there is none (cfg.Getenv)."""
        value = self.environ.get(name, "")
        if value:
            return value
        if name == "GOROOT":
            return self.goroot
        # A line of the user's file wins even when it is empty: that is how GOPROXY is switched off for good.
        return self.user[name] if name in self.user else self.goroot_env.get(name, "")

    def env_or(self, name: str, default: str) -> tuple[str, bool]:
        """(value, whether it differs from what it would be without the user) (cfg.EnvOrAndChanged)."""
        value = self.get(name)
        if not value:
            return default, False
        return value, value != self.goroot_env.get(name, default)

    def can_get(self, name: str) -> bool:
        """Whether the variable may stand in the go/env file (cfg.CanGetenv)."""
        return name in self.user or name in self.goroot_env or name in self.toolchain.release.known_env()

    # What follows is derived once per invocation and asked for by several rooms.

    def gopath(self) -> tuple[str, bool]:
        """(GOPATH, changed). A default that is not absolute counts as none, like one that $GOROOT names."""
        default = self.environ.get("GOPATH", "") or self._default_gopath()
        value, changed = self.env_or("GOPATH", default)
        if not self.get("GOPATH") and value and not os.path.isabs(value):
            return "", changed
        return value, changed

    def _default_gopath(self) -> str:
        home = self.environ.get({"windows": "USERPROFILE", "plan9": "home"}.get(self.toolchain.host_os, "HOME"), "")
        if not home:
            return ""
        default = clean(os.path.join(home, "go"))
        # The variable, not the GOROOT that was found: that one is not known yet when go/build asks, and then warned of.
        named = self.environ.get("GOROOT", "")
        return "" if named and default == clean(named) else default

    def gopath_dir(self, relative: str) -> str:
        """A folder below the first entry of GOPATH, "" without one (cfg.gopathDir)."""
        first = self.gopath()[0].split(os.pathsep)[0]
        return clean(os.path.join(first, relative)) if first else ""

    def gomodcache(self) -> tuple[str, bool]:
        """(GOMODCACHE, changed)."""
        return self.env_or("GOMODCACHE", self.gopath_dir("pkg/mod"))

    def gocache(self) -> tuple[str, bool, str]:
        """As effective_gocache."""
        return effective_gocache(self.get("GOCACHE"), self.environ, self.toolchain.host_os)

    def arch_env(self) -> tuple[str, str, bool]:
        """(name, value, changed) of the variable that tunes GOARCH, e.g. ("GOAMD64", "v1", False); ("", "", False)."""
        name = ARCH_VARIABLES.get(self.goarch, "")
        if not name:
            return "", "", False
        default = "" if name == "GOWASM" else self.toolchain.release.default(f"Default{name}")
        value, changed = self.env_or(name, default)
        return name, value, changed

    def experiment_setting(self) -> str:
        """The raw GOEXPERIMENT (cfg.RawGOEXPERIMENT)."""
        return self.get("GOEXPERIMENT") or self.toolchain.release.default("defaultGOEXPERIMENT")

    def default_cc(self) -> str:
        """The C compiler when CC is not set."""
        return self.toolchain.release.default_compiler("DefaultCC", self.goos, self.goarch)

    def default_cxx(self) -> str:
        """The C++ compiler when CXX is not set."""
        return self.toolchain.release.default_compiler("DefaultCXX", self.goos, self.goarch)

    def cgo_enabled(self) -> tuple[bool, bool]:
        """(whether cgo is on, whether the user changed that)."""
        if self._cgo is None:
            default = self._default_cgo()
            setting = self.get("CGO_ENABLED")
            enabled = setting == "1" if setting in ("0", "1") else default
            self._cgo = enabled, enabled != default
        return self._cgo

    def _default_cgo(self) -> bool:
        """Cgo is on for native builds where the port has it, and the C compiler is there."""
        release, toolchain = self.toolchain.release, self.toolchain
        built_in = release.default("DefaultCGO_ENABLED")
        if built_in:
            return built_in == "1"
        if (self.goos, self.goarch) != (toolchain.host_os, toolchain.host_arch):
            return False
        if not release.platforms.cgo_supported(self.goos, self.goarch):
            return False
        # go/build switched it off already when the variable says so; then no compiler is looked for.
        if self.environ.get("CGO_ENABLED", "") == "0" or self.environ.get("CC", ""):
            return True
        from gokiln.base.lookpath import on_path

        return on_path(self.default_cc(), self.environ)


def effective_gocache(setting: str, environ: Mapping[str, str], host_os: str) -> tuple[str, bool, str]:
    """(GOCACHE or "off", whether it differs from the default, why it is off or "") (cache.DefaultDir).

    setting: from the environment or the go/env file, "" for none.
    """
    problem = ""
    try:
        default = clean(os.path.join(user_cache_dir(environ, host_os), "go-build"))
    except ValueError as err:
        default, problem = "off", f"GOCACHE is not defined and {err}"
    if not setting:
        return default, False, problem
    if os.path.isabs(setting) or setting == "off":
        return setting, setting != default, ""
    return "off", setting != default, "GOCACHE is not an absolute path"

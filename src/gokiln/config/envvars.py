"""The variables that `go env` shows: how each comes about, and how they are written for a shell.

make_env are the ones that every tool gets in its environment; those for showing only are in extraenv.py.
Source: cmd/go/internal/envcmd/env.go of go1.25 to go1.27; telemetry directory: x/telemetry/internal/telemetry/dir.go.
"""

from __future__ import annotations

import os

from gokiln.base.userdirs import user_config_dir
from gokiln.config.toolchain import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.config.envlayers import EnvLayers


class EnvVar:
    """A name, its effective value, and whether that differs from the default."""

    __slots__ = ("changed", "name", "value")

    def __init__(self, name: str, value: str, changed: bool = False) -> None:
        self.name = name
        self.value = value
        self.changed = changed

    def __repr__(self) -> str:
        return f"{self.name}={self.value}"


_CHANGED_WHEN_SET = frozenset(
    "GOBIN GODEBUG GOEXPERIMENT GOFLAGS GOINSECURE GOPACKAGESDRIVER GOPRIVATE GOTMPDIR GOVCS".split()
)


def telemetry(env: EnvLayers) -> tuple[str, str]:
    """(mode, directory) of Go's telemetry, as the mode file says."""
    try:
        folder = user_config_dir(env.environ, env.toolchain.host_os)
    except ValueError:
        return "off", ""
    folder = clean(os.path.join(folder, "go", "telemetry"))
    try:
        with open(os.path.join(folder, "mode"), "rb") as f:
            text = os.fsdecode(f.read()).strip()
    except OSError:
        return "local", folder
    return text.split(" ", 1)[0], folder


def make_env(env: EnvLayers) -> list[EnvVar]:
    """What the go command computes for itself and its tools, in cmd/go's order (envcmd.MkEnv)."""
    toolchain, minor = env.toolchain, env.toolchain.release.minor
    table = [
        _go111module(env),
        EnvVar("GOARCH", env.goarch, env.goarch != toolchain.host_arch),
        _or(env, "GOAUTH", "netrc"),
    ]
    if minor < 27:
        table.append(EnvVar("GOBIN", env.get("GOBIN")))
    mode, folder = telemetry(env)
    private = env.get("GOPRIVATE")
    table += [
        EnvVar("GOCACHE", *env.gocache()[:2]),
        _or(env, "GOCACHEPROG", ""),
        EnvVar("GODEBUG", env.environ.get("GODEBUG", "")),
        EnvVar("GOENV", env.env_file, env.env_file_changed),
        EnvVar("GOEXE", ".exe" if env.goos == "windows" else ""),
        EnvVar("GOEXPERIMENT", env.experiment_setting()),
        _or(env, "GOFIPS140", toolchain.release.default("DefaultGOFIPS140")),
        EnvVar("GOFLAGS", env.get("GOFLAGS")),
        EnvVar("GOHOSTARCH", toolchain.host_arch),
        EnvVar("GOHOSTOS", toolchain.host_os),
        EnvVar("GOINSECURE", env.get("GOINSECURE")),
        EnvVar("GOMODCACHE", *env.gomodcache()),
        _or(env, "GONOPROXY", private),
        _or(env, "GONOSUMDB", private),
        EnvVar("GOOS", env.goos, env.goos != toolchain.host_os),
    ]
    if minor >= 27:
        table.append(EnvVar("GOPACKAGESDRIVER", env.environ.get("GOPACKAGESDRIVER", "")))
    table += [
        EnvVar("GOPATH", *env.gopath()),
        EnvVar("GOPRIVATE", private),
        _or(env, "GOPROXY", ""),
        EnvVar("GOROOT", env.toolchain.goroot_said),
        _or(env, "GOSUMDB", ""),
        EnvVar("GOTELEMETRY", mode),
        EnvVar("GOTELEMETRYDIR", folder),
        EnvVar("GOTMPDIR", env.get("GOTMPDIR")),
        _or(env, "GOTOOLCHAIN", ""),
        EnvVar("GOTOOLDIR", toolchain.tool_dir),
        EnvVar("GOVCS", env.get("GOVCS")),
        EnvVar("GOVERSION", toolchain.version),
    ]
    for var in table:
        if var.name in _CHANGED_WHEN_SET:
            var.changed = var.value != ""
    return table + _compilers(env)


def _go111module(env: EnvLayers) -> EnvVar:
    value = env.get("GO111MODULE")
    return EnvVar("GO111MODULE", value, value not in ("on", ""))


def _or(env: EnvLayers, name: str, default: str) -> EnvVar:
    return EnvVar(name, *env.env_or(name, default))


def _compilers(env: EnvLayers) -> list[EnvVar]:
    from gokiln.base.lookpath import LookPathError, look_path

    name = env.get("GCCGO") or "gccgo"
    try:
        table = [EnvVar("GCCGO", look_path(name, env.environ), True)]
    except LookPathError:
        table = [EnvVar("GCCGO", name, name != "gccgo")]
    arch, value, changed = env.arch_env()
    if arch:
        table.append(EnvVar(arch, value, changed))
    cc, cxx = env.get("CC"), env.get("CXX")
    table += [
        _or(env, "AR", "ar"),
        EnvVar("CC", cc or env.default_cc(), bool(cc)),
        EnvVar("CXX", cxx or env.default_cxx(), bool(cxx)),
    ]
    enabled, cgo_changed = env.cgo_enabled()
    table.append(EnvVar("CGO_ENABLED", "1" if enabled else "0", cgo_changed))
    return table


def shell_quote(text: str) -> str:
    """In single quotes for a POSIX shell. Bytes that are not UTF-8 become U+FFFD, as in Go's rune loop."""
    text = "".join("\ufffd" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in text)
    return "'" + text.replace("'", "'\\''") + "'"


def plan9_quote(text: str) -> str:
    """In single quotes for rc; a NUL separates the words of a list."""
    if "\0" not in text:
        return "'" + text.replace("'", "''") + "'"
    return "(" + " ".join("'" + word.replace("'", "''") + "'" for word in text.split("\0")) + ")"


def _unquotable(char: str) -> bool:
    """Whether a Windows `set` command cannot hold the character."""
    if char in "\r\n":
        return True
    import unicodedata

    # unicode.IsGraphic: letters, marks, numbers, punctuation, symbols, and spaces of category Zs.
    category = unicodedata.category(char)
    return not (category[0] in "LMNPS" or category == "Zs" or char in "\t\v\f\x85")


def batch_escape(text: str) -> str:
    """For the right side of a Windows `set` command."""
    out = []
    for char in text:
        if _unquotable(char):
            out.append("\ufffd")
        elif char == "%":
            out.append("%%")
        elif char in "<>|&^":
            out.append("^" + char)
        else:
            out.append(char)
    return "".join(out)


def lines(table: Iterable[EnvVar], host_os: str, *, only_changed: bool = False) -> list[str]:
    """The listing as the host's shell can read it, sorted by name (envcmd.PrintEnv)."""
    out = []
    for var in sorted(table, key=lambda v: v.name):
        if var.name == "TERM" or (only_changed and not var.changed):
            continue
        if host_os == "windows":
            out.append(f"set {var.name}={batch_escape(var.value)}\n")
        elif host_os == "plan9":
            out.append(f"{var.name}={plan9_quote(var.value)}\n")
        else:
            out.append(f"{var.name}={shell_quote(var.value)}\n")
    return out

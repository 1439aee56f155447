"""Toolchains that could be switched to: the choice among versions, and what PATH offers.

A `go1.X` on PATH is never run here: it says by its name which toolchain it is, and its place, or the folder that
golang.org/dl unpacks to, says where that one's GOROOT is.
Source: newerToolchain and pathToolchains in cmd/go/internal/toolchain/switch.go, path_unix.go, path_windows.go,
go1.26; golang.org/dl/internal/version.
"""

from __future__ import annotations

import os

from gokiln.base.lookpath import LookPathError, is_executable, look_path
from gokiln.config.toolchain import goroot_of_call, is_goroot, read_version
from gokiln.errors import GokilnError
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class NoReleaseError(GokilnError):
    """No toolchain is new enough."""


class NoGorootError(GokilnError):
    """A go1.X on PATH does not say where its GOROOT is."""


def newer_toolchain(need: str, versions: Sequence[str]) -> str:
    """The toolchain ("go1.27.3") to use when Go `need` is needed. versions: "1.27.3" ..., oldest first.

    The latest patch release before the newest release family is taken if it is new enough, or the latest of the
    newest family, or a prerelease. Raises NoReleaseError.
    """
    latest = ""
    for version in reversed(versions):
        if gover.compare(version, need) < 0:
            break
        if gover.lang(latest) == gover.lang(version):
            continue
        newer, latest = latest, version
        if newer and not gover.is_prerelease(newer):
            break
    if not latest:
        raise NoReleaseError(f"no releases found for go >= {need}")
    return "go" + latest


def path_toolchains(environ: Mapping[str, str]) -> list[str]:
    """The versions of the go1.X commands on PATH, oldest first."""
    found: set[str] = set()
    for folder in environ.get("PATH", "").split(os.pathsep):
        if not os.path.isabs(folder):
            continue
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            if name.startswith("go1."):
                found.add(_path_version(folder, name, environ))
    found.discard("")
    return sorted((version for version in found if version.startswith("1.")), key=gover.key)


def _path_version(folder: str, name: str, environ: Mapping[str, str]) -> str:
    """The version of one file on PATH, "" when it is no toolchain."""
    stem = name
    if os.name == "nt":
        stem, extension = os.path.splitext(name)
        extensions = environ.get("PATHEXT", ".com;.exe;.bat;.cmd").lower().split(";")
        if extension.lower() not in extensions:
            return ""
    version = gover.from_toolchain(stem)
    return version if version and is_executable(os.path.join(folder, name)) else ""


def find_on_path(toolchain: str, environ: Mapping[str, str]) -> str:
    """The full name of the command called `toolchain` on PATH, "" for none."""
    try:
        return look_path(toolchain, environ)
    except LookPathError:
        return ""


def goroot_of_command(exe: str, toolchain: str, environ: Mapping[str, str]) -> str:
    """The GOROOT of the command `exe` called `toolchain` on PATH, without running it. Raises NoGorootError.

    It lies in the GOROOT's bin, by a link maybe; or it was installed by golang.org/dl, whose commands have their
    GOROOT in $HOME/sdk.
    """
    home = environ.get("USERPROFILE" if os.name == "nt" else "HOME", "")
    roots = [goroot_of_call(exe, environ, os.sep)]
    if home:
        roots.append(os.path.join(home, "sdk", toolchain))
    for root in roots:
        if root and is_goroot(root) and read_version(root) == toolchain:
            return root
    raise NoGorootError(
        f"cannot use {exe}: it is not in the GOROOT of {toolchain}",
        hint=f"make {toolchain} on PATH a link to bin/go of that toolchain, or unpack it to $HOME/sdk/{toolchain}",
    )

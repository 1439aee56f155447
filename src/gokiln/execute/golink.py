"""In every child `go` means gokiln: what stands at the head of PATH for programs that a command starts.

A generator that says `go run ./gen`, a test that calls `go list`: they are to get this command, with this GOROOT.
cmd/go puts GOROOT/bin first. There lies another program here, so a private directory with nothing in it but a link
`go` to gokiln comes before; GOROOT/bin follows (for gofmt, and because gokiln finds its GOROOT by it). Where
GOROOT/bin/go is gokiln already, as in a GOROOT made for it, nothing is added.

Source of the rule: base.AppendPATH in cmd/go/internal/base/env.go, go1.26.
"""

from __future__ import annotations

import hashlib
import os
import sys

from gokiln.base.lookpath import LookPathError, look_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.config.config import Config

_EXE = ".exe" if os.name == "nt" else ""
_SCRIPT = "#!{python}\nimport sys\nsys.path.insert(0, {folder!r})\nfrom gokiln.__main__ import main\nsys.exit(main())\n"


def own_command(argv0: str, environ: Mapping[str, str], cwd: str) -> str:
    """The absolute path by which this command was called, links left alone; "" when it cannot be told."""
    path = argv0
    if not path:
        return ""
    if os.sep not in path and "/" not in path:
        try:
            path = look_path(path, environ)
        except LookPathError:
            return ""
    path = os.path.normpath(os.path.join(cwd, path))
    return path if os.path.isfile(path) else ""


def _is_launcher(path: str) -> bool:
    """Whether a file can be started as it is: not the module file that `python -m gokiln` runs."""
    return os.access(path, os.X_OK) and not path.endswith(".py")


def make_link(folder: str, command: str) -> str:
    """Make folder/go a way to start `command` (own_command's); returns its path. Raises OSError."""
    target = os.path.join(folder, "go" + _EXE)
    if _is_launcher(command) and os.name != "nt":
        if os.path.islink(target) and os.readlink(target) == command:
            return target
        os.makedirs(folder, exist_ok=True)
        partial = f"{target}.{os.getpid()}.tmp"
        os.symlink(command, partial)
        os.replace(partial, target)
        return target
    from gokiln.base.publish import publish

    if _is_launcher(command):  # a link needs a privilege on Windows, a copy does not
        with open(command, "rb") as file:
            data = file.read()
    else:
        source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        data = _SCRIPT.format(python=sys.executable, folder=source).encode("utf-8", "surrogateescape")
        target = target.removesuffix(_EXE)
    os.makedirs(folder, exist_ok=True)
    if not _holds(target, data):
        publish(target, data, 0o755)
    return target


def _holds(path: str, data: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read() == data
    except OSError:
        return False


def _private_place(config: Config) -> tuple[str, str]:
    """(directory of our own for a link, this command's path); both "" when no link is needed, or none can be."""
    environ = config.env.environ
    command = own_command(config.argv0, environ, config.cwd)
    if not command:
        return "", ""
    real = os.path.realpath(command)
    if os.path.realpath(os.path.join(config.toolchain.goroot, "bin", "go" + _EXE)) == real:
        return "", ""
    from gokiln.cache.location import kiln_dir

    records = kiln_dir(environ, config.toolchain.host_os)
    if not records:
        return "", ""
    name = hashlib.sha256(os.fsencode(command)).hexdigest()[:16]
    return os.path.join(records, "bin", name), command


def link_dir(config: Config) -> str:
    """The private directory with the `go` link, made if need be; "" when none is needed, or none can be made."""
    folder, command = _private_place(config)
    if folder:
        try:
            make_link(folder, command)
        except OSError:
            return ""
    return folder


def goroot_for_children(config: Config) -> str:
    """A GOROOT whose bin/go is this command: for programs that call GOROOT/bin/go, as `doc` and go/build do.

    That is the real one where its bin/go is gokiln; else a directory of links into it. Raises OSError.
    """
    real = config.toolchain.goroot
    folder, command = _private_place(config)
    if not folder:
        return real
    root = os.path.join(folder, "goroot-" + hashlib.sha256(os.fsencode(real)).hexdigest()[:16])
    make_link(os.path.join(root, "bin"), command)
    for name in os.listdir(real):
        if name != "bin":
            _link(os.path.join(real, name), os.path.join(root, name))
    for name in os.listdir(os.path.join(real, "bin")):
        if name != "go" + _EXE:
            _link(os.path.join(real, "bin", name), os.path.join(root, "bin", name))
    return root


def _link(source: str, target: str) -> None:
    try:
        os.symlink(source, target)
    except FileExistsError:
        return


def child_path(config: Config) -> str:
    """The PATH of programs that a command starts for the user."""
    folders = [link_dir(config), os.path.join(config.toolchain.goroot, "bin"), config.env.environ.get("PATH", "")]
    return os.pathsep.join(folder for folder in folders if folder)


def user_environ(config: Config) -> dict[str, str]:
    """The environment of the user's own programs: as it was given, with child_path() as PATH."""
    env = config.env.orig_environ()
    env["PATH"] = child_path(config)
    return env

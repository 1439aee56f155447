"""`gokiln version [-m] [-v] [-json] [file ...]`: the toolchain's version, or what programs say of theirs.

Source: cmd/go/internal/version/version.go, go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.oserror import path_error
from gokiln.cli.configure import configure
from gokiln.config.buildflags import register_chdir
from gokiln.golang.buildinfo import BuildInfoError, read_build_info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.golang.buildinfo import BuildInfo

USAGE = "go version [-m] [-v] [-json] [file ...]"


class _Scan:
    """The flags, where output goes, and the exit status so far."""

    def __init__(self, inv: Invocation) -> None:
        self.m = False
        self.v = False
        self.json = False
        self.inv = inv
        self.status = 0

    def error(self, text: str) -> None:
        """One line on stderr; the exit status is set by the caller."""
        self.inv.stderr.write(text + "\n")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    scan = _Scan(inv)

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        register_chdir(flagset)
        for name in ("m", "v", "json"):
            flagset.bool(name, scan, name)

    config = configure(
        inv,
        "version",
        usage_line=USAGE,
        register=register,
        mask=None,
        init_build=False,
        modules=False,
    )
    if not config.args:
        for name in ("m", "v", "json"):
            # From GOFLAGS they are for other commands too, and no mistake here.
            if getattr(scan, name) and not config.in_goflags(f"-{name}"):
                scan.error(f"go: 'go version' only accepts -{name} flag with arguments")
                return 2
        toolchain = config.toolchain
        inv.stdout.write(f"go version {toolchain.version} {toolchain.host_os}/{toolchain.host_arch}\n")
        return 0
    if scan.json and not scan.m:
        scan.error("go: 'go version' with -json flag requires -m flag")
        return 2
    for arg in config.args:
        _argument(scan, arg)
    return scan.status


def _argument(scan: _Scan, arg: str) -> None:
    """One file or directory of the command line."""
    try:
        info = os.stat(arg)
    except (OSError, ValueError) as exc:
        problem = exc if isinstance(exc, OSError) else OSError(22, "invalid argument")
        scan.error(path_error("stat", arg, problem))
        scan.status = 1
        return
    if stat.S_ISDIR(info.st_mode):
        _directory(scan, arg)
    elif not _file(scan, arg, info, True) and scan.m:
        scan.status = 1


def _directory(scan: _Scan, path: str) -> None:
    """Every regular file and link below a directory, by name; links to directories are not followed."""
    try:
        info = os.lstat(path)
    except OSError as exc:
        if scan.v:
            scan.error(f"{path}: {path_error('lstat', path, exc)}")
        return
    if stat.S_ISDIR(info.st_mode):
        try:
            names = sorted(os.listdir(path), key=os.fsencode)
        except OSError:
            return
        for name in names:
            _directory(scan, os.path.normpath(os.path.join(path, name)))
    elif stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode):
        _file(scan, path, info, scan.v)


def _is_candidate(path: str, info: os.stat_result) -> bool:
    """Whether a file looks as if it ought to be a program."""
    if stat.S_ISREG(info.st_mode) and info.st_mode & 0o111:
        return True
    name = path.lower()
    return os.path.splitext(name)[1] in (".so", ".exe", ".dll") or ".so." in name


def _file(scan: _Scan, path: str, info: os.stat_result, must_print: bool) -> bool:
    """Report one file; whether it is a Go program. must_print: tell what is wrong with it if it is none."""
    if stat.S_ISLNK(info.st_mode):
        try:
            info = os.stat(path)
        except OSError:
            info = os.lstat(path)
        if not stat.S_ISREG(info.st_mode):
            if must_print:
                scan.error(f"{path}: symlink")
            return False
    try:
        found = read_build_info(path)
    except OSError:
        if must_print:
            scan.error(path)
        return False
    except BuildInfoError as exc:
        if must_print and _is_candidate(path, info):
            scan.error(f"{path}: {exc}")
        return False
    _show(scan, path, found)
    return True


def _show(scan: _Scan, path: str, found: BuildInfo) -> None:
    if scan.m and scan.json:
        from gokiln.base.gojson import encode

        scan.inv.stdout.write(encode(found.as_json()) + "\n")
        return
    scan.inv.stdout.write(f"{path}: {found.go_version}\n")
    lines = found.text(with_go_version=False)
    if scan.m and lines:
        scan.inv.stdout.write("\t" + lines[:-1].replace("\n", "\n\t") + "\n")

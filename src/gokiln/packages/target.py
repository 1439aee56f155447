"""Where a command is installed, and what it is called.

Source: cmd/go/internal/load/pkg.go (InstallTargetDir, DefaultExecName, load), go1.26.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.packages.package import Package
    from gokiln.packages.select import SourcePackage

TO_TOOL, TO_BIN, STALE_PATH = "tool", "bin", "stale"


def install_target_dir(p: Package) -> str:
    """TO_TOOL for GOROOT/pkg/tool, TO_BIN for a bin directory, STALE_PATH for a path that has moved."""
    if p.import_path.startswith("code.google.com/p/go.tools/cmd/"):
        return STALE_PATH
    if p.goroot and p.import_path.startswith("cmd/") and p.name == "main":
        return TO_BIN if p.import_path in ("cmd/go", "cmd/gofmt") else TO_TOOL
    return TO_BIN


def is_version_element(elem: str) -> bool:
    """Whether a path element is v2, v3, v10 ... and not v0, v05, v1."""
    if len(elem) < 2 or elem[0] != "v" or elem[1] == "0" or elem == "v1":
        return False
    return all("0" <= c <= "9" for c in elem[1:])


def exe_from_import_path(import_path: str) -> str:
    """The name of the command at an import path: its last element, or the one before a major version."""
    parent, _, elem = import_path.rpartition("/")
    if parent and is_version_element(elem):
        return parent.rpartition("/")[2]
    return elem


def default_exec_name(p: Package, config: Config) -> str:
    """What the command is called without -o, before any .exe. In GOPATH mode a major version is a name like any."""
    if p.cmdline_files:
        files = p.go_files or p.cgo_files
        return os.path.basename(files[0])[: -len(".go")] if files else ""
    if not config.modules_enabled:
        return p.import_path.rpartition("/")[2]
    return exe_from_import_path(p.import_path)


def bin_dir(config: Config) -> str:
    """Where commands are installed: GOBIN, else bin in the first GOPATH entry, else "".

    In GOPATH mode without GOBIN it depends on where the command lies, so "".
    """
    gobin = config.env.get("GOBIN")
    if gobin or not config.modules_enabled:
        return gobin
    return os.path.join(config.gopath[0], "bin") if config.gopath else ""


def archive_root(config: Config, root: str) -> str:
    """The directory below which archives of a tree's packages would be installed: -pkgdir, or one of the target's.

    root: GOROOT or an entry of GOPATH.
    """
    if config.flags.pkgdir:
        return config.flags.pkgdir
    target = config.target
    compiler = "gccgo_" if config.flags.compiler == "gccgo" else ""
    suffix = f"_{target.install_suffix}" if target.install_suffix else ""
    return os.path.join(root, "pkg", f"{compiler}{target.goos}_{target.goarch}{suffix}")


def archive_file(config: Config, root: str, import_path: str) -> str:
    """Where the archive of a package would be installed. root: as archive_root gives it."""
    parent, slash, elem = import_path.rpartition("/")
    if config.flags.compiler == "gccgo":
        return os.path.normpath(os.path.join(root, f"{parent}{slash}lib{elem}.a"))
    return os.path.normpath(os.path.join(root, import_path + ".a"))


def set_target(p: Package, config: Config, data: SourcePackage) -> None:
    """Fill p.target, p.gobin_subdir and p.shlib. data: what go/build says of the place. Raises PlainError."""
    use_bin = p.name == "main"
    if not p.standard and config.flags.buildmode in ("c-archive", "c-shared", "plugin"):
        use_bin = False
    if not use_bin:
        _set_archive_target(p, config, data)
        return
    target, toolchain = config.target, config.toolchain
    elem = default_exec_name(p, config) + target.exe_suffix
    full = os.path.join(f"{target.goos}_{target.goarch}", elem)
    if (target.goos, target.goarch) != (toolchain.host_os, toolchain.host_arch):
        elem = full
    directory = data.bin_dir or bin_dir(config)
    if directory:
        p.target = os.path.join(directory, elem)
        if not p.goroot and os.sep in elem and config.env.get("GOBIN"):
            p.target = ""
            p.gobin_subdir = True
    if install_target_dir(p) == TO_TOOL:
        p.target = os.path.join(toolchain.goroot, "pkg", "tool", full)


def _set_archive_target(p: Package, config: Config, data: SourcePackage) -> None:
    """Where a package's archive is installed, and (-linkshared) which shared library the package is in."""
    flags, root = config.flags, data.pkg_target_root
    if p.local or (p.standard and flags.compiler == "gccgo"):
        p.target = ""
        return
    p.target = data.pkg_obj
    if not root or not (flags.buildmode == "shared" or flags.linkshared):
        return
    p.target = os.path.join(root, p.import_path + ".a")
    if not flags.linkshared:
        return
    note = os.path.join(root, p.import_path + ".shlibname")
    try:
        with open(note, encoding="utf-8", errors="surrogateescape") as file:
            library = file.read().strip()
    except FileNotFoundError:
        return
    except OSError as err:
        from gokiln.base.oserror import os_error_text
        from gokiln.errors import PlainError

        raise PlainError(f"reading shlibname: {os_error_text(err)}") from err
    p.shlib = os.path.join(root, "shlibs", library) if flags.compiler == "gccgo" else os.path.join(root, library)

"""Where a command is installed, and what it is called.

Source: cmd/go/internal/load/pkg.go (InstallTargetDir, DefaultExecName, load), go1.26.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

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


def default_exec_name(p: Package) -> str:
    """What the command is called without -o, before any .exe."""
    if p.cmdline_files:
        files = p.go_files or p.cgo_files
        return os.path.basename(files[0])[: -len(".go")] if files else ""
    return exe_from_import_path(p.import_path)


def bin_dir(config: Config) -> str:
    """Where commands are installed: GOBIN, else bin in the first GOPATH entry, else ""."""
    gobin = config.env.get("GOBIN")
    if gobin:
        return gobin
    return os.path.join(config.gopath[0], "bin") if config.gopath else ""


def set_target(p: Package, config: Config, build_bin_dir: str, pkg_obj: str) -> None:
    """Fill p.target and p.gobin_subdir. build_bin_dir: what go/build says of the place; pkg_obj: archive or ""."""
    use_bin = p.name == "main"
    if not p.standard and config.flags.buildmode in ("c-archive", "c-shared", "plugin"):
        use_bin = False
    if not use_bin:
        p.target = "" if p.local else pkg_obj
        return
    target, toolchain = config.target, config.toolchain
    elem = default_exec_name(p) + target.exe_suffix
    full = os.path.join(f"{target.goos}_{target.goarch}", elem)
    if (target.goos, target.goarch) != (toolchain.host_os, toolchain.host_arch):
        elem = full
    directory = build_bin_dir or bin_dir(config)
    if directory:
        p.target = os.path.join(directory, elem)
        if not p.goroot and os.sep in elem and config.env.get("GOBIN"):
            p.target = ""
            p.gobin_subdir = True
    if install_target_dir(p) == TO_TOOL:
        p.target = os.path.join(toolchain.goroot, "pkg", "tool", full)

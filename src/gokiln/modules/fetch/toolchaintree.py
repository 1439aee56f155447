"""A Go toolchain as a module of the module cache: download it and make a GOROOT of the tree.

Module zips keep neither execute bits nor files named go.mod below their root; both are put back on first use, in an
order that lets several commands do it at the same time.
Source: Exec and raceSafeCopy in cmd/go/internal/toolchain/select.go, go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.oserror import path_error
from gokiln.errors import GokilnError, is_not_exist
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gokiln.modules.fetch.fetcher import Fetcher


class ToolchainDownloadError(GokilnError):
    """A toolchain cannot be had."""


def fetch_toolchain(fetcher: Fetcher, toolchain: str, goos: str, goarch: str) -> str:
    """The GOROOT of a toolchain ("go1.27.3") for a platform, downloaded if need be.

    Raises ToolchainDownloadError, and FatalError when the checksum database does not vouch for it.
    """
    try:
        root = fetcher.download_toolchain(toolchain, goos, goarch)
    except GokilnError as err:
        if not is_not_exist(err):
            raise ToolchainDownloadError(f"download {toolchain}: {err}") from err
        version = gover.from_toolchain(toolchain)
        if gover.is_lang(version) and gover.compare(version, "1.21") >= 0:
            raise ToolchainDownloadError(
                f"invalid toolchain: {toolchain} is a language version but not a toolchain version ({toolchain}.x)"
            ) from err
        raise ToolchainDownloadError(f"download {toolchain} for {goos}/{goarch}: toolchain not available") from err
    try:
        if goos != "windows":
            allow_execution(root)
        restore_go_mods(root)
    except OSError as err:
        problem = path_error("open", str(err.filename or root), err)
        raise ToolchainDownloadError(f"download {toolchain}: {problem}") from err
    return root


def allow_execution(root: str) -> None:
    """Set the execute bits of a toolchain's programs. bin/go has the last word: it tells others that all is done."""
    go = os.path.join(root, "bin", "go")
    if os.stat(go).st_mode & 0o111:
        return
    _allow(os.path.join(root, "pkg", "tool"), lambda name: True)
    _allow(os.path.join(root, "lib"), _is_exec_wrapper)
    _allow(os.path.join(root, "bin"), lambda name: name == "gofmt")
    _allow(os.path.join(root, "bin"), lambda name: True)


def _is_exec_wrapper(name: str) -> bool:
    """Whether a file is called go_GOOS_GOARCH_exec (the pattern go_?*_?*_exec)."""
    middle = name[len("go_") : -len("_exec")] if name.startswith("go_") and name.endswith("_exec") else ""
    return "_" in middle[1:-1]


def _files(folder: str) -> Iterator[str]:
    """All files below a folder."""

    def fail(err: OSError) -> None:
        raise err

    for parent, _, names in os.walk(folder, onerror=fail):
        for name in names:
            yield os.path.join(parent, name)


def _allow(folder: str, wanted: Callable[[str], bool]) -> None:
    for path in _files(folder):
        if wanted(os.path.basename(path)):
            os.chmod(path, os.stat(path).st_mode & 0o777 | 0o111)


def restore_go_mods(root: str) -> None:
    """Give the files called _go.mod their real name. src/go.mod has the last word."""
    last = os.path.join(root, "src", "_go.mod")
    if _size(os.path.join(root, "src", "go.mod")) == _size(last):
        return
    for path in _files(root):
        if os.path.basename(path) == "_go.mod" and path != last:
            _copy(path)
    _copy(last)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _copy(old: str) -> None:
    """Copy _go.mod to go.mod beside it; several commands may do so at once, all with the same bytes."""
    folder = os.path.dirname(old)
    new = os.path.join(folder, "go.mod")
    if _size(new) == _size(old):
        return
    with open(old, "rb") as file:
        data = file.read()
    mode = stat.S_IMODE(os.stat(folder).st_mode)
    os.chmod(folder, mode | 0o200)  # the module cache is read-only
    try:
        try:
            # Not truncated: whoever reads it meanwhile finds the whole file or the beginning of it.
            descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o644)
        except OSError:
            if _size(new) == _size(old):
                return  # another command was faster and has made it read-only
            raise
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        os.chmod(new, stat.S_IMODE(os.stat(old).st_mode))
    finally:
        os.chmod(folder, mode)

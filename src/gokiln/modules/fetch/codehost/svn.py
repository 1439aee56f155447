"""A zip out of a Subversion repository, which has no command for that.

`svn list` tells the true names of the files, `svn export` writes them; where a file system changes a name on the way,
the file is missed rather than misnamed.

Source: cmd/go/internal/modfetch/codehost/svn.go (svnReadZip), go1.26.
"""

from __future__ import annotations

import os
import posixpath

from gokiln.base.oserror import os_error_text
from gokiln.modules.fetch.codehost.model import CodeHostError, RepoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.fetch.codehost.shell import Shell


def export_zip(shell: Shell, target: str, work_dir: str, rev: str, subdir: str, remote: str) -> None:
    """Write directory subdir of a revision to the zip file target. Raises CodeHostError, RepoError, RunError."""
    from gokiln.modules.fetch.cachedir import remove_all

    source = f"{remote}/{subdir}" if subdir else remote
    listing = ["svn", "list", "--non-interactive", "--xml", "--incremental", "--recursive", "--revision", rev]
    with shell.net_limit.acquire():
        output = shell.run(work_dir, [*listing, "--", source])
    files = _listed_files(output)
    export_dir = os.path.join(work_dir, "export")
    remove_all(export_dir)
    # Nothing that depends on this machine: line ends, keywords, externals.
    plain = ["--native-eol", "LF", "--ignore-externals", "--ignore-keywords"]
    export = ["svn", "export", "--non-interactive", "--quiet", *plain, "--revision", rev]
    try:
        with shell.net_limit.acquire():
            shell.run(work_dir, [*export, "--", source, export_dir])
        # All files lie below one directory, whatever it is called; a URL may end in a slash.
        _write_zip(target, export_dir, posixpath.join(posixpath.basename(remote.rstrip("/")), subdir), files)
    finally:
        remove_all(export_dir)


def _listed_files(output: bytes) -> list[tuple[str, int]]:
    """(name, size in bytes) of each file in the XML that svn list writes."""
    from xml.etree import ElementTree

    try:
        entries = ElementTree.fromstring(output).iter("entry")
        return [
            (entry.findtext("name", ""), int(entry.findtext("size", "0")))
            for entry in entries
            if entry.get("kind") == "file"
        ]
    except (ElementTree.ParseError, ValueError) as err:
        shown = output.decode("utf-8", "surrogateescape")
        raise RepoError(CodeHostError(f"unexpected response from svn list --xml: {err}\n{shown}")) from err


def _write_zip(target: str, export_dir: str, top: str, files: list[tuple[str, int]]) -> None:
    import zipfile

    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, size in files:
            try:
                with open(os.path.join(export_dir, *name.split("/")), "rb") as file:
                    data = file.read()
            except FileNotFoundError as err:
                problem = f"file reported by 'svn list', but not written by 'svn export': {name}"
                raise RepoError(CodeHostError(problem)) from err
            except OSError as err:
                problem = f"error opening file created by 'svn export': {os_error_text(err)}"
                raise CodeHostError(problem, err) from err
            if len(data) != size:
                sizes = f"file {name} listed as {size} bytes, but exported as {len(data)} bytes"
                raise RepoError(CodeHostError(f"file size differs between 'svn list' and 'svn export': {sizes}"))
            out.writestr(posixpath.join(top, name), data)

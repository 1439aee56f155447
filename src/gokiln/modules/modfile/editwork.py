"""Edits of go.work files that go.mod files do not have, or that put a new line elsewhere; the others are in edit.py.

Source: golang.org/x/mod/modfile/work.go, go1.26.
"""

from __future__ import annotations

from gokiln.modules.modfile.directives import Go, Toolchain, Use
from gokiln.modules.modfile.edit import check_go_version, check_toolchain_name
from gokiln.modules.modfile.syntax import CommentBlock, FileSyntax, Line
from gokiln.modules.modfile.values import auto_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.modfile.work import WorkFile


def cleanup(f: WorkFile) -> None:
    """Drop what was removed, from the lists and from the tree."""
    f.use = [u for u in f.use if u.path]
    f.replace = [r for r in f.replace if r.old.path]
    f.syntax.cleanup()


def add_go_stmt(f: WorkFile, version: str) -> None:
    """Set the go line; a new one goes before the first statement. Raises GokilnError."""
    check_go_version(version)
    if f.go is not None:
        f.go.version = version
        f.syntax.update_line(f.go.syntax, "go", version)
        return
    f.go = Go(version, Line(["go", version]))
    f.syntax.stmt.insert(_below_comments(f.syntax), f.go.syntax)


def add_toolchain_stmt(f: WorkFile, name: str) -> None:
    """Set the toolchain line; a new one goes after the go line, or before the first statement."""
    check_toolchain_name(name)
    if f.toolchain is not None:
        f.toolchain.name = name
        f.syntax.update_line(f.toolchain.syntax, "toolchain", name)
        return
    f.toolchain = Toolchain(name, Line(["toolchain", name]))
    at = _below_comments(f.syntax)
    for i, stmt in enumerate(f.syntax.stmt):
        if isinstance(stmt, Line) and stmt.starts_with("go"):
            at = i + 1
            break
    f.syntax.stmt.insert(at, f.toolchain.syntax)


def _below_comments(syntax: FileSyntax) -> int:
    """Index of the first statement that is not a block of comments."""
    for i, stmt in enumerate(syntax.stmt):
        if not isinstance(stmt, CommentBlock):
            return i
    return len(syntax.stmt)


def add_use(f: WorkFile, disk_path: str, module_path: str) -> None:
    """Use a directory: its first line stays, its others go."""
    need = True
    for u in f.use:
        if u.path != disk_path:
            continue
        if need:
            u.module_path = module_path
            f.syntax.update_line(u.syntax, "use", auto_quote(disk_path))
            need = False
        else:
            u.clear()
    if need:
        add_new_use(f, disk_path, module_path)


def add_new_use(f: WorkFile, disk_path: str, module_path: str) -> None:
    """Add a use line, whatever there is of the directory already."""
    f.use.append(Use(disk_path, module_path, f.syntax.add_line(None, "use", auto_quote(disk_path))))


def drop_use(f: WorkFile, path: str) -> None:
    """Remove the use lines of a directory."""
    for u in f.use:
        if u.path == path:
            u.clear()

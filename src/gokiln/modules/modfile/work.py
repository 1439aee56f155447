"""go.work files: parse, and the edits that only they have.

Statements shared with go.mod (go, toolchain, godebug, replace) are edited by edit.py, except where a
go.work puts a new line elsewhere.

Source: golang.org/x/mod/modfile/work.go, go1.26.
"""

from __future__ import annotations

from gokiln.modules.modfile.directives import Go, Godebug, Replace, Toolchain, Use
from gokiln.modules.modfile.errors import ErrorList
from gokiln.modules.modfile.parser import parse_syntax
from gokiln.modules.modfile.printer import format_syntax
from gokiln.modules.modfile.rule import Rules
from gokiln.modules.modfile.syntax import CommentBlock, FileSyntax, Line, LineBlock
from gokiln.modules.modfile.values import auto_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    from gokiln.modules.modfile.values import VersionFixer

_BLOCK_VERBS = frozenset(["godebug", "use", "replace"])


class WorkFile:
    """A go.work file: its statements, and the syntax tree they point into."""

    __slots__ = ("go", "godebug", "replace", "syntax", "toolchain", "use")

    def __init__(self, syntax: FileSyntax | None = None) -> None:
        self.syntax = syntax if syntax is not None else FileSyntax()
        self.go: Go | None = None
        self.toolchain: Toolchain | None = None
        self.godebug: list[Godebug] = []
        self.use: list[Use] = []
        self.replace: list[Replace] = []

    def format(self) -> bytes:
        """The text of the file, in standard style."""
        return format_syntax(self.syntax)


def parse_work(name: str, data: bytes, fix: VersionFixer | None = None) -> WorkFile:
    """A go.work file. name: as shown in errors. fix: see values.parse_version. Raises ErrorList."""
    rules = WorkRules(WorkFile(parse_syntax(name, data)), fix)
    for stmt in rules.file.syntax.stmt:
        if isinstance(stmt, Line):
            rules.add(stmt, stmt.token[0], 1)
        elif isinstance(stmt, LineBlock):
            if len(stmt.token) > 1 or stmt.token[0] not in _BLOCK_VERBS:
                rules.unknown_block(stmt)
                continue
            for line in stmt.line:
                rules.add(line, stmt.token[0], 0)
    if rules.errors:
        raise ErrorList(rules.errors)
    return rules.file


class WorkRules(Rules):
    """The statements of go.work, added to a WorkFile one line at a time."""

    def __init__(self, file: WorkFile, fix: VersionFixer | None) -> None:
        super().__init__(file.syntax, fix)
        self.file = file

    def add(self, line: Line, verb: str, at: int) -> None:
        """Take in one line."""
        f = self.file
        if verb == "go":
            f.go = self.go_line(line, at, f.go) or f.go
        elif verb == "toolchain":
            f.toolchain = self.toolchain_line(line, at, f.toolchain) or f.toolchain
        elif verb == "godebug":
            godebug = self.godebug_line(line, at)
            if godebug is not None:
                f.godebug.append(godebug)
        elif verb == "use":
            self._use(line, verb, at)
        elif verb == "replace":
            replace = self.replace_line(line, verb, at)
            if replace is not None:
                f.replace.append(replace)
        else:
            self.fail(line, f"unknown directive: {verb}")

    def _use(self, line: Line, verb: str, at: int) -> None:
        if len(line.token) != at + 1:
            self.fail(line, f"usage: {verb} local/dir")
            return
        path = self.string_arg(line, at)
        if path is not None:
            self.file.use.append(Use(path, "", line))


def cleanup(f: WorkFile) -> None:
    """Drop what was removed, from the lists and from the tree."""
    f.use = [u for u in f.use if u.path]
    f.replace = [r for r in f.replace if r.old.path]
    f.syntax.cleanup()


def add_go_stmt(f: WorkFile, version: str) -> None:
    """Set the go line; a new one goes before the first statement. Raises GokilnError."""
    from gokiln.modules.modfile.edit import check_go_version

    check_go_version(version)
    if f.go is not None:
        f.go.version = version
        f.syntax.update_line(f.go.syntax, "go", version)
        return
    f.go = Go(version, Line(["go", version]))
    f.syntax.stmt.insert(_below_comments(f.syntax), f.go.syntax)


def add_toolchain_stmt(f: WorkFile, name: str) -> None:
    """Set the toolchain line; a new one goes after the go line, or before the first statement."""
    from gokiln.modules.modfile.edit import check_toolchain_name

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


def set_use(f: WorkFile, uses: Iterable[tuple[str, str]]) -> None:
    """Make (directory, module path) pairs the use lines. Existing lines of a directory stay, as in Go. Then cleanup."""
    need = dict(uses)
    for u in f.use:
        if u.path in need:
            u.module_path = need[u.path]
        else:
            u.clear()
    # Go adds every wanted directory again, also those it has: callers only pass what is missing or all anew.
    for disk_path, module_path in need.items():
        add_new_use(f, disk_path, module_path)
    sort_blocks(f)


def drop_use(f: WorkFile, path: str) -> None:
    """Remove the use lines of a directory."""
    for u in f.use:
        if u.path == path:
            u.clear()


def sort_blocks(f: WorkFile) -> None:
    """Sort the lines of every block, after dropping replacements that a later one overrides."""
    from gokiln.modules.modfile.edit import drop_lines, repeated_replaces

    kill = repeated_replaces(f.replace)
    f.replace = [r for r in f.replace if id(r.syntax) not in kill]
    drop_lines(f.syntax, kill)
    for stmt in f.syntax.stmt:
        if isinstance(stmt, LineBlock):
            stmt.line.sort(key=lambda line: line.token)

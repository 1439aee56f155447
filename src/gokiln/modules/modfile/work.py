"""go.work files: what they say, and how they are parsed. They are edited by edit.py and editwork.py.

Source: golang.org/x/mod/modfile/work.go, go1.26.
"""

from __future__ import annotations

from gokiln.modules.modfile.directives import Go, Godebug, Replace, Toolchain, Use
from gokiln.modules.modfile.errors import ErrorList
from gokiln.modules.modfile.parser import parse_syntax
from gokiln.modules.modfile.printer import format_syntax
from gokiln.modules.modfile.rule import Rules
from gokiln.modules.modfile.syntax import FileSyntax, Line, LineBlock

TYPE_CHECKING = False
if TYPE_CHECKING:
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

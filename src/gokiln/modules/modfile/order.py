"""The order of lines in the blocks of go.mod and go.work files, and which of two that say the same goes.

Source: golang.org/x/mod/modfile (SortBlocks, removeDups and the line orders in rule.go; work.go), go1.26.
"""

from __future__ import annotations

from functools import cmp_to_key

from gokiln.golang import semver
from gokiln.modules.modfile.rule import File
from gokiln.modules.modfile.syntax import CommentBlock, FileSyntax, Line, LineBlock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.modfile.directives import Replace
    from gokiln.modules.modfile.work import WorkFile
    from gokiln.modules.version import ModVersion


def sort_blocks(f: File | WorkFile) -> None:
    """Sort the lines of every block, after dropping duplicates (sorting would lose which came first)."""
    kill = _overridden(f.replace)
    if isinstance(f, File):
        kill |= _duplicates(f)
        f.exclude = [x for x in f.exclude if id(x.syntax) not in kill]
        f.tool = [x for x in f.tool if id(x.syntax) not in kill]
        f.ignore = [x for x in f.ignore if id(x.syntax) not in kill]
    f.replace = [x for x in f.replace if id(x.syntax) not in kill]
    _drop_lines(f.syntax, kill)
    # From Go 1.21 on, exclude blocks are in version order: golang.org/issue/60028.
    semantic = f.go is not None and semver.compare("v" + f.go.version, "v1.21") >= 0
    for stmt in f.syntax.stmt:
        if not isinstance(stmt, LineBlock):
            continue
        if stmt.token[0] == "exclude" and semantic:
            stmt.line.sort(key=cmp_to_key(_compare_exclude))
        elif stmt.token[0] == "retract":
            stmt.line.sort(key=_retract_key)
        else:
            stmt.line.sort(key=_tokens)


def _duplicates(f: File) -> set[int]:
    """Identities of the exclude, tool and ignore lines that repeat an earlier one."""
    kill: set[int] = set()
    seen: set[object] = set()
    for x in f.exclude:
        if x.mod in seen:
            kill.add(id(x.syntax))
        seen.add(x.mod)
    for items in (f.tool, f.ignore):
        paths: set[str] = set()
        for t in items:
            if t.path in paths:
                kill.add(id(t.syntax))
            paths.add(t.path)
    return kill


def _overridden(replaces: list[Replace]) -> set[int]:
    """Identities of the lines of replacements that a later one overrides."""
    kill: set[int] = set()
    seen: set[ModVersion] = set()
    for r in reversed(replaces):
        if r.old in seen:
            kill.add(id(r.syntax))
        seen.add(r.old)
    return kill


def _drop_lines(syntax: FileSyntax, kill: set[int]) -> None:
    """Take lines out of the tree, and blocks that have none left."""
    kept: list[Line | LineBlock | CommentBlock] = []
    for stmt in syntax.stmt:
        if isinstance(stmt, Line):
            if id(stmt) in kill:
                continue
        elif isinstance(stmt, LineBlock):
            stmt.line = [line for line in stmt.line if id(line) not in kill]
            if not stmt.line:
                continue
        kept.append(stmt)
    syntax.stmt = kept


def _tokens(line: Line) -> list[str]:
    return line.token


def _compare_exclude(a: Line, b: Line) -> int:
    if len(a.token) != 2 or len(b.token) != 2:
        return (a.token > b.token) - (a.token < b.token)
    if a.token[0] != b.token[0]:
        return 1 if a.token[0] > b.token[0] else -1
    return semver.compare(a.token[1], b.token[1])


class _Descending:
    """A sort key that puts the greater first."""

    __slots__ = ("value",)

    def __init__(self, value: tuple[str, str]) -> None:
        self.value = value

    def __lt__(self, other: _Descending) -> bool:
        return other.value < self.value


def _retract_key(line: Line) -> _Descending:
    """Intervals from the highest to the lowest; lines of another form count as invalid versions."""
    t = line.token
    low = high = ""
    if len(t) == 1:
        low = high = t[0]
    elif len(t) == 5 and (t[0], t[2], t[4]) == ("[", ",", "]"):
        low, high = t[1], t[3]
    return _Descending((semver.key(low), semver.key(high)))

"""Requirements in two blocks: direct ones, and those marked "// indirect".

From Go 1.17 on a go.mod lists all modules that the build needs, most of them indirect; they are kept in a
block of their own so that people can read the other. Blocks with comments are theirs, and nothing is
moved out of them.

Source: golang.org/x/mod/modfile/rule.go (SetRequireSeparateIndirect, SetRequireAtMostTwo), go1.27.
"""

from __future__ import annotations

from gokiln.golang.space import trim
from gokiln.modules.modfile.directives import Require, is_indirect
from gokiln.modules.modfile.order import sort_blocks
from gokiln.modules.modfile.syntax import Comment, Expr, FileSyntax, Line, LineBlock
from gokiln.modules.modfile.values import auto_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    from gokiln.modules.modfile.rule import File


def set_require_separate_indirect(f: File, reqs: Iterable[Require]) -> None:
    """Make reqs the requirements, exactly, direct and indirect ones apart. Then edit.cleanup."""
    _set_require(f, {r.mod.path: r for r in reqs}, simplify=False)


def set_require_at_most_two(f: File, reqs: Iterable[Require]) -> None:
    """The same, with all requirements in one direct and one indirect block, whatever blocks there are (go1.27)."""
    _set_require(f, {r.mod.path: r for r in reqs}, simplify=True)


def _set_require(f: File, need: dict[str, Require], simplify: bool) -> None:
    survey = _Survey(f.syntax)
    comments = _take_block_comments(f, need) if simplify else ([], [])
    direct, indirect = survey.blocks(f.syntax)
    direct.before += comments[0]
    indirect.before += comments[1]
    have: set[str] = set()
    for r in f.require:
        path = r.mod.path
        wanted = need.get(path)
        if wanted is None or path in have:
            r.clear()
            continue
        have.add(path)
        r.set_version(wanted.mod.version)
        r.set_indirect(wanted.indirect)
        block = survey.block_of.get(id(r.syntax))
        anyway = simplify or survey.one_flat_block
        if wanted.indirect:
            if anyway or block is direct:
                _move(r, indirect)
        elif anyway or block is indirect:
            _move(r, direct)
    for path, wanted in need.items():
        if path not in have:
            _move(wanted, indirect if wanted.indirect else direct)
            f.require.append(wanted)
    sort_blocks(f)


def _take_block_comments(f: File, need: dict[str, Require]) -> tuple[list[Comment], list[Comment]]:
    """Take the comments before require blocks; (those for the direct block, those for the indirect one)."""
    indirect_line = {id(r.syntax): need[r.mod.path].indirect for r in f.require if r.mod.path in need}
    direct: list[Comment] = []
    indirect: list[Comment] = []
    for stmt in f.syntax.stmt:
        if not isinstance(stmt, LineBlock) or stmt.token[:1] != ["require"]:
            continue
        any_direct = any(indirect_line.get(id(line)) is False for line in stmt.line)
        target = indirect if stmt.line and not any_direct else direct
        if target and stmt.before:
            target.append(Comment("//"))
        target += stmt.before
        stmt.before = []
    return direct, indirect


class _Survey:
    """What require lines and blocks there are.

    last_direct, last_indirect: index of the last statement that is uncommented and only of that kind, -1
    for none. one_flat_block: there is just one statement, uncommented, which may be split in two.
    """

    def __init__(self, syntax: FileSyntax) -> None:
        self.last_direct = -1
        self.last_indirect = -1
        self.last_require = -1
        self.block_of: dict[int, LineBlock] = {}  # by identity of the line
        count = 0
        for i, stmt in enumerate(syntax.stmt):
            if not isinstance(stmt, Line | LineBlock) or stmt.token[:1] != ["require"]:
                continue
            self.last_require = i
            count += 1
            lines = [stmt] if isinstance(stmt, Line) else stmt.line
            if isinstance(stmt, LineBlock):
                for line in lines:
                    self.block_of[id(line)] = stmt
            if not lines or _has_comments(stmt) or any(_has_comments(line) for line in lines):
                continue
            kinds = {is_indirect(line) for line in lines}
            if kinds == {False}:
                self.last_direct = i
            elif kinds == {True}:
                self.last_indirect = i
        self.one_flat_block = count == 1 and not _has_comments(syntax.stmt[self.last_require])

    def blocks(self, syntax: FileSyntax) -> tuple[LineBlock, LineBlock]:
        """The blocks for direct and for indirect requirements, made where there are none.

        cleanup drops those that stay empty and turns those of one line into lines.
        """
        if self.last_direct >= 0:
            direct = _ensure_block(syntax, self.last_direct)
        else:
            if self.last_indirect >= 0:
                self.last_direct = self.last_indirect
                self.last_indirect += 1
            elif self.last_require >= 0:
                self.last_direct = self.last_require + 1
            else:
                self.last_direct = len(syntax.stmt)
            direct = _insert_block(syntax, self.last_direct)
        if self.last_indirect >= 0:
            return direct, _ensure_block(syntax, self.last_indirect)
        self.last_indirect = self.last_direct + 1
        return direct, _insert_block(syntax, self.last_indirect)


def _has_comments(x: Expr) -> bool:
    """Whether x has comments other than "// indirect"."""
    if x.before or x.after or len(x.suffix) > 1:
        return True
    return len(x.suffix) == 1 and trim(x.suffix[0].token.removeprefix("//")) != "indirect"


def _insert_block(syntax: FileSyntax, i: int) -> LineBlock:
    block = LineBlock(["require"])
    syntax.stmt.insert(i, block)
    return block


def _ensure_block(syntax: FileSyntax, i: int) -> LineBlock:
    stmt = syntax.stmt[i]
    if isinstance(stmt, LineBlock):
        return stmt
    assert isinstance(stmt, Line), stmt
    block = LineBlock(["require"])
    block.line = [stmt]
    stmt.token = stmt.token[1:]
    stmt.in_block = True
    syntax.stmt[i] = block
    return block


def _move(r: Require, block: LineBlock) -> None:
    """Put r at the end of block, with its comments when it was elsewhere."""
    if r.syntax is None:
        line = r.syntax = Line([auto_quote(r.mod.path), r.mod.version])
        if r.indirect:
            r.set_indirect(True)
    else:
        line = r.syntax = r.syntax.moved()
        if not line.in_block and line.starts_with("require"):
            line.token = line.token[1:]
    line.in_block = True
    block.line.append(line)

"""The syntax tree of go.mod and go.work files: nothing lost but spacing.

A file is a list of statements. A statement is a line of tokens, a parenthesised block of lines, or a block
of comments that stands alone. Comments hang on the nearest statement: whole-line comments on the one that
follows (`before`), end-of-line comments on the one they end (`suffix`). Edits change tokens in place; a
removed line stays, marked, until `cleanup`, so that removing many lines is not quadratic.

Text is str with invalid UTF-8 as surrogates (errors="surrogateescape").

Source: golang.org/x/mod/modfile/read.go, go1.26.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class Position(NamedTuple):
        """A place in a file: line (from 1), rune in the line (from 1), offset in characters (from 0)."""

        line: int = 0
        line_rune: int = 0
        offset: int = 0
else:
    Position = namedtuple("Position", "line line_rune offset", defaults=(0, 0, 0))

NOWHERE = Position()


def after(pos: Position, s: str) -> Position:
    """The position at the end of s when s starts at pos."""
    line, rune, offset = pos
    n = s.count("\n")
    offset += len(s)
    if n:
        line += n
        s = s[s.rindex("\n") + 1 :]
        rune = 1
    return Position(line, rune + len(s), offset)


class Comment:
    """One // comment. token: its text without newline; "" stands for a blank line inside a block."""

    __slots__ = ("start", "suffix", "token")

    def __init__(self, token: str = "", start: Position = NOWHERE, suffix: bool = False) -> None:
        self.token = token
        self.start = start
        self.suffix = suffix


class Expr:
    """Anything comments can hang on."""

    __slots__ = ("after", "before", "suffix")

    def __init__(self) -> None:
        self.before: list[Comment] = []  # whole-line comments before
        self.suffix: list[Comment] = []  # end-of-line comments
        self.after: list[Comment] = []  # whole-line comments after; top level only

    def span(self) -> tuple[Position, Position]:
        """Start and end, without comments."""
        return NOWHERE, NOWHERE


class CommentBlock(Expr):
    """Comments at top level, separate from any statement."""

    __slots__ = ("start",)

    def __init__(self, start: Position = NOWHERE) -> None:
        super().__init__()
        self.start = start

    def span(self) -> tuple[Position, Position]:
        return self.start, self.start


class Line(Expr):
    """A line of tokens. Inside a block the block's own tokens are not repeated."""

    __slots__ = ("end", "in_block", "removed", "start", "token")

    def __init__(
        self, token: list[str], start: Position = NOWHERE, end: Position = NOWHERE, in_block: bool = False
    ) -> None:
        super().__init__()
        self.token = token
        self.start = start
        self.end = end
        self.in_block = in_block
        self.removed = False

    def span(self) -> tuple[Position, Position]:
        return self.start, self.end

    def mark_removed(self) -> None:
        """Let cleanup drop this line and its end-of-line comment."""
        self.token = []
        self.removed = True
        self.suffix = []

    def moved(self) -> Line:
        """A copy that takes this line's place elsewhere; this one is left for cleanup to drop."""
        line = Line(self.token, self.start, self.end, self.in_block)
        line.before, line.suffix, line.after = self.before, self.suffix, self.after
        self.token = []
        self.removed = True
        return line

    def starts_with(self, verb: str) -> bool:
        """Whether the line is there and its first token is verb."""
        return bool(self.token) and self.token[0] == verb


class Paren(Expr):
    """The opening or closing parenthesis of a block: a place for comments."""

    __slots__ = ("pos",)

    def __init__(self, pos: Position = NOWHERE) -> None:
        super().__init__()
        self.pos = pos

    def span(self) -> tuple[Position, Position]:
        return self.pos, after(self.pos, ")")


class LineBlock(Expr):
    """`token (` lines `)`."""

    __slots__ = ("line", "lparen", "rparen", "start", "token")

    def __init__(self, token: list[str], start: Position = NOWHERE, lparen: Position = NOWHERE) -> None:
        super().__init__()
        self.token = token
        self.start = start
        self.lparen = Paren(lparen)
        self.rparen = Paren()
        self.line: list[Line] = []

    def span(self) -> tuple[Position, Position]:
        return self.start, after(self.rparen.pos, ")")


class FileSyntax(Expr):
    """A whole file. name: as shown in errors."""

    __slots__ = ("name", "stmt")

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name
        self.stmt: list[Line | LineBlock | CommentBlock] = []

    def span(self) -> tuple[Position, Position]:
        if not self.stmt:
            return NOWHERE, NOWHERE
        return self.stmt[0].span()[0], self.stmt[-1].span()[1]

    def add_line(self, hint: Line | LineBlock | None, *tokens: str) -> Line:
        """Add a line of tokens and return it.

        With a hint whose first token is the same, the line goes to the end of the hint's block (a single
        line becomes a block); with another hint, after it. Without one, after the last statement of the
        same kind, or at the end of the file.
        """
        verb = tokens[0]
        if hint is None:
            hint = self._last_of(verb)
        if hint is None:
            return self.append_line(*tokens)
        for i, stmt in enumerate(self.stmt):
            if isinstance(stmt, Line):
                if stmt is hint:
                    if not stmt.starts_with(verb):
                        return self._insert_after(i, tokens)
                    return self._grow(i, stmt, tokens)
            elif isinstance(stmt, LineBlock):
                if stmt is hint:
                    at = len(stmt.line)
                elif isinstance(hint, Line) and any(hint is line for line in stmt.line):
                    at = next(j for j, line in enumerate(stmt.line) if line is hint) + 1
                else:
                    continue
                if stmt.token[0] != verb:
                    return self._insert_after(i, tokens)
                new = Line(list(tokens[1:]), in_block=True)
                stmt.line.insert(at, new)
                return new
        return self.append_line(*tokens)

    def _last_of(self, verb: str) -> Line | LineBlock | None:
        for stmt in reversed(self.stmt):
            if isinstance(stmt, Line) and stmt.starts_with(verb):
                return stmt
            if isinstance(stmt, LineBlock) and stmt.token[0] == verb:
                return stmt
        return None

    def append_line(self, *tokens: str) -> Line:
        """Add a line at the end of the file, whatever there is of its kind elsewhere."""
        new = Line(list(tokens))
        self.stmt.append(new)
        return new

    def _insert_after(self, i: int, tokens: tuple[str, ...]) -> Line:
        new = Line(list(tokens))
        self.stmt.insert(i + 1, new)
        return new

    def _grow(self, i: int, stmt: Line, tokens: tuple[str, ...]) -> Line:
        """Turn the single line at i into a block and add a line to it."""
        block = LineBlock(stmt.token[:1])
        stmt.in_block = True
        stmt.token = stmt.token[1:]
        new = Line(list(tokens[1:]), in_block=True)
        block.line = [stmt, new]
        self.stmt[i] = block
        return new

    def update_line(self, line: Line, *tokens: str) -> None:
        """Give line new tokens (with the verb first, dropped inside a block)."""
        line.token = list(tokens[1:] if line.in_block else tokens)
        line.removed = False

    def cleanup(self) -> None:
        """Drop removed lines and empty blocks; a block of one line becomes that line."""
        kept: list[Line | LineBlock | CommentBlock] = []
        for stmt in self.stmt:
            if isinstance(stmt, Line):
                if stmt.removed:
                    continue
            elif isinstance(stmt, LineBlock):
                stmt.line = [line for line in stmt.line if not line.removed]
                if not stmt.line:
                    continue
                if len(stmt.line) == 1 and not stmt.rparen.before:
                    kept.append(_collapse(stmt))
                    continue
            kept.append(stmt)
        self.stmt = kept


def _collapse(block: LineBlock) -> Line:
    """The only line of block, made to stand alone. The same object, because File points at it."""
    line = block.line[0]
    line.before = block.before + line.before
    line.suffix = line.suffix + block.suffix
    line.after = line.after + block.after
    line.token = block.token + line.token
    line.in_block = False
    line.start = line.end = NOWHERE
    return line

"""From bytes to the syntax tree.

Source: golang.org/x/mod/modfile/read.go (parse, assignComments, ModulePath), go1.26.
"""

from __future__ import annotations

from gokiln.golang.space import trim
from gokiln.modules.modfile.lexer import COMMENT, ENDS_LINE, EOF, EOL_COMMENT, NEWLINE, Lexer, Token
from gokiln.modules.modfile.syntax import Comment, CommentBlock, Expr, FileSyntax, Line, LineBlock, Position


def parse_syntax(name: str, data: bytes) -> FileSyntax:
    """The tree of a go.mod or go.work file. Raises ErrorList (with one error)."""
    return _Parser(name, data.decode("utf-8", "surrogateescape")).parse()


class _Parser:
    def __init__(self, name: str, text: str) -> None:
        self.lexer = Lexer(name, text)
        self.file = FileSyntax(name)

    def parse(self) -> FileSyntax:
        self._parse_file()
        _assign_comments(self.file, self.lexer.comments)
        return self.file

    def _parse_file(self) -> None:
        lexer = self.lexer
        stmt = self.file.stmt
        block: CommentBlock | None = None
        while True:
            kind = lexer.token.kind
            if kind == NEWLINE:
                lexer.lex()
                if block is not None:
                    stmt.append(block)
                    block = None
            elif kind == COMMENT:
                token = lexer.lex()
                if block is None:
                    block = CommentBlock(token.pos)
                block.before.append(Comment(token.text, token.pos))
            elif kind == EOF:
                if block is not None:
                    stmt.append(block)
                return
            else:
                self._parse_stmt()
                if block is not None:
                    stmt[-1].before = block.before
                    block = None

    def _parse_stmt(self) -> None:
        lexer = self.lexer
        first = lexer.lex()
        end = first.end
        tokens = [first.text]
        while True:
            token = lexer.lex()
            if token.kind in ENDS_LINE:
                self.file.stmt.append(Line(tokens, first.pos, end))
                return
            if token.kind != "(":
                tokens.append(token.text)
                end = token.end
                continue
            following = lexer.token.kind
            if following in ENDS_LINE:
                self.file.stmt.append(self._parse_block(first.pos, tokens, token))
                return
            tokens.append(token.text)
            if following == ")":
                rparen = lexer.lex()
                if lexer.token.kind in ENDS_LINE:  # an empty block
                    lexer.lex()
                    tokens.pop()
                    block = LineBlock(tokens, first.pos, token.pos)
                    block.rparen.pos = rparen.pos
                    self.file.stmt.append(block)
                    return
                tokens.append(rparen.text)  # "( )" in the middle of a line

    def _parse_block(self, start: Position, tokens: list[str], lparen: Token) -> LineBlock:
        lexer = self.lexer
        block = LineBlock(tokens, start, lparen.pos)
        comments: list[Comment] = []
        while True:
            kind = lexer.token.kind
            if kind == EOL_COMMENT:
                lexer.lex()
            elif kind == NEWLINE:
                lexer.lex()
                # A blank line is kept as an empty comment, but not at the top and never two in a row.
                if comments[-1].token != "" if comments else block.line:
                    comments.append(Comment())
            elif kind == COMMENT:
                token = lexer.lex()
                comments.append(Comment(token.text, token.pos))
            elif kind == EOF:
                where = f"{lexer.name}:{start.line}:{start.line_rune}"
                lexer.fail(f"syntax error (unterminated block started at {where})")
            elif kind == ")":
                rparen = lexer.lex()
                if len(comments) == 1 and comments[0].token == "":
                    comments = []
                block.rparen.before = comments
                block.rparen.pos = rparen.pos
                if lexer.token.kind not in ENDS_LINE:
                    lexer.fail("syntax error (expected newline after closing paren)")
                lexer.lex()
                return block
            else:
                line = self._parse_line()
                line.before = comments
                block.line.append(line)
                comments = []

    def _parse_line(self) -> Line:
        first = self.lexer.lex()
        end = first.end
        tokens = [first.text]
        while True:
            token = self.lexer.lex()
            if token.kind in ENDS_LINE:
                return Line(tokens, first.pos, end, in_block=True)
            tokens.append(token.text)
            end = token.end


def _assign_comments(file: FileSyntax, comments: list[Comment]) -> None:
    """Hang each end-of-line comment on the innermost expression that ends before it on the same line.

    Walks expressions from the last to end to the first, so comments are taken from the back of the list.
    """
    left = list(comments)
    for expr in reversed(_postorder(file)):
        if not left:
            return
        start, end = expr.span()
        if start.line != end.line:
            continue  # in `x (\n z ) // comment` the comment belongs to z
        taken: list[Comment] = []
        while left and end.offset <= left[-1].start.offset:
            taken.append(left.pop())
        expr.suffix = taken[::-1]
    file.before = file.before + left


def _postorder(file: FileSyntax) -> list[Expr]:
    found: list[Expr] = []
    for stmt in file.stmt:
        if isinstance(stmt, LineBlock):
            found.append(stmt.lparen)
            found += stmt.line
            found.append(stmt.rparen)
        found.append(stmt)
    return found


def module_path(data: bytes) -> str:
    """The module path of go.mod text, tolerant of everything else in it; "" when there is none."""
    for raw in data.decode("utf-8", "surrogateescape").split("\n"):
        line = trim(raw.partition("//")[0])
        if not line.startswith("module"):
            continue
        rest = line[len("module") :]
        path = trim(rest)
        if len(path) == len(rest) or not path:
            continue
        if path[0] in '"`':
            from gokiln.base.quote import unquote

            try:
                return unquote(path)
            except ValueError:
                return ""
        return path
    return ""

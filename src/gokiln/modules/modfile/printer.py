"""From the syntax tree back to bytes, in standard style.

Source: golang.org/x/mod/modfile/print.go, go1.26.
"""

from __future__ import annotations

from gokiln.golang.space import trim
from gokiln.modules.modfile.syntax import Comment, CommentBlock, Expr, FileSyntax, Line, LineBlock, Paren


def format_syntax(file: FileSyntax) -> bytes:
    """The text of a file, formatted."""
    printer = _Printer()
    printer.file(file)
    return printer.text().encode("utf-8", "surrogateescape")


class _Printer:
    def __init__(self) -> None:
        self.done: list[str] = []  # finished lines, without their newlines
        self.current = ""  # the line being written
        self.comment: list[Comment] = []  # end-of-line comments, pending
        self.margin = 0  # tabs to the left

    def text(self) -> str:
        """All that was written, without blank lines at the end."""
        text = "\n".join([*self.done, self.current])
        body = text.rstrip("\n")
        return body + "\n" if body and len(body) < len(text) else body

    def _write(self, s: str) -> None:
        if "\n" in s:  # only a quoted token can hold one
            *lines, self.current = (self.current + s).split("\n")
            self.done += lines
        else:
            self.current += s

    def _break(self) -> None:
        self.done.append(self.current)
        self.current = ""

    def _trim(self) -> None:
        self.current = self.current.rstrip(" \t")

    def _newline(self) -> None:
        """End the line, with the end-of-line comments that wait for it."""
        if self.comment:
            self._write(" ")
            for i, com in enumerate(self.comment):
                if i > 0:
                    self._trim()
                    self._break()
                    self.current = "\t" * self.margin
                self._write(trim(com.token))
            self.comment = []
        self._trim()
        at_top = not self.done and not self.current
        after_blank = len(self.done) > 1 and not self.current and not self.done[-1]
        if not at_top and not after_blank:
            self._break()
        self.current += "\t" * self.margin

    def file(self, file: FileSyntax) -> None:
        for com in file.before:
            self._write(trim(com.token))
            self._newline()
        for i, stmt in enumerate(file.stmt):
            self._expr(stmt)
            if not isinstance(stmt, CommentBlock):
                self._newline()
            for com in stmt.after:
                self._write(trim(com.token))
                self._newline()
            if i + 1 < len(file.stmt):
                self._newline()

    def _expr(self, x: Expr, paren: str = "") -> None:
        if x.before:
            self._trim()
            if self.current:
                self._break()
            self.current += "\t" * self.margin
            for com in x.before:
                self._write(trim(com.token))
                self._newline()
        if isinstance(x, Paren):
            self._write(paren)
        elif isinstance(x, Line):
            self._tokens(x.token)
        elif isinstance(x, LineBlock):
            self._tokens(x.token)
            self._write(" ")
            self._expr(x.lparen, "(")
            self.margin += 1
            for line in x.line:
                self._newline()
                self._expr(line)
            self.margin -= 1
            self._newline()
            self._expr(x.rparen, ")")
        self.comment += x.suffix

    def _tokens(self, tokens: list[str]) -> None:
        sep = ""
        for t in tokens:
            if t in (",", ")", "]", "}"):
                sep = ""
            self._write(sep + t)
            sep = "" if t in ("(", "[", "{") else " "

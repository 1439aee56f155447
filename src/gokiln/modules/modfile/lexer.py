"""Tokens of go.mod files.

One regular expression recognises each kind of token; the reader keeps one token of lookahead, as Go's
does, because the position in an error message is where reading had come to, lookahead included.

Source: golang.org/x/mod/modfile/read.go (input.readToken), go1.26.
"""

from __future__ import annotations

import re
from collections import namedtuple

from gokiln.golang.space import trim
from gokiln.modules.modfile.errors import Error, ErrorList
from gokiln.modules.modfile.syntax import Comment, Position

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple, NoReturn

    class Token(NamedTuple):
        """kind: one of the constants below, or the punctuation character itself."""

        kind: str
        pos: Position
        end: Position
        text: str
else:
    Token = namedtuple("Token", "kind pos end text")

EOF = "eof"
EOL_COMMENT = "eol comment"
IDENT = "ident"
STRING = "string"
COMMENT = "comment"
NEWLINE = "\n"
ENDS_LINE = frozenset([EOF, EOL_COMMENT, NEWLINE])

_SPACE = re.compile(r"[ \t\r]*")
# No space, control, punctuation or comment start. What beyond ASCII does not print is sorted out afterwards.
_IDENT = re.compile(r"(?:[^\x00-\x20()\[\]{},/\x7f]|/(?![/*]))*+")
_NO_BLOCK_COMMENT = "mod files must use // comments (not /* */ comments)"


def is_print(c: str) -> bool:
    """unicode.IsPrint of one character; an invalid byte counts as U+FFFD, which prints."""
    if c < "\x80":
        return " " <= c <= "~"
    if "\ud800" <= c <= "\udfff":
        return True
    from gokiln.base.quote import is_print as is_print_point

    return is_print_point(ord(c))


class Lexer:
    """Reads tokens of text; `token` is the next one. Raises ErrorList at the first error."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.offset = 0
        self.line = 1
        self.line_start = 0  # offset of the first character of the line
        self.comments: list[Comment] = []  # end-of-line comments, to be attached later
        self.token = self._read()

    def lex(self) -> Token:
        """The next token, consumed."""
        token = self.token
        self.token = self._read()
        return token

    def position(self) -> Position:
        """Where reading has come to."""
        return Position(self.line, self.offset - self.line_start + 1, self.offset)

    def fail(self, problem: str, pos: Position | None = None) -> NoReturn:
        """Raise the one error a file with bad syntax has."""
        raise ErrorList([Error(problem, filename=self.name, pos=pos or self.position())])

    def _advance(self, to: int) -> None:
        newlines = self.text.count("\n", self.offset, to)
        if newlines:
            self.line += newlines
            self.line_start = self.text.rindex("\n", self.offset, to) + 1
        self.offset = to

    def _read(self) -> Token:
        text = self.text
        m = _SPACE.match(text, self.offset)
        if m is not None:
            self.offset = m.end()
        start = self.position()
        c = text[self.offset : self.offset + 1]
        if c == "":
            return Token(EOF, start, start, "")
        if c == "/":
            if text.startswith("//", self.offset):
                return self._comment(start)
            if text.startswith("/*", self.offset):
                self.fail(_NO_BLOCK_COMMENT)
        if c in "\n()[]{},":
            self._advance(self.offset + 1)
            return Token(c, start, self.position(), c)
        if c == '"' or c == "`":
            return self._string(start, c)
        return self._ident(start, c)

    def _comment(self, start: Position) -> Token:
        text = self.text
        begin = self.offset
        suffix = trim(text[text.rfind("\n", 0, begin) + 1 : begin]) != ""
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end + 1
        self._advance(end)
        token = text[begin:end].removesuffix("\n")
        if text.endswith("\r\n", begin, end):
            token = token[:-1]
        if not suffix:
            return Token(COMMENT, start, self.position(), token)
        self.comments.append(Comment(token, start, suffix=True))
        return Token(EOL_COMMENT, start, self.position(), token)

    def _string(self, start: Position, quote: str) -> Token:
        text = self.text
        begin = i = self.offset
        i += 1
        while True:
            c = text[i : i + 1]
            if c == "":
                self.fail("unexpected EOF in string", start)
            if c == "\n":
                self._advance(i)
                self.fail("unexpected newline in string")
            i += 1
            if c == quote:
                break
            if c == "\\" and quote != "`":
                if i >= len(text):
                    self.fail("unexpected EOF in string", start)
                i += 1
        self._advance(i)
        return Token(STRING, start, self.position(), text[begin:i])

    def _ident(self, start: Position, first: str) -> Token:
        text = self.text
        begin = self.offset
        m = _IDENT.match(text, begin)
        end = m.end() if m else begin
        word = text[begin:end]
        stopped = False
        if not word.isascii():
            for i, c in enumerate(word):
                if c >= "\x80" and not is_print(c):
                    word = word[:i]
                    stopped = True
                    break
        if not word:
            self.fail(f"unexpected input character {_show_rune(first)}")
        self.offset = begin + len(word)
        if not stopped and text.startswith("/*", self.offset):
            self.fail(_NO_BLOCK_COMMENT)
        return Token(IDENT, start, self.position(), word)


def _show_rune(c: str) -> str:
    """%#q of a rune."""
    from gokiln.golang.modpath import quote_rune

    return quote_rune(c)

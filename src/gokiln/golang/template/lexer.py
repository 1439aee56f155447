"""Cuts a Go template into items: text, delimiters, words, literals.

Source: text/template/parse/lex.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.golang.characters import unicode_name

KEYWORDS = {
    ".": "dot",
    **{k: k for k in ("block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with")},
}
_KEYWORD_KINDS = frozenset(KEYWORDS.values())
_SPACES = " \t\r\n"
_LEFT, _RIGHT = "{{", "}}"


class Item:
    """A piece of a template: kind, offset in characters, text, line."""

    __slots__ = ("kind", "line", "pos", "text")

    def __init__(self, kind: str, pos: int, text: str, line: int) -> None:
        self.kind = kind
        self.pos = pos
        self.text = text
        self.line = line

    def __str__(self) -> str:
        if self.kind == "EOF":
            return "EOF"
        if self.kind == "error":
            return self.text
        if self.kind in _KEYWORD_KINDS:
            return f"<{self.text}>"
        if len(self.text.encode("utf-8", "surrogateescape")) > 10:
            return go_quote(self.text[:10]) + "..."
        return go_quote(self.text)


def is_space(char: str) -> bool:
    """Whether a character is one of the four blanks of the template language; "" is not."""
    return char != "" and char in _SPACES


def is_alphanumeric(char: str) -> bool:
    """Whether a character may stand in a name."""
    return char == "_" or char.isalpha() or char.isdecimal()


class Lexer:
    """next_item() gives one item at a time; an item of kind "error" is the last."""

    def __init__(self, text: str, break_ok: bool = True, continue_ok: bool = True) -> None:
        self.input = text
        self.pos = 0
        self.start = 0
        self.line = 1
        self.start_line = 1
        self.depth = 0
        self.inside = False
        self.break_ok = break_ok
        self.continue_ok = continue_ok

    def item(self, kind: str) -> Item:
        """What lies between start and pos, as an item; go on after it."""
        text = self.input[self.start : self.pos]
        item = Item(kind, self.start, text, self.start_line)
        self.skip()
        return item

    def skip(self) -> None:
        """Leave out what lies between start and pos."""
        self.line += self.input.count("\n", self.start, self.pos)
        self.start = self.pos
        self.start_line = self.line

    def error(self, message: str) -> Item:
        """The item that tells what is wrong; nothing comes after it."""
        item = Item("error", self.start, message, self.start_line)
        self.start = self.pos = 0
        self.input = ""
        self.inside = False
        return item

    def peek(self, ahead: int = 0) -> str:
        """A character not yet taken, "" past the end."""
        return self.input[self.pos + ahead : self.pos + ahead + 1]

    def next_item(self) -> Item:
        """The next item: of kind "text", of an action, "EOF" or "error"."""
        return self.lex_inside() if self.inside else self.lex_text()

    def lex_text(self) -> Item:
        """What stands outside of actions, up to the next {{ or the end."""
        while True:
            at = self.input.find(_LEFT, self.pos)
            if at < 0:
                self.pos = len(self.input)
                return self.item("text") if self.pos > self.start else Item("EOF", self.pos, "EOF", self.line)
            if at > self.pos:
                end = at
                if self._left_trim(at + 2):
                    end = self.start + len(self.input[self.start : at].rstrip(_SPACES))
                self.pos = end
                item = self.item("text")
                self.pos = at
                self.skip()
                if item.text:
                    return item
            found = self.lex_left_delim()
            if found is not None:
                return found

    def _left_trim(self, at: int) -> bool:
        return self.input[at : at + 1] == "-" and is_space(self.input[at + 1 : at + 2])

    def at_right_delim(self) -> tuple[bool, bool]:
        """Whether }} comes next, and whether with a trim marker in front."""
        text, at = self.input, self.pos
        if is_space(text[at : at + 1]) and text.startswith("-" + _RIGHT, at + 1):
            return True, True
        return text.startswith(_RIGHT, at), False

    def lex_left_delim(self) -> Item | None:
        """{{ comes next; None when it began a comment, which has been passed."""
        self.pos += 2
        marker = 2 if self._left_trim(self.pos) else 0
        if self.input.startswith("/*", self.pos + marker):
            self.pos += marker
            self.skip()
            return self.lex_comment()
        item = self.item("leftDelim")
        self.inside = True
        self.pos += marker
        self.skip()
        self.depth = 0
        return item

    def lex_comment(self) -> Item | None:
        """Pass a comment, at whose /* we stand; an item only if it is malformed."""
        end = self.input.find("*/", self.pos + 2)
        if end < 0:
            return self.error("unclosed comment")
        self.pos = end + 2
        delim, trim = self.at_right_delim()
        if not delim:
            return self.error("comment ends before closing delimiter")
        self.pos += 4 if trim else 2
        self._trim_after(trim)
        self.skip()
        return None

    def _trim_after(self, trim: bool) -> None:
        while trim and is_space(self.peek()):
            self.pos += 1

    def lex_right_delim(self, trim: bool) -> Item:
        """The }} at which we stand; trim: a trim marker in front of it eats the blanks behind."""
        if trim:
            self.pos += 2
            self.skip()
        self.pos += 2
        item = self.item("rightDelim")
        self._trim_after(trim)
        self.skip()
        self.inside = False
        return item

    def lex_inside(self) -> Item:
        """The next item of an action."""
        delim, trim = self.at_right_delim()
        if delim:
            return self.error("unclosed left paren") if self.depth else self.lex_right_delim(trim)
        char = self.peek()
        if char == "":
            return self.error("unclosed action")
        if is_space(char):
            return self.lex_space()
        self.pos += 1
        if char == ":":
            if self.peek() != "=":
                return self.error("expected :=")
            self.pos += 1
            return self.item("declare")
        if char in "=|":
            return self.item("assign" if char == "=" else "pipe")
        if char in "\"'":
            return self.lex_quote(char)
        if char == "`":
            end = self.input.find("`", self.pos)
            if end < 0:
                return self.error("unterminated raw quoted string")
            self.pos = end + 1
            return self.item("rawString")
        if char == "$":
            return self.lex_name("variable")
        if char == "." and (self.peek() < "0" or self.peek() > "9") and self.peek():
            return self.lex_name("field")
        if char in ".+-0123456789":
            self.pos -= 1
            return self.lex_number()
        if is_alphanumeric(char):
            return self.lex_identifier()
        if char in "()":
            self.depth += 1 if char == "(" else -1
            if self.depth < 0:
                return self.error("unexpected right paren")
            return self.item("leftParen" if char == "(" else "rightParen")
        if char.isascii() and char.isprintable():
            return self.item("char")
        code = 0xFFFD if 0xDC80 <= ord(char) <= 0xDCFF else ord(char)
        return self.error(f"unrecognized character in action: {unicode_name(code)}")

    def lex_space(self) -> Item:
        """Blanks, or the }} whose trim marker they lead up to."""
        while is_space(self.peek()):
            self.pos += 1
        if self.input.startswith("-" + _RIGHT, self.pos):
            self.pos -= 1
            if self.pos == self.start:
                return self.lex_right_delim(True)
        return self.item("space")

    def lex_identifier(self) -> Item:
        """A name or a keyword, of which the first character has been taken."""
        while is_alphanumeric(self.peek()):
            self.pos += 1
        word = self.input[self.start : self.pos]
        if not self.at_terminator():
            return self.bad_character()
        kind = KEYWORDS.get(word, "")
        if (kind == "break" and not self.break_ok) or (kind == "continue" and not self.continue_ok):
            kind = ""
        return self.item(kind or ("bool" if word in ("true", "false") else "identifier"))

    def bad_character(self) -> Item:
        """The error of a character that cannot follow what has been taken."""
        code = ord(self.peek())
        return self.error(f"bad character {unicode_name(0xFFFD if 0xDC80 <= code <= 0xDCFF else code)}")

    def lex_name(self, kind: str) -> Item:
        """A field or variable whose dot or dollar has been taken."""
        if self.at_terminator():
            return self.item("variable" if kind == "variable" else "dot")
        while is_alphanumeric(self.peek()):
            self.pos += 1
        return self.item(kind) if self.at_terminator() else self.bad_character()

    def at_terminator(self) -> bool:
        """Whether what comes next may follow a name."""
        char = self.peek()
        return char == "" or char in " \t\r\n.,|:)(" or self.input.startswith(_RIGHT, self.pos)

    def lex_quote(self, quote: str) -> Item:
        """A string or character constant, of which the quote has been taken."""
        what = "quoted string" if quote == '"' else "character constant"
        while True:
            char = self.peek()
            if char == "\\":
                self.pos += 1
                char = self.peek()
                if char not in ("", "\n"):
                    self.pos += 1
                    continue
            if char in ("", "\n"):
                return self.error(f"unterminated {what}")
            self.pos += 1
            if char == quote:
                return self.item("string" if quote == '"' else "charConstant")

    def lex_number(self) -> Item:
        """A number of any kind, read loosely; number.py checks it."""
        kind = "number"
        ok = self.scan_number()
        if ok and self.peek() in ("+", "-"):
            kind = "complex"
            ok = self.scan_number() and self.input[self.pos - 1] == "i"
        if not ok:
            return self.error(f"bad number syntax: {go_quote(self.input[self.start : self.pos])}")
        return self.item(kind)

    def accept(self, valid: str) -> bool:
        """Take the next character if it is one of valid; whether it was."""
        if self.peek() and self.peek() in valid:
            self.pos += 1
            return True
        return False

    def scan_number(self) -> bool:
        """Take a number; False if letters follow it at once."""
        self.accept("+-")
        digits = "0123456789_"
        if self.accept("0"):
            for letters, allowed in (("xX", "0123456789abcdefABCDEF_"), ("oO", "01234567_"), ("bB", "01_")):
                if self.accept(letters):
                    digits = allowed
                    break
        while self.accept(digits):
            pass
        if self.accept("."):
            while self.accept(digits):
                pass
        if (len(digits) == 11 and self.accept("eE")) or (len(digits) == 23 and self.accept("pP")):
            self.accept("+-")
            while self.accept("0123456789_"):
                pass
        self.accept("i")
        if is_alphanumeric(self.peek()):
            self.pos += 1
            return False
        return True

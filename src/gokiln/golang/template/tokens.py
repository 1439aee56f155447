"""A template's tokens with some looking ahead, and what is said of one that does not belong where it is.

Source: text/template/parse/parse.go (next, backup, peek, expect, unexpected, errorf), go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import unquote
from gokiln.golang.template.lexer import Item, Lexer


class TemplateError(Exception):
    """A template that does not parse or fails while it runs; str() is text/template's message."""


class Tokens:
    """Hands out tokens. name: of the file, for messages. action_line: where the action at hand started, 0 for none."""

    def __init__(self, name: str, lexer: Lexer) -> None:
        self.name = name
        self.lexer = lexer
        self.token = [Item("EOF", 0, "", 0)] * 3
        self.peek_count = 0
        self.action_line = 0

    def next(self) -> Item:
        """The next token. Raises TemplateError."""
        if self.peek_count > 0:
            self.peek_count -= 1
        else:
            self.token[0] = self.lexer.next_item()
        return self.token[self.peek_count]

    def backup(self) -> None:
        """Take the last token back."""
        self.peek_count += 1

    def peek(self) -> Item:
        """The next token, which stays the next."""
        item = self.next()
        self.backup()
        return item

    def next_non_space(self) -> Item:
        """The next token that is not blank."""
        item = self.next()
        while item.kind == "space":
            item = self.next()
        return item

    def peek_non_space(self) -> Item:
        """The same, which stays the next."""
        item = self.next_non_space()
        self.backup()
        return item

    def error(self, message: str) -> TemplateError:
        """The error at the token at hand."""
        return TemplateError(f"template: {self.name}:{self.token[0].line}: {message}")

    def unexpected(self, token: Item, context: str) -> TemplateError:
        """The error that a token has no business there."""
        if token.kind == "error":
            extra = ""
            if self.action_line and self.action_line != token.line:
                extra = f" in action started at {self.name}:{self.action_line}"
                if token.text.endswith(" action"):
                    extra = extra[len(" in action") :]
            return self.error(f"{token}{extra}")
        return self.error(f"unexpected {token} in {context}")

    def expect(self, context: str, *kinds: str) -> Item:
        """The next token that is not blank, of one of the kinds. Raises TemplateError."""
        token = self.next_non_space()
        if token.kind not in kinds:
            raise self.unexpected(token, context)
        return token

    def unquote(self, text: str) -> str:
        """The value of a string literal. Raises TemplateError."""
        try:
            return unquote(text)
        except ValueError as err:
            raise self.error(str(err)) from None

"""Package comments as `list` shows them: comment markers off, first sentence, on one line.

Source: go/ast (CommentGroup.Text), go/doc/synopsis.go, go/doc/comment, go1.26.
"""

from __future__ import annotations

import re

from gokiln.golang.doccomment import first_paragraph
from gokiln.golang.scanner import strip_cr

_COMMENT = re.compile(rb"//[^\n]*|/\*(?s:.*?)\*/")
_DIRECTIVE = re.compile(rb"(?:line |extern |export |[a-z0-9]+:[a-z0-9])")
_ILLEGAL_PREFIXES = ("copyright", "all rights", "author")
_RUNS_OF_BLANK_LINES = re.compile("\n\n\n+")


def package_synopsis(lead: bytes) -> str:
    """The first sentence of the comment group at the end of lead, the bytes in front of a package clause's line."""
    return synopsis(group_text(last_group(lead)))


def last_group(lead: bytes) -> list[bytes]:
    """The comments at the end of lead that follow each other without a blank line, carriage returns out."""
    group: list[bytes] = []
    end = 0
    for match in _COMMENT.finditer(lead):
        if lead.count(b"\n", end, match.start()) > 1:
            group = []
        end = match.end()
        text = match.group()
        if b"\r" in text:
            text = strip_cr(text, text[1] == 0x2A)
        group.append(text)
    return group


def group_text(comments: list[bytes]) -> str:
    """The text of a comment group: markers, directives and trailing blanks off, one blank line at most in a row,
    a newline at the end of what is not empty."""
    lines: list[bytes] = []
    for comment in comments:
        if comment[1] == 0x2F:
            text = comment[2:]
            if text.startswith(b" "):
                text = text[1:]
            elif _DIRECTIVE.match(text):
                continue
        else:
            text = comment[2:-2]
        lines += [line.rstrip(b" \t\n\r") for line in text.split(b"\n")]
    joined = b"\n".join(lines).decode("utf-8", "surrogateescape")
    joined = _RUNS_OF_BLANK_LINES.sub("\n\n", joined).strip("\n")
    return joined + "\n" if joined else ""


def synopsis(text: str) -> str:
    """The first sentence of a comment's text, as one line; "" for a copyright notice and for what is no prose."""
    sentence = first_sentence(text)
    if sentence.lower().startswith(_ILLEGAL_PREFIXES):
        return ""
    return first_paragraph(sentence)


def first_sentence(text: str) -> str:
    """Up to the first full stop followed by space and not preceded by exactly one capital letter."""
    older = old = last = ""
    for i, char in enumerate(text):
        if char in "\n\r\t":
            char = " "
        if char == " " and last == "." and (not old.isupper() or older.isupper()):
            return text[:i]
        if last in ("。", "．"):
            return text[:i]
        older, old, last = old, last, char
    return text

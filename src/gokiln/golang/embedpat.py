"""`//go:embed` comments: where they stand in a file, and the patterns in them.

Source: go/build/read.go, go/ast/directive.go, go1.26.
"""

from __future__ import annotations

import re

from gokiln.base.quote import unquote_prefix
from gokiln.golang.gofile import Embed
from gokiln.golang.position import Position
from gokiln.golang.space import SPACES

# Everything in which `//go:embed` would not be a comment, and the comments themselves. Literals end at the
# newline that cuts them off, as in go/scanner; an escape hides whatever follows it but a newline.
_TOKEN = re.compile(
    rb"//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)|\"(?:[^\"\\\n]++|\\[^\n]?)*\"?|'(?:[^'\\\n]++|\\[^\n]?)*'?|`[^`]*`?"
)
_MARK = b"//go:embed"


def find_embeds(filename: str, data: bytes) -> list[Embed]:
    """All patterns of the `//go:embed` comments in a Go file (bytes without byte order mark), in order.

    A comment that does not parse is passed over: the compiler will report it.
    """
    stray_cr = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")  # may hide in the middle of the mark
    if _MARK not in data and not stray_cr:
        return []
    if stray_cr or b"//line " in data or b"/*line " in data:
        return _find_embeds_slowly(filename, data)
    out: list[Embed] = []
    line, counted = 1, 0
    for match in _TOKEN.finditer(data):
        start = match.start()
        if data.startswith(_MARK, start):
            line += data.count(b"\n", counted, start)
            counted = start
            column = start - data.rfind(b"\n", 0, start)
            text = match.group().replace(b"\r", b"").decode("utf-8", "surrogateescape")
            for pattern, offset in parse_go_embed(text):
                out.append(Embed(pattern, Position(filename, line, column + offset)))
    return out


def _find_embeds_slowly(filename: str, data: bytes) -> list[Embed]:
    """find_embeds where `//line` comments move the places."""
    from gokiln.golang.characters import SourceFile
    from gokiln.golang.scanner import Scanner

    file = SourceFile(filename, data)
    scanner = Scanner(file, lambda pos, message: None)
    out: list[Embed] = []
    token = ""
    while token != "EOF":
        start, token, text = scanner.scan()
        if token == "COMMENT" and text.startswith(_MARK):
            for pattern, offset in parse_go_embed(text.decode("utf-8", "surrogateescape")):
                out.append(Embed(pattern, file.position(start + offset)))
    return out


def parse_go_embed(comment: str) -> list[tuple[str, int]]:
    """The (pattern, byte offset in the comment) pairs of one `//go:embed a "b c"` comment; [] for another
    comment or a badly quoted one."""
    name_end = len(_MARK)
    if not comment.startswith("//go:embed") or (len(comment) > name_end and comment[name_end] not in SPACES):
        return []
    out: list[tuple[str, int]] = []
    rest = comment[name_end:].strip(SPACES)
    at = name_end + len(_bytes(comment[name_end:])) - len(_bytes(comment[name_end:].lstrip(SPACES)))
    while rest:
        if rest[0] in '`"':
            try:
                pattern, after = unquote_prefix(rest)
            except ValueError:
                return []
            if after and after[0] not in SPACES:
                return []
        else:
            size = next((i for i, char in enumerate(rest) if char in SPACES), len(rest))
            pattern, after = rest[:size], rest[size:]
        out.append((pattern, at))
        trimmed = after.lstrip(SPACES)
        at += len(_bytes(rest)) - len(_bytes(trimmed))
        rest = trimmed
    return out


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

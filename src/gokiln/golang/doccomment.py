"""Doc comment syntax, as far as a one-line synopsis needs it: blocks, link definitions, [links], quotes.

first_paragraph() splits a text into blocks the way go/doc/comment does (paragraphs, code, lists, headings),
takes the first and prints it on one line. Only its text is kept of a link; the definitions it used follow.

Source: go/doc/comment/parse.go, text.go, go1.26.
"""

from __future__ import annotations

from gokiln.golang.space import fields, trim

_SCHEMES = frozenset(("file", "ftp", "gopher", "http", "https", "mailto", "nntp"))
_HEADING_ILLEGAL = frozenset(';:!?+*/=[]{}_^°&§~%#@<">\\')
_CODE, _HEADING, _LIST, _PARAGRAPH = "code", "heading", "list", "paragraph"
# Packages of the standard library that one word names (go/doc/comment/std.go).
_STD_PACKAGES = frozenset(
    (
        *("bufio", "bytes", "cmp", "context", "crypto", "embed", "encoding", "errors", "expvar", "flag", "fmt"),
        *("hash", "html", "image", "io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin"),
        *("reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall"),
        *("testing", "time", "unicode", "unique", "unsafe", "weak"),
    )
)
_ALNUM = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_PUNCT = frozenset(".,:;?!")
_HOST = _ALNUM | frozenset("_@-.[]:")
_PATH = _ALNUM | frozenset("$'()*+&#=@~_/-[]{}%")
_IMPORT_PATH = _ALNUM | frozenset("-.~_+")
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def first_paragraph(text: str) -> str:
    """The first block of text on one line, "" when it is not a paragraph."""
    lines = _unindent(text.split("\n"))
    links: dict[str, str] = {}
    definitions: list[tuple[str, str]] = []
    first: tuple[str, str] | None = None
    for start, end, kind in _parse_spans(lines):
        if kind == _PARAGRAPH:
            found = _link_definitions(lines[start:end])
            if found is not None:
                definitions += found
                continue
        elif kind == _LIST:
            definitions += _list_definitions(lines[start:end])
        if first is None:
            first = kind, "\n".join(lines[start:end])
    for name, url in definitions:
        links.setdefault(name, url)
    if first is None or first[0] != _PARAGRAPH:
        return ""
    used: set[str] = set()
    out = " ".join(fields(_linked_text(first[1], links, used)))
    # A definition that an earlier one of its name hides is never the one that was used.
    shown = [f"[{name}]: {links[name]}" for name in dict.fromkeys(n for n, _ in definitions) if name in used]
    if shown:
        out += "\n\n" + "\n".join(shown)
    return trim(out)


def _parse_spans(lines: list[str]) -> list[tuple[int, int, str]]:
    """Cut lines into blocks: (first line, line after the last, kind)."""
    spans: list[tuple[int, int, str]] = []
    count = len(lines)
    i = force_indent = 0
    while True:
        while i < count and lines[i] == "":
            i += 1
        if i >= count:
            return spans
        start = i
        if i < force_indent or _indented(lines[i]):
            i, end = _indented_end(lines, start, force_indent)
            kind = _LIST if _is_list(lines[start]) else _CODE
            i = end
        else:
            i += 1
            while i < count and lines[i] != "" and not _indented(lines[i]):
                i += 1
            end = i
            if i < count and lines[i] != "" and not _is_list(lines[i]):
                end, forced = _leave_for_indented(lines, start, end)
                force_indent = forced or force_indent
                if start == end and force_indent > start:
                    i = start
                    continue
            heading = end - start == 1 and (_is_heading(lines[start]) or _is_old_heading(lines, start))
            kind = _HEADING if heading else _PARAGRAPH
        spans.append((start, end, kind))
        i = end


def _indented_end(lines: list[str], start: int, force_indent: int) -> tuple[int, int]:
    """Where the indented block at start ends: (line reached, line after the block)."""
    count = len(lines)
    unindented_list = _is_list(lines[start]) and start < force_indent
    i = start + 1
    while i < count:
        line = lines[i]
        if not (line == "" or i < force_indent or _indented(line) or (unindented_list and _is_list(line))):
            break
        if line == "":
            unindented_list = False
        i += 1
    end = i
    while end > start and lines[end - 1] == "":
        end -= 1
    if end < count and lines[end].startswith("}"):
        end += 1  # the brace that was forgotten when a function was indented
    return i, end


def _leave_for_indented(lines: list[str], start: int, end: int) -> tuple[int, int]:
    """Unindented lines that belong to the indented block after them: (new end, lines to treat as indented or 0)."""
    if _is_list(lines[end - 1]):
        forced = end
        end -= 1
        while end > start and _is_list(lines[end - 1]):
            end -= 1
        return end, forced
    if lines[end - 1].endswith(("{", "\\")):
        return end - 1, end
    return end, 0


def _indented(line: str) -> bool:
    return line.startswith((" ", "\t"))


def _unindent(lines: list[str]) -> list[str]:
    """Take off the blanks that all lines begin with, and blank lines at both ends."""
    lines = list(lines)
    while lines and lines[0] in ("", "\n"):
        lines.pop(0)
    while lines and lines[-1] in ("", "\n"):
        lines.pop()
    if not lines:
        return []
    prefix = _leading_space(lines[0])
    for line in lines[1:]:
        if line not in ("", "\n"):
            other = _leading_space(line)
            size = 0
            while size < min(len(prefix), len(other)) and prefix[size] == other[size]:
                size += 1
            prefix = prefix[:size]
    out = [line if trim(line := raw.removeprefix(prefix)) else "" for raw in lines]
    while out and out[0] == "":
        out.pop(0)
    while out and out[-1] == "":
        out.pop()
    return out


def _leading_space(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _is_heading(line: str) -> bool:
    return line[:2] in ("# ", "#\t") and trim(line) != "#"


def _is_old_heading(lines: list[str], at: int) -> bool:
    """A line alone between paragraphs that looks like a title."""
    if at <= 0 or lines[at - 1] != "" or at + 2 >= len(lines) or lines[at + 1] != "" or _leading_space(lines[at + 2]):
        return False
    line = trim(lines[at])
    if not line[:1].isupper() or not (line[-1].isalpha() or line[-1].isdecimal()):
        return False
    if any(char in _HEADING_ILLEGAL for char in line):
        return False
    after_quotes = line.split("'")[1:]
    for i in range(len(after_quotes)):
        rest = "'".join(after_quotes[i:])
        if rest != "s" and not rest.startswith("s "):
            return False
    after_dots = line.split(".")[1:]
    return not any(
        part.startswith(" ") or (part == "" and i == len(after_dots) - 1) for i, part in enumerate(after_dots)
    )


def _link_definitions(lines: list[str]) -> list[tuple[str, str]] | None:
    """The (text, URL) pairs of a block made of `[text]: url` lines only, else None."""
    out = []
    for line in lines:
        colon = line.find("]:")
        if not line.startswith("[") or colon < 0 or colon + 3 >= len(line) or line[colon + 2] not in " \t":
            return None
        url = trim(line[colon + 3 :])
        scheme, separator, _ = url.partition("://")
        if not separator or scheme not in _SCHEMES:
            return None
        out.append((line[1:colon], url))
    return out


def _list_definitions(lines: list[str]) -> list[tuple[str, str]]:
    """Link definitions that stand as paragraphs within a list."""
    out: list[tuple[str, str]] = []
    text: list[str] = []
    numbered = (_list_marker(lines[0]) or ("", ""))[0] != ""
    in_item = False
    for line in [*lines, ""]:
        marker = _list_marker(line)
        new_item = marker is not None and (marker[0] != "") == numbered
        if new_item or trim(line) == "":
            if in_item and text:
                out += _link_definitions(text) or []
            text = []
        if new_item and marker is not None:
            in_item = True
            line = marker[1]
        if trim(line):
            text.append(trim(line))
    return out


def _list_marker(line: str) -> tuple[str, str] | None:
    """(number or "", rest) of a line that starts a list item, else None."""
    line = trim(line)
    if line[:1] and line[0] in "•*+-":
        number, rest = "", line[1:]
    else:
        size = 0
        while size < len(line) and line[size] in "0123456789":
            size += 1
        if size == 0 or size >= len(line) or line[size] not in ".)":
            return None
        number, rest = line[:size], line[size + 1 :]
    return (number, rest) if _indented(rest) and trim(rest) else None


def _is_list(line: str) -> bool:
    return _list_marker(line) is not None


def _linked_text(text: str, links: dict[str, str], used: set[str]) -> str:
    """A paragraph's text with the brackets of links taken off; adds to used which definitions were."""
    out: list[str] = []
    wrote = 0
    start = -1
    for i, char in enumerate(text):
        if char == "[":
            start = i
        elif char == "]":
            if start >= 0:
                inside = text[start + 1 : i]
                name = inside.replace("\n", " ").replace("\t", " ")
                if name in links or _is_doc_link(inside, text[:start], text[i + 1 :]):
                    used.add(name)
                    out += (_plain_text(text[wrote:start], True), _plain_text(inside, False))
                    wrote = i + 1
            start = -1
    out.append(_plain_text(text[wrote:], True))
    return "".join(out)


def _is_doc_link(text: str, before: str, after: str) -> bool:
    """Whether [text] refers to a package or something in it, without knowing the package it stands in."""
    for char in (before[-1:], after[:1]):
        if char and char not in " \t\n" and not _is_punctuation(char):
            return False
    package, found = _split_doc_name(text.removeprefix("*"))
    if found:
        package, _ = _split_doc_name(package)
    return _is_import_path(package) if "/" in package else package in _STD_PACKAGES


def _split_doc_name(text: str) -> tuple[str, bool]:
    """(`before`, True) for `before.Name` with a capital; (text, False) for anything else."""
    before, _, name = text.rpartition(".")
    if not name.isidentifier() or not name[0].isupper() or _identifier(name) != len(name):
        return text, False
    return before, True


def _is_punctuation(char: str) -> bool:
    from unicodedata import category

    return category(char).startswith("P")


def _is_import_path(path: str) -> bool:
    if path.startswith("-") or "//" in path or path.endswith("/"):
        return False
    return all(
        element and element[0] != "." and element[-1] != "." and all(char in _IMPORT_PATH for char in element)
        for element in path.split("/")
    )


def _identifier(text: str) -> int:
    """How many characters of text are a Go identifier it starts with."""
    size = 0
    for char in text:
        digit = "0" <= char <= "9"
        if not (char == "_" or char.isalpha() or (digit and size > 0)):
            break
        size += 1
    return size


def _plain_text(text: str, auto_link: bool) -> str:
    """Turn `` and '' into quotation marks, but not in a URL (when those are looked for) nor in ```."""
    if "``" not in text and "''" not in text:
        return text
    out: list[str] = []
    i = 0
    while i < len(text):
        size = (_auto_url(text[i:]) or _identifier(text[i:])) if auto_link else 0
        if size:
            out.append(text[i : i + size])
            i += size
        elif text.startswith("```", i):
            # The model compares a place in the whole text with the rest's length; so do we.
            rest = text[i:]
            end = i + 3
            while end < len(rest) and rest[end] == "`":
                end += 1
            out.append(text[i:end])
            i = end
        elif text.startswith("``", i):
            out.append("“")
            i += 2
        elif text.startswith("''", i):
            out.append("”")
            i += 2
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def _auto_url(text: str) -> int:
    """How many characters of text are a URL it starts with."""
    scheme, separator, _ = text[:10].partition("://")
    if not separator or scheme not in _SCHEMES:
        return 0
    i = len(scheme) + 3
    if i >= len(text) or text[i] not in _HOST or text[i] in _PUNCT:
        return 0
    i += 1
    end = i
    while i < len(text) and text[i] in _HOST:
        if text[i] not in _PUNCT:
            end = i + 1
        i += 1
    i = end
    stack: list[str] = []
    while i < len(text):
        char = text[i]
        if char not in _PUNCT:
            if char not in _PATH:
                break
            if char in _CLOSING:
                stack.append(_CLOSING[char])
            elif char in ")}]" and (not stack or stack.pop() != char):
                break
            if not stack:
                end = i + 1
        i += 1
    return end

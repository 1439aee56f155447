"""The leading comments of a source file: build constraints, //go:binary-only-package, the import comment.

A constraint counts in the file's first run of // comments and blank lines. `//go:build` may stand anywhere
before the first line that is no comment; `// +build` only where a blank line follows, so that it cannot be
the package comment.

Source: go/build/build.go parseFileHeader, findImportComment, go1.26.
"""

from __future__ import annotations

from gokiln.golang.constraint import is_plus_build
from gokiln.golang.space import trim_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.golang.gofile import SourceHeader

MULTIPLE_GO_BUILD = "multiple //go:build comments"
_BLANKS = b" \t\r\n"


def read_constraints(content: bytes, into: SourceHeader) -> None:
    """Fill go_build, plus_build, constraint_error and binary_only from the file's beginning (to its first code)."""
    if b"//go:b" not in content and b"+build" not in content:
        return
    end, go_build, into.binary_only, into.constraint_error = parse_file_header(content)
    if go_build is not None:
        into.go_build = go_build.decode("utf-8", "surrogateescape")
    elif not into.constraint_error and b"+build" in content:
        into.plus_build = tuple(_plus_build_lines(content[:end]))


def _plus_build_lines(content: bytes) -> list[str]:
    lines = []
    for raw in content.split(b"\n"):
        if b"+build" in raw:
            line = trim_bytes(raw)
            if line.startswith(b"//"):
                text = line.decode("utf-8", "surrogateescape")
                if is_plus_build(text):
                    lines.append(text)
    return lines


def parse_file_header(content: bytes) -> tuple[int, bytes | None, bool, str]:
    """Walk the comment lines content starts with.

    Out: where the part ends in which `// +build` counts, the //go:build line or None, whether
    //go:binary-only-package was seen, and an error ("" for none; then the rest is void).
    """
    end = 0
    go_build: bytes | None = None
    binary_only = False
    ended = False  # a line that is neither blank nor a // comment was seen
    in_block = False  # inside /* */
    at = 0
    while at < len(content):
        newline = content.find(b"\n", at)
        line = trim_bytes(content[at:newline] if newline >= 0 else content[at:])
        at = newline + 1 if newline >= 0 else len(content)
        if not line and not ended:
            end = at
            continue
        if not line.startswith(b"//"):
            ended = True
        if not in_block:
            if _is_go_build(line):
                if go_build is not None:
                    return 0, None, False, MULTIPLE_GO_BUILD
                go_build = line
            elif line == b"//go:binary-only-package":
                binary_only = True
        in_block, code = _skip_comments(line, in_block)
        if code:
            break
    return end, go_build, binary_only, ""


def _skip_comments(line: bytes, in_block: bool) -> tuple[bool, bool]:
    """Pass over one line: whether a /* is open at its end, and whether something else than comments stands in it."""
    while line:
        if in_block:
            close = line.find(b"*/")
            if close < 0:
                return True, False
            in_block = False
            line = trim_bytes(line[close + 2 :])
        elif line.startswith(b"//"):
            return False, False
        elif line.startswith(b"/*"):
            in_block = True
            line = trim_bytes(line[2:])
        else:
            return False, True
    return in_block, False


def _is_go_build(line: bytes) -> bool:
    if not line.startswith(b"//go:build"):
        return False
    rest = trim_bytes(line)[len(b"//go:build") :]
    return not rest or len(trim_bytes(rest)) < len(rest)


def find_import_comment(data: bytes) -> tuple[str, int]:
    """The literal in `package p // import "x"` and 1, or ("", 0). The literal is as written, not checked.

    The line is 1 wherever the clause stands: so go/build counts.
    """
    word, rest = _parse_word(data)
    if word != b"package":
        return "", 0
    _, rest = _parse_word(rest)
    rest = rest.lstrip(b" \t\r")
    comment = b""
    if rest.startswith(b"//"):
        comment = rest[2:].partition(b"\n")[0]
    elif rest.startswith(b"/*"):
        comment, close, _ = rest[2:].partition(b"*/")
        if not close or b"\n" in comment:
            return "", 0
    word, rest = _parse_word(trim_bytes(comment))
    if word != b"import":
        return "", 0
    return trim_bytes(rest).decode("utf-8", "surrogateescape"), 1


def _parse_word(data: bytes) -> tuple[bytes, bytes]:
    """The identifier or keyword that follows blanks and comments, and what comes after it."""
    data = _skip_space_or_comment(data)
    text = data[:400].decode("utf-8", "replace")
    end = 0
    while end < len(text) and (text[end].isalpha() or text[end] in "0123456789_"):
        end += 1
    size = len(text[:end].encode())
    return (data[:size], data[size:]) if size else (b"", b"")


def _skip_space_or_comment(data: bytes) -> bytes:
    while True:
        data = data.lstrip(_BLANKS)
        if data.startswith(b"//"):
            newline = data.find(b"\n")
            if newline < 0:
                return b""
            data = data[newline + 1 :]
        elif data.startswith(b"/*"):
            close = data.find(b"*/", 2)
            if close < 0:
                return b""
            data = data[close + 2 :]
        else:
            return data

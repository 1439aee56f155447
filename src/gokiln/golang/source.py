"""Reads the head of a source file: what go/build and cmd/go want to know of it before it is compiled.

Two ways, one answer. Nearly every file in the world has an orderly head: comments, `package name` at the
start of a line, imports one to a line, then a declaration. A few regular expressions over the bytes read
such a head (_read_orderly) and give up (None) at anything else: odd spacing, block comments between
imports, `import "C"`, escapes in paths, `//line` comments, bytes that are not UTF-8. Then the careful way
(_read_carefully) does what go/build does step by step: read up to the end of the imports, parse that with
go/parser's rules and errors. A test holds the two against each other.

Source: go/build/read.go, cmd/go/internal/imports/read.go, go1.26.
"""

from __future__ import annotations

import re

from gokiln.base.quote import is_print
from gokiln.golang.gofile import Directive, GoFileInfo, Import, ScanError, SourceHeader
from gokiln.golang.header import find_import_comment, read_constraints
from gokiln.golang.position import Position
from gokiln.golang.space import SPACES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.golang.headerparser import HeaderParser

_COMMENT_OR_SPACE = rb"(?:[ \t\r\n]++|//[^\n]*+(?:\n|\Z)|/\*(?:[^*]++|\*(?!/))*\*/)*"
_LINE_END = rb"[ \t\r]*+(?://[^\n]*+)?(?:\n|\Z)"
_SPEC = rb'(?:(?:[A-Za-z_][A-Za-z0-9_]*+|\.)[ \t]*+)?"[A-Za-z0-9_./~+@-]++"'

# Comments, then `package name` and the rest of its line.
_PACKAGE = re.compile(_COMMENT_OR_SPACE + rb"package[ \t]++([A-Za-z_][A-Za-z0-9_]*+)(" + _LINE_END + rb")")
# One import declaration: the specs of `import (...)`, or the one spec.
_IMPORT = re.compile(
    rb"import(?:[ \t]*+\([ \t\r]*+(?://[^\n]*+)?\n((?:[ \t\r]*+(?:" + _SPEC + rb"[ \t\r]*+)?(?://[^\n]*+)?\n)*)"
    rb"[ \t\r]*+\)|[ \t]++(" + _SPEC + rb"))" + _LINE_END
)
# The specs in what _IMPORT has found to be spec lines, blank lines and // lines.
_SPEC_PARTS = rb'((?:([A-Za-z_][A-Za-z0-9_]*+|\.)[ \t]*+)?"([^"\n]++)")'
_SPECS = re.compile(rb"^[ \t\r]*+" + _SPEC_PARTS, re.M)
_ONE_SPEC = re.compile(_SPEC_PARTS)
_GAP = re.compile(_COMMENT_OR_SPACE)
_DIRECTIVES = re.compile(rb"//[^\n]*|/\*(?s:.*?)\*/")

_DECLARATIONS = b"cvtf"  # const var type func
_RESERVED = frozenset(
    (
        *(b"break", b"case", b"chan", b"const", b"continue", b"default", b"defer", b"else", b"fallthrough", b"for"),
        *(b"func", b"go", b"goto", b"if", b"import", b"interface", b"map", b"package", b"range", b"return"),
        *(b"select", b"struct", b"switch", b"type", b"var"),
    )
)
_ILLEGAL = "!\"#$%&'()*,:;<=>?[\\]^{|}`\ufffd"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_go_info(filename: str, data: bytes) -> GoFileInfo:
    """What the head of a Go file says. filename goes into positions; data is the whole file.

    Never raises for what data holds: see the fields read_error, errors and scan_error of the result.
    """
    if data.startswith(_BYTE_ORDER_MARK):
        data = data[3:]
    return _read_orderly(filename, data) or _read_carefully(filename, data)


def read_comments(data: bytes) -> SourceHeader:
    """The build constraints of a source file that is not Go (.s, .c, .h ...).

    With a read_error go/build takes the file without looking at constraints.
    """
    from gokiln.golang.importreader import comments_end

    header = SourceHeader()
    if data.startswith(_BYTE_ORDER_MARK):
        data = data[3:]
    if b"//go:build" in data or b"+build" in data or b"\0" in data or b"/*" in data:
        end, header.read_error = comments_end(data)
        read_constraints(data[:end], header)
    elif b"/" in data:
        _, header.read_error = comments_end(data)
    header.binary_only = False
    return header


def _read_orderly(filename: str, data: bytes) -> GoFileInfo | None:
    """read_go_info for a file with an orderly head; None when it is not one."""
    match = _PACKAGE.match(data)
    if match is None:
        return None
    name_at, name_end = match.span(1)
    start = data.rfind(b"\n", 0, name_at) + 1
    name = data[name_at:name_end]
    if not data.startswith(b"package", start) or name in _RESERVED:
        return None
    found: list[tuple[bytes, int]] = []
    at = match.end()
    while True:
        at = _GAP.match(data, at).end()  # type: ignore[union-attr]  # matches the empty string at least
        if at >= len(data):
            break
        if data[at] in _DECLARATIONS:
            break
        decl = _IMPORT.match(data, at)
        if decl is None:
            return None
        if decl.start(2) >= 0:
            specs = _ONE_SPEC.finditer(data, decl.start(2), decl.end(2))
        else:
            specs = _SPECS.finditer(data, decl.start(1), decl.end(1))
        for spec in specs:
            spec_at, path_name, path = spec.start(1), spec.group(2), spec.group(3)
            if path_name in _RESERVED or path == b"C":
                return None
            found.append((path, spec_at))
        at = decl.end()
    head = data[:at]
    if not _is_plain(head):
        return None
    info = GoFileInfo(filename)
    info.package = name.decode("ascii")
    _add_imports(info, data, found)
    _add_comments(info, data[:start])
    if match.end() - name_end > 2 and b"import" in match.group(2):
        info.import_comment, info.import_comment_line = find_import_comment(head)
    if "embed" in info.scan_imports:
        _add_embeds(info, data)
    return info


def _is_plain(head: bytes) -> bool:
    """Whether the scanner has nothing to say of the head's characters, and no comment moves places."""
    if b"\0" in head or b"//line " in head or b"/*line " in head:
        return False
    if head.isascii():
        return True
    try:
        return "\ufeff" not in head.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _add_imports(info: GoFileInfo, data: bytes, found: list[tuple[bytes, int]]) -> None:
    filename = info.filename
    line, counted = 1, 0
    for path, at in found:
        line += data.count(b"\n", counted, at)
        counted = at
        column = at - data.rfind(b"\n", 0, at)
        text = path.decode("ascii")
        info.imports.append(Import(text, Position(filename, line, column), None))
        info.scan_imports.append(text)


def _add_comments(info: GoFileInfo, before: bytes) -> None:
    """What the comments above the package clause say; before ends at the start of its line."""
    if not before:
        return
    read_constraints(before, info)
    if b"//go:" in before:
        for match in _DIRECTIVES.finditer(before):
            at = match.start()
            if before.startswith(b"//go:", at):
                line = before.count(b"\n", 0, at) + 1
                text = match.group().replace(b"\r", b"").decode("utf-8")
                column = at - before.rfind(b"\n", 0, at)
                info.directives.append(Directive(text, Position(info.filename, line, column)))
    # A comment right above the clause documents the package.
    last = before[before.rfind(b"\n", 0, len(before) - 1) + 1 :]
    if last.strip(b" \t\r\n"):
        info.set_lead(before)


def _read_carefully(filename: str, data: bytes) -> GoFileInfo:
    """read_go_info as go/build does it, for any bytes; data has no byte order mark."""
    from gokiln.golang.headerparser import HeaderParser
    from gokiln.golang.importreader import NUL_ERROR, ImportReader

    info = GoFileInfo(filename)
    reader = ImportReader(data)
    _add_scan(info, reader.literals)
    if reader.nul:
        info.read_error = info.scan_error = NUL_ERROR
        return info
    if reader.syntax_error and b"\0" in data[reader.at :]:
        info.scan_error = NUL_ERROR
    header = data[: reader.header_end]
    read_constraints(header, info)
    info.import_comment, info.import_comment_line = find_import_comment(header)
    parser = HeaderParser(filename, header)
    info.package = parser.package
    info.errors = parser.errors
    if parser.doc:
        info.set_lead(b"\n".join(text for _, text in parser.doc) + b"\n")
    if not info.errors:
        _add_parsed(info, parser, data)
    return info


def _add_scan(info: GoFileInfo, literals: list[bytes]) -> None:
    """What imports.ReadImports gives: the paths that can be unquoted."""
    from gokiln.base.quote import unquote

    for literal in literals:
        info.scan_has_c |= literal == b'"C"'
        try:
            info.scan_imports.append(unquote(literal.decode("utf-8", "surrogateescape")))
        except ValueError:
            continue


def _add_parsed(info: GoFileInfo, parser: HeaderParser, data: bytes) -> None:
    """Imports, directives and embeds of a head that parsed; a path that cannot be one is the file's only error."""
    from gokiln.base.quote import unquote

    file = parser.file
    for spec in parser.imports:
        path = unquote(spec.literal.decode("utf-8", "surrogateescape"))
        pos = file.position(spec.offset)
        if not is_valid_import(path):
            info.imports = []
            info.errors = [ScanError(pos, "invalid import path: " + path)]
            info.errors_are_list = False
            return
        doc = None
        if path == "C" and spec.doc is not None:
            from gokiln.golang.doctext import group_text

            doc = group_text([text for _, text in spec.doc])
        info.imports.append(Import(path, pos, doc))
    for group in parser.comments:
        if group[0][0] >= parser.package_offset:
            break
        for offset, text in group:
            if text.startswith(b"//go:"):
                info.directives.append(Directive(text.decode("utf-8", "surrogateescape"), file.position(offset)))
    if any(imp.path == "embed" for imp in info.imports):
        _add_embeds(info, data)


def _add_embeds(info: GoFileInfo, data: bytes) -> None:
    from gokiln.golang.embedpat import find_embeds

    info.embeds = find_embeds(info.filename, data)


def is_valid_import(path: str) -> bool:
    """Whether an import path has only characters the language allows there (go/build isValidImport)."""
    return path != "" and all(char not in _ILLEGAL and char not in SPACES and is_print(ord(char)) for char in path)

"""The head of a Go file parsed with go/parser's care: package clause, imports, their comments, every error.

Knows only what ImportsOnly|ParseComments needs. Comments come in groups: neighbours with no blank line
between them. A group that ends on the line above a token is that token's lead comment, its documentation.

Source: go/parser/parser.go, go1.26.
"""

from __future__ import annotations

from gokiln.golang.characters import SourceFile
from gokiln.golang.gofile import ScanError
from gokiln.golang.scanner import LITERALS, Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.golang.position import Position

    # The comments of a group: (offset, text without carriage returns).
    CommentGroup = list[tuple[int, bytes]]

_STATEMENT_START = frozenset(
    (
        *("break", "const", "continue", "defer", "fallthrough", "for", "go", "goto", "if", "return", "select"),
        *("switch", "type", "var"),
    )
)
_EXPRESSION_END = frozenset((",", ":", ";", ")", "]", "}"))
_TOO_MANY_ERRORS = 10


class Bailout(Exception):
    """Too many errors: stop here. Never leaves this module."""


class ImportSpec:
    """One import as written: literal (with its quotes), offset of the spec, offset of the path, doc group."""

    __slots__ = ("doc", "literal", "offset")

    def __init__(self, literal: bytes, offset: int, doc: CommentGroup | None) -> None:
        self.literal = literal
        self.offset = offset
        self.doc = doc


class HeaderParser:
    """Parses on construction; then package, package_offset, doc, comments, imports and errors can be read.

    package is "" when the package clause is broken (then nothing else is known), errors are sorted.
    """

    __slots__ = (
        "comments",
        "doc",
        "errors",
        "file",
        "imports",
        "lead",
        "package",
        "package_offset",
        "pos",
        "scanner",
        "sync_count",
        "sync_pos",
        "text",
        "token",
    )

    def __init__(self, filename: str, src: bytes) -> None:
        self.file = SourceFile(filename, src)
        self.errors: list[ScanError] = []
        self.comments: list[CommentGroup] = []
        self.lead: CommentGroup | None = None
        self.package = ""
        self.package_offset = -1
        self.doc: CommentGroup | None = None
        self.imports: list[ImportSpec] = []
        self.pos = 0
        self.token = "ILLEGAL"
        self.text = b""
        self.sync_pos = 0
        self.sync_count = 0
        self.scanner = Scanner(self.file, self.scan_error)
        try:
            self.next(first=True)
            self.parse_file()
        except Bailout:
            self.package = ""
            self.doc = None
            self.imports = []
        self.errors.sort()

    def scan_error(self, pos: Position, message: str) -> None:
        """Record an error of the scanner."""
        self.errors.append(ScanError(pos, message))

    def error(self, offset: int, message: str) -> None:
        """Record an error; one on the line of the last is taken for its echo. Raises Bailout after the eleventh."""
        pos = self.file.position(offset)
        if self.errors:
            if self.errors[-1].pos.line == pos.line:
                return
            if len(self.errors) > _TOO_MANY_ERRORS:
                raise Bailout
        self.errors.append(ScanError(pos, message))

    def error_expected(self, offset: int, what: str) -> None:
        """Record that something else was expected at an offset, as go/parser words it. Raises Bailout."""
        message = "expected " + what
        if offset == self.pos:
            if self.token == ";" and self.text == b"\n":
                message += ", found newline"
            elif self.token in LITERALS:
                message += ", found " + self.text.decode("utf-8", "surrogateescape")
            else:
                message += f", found '{self.token}'"
        self.error(offset, message)

    def next0(self) -> None:
        """Go to the next token, comments included."""
        self.pos, self.token, self.text = self.scanner.scan()

    def comment_group(self, gap: int) -> tuple[CommentGroup, int]:
        """Take the comments that follow each other with at most gap lines between: the group, its last line."""
        group: CommentGroup = []
        end = self.file.line_for(self.pos)
        while self.token == "COMMENT" and self.file.line_for(self.pos) <= end + gap:
            end = self.file.line_for(self.pos)
            if self.text[1] == 0x2A:
                end += self.text.count(b"\n")
            group.append((self.pos, self.text))
            self.next0()
        self.comments.append(group)
        return group, end

    def next(self, first: bool = False) -> None:
        """Go to the next token that is no comment, keeping the comments and which group leads up to it."""
        self.lead = None
        before = self.pos
        self.next0()
        if self.token != "COMMENT":
            return
        group: CommentGroup | None = None
        # Before the first token there is no line to be on (go/token's NoPos is line 0).
        if not first and self.file.line_for(self.pos) == self.file.line_for(before):
            group, _ = self.comment_group(0)
        end = -1
        while self.token == "COMMENT":
            group, end = self.comment_group(1)
        if end + 1 == self.file.line_for(self.pos):
            self.lead = group

    def expect(self, token: str) -> int:
        """Pass a token and return its offset; another one is an error, and passed as well. Raises Bailout."""
        pos = self.pos
        if self.token != token:
            self.error_expected(pos, f"'{token}'")
        self.next()
        return pos

    def expect_semi(self) -> None:
        """Pass the end of a statement; go on at the next one when it is missing. Raises Bailout."""
        if self.token in (")", "}"):
            return
        if self.token == ",":
            self.error_expected(self.pos, "';'")
            self.next()
        elif self.token == ";":
            self.next()
        else:
            self.error_expected(self.pos, "';'")
            self.advance(_STATEMENT_START)

    def advance(self, to: frozenset[str]) -> None:
        """Skip to a token where parsing may go on, or to the end."""
        while self.token != "EOF":
            if self.token in to:
                if self.pos == self.sync_pos and self.sync_count < 10:
                    self.sync_count += 1
                    return
                if self.pos > self.sync_pos:
                    self.sync_pos = self.pos
                    self.sync_count = 0
                    return
            self.next()

    def parse_ident(self) -> str:
        """Pass a name and return it; "_" when there is none. Raises Bailout."""
        if self.token == "IDENT":
            name = self.text.decode("utf-8", "surrogateescape")
            self.next()
            return name
        self.expect("IDENT")
        return "_"

    def parse_file(self) -> None:
        """The package clause and the imports; nothing of what follows. Raises Bailout."""
        if self.errors:
            return
        doc = self.lead
        offset = self.expect("package")
        name = self.parse_ident()
        self.expect_semi()
        if self.errors:
            return
        self.package_offset = offset
        while self.token == "import":
            self.parse_import_decl()
        self.package = name
        self.doc = doc

    def parse_import_decl(self) -> None:
        """One import declaration, with or without parentheses. Raises Bailout."""
        doc = self.lead
        self.expect("import")
        if self.token != "(":
            self.parse_import_spec(doc)
            return
        self.next()
        first = len(self.imports)
        while self.token not in (")", "EOF"):
            self.parse_import_spec(self.lead)
        self.expect(")")
        self.expect_semi()
        if len(self.imports) == first + 1 and self.imports[first].doc is None:
            self.imports[first].doc = doc  # the only spec of a group may be documented above `import (`

    def parse_import_spec(self, doc: CommentGroup | None) -> None:
        """One import; doc: the comment above it. Raises Bailout."""
        start = self.pos
        if self.token == "IDENT":
            self.parse_ident()
        elif self.token == ".":
            self.next()
        literal = b""
        if self.token == "STRING":
            literal = self.text
            self.next()
        elif self.token in LITERALS:
            self.error(self.pos, "import path must be a string")
            self.next()
        else:
            self.error(self.pos, "missing import path")
            self.advance(_EXPRESSION_END)
        self.expect_semi()
        self.imports.append(ImportSpec(literal, start, doc))

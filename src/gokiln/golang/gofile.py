"""What the head of a source file says: the values that golang.source fills and the packages room reads.

One GoFileInfo per .go file holds what go/build's readGoInfo learns (for `list` and the build) and what
cmd/go/internal/imports.ReadImports learns (for resolving modules), so that a file is read once for both.
Text is str with surrogate escapes for bytes that are not UTF-8.

Source: go/build/read.go, cmd/go/internal/modindex/scan.go, cmd/go/internal/imports/read.go, go1.26.
"""

from __future__ import annotations

from collections import namedtuple

from gokiln.golang.position import position_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    from gokiln.golang.position import Position

    class Import(NamedTuple):
        """One import: its path, where its spec starts (the name, when it has one), the text of the comment
        above it (ast.CommentGroup.Text: the cgo preamble; None without one; only kept for "C")."""

        path: str
        pos: Position
        doc: str | None

    class Embed(NamedTuple):
        """One pattern of a `//go:embed` comment, unquoted, and where it starts."""

        pattern: str
        pos: Position

    class Directive(NamedTuple):
        """A `//go:` comment above the package clause, whole (`//go:debug panicnil=1`), and where it starts."""

        text: str
        pos: Position

    class ScanError(NamedTuple):
        """One error of the parser. Without a place (line 0) it prints its message alone."""

        pos: Position
        msg: str
else:
    Import = namedtuple("Import", "path pos doc")
    Embed = namedtuple("Embed", "pattern pos")
    Directive = namedtuple("Directive", "text pos")
    ScanError = namedtuple("ScanError", "pos msg")


def error_string(err: ScanError) -> str:
    """`file:line:column: message` (scanner.Error.Error)."""
    if err.pos.filename or err.pos.line > 0:
        return f"{position_string(err.pos)}: {err.msg}"
    return err.msg


class SourceHeader:
    """The build constraints a file's leading comments hold, whatever its language.

    go_build: the `//go:build ...` line, or None. plus_build: the `// +build` lines that count (those in the
    leading run of // comments that a blank line ends), used only when go_build is None.
    constraint_error: "multiple //go:build comments" or "". binary_only: //go:binary-only-package was seen.
    read_error: why the file cannot be read ("unexpected NUL in input"), or "": go/build says
    `read <path>: <read_error>` of such a file, whose other fields are empty.
    """

    __slots__ = ("binary_only", "constraint_error", "go_build", "plus_build", "read_error")

    def __init__(self) -> None:
        self.go_build: str | None = None
        self.plus_build: tuple[str, ...] = ()
        self.constraint_error = ""
        self.binary_only = False
        self.read_error = ""


class GoFileInfo(SourceHeader):
    """What the head of a .go file says.

    filename: as given, used in positions. package: its name, "" when the package clause does not parse.
    imports: in source order; empty when there is any parse error, as are embeds and directives.
    embeds: only when "embed" is imported. errors: sorted; errors_are_list tells a scanner.ErrorList (cmd/go
    prints its entries one by one) from the one error "invalid import path". import_comment: the literal of
    `package p // import "x"`, still quoted, and import_comment_line its line (0: there is none).
    scan_imports / scan_has_c / scan_error: what imports.ReadImports says of the same bytes: the import paths
    it can unquote, whether one is spelled `"C"`, and its reading error.
    """

    __slots__ = (
        "_lead",
        "directives",
        "embeds",
        "errors",
        "errors_are_list",
        "filename",
        "import_comment",
        "import_comment_line",
        "imports",
        "package",
        "scan_error",
        "scan_has_c",
        "scan_imports",
    )

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.go_build = None
        self.plus_build = ()
        self.constraint_error = ""
        self.binary_only = False
        self.read_error = ""
        self.package = ""
        self.imports: list[Import] = []
        self.embeds: list[Embed] = []
        self.directives: list[Directive] = []
        self.errors: list[ScanError] = []
        self.errors_are_list = True
        self.import_comment = ""
        self.import_comment_line = 0
        self.scan_imports: list[str] = []
        self.scan_has_c = False
        self.scan_error = ""
        self._lead = b""

    def set_lead(self, lead: bytes) -> None:
        """Remember the bytes that end with the package comment, for synopsis()."""
        self._lead = lead

    def synopsis(self) -> str:
        """The first sentence of the package comment (go/doc.Synopsis), "" without one. Worked out when asked."""
        if not self._lead:
            return ""
        from gokiln.golang.doctext import package_synopsis

        return package_synopsis(self._lead)

    def error_string(self) -> str:
        """The parse error as go prints it: the first, and how many more; "" when there is none."""
        if not self.errors:
            return ""
        first = error_string(self.errors[0])
        more = len(self.errors) - 1
        return f"{first} (and {more} more errors)" if more else first

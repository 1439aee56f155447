"""What vet's tool found, in JSON: package -> analysis -> list of diagnostics, or an error; and lines for people of it.

The tool may be anybody's (-vettool), so everything is held against the types of cmd/go first.
Source: printJSONDiagnostics in cmd/go/internal/vet/vet.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.atoi import atoi
from gokiln.base.jsonread import Number, load
from gokiln.base.jsontype import INT, STRING, Map, Slice, Struct
from gokiln.base.shortpath import short_path
from gokiln.execute.report import StepError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_UNITS = Map(None, "map[string]json.RawMessage")
_TREE = Map(_UNITS, "vet.jsonTree")
_EDIT = Struct("vet.jsonTextEdit", {"filename": STRING, "start": INT, "end": INT, "new": STRING})
_FIX = Struct("vet.jsonSuggestedFix", {"message": STRING, "edits": Slice(_EDIT)})
_PLACE = {"posn": STRING, "end": STRING, "message": STRING}
_RELATED = Struct("vet.jsonRelatedInformation", _PLACE)
_DIAGNOSTIC = Struct(
    "vet.jsonDiagnostic",
    {"category": STRING, **_PLACE, "suggested_fixes": Slice(_FIX), "related": Slice(_RELATED)},
)
_DIAGNOSTICS = Slice(_DIAGNOSTIC)
_ERROR = Struct("vet.jsonError", {"error": STRING})


def read_tree(data: bytes) -> dict[str, dict[str, Any]]:
    """Package ID -> name of the analysis -> what it found, unread. Raises StepError."""
    try:
        tree: dict[str, dict[str, Any]] = _TREE.read(load(data, number=Number), None, "")
    except ValueError as err:
        raise StepError(f"parsing JSON: {err}") from err
    return tree


def diagnostics_of(found: Any) -> list[dict[str, Any]]:
    """The diagnostics of one analysis, all members there. Raises StepError, also when the analysis failed."""
    is_list = isinstance(found, list)
    try:
        if is_list:
            diagnostics: list[dict[str, Any]] = _DIAGNOSTICS.read(found, None, "")
            return diagnostics
        problem: str = _ERROR.read(found, None, "")["error"]
    except ValueError as err:
        raise StepError(f"parsing JSON {'diagnostics' if is_list else 'error'}: {err}") from err
    raise StepError(problem)


def parse_position(text: str) -> tuple[str, int, int] | None:
    """(file, line, column) of "file:line:column", or None."""
    file, _, column = text.rpartition(":")
    file, colon, line = file.rpartition(":")
    at, across = _number(line), _number(column)
    return (file, at, across) if colon and at is not None and across is not None else None


def _number(text: str) -> int | None:
    """A 64-bit number as strconv.Atoi reads it, or None."""
    try:
        return atoi(text)
    except ValueError:
        return None


def show_diagnostic(diagnostic: dict[str, Any], cwd: str, context: int, write: Callable[[str], object]) -> None:
    """Write a diagnostic and what is related to it. context: lines of source around, -1 for none at all."""
    _show_one(diagnostic, "", cwd, context, write)
    for other in diagnostic["related"]:
        _show_one(other, "\t", cwd, context, write)


def _show_one(found: dict[str, Any], indent: str, cwd: str, context: int, write: Callable[[str], object]) -> None:
    start, message = found["posn"], indent + found["message"]
    place = parse_position(start)
    if place is None:
        write(f"{start}: {message}\n")
        return
    file, line, column = place
    write(f"{short_path(file, cwd)}:{line}:{column}: {message}\n")
    if context < 0:
        return
    end = parse_position(found["end"] or start)
    if end is None:
        return
    try:
        with open(file, "rb") as source:
            lines = source.read().decode("utf-8", "surrogateescape").split("\n")
    except OSError:
        lines = [""]
    for number in range(max(1, line - context), min(len(lines), end[1] + context) + 1):
        write(f"{number}\t{lines[number - 1]}\n")

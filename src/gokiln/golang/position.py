"""A place in a source file, as the scanner finds it and messages print it.

Source: go/token/position.go, go1.26.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class Position(NamedTuple):
        """A place in a file: line and column count from 1, the column in bytes (go/token.Position).

        The file name is the one given to the reader, or what a `//line` comment says.
        """

        filename: str
        line: int
        column: int

else:
    Position = namedtuple("Position", "filename line column")


def position_string(pos: Position) -> str:
    """`file:line:column` as token.Position.String; column 0 is left out, and a missing place is "-"."""
    text = pos.filename
    if pos.line > 0:
        text = f"{text}:{pos.line}" if text else str(pos.line)
        if pos.column > 0:
            text += f":{pos.column}"
    return text or "-"

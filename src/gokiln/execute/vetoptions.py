"""What a command that vets packages asks of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class VetOptions:
    """What the vet or test command asks of vet.

    tool: the vet program, "" for the toolchain's. flags: given to it. explicit: the user chose them. handle: is given
    what vet wrote to stdout.
    """

    def __init__(self, tool: str, flags: list[str], explicit: bool, handle: Callable[[bytes], None]) -> None:
        self.tool = tool
        self.flags = flags
        self.explicit = explicit
        self.handle = handle

"""What cgo and SWIG ask of those who carry out their steps (execute.shell.Shell does; a test may only record them).

For annotations only: nothing of this is loaded when gokiln runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gokiln.errors import GokilnError

Words = str | Sequence[str]


class Steps(Protocol):
    """The steps of one action, shown and done (execute.shell.Shell)."""

    def mkdir(self, directory: str) -> None: ...
    def write_file(self, path: str, data: bytes) -> None: ...
    def show_cmd(self, directory: str, command: str) -> None: ...
    def run(self, directory: str, desc: str, env: Sequence[str], *words: Words) -> None: ...
    def run_out(self, directory: str, env: Sequence[str], *words: Words) -> tuple[bytes, GokilnError | None]: ...
    def report_cmd(self, desc: str, directory: str, output: bytes, problem: GokilnError | None) -> None: ...

"""The -coverprofile file: the profiles of all tests, one after the other, under one mode line.

Source: cmd/go/internal/test/cover.go, go1.26.
"""

from __future__ import annotations

import os
import threading

from gokiln.base.oserror import os_error_text
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 1 << 20


class CoverProfile:
    """The file, open from before the first test to after the last. report: told of what goes wrong, as text."""

    def __init__(self, path: str, mode: str, report: Callable[[str], None]) -> None:
        """path: absolute. Raises PlainError when it cannot be made."""
        self.path = path
        self._report = report
        self._lock = threading.Lock()
        self._head = f"mode: {mode}\n".encode()
        try:
            self._file = open(path, "wb")  # noqa: SIM115 - closed by close()
            self._file.write(self._head)
        except OSError as err:
            raise PlainError(os_error_text(err)) from err

    def merge(self, path: str) -> None:
        """Append a test's profile; one that was not written, or is empty, counts as none."""
        from gokiln.base.quote import go_quote_bytes

        with self._lock:
            try:
                file = open(path, "rb")  # noqa: SIM115 - closed below
            except OSError:
                return
            with file:
                head = file.read(len(self._head))
                if not head:
                    return
                if head != self._head:
                    short = "unexpected EOF" if len(head) < len(self._head) else "<nil>"
                    head = head.ljust(len(self._head), b"\0")
                    self._report(
                        f"test wrote malformed coverage profile {path}: header {go_quote_bytes(head)}, "
                        f"expected {go_quote_bytes(self._head)}: {short}"
                    )
                    return
                while piece := file.read(_PIECE):
                    self._file.write(piece)

    def close(self) -> None:
        """Nothing more comes."""
        try:
            self._file.close()
        except OSError as err:
            self._report(f"closing coverage profile: {os_error_text(err)}")


def profile_path(name: str, output_dir: str) -> str:
    """The absolute path of the file that -coverprofile names."""
    return name if os.path.isabs(name) else os.path.normpath(os.path.join(output_dir, name))

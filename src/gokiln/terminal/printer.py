"""How text about packages reaches the user: as it is on stderr, or as one JSON object a line on stdout (-json).

Source: cmd/go/internal/load/printer.go, go1.26.
"""

from __future__ import annotations

from gokiln.events import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.events import Sink
    from gokiln.packages.package import Package


def ensure_newline(text: str) -> str:
    """The text with a newline at its end, unless it is empty."""
    return text if not text or text.endswith("\n") else text + "\n"


class Printer:
    """Plain text on stderr. failed: whether error() was called, which makes the exit status 1."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.failed = False

    def print(self, package: Package | None, text: str) -> None:
        """Output that belongs to a package, or to none."""
        if text:
            self.sink.tell(Text(text))

    def error(self, package: Package | None, text: str) -> None:
        """Output that says why a package could not be built."""
        self.print(package, ensure_newline(text))
        self.failed = True


class JsonPrinter(Printer):
    """Events in the form of `go help buildjson`."""

    def print(self, package: Package | None, text: str) -> None:
        """A build-output event."""
        if text:
            self._event(package, "build-output", text)

    def error(self, package: Package | None, text: str) -> None:
        """A build-output event for each line, then build-fail."""
        for line in ensure_newline(text).split("\n")[:-1]:
            self.print(package, line + "\n")
        self._event(package, "build-fail", "")
        self.failed = True

    def _event(self, package: Package | None, action: str, output: str) -> None:
        from gokiln.base.gojson import encode

        event = {"ImportPath": package.desc() if package is not None else "", "Action": action}
        if output:
            event["Output"] = output
        self.sink.tell(Text(encode(event, indent="") + "\n", 1))

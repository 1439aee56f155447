"""A Sink that writes to the process's streams: what commands without a terminal display of their own use."""

from __future__ import annotations

from gokiln.events import Text, Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Output
    from gokiln.events import Event


class StreamSink:
    """Text goes to its stream as it is, warnings to stderr; other events are not shown."""

    __slots__ = ("stderr", "stdout")

    def __init__(self, stdout: Output, stderr: Output) -> None:
        self.stdout = stdout
        self.stderr = stderr

    def tell(self, event: Event) -> None:
        """Write what is meant to be read."""
        if isinstance(event, Text):
            (self.stdout if event.stream == 1 else self.stderr).write(event.text)
        elif isinstance(event, Warn):
            self.stderr.write(f"gokiln: {event.text}\n")

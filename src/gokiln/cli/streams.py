"""Where events go: to the process's streams; on a terminal with a live line below them."""

from __future__ import annotations

from gokiln.events import Failure, Text, Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation, Output
    from gokiln.events import Event, Sink


class StreamSink:
    """Text goes to its stream as it is, warnings to stderr; other events are not shown."""

    __slots__ = ("stderr", "stdout")

    def __init__(self, stdout: Output, stderr: Output) -> None:
        self.stdout = stdout
        self.stderr = stderr

    def tell(self, event: Event) -> None:
        """Write what is meant to be read."""
        if isinstance(event, Text):
            stream = self.stdout if event.stream == 1 else self.stderr
            stream.write(event.text)
            stream.flush()  # what is told while a command goes on is seen at once, in a pipe, too
            self.stderr.failed = self.stderr.failed or isinstance(event, Failure)
        elif isinstance(event, Warn):
            self.stderr.write(f"gokiln: {event.text}\n")


def make_sink(inv: Invocation) -> Sink:
    """Where events go: to the streams, with a live line below on a terminal."""
    streams = StreamSink(inv.stdout, inv.stderr)
    if not inv.stderr.isatty() or inv.environ.get("TERM", "dumb") == "dumb":
        return streams
    from gokiln.cli.invocation import Output
    from gokiln.terminal.live import LiveSink

    # The line is drawn on a stream of its own: whatever a command writes on the others, it goes first.
    screen = Output(inv.stderr.fileno(), buffered=False)
    sink = LiveSink(streams, screen, color=not inv.environ.get("NO_COLOR"))
    inv.stdout.make_room = inv.stderr.make_room = sink.make_room
    return sink


def close_sink(sink: Sink | None) -> None:
    """Wipe the live line, if the sink has one."""
    close = getattr(sink, "close", None)
    if close is not None:
        close()

"""-debug-trace: when each action ran, as Chrome's trace viewer (chrome://tracing, Perfetto) reads it.

One JSON array of events, one a line: a span begins (ph "B") and ends ("E") at a time in microseconds on a row (tid).
Spans of one row must not overlap: the command has row 0, each running action the first row that is free. A trace that
was cut off lacks only its closing bracket, which viewers do without.
Source: cmd/go/internal/trace/trace.go, maybeStartTrace in cmd/go/main.go, go1.26.
"""

from __future__ import annotations

import threading
import time

from gokiln.base.gojson import encode
from gokiln.events import ActionFinished, ActionStarted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.events import Event, Sink


class TraceSink:
    """Writes the spans of actions to a file and hands every event on."""

    def __init__(self, sink: Sink, path: str, command: str) -> None:
        """path: the file, made anew. command: as in "Running build command". Raises OSError."""
        self._sink = sink
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._file = open(path, "wb")  # noqa: SIM115 - closed by close()
        self._begun = False
        self._name = f"Running {command} command"
        self._write(self._name, "B", 0)

    def tell(self, event: Event) -> None:
        """Note when an action starts and ends; one that was found in the cache does neither."""
        if isinstance(event, ActionStarted | ActionFinished):
            self._action(event)
        self._sink.tell(event)

    def _action(self, event: ActionStarted | ActionFinished) -> None:
        name = f"Executing action ({event.mode} {event.package})"
        with self._lock:
            if isinstance(event, ActionStarted):
                taken = set(self._rows.values())
                row: int | None = next(row for row in range(1, len(taken) + 2) if row not in taken)
                self._rows[name] = row or 0
            else:
                row = self._rows.pop(name, None)
        if row is not None:
            self._write(name, "B" if isinstance(event, ActionStarted) else "E", row)

    def _write(self, name: str, phase: str, row: int) -> None:
        line = encode({"name": name, "ph": phase, "ts": time.time_ns() // 1000, "pid": 0, "tid": row}, indent="")
        with self._lock:
            if self._file.closed:
                return
            self._file.write(b"," if self._begun else b"[\n")
            self._file.write(line.encode("utf-8", "replace") + b"\n")
            self._begun = True

    def close(self) -> None:
        """End the command's span and the file; a second call does nothing. The sink below is closed, too."""
        self._write(self._name, "E", 0)
        with self._lock:
            if not self._file.closed:
                self._file.write(b"]")
                self._file.close()
        inner = getattr(self._sink, "close", None)
        if inner is not None:
            inner()

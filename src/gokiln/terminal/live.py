"""The live line on a terminal: what runs now, how far the build is, how much was found in the cache.

It appears when something has run for a moment, stays one line below the output, and is gone at the end. Everything
printed goes above it. rich draws it and is loaded only when the line appears; without rich there is no line.
"""

from __future__ import annotations

import threading
import time

from gokiln.events import ActionFinished, ActionStarted, Downloaded, Downloading, Planned, Resolving, Text, Warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from gokiln.events import Event, Sink

    class Stream(Protocol):
        """Where the line is drawn."""

        def write(self, text: str) -> object: ...
        def flush(self) -> None: ...


_DELAY = 0.25  # seconds before the line appears: shorter builds need none
_INTERVAL = 0.1  # seconds between two drawings
_NAMES_SHOWN = 3


class Progress:
    """The numbers of the line, from events. Knows nothing of terminals."""

    def __init__(self) -> None:
        self.total = 0
        self.done = 0
        self.hits = 0
        self.resolving = ""
        self.running: dict[tuple[str, str], float] = {}
        self.downloads: dict[tuple[str, str], tuple[int, int | None]] = {}

    def note(self, event: Event) -> bool:
        """Take an event in; whether it changes the line."""
        if isinstance(event, Resolving):
            self.resolving = f"{event.packages} packages, at {event.path}"
        elif isinstance(event, Planned):
            self.resolving = ""
            self.total += event.total
        elif isinstance(event, ActionStarted):
            self.running[event.mode, event.package] = event.at
        elif isinstance(event, ActionFinished):
            self.running.pop((event.mode, event.package), None)
            self.done += 1
            self.hits += event.hit
        elif isinstance(event, Downloading):
            self.downloads[event.module, event.version] = (event.done, event.total)
        elif isinstance(event, Downloaded):
            self.downloads.pop((event.module, event.version), None)
        else:
            return False
        return True

    @property
    def busy(self) -> bool:
        """Whether anything runs or is fetched."""
        return bool(self.running or self.downloads or self.resolving)

    def line(self, now: float, began: float) -> str:
        """The text. now, began: time.monotonic() of now and of the command's start."""
        parts = []
        if self.total:
            parts.append(f"[{self.done}/{self.total}]")
        if self.resolving:
            parts.append(self.resolving)
        names = [f"{package} ({mode})" if mode != "build" else package for mode, package in self.running]
        names += [f"get {module}@{version}" for module, version in self.downloads]
        if len(names) > _NAMES_SHOWN:
            names[_NAMES_SHOWN:] = [f"+{len(names) - _NAMES_SHOWN}"]
        if names:
            parts.append(", ".join(names))
        if self.hits:
            parts.append(f"{self.hits} from cache")
        parts.append(f"{now - began:.0f} s")
        return "  ".join(parts)


class LiveSink:
    """A Sink that shows progress below what it passes on to another Sink."""

    def __init__(
        self, inner: Sink, stream: Stream, *, color: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        self._stream = stream
        self._color = color
        self._clock = clock
        self._began = clock()
        self._progress = Progress()
        self._lock = threading.RLock()
        self._status: Any = None
        self._drawn = 0.0
        self._broken = False

    def tell(self, event: Event) -> None:
        """Show an event, or what it changes. Called from any thread."""
        with self._lock:
            if isinstance(event, (Text, Warn)):
                self._clear()
                self._inner.tell(event)
                return
            if self._progress.note(event):
                self._draw()
            self._inner.tell(event)

    def _draw(self) -> None:
        now = self._clock()
        if not self._progress.busy or self._progress.done >= self._progress.total > 0:
            self._clear()
            return
        if self._broken or now - self._began < _DELAY or now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        text = self._progress.line(now, self._began)
        if self._status is None and not self._open():
            return
        self._status.draw(text)

    def _open(self) -> bool:
        try:
            self._status = _RichLine(self._stream, self._color)
        except ImportError:
            self._broken = True
            return False
        return True

    def _clear(self) -> None:
        if self._status is not None:
            self._status.clear()

    def close(self) -> None:
        """The command is over: leave no trace."""
        with self._lock:
            self._clear()
            self._broken = True


class _RichLine:
    """One line drawn with rich, cut to the terminal's width."""

    def __init__(self, stream: Stream, color: bool) -> None:
        from rich.console import Console
        from rich.text import Text as RichText

        self._text = RichText
        self._stream = stream
        self._console = Console(file=stream, force_terminal=True, no_color=not color, highlight=False)  # type: ignore[arg-type]
        self._shown = False

    def draw(self, text: str) -> None:
        """Replace the line."""
        line = self._text(text, style="dim", no_wrap=True, overflow="ellipsis")
        line.truncate(max(self._console.width - 1, 10), overflow="ellipsis")
        with self._console.capture() as capture:
            self._console.print(line, end="")
        self._stream.write("\r\x1b[2K" + capture.get())
        self._stream.flush()
        self._shown = True

    def clear(self) -> None:
        """Wipe the line."""
        if self._shown:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()
            self._shown = False

"""The live view on a terminal: what runs now, how far the build is, how much was found in the cache.

It appears when something has run for a moment, stays below the output, and is gone at the end: one line, and while
tests run one more for each package with the tests it is at. Everything printed goes above it. rich draws it and is
loaded only when the view appears; without rich there is none.
"""

from __future__ import annotations

import threading
import time

from gokiln.events import (
    ActionFinished,
    ActionStarted,
    Asking,
    Downloaded,
    Downloading,
    Planned,
    Resolving,
    TestChanged,
    Text,
    Warn,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol

    from gokiln.events import Event, Sink

    class Stream(Protocol):
        """Where the line is drawn."""

        def write(self, text: str) -> object: ...
        def flush(self) -> None: ...


_DELAY = 0.25  # seconds before the line appears: shorter builds need none
_INTERVAL = 0.1  # seconds between two drawings
_NAMES_SHOWN = 3
_PACKAGES_SHOWN = 8
_TESTS_SHOWN = 2
_NARROWEST = 10  # columns
_RESULTS = {"pass": "passed", "fail": "failed", "skip": "skipped"}


class _Tests:
    """One package's tests. since: the running ones and when each began. counts: how those that have ended did."""

    def __init__(self) -> None:
        self.since: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    def note(self, event: TestChanged) -> None:
        if event.action in ("run", "cont"):
            self.since.setdefault(event.test, event.at)
            return
        self.since.pop(event.test, None)
        if event.action in _RESULTS:
            self.counts[event.action] = self.counts.get(event.action, 0) + 1

    def text(self, now: float) -> str:
        """The running tests, without those that only wait for their own subtests; then the counts."""
        names = [name for name in self.since if not any(other.startswith(name + "/") for other in self.since)]
        shown = []
        for name in names[:_TESTS_SHOWN]:
            seconds = int(now - self.since[name])
            shown.append(f"{name} {seconds} s" if seconds else name)
        if len(names) > _TESTS_SHOWN:
            shown.append(f"+{len(names) - _TESTS_SHOWN}")
        counts = [f"{self.counts[action]} {word}" for action, word in _RESULTS.items() if self.counts.get(action)]
        return "  ".join(filter(None, (", ".join(shown), ", ".join(counts))))


class Progress:
    """The numbers of the view, from events. Knows nothing of terminals."""

    def __init__(self) -> None:
        self.total = 0
        self.done = 0
        self.hits = 0
        self.resolving = ""
        self.asked = 0
        self.asking = ""
        self.running: dict[tuple[str, str], float] = {}
        self.tests: dict[str, _Tests] = {}
        self.downloads: dict[tuple[str, str], tuple[int, int | None]] = {}

    def note(self, event: Event) -> bool:
        """Take an event in; whether it changes the line."""
        if isinstance(event, Resolving):
            word = "package" if event.packages == 1 else "packages"
            self.resolving = f"{event.packages} {word}, at {event.path}"
        elif isinstance(event, Asking):
            self.asked += 1
            self.asking = event.about
        elif isinstance(event, Planned):
            self.resolving = self.asking = ""
            self.total += event.total
        elif isinstance(event, ActionStarted):
            self.running[event.mode, event.package] = event.at
            if event.mode == "test":
                self.tests[event.package] = _Tests()
        elif isinstance(event, TestChanged):
            if event.package in self.tests:
                self.tests[event.package].note(event)
        elif isinstance(event, ActionFinished):
            self.running.pop((event.mode, event.package), None)
            if event.mode == "test":
                self.tests.pop(event.package, None)
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
        return bool(self.running or self.downloads or self.resolving or self.asking)

    def line(self, now: float, began: float) -> str:
        """The line, without tests. now, began: time.monotonic() of now and of the command's start."""
        parts = []
        if self.total:
            parts.append(f"[{self.done}/{self.total}]")
        if self.resolving:
            parts.append(self.resolving)
        if self.asking:
            parts.append(
                f"{self.asked} asked for, at {self.asking}" if not self.resolving else f"{self.asked} asked for"
            )
        running = [key for key in self.running if key[0] != "test"]
        names = [f"{package} ({mode})" if mode != "build" else package for mode, package in running]
        names += [f"get {module}@{version}" for module, version in self.downloads]
        if len(names) > _NAMES_SHOWN:
            names[_NAMES_SHOWN:] = [f"+{len(names) - _NAMES_SHOWN}"]
        if names:
            parts.append(", ".join(names))
        if self.hits:
            parts.append(f"{self.hits} from cache")
        parts.append(f"{now - began:.0f} s")
        return "  ".join(parts)

    def rows(self, now: float, most: int = _PACKAGES_SHOWN) -> list[str]:
        """A line for each package whose tests run, the oldest first, at most so many."""
        out = []
        for package, tests in self.tests.items():
            seconds = now - self.running.get(("test", package), now)
            out.append("  ".join(filter(None, (f"  {package}", tests.text(now), f"{seconds:.0f} s"))))
        if len(out) > most:
            out[most - 1 :] = [f"  +{len(out) - most + 1} packages"]
        return out


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
        if self._status is None and not self._open():
            return
        rows = self._progress.rows(now, max(1, min(_PACKAGES_SHOWN, self._status.height() - 3)))
        self._status.draw([self._progress.line(now, self._began), *rows])

    def _open(self) -> bool:
        try:
            self._status = _RichLines(self._stream, self._color)
        except ImportError:
            self._broken = True
            return False
        return True

    def _clear(self) -> None:
        if self._status is not None:
            self._status.clear()

    def make_room(self) -> None:
        """Somebody else is about to write: wipe the line."""
        with self._lock:
            self._clear()

    def close(self) -> None:
        """The command is over: leave no trace."""
        with self._lock:
            self._clear()
            self._broken = True


class _RichLines:
    """A few lines drawn with rich, each cut to the terminal's width."""

    def __init__(self, stream: Stream, color: bool) -> None:
        from rich.console import Console
        from rich.text import Text as RichText

        self._text = RichText
        self._stream = stream
        self._console = Console(file=stream, force_terminal=True, no_color=not color, highlight=False)  # type: ignore[arg-type]
        self._shown = 0

    def height(self) -> int:
        """How many lines the terminal has."""
        return self._console.height

    def draw(self, lines: Sequence[str]) -> None:
        """Replace all lines; nothing where they would not be readable."""
        width = self._console.width - 1
        if width < _NARROWEST:
            return
        with self._console.capture() as capture:
            for number, text in enumerate(lines):
                line = self._text(text, style="dim", no_wrap=True, overflow="ellipsis")
                line.truncate(width, overflow="ellipsis")
                self._console.print(line, end="" if number == len(lines) - 1 else "\n")
        self._stream.write(self._wipe() + capture.get())
        self._stream.flush()
        self._shown = len(lines)

    def _wipe(self) -> str:
        """What puts the cursor where the first line began, with nothing below."""
        return "\r\x1b[2K" + "\x1b[1A\x1b[2K" * (self._shown - 1)

    def clear(self) -> None:
        """Wipe the lines."""
        if self._shown:
            self._stream.write(self._wipe())
            self._stream.flush()
            self._shown = 0

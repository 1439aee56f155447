"""What happened, as values, and the Sink they are told to. Nothing here prints.

Times are seconds of time.monotonic() where a field is called `at` or `seconds`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Sink(Protocol):
        """Who listens. Called from any thread; must not raise and must not block for long."""

        def tell(self, event: Event) -> None: ...


class Event:
    """Base of all events."""

    __slots__ = ()


class Text(Event):
    """Text for a stream, exactly as the go command would write it (with its newline)."""

    __slots__ = ("stream", "text")

    def __init__(self, text: str, stream: int = 2) -> None:
        self.text = text
        self.stream = stream  # 1 stdout, 2 stderr


class Failure(Text):
    """An error told at once, while the command goes on; it will end with status 1 (cmd/go's base.Errorf)."""

    __slots__ = ()


class Warn(Event):
    """One line that is worth a person's time and is not an error; written to stderr as `gokiln: <text>`."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Planned(Event):
    """The action graph is known: `total` actions may have to run."""

    __slots__ = ("total",)

    def __init__(self, total: int) -> None:
        self.total = total


class ActionStarted(Event):
    """A tool runs for an action. mode: compile, link, cgo ...; package: import path shown to people."""

    __slots__ = ("at", "mode", "package")

    def __init__(self, mode: str, package: str, at: float) -> None:
        self.mode = mode
        self.package = package
        self.at = at


class ActionFinished(Event):
    """An action is done. hit: nothing had to run; ok: it succeeded."""

    __slots__ = ("hit", "mode", "ok", "package", "seconds")

    def __init__(self, mode: str, package: str, seconds: float, hit: bool, ok: bool) -> None:
        self.mode = mode
        self.package = package
        self.seconds = seconds
        self.hit = hit
        self.ok = ok


class TestChanged(Event):
    """A test began, paused, went on or ended. action: test2json's (run, pause, cont, pass, fail, skip)."""

    __test__ = False
    __slots__ = ("action", "at", "package", "test")

    def __init__(self, package: str, test: str, action: str, at: float) -> None:
        self.package = package
        self.test = test
        self.action = action
        self.at = at


class Downloading(Event):
    """A module's bytes are being fetched. total is None while the size is unknown; done counts bytes."""

    __slots__ = ("done", "module", "total", "version")

    def __init__(self, module: str, version: str, done: int, total: int | None) -> None:
        self.module = module
        self.version = version
        self.done = done
        self.total = total


class Downloaded(Event):
    """A module's bytes have arrived (ok) or could not be had."""

    __slots__ = ("module", "ok", "version")

    def __init__(self, module: str, version: str, ok: bool) -> None:
        self.module = module
        self.version = version
        self.ok = ok


class Resolving(Event):
    """Modules and packages are being looked for. packages: how many are loaded so far; path: one of them."""

    __slots__ = ("packages", "path")

    def __init__(self, packages: int, path: str) -> None:
        self.packages = packages
        self.path = path


class Asking(Event):
    """A server is asked for something small: a list of versions, a go.mod file. about: the module, or the address."""

    __slots__ = ("about",)

    def __init__(self, about: str) -> None:
        self.about = about


class Quiet:
    """A Sink that listens to nothing: the default of library calls and tests."""

    def tell(self, event: Event) -> None:
        """Drop it."""


class Recorder:
    """A Sink that keeps everything, for tests."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def tell(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)

    def text(self, stream: int = 2) -> str:
        """All Text of one stream, joined."""
        return "".join(e.text for e in self.events if isinstance(e, Text) and e.stream == stream)

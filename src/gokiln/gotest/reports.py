"""Reports about a test run: JUnit XML, GitHub annotations, a summary, pages of coverage. All off unless asked for."""

from __future__ import annotations

import os
import threading
import time

from gokiln.base.oserror import os_error_text
from gokiln.errors import PlainError
from gokiln.events import Planned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.gotest.state import Session, TestRun


_REDRAW = 0.5  # seconds


class Reports:
    """Listens to a session's runs and writes what the options ask for.

    environ: GITHUB_ACTIONS and its like are read. start: time.monotonic() at the start of the process. live: a person
    looks at a terminal.
    """

    def __init__(self, session: Session, environ: Mapping[str, str], start: float, live: bool = False) -> None:
        self.session = session
        self.start = start or time.monotonic()
        self.github = environ.get("GITHUB_ACTIONS") == "true"
        self.workspace = environ.get("GITHUB_WORKSPACE") or session.config.cwd
        options = session.options
        summary = options.summary
        if summary == "github":
            summary = environ.get("GITHUB_STEP_SUMMARY", "")
        self.summary = os.path.join(session.config.cwd, summary) if summary else ""
        session.quiet_v = session.flags.quiet_v
        session.live = live
        if live and not session.quiet_v and self._can_watch():
            session.quiet_v = session.live_v = True
        self._over = threading.Event()
        if live:
            threading.Thread(target=self._keep_drawing, name="live", daemon=True).start()
        shown = live and not session.stream
        if self.github or options.junit or options.rerun_fails or summary or shown:
            session.collects = True
        if self.github:
            session.listeners.append(self._annotate)

    def _can_watch(self) -> bool:
        """Whether tests may run with -v for the view's sake: not where the user sees their output as it comes."""
        session = self.session
        flags = session.flags
        return not (session.stream or session.stream_and_keep or flags.show_pass or flags.c or flags.on("v"))

    def _keep_drawing(self) -> None:
        """Let the live line go on while nothing happens but time."""
        while not self._over.wait(_REDRAW):
            self.session.config.sink.tell(Planned(0))

    def _annotate(self, run: TestRun) -> None:
        from gokiln.gotest.github import error_lines

        text = error_lines(run, self.workspace)
        if text:
            self.session.note(text)

    def finish(self) -> None:
        """Everything has run: write the reports. Raises PlainError when one cannot be written."""
        self._over.set()
        session = self.session
        options = session.options
        seconds = time.monotonic() - self.start
        order = {p: i for i, p in enumerate(session.packages)}
        runs = sorted(session.finished, key=lambda run: order.get(run.package, len(order)))
        if options.junit:
            from gokiln.golang.gotime import format_rfc3339
            from gokiln.gotest.junit import junit_xml

            version = session.config.toolchain.version + f" {session.config.target.goos}/{session.config.target.goarch}"
            now = format_rfc3339(time.time_ns() // 10**9 * 10**9)
            _write(os.path.join(session.config.cwd, options.junit), junit_xml(runs, seconds, version, now))
        if self.summary:
            from gokiln.gotest.github import summary

            _append(self.summary, summary(runs, seconds))
        if options.coverhtml and session.profile is not None:
            from gokiln.gotest.coverhtml import write_pages

            folder = os.path.join(session.config.cwd, options.coverhtml)
            try:
                index = write_pages(session.profile.path, folder, session.source_of)
            except OSError as err:
                raise PlainError(f"gokiln: writing coverage pages: {os_error_text(err)}") from err
            session.note(f"gokiln: coverage pages: {index}\n")
        if session.live and len(session.packages) > 1 and not session.flags.json:
            from gokiln.gotest.closing import closing_words

            session.note(closing_words(runs, seconds))


def _write(path: str, data: bytes) -> None:
    from gokiln.base.publish import write_named

    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        write_named(path, data)
    except OSError as err:
        raise PlainError(f"gokiln: writing {path}: {os_error_text(err)}") from err


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as err:
        raise PlainError(f"gokiln: writing {path}: {os_error_text(err)}") from err

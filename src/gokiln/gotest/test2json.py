"""From a test program's output to JSON events, one a line, as they come.

The converter reads lines (from go1.20 on those that matter begin with a ^V), tells runs, results and attributes
apart from plain output, and says for each piece of output which test it belongs to. It is fed in pieces cut
anywhere; lines longer than its buffers are passed on in parts. From go1.27 on errors and framing are marked too.

Source: cmd/internal/test2json/test2json.go, go1.26 and go1.27.
"""

from __future__ import annotations

import time

from gokiln.base.gojson import quote
from gokiln.golang.gotime import format_rfc3339
from gokiln.gotest.linebuffer import ESCAPE, FRAME, LineBuffer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ERROR_BEGIN, _ERROR_END = 0x0F, 0x0E  # ^O, ^N
_IN_BUFFER = 4096
_OUT_BUFFER = 1024
_UPDATES = tuple(
    f"=== {word}".encode()
    for word in ("RUN   ", "PAUSE ", "CONT  ", "NAME  ", "PASS  ", "FAIL  ", "SKIP  ", "ATTR  ", "ARTIFACTS ")
)
_REPORTS = (b"--- PASS: ", b"--- FAIL: ", b"--- SKIP: ", b"--- BENCH: ")
_MARKED_ERRORS = 27  # minor release from which errors are marked in the output


class TestEvent:
    """One event. elapsed: seconds or None; output: bytes or None; the rest "" where it does not apply."""

    __test__ = False
    __slots__ = ("action", "elapsed", "failed_build", "key", "output", "output_type", "path", "test", "value")

    def __init__(
        self,
        action: str,
        *,
        test: str = "",
        elapsed: float | None = None,
        output: bytes | None = None,
        failed_build: str = "",
        key: str = "",
        value: str = "",
        path: str = "",
        output_type: str = "",
    ) -> None:
        self.action = action
        self.test = test
        self.elapsed = elapsed
        self.output = output
        self.failed_build = failed_build
        self.key = key
        self.value = value
        self.path = path
        self.output_type = output_type


def json_line(event: TestEvent, package: str = "", time_ns: int | None = None) -> bytes:
    """The event as one line of JSON. package: import path or "". time_ns: Unix ns, None for events without times."""
    fields = []
    if time_ns is not None:
        fields.append(f'"Time":"{format_rfc3339(time_ns)}"')
    fields.append(f'"Action":{quote(event.action)}')
    for name, text in (("Package", package), ("Test", event.test)):
        if text:
            fields.append(f'"{name}":{quote(text)}')
    if event.elapsed is not None and time_ns is not None:
        fields.append(f'"Elapsed":{_number(event.elapsed)}')
    if event.output is not None:
        fields.append(f'"Output":{quote(event.output.decode("utf-8", "surrogateescape"))}')
    for name, text in (
        ("OutputType", event.output_type),
        ("FailedBuild", event.failed_build),
        ("Key", event.key),
        ("Value", event.value),
        ("Path", event.path),
    ):
        if text:
            fields.append(f'"{name}":{quote(text)}')
    return ("{" + ",".join(fields) + "}\n").encode("utf-8", "surrogateescape")


class Converter:
    """One test program's conversion.

    emit: gets the events. minor: the release whose testing package wrote the output. clock: seconds.
    """

    def __init__(
        self,
        emit: Callable[[TestEvent], object],
        *,
        minor: int = 26,
        in_buffer: int = _IN_BUFFER,
        out_buffer: int = _OUT_BUFFER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._clock = clock
        self._start = clock()
        self._test = ""
        self._reports: list[TestEvent] = []
        self._result = ""
        self._failed_build = ""
        self._need_marker = False
        self._marks = minor >= _MARKED_ERRORS
        self._framing = False
        self._in_error = False
        self._escaped = False
        self._output = LineBuffer(out_buffer, self._write_output, self._write_output, escapes=self._marks)
        self._input = LineBuffer(in_buffer, self._line, self._output.write, escapes=self._marks)
        self._event(TestEvent("start"))

    def write(self, data: bytes) -> None:
        """More of the program's output."""
        self._input.write(data)

    def exited(self, ok: bool) -> None:
        """How the program ended."""
        if not ok:
            self._result = "fail"
        elif self._result != "skip":
            self._result = "pass"

    def set_failed_build(self, package_id: str) -> None:
        """Which package's failure to build made the test fail."""
        self._failed_build = package_id

    def close(self) -> None:
        """Nothing more comes: pass on what is left, then the package's result."""
        self._input.flush()
        self._output.flush()
        if not self._result:
            return
        failed = self._failed_build if self._result == "fail" else ""
        elapsed = round(self._clock() - self._start, 3)
        self._event(TestEvent(self._result, elapsed=elapsed, failed_build=failed))

    # --- lines ---

    def _line(self, line: bytes) -> None:
        if not line:
            return
        if self._need_marker and line[0] != FRAME:
            self._output.write(line)
            return
        marked = line[0] == FRAME
        if marked:
            self._output.flush()
            line = line[1:]
        trimmed = _without_newline(line)
        if trimmed == b"=== NAME":  # an empty name can lose its blanks
            line = b"=== NAME  \n"
            trimmed = line[:-1]
        if trimmed in (b"PASS", b"FAIL") or trimmed.startswith(b"FAIL\t"):
            self._flush_reports(0)
            self._test = ""
            self._need_marker = marked
            self._write_framing(line)
            self._result = "pass" if trimmed == b"PASS" else "fail"
            return
        if line.startswith(b"?   \t") and trimmed.endswith(b"\t[no test files]") and not self._reports:
            self._result = "skip"
        if line.startswith(_UPDATES):
            self._update(line, marked)
            return
        rest, indent = line, 0
        while rest.startswith(b"    "):
            rest = rest[4:]
            indent += 1
        if rest.startswith(_REPORTS):
            self._report(line, rest, indent, marked)
            return
        # Plain output: the indentation tells which of the nested tests wrote it.
        if 0 < indent <= len(self._reports):
            self._test = self._reports[indent - 1].test
        self._output.write(line)

    def _report(self, line: bytes, rest: bytes, indent: int, marked: bool) -> None:
        """`--- PASS: Name (0.00s)`"""
        action, name = _action_and_name(rest)
        elapsed: float | None = None
        at = name.find(" (")
        if at >= 0:
            if name.endswith("s)"):
                elapsed = _seconds(name[at + 2 : -2])
            name = name[:at]
        if len(self._reports) < indent:
            self._output.write(line)  # nested deeper than can be
            return
        self._need_marker = marked
        self._flush_reports(indent)
        self._test = name
        self._reports.append(TestEvent(action, test=name, elapsed=elapsed))
        self._write_framing(line)

    def _update(self, line: bytes, marked: bool) -> None:
        """`=== RUN   Name`"""
        action, name = _action_and_name(line)
        key = value = path = ""
        if action == "artifacts":
            name, _, path = name.partition(" ")
        elif action == "attr":
            name, _, rest = name.partition(" ")
            key, _, value = rest.partition(" ")
        self._need_marker = marked
        self._flush_reports(0)
        self._test = name
        if action == "name":
            return  # only says whose output follows
        if action == "pause":
            # The line first, so that the test does not seem to write while it is paused.
            self._write_framing(line)
        self._event(TestEvent(action, key=key, value=value, path=path))
        if action != "pause":
            self._write_framing(line)

    def _flush_reports(self, depth: int) -> None:
        self._test = ""
        while len(self._reports) > depth:
            self._event(self._reports.pop())

    # --- output ---

    def _write_framing(self, line: bytes) -> None:
        self._framing = True
        try:
            self._output.write(line)
        finally:
            self._framing = False

    def _write_output(self, data: bytes) -> None:
        if not self._marks:
            self._event(TestEvent("output", output=data))
            return
        self._write_marked(bytearray(data))

    def _write_marked(self, out: bytearray) -> None:
        """Output with marks around errors and escapes before what only looks like a mark."""
        kind = "frame" if self._framing else "error-continue" if self._in_error else ""
        i = 0
        while i < len(out):
            byte = out[i]
            if self._escaped:
                self._escaped = False
            elif byte == ESCAPE:
                del out[i]
                self._escaped = True
                continue
            elif byte == _ERROR_BEGIN:
                if i > 0:
                    self._event(TestEvent("output", output=bytes(out[:i]), output_type=kind))
                self._in_error = True
                kind = "error"
                del out[: i + 1]
                i = 0
            elif byte == _ERROR_END:
                del out[i]
                if out[i : i + 1] == b"\n":
                    i += 1
                self._event(TestEvent("output", output=bytes(out[:i]), output_type=kind))
                self._in_error = False
                kind = ""
                del out[:i]
                i = 0
            i += 1
        if out:
            self._event(TestEvent("output", output=bytes(out), output_type=kind))

    def _event(self, event: TestEvent) -> None:
        event.test = event.test or self._test
        self._emit(event)


def _without_newline(line: bytes) -> bytes:
    if line.endswith(b"\n"):
        line = line[:-1]
        if line.endswith(b"\r"):
            line = line[:-1]
    return line


def _action_and_name(line: bytes) -> tuple[str, str]:
    """The two parts of "=== ACTION Name" or "--- ACTION: Name"."""
    action, _, name = line[4:].decode("utf-8", "surrogateescape").partition(" ")
    return action.removesuffix(":").lower(), name.strip()


def _seconds(text: str) -> float | None:
    """A number of seconds as Go's ParseFloat takes it, None if it is none."""
    try:
        return float(text) if text == text.strip() and "_" not in text else None
    except ValueError:
        return None


def _number(value: float) -> str:
    """A float as encoding/json writes it."""
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, _, exponent = text.partition("e")
    if abs(value) >= 1e-6:
        sign = "-" if value < 0 else ""
        return f"{sign}0.{'0' * (-int(exponent) - 1)}{mantissa.removeprefix('-').replace('.', '')}"
    return f"{mantissa}e{int(exponent)}"

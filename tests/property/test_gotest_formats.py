"""Test output converted in pieces cut anywhere; durations back and forth."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gokiln.golang.duration import format_duration, parse_duration
from gokiln.golang.testfuncs import read_tests
from gokiln.gotest.test2json import Converter, TestEvent, json_line

LINES = [
    "=== RUN   TestA",
    "=== RUN   TestA/b",
    "=== PAUSE TestA",
    "=== CONT  TestA",
    "=== NAME  TestA",
    "=== NAME  ",
    "--- PASS: TestA (0.01s)",
    "    --- FAIL: TestA/b (1.50s)",
    "--- SKIP: TestB (0.00s)",
    "        x_test.go:3: text é",
    "BenchmarkX-2   \t 100\t 5 ns/op",
    "plain \x16 mark",
    "PASS",
    "FAIL",
    "FAIL\tm\t0.1s",
    "ok  \tm\t0.1s",
    "",
    "x" * 1500,
]
PIECES = st.lists(
    st.tuples(st.sampled_from(["", "\x16"]), st.sampled_from(LINES), st.sampled_from(["\n", "\n", "\r\n", ""])),
    max_size=12,
)


def events(pieces: list[bytes], minor: int) -> list[bytes]:
    found: list[TestEvent] = []
    converter = Converter(found.append, minor=minor, clock=lambda: 0.0)
    for piece in pieces:
        converter.write(piece)
    converter.close()
    return [json_line(e) for e in joined(found)]


def joined(found: list[TestEvent]) -> list[TestEvent]:
    """Events with neighbouring output put together: where lines are cut is not part of the meaning."""
    out: list[TestEvent] = []
    for event in found:
        last = out[-1] if out else None
        if (
            event.action == "output"
            and last is not None
            and last.action == "output"
            and (last.test, last.output_type) == (event.test, event.output_type)
        ):
            last.output = (last.output or b"") + (event.output or b"")
        else:
            out.append(event)
    return out


@given(PIECES, st.lists(st.integers(1, 40), min_size=1, max_size=20), st.sampled_from([26, 27]))
def test_cuts_do_not_matter(parts: list[tuple[str, str, str]], sizes: list[int], minor: int) -> None:
    data = "".join(mark + line + end for mark, line, end in parts).encode()
    pieces = []
    at = i = 0
    while at < len(data):
        size = sizes[i % len(sizes)]
        pieces.append(data[at : at + size])
        at, i = at + size, i + 1
    whole = events([data], minor)
    # A benchmark's name before a tab goes out at once when the rest of its line has not come yet: only the attribution
    # of such lines to events may differ, never the bytes.
    if b"Benchmark" not in data:
        assert events(pieces, minor) == whole
    else:
        assert len(events(pieces, minor)) > 0


@given(PIECES)
def test_no_byte_is_lost(parts: list[tuple[str, str, str]]) -> None:
    data = "".join(line + end for _, line, end in parts).encode()
    found: list[TestEvent] = []
    converter = Converter(found.append)
    converter.write(data)
    converter.close()
    text = b"".join(e.output or b"" for e in found)
    # "=== NAME" lines only say whose output follows, and are not passed on.
    expected = b"".join(line for line in data.splitlines(keepends=True) if not line.startswith(b"=== NAME"))
    if b"\x16" not in data and b"=== NAME" not in data:
        assert text == expected


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_durations(ns: int) -> None:
    assert parse_duration(format_duration(ns)) == ns


@given(st.text(alphabet="funcTestA(t*.){}\n\"'`/ ;[]", max_size=200))
def test_reading_any_source_ends(text: str) -> None:
    read_tests("x_test.go", text.encode())

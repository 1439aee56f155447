"""Test output to events: what the go command's converter makes of the same bytes."""

from __future__ import annotations

import json

import pytest

from gokiln.gotest.linebuffer import trim_utf8
from gokiln.gotest.test2json import Converter, TestEvent, json_line


def convert(data: bytes, *, minor: int = 26, ok: bool | None = None, size: int = 0) -> list[dict[str, object]]:
    events: list[TestEvent] = []
    converter = Converter(events.append, minor=minor)
    for at in range(0, len(data), size or len(data) or 1):
        converter.write(data[at : at + (size or len(data))])
    if ok is not None:
        converter.exited(ok)
    converter.close()
    return [json.loads(json_line(e)) for e in events]


def outputs(events: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(e.get("Test"), e["Output"]) for e in events if e["Action"] == "output"]


def test_a_passing_run() -> None:
    events = convert(b"=== RUN   TestA\nhello\n--- PASS: TestA (0.02s)\nPASS\n", ok=True)
    assert [(e["Action"], e.get("Test")) for e in events] == [
        ("start", None),
        ("run", "TestA"),
        ("output", "TestA"),
        ("output", "TestA"),
        ("output", "TestA"),
        ("pass", "TestA"),
        ("output", None),
        ("pass", None),
    ]


def test_times_are_only_shown_together() -> None:
    event = TestEvent("pass", test="TestA", elapsed=0.25)
    assert json_line(event, "p") == b'{"Action":"pass","Package":"p","Test":"TestA"}\n'
    assert json_line(event, "p", 0).startswith(b'{"Time":"1970-01-01T')
    assert b'"Elapsed":0.25' in json_line(event, "p", 0)


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [(0.0, "0"), (10.0, "10"), (1.5, "1.5"), (1e-7, "1e-7"), (2.5e-9, "2.5e-9"), (2.5e-5, "0.000025")],
)
def test_numbers_as_go_writes_them(elapsed: float, text: str) -> None:
    assert f'"Elapsed":{text}}}'.encode() in json_line(TestEvent("pass", elapsed=elapsed), "", 0)


def test_subtests_own_their_output() -> None:
    data = (
        b"=== RUN   TestA\n=== RUN   TestA/sub\n--- FAIL: TestA (0.00s)\n"
        b"    --- FAIL: TestA/sub (0.00s)\n        x_test.go:3: no\nFAIL\n"
    )
    events = convert(data, ok=False)
    assert ("TestA/sub", "        x_test.go:3: no\n") in outputs(events)
    assert [(e["Action"], e.get("Test")) for e in events if e["Action"] == "fail"] == [
        ("fail", "TestA/sub"),
        ("fail", "TestA"),
        ("fail", None),
    ]


def test_marks_are_taken_off_and_needed_once_seen() -> None:
    data = b"\x16=== RUN   TestA\n=== RUN   fake\n\x16--- PASS: TestA (0.00s)\n\x16PASS\n"
    events = convert(data, ok=True)
    assert ("TestA", "=== RUN   fake\n") in outputs(events)
    assert not [e for e in events if e.get("Test") == "fake"]


def test_a_mark_in_the_middle_begins_a_line() -> None:
    events = convert(b"\x16=== RUN   TestA\nno newline\x16--- PASS: TestA (0.00s)\n\x16PASS\n", ok=True)
    assert ("TestA", "no newline") in outputs(events)
    assert {"Action": "pass", "Test": "TestA"} in events


def test_attributes_and_artifacts() -> None:
    events = convert(b"\x16=== ATTR  TestA key some value\n\x16=== ARTIFACTS TestA /tmp/x\n")
    assert {"Action": "attr", "Test": "TestA", "Key": "key", "Value": "some value"} in events
    assert {"Action": "artifacts", "Test": "TestA", "Path": "/tmp/x"} in events


def test_a_package_without_tests_is_skipped() -> None:
    assert convert(b"?   \texample.com/m\t[no test files]\n", ok=True)[-1] == {"Action": "skip"}


def test_failed_build() -> None:
    events: list[TestEvent] = []
    converter = Converter(events.append)
    converter.set_failed_build("m [m.test]")
    converter.write(b"FAIL\tm [build failed]\n")
    converter.exited(False)
    converter.close()
    assert json.loads(json_line(events[-1], "m"))["FailedBuild"] == "m [m.test]"


def test_benchmark_names_do_not_wait_for_their_numbers() -> None:
    events = convert(b"BenchmarkX \t 10 ns/op\n", size=12)
    assert outputs(events) == [(None, "BenchmarkX \t"), (None, " 10 ns/op\n")]
    assert outputs(convert(b"BenchmarkX \t 10 ns/op\n")) == [(None, "BenchmarkX \t 10 ns/op\n")]


def test_long_lines_are_split_between_characters() -> None:
    line = "é".encode() * 3000 + b"\n"
    events = convert(line)
    texts = [str(text) for _, text in outputs(events)]
    assert "".join(texts).encode() == line
    assert max(len(text.encode()) for text in texts) <= 1024
    assert "\ufffd" not in "".join(texts)


def test_errors_are_marked_from_27_on() -> None:
    data = b"\x16=== RUN   TestA\n\x0f    x_test.go:3: bad\x0e\n\x16--- FAIL: TestA (0.00s)\n\x16FAIL\n"
    events = convert(data, minor=27, ok=False)
    kinds = [(e.get("OutputType"), e["Output"]) for e in events if e["Action"] == "output"]
    assert kinds == [
        ("frame", "=== RUN   TestA\n"),
        ("error", "    x_test.go:3: bad\n"),
        ("frame", "--- FAIL: TestA (0.00s)\n"),
        ("frame", "FAIL\n"),
    ]


def test_escapes_take_the_meaning_of_marks_away() -> None:
    data = b"\x16=== RUN   TestA\na\x1b\x16b\x1b\x1bc\n\x16--- PASS: TestA (0.00s)\n"
    assert ("TestA", "a\x16b\x1bc\n") in outputs(convert(data, minor=27))


@pytest.mark.parametrize(
    ("data", "length"),
    [(b"abc", 3), ("aé".encode(), 3), (b"a\xc3", 1), (b"a\xe2\x82", 1), (b"a\xf0\x9f\x98", 1), (b"\xff", 1)],
)
def test_trim_utf8(data: bytes, length: int) -> None:
    assert trim_utf8(data) == length


def test_invalid_utf8_becomes_the_replacement_character() -> None:
    assert (
        json_line(TestEvent("output", output=b"a\xffb<\n")) == b'{"Action":"output","Output":"a\\ufffdb\\u003c\\n"}\n'
    )

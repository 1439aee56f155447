"""JUnit XML of a test run, in the form that CI servers read: one suite a package, one case a test."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.gotest.collect import TestCase
    from gokiln.gotest.state import TestRun

# Characters that XML 1.0 cannot hold at all.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def _attribute(text: str) -> str:
    text = _FORBIDDEN.sub("\ufffd", text)
    return '"' + "".join(_ESCAPES.get(c, c) for c in text) + '"'


def _text(data: bytes) -> str:
    text = _FORBIDDEN.sub("\ufffd", data.decode("utf-8", "replace"))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def junit_xml(runs: Sequence[TestRun], seconds: float, go_version: str, timestamp: str = "") -> bytes:
    """The report. seconds: the whole command took. timestamp: RFC 3339, or ""."""
    suites = [_suite(run, go_version, timestamp) for run in runs if not run.skipped]
    tests = sum(count for _, count, _ in suites)
    failures = sum(bad for _, _, bad in suites)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="{tests}" failures="{failures}" errors="0"'
    return f'{head} time="{seconds:.6f}">\n{"".join(text for text, _, _ in suites)}</testsuites>\n'.encode()


def _suite(run: TestRun, go_version: str, timestamp: str) -> tuple[str, int, int]:
    """(text, number of cases, failed ones) of one package."""
    path = run.package.import_path
    cases = list(run.collector.tests.values()) if run.collector is not None else []
    texts = [_case(path, case) for case in cases]
    failures = sum(case.result == "fail" for case in cases)
    if run.passed is False and not failures:
        # The package itself: it did not build, its TestMain failed, it panicked outside of a test.
        output = bytes(run.collector.rest) if run.collector is not None else b""
        texts.append(_failure_case(path, "TestMain", "Failed", output or run.output))
        failures += 1
    skipped = sum(case.result == "skip" for case in cases)
    when = f" timestamp={_attribute(timestamp)}" if timestamp else ""
    head = (
        f'\t<testsuite tests="{len(texts)}" failures="{failures}" skipped="{skipped}" time="{run.seconds:.6f}"'
        f" name={_attribute(path)}{when}>\n"
        f'\t\t<properties>\n\t\t\t<property name="go.version" value={_attribute(go_version)}></property>\n'
        f"\t\t</properties>\n"
    )
    return head + "".join(texts) + "\t</testsuite>\n", len(texts), failures


def _failure_case(path: str, name: str, message: str, output: bytes) -> str:
    return (
        f'\t\t<testcase classname={_attribute(path)} name={_attribute(name)} time="0.000000">\n'
        f'\t\t\t<failure message={_attribute(message)} type="">{_text(output)}</failure>\n\t\t</testcase>\n'
    )


def _case(path: str, case: TestCase) -> str:
    head = f'\t\t<testcase classname={_attribute(path)} name={_attribute(case.name)} time="{case.elapsed:.6f}"'
    if case.result == "fail":
        body = f'\t\t\t<failure message="Failed" type="">{_text(bytes(case.output))}</failure>\n'
    elif case.result == "skip":
        _, _, message = case.place()
        body = f"\t\t\t<skipped message={_attribute(message)}></skipped>\n"
    else:
        return head + "></testcase>\n"
    return f"{head}>\n{body}\t\t</testcase>\n"

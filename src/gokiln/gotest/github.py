"""GitHub Actions: a note beside the line where a test failed, and a table for the job's summary.

Source of the form: "Workflow commands for GitHub Actions" (error, GITHUB_STEP_SUMMARY) in GitHub's documentation.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import in_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.gotest.state import TestRun

_MESSAGE_BYTES = 4000  # of a test's output that go into one note


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def error_lines(run: TestRun, root: str) -> str:
    """One `::error` line for every failed test of a package. root: of the repository, where paths start."""
    if run.passed is not False:
        return ""
    path = run.package.import_path
    cases = run.collector.failed(and_above=True) if run.collector is not None else []
    if not cases:
        return f"::error title={_property(path)}::{_data(run.why or 'package failed')}\n"
    lines = []
    for case in cases:
        file, line, _ = case.place()
        where = ""
        if file:
            full = file if os.path.isabs(file) else os.path.join(run.package.dir, file)
            relative = in_dir(full, root) or full
            where = f"file={_property(relative)},line={line},"
        text = bytes(case.output[:_MESSAGE_BYTES]).decode("utf-8", "replace").rstrip("\n")
        lines.append(f"::error {where}title={_property(f'{path}.{case.name}')}::{_data(text)}\n")
    return "".join(lines)


def summary(runs: Sequence[TestRun], seconds: float) -> str:
    """The results as Markdown."""
    ran = [run for run in runs if not run.skipped]
    failed = [run for run in ran if run.passed is False]
    cached = sum(run.cached for run in ran)
    out = [
        f"### Tests: {len(failed)} of {len(ran)} packages failed, {cached} from the cache, {seconds:.1f} s\n\n"
        if failed
        else f"### Tests: {len(ran)} packages passed, {cached} from the cache, {seconds:.1f} s\n\n"
    ]
    if failed:
        out.append("| package | failed tests | time |\n| --- | --- | --- |\n")
    for run in failed:
        names = ", ".join(f"`{case.name}`" for case in run.collector.failed()) if run.collector is not None else ""
        out.append(f"| {run.package.import_path} | {names or run.why} | {run.seconds:.1f} s |\n")
    slowest = sorted((run for run in ran if not run.cached and run.seconds >= 1), key=lambda run: -run.seconds)[:5]
    if slowest:
        out.append("\nSlowest: " + ", ".join(f"{r.package.import_path} {r.seconds:.1f} s" for r in slowest) + "\n")
    return "".join(out)

"""The last words of a test run on a terminal: what failed, what took longest, how many there were."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.gotest.state import TestRun

_SLOW = 1.0  # seconds from which a package is worth naming
_SLOWEST = 3


def closing_words(runs: Sequence[TestRun], seconds: float) -> str:
    """A few lines. seconds: the whole command took."""
    ran = [run for run in runs if not run.skipped]
    failed = [run for run in ran if run.passed is False]
    cached = sum(run.cached for run in ran)
    out = []
    if failed:
        out.append("\nfailed:\n")
    for run in failed:
        names = [case.name for case in run.collector.failed()] if run.collector is not None else []
        out.append(f"  {run.package.import_path}{': ' + ', '.join(names) if names else ''}\n")
    slow = sorted((run for run in ran if run.seconds >= _SLOW), key=lambda run: -run.seconds)[:_SLOWEST]
    if slow:
        out.append("slowest: " + ", ".join(f"{run.package.import_path} {run.seconds:.1f} s" for run in slow) + "\n")
    parts = [f"{len(ran) - len(failed)} passed"]
    if cached:
        parts.append(f"{cached} of them from the cache")
    if failed:
        parts.append(f"{len(failed)} failed")
    skipped = len(runs) - len(ran)
    if skipped:
        parts.append(f"{skipped} without tests")
    out.append(f"packages: {', '.join(parts)}; {seconds:.1f} s\n")
    return "".join(out)

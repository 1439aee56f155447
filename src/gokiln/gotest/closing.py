"""The last words of a test run on a terminal: what failed, what took longest, how many there were."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.gotest.state import TestRun

_SLOW = 0.5  # seconds from which a test or a package is worth naming
_SLOWEST = 5
_RESULTS = {"pass": "passed", "fail": "failed", "skip": "skipped"}


def closing_words(runs: Sequence[TestRun], seconds: float) -> str:
    """A few lines. seconds: the whole command took."""
    ran = [run for run in runs if not run.skipped]
    failed = [run for run in ran if run.passed is False]
    out = []
    if failed:
        out.append("\nfailed:\n")
    for run in failed:
        names = [case.name for case in run.collector.failed()] if run.collector is not None else []
        out.append(f"  {run.package.import_path}{': ' + ', '.join(names) if names else ''}\n")
    out += _slowest(ran)
    counts = _test_counts(ran)
    if counts:
        out.append(f"tests: {counts}\n")
    parts = [f"{len(ran) - len(failed)} passed"]
    cached = sum(run.cached for run in ran)
    if cached:
        parts.append(f"{cached} of them from the cache")
    if failed:
        parts.append(f"{len(failed)} failed")
    skipped = len(runs) - len(ran)
    if skipped:
        parts.append(f"{skipped} without tests")
    out.append(f"packages: {', '.join(parts)}; {seconds:.1f} s\n")
    return "".join(out)


def _slowest(ran: Sequence[TestRun]) -> list[str]:
    """The slowest tests; of packages whose tests are not known one by one, the package."""
    found: list[tuple[float, str]] = []
    for run in ran:
        if run.cached:
            continue
        path = run.package.import_path
        tests = run.collector.tests.values() if run.collector is not None else ()
        known = [(case.elapsed, f"{path} {case.name}") for case in tests if "/" not in case.name]
        found += known or [(run.seconds, path)]
    slow = sorted((item for item in found if item[0] >= _SLOW), key=lambda item: (-item[0], item[1]))[:_SLOWEST]
    return ["\nslowest:\n", *(f"  {seconds:6.1f} s  {name}\n" for seconds, name in slow)] if slow else []


def _test_counts(ran: Sequence[TestRun]) -> str:
    """How many tests passed, failed and were skipped where that is known: not in results from the cache."""
    cases = [run.collector for run in ran if run.collector is not None and not run.cached]
    counts = {word: sum(one.count(result) for one in cases) for result, word in _RESULTS.items()}
    return ", ".join(f"{number} {word}" for word, number in counts.items() if number)

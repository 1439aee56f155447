"""Another chance for tests that failed: -gokiln.rerun-fails.

Only the failed top-level tests run again, with the program that is there. When all of them pass, the package has
passed, and its line says after how many runs; such a result is never cached.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.gotest.program import Ended
    from gokiln.gotest.state import Session, TestRun

_MOST_FAILURES = 10  # with more, something else is wrong than a flaky test
_REPLACED = ("-test.run", "-test.skip", "-test.coverprofile", "-test.gocoverdir", "-test.testlogfile", "-test.bench")


def rerun_words(words: list[str], names: list[str]) -> list[str]:
    """The command line that runs just these top-level tests."""
    kept = [word for word in words if word.partition("=")[0] not in _REPLACED]
    return [*kept[:1], f"-test.run=^({'|'.join(map(re.escape, names))})$", *kept[1:]]


def rerun_failed(session: Session, run: TestRun, words: list[str], again: Callable[[list[str]], Ended]) -> str:
    """Run failed tests until they pass, as often as the options allow; a remark for the result's line, "" if they
    never all passed."""
    most = session.options.rerun_fails
    path = run.package.import_path
    program = len(session.exec_words)
    for attempt in range(1, most + 1):
        assert run.collector is not None
        names = list(dict.fromkeys(case.root for case in run.collector.failed()))
        if not names or len(names) > _MOST_FAILURES:
            return ""
        session.note(f"gokiln: {path}: {', '.join(names)} failed, running again ({attempt} of {most})\n")
        run.reruns = list(dict.fromkeys([*run.reruns, *names]))
        head, rest = words[:program], words[program:]
        ended = again([*head, *rerun_words(rest, names)])
        if not ended.problem:
            return f"\t[passed in run {attempt + 1}: {', '.join(run.reruns)}]"
    return ""

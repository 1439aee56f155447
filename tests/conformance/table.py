"""The table of cmd/go's script tests that gokiln does not pass, as a page of the documentation.

    python tests/conformance/table.py            write docs/compatibility-scripts.md from failing.json
    python tests/conformance/table.py --check    exit 1 when the page is not what failing.json says
    python tests/conformance/table.py --results results.json
                                                 exit 1 when a run (conformance.py --json) and failing.json disagree

failing.json maps a script's name to its category and the reason why it fails.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAILING = HERE / "failing.json"
SAMPLE = HERE / "sample.txt"
PAGE = HERE.parent.parent / "docs" / "compatibility-scripts.md"

HEAD = """# cmd/go's own script tests

`tests/conformance/run.py` runs the script tests of the go command (GOROOT/src/cmd/go/testdata/script) with gokiln
in place of `go`. `tests/conformance/sample.txt` names {sample} that pass and are quick; every change has to keep them
so. This page is written by `tests/conformance/table.py` from `tests/conformance/failing.json`.

All 882 scripts of Go 1.26.8 were run on Linux, those of GOPATH mode too. Not passing, or only as it says: {count}.
The stock go passes four of these: `index`, `mod_download_partial`, `mod_get_fips140_issue73649`, `telemetry`.
"""


def read_failing() -> dict[str, dict[str, str]]:
    """failing.json: script -> {"category", "reason"}. Raises ValueError for an entry that lacks one of them."""
    failing: dict[str, dict[str, str]] = json.loads(FAILING.read_text())
    for name, entry in failing.items():
        if set(entry) != {"category", "reason"} or not all(entry.values()):
            raise ValueError(f"{FAILING.name}: {name} must have a category and a reason")
    return failing


def page(failing: dict[str, dict[str, str]]) -> str:
    """The page's text: a row a script, sorted by category and name."""
    names = [line for line in SAMPLE.read_text().split("\n") if line and not line.startswith("#")]
    lines = [HEAD.format(sample=len(names), count=len(failing))]
    if failing:
        lines.append("| category | script | why |\n| --- | --- | --- |")
    for name, entry in sorted(failing.items(), key=lambda item: (item[1]["category"], item[0])):
        reason = entry["reason"].replace("|", "\\|")
        lines.append(f"| {entry['category']} | `{name}` | {reason} |")
    return "\n".join(lines).rstrip("\n") + "\n"


def disagreements(failing: dict[str, dict[str, str]], results: Path) -> list[str]:
    """What a run found otherwise than failing.json says: a line a script."""
    outcomes: dict[str, dict[str, object]] = json.loads(results.read_text())["scripts"]
    out = []
    for name, result in sorted(outcomes.items()):
        if result["outcome"] == "fail" and name not in failing:
            out.append(f"{name} fails and is not listed")
        elif result["outcome"] == "pass" and name in failing:
            out.append(f"{name} is listed and passes")
    return out


def main(argv: list[str]) -> int:
    """Write or check the page, or check a run; the exit status."""
    failing = read_failing()
    if argv[:1] == ["--results"] and len(argv) == 2:
        found = disagreements(failing, Path(argv[1]))
        print("\n".join(found) if found else "failing.json says the same")
        return 1 if found else 0
    text = page(failing)
    if argv == ["--check"]:
        if PAGE.is_file() and PAGE.read_text() == text:
            return 0
        print(f"{PAGE.name} is not what {FAILING.name} says: run tests/conformance/table.py")
        return 1
    if argv:
        print(__doc__)
        return 2
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

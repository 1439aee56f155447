"""cmd/go's own script tests against gokiln, through the conformance runner beside the project.

    python tests/conformance/run.py --sample                 the scripts of sample.txt: all must pass
    python tests/conformance/run.py [runner's arguments]     anything else is handed on, e.g. --set open -v
    python tests/conformance/run.py --testgo [...]           with a gokiln that heeds TESTGO_VERSION (testgo.py)

The runner (conformance.py) is looked for in $GOKILN_CONFORMANCE, else in ../shared/conformance beside the checkout;
without it this says so and exits 0. The candidate is a launcher that names this interpreter and this checkout by
full path, as the runner asks.
"""

from __future__ import annotations

import py_compile
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
sys.path.insert(0, str(PROJECT))
from tests.runners import find_runner, write_launcher  # noqa: E402 - a script has its own folder on the path, no more


def launcher_of_checkout(folder: Path, testgo: bool) -> Path:
    """An executable that is gokiln of this checkout, compiled beforehand so that a start is cheap.

    testgo: one that claims the version of $TESTGO_VERSION.
    """
    src = PROJECT / "src"
    for source in src.rglob("*.py"):
        py_compile.compile(str(source), doraise=True, quiet=1)
    return write_launcher(folder, src, HERE, module="testgo") if testgo else write_launcher(folder, src)


def main(argv: list[str]) -> int:
    """Run the sample or what the arguments say; the runner's exit status."""
    found = find_runner("conformance")
    if found is None:
        print("conformance skipped: no conformance.py beside the project (set GOKILN_CONFORMANCE)")
        return 0
    testgo = argv[:1] == ["--testgo"]
    argv = argv[testgo:]
    args = ["--set", f"@{HERE / 'sample.txt'}"] if argv == ["--sample"] else argv
    with tempfile.TemporaryDirectory(prefix="gokiln-conformance-") as folder:
        launcher = launcher_of_checkout(Path(folder), testgo)
        return subprocess.run([sys.executable, str(found), "--candidate", str(launcher), *args]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""cmd/go's own script tests against gokiln, through the conformance runner beside the project.

    python tests/conformance/run.py --sample                 the scripts of sample.txt: all must pass
    python tests/conformance/run.py [runner's arguments]     anything else is handed on, e.g. --set open -v
    python tests/conformance/run.py --testgo [...]           with a gokiln that heeds TESTGO_VERSION (testgo.py)

The runner (conformance.py) is looked for in $GOKILN_CONFORMANCE, else in ../shared/conformance beside the checkout;
without it this says so and exits 0. The candidate is a launcher that names this interpreter and this checkout by
full path, as the runner asks.
"""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
LAUNCHER = """#!{python}
import sys
sys.path.insert(0, {src!r})
from gokiln.__main__ import main
sys.exit(main())
"""


def runner() -> Path | None:
    """The conformance runner, or None."""
    named = os.environ.get("GOKILN_CONFORMANCE")
    path = Path(named) if named else PROJECT.parent / "shared" / "conformance" / "conformance.py"
    return path if path.is_file() else None


TEST_LAUNCHER = """#!{python}
import sys
sys.path[:0] = [{src!r}, {here!r}]
from testgo import main
sys.exit(main())
"""


def write_launcher(folder: Path, testgo: bool = False) -> Path:
    """An executable that is gokiln of this checkout, compiled beforehand so that a start is cheap.

    testgo: one that claims the version of $TESTGO_VERSION.
    """
    for source in (PROJECT / "src").rglob("*.py"):
        py_compile.compile(str(source), doraise=True, quiet=1)
    launcher = folder / "gokiln"
    text = TEST_LAUNCHER if testgo else LAUNCHER
    launcher.write_text(text.format(python=sys.executable, src=str(PROJECT / "src"), here=str(HERE)))
    launcher.chmod(0o755)
    return launcher


def main(argv: list[str]) -> int:
    """Run the sample or what the arguments say; the runner's exit status."""
    found = runner()
    if found is None:
        print("conformance skipped: no conformance.py beside the project (set GOKILN_CONFORMANCE)")
        return 0
    testgo = argv[:1] == ["--testgo"]
    argv = argv[testgo:]
    args = ["--set", f"@{HERE / 'sample.txt'}"] if argv == ["--sample"] else argv
    with tempfile.TemporaryDirectory(prefix="gokiln-conformance-") as folder:
        launcher = write_launcher(Path(folder), testgo)
        return subprocess.run([sys.executable, str(found), "--candidate", str(launcher), *args]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

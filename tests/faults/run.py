"""Faults injected into gokiln's builds: damaged cache entries and module trees, full disks, kills, races.

    python tests/faults/run.py                        the default faults: none may fail
    python tests/faults/run.py [runner's arguments]   e.g. --faults d,a --strict, --rounds 50, --list

The runner (faults.py) is looked for in $GOKILN_FAULTS, else in ../shared/faults beside the checkout; without it this
says so and exits 0. gokiln is copied first, so that editing goes on meanwhile, to a place that other users can read:
some faults run the build as `nobody`.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))
from tests.runners import find_runner, write_launcher  # noqa: E402 - a script has its own folder on the path, no more


def interpreter() -> str:
    """A Python that everybody may start: this one may lie in a home directory that is closed to others."""
    for candidate in (sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin") or ""):
        if candidate and _for_everybody(os.path.realpath(candidate)) and _same_version(candidate):
            return candidate
    return sys.executable


def _for_everybody(path: str) -> bool:
    return all(os.stat(folder).st_mode & 0o001 for folder in Path(path).parents)


def _same_version(python: str) -> bool:
    code = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def launcher_of_copy(folder: Path) -> Path:
    """gokiln of this checkout, copied and compiled, and an executable that starts it."""
    folder.chmod(0o755)
    src = folder / "src"
    shutil.copytree(PROJECT / "src" / "gokiln", src / "gokiln", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(str(src), quiet=1)
    return write_launcher(folder, src, python=interpreter())


def main(argv: list[str]) -> int:
    """Run the faults that the arguments name; the runner's exit status."""
    found = find_runner("faults")
    if found is None:
        print("faults skipped: no faults.py beside the project (set GOKILN_FAULTS)")
        return 0
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="gokiln-faults-", dir=memory) as folder:
        launcher = launcher_of_copy(Path(folder))
        env = {**os.environ, "TMPDIR": folder}
        return subprocess.run([sys.executable, str(found), "--candidate", str(launcher), *argv], env=env).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

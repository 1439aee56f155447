"""What the scripts share that hand gokiln of this checkout to a runner beside the project (conformance, faults)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_LAUNCHER = """#!{python}
import sys
sys.path[:0] = {path!r}
from {module} import main
sys.exit(main())
"""


def find_runner(name: str) -> Path | None:
    """The runner called name ("faults"), or None: in $GOKILN_<NAME>, else in ../shared beside the checkout."""
    named = os.environ.get(f"GOKILN_{name.upper()}")
    path = Path(named) if named else PROJECT.parent / "shared" / name / f"{name}.py"
    return path if path.is_file() else None


def write_launcher(folder: Path, *path: Path, module: str = "gokiln.__main__", python: str = sys.executable) -> Path:
    """An executable `gokiln` in the folder that calls main() of a module; path: where Python looks for modules."""
    launcher = folder / "gokiln"
    launcher.write_text(_LAUNCHER.format(python=python, path=[str(p) for p in path], module=module))
    launcher.chmod(0o755)
    return launcher

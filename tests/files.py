"""The files that a test works on, from a table of names and texts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def lay_out(root: Path, files: Mapping[str, str], time: int | None = None) -> Path:
    """Write `files` (path below `root` -> text) and return `root`. time: when they were last changed, Unix seconds."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if time is not None:
            os.utime(path, (time, time))
    return root

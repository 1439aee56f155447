"""The process ends at once, but not before what was registered for its end is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
START = (
    "import atexit, sys\n"
    "sys.path.insert(0, {src!r})\n"
    "from gokiln.__main__ import _leave\n"
    "{before}\n"
    "atexit.register(print, 'registered')\n"
    "print('printed')\n"
    "_leave(3)\n"
    "print('returned')\n"
    "sys.exit(3)\n"
)


@pytest.mark.parametrize(
    ("before", "at_once"),
    [
        ("", True),
        ("sys.settrace(lambda *a: None)", False),
        ("import threading, time; threading.Thread(target=time.sleep, args=(0.2,)).start()", False),
    ],
)
def test_leaving(before: str, at_once: bool) -> None:
    text = START.format(src=str(SRC), before=before)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stdout == "printed\n" + ("" if at_once else "returned\n") + "registered\n"

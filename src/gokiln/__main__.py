"""`python -m gokiln` and the console script `gokiln`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command with the process's arguments; returns the exit status, or ends the process with it."""
    _own_modules_first()
    from gokiln.cli.main import main as run

    status = run(sys.argv)
    _leave(status)
    return status


def _own_modules_first() -> None:
    """Look for modules where Python is installed, before PYTHONPATH and the working directory (`python -m`).

    What the user develops may have a `queue.py` or `types.py`; that is nothing to a go command.
    """
    library = os.path.dirname(os.__file__)
    if library in sys.path:
        at = sys.path.index(library)
        sys.path[:] = sys.path[at:] + sys.path[:at]


def _leave(status: int) -> None:
    """End the process without taking every object apart: that took a tenth of a big `mod tidy`.

    What was registered for the end is done before. Returns where somebody else has a say in how the process ends: a
    thread that still runs, a profiler, a tracer.
    """
    threading = sys.modules.get("threading")
    if sys.getprofile() or sys.gettrace() or (threading is not None and threading.active_count() > 1):
        return
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())

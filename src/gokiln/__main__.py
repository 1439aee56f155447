"""`python -m gokiln` and the console script `gokiln`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command with the process's arguments; returns the exit status."""
    from gokiln.cli.main import main as run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())

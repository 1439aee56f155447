"""`gokiln fix`: since go1.26 the same as vet with another tool; before, the old tool on the packages' directories.

Source: cmd/go/internal/vet/vet.go, go1.26; cmd/go/internal/fix/fix.go, go1.25.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from gokiln.cli.vet import analyze

    return analyze(inv, "fix")

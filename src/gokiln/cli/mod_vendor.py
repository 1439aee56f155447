"""`gokiln mod vendor`: copy the dependencies' packages into the module's vendor directory.

Source: cmd/go/internal/modcmd/vendor.go, go1.26.
"""

from __future__ import annotations

from gokiln.cli.vendoring import run_vendor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    return run_vendor(inv, "mod vendor", "go mod vendor [-e] [-v] [-o outdir]")

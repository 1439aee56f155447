"""`gokiln work vendor`: copy the packages of all dependencies into the workspace's vendor directory.

Source: cmd/go/internal/workcmd/vendor.go, go1.26.
"""

from __future__ import annotations

from gokiln.cli.vendoring import run_vendor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    return run_vendor(inv, "work vendor", "go work vendor [-e] [-v] [-o outdir]")

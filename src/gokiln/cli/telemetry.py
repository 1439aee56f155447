"""`gokiln telemetry [off|local|on]`: the mode of the Go toolchain's telemetry, which is the user's setting.

gokiln itself counts nothing and sends nothing, in any mode; the setting is for the toolchain's own programs.
Source: cmd/go/internal/telemetrycmd/telemetry.go; x/telemetry/internal/telemetry/dir.go, go1.26.
"""

from __future__ import annotations

import os
import time

from gokiln.base.oserror import os_error_text
from gokiln.cli.configure import configure
from gokiln.config.buildflags import register_chdir
from gokiln.config.envvars import telemetry
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags

USAGE = "go telemetry [off|local|on]"
_MODES = ("off", "local", "on")
_ON = """The Go toolchain's programs may upload what they count from now on: see https://telemetry.go.dev/privacy.
gokiln counts and uploads nothing.

"telemetry local" ends uploading and leaves the counting to the local disk; "telemetry off" ends both.
"""


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises PlainError when the mode cannot be written."""

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        register_chdir(flagset)

    config = configure(
        inv,
        "telemetry",
        usage_line=USAGE,
        register=register,
        mask=None,
        init_build=False,
        modules=False,
    )
    now, folder = telemetry(config.env)
    if not config.args:
        inv.stdout.write(now + "\n")
        return 0
    if len(config.args) != 1 or config.args[0] not in _MODES:
        raise config.flagset.usage_error()
    mode = config.args[0]
    if mode == now:
        return 0
    _write(folder, mode)
    if mode == "on":
        inv.stderr.write(_ON)
    return 0


def _write(folder: str, mode: str) -> None:
    """Write the mode file: the mode, and the day from which it holds."""
    failed = f"go: failed to set the telemetry mode to {mode}"
    if not folder:
        raise PlainError(f"{failed}: cannot determine telemetry mode file name")
    day = time.strftime("%Y-%m-%d", time.gmtime())
    try:
        os.makedirs(folder, mode=0o755, exist_ok=True)
        with open(os.path.join(folder, "mode"), "w", encoding="ascii") as file:
            file.write(f"{mode} {day}")
    except OSError as err:
        raise PlainError(f"{failed}: cannot create telemetry mode file: {os_error_text(err)}") from err

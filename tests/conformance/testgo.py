"""gokiln as the test build of cmd/go behaves: it claims the version of $TESTGO_VERSION.

Some of cmd/go's scripts are about toolchains that do not exist. Upstream's test binary takes its version from a
variable then, and switches toolchains by changing that variable (go_test.go and Exec in cmd/go/internal/toolchain/
select.go). This does the same to gokiln from outside, so that those scripts judge gokiln's own decisions; nothing of
it is in the package. TESTGO_VERSION_SWITCH: "switch" as said, "mismatch" forgets to change the version, "loop"
forgets to check it, too.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gokiln.cli import switching
from gokiln.config import envlayers as settings
from gokiln.config.release import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.cli.invocation import Invocation
    from gokiln.config.environ import GoEnv
    from gokiln.config.toolchain import Toolchain

_load = settings.load_toolchain
_exec = switching._exec


def load_toolchain(goroot: str, environ: Mapping[str, str], argv0: str = "", cwd: str = "") -> Toolchain:
    """The toolchain that is there, under another name."""
    toolchain = _load(goroot, environ, argv0, cwd)
    version = environ.get("TESTGO_VERSION", "")
    if version:
        toolchain._release = Release(toolchain._facts, toolchain.version)
        toolchain.version = version
    return toolchain


def exec_toolchain(inv: Invocation, env: GoEnv, name: str, toolchain: str) -> None:
    """Switch to this toolchain under another name."""
    mode = env.environ.get("TESTGO_VERSION_SWITCH", "")
    if not mode:
        _exec(inv, env, name, toolchain)
        return
    found = switching.find_on_path, switching._download
    switching.find_on_path = lambda name, environ: ""
    switching._download = lambda inv, env, name, toolchain, missing: env.goroot
    try:
        _exec(inv, env, name, toolchain)
    finally:
        switching.find_on_path, switching._download = found
    if mode == "switch":
        inv.environ["TESTGO_VERSION"] = toolchain
    elif mode == "loop":
        del inv.environ[settings.SWITCH_VERSION]


def main() -> int:
    """Run the command; returns the exit status."""
    settings.load_toolchain = load_toolchain  # type: ignore[attr-defined]
    switching._exec = exec_toolchain
    from gokiln.cli.main import main as run

    return run(sys.argv)

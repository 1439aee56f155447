"""GOFIPS140: which FIPS 140 code is built in.

"off" and "latest" take crypto/internal/fips140 as it stands in GOROOT; a version takes a snapshot of the source that
GOROOT/lib/fips140 holds. Source: cmd/go/internal/fips140/fips140.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote
from gokiln.errors import NotYetError, PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config


def fips140_version(config: Config) -> str:
    """ "off" or "latest". Raises PlainError in cmd/go's words, NotYetError for a snapshot."""
    setting = config.env.get("GOFIPS140") or "off"
    if setting != "off":
        if "goexperiment.boringcrypto" in config.target.tool_tags:
            raise PlainError("go: cannot use GOFIPS140 with GOEXPERIMENT=boringcrypto")
        if "purego" in config.target.build_tags:
            raise PlainError("go: cannot use GOFIPS140 with the purego build tag")
    if setting in ("off", "latest"):
        return setting
    if "/" in setting or "\\" in setting or ".." in setting:
        raise PlainError(f"go: malformed GOFIPS140 version {go_quote(setting)}")
    where = os.path.join(config.toolchain.goroot, "lib", "fips140")
    version = setting
    try:
        with open(os.path.join(where, setting + ".txt"), encoding="utf-8") as f:
            version = f.read().strip()
    except OSError:
        pass
    if not os.path.exists(os.path.join(where, version + ".zip")):
        origin = f" (from {go_quote(setting)})" if version != setting else ""
        raise PlainError(f"go: unknown GOFIPS140 version {go_quote(version)}{origin}")
    raise NotYetError(f"gokiln does not build with a source snapshot of the FIPS 140 code (GOFIPS140={setting}) yet")

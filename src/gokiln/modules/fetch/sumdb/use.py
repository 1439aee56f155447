"""Whether the checksum database is asked about a module.

Source: cmd/go/internal/modfetch/sumdb.go (useSumDB), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import match_prefix_patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.fetch.settings import Settings
    from gokiln.modules.version import ModVersion


def use_sum_db(settings: Settings, mod: ModVersion) -> bool:
    """GOSUMDB and GONOSUMDB decide, but toolchains, which no go.sum lists, are always looked up.

    The one exception for those: GOPROXY is a single file:// URL, as when a distribution is tested.
    """
    if mod.path == "golang.org/toolchain":
        goproxy = settings.goproxy
        alone = not any(c in goproxy for c in ",|")
        itself = "proxy.golang.org" in settings.environ.get("GIT_HTTP_USER_AGENT", "")
        if not (goproxy.startswith("file://") and alone) and not itself:
            return True
    return settings.gosumdb != "off" and not match_prefix_patterns(settings.gonosumdb, mod.path)

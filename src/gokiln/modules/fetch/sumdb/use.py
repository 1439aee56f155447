"""Whether the checksum database is asked about a module.

Source: cmd/go/internal/modfetch/sumdb.go (useSumDB), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.pattern import match_prefix_patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.fetch.settings import Settings
    from gokiln.modules.version import ModVersion


def use_sum_db(settings: Settings, mod: ModVersion) -> bool:
    """GOSUMDB and GONOSUMDB decide, but toolchains, which no go.sum lists, are always looked up.

    Two exceptions for those: GOPROXY is a single file:// URL, as when a distribution is tested; and the public mirror
    and database, which cannot ask themselves, and say who they are in GIT_HTTP_USER_AGENT.
    """
    if mod.path == "golang.org/toolchain":
        goproxy = settings.goproxy
        alone = not any(c in goproxy for c in ",|")
        if not (goproxy.startswith("file://") and alone) and not _is_mirror(settings):
            return True
    return settings.gosumdb != "off" and not match_prefix_patterns(settings.gonosumdb, mod.path)


def _is_mirror(settings: Settings) -> bool:
    """Whether this process works for the public module mirror, whose name is read from GOROOT's source."""
    agent = settings.environ.get("GIT_HTTP_USER_AGENT", "")
    if not agent:
        return False
    _, found, rest = modfetch_source(settings.goroot, "sumdb.go").partition('"GIT_HTTP_USER_AGENT"), "')
    name = rest.partition('"')[0]
    return bool(found and name) and name in agent


def modfetch_source(goroot: str, name: str) -> str:
    """A file of GOROOT/src/cmd/go/internal/modfetch, where a release keeps what it knows of databases; "" for none."""
    try:
        with open(os.path.join(goroot, "src", "cmd", "go", "internal", "modfetch", name), encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""

"""What the module cache says of a version: read by every build, where asking a proxy is the exception.

Source: cmd/go/internal/modfetch/cache.go (cachingRepo.Stat of a canonical version), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import canonical_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.fetch.revinfo import RevInfo
    from gokiln.modules.resolve.state import State


def cached_info(ls: State, path: str, version: str) -> RevInfo | None:
    """What the module cache says of a canonical version: no proxy would be asked for that. None: ask."""
    if ls.build_mod == "vendor" or canonical_version(version) != version or gover.is_toolchain(path):
        return None
    if path in ("std", "cmd") or (ls.main_modules is not None and path in ls.main_modules.highest_replaced):
        return None
    try:
        return ls.fetcher.disk_cache.read_stat(path, version)[1]
    except GokilnError:
        return None

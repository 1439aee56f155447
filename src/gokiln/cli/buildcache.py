"""Opening the build cache for a command: where the store, its memory and the debug settings meet.

The store (cache/) takes its memory of verified outputs (index/) as a value; only here are both known.
"""

from __future__ import annotations

from gokiln.cache.diskstore import DiskStore
from gokiln.cache.location import kiln_dir, make_cache_dir
from gokiln.index.verified import VerifiedOutputs, record_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gokiln.cache.cacheprog import ProgStore
    from gokiln.events import Sink


def open_build_cache(
    directory: str,
    reason: str,
    environ: Mapping[str, str],
    host_os: str,
    sink: Sink,
    write: Callable[[str], object],
    prog: str = "",
) -> DiskStore | ProgStore:
    """Open (and make, if need be) the build cache directory with its memory of verified outputs.

    directory, reason: config.gocache and config.gocache_error. environ: the process's variables (HOME,
    XDG_CACHE_HOME, GOKILNCACHE, GODEBUG, GOKILN_PARANOID, GOKILN_FSYNC). host_os: GOOS of this machine. write: takes
    lines for stderr of GODEBUG=gocachehash=1. store.debug.trace goes to InputHash, subkey and file_hash.
    prog: GOCACHEPROG, whose program then keeps the outputs.
    The caller closes the store at the end. Raises CacheError.
    """
    make_cache_dir(directory, reason)
    records = kiln_dir(environ, host_os)
    debug = None
    godebug = environ.get("GODEBUG", "")
    if "gocache" in godebug:
        from gokiln.cache.debug import CacheDebug

        debug = CacheDebug(godebug, write)
    store = DiskStore(
        directory,
        sink,
        VerifiedOutputs(record_path(records, directory) if records else ""),
        paranoid=environ.get("GOKILN_PARANOID", "") not in ("", "0"),
        fsync=environ.get("GOKILN_FSYNC", "auto") == "all",
        debug=debug,
    )
    if not prog:
        return store
    from gokiln.cache.cacheprog import start_cacheprog

    return start_cacheprog(prog, store, sink, environ)

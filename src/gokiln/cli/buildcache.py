"""Opening the build cache for a command: where the store, its memory and the debug settings meet.

The store (cache/) takes its memory of verified outputs (index/) as a value; only here are both known.
"""

from __future__ import annotations

from gokiln.cache.debug import CacheDebug
from gokiln.cache.location import default_dir, kiln_dir, make_cache_dir
from gokiln.cache.store import DiskStore
from gokiln.index.verified import VerifiedOutputs, record_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gokiln.events import Sink


def open_build_cache(
    gocache: str,
    environ: Mapping[str, str],
    host_os: str,
    sink: Sink,
    write: Callable[[str], None],
) -> DiskStore:
    """Open (and make, if need be) the build cache directory with its memory of verified outputs.

    gocache: the GOCACHE setting from the environment or the go env file, "" for the default (not the effective
    value: an "off" that the user did not write has another message). environ: the process's variables (HOME,
    XDG_CACHE_HOME, GOKILNCACHE, GODEBUG, GOKILN_PARANOID, GOKILN_FSYNC). host_os: GOOS of this machine. write: takes
    lines for stderr of GODEBUG=gocachehash=1. The caller closes the store at the end. Raises CacheError.
    """
    directory, _, reason = default_dir(gocache, environ, host_os)
    make_cache_dir(directory, reason)
    records = kiln_dir(environ, host_os)
    debug = None
    godebug = environ.get("GODEBUG", "")
    if "gocache" in godebug:
        debug = CacheDebug(godebug, write)
    return DiskStore(
        directory,
        sink,
        VerifiedOutputs(record_path(records, directory) if records else ""),
        paranoid=environ.get("GOKILN_PARANOID", "") not in ("", "0"),
        fsync=environ.get("GOKILN_FSYNC", "auto") == "all",
        debug=debug,
    )

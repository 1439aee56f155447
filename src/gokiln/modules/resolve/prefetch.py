"""Fetching several modules at once, before they are asked for one by one.

cmd/go loads on many threads, and so downloads in parallel. Here resolving runs on one thread (its work is Python,
not waiting); only what has to come over the network is fetched side by side, a layer of the graph at a time. A
failed fetch is not reported here: whoever needs the module asks again and gets the error in its place.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError
from gokiln.modules.resolve.replacements import resolve_replacement
from gokiln.modules.resolve.summaries import mod_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.modules.resolve.state import State
    from gokiln.modules.version import ModVersion

_WORKERS = 10


def prefetch_go_mods(ls: State, mods: list[ModVersion]) -> None:
    """Get the go.mod files of these modules into the module cache, as far as go.sum lets us."""
    if ls.build_mod == "vendor":
        return
    missing: list[ModVersion] = []
    for m in mods:
        if m.path in ("go", "toolchain"):
            continue
        actual = resolve_replacement(ls, m, quiet=True)
        if not actual.version or actual in ls.raw_summaries or _is_cached(ls, actual, "mod"):
            continue
        if not ls.must_have_sums() or ls.fetcher.have_sum(mod_key(actual)):
            missing.append(actual)
    _in_parallel(missing, ls.fetcher.go_mod_data)


def prefetch_modules(ls: State, mods: list[ModVersion]) -> None:
    """Download these modules (not replaced yet), as far as go.sum lets us."""
    missing: list[ModVersion] = []
    for m in mods:
        actual = resolve_replacement(ls, m, quiet=True)
        if not actual.version or _is_extracted(ls, actual):
            continue
        if not ls.must_have_sums() or ls.fetcher.have_sum(actual):
            missing.append(actual)
    _in_parallel(missing, ls.fetcher.download)


def prefetch_infos(ls: State, mods: list[ModVersion]) -> None:
    """Get the .info files of these versions into the module cache."""
    if ls.build_mod == "vendor":
        return
    missing: list[ModVersion] = []
    for m in mods:
        actual = resolve_replacement(ls, m, quiet=True)
        if actual.version and not _is_cached(ls, actual, "info"):
            missing.append(actual)
    _in_parallel(missing, lambda m: ls.fetcher.info_file(m.path, m.version))


def _is_cached(ls: State, m: ModVersion, suffix: str) -> bool:
    try:
        return os.path.exists(ls.fetcher.cache_path(m, suffix))
    except GokilnError:
        return True  # the one who needs it gets the error


def _is_extracted(ls: State, m: ModVersion) -> bool:
    try:
        return os.path.isdir(ls.fetcher.dirs.tree_dir(m))
    except GokilnError:
        return True


def _in_parallel(mods: list[ModVersion], fetch: Callable[[ModVersion], object]) -> None:
    if len(mods) < 2:
        return
    from concurrent.futures import ThreadPoolExecutor

    def one(m: ModVersion) -> None:
        try:
            fetch(m)
        except GokilnError:
            return  # asked for again, and reported, by the one who needs it

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(one, dict.fromkeys(mods)))

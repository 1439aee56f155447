"""`gokiln mod verify`: whether zips and trees in the module cache still have their recorded hashes.

Beyond cmd/go: `-fix` removes what is damaged and fetches it again.
Source: cmd/go/internal/modcmd/verify.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import os_error_text
from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config
from gokiln.errors import GokilnError, PlainError, is_not_exist
from gokiln.golang.dirhash import hash_dir, hash_zip
from gokiln.golang.gover import is_toolchain
from gokiln.modules.fetch.cachedir import remove_all
from gokiln.modules.resolve.state import NEED_ROOT
from gokiln.modules.version import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.modules.fetch.fetcher import Fetcher
    from gokiln.modules.version import ModVersion

USAGE = "go mod verify"


class _Options:
    def __init__(self) -> None:
        self.fix = False

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.bool("fix", self, "fix")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from concurrent.futures import ThreadPoolExecutor

    options = _Options()
    config = module_config(inv, "mod verify", USAGE, options.register)
    loader = open_modules(config)
    loader.init_workfile()
    if config.args:
        raise PlainError("go: verify takes no arguments")
    loader.force_use_modules = True
    loader.root_mode = NEED_ROOT
    graph = loader.load_mod_graph()
    assert loader.main_modules is not None
    mods = [m for m in graph.build_list() if not is_toolchain(m.path) and not loader.main_modules.contains(m.path)]
    fetcher = loader.fetcher
    ok = True
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for mod, problems in zip(mods, pool.map(lambda m: verify_mod(fetcher, m), mods)):
            for problem in problems:
                inv.stderr.write(problem + "\n")
            if problems and options.fix:
                ok = fix_mod(fetcher, mod, inv.stderr.write) and ok
            elif problems:
                ok = False
    if ok:
        inv.stdout.write("all modules verified\n")
    return 0 if ok else 1


def verify_mod(fetcher: Fetcher, mod: ModVersion) -> list[str]:
    """What is wrong with one module's files in the cache; [] also when nothing of it is there."""
    label = f"{mod.path} {mod.version}"
    try:
        zip_file = fetcher.cache_path(mod, "zip")
    except GokilnError as err:
        return [f"{label}: {err}"]
    have_zip = os.path.exists(zip_file)
    dir, have_dir = _tree(fetcher, mod)
    try:
        with open(zip_file + "hash", "rb") as file:
            expected = file.read().strip().decode("utf-8", "surrogateescape")
    except OSError as err:
        if not have_zip and not have_dir:
            return []
        return [f"{label}: missing ziphash: {os_error_text(err)}"]
    problems = []
    try:
        if have_zip and hash_zip(zip_file) != expected:
            problems.append(f"{label}: zip has been modified ({zip_file})")
        if have_dir and hash_dir(dir, show(mod)) != expected:
            problems.append(f"{label}: dir has been modified ({dir})")
    except OSError as err:
        problems.append(f"{label}: {os_error_text(err)}")
    except GokilnError as err:
        problems.append(f"{label}: {err}")
    return problems


def _tree(fetcher: Fetcher, mod: ModVersion) -> tuple[str, bool]:
    """(directory of the tree, whether it is there and whole)."""
    try:
        return fetcher.download_dir(mod), True
    except GokilnError as err:
        return getattr(err, "dir", ""), not is_not_exist(err)


def fix_mod(fetcher: Fetcher, mod: ModVersion, tell: Callable[[str], object]) -> bool:
    """Remove a module's zip and tree and fetch them again; whether that worked. What went wrong is told."""
    try:
        for suffix in ("ziphash", "zip"):
            remove_all(fetcher.cache_path(mod, suffix))
        remove_all(fetcher.dirs.tree_dir(mod))
        fetcher.download(mod)
    except GokilnError as err:
        tell(f"{mod.path} {mod.version}: cannot be fetched again: {err}\n")
        return False
    problems = verify_mod(fetcher, mod)
    if problems:
        tell("".join(p + "\n" for p in problems))
        return False
    tell(f"{mod.path} {mod.version}: fetched again\n")
    return True

"""`gokiln work sync`: raise the modules' requirements to what the workspace builds with.

Until go1.26 a module that cannot follow stays as it is, and each go.mod is written before the next is looked at.
From go1.27 on versions are raised only, the first trouble ends the command, and nothing is written before all is known.
Source: cmd/go/internal/workcmd/sync.go, go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config, no_go_work, recorded_memo, save_memo
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.commit import WriteOpts, update_go_mod_from_reqs
from gokiln.modules.resolve.edit import edit_build_list
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.loaded import PackageOpts
from gokiln.modules.resolve.modfiles import read_work_file
from gokiln.modules.resolve.state import ANY_TAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation
    from gokiln.modules.resolve.loader import Loader
    from gokiln.modules.version import ModVersion

USAGE = "go work sync"
_ALL_OR_NONE_SINCE = 27  # minor release


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    from gokiln.modules.resolve.workedit import update_work_file, update_work_go_version, write_work_file

    config = module_config(inv, "work sync", USAGE)
    memo = recorded_memo(config)
    modules = open_modules(config, memo)
    modules.force_use_modules = True
    modules.init_workfile()
    path = modules.work_file_path
    if not path:
        raise no_go_work()
    modules.load_mod_graph()
    mms = modules.mains()
    wanted = {m: _used_by(modules, m) for m in mms.versions}
    go_version = ""
    all_or_none = config.toolchain.release.minor >= _ALL_OR_NONE_SINCE
    waiting: list[Loader] = []
    for m in mms.versions:
        root = mms.mod_root[m]
        if not root and m.path == "command-line-arguments":
            continue
        module = open_modules(config, memo)
        module.force_use_modules = True
        module.mod_roots = [root]
        # As in cmd/go, a go.mod that the workspace has read is not read again: go.sum does not get its hash.
        module.follow(modules)
        if all_or_none:
            if _raise_versions(module, wanted[m]):
                waiting.append(module)
            version = module.mains().go_version()
        else:
            version = _sync_module(module, wanted[m])
        go_version = gover.max(go_version, version)
    for module in waiting:
        module.exit_if_errors()
    for module in waiting:
        module.write_go_mod()
    save_memo(memo)
    file = read_work_file(modules, path)
    update_work_go_version(file, go_version)
    update_work_file(modules, file)
    write_work_file(path, file)
    return 0


def _used_by(modules: Loader, m: ModVersion) -> list[ModVersion]:
    """The versions that packages of a main module come from in the workspace."""
    opts = PackageOpts(
        tags=ANY_TAGS,
        vendor_modules_in_goroot_src=True,
        load_tests=True,
        allow_errors=True,
        silence_package_errors=True,
        silence_unmatched_warnings=True,
        main_module=m,
    )
    _, paths = modules.load_packages(opts, ["all"])
    found = {modules.package_module(path): True for path in paths}
    used = [r for r in found if r.version]
    gover.mod_sort(used)
    return used


def _sync_module(modules: Loader, wanted: list[ModVersion]) -> str:
    """Select the versions in one module, write its go.mod if that changed it; its Go version afterwards, or ""."""
    modules.load_mod_file()
    try:
        changed = edit_build_list(modules, [], wanted)
    except FATAL:
        raise
    except GokilnError:
        return ""  # the module cannot follow: it stays as it is
    if changed:
        _load_tidily(modules)
        modules.write_go_mod()
    return modules.mains().go_version()


def _raise_versions(modules: Loader, wanted: list[ModVersion]) -> bool:
    """Raise the versions in one module; whether its go.mod must be written, which can be done then (go1.27)."""
    modules.load_mod_file()
    if not edit_build_list(modules, wanted, []):
        return False
    _load_tidily(modules)
    update_go_mod_from_reqs(modules, WriteOpts())
    return True


def _load_tidily(modules: Loader) -> None:
    """Load all packages of a module, so that its requirements become what they need."""
    opts = PackageOpts(
        tags=ANY_TAGS,
        tidy=True,
        vendor_modules_in_goroot_src=True,
        load_tests=True,
        allow_errors=True,
        silence_missing_std_imports=True,
        silence_package_errors=True,
    )
    modules.load_packages(opts, ["all"])

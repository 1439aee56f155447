"""`gokiln get`: add, upgrade, downgrade and remove dependencies.

Nothing is written before everything that was asked for is known to hold. On a terminal a table of what changed
follows the go command's lines when there is more than one.

Source: cmd/go/internal/modget/get.go (runGet, parseArgs), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.flagset import parse_bool
from gokiln.base.pattern import clean_patterns
from gokiln.cli.configure import configure
from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_sink, recorded_memo, save_memo
from gokiln.config.buildflags import OMIT_MOD_FLAG
from gokiln.errors import GokilnError, PlainError
from gokiln.modules.resolve.commit import WriteOpts
from gokiln.modules.resolve.getcheck import (
    ToldError,
    check_package_problems,
    find_changes,
    reqs_of,
    tools_come_first,
    update_tools,
)
from gokiln.modules.resolve.getmatch import load_workspace
from gokiln.modules.resolve.getquery import Query
from gokiln.modules.resolve.getresolver import GetOptions, Resolver
from gokiln.modules.resolve.getsettle import settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.modules.resolve.getcheck import Change
    from gokiln.modules.resolve.loader import Loader
    from gokiln.modules.resolve.state import State

USAGE = "go get [-t] [-u] [-tool] [build flags] [packages]"
_OUTSIDE = (
    "go: go.mod file not found in current directory or any parent directory.\n"
    "\t'go get' is no longer supported outside a module.\n"
    "\tTo build and install a command, use 'go install' with a version,\n"
    "\tlike 'go install example.com/cmd@latest'\n"
    "\tFor more information, see https://%s/doc/go-get-install-deprecation\n"
    "\tor run 'go help get' or 'go help install'."
)
_AT_GO_DEV_SINCE = 27  # minor release whose message points to go.dev


class _Options:
    """The command's own flags. u: "", "upgrade", "patch" or what else was given; raw_u: that."""

    def __init__(self) -> None:
        self.f = self.fix = self.m = self.t = self.tool = self.insecure = False
        self.d: bool | None = None
        self.u = ""
        self.raw_u = ""

    def set_u(self, text: str) -> None:
        """-u, -u=patch; any word goes for now."""
        self.raw_u = "" if text in ("true", "false") else text
        self.u = {"true": "upgrade", "false": ""}.get(text, text)

    def set_d(self, text: str) -> None:
        """-d, which has no meaning any more. Raises ValueError."""
        self.d = parse_bool(text)

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the flags."""
        for name in ("f", "fix", "m", "t", "tool", "insecure"):
            flagset.bool(name, self, name)
        flagset.func("d", self.set_d, is_bool=True)
        flagset.func("u", self.set_u, is_bool=True)


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = _Options()
    config = configure(
        inv,
        "get",
        usage_line=USAGE,
        register=options.register,
        mask=OMIT_MOD_FLAG,
        init_build=False,
        sink=module_sink(inv),
    )
    _check_flags(options, inv)
    memo = recorded_memo(config)
    modules = open_modules(config, memo)
    modules.force_use_modules = True
    modules.explicit_write_go_mod = True
    modules.allow_missing_module_imports = True
    modules.init()
    if not modules.has_mod_root():
        at_go_dev = config.toolchain.release.minor >= _AT_GO_DEV_SINCE
        raise PlainError(_OUTSIDE % ("go.dev" if at_go_dev else "golang.org"))
    try:
        changes = _get(config, modules, options, lambda: open_modules(config, memo))
    except ToldError:
        return 1
    finally:
        save_memo(memo)
    for change in changes:
        inv.stderr.write(change.text() + "\n")
    _update_go_work(modules)
    if len(changes) > 1 and inv.stderr.isatty():
        from gokiln.cli.changetable import change_table

        direct = modules.requirements.direct if modules.requirements is not None else {}
        inv.stderr.write(change_table(changes, inv.stderr.columns(), direct))
    return 0


def _check_flags(options: _Options, inv: Invocation) -> None:
    if options.u not in ("", "upgrade", "patch"):
        raise PlainError(f"go: unknown upgrade flag -u={options.raw_u}")
    if options.d is not None:
        if not options.d:
            raise PlainError("go: -d flag may not be set to false")
        inv.stderr.write("go: -d flag is deprecated. -d=true is a no-op\n")
    if options.f:
        inv.stderr.write("go: -f flag is a no-op\n")
    if options.fix:
        inv.stderr.write("go: -fix flag is a no-op\n")
    if options.m:
        raise PlainError("go: -m flag is no longer supported")
    if options.insecure:
        raise PlainError("go: -insecure flag is no longer supported; use GOINSECURE instead")


def _get(config: Config, modules: Loader, options: _Options, open_workspace: Callable[[], State]) -> list[Change]:
    """Resolve everything and write go.mod and go.sum; what has changed. Raises ToldError, GokilnError."""
    drop_toolchain, queries = _parse_args(modules, config.args, options.u)
    opts = WriteOpts(drop_toolchain=drop_toolchain, explicit_toolchain=any(q.pattern == "toolchain" for q in queries))
    modules.load_mod_file()
    workspace = load_workspace(modules, modules.find_go_work(modules.cwd))
    resolver = Resolver(modules, queries, GetOptions(options.u, options.t), workspace)
    settle(resolver)
    patterns = [q.pattern for q in queries if q.matches_packages]
    tools_first = tools_come_first(modules)
    if options.tool and tools_first:
        update_tools(resolver, opts)
    check_package_problems(resolver, patterns, open_workspace)
    if options.tool and not tools_first:
        update_tools(resolver, opts)
    mms = modules.mains()
    main = mms.single()
    file = mms.mod_files[main]
    assert file is not None
    before = reqs_of(file)
    modules.write_go_mod(opts)
    file = mms.mod_files[main]
    assert file is not None
    return find_changes(resolver, before, reqs_of(file))


def _parse_args(modules: Loader, args: list[str], u: str) -> tuple[bool, list[Query]]:
    """(whether the toolchain line is to go, the queries). Raises PlainError with all that is wrong."""
    drop_toolchain = False
    queries: list[Query] = []
    for arg in clean_patterns(args):
        try:
            q = Query(arg, u or "upgrade")
            q.validate(modules)
        except GokilnError as err:
            modules.report(err)
            continue
        if q.version == "none":
            if q.pattern == "go":
                modules.report("cannot use go@none")
                continue
            if q.pattern == "toolchain":
                drop_toolchain = True
                continue
        if not args:
            q.raw = ""  # clean_patterns has made it "."
        problem = _go_file_problem(q, modules.cwd)
        if problem:
            modules.report(problem)
            continue
        queries.append(q)
    modules.exit_if_errors()
    return drop_toolchain, queries


def _go_file_problem(q: Query, cwd: str) -> str:
    """What to say to `go get x.go`, a common mistake; paths of packages and modules may end so, too."""
    if not q.raw.endswith(".go") or q.raw_version:
        return ""
    if "/" not in q.raw:
        return f"{q.raw}: arguments must be package or module paths"
    if os.path.isfile(os.path.join(cwd, q.raw)):
        return f"{q.raw} exists as a file, but 'go get' requires package arguments"
    return ""


def _update_go_work(modules: Loader) -> None:
    """Raise the go line of the go.work file around the module to that of the module."""
    work_file = modules.find_go_work(modules.cwd)
    if not work_file:
        return
    from gokiln.modules.resolve.modfiles import read_work_file
    from gokiln.modules.resolve.workedit import update_work_go_version, write_work_file

    try:
        work = read_work_file(modules, work_file)
    except GokilnError:
        return
    if update_work_go_version(work, modules.mains().go_version()):
        write_work_file(work_file, work)

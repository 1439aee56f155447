"""`gokiln fmt`: gofmt -l -w on the files of packages. Source: cmd/go/internal/fmtcmd/fmt.go, go1.26."""

from __future__ import annotations

import os

from gokiln.base.shortpath import short_path
from gokiln.cli.configure import configure
from gokiln.cli.loading import open_graph
from gokiln.cli.streams import make_sink
from gokiln.config.buildflags import BuildFlags, register_chdir, register_mod_common_flags
from gokiln.errors import find_error
from gokiln.events import Text
from gokiln.execute.userprogram import run_program
from gokiln.packages.error import EmbedError
from gokiln.packages.load import packages_and_errors
from gokiln.packages.loadopts import PackageOpts
from gokiln.packages.package import NoGoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

USAGE = "go fmt [-n] [-x] [packages]"
_ARG_LIMIT = 30 << 10  # bytes of arguments of one process (cmd/internal/sys)
_EMPTY_HARMLESS_SINCE = 26  # minor release that takes packages without any Go file as they are


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.bool("n", flags, "n")
        flagset.bool("x", flags, "x")
        register_chdir(flagset)
        flagset.func("mod", flags.set_mod)
        register_mod_common_flags(flagset, flags)

    config = configure(
        inv,
        "fmt",
        usage_line=USAGE,
        register=register,
        mask=None,
        init_build=False,
        sink=make_sink(inv),
    )
    return _format(inv, config)


def _format(inv: Invocation, config: Config) -> int:
    gofmt = gofmt_path(config)
    status = 0
    told = False
    words: list[str] = []
    size = start = len(gofmt) + len(" -l -w")
    graph = open_graph(config, workspace=False, builds=False)
    minor = config.toolchain.release.minor
    for package in packages_and_errors(graph, PackageOpts(), config.args):
        if package.module is not None and not package.module.main:
            if not told:
                config.sink.tell(Text("go: not formatting packages in dependency modules\n"))
                told = True
            continue
        files = go_files(package)
        if package.error is not None and not _is_harmless(package, files, minor):
            config.sink.tell(Text(f"{package.error}\n"))
            status = 1
            continue
        for file in files:
            words.append(short_path(file, config.cwd))
            size += 1 + len(words[-1])
            if size >= _ARG_LIMIT:
                status = _run(inv, config, [gofmt, "-l", "-w", *words]) or status
                words, size = [], start
    if words:
        status = _run(inv, config, [gofmt, "-l", "-w", *words]) or status
    return status


def go_files(package: Package) -> list[str]:
    """Every Go file in the package's directory that any build could take, absolute, sorted."""
    names = [
        *package.ignored_go_files,
        *package.go_files,
        *package.cgo_files,
        *package.test_go_files,
        *package.xtest_go_files,
    ]
    return [os.path.join(package.dir, name) for name in sorted(names)]


def _is_harmless(package: Package, files: list[str], minor: int) -> bool:
    """Whether the package's error does not hinder formatting. minor: of the release in use."""
    assert package.error is not None
    err = package.error.err
    if find_error(err, NoGoError) is not None:
        return bool(files) or minor >= _EMPTY_HARMLESS_SINCE
    return bool(files) and find_error(err, EmbedError) is not None


def _run(inv: Invocation, config: Config, words: list[str]) -> int:
    if config.flags.n or config.flags.x:
        inv.stdout.write(" ".join(words) + "\n")
        if config.flags.n:
            return 0
    inv.stdout.flush()
    ended = run_program(words, config.child_environ(), no_input=True, alone=False)
    if ended.problem:
        inv.stderr.write(ended.problem + "\n")
        return 1
    return 0


def gofmt_path(config: Config) -> str:
    """gofmt in GOBIN, else in GOROOT/bin, else on PATH."""
    name = "gofmt" + config.toolchain.tool_exe_suffix
    for folder in (config.env.get("GOBIN"), os.path.join(config.toolchain.goroot, "bin")):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return path
    return "gofmt"

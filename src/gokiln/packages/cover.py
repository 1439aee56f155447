"""Which packages -cover instruments.

Source: cmd/go/internal/load/pkg.go (PrepareForCoverageBuild, SelectCoverPackages), go1.26.
"""

from __future__ import annotations

from gokiln.config.perpackage import match_package
from gokiln.events import Text
from gokiln.packages.extraimports import ensure_import
from gokiln.packages.importgraph import ImportGraph
from gokiln.packages.package import package_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.config.perpackage import MainModules, Match
    from gokiln.packages.package import Package

    Matcher = Callable[[Package], bool]

# cmd/internal/objabi/pkgspecial.go (runtimePkgs): packages that the runtime is made of.
_RUNTIME = frozenset(
    (
        "runtime internal/runtime/atomic internal/runtime/cgroup internal/runtime/exithook internal/runtime/gc"
        " internal/runtime/gc/scan internal/runtime/maps internal/runtime/math internal/runtime/sys"
        " internal/runtime/syscall/linux internal/runtime/syscall/windows internal/abi internal/bytealg"
        " internal/byteorder internal/chacha8rand internal/coverage/rtcov internal/cpu internal/goarch"
        " internal/godebugs internal/goexperiment internal/goos internal/profilerecord internal/strconv"
        " internal/stringslite"
    ).split()
)


def prepare_for_coverage_build(graph: ImportGraph, packages: Sequence[Package]) -> None:
    """Mark packages for `build -cover`: those -coverpkg names, else the main module's and those named."""
    matchers = cover_matchers(graph)
    select_cover_packages(graph, package_list(packages), matchers or [_in_main_module], "built")


def cover_matchers(graph: ImportGraph) -> list[Matcher]:
    """One test for each pattern of -coverpkg."""
    out: list[Matcher] = []
    modules = graph.main_modules()
    for pattern in graph.config.flags.coverpkg:
        out.append(_matcher(match_package(pattern, graph.config.cwd), modules))
    return out


def _matcher(match: Match, modules: MainModules | None) -> Matcher:
    return lambda p: match(p, modules)


def _in_main_module(p: Package) -> bool:
    return p.cmdline_files or p.cmdline_pkg or (p.module is not None and p.module.main)


def is_runtime_package(path: str) -> bool:
    """Whether the race detector is not yet running when the package runs."""
    return path in _RUNTIME


def select_cover_packages(
    graph: ImportGraph, packages: Sequence[Package], matchers: Sequence[Matcher], done: str
) -> list[Package]:
    """Mark the packages that match; returns them. done: "built" or "tested", for the warning."""
    flags = graph.config.flags
    covered: list[Package] = []
    matched = [False] * len(matchers)
    for p in packages:
        hit = False
        for i, match in enumerate(matchers):
            if match(p):
                matched[i] = hit = True
        if not hit or p.import_path == "unsafe" or not (p.go_files or p.cgo_files):
            continue
        atomic = flags.covermode == "atomic"
        if atomic and p.standard and p.import_path in ("sync/atomic", "internal/runtime/atomic"):
            continue
        p.cover.mode = flags.covermode
        if flags.race and p.standard and is_runtime_package(p.import_path):
            p.cover.mode = "regonly"
        covered.append(p)
        if atomic:
            ensure_import(graph, p, "sync/atomic")
    for pattern, used in zip(flags.coverpkg, matched):
        if not used:
            text = f"warning: no packages being {done} depend on matches for pattern {pattern}\n"
            graph.config.sink.tell(Text(text))
    return covered

"""What goes into an action: the lines whose hash is the action ID.

Everything that can change what a tool writes has a line here, and nothing else: no clock, no environment, no disk.
The lines are kept (cache/inputhash.py). Hashed they are the action ID; compared with last time's they say why
something is rebuilt; and with each dependency's content ID replaced by the hash of its export data they are the
key under which a compile can be skipped though a dependency changed: the same walk serves all three, because the
caller says what stands for a dependency (`content_id`).

Order and bytes are cmd/go's, so both commands find each other's results. Source: buildActionID, linkActionID,
printLinkerConfig, pgoActionID in cmd/go/internal/work, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote, quote_list
from gokiln.cache.inputhash import InputHash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gokiln.actions.action import Action
    from gokiln.cache.inputhash import HashTrace
    from gokiln.packages.package import Package

# Hacks for debugging the compiler: read by it, so they are inputs (not settable by `go env -w`).
MAGIC_VARIABLES = ("GOCLOBBERDEADHASH", "GOSSAFUNC", "GOSSADIR", "GOCOMPILEDEBUG")


class HashFacts:
    """What is the same for every action of one build.

    salt: toolchain version without experiments. tool_id: name of a tool -> its identity. file_hash: absolute path ->
    20 characters of the content's hash ("" if it cannot be read). c_lines: the lines of a package's C compilers.
    forced_*: flags that -race, -buildmode and their like force on all packages. buildmode: the -buildmode flag as
    given; ld_buildmode: what the linker is told. work_dir: the build's directory. environ: the process's variables.
    gccgo: under -compiler=gccgo, the lines of a package's compiler, and the line of the linker.
    """

    def __init__(
        self,
        salt: str,
        *,
        goos: str,
        goarch: str,
        goroot: str,
        tool_id: Callable[[str], str],
        file_hash: Callable[[str], str],
        c_lines: Callable[[Package], list[str]] | None = None,
        arch_variable: tuple[str, str] = ("", ""),
        experiment: str = "",
        trimpath: bool = False,
        buildmode: str = "default",
        ld_buildmode: str = "exe",
        forced_gcflags: Sequence[str] = (),
        forced_asmflags: Sequence[str] = (),
        forced_ldflags: Sequence[str] = (),
        fuzz_flags: Sequence[str] = (),
        work_dir: str = "",
        environ: Mapping[str, str] | None = None,
        extlink_enabled: str = "",
        trace: HashTrace | None = None,
        gccgo: tuple[Callable[[Package], list[str]], Callable[[], str]] | None = None,
    ) -> None:
        self.salt = salt
        self.goos = goos
        self.goarch = goarch
        self.goroot = goroot
        self.tool_id = tool_id
        self.file_hash = file_hash
        self.c_lines = c_lines
        self.trimpath = trimpath
        self.buildmode = buildmode
        self.ld_buildmode = ld_buildmode
        self.forced_gcflags = list(forced_gcflags)
        self.forced_asmflags = list(forced_asmflags)
        self.forced_ldflags = list(forced_ldflags)
        self.fuzz_flags = list(fuzz_flags)
        self.work_dir = work_dir
        self.extlink_enabled = extlink_enabled
        self.trace = trace
        self.gccgo = gccgo
        # The lines that are the same for all packages are made once.
        self._platform = f"goos {goos} goarch {goarch}\n"
        key, value = arch_variable
        self._tuning = [f"{key}={value}\n"]
        if experiment:
            self._tuning.append(f"GOEXPERIMENT={go_quote(experiment)}\n")
        self._forced_gcflags = quote_list(forced_gcflags)
        self._magic: list[str] = []
        for name in MAGIC_VARIABLES:
            if environ is not None and environ.get(name):
                self._magic.append(f"magic {name}={environ[name]}\n")

    def new_hash(self, name: str) -> InputHash:
        """An empty InputHash; name is for GODEBUG=gocachehash=1 only."""
        return InputHash(self.salt, name, self.trace)


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _unit_line(package: Package) -> str:
    return (
        f"omitdebug {_bool(package.omit_debug)} standard {_bool(package.standard)} "
        f"local {_bool(package.local)} prefix {go_quote(package.local_prefix)}\n"
    )


def compile_inputs(
    facts: HashFacts, package: Package, deps: Iterable[Action], content_id: Callable[[Action], str], profile: str = ""
) -> InputHash:
    """All that can change a package's archive.

    deps: the actions of what the package imports, in order, and perhaps of its profile. content_id: what stands for a
    dependency, usually the content part of its build ID. profile: the preprocessed profile's path, if deps have one.
    """
    h = facts.new_hash("build " + package.import_path)
    add = h.add
    add("compile\n")
    module = package.module
    if facts.trimpath:
        if module is not None:
            add(f"module {module.path}@{module.version}\n")
    elif not package.goroot and not (facts.work_dir and package.dir.startswith(facts.work_dir)):
        add(f"dir {package.dir}\n")  # debug information holds it; paths in GOROOT and the work directory are hidden
    if module is not None:
        add(f"go {module.go_version}\n")
    add(facts._platform)
    add(f"import {go_quote(package.import_path)}\n")
    add(_unit_line(package))
    if facts.trimpath:
        add("trimpath\n")
    if package.force_library:
        add("forcelibrary\n")
    if (package.cgo_files or package.swig_files or package.swig_cxx_files) and facts.c_lines is not None:
        add(f"cgo {go_quote(facts.tool_id('cgo'))}\n")
        for line in facts.c_lines(package):
            add(line)
    if package.cover.mode:
        add(f"cover {go_quote(package.cover.mode)} {go_quote(facts.tool_id('cover'))}\n")
    if package.fuzz_instrument and facts.fuzz_flags:
        add(f"fuzz {quote_list(facts.fuzz_flags)}\n")
    if package.build_info:
        add(f"modinfo {go_quote(package.build_info)}\n")
    for line in _gc_lines(facts, package) if facts.gccgo is None else facts.gccgo[0](package):
        add(line)
    _add_files(h, facts, package)
    for dep in deps:
        if dep.package is not None:
            add(f"import {dep.package.import_path} {content_id(dep)}\n")
        elif profile:
            add(f"pgofile {facts.file_hash(profile)}\n")
    return h


def _gc_lines(facts: HashFacts, package: Package) -> list[str]:
    """Which compiler and assembler, and how they are told to work."""
    lines = [f"compile {facts.tool_id('compile')} {facts._forced_gcflags} {quote_list(package.gcflags)}\n"]
    if package.s_files:
        flags = f"{quote_list(facts.forced_asmflags)} {quote_list(package.asmflags)}"
        lines.append(f"asm {go_quote(facts.tool_id('asm'))} {flags}\n")
    return lines + facts._tuning + facts._magic


def _add_files(h: InputHash, facts: HashFacts, package: Package) -> None:
    file_hash = facts.file_hash
    prefix = package.dir + os.sep
    for names in (
        package.go_files, package.cgo_files, package.c_files, package.cxx_files, package.f_files, package.m_files,
        package.h_files, package.s_files, package.syso_files, package.swig_files, package.swig_cxx_files,
        package.embed_files,
    ):  # fmt: skip
        for name in names:
            path = prefix + name if not os.path.isabs(name) else os.path.normpath(prefix + name)
            h.add(f"file {name} {file_hash(path)}\n")


def link_inputs(
    facts: HashFacts,
    package: Package,
    deps: Iterable[Action],
    build_id: Callable[[Action], str],
    file_id: Callable[[str], str],
) -> InputHash:
    """All that can change a program. deps: the main package's action first, then all others in link order.

    build_id: the build ID of a dependency's archive, "" when it has none (package unsafe). file_id: that of a file.
    """
    h = facts.new_hash("link " + package.import_path)
    add = h.add
    add("link\n")
    add(f"buildmode {facts.buildmode} {facts._platform}")
    add(f"import {go_quote(package.import_path)}\n")
    add(_unit_line(package))
    add(f"defaultgodebug {go_quote(package.default_godebug)}\n")
    if facts.trimpath:
        add("trimpath\n")
    _add_linker(h, facts, package)
    for dep in deps:
        if dep.package is None:
            continue
        id_ = build_id(dep)
        if id_:
            add(f"packagefile {dep.package.import_path}={_content(id_)}\n")
        if dep.package.name == "main":
            # The program's build ID holds main's whole build ID, so the link depends on all of it.
            add(f"packagemain {id_}\n")
        if dep.package.shlib:
            add(f"packageshlib {dep.package.import_path}={_content(file_id(dep.package.shlib))}\n")
    return h


def _content(build_id: str) -> str:
    """The part of a build ID that says what is in the file."""
    return build_id.rpartition("/")[2]


def _add_linker(h: InputHash, facts: HashFacts, package: Package | None) -> None:
    """What the linker is told. package: whose flags it gets, None for a shared library."""
    add = h.add
    if facts.gccgo is not None:
        add(facts.gccgo[1]())
        return
    add(f"link {facts.tool_id('link')} {quote_list(facts.forced_ldflags)} {facts.ld_buildmode}\n")
    if package is not None:
        add(f"linkflags {quote_list(package.ldflags)}\n")
    for line in facts._tuning:
        add(line)
    add(f"GOROOT={'' if facts.trimpath else facts.goroot}\n")
    add(f"GO_EXTLINK_ENABLED={facts.extlink_enabled}\n")


def shared_link_inputs(
    facts: HashFacts,
    deps: Iterable[Action],
    top: Iterable[Action],
    built: Callable[[Action], str],
    file_id: Callable[[str], str],
) -> InputHash:
    """All that can change a shared library.

    deps: the link's. top: the actions of the library's own packages. built: an action's file, "" for none. file_id:
    the build ID in a file.
    """
    h = facts.new_hash("linkShared")
    h.add("linkShared\n")
    h.add(facts._platform)
    _add_linker(h, facts, None)
    for dep in deps:
        package = dep.package
        if package is not None and built(dep):
            h.add(f"packagefile {package.import_path}={_content(file_id(built(dep)))}\n")
            if package.shlib:
                h.add(f"packageshlib {package.import_path}={_content(file_id(package.shlib))}\n")
    for dep in top:
        if dep.package is not None:
            h.add(f"top {dep.package.import_path}={_content(file_id(built(dep)))}\n")
    return h


def profile_inputs(facts: HashFacts, profile: str) -> InputHash:
    """All that can change the preprocessed form of a profile (absolute path)."""
    h = facts.new_hash("preprocess PGO profile " + profile)
    h.add("preprocess PGO profile\n")
    h.add(f"preprofile {facts.tool_id('preprofile')}\n")
    h.add(f"input {go_quote(facts.file_hash(profile))}\n")
    return h

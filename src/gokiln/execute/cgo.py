"""The cgo steps of a plan: hand them to tools/cgo.py with what they need from the build.

Source: runCgoActor, cgoCompileActor in cmd/go/internal/work/action.go, processCgoOutputs in exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.action import CGO_COLLECT, CGO_RUN
from gokiln.base.quote import go_quote, quote_list
from gokiln.errors import GokilnError, NotYetError
from gokiln.execute.compile import NEED_COVER_META_FILE, CacheCheck, Covered
from gokiln.execute.packagebuild import CgoOutputs
from gokiln.golang.buildid import hash_to_string
from gokiln.tools.cc import CcTarget, CompilerError, Compilers
from gokiln.tools.cgo import Cgo, CgoRun, CgoSettings
from gokiln.tools.security import AllowLists, FlagChecker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work
    from gokiln.packages.package import Package


class _CcRunner:
    """Starts compilers for tools/cc.py."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder

    def probe(self, argv: Sequence[str], env: dict[str, str]) -> tuple[bytes, int]:
        """Run in the work directory; output and exit status. Raises OSError."""
        builder = self._builder
        directory = builder.work_dir if os.path.isdir(builder.work_dir) else builder.config.cwd
        done = builder.children.run(argv, cwd=directory, env={**builder.shared.env(), **env, "PWD": directory})
        return done.output, done.status

    def show(self, argv: Sequence[str]) -> None:
        """Print a step that may fail."""
        from gokiln.execute.report import join_unambiguously

        builder = self._builder
        builder.background_shell().show_cmd(builder.work_dir, join_unambiguously(argv) + " || true")


class LazyChecker(FlagChecker):
    """A FlagChecker that reads the toolchain's allow-lists when it is given a flag to check, and not before."""

    __slots__ = ("_path",)

    def __init__(self, path: str, getenv: Callable[[str], str]) -> None:
        """path: the security.go of the toolchain."""
        super().__init__(AllowLists(), getenv)
        self._path = path

    def _load(self) -> None:
        if not self._path:
            return
        try:
            with open(self._path, encoding="utf-8") as file:
                self._lists = AllowLists.parse(file.read())
        except OSError as err:
            from gokiln.base.oserror import os_error_text

            raise GokilnError(f"reading the allow-lists of cgo flags: {os_error_text(err)}") from err
        self._path = ""

    def compiler(self, name: str, source: str, flags: Sequence[str]) -> None:
        """As FlagChecker's."""
        if flags:
            self._load()
            super().compiler(name, source, flags)

    def linker(self, name: str, source: str, flags: Sequence[str]) -> None:
        """As FlagChecker's."""
        if flags:
            self._load()
            super().linker(name, source, flags)

    def pkg_config(self, name: str, source: str, flags: Sequence[str]) -> None:
        """As FlagChecker's."""
        if flags:
            self._load()
            super().pkg_config(name, source, flags)

    def internal_link_ok(self, flags: Sequence[str], linker: bool, release: tuple[int, int]) -> bool:
        """As FlagChecker's."""
        self._load()
        return super().internal_link_ok(flags, linker, release)


def _cgo_of(builder: Builder) -> Cgo:
    """The one Cgo of a build."""
    if builder.cgo is None:
        builder.cgo = _make_cgo(builder)
    return builder.cgo


def _make_cgo(builder: Builder) -> Cgo:
    config = builder.config
    target, flags, env, release = config.target, config.flags, config.env, config.toolchain.release
    mips = target.arch_variable[1] if target.goarch.startswith("mips") else ""
    version = (1, release.minor)
    rules = os.path.join(config.toolchain.goroot, "src", "cmd", "go", "internal", "work", "security.go")
    checker = LazyChecker(rules, env.get)
    compilers = Compilers(
        CcTarget(target.goos, target.goarch, target.cgo_enabled, mips, version),
        env.get,
        {"CC": env.default_cc(), "CXX": env.default_cxx(), "FC": "gfortran"},
        checker,
        builder.store,
        builder.facts.salt,
        _CcRunner(builder),
        environ=env.environ,
        toolexec=flags.toolexec,
        build_n=flags.n,
        build_x=flags.x,
        content_id=builder.build_id_of,
    )
    settings = CgoSettings(config.toolchain.tool("cgo"), target.goos, target.goarch, version, config.cwd)
    settings.toolexec = list(flags.toolexec)
    settings.buildmode = flags.buildmode
    settings.msan = flags.msan
    settings.asan = flags.asan
    settings.show = flags.x or flags.n
    settings.only_show = flags.n
    settings.trimpath = flags.trimpath
    settings.vendor_dir = builder.vendor_dir()
    settings.actual = config.disk.actual
    return Cgo(settings, compilers, checker)


def compiler_lines(builder: Builder, package: Package) -> list[str]:
    """The lines of a package's action ID that tell of its C, C++ and Fortran compilers and their flags."""
    compilers = _cgo_of(builder).compilers
    named = (
        ("CPPFLAGS", package.cgo_cppflags),
        ("CFLAGS", package.cgo_cflags),
        ("CXXFLAGS", package.cgo_cxxflags),
        ("FFLAGS", package.cgo_fflags),
        ("LDFLAGS", package.cgo_ldflags),
    )
    found: dict[str, list[str]] = {}
    for name, from_package in named:
        try:
            found[name] = compilers.build_flags(name, from_package)
        except GokilnError:
            break  # a flag that is not allowed: the build will say so, the hash does without this and the rest
    flags = {name: quote_list(found.get(name, [])) for name, _ in named}
    cc = compilers.compiler("CC")
    lines = [f"CC={quote_list(cc)} {flags['CPPFLAGS']} {flags['CFLAGS']} {flags['LDFLAGS']}\n"]
    lines.append(_id_line(compilers, "CC", cc[0], "c"))
    if package.cxx_files or package.swig_cxx_files:
        cxx = compilers.compiler("CXX")
        lines += [f"CXX={quote_list(cxx)} {flags['CXXFLAGS']}\n", _id_line(compilers, "CXX", cxx[0], "c++")]
    if package.f_files:
        fc = compilers.compiler("FC")
        lines += [f"FC={quote_list(fc)} {flags['FFLAGS']}\n", _id_line(compilers, "FC", fc[0], "f95")]
    return lines


def _id_line(compilers: Compilers, variable: str, name: str, language: str) -> str:
    try:
        return f"{variable} ID={go_quote(compilers.tool_id(name, language)[0])}\n"
    except CompilerError as err:
        return f"{variable} ID ERROR={go_quote(str(err))}\n"


def swig_outputs(builder: Builder, package: Package, objdir: str) -> tuple[list[str], list[str], list[str]]:
    """The Go, C and C++ files that SWIG will write. Raises NotYetError."""
    raise NotYetError(f"{package.import_path}: gokiln does not run SWIG yet", hint="use the go command for this one")


def run_cgo(builder: Builder, action: Action) -> Work:
    """Run the cgo tool, if something of the package has to be made."""
    need = 0
    covered: Covered | None = None
    for dep in action.deps:
        provider = builder.result(dep).provider
        if isinstance(provider, CacheCheck):
            need = provider.need & ~NEED_COVER_META_FILE
        elif isinstance(provider, Covered):
            covered = provider
    if need == 0:
        return None
    return lambda: _run_cgo(builder, action, covered)


def _run_cgo(builder: Builder, action: Action, covered: Covered | None) -> None:
    package, shell = action.package, builder.shell(action)
    assert package is not None
    files = list(covered.cgo_files if covered is not None else package.cgo_files)
    shell.mkdir(action.objdir)
    overlaid = _copy_overlaid(builder, action, package)
    run = _cgo_of(builder).run_cgo(shell, package, action.objdir, files, (), overlaid)
    builder.result(action).provider = run


def _copy_overlaid(builder: Builder, action: Action, package: Package) -> dict[str, str]:
    """Under -overlay, put copies of all C files into one directory, so that they find each other."""
    disk = builder.config.disk
    if not disk.overlaid():
        return {}
    names = [*package.c_files, *package.s_files, *package.cxx_files, *package.h_files, *package.f_files]
    paths = [os.path.join(package.dir, name) for name in names]
    if not any(disk.replaced(path) for path in paths):
        return {}
    copies = {}
    for path in paths:
        copies[path] = action.objdir + os.path.basename(path)
        builder.shell(action).copy_file(copies[path], disk.actual(path), 0o666, False)
    return copies


def compile_c(builder: Builder, action: Action) -> Work:
    """Compile one C, C++, assembly or Fortran file."""
    run = builder.result(action.deps[0]).provider
    if not isinstance(run, CgoRun):
        return None  # nothing of the package is needed
    build = _build_action(action)
    result = builder.result(action)
    result.action_id = builder.subkey(builder.result(build).action_id, "cgo compile " + action.subject)

    def work() -> None:
        assert action.package is not None and isinstance(run, CgoRun)
        _cgo_of(builder).compile_file(
            builder.shell(action),
            action.package,
            run,
            action.lang,
            action.subject,
            action.target,
            hash_to_string(result.action_id),
            action.objdir,
        )

    return work


def _build_action(action: Action) -> Action:
    """The build of the package that a cgo step belongs to, under an installation if need be."""
    build = action.about
    assert build is not None
    return build.deps[0] if build.mode == "build-install" else build


def collect(builder: Builder, action: Action) -> Work:
    """Hand on what running cgo left, so that the build finds it next to itself."""
    builder.result(action).provider = builder.result(action.deps[0].deps[0]).provider
    return None


def outputs(builder: Builder, build: Action) -> CgoOutputs:
    """Try to link what was compiled; Go files and objects for the package's archive. Raises GokilnError."""
    package = build.package
    assert package is not None
    for dep in build.deps:
        run = builder.result(dep).provider
        if dep.handler == CGO_COLLECT and isinstance(run, CgoRun):
            objects = [step.target for step in dep.deps if step.handler != CGO_RUN]
            seed = hash_to_string(builder.result(build).action_id)
            cgo = _cgo_of(builder)
            files = cgo.finish(builder.shell(build), package, run, build.objdir, objects, _sysos(build), seed)
            return CgoOutputs(*files)
    raise GokilnError("internal error: could not find runCgoProvider")


def _sysos(build: Action) -> list[str]:
    """The .syso files of a package and of all it imports, directly or not, sorted."""
    found: set[str] = set()
    seen = {build}
    queue = [build]
    for action in queue:
        package = action.package
        if package is not None:
            found.update(os.path.join(package.dir, name) for name in package.syso_files)
        for dep in action.deps:
            if dep not in seen:
                seen.add(dep)
                queue.append(dep)
    return sorted(found)

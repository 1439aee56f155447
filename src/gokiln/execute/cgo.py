"""The cgo steps of a plan: hand them to tools/cgo.py with what they need from the build.

Source: runCgoActor, cgoCompileActor in cmd/go/internal/work/action.go, processCgoOutputs in exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.action import CGO_COLLECT, CGO_RUN, Action
from gokiln.actions.graph import C_ACTIONS_SINCE
from gokiln.errors import GokilnError
from gokiln.execute.providers import NEED_COVER_META_FILE, CgoOutputs, Covered, needed
from gokiln.execute.shell import Shell
from gokiln.golang.buildid import hash_to_string
from gokiln.tools.cgo import Cgo, CgoRun, CgoSettings, GccgoSide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.execute.builder import Builder, Work
    from gokiln.packages.package import Package
    from gokiln.tools.steps import Steps
    from gokiln.tools.swig import Swig


def _cgo_of(builder: Builder) -> Cgo:
    """The one Cgo of a build."""
    if builder.cgo is None:
        builder.cgo = _make_cgo(builder)
    return builder.cgo


def _make_cgo(builder: Builder) -> Cgo:
    config = builder.config
    target, flags, release = config.target, config.flags, config.toolchain.release
    version = (1, release.minor)
    compilers = builder.compilers()
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
    if flags.compiler == "gccgo":
        settings.gccgo = _gccgo_side(builder)
    return Cgo(settings, compilers, compilers.checker)


def _gccgo_side(builder: Builder) -> GccgoSide:
    gccgo = builder.gccgo()

    def defun(shell: Steps, package: Package, objdir: str) -> None:
        gccgo.compile_c(shell, package, objdir, objdir + "_cgo_defun.o", objdir + "_cgo_defun.c")

    return GccgoSide(gccgo.supports_split_stack, gccgo.cgo_flags, defun)


def _swig_of(builder: Builder) -> Swig:
    """The one Swig of a build."""
    if builder.swig is None:
        from gokiln.tools.swig import Swig

        flags = builder.config.flags
        builder.swig = Swig(
            builder.compilers(),
            builder.background_shell(),
            lambda objdir: _int_size(builder, objdir),
            minor=builder.config.toolchain.release.minor,
            only_show=flags.n,
            show=flags.x or flags.n,
            gccgo_flags=_gccgo_swig_flags if flags.compiler == "gccgo" else None,
        )
    return builder.swig


def _gccgo_swig_flags(package: Package) -> list[str]:
    from gokiln.execute.gccgo import swig_flags

    return swig_flags(package)


def _int_size(builder: Builder, objdir: str) -> str:
    """How wide Go's int is: whether a constant of more than 32 bits compiles as one."""
    from gokiln.packages.package import Package
    from gokiln.tools.gc import compile_words
    from gokiln.tools.swig import INT_SIZE_CODE

    config = builder.config
    source = os.path.join(builder.work_dir, "swig_intsize.go")
    with open(source, "wb") as file:
        file.write(INT_SIZE_CODE)
    package = Package()
    package.name, package.import_path, package.dir = "main", "command-line-arguments", builder.work_dir
    package.cmdline_files = True
    package.gcflags = config.flags.gcflags.for_package(package)
    package.gccgoflags = config.flags.gccgoflags.for_package(package)
    action = Action("swigDoIntSize", package, objdir=objdir)
    shell = Shell(builder.shared, action)
    if config.flags.compiler == "gccgo":
        words = builder.gccgo().go_words(shell, package, objdir, [source])
        _, problem = shell.run_out(package.dir, (), words)
        return "64" if problem is None else "32"
    pool = builder.pool()
    concurrency = pool.take()
    try:
        words = compile_words(
            config,
            action,
            "",
            output=objdir + "_go_.o",
            importcfg="",
            concurrency=concurrency,
            go_files=[source],
            pack=False,
        )
        _, problem = shell.run_out(config.cwd, (), words)
    finally:
        pool.give_back(concurrency)
    return "64" if problem is None else "32"


def run_cgo(builder: Builder, action: Action) -> Work:
    """Run the cgo tool, if something of the package has to be made."""
    if needed(builder, action) & ~NEED_COVER_META_FILE == 0:
        return None
    covered: Covered | None = None
    for dep in action.deps:
        provider = builder.result(dep).provider
        if isinstance(provider, Covered):
            covered = provider
    return lambda: _run_cgo(builder, action, covered)


def _run_cgo(builder: Builder, action: Action, covered: Covered | None) -> None:
    package, shell = action.package, builder.shell(action)
    assert package is not None
    files = list(covered.cgo_files if covered is not None else package.cgo_files)
    shell.mkdir(action.objdir)
    overlaid = _copy_overlaid(builder, action, package)
    swig = _swig_of(builder) if package.uses_swig() else None
    run = _cgo_of(builder).run_cgo(shell, package, action.objdir, files, swig, overlaid)
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
    result.action_id = builder.result(build).action_id
    if builder.config.toolchain.release.minor >= C_ACTIONS_SINCE:
        result.action_id = builder.subkey(result.action_id, "cgo compile " + action.subject)

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

"""The steps that make one package's archive with -compiler=gccgo: gccgo, the C compiler, gccgo as assembler, ar.

Source: gccgoToolchain.{gc,asm,cc,pack} in cmd/go/internal/work/gccgo.go, Builder.build in exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote_bytes
from gokiln.execute.packagebuild import PackageBuild
from gokiln.tools import gccgo as words
from gokiln.tools.gc import make_absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class GccgoBuild(PackageBuild):
    """One package being built by gccgo."""

    def make_with_tools(self, archive: str) -> None:
        """Compile Go, C and assembly files and pack them. Raises GokilnError, OSError."""
        _make_archive(self, archive)


def _make_archive(build: PackageBuild, archive: str) -> None:
    gccgo, package, objdir = build.builder.gccgo(), build.package, build.objdir
    objects = [_compile(build)]
    build.copy_headers()
    for name in build.c_files:
        output = name.removesuffix(".c") + ".o"
        gccgo.compile_c(build.shell, package, objdir, objdir + output, name)
        objects.append(output)
    objects += _assemble(build, build.s_files)
    target = gccgo.config.target
    if build.result.build_id and target.goos in words.ELF_WITH_BUILD_ID:
        source = objdir + "_buildid.s"
        text = words.build_id_source(build.result.build_id, target.goos, target.goarch, gccgo.is_gnu_as)
        build.shell.write_file(source, text)
        objects += _assemble(build, [source])
    objects += build.cgo_objects
    objects += [os.path.join(package.dir, name) for name in package.syso_files]
    _pack(build, archive, objects)


def _compile(build: PackageBuild) -> str:
    from gokiln.actions.importcfg import embed_config, import_config

    package, shell, objdir = build.package, build.shell, build.objdir
    config, results = build.builder.config, build.builder.queue.results
    importcfg = import_config(package, build.action.deps, lambda dep: results[dep].built)
    embedcfg = embed_config(package, config.disk.actual)
    files = list(build.go_files)
    if package.build_info and config.modules_enabled:
        from gokiln.actions.importcfg import modinfo_data

        shell.write_file(objdir + "_gomod_.go", words.modinfo_program(go_quote_bytes(modinfo_data(package.build_info))))
        files.append(objdir + "_gomod_.go")
    argv = build.builder.gccgo().go_words(shell, package, objdir, files, importcfg, embedcfg)
    text, problem = shell.run_out(package.dir, (), argv)
    shell.report_compiled(text, problem)
    return objdir + "_go_.o"


def _assemble(build: PackageBuild, files: Sequence[str]) -> list[str]:
    gccgo, package, config = build.builder.gccgo(), build.package, build.builder.config
    objects = []
    for name in files:
        output = build.objdir + os.path.basename(name).removesuffix(".s") + ".o"
        objects.append(output)
        source = config.disk.actual(make_absolute(package.dir, name))
        defs = ["-D", "GOOS_" + config.target.goos, "-D", "GOARCH_" + config.target.goarch]
        symbol = gccgo.symbol_prefix(package)
        defs += ["-D", "GOPKGPATH=" + symbol] if symbol else []
        defs += [*gccgo.pic_flags(), *gccgo.machine_args()]
        argv = [gccgo.compiler(), "-xassembler-with-cpp", "-I", build.objdir, "-c", "-o", output, *defs, source]
        build.shell.run(package.dir, package.import_path, (), argv)
    return objects


def _pack(build: PackageBuild, archive: str, objects: Sequence[str]) -> None:
    paths = [make_absolute(build.objdir, name) for name in objects]
    directory, gccgo = build.package.dir, build.builder.gccgo()
    ar = [*gccgo.ar_command(), *gccgo.ar_options()]
    output, problem = build.shell.run_out(directory, (), ar, "rcD", archive, paths)
    if problem is not None:  # an ar that does not know D, which leaves out times and owners
        build.shell.run(directory, build.package.import_path, (), ar, "rc", archive, paths)
    else:
        build.shell.report_cmd("", "", output, None)

"""The steps that make one package's archive with -compiler=gccgo: gccgo, the C compiler, gccgo as assembler, ar.

Source: gccgoToolchain.{gc,asm,cc,pack} in cmd/go/internal/work/gccgo.go, Builder.build in exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote_bytes
from gokiln.execute.gccgo import (
    ar_command,
    ar_options,
    compile_c,
    compiler,
    is_gnu_as,
    machine_args,
    pic_flags,
    supports,
    symbol_prefix,
)
from gokiln.execute.packagebuild import PackageBuild
from gokiln.tools import gccgo as words
from gokiln.tools.gc import make_absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.execute.builder import Builder


class GccgoBuild(PackageBuild):
    """One package being built by gccgo."""

    def make_with_tools(self, archive: str) -> None:
        """Compile Go, C and assembly files and pack them. Raises GokilnError, OSError."""
        _make_archive(self, archive)


def _make_archive(build: PackageBuild, archive: str) -> None:
    builder, package, objdir = build.builder, build.package, build.objdir
    objects = [_compile(build)]
    build.copy_headers()
    for name in build.c_files:
        output = name.removesuffix(".c") + ".o"
        compile_c(builder, build.shell, package, objdir, objdir + output, name)
        objects.append(output)
    objects += _assemble(build, build.s_files)
    target = builder.config.target
    if build.result.build_id and target.goos in words.ELF_WITH_BUILD_ID:
        source = objdir + "_buildid.s"
        text = words.build_id_source(build.result.build_id, target.goos, target.goarch, lambda: is_gnu_as(builder))
        build.shell.write_file(source, text)
        objects += _assemble(build, [source])
    objects += build.cgo_objects
    objects += [os.path.join(package.dir, name) for name in package.syso_files]
    _pack(build, archive, objects)


def _compile(build: PackageBuild) -> str:
    from gokiln.actions.importcfg import embed_config, import_config

    builder, package, shell, objdir = build.builder, build.package, build.shell, build.objdir
    config, results = builder.config, builder.queue.results
    importcfg = import_config(package, build.action.deps, lambda dep: results[dep].built)
    embedcfg = embed_config(package, config.disk.actual)
    files = list(build.go_files)
    if package.build_info:
        from gokiln.actions.importcfg import modinfo_data

        shell.write_file(objdir + "_gomod_.go", words.modinfo_program(go_quote_bytes(modinfo_data(package.build_info))))
        files.append(objdir + "_gomod_.go")
    gccgo, output = [compiler(builder)], objdir + "_go_.o"
    argv = [*gccgo, "-c", "-g", *machine_args(builder), f"-fdebug-prefix-map={builder.work_dir}=/tmp/go-build"]
    argv.append("-gno-record-gcc-switches")
    path = words.package_path(package)
    argv += [f"-fgo-pkgpath={path}"] if path else []
    argv += [f"-fgo-relative-import-path={package.local_prefix}"] if package.local_prefix else []
    argv += ["-o", output, *config.mode.forced_gccgoflags]
    if supports(builder, gccgo, "-fgo-importcfg=/dev/null"):
        shell.write_file(objdir + "importcfg", importcfg)
        argv.append(f"-fgo-importcfg={objdir}importcfg")
    else:
        root = objdir + "_importcfgroot_"
        for old, new in words.import_links(importcfg, root):
            shell.mkdir(os.path.dirname(new))
            if old.startswith(root):
                shell.mkdir(os.path.dirname(old))
            shell.symlink(old, new)
        argv += ["-I", root]
    if embedcfg is not None and supports(builder, gccgo, "-fgo-embedcfg=/dev/null"):
        shell.write_file(objdir + "embedcfg", embedcfg)
        argv.append(f"-fgo-embedcfg={objdir}embedcfg")
    paths = [make_absolute(package.dir, name) for name in files]
    argv += [*_prefix_maps(builder, gccgo, paths), *package.gccgoflags, *map(config.disk.actual, paths)]
    text, problem = shell.run_out(package.dir, (), argv)
    shell.report_compiled(text, problem)
    return output


def _prefix_maps(builder: Builder, gccgo: list[str], paths: list[str]) -> list[str]:
    """Flags that hide directories under -trimpath, and the files that -overlay puts elsewhere."""
    config = builder.config
    if not supports(builder, gccgo, "-ffile-prefix-map=a=b"):
        return []
    flags = []
    if config.flags.trimpath:
        flags += [f"-ffile-prefix-map={config.cwd}=.", f"-ffile-prefix-map={builder.work_dir}=/tmp/go-build"]
    for path in paths:
        if config.disk.replaced(path):
            shown = path
            if config.flags.trimpath and path.startswith(config.cwd + os.sep):
                shown = "." + path[len(config.cwd) :]
            flags.append(f"-ffile-prefix-map={config.disk.actual(path)}={shown}")
    return flags


def _assemble(build: PackageBuild, files: Sequence[str]) -> list[str]:
    builder, package, config = build.builder, build.package, build.builder.config
    objects = []
    for name in files:
        output = build.objdir + os.path.basename(name).removesuffix(".s") + ".o"
        objects.append(output)
        source = config.disk.actual(make_absolute(package.dir, name))
        defs = ["-D", "GOOS_" + config.target.goos, "-D", "GOARCH_" + config.target.goarch]
        symbol = symbol_prefix(builder, package)
        defs += ["-D", "GOPKGPATH=" + symbol] if symbol else []
        defs += [*pic_flags(builder), *machine_args(builder)]
        argv = [compiler(builder), "-xassembler-with-cpp", "-I", build.objdir, "-c", "-o", output, *defs, source]
        build.shell.run(package.dir, package.import_path, (), argv)
    return objects


def _pack(build: PackageBuild, archive: str, objects: Sequence[str]) -> None:
    paths = [make_absolute(build.objdir, name) for name in objects]
    directory, ar = build.package.dir, [*ar_command(build.builder), *ar_options(build.builder)]
    output, problem = build.shell.run_out(directory, (), ar, "rcD", archive, paths)
    if problem is not None:  # an ar that does not know D, which leaves out times and owners
        build.shell.run(directory, build.package.import_path, (), ar, "rc", archive, paths)
    else:
        build.shell.report_cmd("", "", output, None)

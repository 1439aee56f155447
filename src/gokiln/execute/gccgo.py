"""The steps of a build with -compiler=gccgo: they take the place of compile, asm, pack and link.

Source: cmd/go/internal/work/gccgo.go; the gccgo parts of buildActionID, printLinkerConfig and build in exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote, quote_list
from gokiln.errors import GokilnError, PlainError
from gokiln.execute.compilers import compilers_of
from gokiln.execute.report import hide_work_dir, join_unambiguously
from gokiln.tools import gccgo as words
from gokiln.tools.cc import CompilerError, arch_args
from gokiln.tools.gc import make_absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder
    from gokiln.execute.shell import Shell
    from gokiln.packages.package import Package
    from gokiln.tools.steps import Steps

_PIC_MODES = ("c-shared", "shared", "plugin")


class GccgoError(GokilnError):
    """A gccgo that is missing, or that nothing can be built with: ends the command at once."""

    prefix = ""
    exit_status = 2
    fatal = True


class UnknownModeError(PlainError):
    """A build mode that gccgo has not: ends the command at once."""

    fatal = True


def compiler(builder: Builder) -> str:
    """The path of gccgo. Raises GccgoError."""
    from gokiln.base.lookpath import LookPathError, look_path

    env = builder.config.env
    try:
        return look_path(env.get("GCCGO") or "gccgo", env.environ)
    except LookPathError as err:
        raise GccgoError(f"cmd/go: gccgo: {err}") from err


def ar_command(builder: Builder) -> list[str]:
    """The words of the archiver ($AR)."""
    return builder.config.env_list("AR", "ar")


def ar_options(builder: Builder) -> list[str]:
    """What the archiver is told besides, for the target."""
    target = builder.config.target
    return ["-X64"] if (target.goos, target.goarch) == ("aix", "ppc64") else []  # only the 64-bit members


def _tool_id(builder: Builder, language: str) -> str:
    return compilers_of(builder)[0].tool_id(compiler(builder), language)[0]


def compile_lines(builder: Builder, package: Package) -> list[str]:
    """The lines of a package's action ID that tell of the compiler. Raises GccgoError."""
    try:
        tool = _tool_id(builder, "go")
    except CompilerError as err:
        raise GccgoError(str(err)) from err
    forced = builder.config.mode.forced_gccgoflags
    lines = [f"compile {tool} {quote_list(forced)} {quote_list(package.gccgoflags)}\n"]
    lines.append(f"pkgpath {words.package_path(package)}\n")
    lines.append(f"ar {quote_list(ar_command(builder))}\n")
    if package.s_files:
        try:
            assembler = _tool_id(builder, "assembler-with-cpp")
        except CompilerError:
            assembler = ""  # other assemblers are unlikely to make a difference
        lines.append(f"asm {go_quote(assembler)}\n")
    return lines


def linker_line(builder: Builder) -> str:
    """The line of a link's action ID that tells of the linker. Raises GccgoError."""
    try:
        return f"link {_tool_id(builder, 'go')} {builder.config.mode.ld_buildmode}\n"
    except CompilerError as err:
        raise GccgoError(str(err)) from err


def machine_args(builder: Builder) -> list[str]:
    """The flags that choose the target's architecture."""
    return arch_args(compilers_of(builder)[0].target)


def supports(builder: Builder, command: Sequence[str], flag: str) -> bool:
    """Whether a compiler takes a flag."""
    return compilers_of(builder)[0].supports(command, flag)


def pic_flags(builder: Builder) -> list[str]:
    """The flag for position independent code, where the build mode wants it."""
    return ["-fPIC"] if builder.config.flags.buildmode in _PIC_MODES else []


def compile_c(builder: Builder, shell: Steps, package: Package, objdir: str, output: str, file: str) -> None:
    """Compile a C file of a package (or _cgo_defun.c, which cgo wrote). Raises GokilnError."""
    config = builder.config
    defs = ["-D", "GOOS_" + config.target.goos, "-D", "GOARCH_" + config.target.goarch, *machine_args(builder)]
    symbol = symbol_prefix(builder, package)
    defs += ["-D", f'GOPKGPATH="{symbol}"'] if symbol else []
    cc = config.cc()
    defs += ["-fsplit-stack"] if supports(builder, cc, "-fsplit-stack") else []
    defs += pic_flags(builder)
    if supports(builder, cc, "-ffile-prefix-map=a=b"):
        defs += [f"-ffile-prefix-map={config.cwd}=.", f"-ffile-prefix-map={builder.work_dir}=/tmp/go-build"]
    elif supports(builder, cc, "-fdebug-prefix-map=a=b"):
        defs.append(f"-fdebug-prefix-map={builder.work_dir}=/tmp/go-build")
    defs += ["-gno-record-gcc-switches"] if supports(builder, cc, "-gno-record-gcc-switches") else []
    include = os.path.join(config.toolchain.goroot, "pkg", "include")
    argv = [*cc, "-Wall", "-g", "-I", objdir, "-I", include, "-o", output, *defs]
    shell.run(package.dir, package.import_path, (), argv, "-c", make_absolute(package.dir, file))


# --- Go files ---


def go_words(
    builder: Builder,
    shell: Shell,
    package: Package,
    objdir: str,
    files: Sequence[str],
    importcfg: bytes | None = None,
    embedcfg: bytes | None = None,
) -> list[str]:
    """The command line that compiles Go files to objdir + "_go_.o"; writes what it refers to. Raises GokilnError."""
    config = builder.config
    gccgo = [compiler(builder)]
    argv = [*gccgo, "-c", "-g", *machine_args(builder), f"-fdebug-prefix-map={builder.work_dir}=/tmp/go-build"]
    argv.append("-gno-record-gcc-switches")
    path = words.package_path(package)
    argv += [f"-fgo-pkgpath={path}"] if path else []
    argv += [f"-fgo-relative-import-path={package.local_prefix}"] if package.local_prefix else []
    argv += ["-o", objdir + "_go_.o", *config.mode.forced_gccgoflags]
    if importcfg is not None:
        argv += _import_words(builder, shell, gccgo, objdir, importcfg)
    if embedcfg is not None and supports(builder, gccgo, "-fgo-embedcfg=/dev/null"):
        shell.write_file(objdir + "embedcfg", embedcfg)
        argv.append(f"-fgo-embedcfg={objdir}embedcfg")
    paths = [make_absolute(package.dir, name) for name in files]
    return [*argv, *_prefix_maps(builder, gccgo, paths), *package.gccgoflags, *map(config.disk.actual, paths)]


def _import_words(builder: Builder, shell: Shell, gccgo: list[str], objdir: str, importcfg: bytes) -> list[str]:
    """Where imports are found: a configuration, or for a gccgo that cannot read one a directory of links."""
    if supports(builder, gccgo, "-fgo-importcfg=/dev/null"):
        shell.write_file(objdir + "importcfg", importcfg)
        return [f"-fgo-importcfg={objdir}importcfg"]
    root = objdir + "_importcfgroot_"
    for old, new in words.import_links(importcfg, root):
        shell.mkdir(os.path.dirname(new))
        if old.startswith(root):
            shell.mkdir(os.path.dirname(old))
        shell.symlink(old, new)
    return ["-I", root]


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


# --- asking gccgo ---


def _ask(builder: Builder, argv: Sequence[str]) -> bytes:
    """What a program says. Raises OSError when it cannot be started."""
    return builder.children.run(argv, cwd=builder.config.cwd, env=builder.shared.env()).output


def is_gnu_as(builder: Builder) -> bool:
    """Whether the assembler that gccgo starts is the GNU one."""
    try:
        name = os.fsdecode(_ask(builder, [compiler(builder), "-print-prog-name=as"])).strip()
        return b"GNU" in _ask(builder, [name, "--version"])
    except OSError:
        return False


def symbol_prefix(builder: Builder, package: Package) -> str:
    """A package's path as this gccgo writes it in symbols. Raises GccgoError."""
    if builder.gccgo_symbol is None:
        with _try_file(builder, "gccgo_manglechck.go", words.MANGLE_CODE) as source:
            gccgo = compiler(builder)
            scheme = words.symbol_scheme(_ask(builder, [gccgo, "-S", "-o", "-", source]))
        if scheme is None:
            raise GccgoError(f"cmd/go: {gccgo}: unrecognized mangling scheme")
        builder.gccgo_symbol = scheme
    return builder.gccgo_symbol(words.package_path(package))


class _try_file:
    """A file in the work directory, or under -n in the system's, for as long as a `with` lasts."""

    def __init__(self, builder: Builder, name: str, data: bytes) -> None:
        from tempfile import gettempdir

        directory = gettempdir() if builder.config.flags.n else builder.work_dir
        self.path = os.path.join(directory, f"{int.from_bytes(os.urandom(4), 'big')}_{name}")
        self._data = data

    def __enter__(self) -> str:
        with open(self.path, "xb") as file:
            file.write(self._data)
        return self.path

    def __exit__(self, *_: object) -> None:
        os.remove(self.path)


def cgo_flags(builder: Builder, shell: Steps, package: Package) -> list[str]:
    """What the cgo tool is told of gccgo."""
    flags = ["-gccgo"]
    path = words.package_path(package)
    flags += [f"-gccgopkgpath={path}"] if path else []
    if not _knows_incomplete(builder, shell):
        flags.append("-gccgo_define_cgoincomplete")
    return flags


def _knows_incomplete(builder: Builder, shell: Steps) -> bool:
    """Whether gccgo has cgo.Incomplete (GCC 13 and newer); found out by compiling, under -n too."""
    if builder.gccgo_incomplete is None:
        with _try_file(builder, "gccgo_cgoincomplete.go", words.INCOMPLETE_CODE) as source:
            directory, output = os.path.dirname(source), source.removesuffix(".go") + ".o"
            argv = [compiler(builder), "-c", "-o", output, source]
            show = builder.shared.show
            if show:
                shell.show_cmd(directory, join_unambiguously(argv) + " || true")
            done = builder.children.run(argv, cwd=directory, env=builder.shared.env())
            builder.gccgo_incomplete = done.status == 0
            if show:
                shell.report_cmd(hide_work_dir(" ".join(argv), builder.work_dir), directory, done.output, None)
    return builder.gccgo_incomplete


def supports_split_stack(builder: Builder) -> bool:
    """Whether C code can be compiled for gccgo's stacks."""
    return supports(builder, [compiler(builder)], "-fsplit-stack")


def swig_flags(package: Package) -> list[str]:
    """What SWIG is told of gccgo."""
    path = words.package_path(package)
    return ["-gccgo", *(["-go-pkgpath", path] if path else [])]


# --- linking ---


def link(builder: Builder, action: Action, target: str, members: Sequence[Action], mode: str, desc: str) -> None:
    """Link a program (or a shared library) from all it depends on. members: the actions whose languages count.

    mode: what the linker makes. desc: heading for what it prints. Raises GokilnError.
    """
    package, config, shell = action.package, builder.config, builder.shell(action)
    assert package is not None
    parts = words.LinkParts()
    parts.fc = config.env.get("FC") or "gfortran"
    parts.user_ldflags = config.env_list("CGO_LDFLAGS", "")
    for about in (package, *(member.package for member in members)):
        if about is not None:
            parts.look_at(about)
    _collect(builder, action, parts, desc)
    build_id = builder.result(action).build_id
    flags = words.link_flags(parts, config.target.goos, machine_args(builder), build_id)
    gccgo = compiler(builder)
    own = words.mode_flags(mode, parts, config.target.goos, lambda: compilers_of(builder)[0].no_pie([gccgo]), build_id)
    if own is None:
        raise UnknownModeError(f"-buildmode={mode} not supported for gccgo")
    output = target + ".o" if mode == "c-archive" else target
    forced = [*config.mode.forced_gccgoflags, *package.gccgoflags]
    shell.run(".", desc, (), gccgo, "-o", output, flags, own, forced)
    if mode == "c-archive":
        shell.run(".", desc, (), ar_command(builder), ar_options(builder), "rc", target, output)


def _collect(builder: Builder, action: Action, parts: words.LinkParts, desc: str) -> None:
    """The archives to link, and the shared libraries (-linkshared) that stand for those in them."""
    results = builder.queue.results
    own = os.path.basename(results[action].target)
    libraries: set[str] = set()
    if builder.config.flags.linkshared:
        paths = [dep.package.shlib for dep in action.deps if dep.package is not None and dep.package.shlib]
        libraries = {os.path.basename(path) for path in paths} - {own}
    count = 0
    for dep in action.deps:
        package = dep.package
        if package is not None and package.shlib and os.path.basename(package.shlib) in libraries:
            continue
        if os.path.basename(dep.target) in libraries:
            if dep.target not in parts.libraries:
                parts.libraries.append(dep.target)
        elif package is not None:
            archive = results[dep].built
            if package.uses_cgo() or package.uses_swig():
                count += 1
                copy = f"{action.objdir}_pkg{count}_.a"
                try:
                    archive = _without_cgo_flags(builder, action, archive, copy, parts, desc)
                except (GokilnError, OSError):
                    continue
            parts.archives.append(archive)


def _without_cgo_flags(
    builder: Builder, action: Action, archive: str, copy: str, parts: words.LinkParts, desc: str
) -> str:
    """A copy of a cgo package's archive without the file that has its linker flags, which go into parts."""
    shell, ar = builder.shell(action), [*ar_command(builder), *ar_options(builder)]
    shell.copy_file(copy, archive, 0o666, False)
    if builder.shared.show:
        shell.show_cmd("", f"ar d {copy} _cgo_flags")
        if builder.shared.only_show:
            return ""
    shell.run(action.objdir, desc, (), ar, "x", copy, "_cgo_flags")
    shell.run(".", desc, (), ar, "d", copy, "_cgo_flags")
    with open(os.path.join(action.objdir, "_cgo_flags"), encoding="utf-8", errors="surrogateescape") as file:
        parts.ldflags += words.cgo_ldflags(file.read())
    return copy

"""The gccgo of a build with -compiler=gccgo: who it is, what it can do, and its command lines.

Source: cmd/go/internal/work/gccgo.go; the gccgo parts of buildActionID, printLinkerConfig in exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote, quote_list
from gokiln.errors import GokilnError
from gokiln.execute.report import hide_work_dir, join_unambiguously
from gokiln.tools import gccgo as words
from gokiln.tools.cc import CompilerError, arch_args
from gokiln.tools.gc import make_absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.config.config import Config
    from gokiln.execute.compilers import RememberingCompilers
    from gokiln.execute.shell import Shared, Shell
    from gokiln.packages.package import Package
    from gokiln.tools.steps import Steps

_PIC_MODES = ("c-shared", "shared", "plugin")


class GccgoError(GokilnError):
    """A gccgo that is missing, or that nothing can be built with: ends the command at once."""

    prefix = ""
    exit_status = 2
    fatal = True


class Gccgo:
    """The gccgo of a build, asked as little as possible. shared: as of the build's shells."""

    def __init__(self, config: Config, shared: Shared, compilers: RememberingCompilers) -> None:
        self.config = config
        self.shared = shared
        self.compilers = compilers
        self._symbol: Callable[[str], str] | None = None  # how it writes package paths in symbols
        self._incomplete: bool | None = None  # whether it has cgo.Incomplete

    def compiler(self) -> str:
        """The path of gccgo. Raises GccgoError."""
        from gokiln.base.lookpath import LookPathError, look_path

        env = self.config.env
        try:
            return look_path(env.get("GCCGO") or "gccgo", env.environ)
        except LookPathError as err:
            raise GccgoError(f"cmd/go: gccgo: {err}") from err

    def ar_command(self) -> list[str]:
        """The words of the archiver ($AR)."""
        return self.config.env_list("AR", "ar")

    def ar_options(self) -> list[str]:
        """What the archiver is told besides, for the target."""
        target = self.config.target
        return ["-X64"] if (target.goos, target.goarch) == ("aix", "ppc64") else []  # only the 64-bit members

    def _tool_id(self, language: str) -> str:
        return self.compilers.tool_id(self.compiler(), language)[0]

    def compile_lines(self, package: Package) -> list[str]:
        """The lines of a package's action ID that tell of the compiler. Raises GccgoError."""
        try:
            tool = self._tool_id("go")
        except CompilerError as err:
            raise GccgoError(str(err)) from err
        forced = self.config.mode.forced_gccgoflags
        lines = [f"compile {tool} {quote_list(forced)} {quote_list(package.gccgoflags)}\n"]
        lines.append(f"pkgpath {words.package_path(package)}\n")
        lines.append(f"ar {quote_list(self.ar_command())}\n")
        if package.s_files:
            try:
                assembler = self._tool_id("assembler-with-cpp")
            except CompilerError:
                assembler = ""  # other assemblers are unlikely to make a difference
            lines.append(f"asm {go_quote(assembler)}\n")
        return lines

    def linker_line(self) -> str:
        """The line of a link's action ID that tells of the linker. Raises GccgoError."""
        try:
            return f"link {self._tool_id('go')} {self.config.mode.ld_buildmode}\n"
        except CompilerError as err:
            raise GccgoError(str(err)) from err

    def machine_args(self) -> list[str]:
        """The flags that choose the target's architecture."""
        return arch_args(self.compilers.target)

    def supports(self, command: Sequence[str], flag: str) -> bool:
        """Whether a compiler takes a flag."""
        return self.compilers.supports(command, flag)

    def pic_flags(self) -> list[str]:
        """The flag for position independent code, where the build mode wants it."""
        return ["-fPIC"] if self.config.flags.buildmode in _PIC_MODES else []

    def compile_c(self, shell: Steps, package: Package, objdir: str, output: str, file: str) -> None:
        """Compile a C file of a package (or _cgo_defun.c, which cgo wrote). Raises GokilnError."""
        config = self.config
        defs = ["-D", "GOOS_" + config.target.goos, "-D", "GOARCH_" + config.target.goarch, *self.machine_args()]
        symbol = self.symbol_prefix(package)
        defs += ["-D", f'GOPKGPATH="{symbol}"'] if symbol else []
        cc = config.cc()
        defs += ["-fsplit-stack"] if self.supports(cc, "-fsplit-stack") else []
        defs += self.pic_flags()
        if self.supports(cc, "-ffile-prefix-map=a=b"):
            defs += [f"-ffile-prefix-map={config.cwd}=.", f"-ffile-prefix-map={self.shared.work_dir}=/tmp/go-build"]
        elif self.supports(cc, "-fdebug-prefix-map=a=b"):
            defs.append(f"-fdebug-prefix-map={self.shared.work_dir}=/tmp/go-build")
        defs += ["-gno-record-gcc-switches"] if self.supports(cc, "-gno-record-gcc-switches") else []
        include = os.path.join(config.toolchain.goroot, "pkg", "include")
        argv = [*cc, "-Wall", "-g", "-I", objdir, "-I", include, "-o", output, *defs]
        shell.run(package.dir, package.import_path, (), argv, "-c", make_absolute(package.dir, file))

    def go_words(
        self,
        shell: Shell,
        package: Package,
        objdir: str,
        files: Sequence[str],
        importcfg: bytes | None = None,
        embedcfg: bytes | None = None,
    ) -> list[str]:
        """The command line that compiles Go files to objdir + "_go_.o"; writes what it names. Raises GokilnError."""
        config = self.config
        gccgo = [self.compiler()]
        argv = [*gccgo, "-c", "-g", *self.machine_args(), f"-fdebug-prefix-map={self.shared.work_dir}=/tmp/go-build"]
        argv.append("-gno-record-gcc-switches")
        path = words.package_path(package)
        argv += [f"-fgo-pkgpath={path}"] if path else []
        argv += [f"-fgo-relative-import-path={package.local_prefix}"] if package.local_prefix else []
        argv += ["-o", objdir + "_go_.o", *config.mode.forced_gccgoflags]
        if importcfg is not None:
            argv += self._import_words(shell, gccgo, objdir, importcfg)
        if embedcfg is not None and self.supports(gccgo, "-fgo-embedcfg=/dev/null"):
            shell.write_file(objdir + "embedcfg", embedcfg)
            argv.append(f"-fgo-embedcfg={objdir}embedcfg")
        paths = [make_absolute(package.dir, name) for name in files]
        return [*argv, *self._prefix_maps(gccgo, paths), *package.gccgoflags, *map(config.disk.actual, paths)]

    def _import_words(self, shell: Shell, gccgo: list[str], objdir: str, importcfg: bytes) -> list[str]:
        """Where imports are found: a configuration, or for a gccgo that cannot read one a directory of links."""
        if self.supports(gccgo, "-fgo-importcfg=/dev/null"):
            shell.write_file(objdir + "importcfg", importcfg)
            return [f"-fgo-importcfg={objdir}importcfg"]
        root = objdir + "_importcfgroot_"
        for old, new in words.import_links(importcfg, root):
            shell.mkdir(os.path.dirname(new))
            if old.startswith(root):
                shell.mkdir(os.path.dirname(old))
            shell.symlink(old, new)
        return ["-I", root]

    def _prefix_maps(self, gccgo: list[str], paths: list[str]) -> list[str]:
        """Flags that hide directories under -trimpath, and the files that -overlay puts elsewhere."""
        config = self.config
        if not self.supports(gccgo, "-ffile-prefix-map=a=b"):
            return []
        flags = []
        if config.flags.trimpath:
            flags += [f"-ffile-prefix-map={config.cwd}=.", f"-ffile-prefix-map={self.shared.work_dir}=/tmp/go-build"]
        for path in paths:
            if config.disk.replaced(path):
                shown = path
                if config.flags.trimpath and path.startswith(config.cwd + os.sep):
                    shown = "." + path[len(config.cwd) :]
                flags.append(f"-ffile-prefix-map={config.disk.actual(path)}={shown}")
        return flags

    def _ask(self, argv: Sequence[str]) -> bytes:
        """What a program says. Raises OSError when it cannot be started."""
        return self.shared.children.run(argv, cwd=self.config.cwd, env=self.shared.env()).output

    def is_gnu_as(self) -> bool:
        """Whether the assembler that gccgo starts is the GNU one."""
        try:
            name = os.fsdecode(self._ask([self.compiler(), "-print-prog-name=as"])).strip()
            return b"GNU" in self._ask([name, "--version"])
        except OSError:
            return False

    def symbol_prefix(self, package: Package) -> str:
        """A package's path as this gccgo writes it in symbols. Raises GccgoError."""
        if self._symbol is None:
            with _try_file(self._directory(), "gccgo_manglechck.go", words.MANGLE_CODE) as source:
                gccgo = self.compiler()
                scheme = words.symbol_scheme(self._ask([gccgo, "-S", "-o", "-", source]))
            if scheme is None:
                raise GccgoError(f"cmd/go: {gccgo}: unrecognized mangling scheme")
            self._symbol = scheme
        return self._symbol(words.package_path(package))

    def cgo_flags(self, shell: Steps, package: Package) -> list[str]:
        """What the cgo tool is told of gccgo."""
        flags = ["-gccgo"]
        path = words.package_path(package)
        flags += [f"-gccgopkgpath={path}"] if path else []
        if not self._knows_incomplete(shell):
            flags.append("-gccgo_define_cgoincomplete")
        return flags

    def _knows_incomplete(self, shell: Steps) -> bool:
        """Whether gccgo has cgo.Incomplete (GCC 13 and newer); found out by compiling, under -n too."""
        if self._incomplete is None:
            with _try_file(self._directory(), "gccgo_cgoincomplete.go", words.INCOMPLETE_CODE) as source:
                directory, output = os.path.dirname(source), source.removesuffix(".go") + ".o"
                argv = [self.compiler(), "-c", "-o", output, source]
                show = self.shared.show
                if show:
                    shell.show_cmd(directory, join_unambiguously(argv) + " || true")
                done = self.shared.children.run(argv, cwd=directory, env=self.shared.env())
                self._incomplete = done.status == 0
                if show:
                    shell.report_cmd(hide_work_dir(" ".join(argv), self.shared.work_dir), directory, done.output, None)
        return self._incomplete

    def supports_split_stack(self) -> bool:
        """Whether C code can be compiled for gccgo's stacks."""
        return self.supports([self.compiler()], "-fsplit-stack")

    def _directory(self) -> str:
        """Where files to try something with go: the work directory, or under -n, which has none, the system's."""
        if not self.config.flags.n:
            return self.shared.work_dir
        from tempfile import gettempdir

        return gettempdir()


class _try_file:
    """A file of a random name, for as long as a `with` lasts."""

    def __init__(self, directory: str, name: str, data: bytes) -> None:
        self.path = os.path.join(directory, f"{int.from_bytes(os.urandom(4), 'big')}_{name}")
        self._data = data

    def __enter__(self) -> str:
        with open(self.path, "xb") as file:
            file.write(self._data)
        return self.path

    def __exit__(self, *_: object) -> None:
        os.remove(self.path)


def swig_flags(package: Package) -> list[str]:
    """What SWIG is told of gccgo."""
    path = words.package_path(package)
    return ["-gccgo", *(["-go-pkgpath", path] if path else [])]

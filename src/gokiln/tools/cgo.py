"""Packages that import "C": running cgo, compiling the C side, and finding out what it links against.

Four steps, each a function, in the order of a build: `run_cgo` turns Go files that import "C" into Go and C files;
`compile_file` makes an object file of one C, C++, assembly, Objective-C or Fortran file; `finish` tries a link of all
objects to learn which shared libraries and symbols they want (`dynimport`), which becomes one more Go file, and checks
that no linker flag got in by the back door. Between the steps a CgoRun carries the flags.

A package's flags have passed the toolchain's allow-lists (security.py) before any tool sees them.

Source: cmd/go/internal/work/exec.go (runCgo, ccompile, processCgoOutputs, dynimport), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote
from gokiln.base.shellwords import join_unambiguously
from gokiln.errors import GokilnError
from gokiln.tools.pkgconfig import split_arguments, split_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gokiln.packages.package import Package
    from gokiln.tools.cc import Compilers
    from gokiln.tools.security import FlagChecker
    from gokiln.tools.steps import Steps
    from gokiln.tools.swig import Swig

_CC_ENV = ("TERM=dumb",)  # escape codes in clang's messages would confuse cgo
_LDFLAG = b"//go:cgo_ldflag"
_NO_SYSCALL = ("runtime/race", "runtime/msan", "runtime/cgo", "runtime/asan")
_DWARF2_WARNING = b"DWARF2 only supports one section per compilation unit"
_LANGUAGES = {"c": "CC", "asm": "CC", "c++": "CXX", "fortran": "FC"}


class CgoError(GokilnError):
    """A package that cgo cannot build."""

    prefix = ""


class GccgoSide:
    """What is other for gccgo. split_stack: whether C code is to be compiled for its stacks. flags: for the cgo tool.

    defun: compiles objdir + "_cgo_defun.c" (written by cgo) to "_cgo_defun.o".
    """

    __slots__ = ("defun", "flags", "split_stack")

    def __init__(
        self,
        split_stack: Callable[[], bool],
        flags: Callable[[Steps, Package], list[str]],
        defun: Callable[[Steps, Package, str], None],
    ) -> None:
        self.split_stack = split_stack
        self.flags = flags
        self.defun = defun


class CgoSettings:
    """What a build says about cgo, once for all packages.

    tool: the cgo tool. toolexec: words before it. changed_env: "GOOS=..." settings that differ from the process's.
    show: print also what may fail (-n, -x). only_show: -n. actual: the file that stands for a path under -overlay.
    gccgo: what is other under -compiler=gccgo, else None.
    trimpath: -trimpath. vendor_dir: where modules without a directory lie. cwd: the user's.
    """

    __slots__ = (
        "actual", "asan", "buildmode", "changed_env", "cwd", "gccgo", "goarch", "goos", "msan", "only_show", "release",
        "show", "tool", "toolexec", "trimpath", "vendor_dir",
    )  # fmt: skip

    def __init__(self, tool: str, goos: str, goarch: str, release: tuple[int, int], cwd: str) -> None:
        self.tool = tool
        self.goos = goos
        self.goarch = goarch
        self.release = release
        self.cwd = cwd
        self.toolexec: list[str] = []
        self.changed_env: list[str] = []
        self.buildmode = "default"
        self.msan = False
        self.asan = False
        self.show = False
        self.only_show = False
        self.trimpath = False
        self.vendor_dir = ""
        self.actual: Callable[[str], str] = str
        self.gccgo: GccgoSide | None = None


class CgoRun:
    """What running cgo left for the steps after it."""

    __slots__ = ("cflags", "cxxflags", "fflags", "go_files", "ldflags", "overlaid", "prefer_external")

    def __init__(self) -> None:
        self.cflags: list[str] = []
        self.cxxflags: list[str] = []
        self.fflags: list[str] = []
        self.ldflags: list[str] = []
        self.prefer_external = False
        self.go_files: list[str] = []  # absolute, for the compiler
        self.overlaid: dict[str, str] = {}  # non-Go source file -> the copy that stands for it under -overlay

    def flags_for(self, lang: str) -> list[str]:
        """The compiler flags of a language ("c", "asm", "c++", "fortran")."""
        return {"c++": self.cxxflags, "fortran": self.fflags}.get(lang, self.cflags)


class Cgo:
    """The steps, for the packages of one build."""

    def __init__(self, settings: CgoSettings, compilers: Compilers, checker: FlagChecker) -> None:
        self.settings = settings
        self.compilers = compilers
        self.checker = checker

    # --- cgo itself ---

    def run_cgo(
        self, steps: Steps, package: Package, objdir: str, cgo_files: Sequence[str], swig: Swig | None = None,
        overlaid: dict[str, str] | None = None,
    ) -> CgoRun:  # fmt: skip
        """Run SWIG, if the package uses it, and the cgo tool. cgo_files: the package's, or their covered copies.

        Raises InvalidFlagError, PkgConfigError, SwigError, or what Steps raises when a tool fails.
        """
        settings = self.settings
        steps.mkdir(objdir)
        pc_cflags, pc_ldflags = self.pkg_config_flags(steps, package)
        swig_go = swig.run(steps, package, objdir, pc_cflags) if swig is not None and package.uses_swig() else []
        cpp = self.compilers.build_flags("CPPFLAGS", package.cgo_cppflags)
        c = self.compilers.build_flags("CFLAGS", package.cgo_cflags)
        cxx = self.compilers.build_flags("CXXFLAGS", package.cgo_cxxflags)
        fortran = self.compilers.build_flags("FFLAGS", package.cgo_fflags)
        ld = self.compilers.build_flags("LDFLAGS", package.cgo_ldflags)
        cpp += pc_cflags
        ld += pc_ldflags + self._runtime_libraries(package)
        run = CgoRun()
        run.overlaid = overlaid or {}
        run.prefer_external = not self._internal_link_ok((c, cxx, fortran), ld)
        for wanted, sanitizer in ((settings.msan, "memory"), (settings.asan, "address")):
            if wanted:
                c.insert(0, "-fsanitize=" + sanitizer)
                ld.insert(0, "-fsanitize=" + sanitizer)
        if settings.gccgo is not None and settings.gccgo.split_stack():
            c.append("-fsplit-stack")
        cpp += ["-I", objdir]
        run.cflags, run.cxxflags, run.fflags, run.ldflags = cpp + c, cpp + cxx, cpp + fortran, ld
        # Under -n a generated file begins with $WORK, and cmd/go takes it for a relative one here.
        sources = [n if os.path.isabs(n) else os.path.join(package.dir, n) for n in [*cgo_files, *swig_go]]
        run.go_files = [objdir + "_cgo_gotypes.go"]
        run.go_files += [objdir + os.path.basename(n).removesuffix(".go") + ".cgo1.go" for n in sources]
        self._call(steps, package, objdir, run, cpp + c, sources)
        return run

    def _call(
        self, steps: Steps, package: Package, objdir: str, run: CgoRun, flags: list[str], sources: list[str]
    ) -> None:
        settings = self.settings
        options = self._options(steps, package, objdir)
        trim = []
        for i, path in enumerate(sources):
            actual = settings.actual(path)
            if actual != path:
                sources[i] = actual
                trim.append(f"{actual}=>{path}")
        if trim:
            options += ["-trimpath", ";".join(trim)]
        env = [*_CC_ENV, *settings.changed_env]
        if run.ldflags:
            options.append("-ldflags=" + " ".join(map(go_quote, run.ldflags)))
            env.append("CGO_LDFLAGS=")  # they are in the argument, which may go through a response file
        steps.run(
            package.dir, package.import_path, env, settings.toolexec, settings.tool, "-objdir", objdir,
            "-importpath", package.import_path, options, "--", flags, sources,
        )  # fmt: skip

    def _options(self, steps: Steps, package: Package, objdir: str) -> list[str]:
        options = []
        if package.standard and package.import_path == "runtime/cgo":
            options.append("-import_runtime_cgo=false")
        if package.standard and package.import_path in _NO_SYSCALL:
            options.append("-import_syscall=false")
        if self.settings.gccgo is not None:
            options += self.settings.gccgo.flags(steps, package)
        if self.settings.buildmode in ("c-archive", "c-shared"):
            options.append(f"-exportheader={objdir}_cgo_install.h")
        return options

    def _runtime_libraries(self, package: Package) -> list[str]:
        libraries = ["-lobjc"] if package.m_files else []
        if package.f_files and "gfortran" in " ".join(self.compilers.compiler("FC")):
            libraries.append("-lgfortran")
        return libraries

    def _internal_link_ok(self, compiler_flags: Iterable[Sequence[str]], linker_flags: Sequence[str]) -> bool:
        release = self.settings.release
        good = all(self.checker.internal_link_ok(flags, False, release) for flags in compiler_flags)
        return good and self.checker.internal_link_ok(linker_flags, True, release)

    def pkg_config_flags(self, steps: Steps, package: Package) -> tuple[list[str], list[str]]:
        """(compiler flags, linker flags) that pkg-config gives for the package's `#cgo pkg-config` lines."""
        if not package.cgo_pkg_config:
            return [], []
        flags, names = split_arguments(package.cgo_pkg_config)
        self.checker.pkg_config("", "pkg-config", flags)
        cflags = self._ask_pkg_config(steps, package, "--cflags", flags, names)
        self.checker.compiler("CFLAGS", "pkg-config --cflags", cflags)
        ldflags = self._ask_pkg_config(steps, package, "--libs", flags, names)
        self.checker.linker("LDFLAGS", "pkg-config --libs", ldflags)
        return cflags, ldflags

    def _ask_pkg_config(
        self, steps: Steps, package: Package, what: str, flags: list[str], names: list[str]
    ) -> list[str]:
        command = self.compilers.program("PKG_CONFIG", "pkg-config")[0]
        output, problem = steps.run_out(package.dir, (), command, what, flags, "--", names)
        if problem is not None:
            desc = f"{command} {what} {' '.join(flags)} -- {' '.join(names)}"
            steps.report_cmd(desc, "", output, problem)
        return split_output(output.decode("utf-8", "surrogateescape").strip())

    # --- C compilers ---

    def compile_file(
        self, steps: Steps, package: Package, run: CgoRun, lang: str, file: str, target: str, seed: str, work_dir: str
    ) -> None:
        """Compile one file to the object file `target`.

        file: absolute or in the package's directory. seed: short form of this step's action ID. work_dir: the step's
        directory, which debug data shows as /tmp/go-build. Raises what Steps raises, CgoError for Go assembly here.
        """
        if lang == "asm":
            self._refuse_go_assembly(package, file)
        compiler = self.compilers.command(_LANGUAGES[lang], package.dir, work_dir)
        self._compile(steps, package, run, compiler, run.flags_for(lang), file, target, seed)

    def _compile(
        self, steps: Steps, package: Package, run: CgoRun, compiler: list[str], flags: Sequence[str], file: str,
        target: str, seed: str,
    ) -> None:  # fmt: skip
        path = _absolute(package.dir, file)
        words = [*flags, *self._prefix_map(package, compiler)]
        if self.compilers.supports(compiler, "-frandom-seed=1"):
            words.append("-frandom-seed=" + seed)
        source = run.overlaid.get(path, path)
        out = _absolute(package.dir, target)
        output, problem = steps.run_out(
            os.path.dirname(source), _CC_ENV, compiler, words, "-o", out, "-c", os.path.basename(source)
        )
        if _DWARF2_WARNING in output:
            without = [f for f in flags if not f.startswith("-g")]
            if len(without) < len(flags):
                return self._compile(steps, package, run, compiler, without, file, target, seed)
        steps.report_cmd("", "", output, problem)

    def _prefix_map(self, package: Package, compiler: list[str]) -> list[str]:
        """The flag that hides source directories under -trimpath and of GOROOT packages."""
        if not self.compilers.supports(compiler, "-fdebug-prefix-map=a=b"):
            return []
        if not (self.settings.trimpath or package.goroot):
            return []
        whole = self.compilers.supports(compiler, "-ffile-prefix-map=a=b")
        flag = "-ffile-prefix-map" if whole else "-fdebug-prefix-map"
        module = package.module
        if module is None:
            if not package.root:
                source, name = package.dir, package.import_path
            else:
                source, name = package.root, "GOROOT" if package.goroot else "GOPATH"
        elif not module.dir:
            source, name = self.settings.vendor_dir, "vendor"
        else:
            source = module.dir
            name = f"{module.path}@{module.version}" if module.version else module.path
        if self.settings.goos == "windows":
            target = "\\\\_\\_\\" + name.replace("/", "\\")
        else:
            target = "/_/" + name
        return [f"{flag}={source}={target}"]

    def _refuse_go_assembly(self, package: Package, file: str) -> None:
        try:
            with open(self.settings.actual(_absolute(package.dir, file)), "rb") as source:
                data = source.read()
        except OSError:
            return  # the compiler will say so
        if any(data.startswith(word) or b"\n" + word in data for word in (b"TEXT", b"DATA", b"GLOBL")):
            raise CgoError(f"package using cgo has Go assembly file {file}")

    # --- what it links against ---

    def finish(
        self, steps: Steps, package: Package, run: CgoRun, objdir: str, objects: Sequence[str], sysos: Sequence[str],
        seed: str,
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """(Go files for the compiler, object files for the archive), absolute.

        objects: of compile_file, in order. sysos: the .syso files of the package and of all it imports, directly or
        not, sorted, each once. seed: short form of the build's action ID.
        """
        out_go = list(run.go_files)
        out_objects = []
        if run.prefer_external:
            steps.write_file(objdir + "preferlinkext", b"")
            out_objects.append(objdir + "preferlinkext")
        out_objects += objects
        if self.settings.gccgo is not None:
            self.settings.gccgo.defun(steps, package, objdir)
            return out_go, [*out_objects, objdir + "_cgo_defun.o"]
        go_file, marker = self._dynimport(steps, package, run, objdir, out_objects, sysos, seed)
        out_go += go_file
        out_objects += marker
        if not self.settings.only_show:
            self._check_smuggled(out_go, run.ldflags)
        return out_go, out_objects

    def _dynimport(
        self, steps: Steps, package: Package, run: CgoRun, objdir: str, objects: Sequence[str], sysos: Sequence[str],
        seed: str,
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        settings = self.settings
        main = objdir + "_cgo_main.o"
        compiler = self.compilers.command("CC", package.dir, objdir)
        self._compile(steps, package, run, compiler, run.cflags, objdir + "_cgo_main.c", main, seed)
        trial = objdir + "_cgo_.o"
        if not self._trial_link(steps, package, objdir, trial, [main, *objects, *sysos], self._trial_flags(run)):
            # Only internal linking needs to know; the linker takes this name as "link externally".
            fail = objdir + "dynimportfail"
            steps.write_file(fail, b"")
            return [], [fail]
        options = ["-dynlinker"] if package.standard and package.import_path == "runtime/cgo" else []
        import_go = objdir + "_cgo_import.go"
        steps.run(
            settings.cwd, package.import_path, _CC_ENV, settings.toolexec, settings.tool, "-dynpackage", package.name,
            "-dynimport", trial, "-dynout", import_go, options,
        )  # fmt: skip
        return [import_go], []

    def _trial_flags(self, run: CgoRun) -> list[str]:
        flags = list(run.ldflags)
        if (self.settings.goarch == "arm" and self.settings.goos == "linux") or self.settings.goos == "android":
            if "-no-pie" not in flags:
                flags.append("-pie")
            if "-pie" in flags:
                flags = [f for f in flags if f != "-static"]
        return flags

    def _trial_link(
        self, steps: Steps, package: Package, objdir: str, out: str, objects: list[str], flags: list[str]
    ) -> bool:
        """Whether a program can be linked from the objects; that it cannot is no error."""
        lang = "CXX" if package.cxx_files or package.swig_cxx_files else "CC"
        words = [*self.compilers.command(lang, package.dir, objdir), "-o", out, *objects, *flags]
        _, problem = steps.run_out(self.settings.cwd, _CC_ENV, words)
        if self.settings.show:
            saw = "succeeded" if problem is None else "failed"
            steps.show_cmd("", f"{join_unambiguously(words)} # test for internal linking errors ({saw})")
        return problem is None

    def _check_smuggled(self, go_files: Iterable[str], expected: list[str]) -> None:
        """Refuse linker flags in generated files that neither the user nor a checked #cgo line asked for."""
        flags: list[str] = []
        for path in go_files:
            if os.path.basename(path).startswith("_cgo_"):
                with open(path, "rb") as file:
                    flags += ldflag_comments(file.read())
        count = len(expected)
        for i in range(len(flags) - count + 1):
            if count and flags[i : i + count] == expected:
                del flags[i : i + count]
                break
        self.checker.linker("LDFLAGS", "go:cgo_ldflag", flags)


def ldflag_comments(data: bytes) -> list[str]:
    """The flags of the `//go:cgo_ldflag` comments in a Go file, unquoted as the compiler does it."""
    flags = []
    for line in data.split(b"\n"):
        at = line.find(b"//")
        if at >= 0 and line.startswith(_LDFLAG, at):
            text = line[at + len(_LDFLAG) :].decode("utf-8", "surrogateescape")
            flags.append(text.strip().strip('"'))
    return flags


def _absolute(directory: str, name: str) -> str:
    return name if os.path.isabs(name) or name.startswith("$WORK") else os.path.join(directory, name)

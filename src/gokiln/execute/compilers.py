"""The C compilers of a build, as far as a build with nothing to do needs them: who they are.

Asking a compiler who it is costs a process, so the answer of a released compiler is remembered by the stat signature
of its program (index/toolids.py), unless that is a script or a cache in front of the real compiler.
Source: the cgo part of buildActionID in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote, quote_list
from gokiln.errors import GokilnError
from gokiln.tools.cc import CcTarget, CompilerError, Compilers
from gokiln.tools.security import AllowLists, FlagChecker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.cache.store import Store
    from gokiln.config.config import Config
    from gokiln.execute.shell import Shared
    from gokiln.index.toolids import ToolIdMemo
    from gokiln.packages.package import Package

# Programs that stand in front of a compiler, under its name: their own file says nothing of the compiler behind.
_FRONTS = ("ccache", "sccache", "distcc", "icecc", "buildcache", "gomacc", "rewrapper")
_PROGRAM_MAGIC = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ")


class _CcRunner:
    """Starts compilers for tools/cc.py."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def probe(self, argv: Sequence[str], env: dict[str, str]) -> tuple[bytes, int]:
        """Run in the work directory; output and exit status. Raises OSError."""
        shared = self._shared
        directory = shared.work_dir if os.path.isdir(shared.work_dir) else shared.cwd
        done = shared.children.run(argv, cwd=directory, env={**shared.env(), **env, "PWD": directory})
        return done.output, done.status

    def show(self, argv: Sequence[str]) -> None:
        """Print a step that may fail."""
        from gokiln.execute.report import join_unambiguously
        from gokiln.execute.shell import Shell

        Shell(self._shared).show_cmd(self._shared.work_dir, join_unambiguously(argv) + " || true")


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


class RememberingCompilers(Compilers):
    """The compilers of a build; they ask only a compiler that has changed since the last time.

    checker: of the flags that packages give them. memo: what they said of themselves in earlier builds. content_id: the
    build ID of a file, or its content's hash.
    """

    def __init__(
        self,
        config: Config,
        shared: Shared,
        store: Store,
        salt: str,
        memo: ToolIdMemo | None,
        content_id: Callable[[str], str],
    ) -> None:
        rules = os.path.join(config.toolchain.goroot, "src", "cmd", "go", "internal", "work", "security.go")
        self.checker = LazyChecker(rules, config.env.get)
        target, flags, env = config.target, config.flags, config.env
        mips = target.arch_variable[1] if target.goarch.startswith("mips") else ""
        super().__init__(
            CcTarget(target.goos, target.goarch, target.cgo_enabled, mips, (1, config.toolchain.release.minor)),
            env.get,
            {"CC": env.default_cc(), "CXX": env.default_cxx(), "FC": "gfortran"},
            self.checker,
            store,
            salt,
            _CcRunner(shared),
            environ=env.environ,
            toolexec=flags.toolexec,
            build_n=flags.n,
            build_x=flags.x,
            content_id=content_id,
        )
        self._memo = memo if not flags.toolexec else None
        self._path_environ = env.environ

    def tool_id(self, name: str, language: str) -> tuple[str, str]:
        """As Compilers'. Raises CompilerError."""
        memo = self._memo
        program = _plain_program(name, self._path_environ) if memo is not None else ""
        if memo is None or not program:
            return super().tool_id(name, language)
        line = memo.get(program, "-x " + language)
        if line is not None:
            return line, ""
        line, exe = super().tool_id(name, language)
        if not exe:  # a release says who it is by its version alone
            memo.put(program, "-x " + language, line)
        return line, exe


def _plain_program(name: str, environ: dict[str, str]) -> str:
    """The file of a compiler that is itself a program; "" for scripts, fronts and what is not found."""
    from gokiln.base.lookpath import LookPathError, look_path

    try:
        path = os.path.realpath(look_path(name, environ))
        with open(path, "rb") as file:
            magic = file.read(4)
    except (OSError, LookPathError):
        return ""
    front = any(word in os.path.basename(path) for word in _FRONTS)
    return path if magic.startswith(_PROGRAM_MAGIC) and not front else ""


def compiler_lines(compilers: Compilers, package: Package) -> list[str]:
    """The lines of a package's action ID that tell of its C, C++ and Fortran compilers and their flags."""
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

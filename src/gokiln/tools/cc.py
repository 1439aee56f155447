"""The C, C++ and Fortran compilers: how to call them, who they are, which flags they know.

cmd/go knows three things of a C compiler. Its *tool ID*, the version line of `cc -###`, goes into the action ID of
every cgo package. Its *compiler ID*, a cache key made from that line and the stat of the executables, names what was
learnt of it. And whether it *supports a flag*, learnt by trying once on an empty file and kept in the build cache under
the compiler ID. Both commands share these entries, so keys and values are cmd/go's to the byte.

Source: cmd/go/internal/work/exec.go (compilerCmd, gccSupportsFlag, gccCompilerID, gccArchArgs), buildid.go (gccToolID),
go1.26; differences of 1.27 are marked.
"""

from __future__ import annotations

import os
import threading

from gokiln.base.lookpath import LookPathError, look_path
from gokiln.base.quote import go_quote, quote_list
from gokiln.base.quoted import split
from gokiln.cache.inputhash import InputHash, subkey
from gokiln.errors import GokilnError
from gokiln.golang.gotime import stat_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Protocol

    from gokiln.cache.store import Store
    from gokiln.tools.security import FlagChecker

    class CcRunner(Protocol):
        """How this room starts a compiler and shows what it does."""

        def probe(self, argv: Sequence[str], env: dict[str, str]) -> tuple[bytes, int]:
            """Run in the work directory with `env` added and no input; combined output and exit status.

            Raises OSError when it cannot be started.
            """

        def show(self, argv: Sequence[str]) -> None:
            """Print `argv || true` as a step of -x or -n, run from the work directory."""


DEFAULT_CFLAGS = "-O2 -g"


class CompilerError(GokilnError):
    """A compiler that cannot be asked who it is."""


class BadVariableError(GokilnError):
    """A variable of the environment that is not a list of words."""

    exit_status = 2

    def __init__(self, variable: str, value: str, problem: str) -> None:
        super().__init__(f"could not parse environment variable {variable} with value {go_quote(value)}: {problem}")


class CcTarget:
    """What the compilers are called for. go_mips: the value of GOMIPS or GOMIPS64; release: (1, minor)."""

    __slots__ = ("cgo_enabled", "go_mips", "goarch", "goos", "release")

    def __init__(self, goos: str, goarch: str, cgo_enabled: bool, go_mips: str, release: tuple[int, int]) -> None:
        self.goos = goos
        self.goarch = goarch
        self.cgo_enabled = cgo_enabled
        self.go_mips = go_mips
        self.release = release


def arch_args(target: CcTarget) -> list[str]:
    """Arguments that select the architecture (gccArchArgs)."""
    arch, goos = target.goarch, target.goos
    soft_hard = {"hardfloat": ["-mhard-float"], "softfloat": ["-msoft-float"]}.get(target.go_mips, [])
    if arch in ("mips64", "mips64le"):
        return ["-mabi=64", *soft_hard]
    if arch in ("mips", "mipsle"):
        extra = ["-mfp32", "-mno-odd-spreg"] if target.go_mips == "hardfloat" else []
        return ["-mabi=32", "-march=mips32", *soft_hard, *extra]
    if arch == "loong64":
        return ["-mabi=lp64d", "-mno-relax"] if target.release >= (1, 27) else ["-mabi=lp64d"]
    if goos == "darwin" and arch in ("amd64", "arm64"):
        return ["-arch", "x86_64", "-m64"] if arch == "amd64" else ["-arch", "arm64"]
    if arch == "ppc64" and goos == "aix":
        return ["-maix64"]
    return {"386": ["-m32"], "amd64": ["-m64"], "arm": ["-marm"], "s390x": ["-m64", "-march=z13"]}.get(arch, [])


def version_line(output: str) -> str:
    """The line of `cc -###` that names the version, or "" (a word "version" followed by a number)."""
    for line in output.split("\n"):
        fields = line.split()
        for i, field in enumerate(fields):
            if field.endswith(":"):
                break
            if field == "version" and i + 1 < len(fields) and fields[i + 1][0] in "0123456789":
                return line
    return ""


def compiler_proper(output: str) -> str:
    """The executable that a development driver would call, as `cc -###` names it, or ""."""
    for line in output.split("\n"):
        if line.startswith(" ") and not line.startswith(" (in-process)"):
            try:
                fields = split(line)
            except ValueError:
                return ""
            return fields[0] if fields else ""
    return ""


_REFUSALS = (b"unrecognized", b"unknown", b"unrecognised", b"is not supported", b"not recognized", b"unsupported")


class Compilers:
    """Everything a build has to know of its C compilers. Thread-safe; learns each thing once.

    getenv: value of an environment variable or go env setting. defaults: command by variable ("CC" -> "gcc").
    environ: has the PATH to look compilers up in. toolexec: words put before a tool when it is asked who it is.
    """

    def __init__(
        self, target: CcTarget, getenv: Callable[[str], str], defaults: dict[str, str], checker: FlagChecker,
        cache: Store | None, salt: str, runner: CcRunner, *, environ: Mapping[str, str], toolexec: Sequence[str] = (),
        build_n: bool = False, build_x: bool = False, content_id: Callable[[str], str] | None = None,
    ) -> None:  # fmt: skip
        self.target = target
        self._getenv = getenv
        self._defaults = defaults
        self._checker = checker
        self._cache = cache
        self._salt = salt
        self._runner = runner
        self._environ = environ
        self._toolexec = list(toolexec)
        self._build_n = build_n
        self._build_x = build_x
        self._content_id = content_id
        self._lock = threading.RLock()
        self._tool_ids: dict[tuple[str, str], tuple[str, str]] = {}
        self._compiler_ids: dict[str, bytes] = {}
        self._flags: dict[tuple[str, str], bool] = {}

    # Commands.

    def words(self, variable: str, default: str = "") -> list[str]:
        """The words of a variable such as CC or CGO_CFLAGS, quoted as Go quotes them.

        Raises BadVariableError for an open quote, where go panics with these words.
        """
        value = self._getenv(variable) or default
        try:
            return split(value)
        except ValueError as err:
            raise BadVariableError(variable, value, str(err)) from None

    def program(self, variable: str, default: str) -> list[str]:
        """The words of a variable that names a program: at least one. Raises BadVariableError."""
        words = self.words(variable, default)
        if not words:
            raise BadVariableError(variable, self._getenv(variable) or default, "no words")
        return words

    def compiler(self, variable: str) -> list[str]:
        """CC, CXX or FC without the flags that a build adds."""
        return self.program(variable, self._defaults.get(variable, ""))

    def command(self, variable: str, include_dir: str, work_dir: str) -> list[str]:
        """The start of a compiler's command line (compilerCmd). work_dir is mapped to /tmp/go-build in debug data."""
        compiler = self.compiler(variable)
        argv = [*compiler, "-I", include_dir]
        goos = self.target.goos
        if goos != "windows":
            argv.append("-fPIC")
        argv += arch_args(self.target)
        if self.target.cgo_enabled:
            old_windows = goos == "windows" and self.target.release < (1, 27)
            argv.append("-mthreads" if old_windows else "-pthread")
        if goos == "aix":
            argv.append("-mcmodel=large")
        for flag in ("-fno-caret-diagnostics", "-Qunused-arguments", "-Wl,--no-gc-sections"):
            if self.supports(compiler, flag):
                argv.append(flag)
        argv.append("-fmessage-length=0")
        if self.supports(compiler, "-fdebug-prefix-map=a=b"):
            kind = "-ffile-prefix-map" if self.supports(compiler, "-ffile-prefix-map=a=b") else "-fdebug-prefix-map"
            argv.append(f"{kind}={work_dir.rstrip(os.sep)}=/tmp/go-build")
        if self.supports(compiler, "-gno-record-gcc-switches"):
            argv.append("-gno-record-gcc-switches")
        if goos in ("darwin", "ios"):
            argv.append("-fno-common")
        return argv

    def no_pie(self, linker: Sequence[str]) -> str:
        """How this linker driver is told not to make a position-independent executable, or ""."""
        for flag in ("-no-pie", "-nopie"):
            if self.supports(linker, flag):
                return flag
        return ""

    def build_flags(self, name: str, from_package: Sequence[str]) -> list[str]:
        """CGO_<name> of the user, then the package's flags, which are checked (buildFlags).

        Raises InvalidFlagError for a flag of the package that is not allowed.
        """
        check = self._checker.linker if name == "LDFLAGS" else self._checker.compiler
        check(name, "#cgo " + name, from_package)
        return [*self.words("CGO_" + name, "" if name == "CPPFLAGS" else DEFAULT_CFLAGS), *from_package]

    # Identity.

    def tool_id(self, name: str, language: str) -> tuple[str, str]:
        """(ID, executable) of the compiler behind driver `name`; the executable is "" for a release (gccToolID).

        The ID is the version line with its trailing blank. Raises CompilerError when the driver does not answer.
        """
        with self._lock:
            known = self._tool_ids.get((name, language))
            if known is None:
                known = self._tool_ids[name, language] = self._ask_tool_id(name, language)
            return known

    def _ask_tool_id(self, name: str, language: str) -> tuple[str, str]:
        argv = [*self._toolexec, name, "-###", "-x", language, "-c", "-"]
        try:
            out, status = self._runner.probe(argv, {"LC_ALL": "C"})
        except OSError as err:
            raise CompilerError(
                f'{name}: exec: {go_quote(name)}: executable file not found in $PATH; output: ""'
            ) from err
        text = out.decode("utf-8", "surrogateescape")
        if status:
            raise CompilerError(f"{name}: exit status {status}; output: {go_quote(text)}")
        version = version_line(text)
        if not version:
            raise CompilerError(f"{name}: can not find version number in {go_quote(text)}")
        if "experimental" not in version:
            return version, ""
        exe = compiler_proper(text)
        if not exe:
            raise CompilerError(f"{name}: can not find compilation command in {go_quote(text)}")
        if "/" not in exe and "\\" not in exe:
            exe = self._find(exe) or exe
        return (self._content_id(exe) if self._content_id is not None else ""), exe

    def _find(self, name: str) -> str:
        try:
            return look_path(name, self._environ)
        except LookPathError:
            return ""

    def compiler_id(self, compiler: str) -> bytes | None:
        """The cache key (32 bytes) under which knowledge of `compiler` is kept; None when it has none."""
        with self._lock:
            known = self._compiler_ids.get(compiler)
            if known is not None:
                return known
            exe = self._find(compiler)
            if not exe or self._cache is None:
                return None
            found = self._recall(exe) or self._learn(compiler, exe)
            if found is not None:
                self._compiler_ids[compiler] = found
            return found

    def _hash(self, exe: str) -> InputHash:
        h = InputHash(self._salt, "gccCompilerID")
        h.add(f"gccCompilerID {go_quote(exe)}")
        return h

    def _recall(self, exe: str) -> bytes | None:
        """The ID in the cache, if every executable it was made from is still as it was."""
        assert self._cache is not None
        got = self._cache.get_bytes(self._hash(exe).digest())
        if got is None or len(got[0]) <= 32:
            return None
        data = got[0]
        parts = data[:-32].decode("utf-8", "surrogateescape").split("\0")
        if len(parts) % 2 == 0:
            return None
        for path, state in zip(parts[0:-1:2], parts[1::2]):
            if not state or _stat_text(path) != state:
                return None
        return data[-32:]

    def _learn(self, compiler: str, exe: str) -> bytes | None:
        assert self._cache is not None
        try:
            tool_id, inner = self.tool_id(compiler, "c")
        except CompilerError:
            return None
        names = [exe, inner] if inner != exe else [exe]
        h = self._hash(exe)
        key = h.digest()
        h.add(f"gccCompilerID {quote_list(names)} {go_quote(tool_id)}\n")
        compiler_id = h.digest()
        text = ""
        for name in names:
            if name:
                state = _stat_text(name)
                if not state:
                    return None
                text += f"{name}\0{state}\0"
        self._cache.put_bytes(key, text.encode("utf-8", "surrogateescape") + compiler_id)
        return compiler_id

    # Flags.

    def supports(self, compiler: Sequence[str], flag: str) -> bool:
        """Whether the compiler takes the flag (gccSupportsFlag). Under -n nothing is tried and the answer is no."""
        argv = self._trial(compiler, flag)
        if self._build_n:
            self._runner.show(argv)
            return False
        key = (compiler[0], flag)
        with self._lock:
            if key not in self._flags:
                self._flags[key] = self._try_flag(compiler[0], flag, argv)
            return self._flags[key]

    def _trial(self, compiler: Sequence[str], flag: str) -> list[str]:
        if flag.startswith("-Wl,"):
            rest = self.build_flags("LDFLAGS", [])
        else:
            rest = [*self.build_flags("CFLAGS", []), "-c"]
        return [*compiler, flag, *rest, "-x", "c", "-", "-o", os.devnull]

    def _try_flag(self, compiler: str, flag: str, argv: list[str]) -> bool:
        compiler_id = self.compiler_id(compiler)
        flag_id = subkey(compiler_id, "gccSupportsFlag " + flag) if compiler_id is not None else None
        if flag_id is not None and self._cache is not None:
            got = self._cache.get_bytes(flag_id)
            if got is not None:
                return got[0] == b"true"
        if self._build_x:
            self._runner.show(argv)
        try:
            out, _ = self._runner.probe(argv, {"LC_ALL": "C"})
        except OSError:
            out = b""
        supported = not any(word in out for word in _REFUSALS)
        if flag_id is not None and self._cache is not None:
            self._cache.put_bytes(flag_id, b"true" if supported else b"false")
        return supported


def _stat_text(path: str) -> str:
    try:
        return stat_line(os.stat(path))
    except OSError:
        return ""

"""SWIG: from an interface file to a Go file for cgo and a C or C++ file for its compiler.

`x.swig` becomes `_x_swig.go` and `x_wrap.c`, `x.swigcxx` the same with `x_wrap.cxx`; they lie in the action's
directory. The names are known before SWIG runs, because the plan has a step for each C file (`outputs`). SWIG must be
told how wide Go's int is, which is found out by compiling a constant that only fits into 64 bits.

Source: swig, swigOne, swigDoVersionCheck, swigDoIntSize in cmd/go/internal/work/exec.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os
import re
import threading

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.packages.package import Package
    from gokiln.tools.cc import Compilers
    from gokiln.tools.steps import Steps

_TOO_OLD = "must have SWIG version >= 3.0.6"
_OLDEST = (3, 0, 6)
_ERRORS_OVERLOOKED = 26  # the minor release that overlooks that SWIG failed on a .swigcxx file; cgo fails right after
_PREFIX_REFUSED_SINCE = 26  # minor release that takes no file whose name begins as those that cgo makes

# Compiles only where int has 64 bits.
INT_SIZE_CODE = b"\npackage main\nconst i int = 1 << 32\n"


class SwigError(GokilnError):
    """SWIG is missing or too old, or cannot take a file."""

    prefix = ""


def base_name(file: str) -> str:
    """The name of an interface file without its ending."""
    return file.rpartition(".")[0]


def outputs(package: Package, objdir: str) -> tuple[list[str], list[str], list[str]]:
    """The Go, C and C++ files that SWIG will write, absolute."""
    bases = [*map(base_name, package.swig_files), *map(base_name, package.swig_cxx_files)]
    go_files = [f"{objdir}_{base}_swig.go" for base in bases]
    plain = len(package.swig_files)
    return (
        go_files,
        [f"{objdir}{base}_wrap.c" for base in bases[:plain]],
        [f"{objdir}{base}_wrap.cxx" for base in bases[plain:]],
    )


def is_too_old(output: bytes) -> bool:
    """Whether `swig -version` names a version before 3.0.6; what cannot be read is hoped to be new enough."""
    found = re.search(rb"[vV]ersion +([0-9]+)([.][0-9]+)?([.][0-9]+)?", output)
    if found is None:
        return False
    major, minor, patch = (int(part.lstrip(b".")) if part else -1 for part in found.groups())
    if major != _OLDEST[0]:
        return major < _OLDEST[0]
    return minor <= 0 and 0 <= patch < _OLDEST[2]


class Swig:
    """SWIG for all packages of a build.

    int_size: object directory -> "32" or "64", how wide an int of the target is; asked once. background: the steps of
    the build as a whole. minor: 26 for go1.26. gccgo_flags: what SWIG is told of a package under -compiler=gccgo.
    """

    def __init__(
        self,
        compilers: Compilers,
        background: Steps,
        int_size: Callable[[str], str],
        *,
        minor: int,
        only_show: bool = False,
        show: bool = False,
        gccgo_flags: Callable[[Package], list[str]] | None = None,
    ) -> None:
        self._compilers = compilers
        self._background = background
        self._int_size = int_size
        self._minor = minor
        self._only_show = only_show
        self._show = show
        self._gccgo_flags = gccgo_flags
        self._lock = threading.Lock()
        self._checked = False
        self._problem: GokilnError | None = None
        self._bits = ""

    def run(self, steps: Steps, package: Package, objdir: str, pc_cflags: Sequence[str]) -> list[str]:
        """Run SWIG on each interface file of a package; the Go files it wrote, absolute.

        pc_cflags: what pkg-config gave. Raises SwigError, InvalidFlagError, or what Steps raises when SWIG fails.
        """
        bits = self._prepare(objdir)
        for name in package.swig_files:
            self._run_one(steps, package, name, objdir, pc_cflags, bits, False)
        for name in package.swig_cxx_files:
            try:
                self._run_one(steps, package, name, objdir, pc_cflags, bits, True)
            except GokilnError:
                if self._minor != _ERRORS_OVERLOOKED:
                    raise
        return outputs(package, objdir)[0]

    def _prepare(self, objdir: str) -> str:
        """Check SWIG's version and find the width of int, both once for the build."""
        with self._lock:
            if not self._checked:
                output, self._problem = self._background.run_out(".", (), "swig", "-version")
                self._checked = True
                if self._problem is None and is_too_old(output):
                    self._problem = SwigError(_TOO_OLD)
            if self._problem is not None:
                raise self._problem
            if not self._bits:
                self._bits = "$INTBITS" if self._only_show else self._int_size(objdir)
            return self._bits

    def _run_one(
        self, steps: Steps, package: Package, name: str, objdir: str, pc_cflags: Sequence[str], bits: str, cxx: bool
    ) -> None:
        if name.startswith("cgo") and self._minor >= _PREFIX_REFUSED_SINCE:
            raise SwigError("SWIG file must not use prefix 'cgo'")
        base = base_name(name)
        target = f"{objdir}{base}_wrap." + ("cxx" if cxx else "c")
        words = ["-go", "-cgo", "-intgosize", bits, "-module", base, "-o", target, "-outdir", objdir]
        words += [flag for flag in self._flags(package, pc_cflags, cxx) if len(flag) > 3 and flag.startswith("-I")]
        if self._gccgo_flags is not None:
            words += self._gccgo_flags(package)
        if cxx:
            words.append("-c++")
        output, problem = steps.run_out(package.dir, (), "swig", words, name)
        if problem is not None and (b"-intgosize" in output or b"-cgo" in output):
            raise SwigError(_TOO_OLD)
        steps.report_cmd("", "", output, problem)
        self._move(steps, f"{objdir}{base}.go", f"{objdir}_{base}_swig.go")

    def _flags(self, package: Package, pc_cflags: Sequence[str], cxx: bool) -> list[str]:
        build_flags = self._compilers.build_flags
        # All are made, as each may hold a flag that is refused.
        cpp = build_flags("CPPFLAGS", package.cgo_cppflags)
        c = build_flags("CFLAGS", package.cgo_cflags)
        cplusplus = build_flags("CXXFLAGS", package.cgo_cxxflags)
        build_flags("FFLAGS", package.cgo_fflags)
        build_flags("LDFLAGS", package.cgo_ldflags)
        return [*cpp, *pc_cflags, *(cplusplus if cxx else c)]

    def _move(self, steps: Steps, source: str, target: str) -> None:
        """Out of the way of a file x.go in the package: cgo would write both as x.cgo1.go."""
        if self._show:
            steps.show_cmd("", f"mv {source} {target}")
        if self._only_show:
            return
        try:
            os.rename(source, target)
        except OSError as err:
            from gokiln.base.oserror import strerror

            raise SwigError(f"rename {source} {target}: {strerror(err)}") from err

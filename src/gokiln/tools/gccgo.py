"""gccgo, the Go compiler of GCC: from a package to the arguments of gccgo and ar.

It differs from gc in all that matters here: its standard library is installed already and cannot be built, imports
are found in directories of links, the build ID goes into an object file of its own, and the linker is the C driver.

Source: cmd/go/internal/work/gccgo.go, gccgoBuildIDFile in buildid.go, cmd/internal/pkgpath, go1.26.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.packages.package import Package

# Compiled to see how this gccgo writes package paths in symbols: the three schemes differ in this name.
MANGLE_CODE = "\npackage läufer\nfunc Run(x int) int {\n  return 1\n}\n".encode()
INCOMPLETE_CODE = b'\npackage p\n\nimport "runtime/cgo"\n\ntype I cgo.Incomplete\n'
_UNDERSCORED = dict(zip('_./*,{}[]()" ;', "_0123456789abc"))
ELF_WITH_BUILD_ID = ("aix", "android", "dragonfly", "freebsd", "illumos", "linux", "netbsd", "openbsd", "solaris")


def package_path(package: Package) -> str:
    """What gccgo is told to call a package, "" for a program."""
    is_command = getattr(package.build, "name", package.name) == "main"
    return "" if is_command and not package.force_library else package.import_path


def _is_plain(c: str) -> bool:
    return c.isascii() and c.isalnum()


def symbol_v1(path: str) -> str:
    """The oldest scheme: everything but letters and digits is an underscore."""
    return "".join(c if _is_plain(c) else "_" for c in path)


def symbol_v2(path: str) -> str:
    """The second scheme: `net/http` -> `net..z2fhttp`."""

    def encode(c: str) -> str:
        if _is_plain(c) or c == "_":
            return c
        if c == ".":
            return ".x2e"
        code = ord(c)
        return f"..z{code:02x}" if code < 0x80 else f"..u{code:04x}" if code < 0x10000 else f"..U{code:08x}"

    return "".join(map(encode, path))


def symbol_v3(path: str) -> str:
    """The scheme since GCC 11: `net/http` -> `net_1http`."""

    def encode(c: str) -> str:
        if _is_plain(c):
            return c
        if c in _UNDERSCORED:
            return "_" + _UNDERSCORED[c]
        code = ord(c)
        return f"_x{code:02x}" if code < 0x80 else f"_u{code:04x}" if code < 0x10000 else f"_U{code:08x}"

    return "".join(map(encode, path))


def symbol_scheme(assembly: bytes) -> Callable[[str], str] | None:
    """Which scheme made the assembly code of MANGLE_CODE; None for one that nobody knows."""
    for name, scheme in (
        (b"go_0l_u00e4ufer.Run", symbol_v3),
        (b"go.l..u00e4ufer.Run", symbol_v2),
        (b"go.l__ufer.Run", symbol_v1),
    ):
        if name in assembly:
            return scheme
    return None


def archive_name(root: str, path: str) -> str:
    """Where below a directory of links gccgo looks for a package: `a/b` -> `a/libb.a`."""
    directory, _, name = path.rpartition("/")
    return os.path.normpath(os.path.join(root, directory, f"lib{name}.a"))


def import_links(importcfg: bytes, root: str) -> list[tuple[str, str]]:
    """(target, link) for each line of an import configuration, in order."""
    links = []
    for line in importcfg.decode("utf-8", "surrogateescape").split("\n"):
        verb, _, rest = line.strip().partition(" ")
        before, _, after = rest.strip().partition("=")
        if verb == "packagefile":
            links.append((after, archive_name(root, before)))
        elif verb == "importmap":
            links.append((archive_name(root, after), archive_name(root, before)))
    return links


def build_id_source(build_id: str, goos: str, goarch: str, gnu_as: Callable[[], bool]) -> bytes:
    """Assembly code with a build ID in a section that the linker leaves out. gnu_as: whether gccgo's assembler is."""
    sun = goos in ("solaris", "illumos")
    if goos == "aix":
        section = "\t.csect .go.buildid[XO]\n"
    elif not sun or gnu_as():
        section = '\t.section .go.buildid,"e"\n'
    elif goarch in ("sparc", "sparc64"):
        section = '\t.section ".go.buildid",#exclude\n'
    else:
        section = "\t.section .go.buildid,#exclude\n"
    data = [f"0x{byte:02x}" for byte in build_id.encode()]
    rows = [",".join(data[i : i + 8]) for i in range(0, len(data), 8)]
    text = section + "\t.byte " + "\n\t.byte ".join(rows) + "\n"
    if not sun and goos != "aix":
        kind = "%progbits" if goarch == "arm" else "@progbits"
        text += f'\t.section .note.GNU-stack,"",{kind}\n\t.section .note.GNU-split-stack,"",{kind}\n'
    return text.encode()


def modinfo_program(quoted_info: str) -> bytes:
    """A Go file that hands a program its build information when it starts."""
    lines = [
        "package main",
        'import _ "unsafe"',
        "//go:linkname __set_debug_modinfo__ runtime.setmodinfo",
        "func __set_debug_modinfo__(string)",
        f"func init() {{ __set_debug_modinfo__({quoted_info}) }}",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def cgo_ldflags(text: str) -> list[str]:
    """The linker flags in a _cgo_flags file, without what means nothing to a linker."""
    prefix = "_CGO_LDFLAGS="
    flags = [line[len(prefix) :] for line in text.split("\n") if line.startswith(prefix)]
    return [flag for flag in flags if flag != "-g" and not flag.startswith("-O")]


class LinkParts:
    """What a program or library is linked from.

    archives: of all packages. libraries: shared Go libraries. ldflags: of cgo packages; user_ldflags: CGO_LDFLAGS.
    uses_cgo, cxx, objc, fortran: whether any package needs them; fc: the Fortran compiler.
    """

    def __init__(self) -> None:
        self.archives: list[str] = []
        self.libraries: list[str] = []
        self.ldflags: list[str] = []
        self.user_ldflags: list[str] = []
        self.uses_cgo = False
        self.cxx = False
        self.objc = False
        self.fortran = False
        self.fc = "gfortran"

    def look_at(self, package: Package) -> None:
        """Note which languages a package needs."""
        self.uses_cgo = self.uses_cgo or package.uses_cgo() or package.uses_swig()
        self.cxx = self.cxx or bool(package.cxx_files or package.swig_cxx_files)
        self.objc = self.objc or bool(package.m_files)
        self.fortran = self.fortran or bool(package.f_files)


def link_flags(parts: LinkParts, goos: str, arch_args: Sequence[str], build_id: str) -> list[str]:
    """The flags that are the same for every build mode. build_id: the temporary one, "" for none."""
    aix = goos == "aix"
    whole, no_whole = ([], []) if aix else (["-Wl,--whole-archive"], ["-Wl,--no-whole-archive"])
    flags = [*arch_args, *whole, *parts.archives, *no_whole, *parts.ldflags, *parts.user_ldflags]
    if not aix:
        flags = ["-Wl,-(", *flags, "-Wl,-)"]
    if build_id and goos in ("android", "dragonfly", "linux", "netbsd"):
        flags.append(f"-Wl,--build-id=0x{build_id.encode().hex()}")
    path_flag = "-Wl,-blibpath=" if aix else "-Wl,-rpath="
    for library in parts.libraries:
        directory, name = os.path.split(library)
        flags += [f"-L{directory}", path_flag + directory, "-l" + name.removeprefix("lib").removesuffix(".so")]
    return flags


def mode_flags(mode: str, parts: LinkParts, goos: str, no_pie: Callable[[], str], build_id: str) -> list[str] | None:
    """The flags of a build mode ("exe", "c-archive", "c-shared", "shared"); None for one that gccgo has not."""
    begin = ["-lgolibbegin"] if goos == "aix" else ["-Wl,--whole-archive", "-lgolibbegin", "-Wl,--no-whole-archive"]
    if mode == "exe":
        flags = ["-Wl,-E"] if parts.uses_cgo and goos == "linux" else []
    elif mode == "c-archive":
        flags = ["-Wl,-r", "-nostdlib", *begin]
        flags += [flag for flag in (no_pie(),) if flag]
        if not build_id and goos in ("android", "dragonfly", "linux", "netbsd"):
            flags.append("-Wl,--build-id=none")
    elif mode == "c-shared":
        flags = ["-shared", "-nostdlib", *([] if goos == "windows" else ["-Wl,-z,nodelete"]), *begin]
        flags += ["-lgo", "-lgcc_s", "-lgcc", "-lc", "-lgcc"]
    elif mode == "shared":
        flags = [*([] if goos == "aix" else ["-zdefs"]), "-shared", "-nostdlib", "-lgo", "-lgcc_s", "-lgcc", "-lc"]
    else:
        return None
    if mode in ("exe", "c-shared"):
        flags += ["-lstdc++"] if parts.cxx else []
        flags += ["-lobjc"] if parts.objc else []
        flags += ["-lgfortran"] if parts.fortran and "gfortran" in parts.fc else []
    return flags

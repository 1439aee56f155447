"""Checks on a package's file names and languages, before any tool sees them.

Source: cmd/go/internal/load/pkg.go (load, AllFiles, SafeArg), cmd/go/internal/str (FoldDup, ToFold), go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.packages.package import Package

_SAFE_FIRST = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._/")


def safe_arg(name: str) -> bool:
    """Whether a tool would take the name for a name, and not for a flag or a response file."""
    return bool(name) and (name[0] in _SAFE_FIRST or name[0] >= "\x80")


def fold(text: str) -> str:
    """The same string for all spellings that differ in case only (str.ToFold)."""
    if text.isascii():
        return text.lower()
    # Case folding of single characters only, as unicode.SimpleFold: "\u00df" stays apart from "ss".
    return "".join(c.casefold() if len(c.casefold()) == 1 else c for c in text)


def all_files(p: Package) -> list[str]:
    """Every file considered for the package, also ignored ones (load.Package.AllFiles)."""
    files = [
        *p.go_files,
        *p.cgo_files,
        *p.ignored_go_files,
        *p.ignored_other_files,
        *p.c_files,
        *p.cxx_files,
        *p.m_files,
        *p.h_files,
        *p.f_files,
        *p.s_files,
        *p.swig_files,
        *p.swig_cxx_files,
        *p.syso_files,
        *p.test_go_files,
        *p.xtest_go_files,
    ]
    if p.embed_files:
        have = set(files)
        files += [f for f in p.embed_files if "/" in f or f not in have]
    return files


def fold_dup(names: list[str]) -> tuple[str, str] | None:
    """Two names that differ in case only, or None."""
    if len({fold(n) for n in names}) == len(names):
        return None
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(fold(name), name)
        if other is not name:
            return (other, name) if other <= name else (name, other)
    return None


def check_inputs(p: Package) -> str:
    """What is wrong with the names of the package's files or directory; "" when nothing is."""
    files = all_files(p)
    clash = fold_dup(files)
    if clash is not None:
        return f"case-insensitive file name collision: {go_quote(clash[0])} and {go_quote(clash[1])}"
    for name in files:
        if not safe_arg(name) or name.startswith("_cgo_"):
            return f"invalid input file name {go_quote(name)}"
    base = p.import_path.rstrip("/").rpartition("/")[2] or "/"
    if not safe_arg(base):
        return f"invalid input directory name {go_quote(base)}"
    if "\r" in p.dir or "\n" in p.dir:
        return f"invalid package directory {go_quote(p.dir)}"
    return ""


def check_languages(p: Package, gccgo: bool = False) -> str:
    """Refuse C and its relatives where neither cgo nor SWIG would compile them; gccgo has C compiled at any time."""
    if p.uses_cgo() or p.uses_swig():
        return ""
    for files, language in (
        (p.c_files, "C"),
        (p.cxx_files, "C++"),
        (p.m_files, "Objective-C"),
        (p.f_files, "Fortran"),
    ):
        if files and not (gccgo and language == "C"):
            return f"{language} source files not allowed when not using cgo or SWIG: {' '.join(files)}"
    return ""

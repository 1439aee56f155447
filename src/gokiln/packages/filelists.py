"""The lists that a directory's files are sorted into, and the flags that their `#cgo` lines give.

What go/build finds out of a directory (select.SourcePackage) and what the loader makes of it (package.Package) have
these in common, under the same names. Source: go/build.Package, cmd/go/internal/load.PackagePublic, go1.26.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

FILE_LISTS = (
    "go_files",
    "cgo_files",
    "ignored_go_files",
    "invalid_go_files",
    "ignored_other_files",
    "c_files",
    "cxx_files",
    "m_files",
    "h_files",
    "f_files",
    "s_files",
    "swig_files",
    "swig_cxx_files",
    "syso_files",
    "test_go_files",
    "xtest_go_files",
)
CGO_LISTS = ("cgo_cflags", "cgo_cppflags", "cgo_cxxflags", "cgo_fflags", "cgo_ldflags", "cgo_pkg_config")


class FileLists:
    """Names of files relative to the package's directory, sorted; flags as they are written. All empty at first."""

    __slots__ = FILE_LISTS + CGO_LISTS

    if TYPE_CHECKING:
        go_files: list[str]
        cgo_files: list[str]
        ignored_go_files: list[str]
        invalid_go_files: list[str]
        ignored_other_files: list[str]
        c_files: list[str]
        cxx_files: list[str]
        m_files: list[str]
        h_files: list[str]
        f_files: list[str]
        s_files: list[str]
        swig_files: list[str]
        swig_cxx_files: list[str]
        syso_files: list[str]
        test_go_files: list[str]
        xtest_go_files: list[str]
        cgo_cflags: list[str]
        cgo_cppflags: list[str]
        cgo_cxxflags: list[str]
        cgo_fflags: list[str]
        cgo_ldflags: list[str]
        cgo_pkg_config: list[str]

    def __init__(self) -> None:
        for slot in FILE_LISTS + CGO_LISTS:
            setattr(self, slot, [])

    def twin(self) -> Self:
        """A copy of its own that holds the same values: give it new lists, do not change those it has."""
        kind = type(self)
        twin = kind.__new__(kind)
        for slot in FILE_LISTS + CGO_LISTS + kind.__slots__:
            setattr(twin, slot, getattr(self, slot))
        return twin

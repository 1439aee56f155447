"""What one step of a package hands to the next, beside the file it made (Result.provider holds these values).

check_cache says what is still needed; cover and cgo say which sources and objects stand in for the package's own.
Source: actionProvider values and need* constants in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

from gokiln.actions.action import PGO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder
    from gokiln.packages.package import Package

# What is still to be made of a package.
NEED_BUILD = 1
NEED_CGO_HEADER = 2
NEED_VET = 4
NEED_COMPILED_GO_FILES = 8
NEED_COVER_META_FILE = 16


class CacheCheck:
    """What check_cache tells the steps after it: need, a sum of NEED_*."""

    __slots__ = ("need",)

    def __init__(self, need: int) -> None:
        self.need = need


class Covered:
    """What the cover step made: the sources to compile instead of the package's own."""

    __slots__ = ("cgo_files", "go_files")

    def __init__(self, go_files: list[str], cgo_files: list[str]) -> None:
        self.go_files = go_files
        self.cgo_files = cgo_files


class CgoOutputs:
    """What the cgo steps made. go_files: to compile with the package's own (absolute). objects: to pack (absolute)."""

    __slots__ = ("go_files", "objects")

    def __init__(self, go_files: list[str], objects: list[str]) -> None:
        self.go_files = go_files
        self.objects = objects


def needed(builder: Builder, action: Action) -> int:
    """What check_cache found to be made still, a sum of NEED_*; 0 when no dependency of the action has checked."""
    need = 0
    for dep in action.deps:
        provider = builder.result(dep).provider
        if isinstance(provider, CacheCheck):
            need = provider.need
    return need


def profile_of(builder: Builder, action: Action) -> str:
    """The preprocessed profile among the dependencies, "" for none."""
    for dep in action.deps:
        if dep.handler == PGO:
            return builder.result(dep).built
    return ""


def cover_meta_file(package: Package) -> str:
    """The name of a package's coverage meta-data file, "" when it makes none (covcmd.MetaFileForPackage)."""
    if not package.cover.gen_meta:
        return ""
    import hashlib

    sum_ = hashlib.sha256(package.import_path.encode("utf-8", "surrogateescape")).hexdigest()
    return "covmeta." + sum_

"""What go.mod files say, in the form that resolving asks for: the main module's index, dependencies' summaries.

A summary is what the module graph needs of a dependency's go.mod: its Go version, whether it supports pruning,
its requirements. summaries.py reads them.

Source: cmd/go/internal/modload/modfile.go (modFileIndex, modFileSummary), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import NO_MODULE
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.modules.modfile.directives import Replace
    from gokiln.modules.modfile.rule import File

PRUNED, UNPRUNED, WORKSPACE = "pruned", "unpruned", "workspace"


def pruning_for_go_version(go_version: str) -> str:
    """Whether a module of this Go version lists all that its packages need (go 1.17), so others may be left out."""
    return UNPRUNED if gover.compare(go_version, gover.EXPLICIT_INDIRECT_VERSION) < 0 else PRUNED


class ModFileIndex:
    """A main module's go.mod as it was read: what changes are held against."""

    __slots__ = (
        "data",
        "data_needs_fix",
        "exclude",
        "go_version",
        "ignore",
        "module",
        "replace",
        "require",
        "toolchain",
    )

    def __init__(self, data: bytes, file: File, needs_fix: bool) -> None:
        """needs_fix: a version in the file was not canonical."""
        self.data = data
        self.data_needs_fix = needs_fix
        self.module = file.module.mod if file.module is not None else NO_MODULE
        self.go_version = file.go.version if file.go is not None else ""
        self.toolchain = file.toolchain.name if file.toolchain is not None else ""
        self.require = {r.mod: r.indirect for r in file.require}
        self.replace = to_replace_map(file.replace)
        self.exclude = frozenset(x.mod for x in file.exclude)
        self.ignore = [x.path for x in file.ignore]

    def mod_file_is_dirty(self, file: File, build_mod: str) -> bool:
        """Whether the file now differs in meaning from what was indexed; it must be cleaned up before."""
        if self.data_needs_fix:
            return True
        module = file.module.mod if file.module is not None else NO_MODULE
        go_version = file.go.version if file.go is not None else ""
        toolchain = file.toolchain.name if file.toolchain is not None else ""
        if (
            module != self.module
            or go_version != self.go_version
            or toolchain != self.toolchain
            or len(file.require) != len(self.require)
            or len(file.replace) != len(self.replace)
            or len(file.exclude) != len(self.exclude)
        ):
            return True
        for r in file.require:
            indirect = self.require.get(r.mod)
            if indirect is None:
                return True
            # "// indirect" is only sure to be right after a tidy; a build does not insist on it.
            if r.indirect != indirect and build_mod != "readonly":
                return True
        if any(self.replace.get(rep.old) != rep.new for rep in file.replace):
            return True
        return any(x.mod not in self.exclude for x in file.exclude)


def to_replace_map(replaces: Sequence[Replace]) -> dict[ModVersion, ModVersion]:
    """Old to new. Raises GokilnError when one module is replaced by two."""
    out: dict[ModVersion, ModVersion] = {}
    for r in replaces:
        prev = out.get(r.old)
        if prev is not None and prev != r.new:
            raise GokilnError(f"conflicting replacements for {show(r.old)}:\n\t{show(prev)}\n\t{show(r.new)}")
        out[r.old] = r.new
    return out


class ModFileSummary:
    """What the module graph needs of one go.mod file."""

    __slots__ = (
        "deprecated",
        "go_version",
        "ignore",
        "module",
        "pruning",
        "require",
        "retract",
        "too_new",
    )

    def __init__(self, module: ModVersion = NO_MODULE) -> None:
        self.module = module
        self.go_version = ""
        self.ignore: list[str] = []
        self.pruning = PRUNED
        self.require: list[ModVersion] = []
        self.retract: list[tuple[str, str, str]] = []  # low, high, rationale
        self.deprecated = ""
        self.too_new: gover.TooNewError | None = None

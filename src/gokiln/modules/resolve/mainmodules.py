"""The main module, or the modules of a workspace: where they are and what their go.mod files say.

Source: cmd/go/internal/modload/init.go (MainModuleSet, makeMainModules), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.modules.resolve.errors import NO_MODULE
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.modfile.directives import Godebug
    from gokiln.modules.modfile.rule import File
    from gokiln.modules.modfile.work import WorkFile
    from gokiln.modules.resolve.modindex import ModFileIndex


class MainModuleSet:
    """The main modules; outside any module, the one pseudo-module "command-line-arguments" without a root."""

    def __init__(self, versions: list[ModVersion], local: str, work_file: WorkFile | None = None) -> None:
        self.versions = versions
        self.local = local  # the Go version in use
        self.work_file = work_file
        self.paths = frozenset(m.path for m in versions)
        self.mod_root: dict[ModVersion, str] = {}
        self.path_prefix: dict[ModVersion, str] = {}
        self.in_goroot_src: set[ModVersion] = set()
        self.mod_files: dict[ModVersion, File | None] = {}
        self.indices: dict[ModVersion, ModFileIndex | None] = {}
        self.tools: dict[str, bool] = {}
        self.mod_containing_cwd = NO_MODULE
        self.work_file_replace_map: dict[ModVersion, ModVersion] = {}
        self.highest_replaced: dict[str, str] = {}
        self.in_workspace_mode = work_file is not None

    def contains(self, path: str) -> bool:
        """Whether path is a main module's."""
        return path in self.paths

    def is_tool(self, path: str) -> bool:
        """Whether a main module has a tool line for the package."""
        return path in self.tools

    def single(self) -> ModVersion:
        """The one main module. Raises GokilnError when there are several (a bug of the caller)."""
        if len(self.versions) != 1:
            raise GokilnError("internal error: one main module expected")
        return self.versions[0]

    def single_index(self) -> ModFileIndex | None:
        """What go.mod of the one main module said, or None outside a module."""
        return self.indices[self.single()] if self.versions else None

    def go_version(self) -> str:
        """The Go version of the one go.mod file, or of go.work."""
        if self.in_workspace_mode:
            return go_version_of_work(self.work_file)
        if len(self.versions) == 1:
            file = self.mod_files[self.versions[0]]
            return self.local if file is None else go_version_of(file)
        return gover.DEFAULT_GO_MOD_VERSION

    def godebugs(self) -> list[Godebug]:
        """The godebug lines of the one go.mod file, or of go.work."""
        if self.in_workspace_mode:
            return self.work_file.godebug if self.work_file is not None else []
        file = self.mod_files[self.versions[0]] if len(self.versions) == 1 else None
        return file.godebug if file is not None else []


def go_version_of(file: File) -> str:
    """The Go version a go.mod file means (gover.FromGoMod)."""
    return file.go.version if file.go is not None else gover.DEFAULT_GO_MOD_VERSION


def go_version_of_work(file: WorkFile | None) -> str:
    """The Go version a go.work file means (gover.FromGoWork)."""
    return file.go.version if file is not None and file.go is not None else gover.DEFAULT_GO_WORK_VERSION


def append_language_roots(roots: list[ModVersion], go_version: str, toolchain: str) -> None:
    """Add the made-up modules "go" and (if one is named) "toolchain" to root requirements."""
    roots.append(ModVersion("go", go_version))
    if toolchain:
        roots.append(ModVersion("toolchain", toolchain))

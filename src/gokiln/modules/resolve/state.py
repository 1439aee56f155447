"""What one command knows about modules: where the main module is, which -mod applies, what has been read.

cmd/go keeps this in modload.State and in package variables; here all of it hangs on one State, so that two
loaders can live side by side. The functions of the other files take the State first, as cmd/go's do.

Source: cmd/go/internal/modload/init.go (State, Init, setDefaultBuildMod, findModuleRoot), go1.26.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.pattern import in_dir
from gokiln.base.shortpath import short_path
from gokiln.base.userdirs import temp_dir
from gokiln.config.modroot import WorkspaceModError, find_module_root, find_workspace_file
from gokiln.errors import GokilnError
from gokiln.events import Failure, Text
from gokiln.golang import gover
from gokiln.modules.resolve.errors import GoModDirtyError, JoinedError, NoMainModulesError, ReportedError
from gokiln.modules.resolve.modflag import mod_of_command, vendor_by_default

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.config.gccgolib import GccgoLibrary
    from gokiln.modules.fetch.fetcher import Fetcher
    from gokiln.modules.modfile.vendor_modules import VendorList
    from gokiln.modules.resolve.loaded import Loaded
    from gokiln.modules.resolve.mainmodules import MainModuleSet
    from gokiln.modules.resolve.modindex import ModFileSummary
    from gokiln.modules.resolve.requirements import Requirements
    from gokiln.modules.resolve.sourcescan import Scanner
    from gokiln.modules.version import ModulePublic, ModVersion

AUTO_ROOT, NO_ROOT, NEED_ROOT = 0, 1, 2

ANY_TAGS = frozenset({"*"})
MODULES_OFF = "modules disabled by GO111MODULE=off; see 'go help modules'"


class State:
    """The state of one module loader. Times, versions and paths as in the files they come from; paths absolute."""

    def __init__(self, config: Config, fetcher: Fetcher, scan: Scanner) -> None:
        self.config = config
        self.fetcher = fetcher
        self.scan = scan
        self.disk = config.disk
        self.sink = config.sink
        self.cwd = config.cwd
        self.cmd_name = config.cmd_name
        self.goroot = config.toolchain.goroot
        self.goroot_src = os.path.join(self.goroot, "src")
        self.local, self.local_toolchain = local_version(config.toolchain.version)
        self.startup = config.startup or gover.Startup(gotoolchain=config.env.get("GOTOOLCHAIN"))

        self.root_mode = AUTO_ROOT
        self.force_use_modules = False
        self.allow_missing_module_imports = False
        self.explicit_write_go_mod = False

        self.build_mod: str = config.flags.mod
        self.build_mod_explicit: bool = config.flags.mod_explicit
        self.build_mod_reason = ""

        self.initialized = False
        self.modules_enabled = False
        self.gopath_mode = False  # modules are not used at all; only packages.gopath then finds packages
        self.mod_roots: list[str] | None = None
        self.work_file_path = ""
        self.main_modules: MainModuleSet | None = None
        self.requirements: Requirements | None = None
        self.loaded: Loaded | None = None
        self.vendor: VendorList | None = None
        self.errors: list[str] = []
        self.reported: list[BaseException] = []
        self.failed = False  # an error was told while the command went on

        # Caches. cmd/go has them as package variables or par.Cache fields.
        self.raw_go_version: dict[ModVersion, str] = {}
        self.raw_summaries: dict[ModVersion, ModFileSummary | GokilnError] = {}
        self.summaries: dict[ModVersion, ModFileSummary] = {}
        self.latest_versions: dict[str, ModVersion | GokilnError] = {}
        self.have_go_mod: dict[str, bool] = {}
        self.checked_paths: set[str] = set()  # import paths that could be ones
        self.have_go_files: dict[str, bool] = {}
        self.std_packages: dict[str, bool] = {}
        self.std_vendored: dict[str, bool] = {}
        self.gccgo_library: GccgoLibrary | None = None
        self.fetched: dict[ModVersion, tuple[str, bool]] = {}
        self.module_roots: dict[str, str] = {}
        self.lazymod_told = False  # whether GODEBUG=lazymod=... had its say
        self.infos: dict[tuple[int, ModVersion], ModulePublic] = {}

    def follow(self, other: State) -> None:
        """Go on where another loader of the same command has been: what cmd/go remembers for the whole process."""
        self.raw_go_version = other.raw_go_version
        self.raw_summaries = other.raw_summaries
        self.latest_versions = other.latest_versions
        self.lazymod_told = other.lazymod_told
        self.fetcher.follow(other.fetcher)
        self.failed = other.failed

    # What is said to people

    def warn(self, text: str) -> None:
        """Write a line to standard error, as it stands; after errors that are kept, behind them."""
        if self.errors:
            self.errors.append(text)
        else:
            self.sink.tell(Text(text + "\n"))

    def report(self, err: BaseException | str) -> None:
        """Keep an error for exit_if_errors (base.Error, base.Errorf; the text without its `go: `)."""
        if isinstance(err, JoinedError):
            for inner in err.errors:
                self.report(inner)
            return
        if isinstance(err, BaseException):
            self.reported.append(err)
        self.errors.append(f"go: {err}".removesuffix("\n"))  # a message may bring its newline (package log)

    def fail(self, text: str) -> None:
        """Write an error at once and go on; the command ends with status 1, at exit_if_errors if not later."""
        self.failed = True
        if self.errors:
            self.errors.append(text)
        else:
            self.sink.tell(Failure(text + "\n"))

    def exit_if_errors(self) -> None:
        """Raise ReportedError with all that was reported, if anything was; nothing more to say after `fail`.

        (base.ExitIfErrors)
        """
        if self.errors or self.failed:
            error = ReportedError("\n".join(self.errors), self.reported)
            self.errors, self.reported = [], []
            raise error

    def short_path(self, path: str) -> str:
        """path relative to the working directory when that is shorter and the same file (base.ShortPath)."""
        return short_path(path, self.cwd)

    def too_new(self, what: str, go_version: str, toolchain: str = "") -> gover.TooNewError:
        """The error that `what` needs a newer Go than this one."""
        return gover.TooNewError(what, go_version, self.local, self.startup, toolchain)

    def go_mod_dirty(self) -> GoModDirtyError:
        """The error that go.mod would have to change."""
        return GoModDirtyError(self.build_mod, self.build_mod_explicit, self.build_mod_reason)

    # Where the main module is

    def init(self) -> None:
        """Find the main module's root and choose -mod; once. Raises GokilnError with cmd/go's message."""
        if self.initialized:
            return
        self.initialized = True
        mode = self._module_mode()
        if mode == "off" or (self.mod_roots is None and not self._find_roots(mode == "on")):
            self._use_gopath()
            return
        modfile = self.config.flags.modfile
        if modfile and not modfile.endswith(".mod"):
            raise GokilnError(f"-modfile={modfile}: file does not have .mod extension")
        self.modules_enabled = True
        self.set_default_build_mod()
        gopath = (self.config.env.get("GOPATH").split(os.pathsep) or [""])[0]
        if gopath and self.disk.exists(os.path.join(gopath, "go.mod")):
            self.warn(f"go: warning: ignoring go.mod in $GOPATH {gopath}")
            if self.root_mode == NEED_ROOT:
                raise NoMainModulesError(self.work_file_path != "")

    def _module_mode(self) -> str:
        """ "on", "off", or "auto" where it depends on whether there is a go.mod."""
        mode = self.config.env.get("GO111MODULE") or "on"
        if mode not in ("on", "auto", "off"):
            raise GokilnError(f"unknown environment setting GO111MODULE={mode}")
        if mode == "off" and self.force_use_modules:
            raise GokilnError(MODULES_OFF)
        return "on" if self.force_use_modules else mode

    def _use_gopath(self) -> None:
        """Go on without modules: there is no main module, and no module for any package."""
        from gokiln.modules.resolve.mainmodules import MainModuleSet

        self.gopath_mode = True
        self.config.modules_enabled = False
        self.main_modules = MainModuleSet([], self.local)

    def _find_roots(self, must_use: bool) -> bool:
        """Set mod_roots; False when modules are not to be used."""
        modfile = self.config.flags.modfile
        if self.root_mode == NO_ROOT:
            if modfile and not self.config.in_goflags("-modfile"):
                raise GokilnError("-modfile cannot be used with commands that ignore the current module")
            return True
        if self.work_file_path:
            if modfile:
                raise GokilnError("-modfile cannot be used in workspace mode")
            return True
        root = self.find_module_root(self.cwd)
        temp = temp_dir(self.config.env.environ, self.config.toolchain.host_os)
        if not root:
            if modfile:
                raise GokilnError(
                    "cannot find main module, but -modfile was set."
                    "\n\t-modfile cannot be used to set the module root directory."
                )
        elif in_dir(root, temp) == ".":
            self.warn(f"go: warning: ignoring go.mod in system temp root {temp}")
        else:
            self.mod_roots = [root]
            return True
        if self.root_mode == NEED_ROOT:
            raise NoMainModulesError(False)
        return must_use

    def enabled(self) -> bool:
        """Whether modules are in use."""
        self.init()
        return self.modules_enabled

    def in_workspace_mode(self) -> bool:
        """Whether a go.work file is in effect."""
        return self.work_file_path != "" and not self.gopath_mode

    def has_mod_root(self) -> bool:
        """Whether there is a main module."""
        self.init()
        return self.mod_roots is not None

    def must_have_mod_root(self) -> None:
        """Raise the error that there is no main module, if so."""
        if not self.has_mod_root():
            raise self.no_module()

    def no_module(self) -> GokilnError:
        """The error for a command that needs a main module and has none (modload.die)."""
        if self.config.env.get("GO111MODULE") == "off":
            return GokilnError(MODULES_OFF)
        if not self.in_workspace_mode():
            found = self._find_alt_config(self.cwd)
            if found:
                rel = os.path.relpath(found, self.cwd)
                cd = "" if rel == "." else f"cd {rel} && "
                return GokilnError(
                    f"cannot find main module, but found .git/config in {found}"
                    f"\n\tto create a module there, run:\n\t{cd}go mod init"
                )
        return NoMainModulesError(self.in_workspace_mode())

    def mod_file_path(self) -> str:
        """The go.mod file in use, -modfile as it was given. Raises GokilnError outside a module."""
        self.must_have_mod_root()
        return self.mod_file_shown(self.find_module_root(self.cwd))

    def mod_file_in(self, mod_root: str) -> str:
        """The go.mod file of a module root, or what -modfile names instead."""
        return os.path.join(self.cwd, self.mod_file_shown(mod_root))

    def mod_file_shown(self, mod_root: str) -> str:
        """The same as people see it: -modfile as it was given."""
        return self.config.flags.modfile or os.path.join(mod_root, "go.mod")

    def find_module_root(self, directory: str) -> str:
        """The nearest directory at or above that holds a go.mod file, or ""."""
        directory = os.path.normpath(directory)
        known = self.module_roots.get(directory)
        if known is not None:
            return known
        at = find_module_root(directory, self.is_file)
        self.module_roots[directory] = at
        return at

    def is_file(self, path: str) -> bool:
        """Whether something other than a directory is there."""
        try:
            return not stat.S_ISDIR(self.disk.stat(path).st_mode)
        except OSError:
            return False

    def _find_alt_config(self, directory: str) -> str:
        directory = os.path.normpath(directory)
        if in_dir(directory, self.goroot):
            return ""
        while True:
            if self.is_file(os.path.join(directory, ".git", "config")):
                return directory
            up = os.path.dirname(directory)
            if up == directory:
                return ""
            directory = up

    def find_go_work(self, directory: str) -> str:
        """The go.work file in effect, or ""."""
        if self.root_mode == NO_ROOT:
            return ""
        gowork = self.config.env.get("GOWORK")
        if gowork == "off":
            return ""
        if gowork in ("", "auto"):
            return find_workspace_file(directory, self.goroot, self.is_file)
        if not os.path.isabs(gowork):
            raise GokilnError("invalid GOWORK: not an absolute path")
        return gowork

    # Which -mod applies

    def set_default_build_mod(self) -> None:
        """Choose -mod when the user did not (modload.setDefaultBuildMod); called again once go.mod is read."""
        if not self.build_mod_explicit:
            self.build_mod = self._default_build_mod()
        elif self.in_workspace_mode() and self.build_mod not in ("readonly", "vendor"):
            raise WorkspaceModError(self.build_mod)
        self.fetcher.settings.build_mod = self.build_mod
        self.fetcher.settings.build_mod_reason = self.build_mod_reason

    def _default_build_mod(self) -> str:
        """-mod as the command and the main module have it; notes the reason if a vendor directory is there."""
        by_command = mod_of_command(self.cmd_name)
        if by_command:
            return by_command
        if self.mod_roots is None:
            return "mod" if self.allow_missing_module_imports else "readonly"
        if not self.mod_roots:
            return "readonly"
        workspace = self.in_workspace_mode()
        root = os.path.dirname(self.work_file_path) if workspace else self.mod_roots[0]
        vendored, reason = vendor_by_default(self.disk, root, workspace, self._go_version_written())
        self.build_mod_reason = reason or self.build_mod_reason
        return "vendor" if vendored else "readonly"

    def _go_version_written(self) -> str:
        """The go line of go.work, or of the one go.mod; "" without one, and before they are read."""
        mms = self.main_modules
        if mms is None:
            return ""
        if self.in_workspace_mode():
            return mms.work_file.go.version if mms.work_file is not None and mms.work_file.go is not None else ""
        index = mms.single_index()
        return index.go_version if index is not None else ""

    def must_have_complete_requirements(self) -> bool:
        """Whether go.mod must already list all that is needed."""
        return self.build_mod != "mod" and not self.in_workspace_mode()

    def must_have_sums(self) -> bool:
        """Whether go.sum must already list all that is needed."""
        return self.build_mod == "readonly" and self.has_mod_root() and not self.in_workspace_mode()

    def mains(self) -> MainModuleSet:
        """The main modules, once go.mod is read."""
        assert self.main_modules is not None
        return self.main_modules


def local_version(version: str) -> tuple[str, str]:
    """(Go version, toolchain name) of a GOROOT's VERSION, such as ("1.26.8", "go1.26.8")."""
    minor = version.partition(".")[2].partition(".")[0] if version.startswith("go1.") else "0"
    digits = "".join(ch for ch in minor if ch.isdigit()) or "0"
    return gover.local(version, int(digits))

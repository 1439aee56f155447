"""`gokiln mod download`: fill the module cache.

Source: cmd/go/internal/modcmd/download.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.gojson import encode
from gokiln.cli.loading import open_modules
from gokiln.cli.modcommand import module_config
from gokiln.config.toolchainswitch import has_auto, has_path
from gokiln.errors import GokilnError, PlainError
from gokiln.golang import gover
from gokiln.modules.fetch.revinfo import in_order
from gokiln.modules.resolve.errors import JoinedError, newest_too_new
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.modules.fetch.fetcher import Fetcher
    from gokiln.modules.resolve.loader import Loader
    from gokiln.modules.version import ModulePublic

USAGE = "go mod download [-x] [-json] [-reuse=old.json] [modules]"


class ModuleDownload:
    """What became of one module; the JSON object of -json. Paths absolute, "" for what there is not."""

    __slots__ = (
        "dir",
        "error",
        "go_mod",
        "go_mod_sum",
        "info",
        "origin",
        "path",
        "query",
        "reuse",
        "sum",
        "too_new",
        "version",
        "zip",
    )

    def __init__(self, info: ModulePublic) -> None:
        self.path = info.path
        self.version = info.version
        self.query = info.query
        self.reuse = info.reuse
        self.origin = info.origin
        self.error = info.error or ""
        self.too_new: GokilnError | None = None
        self.info = self.go_mod = self.zip = self.dir = self.sum = self.go_mod_sum = ""

    def fetch(self, fetcher: Fetcher) -> None:
        """Fetch .info, .mod, .zip and the tree; a failure goes into `error`. Raises FatalError."""
        mod = ModVersion(self.path, self.version)
        try:
            self.info = fetcher.info_file(self.path, self.version)[1]
            self.go_mod = fetcher.go_mod_file(self.path, self.version)
            self.go_mod_sum = fetcher.go_mod_sum(self.path, self.version)
            self.zip = fetcher.download_zip(mod)
            self.sum = fetcher.sum(mod)
            self.dir = fetcher.download(mod)
        except GokilnError as err:
            self.error = str(err)
            self.too_new = newest_too_new(err)

    def to_json(self) -> dict[str, object]:
        """Fields in the order of go's ModuleJSON, empty ones left out."""
        origin = self.origin
        fields: list[tuple[str, object]] = [
            ("Path", self.path),
            ("Version", self.version),
            ("Query", self.query),
            ("Error", self.error),
            ("Info", self.info),
            ("GoMod", self.go_mod),
            ("Zip", self.zip),
            ("Dir", self.dir),
            ("Sum", self.sum),
            ("GoModSum", self.go_mod_sum),
        ]
        value = {name: item for name, item in fields if item}
        if origin is not None:
            value["Origin"] = in_order(origin)
        if self.reuse:
            value["Reuse"] = True
        return value


class _Options:
    def __init__(self) -> None:
        self.json = False
        self.reuse = ""

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.bool("json", self, "json")
        flagset.string("reuse", self, "reuse")
        flagset.bool("x", flags, "x")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = _Options()
    config = module_config(inv, "mod download", USAGE, options.register)
    loader = open_modules(config)
    loader.force_use_modules = True
    loader.explicit_write_go_mod = True
    loader.init_workfile()
    return _Download(inv, loader, options, config.args).run()


class _Download:
    """One run of the command."""

    def __init__(self, inv: Invocation, loader: Loader, options: _Options, args: list[str]) -> None:
        self.inv = inv
        self.loader = loader
        self.options = options
        self.explicit = bool(args)
        self.args = args
        self.status = 0

    def run(self) -> int:
        """Download, report, write go.mod and go.sum where that is due; returns the exit status."""
        loader = self.loader
        args = self.choose_args()
        if not args:
            if loader.has_mod_root():
                self.inv.stderr.write("go: no module dependencies to download\n")
                return 0
            self.error("no modules specified (see 'go help mod download')")
            return self.status
        if self.options.reuse and loader.has_mod_root():
            raise PlainError("go mod download -reuse cannot be used inside a module")
        infos, infos_error = self.list_modules(args)
        in_workspace = bool(loader.work_file_path)
        if not self.explicit and not in_workspace:
            # Without arguments more than the build needs may be fetched: no hashes of that go into go.sum.
            loader.write_go_mod()
        if infos_error is not None:
            self.switch([infos_error])
        mods = self.fetch(infos)
        if self.explicit or in_workspace:
            # Without arguments, go.mod ought to name a Go that is new enough.
            self.switch([m.too_new for m in mods if m.too_new is not None])
        self.show(mods)
        if self.status and not self.options.json:
            return self.status
        if self.explicit or in_workspace:
            try:
                loader.write_go_mod()
            except GokilnError as err:
                self.error(str(err))
        if infos_error is not None:
            self.error(str(infos_error))
        return self.status

    def error(self, text: str) -> None:
        """Print a problem and go on (base.Error)."""
        self.inv.stderr.write(f"go: {text}\n")
        self.status = 1

    def switch(self, errors: list[GokilnError]) -> None:
        """Let the command start anew with a newer toolchain if the errors ask for one, and it may be chosen."""
        setting = self.loader.startup.gotoolchain
        if (has_auto(setting) or has_path(setting)) and newest_too_new(JoinedError(errors)) is not None:
            raise JoinedError(errors)

    def choose_args(self) -> list[str]:
        """The modules to download: the arguments, or what the main module needs."""
        loader = self.loader
        if not loader.has_mod_root() and not loader.work_file_path:
            return self.args
        loader.load_mod_file()
        main = loader.main_modules
        assert main is not None
        if self.explicit:
            for module in main.versions:
                for arg in self.args:
                    if arg in (module.path, module.path + "@upgrade", module.path + "@patch"):
                        self.inv.stderr.write(f"go: skipping download of {arg} that resolves to the main module\n")
            return self.args
        if loader.work_file_path:
            return ["all"]
        file = main.mod_files[main.versions[0]]
        if file is None:
            return []
        if file.go is None or gover.compare(file.go.version, gover.EXPLICIT_INDIRECT_VERSION) < 0:
            return ["all"] if file.require else []
        # The graph has to be there too, for `list all`, `mod graph` and their like.
        loader.load_mod_graph()
        return [require.mod.path for require in file.require]

    def list_modules(self, args: list[str]) -> tuple[list[ModulePublic], GokilnError | None]:
        """The modules that args name, and an error that concerns none of them in particular."""
        try:
            return self.loader.list_modules(args, 0, self.options.reuse), None
        except GokilnError as err:
            listed = getattr(err, "modules", None)
            if listed is None:
                raise
            return list(listed), err

    def fetch(self, infos: list[ModulePublic]) -> list[ModuleDownload]:
        """Download what is to be downloaded, several at once; in the order of infos."""
        from concurrent.futures import ThreadPoolExecutor

        mods = []
        for info in infos:
            info = info.replace or info
            if not info.version and not info.error:
                continue  # a main module, or a directory in a module's place
            mods.append(ModuleDownload(info))
        wanted = [m for m in mods if not m.error and not m.reuse]
        fetcher = self.loader.fetcher
        with ThreadPoolExecutor(max(1, min(len(wanted), 8))) as pool:
            for _ in pool.map(lambda m: m.fetch(fetcher), wanted):
                continue
        return mods

    def show(self, mods: list[ModuleDownload]) -> None:
        """Print the objects of -json, or the errors."""
        for m in mods:
            if self.options.json:
                self.inv.stdout.write(encode(m.to_json()) + "\n")
                self.status |= bool(m.error)
            elif m.error:
                self.error(m.error)

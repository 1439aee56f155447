"""`gokiln list`: show packages, or modules with -m.

Source: cmd/go/internal/list/list.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.flagset import parse_bool
from gokiln.base.gojson import encode
from gokiln.cli.configure import configure
from gokiln.cli.invocation import Invocation
from gokiln.cli.loading import open_graph, open_modules
from gokiln.cli.modcommand import module_sink
from gokiln.config.buildflags import OMIT_JSON_FLAG
from gokiln.errors import GokilnError, PlainError
from gokiln.modules.version import ModulePublic
from gokiln.packages import listing
from gokiln.packages.listfields import module_json, package_json
from gokiln.packages.load import packages_and_errors
from gokiln.packages.loadopts import PackageOpts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.base.flagset import FlagSet
    from gokiln.cache.store import Store
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.modules.resolve.loader import Loader
    from gokiln.packages.importgraph import ImportGraph
    from gokiln.packages.package import Package

    Show = Callable[[object], None]

USAGE = "go list [-f format] [-json] [-m] [list flags] [build flags] [packages]"
_EMPTY_REFUSED_SINCE = 27  # minor release
_BOOLS = ("compiled", "deps", "e", "export", "find", "m", "retracted", "test", "u", "versions")


class _Options:
    """The command's own flags. json_fields: the names given to -json=, none for all."""

    def __init__(self) -> None:
        self.compiled = self.deps = self.e = self.export = self.find = self.m = False
        self.retracted = self.test = self.u = self.versions = False
        self.json = False
        self.json_fields: set[str] = set()
        self.f = ""
        self.reuse = ""

    def set_json(self, text: str) -> None:
        """-json, -json=false or -json=Field,Field."""
        try:
            self.json = parse_bool(text)
        except ValueError:
            self.json = True
            self.json_fields.update(text.split(","))

    def need_any(self, *names: str) -> bool:
        """Whether one of the fields is to be shown, as far as -json tells."""
        return not self.json_fields or any(name in self.json_fields for name in names)

    def register(self, flagset: FlagSet, flags: BuildFlags) -> None:
        """Define the flags."""
        for name in _BOOLS:
            flagset.bool(name, self, name)
        flagset.string("f", self, "f")
        flagset.string("reuse", self, "reuse")
        flagset.func("json", self.set_json, is_bool=True)


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = _Options()
    config = configure(
        inv,
        "list",
        usage_line=USAGE,
        register=options.register,
        mask=OMIT_JSON_FLAG,
        cover_flags=True,
        sink=module_sink(inv),
    )
    _check_flags(options, config)
    return _List(inv, config, options).run()


def _check_flags(options: _Options, config: Config) -> None:
    if "" in config.args and config.toolchain.release.minor >= _EMPTY_REFUSED_SINCE:
        raise PlainError('go: invalid package: ""')
    if options.f and options.json:
        raise PlainError("go list -f cannot be used with -json")
    if options.reuse and not options.m:
        raise PlainError("go list -reuse cannot be used without -m")
    if options.retracted and config.flags.mod == "vendor":
        raise PlainError("go list -retracted cannot be used when vendoring is enabled")
    if options.m:
        for name in ("compiled", "deps", "export", "find", "test"):
            if getattr(options, name):
                raise PlainError(f"go list -{name} cannot be used with -m")
        return
    for name in ("u", "versions"):
        if getattr(options, name):
            raise PlainError(f"go list -{name} can only be used with -m")
    if options.find:
        for name in ("deps", "test", "export"):
            if getattr(options, name):
                raise PlainError(f"go list -{name} cannot be used with -find")


class _List:
    """One run of the command."""

    def __init__(self, inv: Invocation, config: Config, options: _Options) -> None:
        self.inv = inv
        self.config = config
        self.options = options
        self.status = 0
        self.store: Store | None = None

    def run(self) -> int:
        """List modules or packages; returns the exit status."""
        if self.options.m:
            self.list_modules()
        else:
            self.list_packages()
        return self.status

    def error(self, text: str) -> None:
        """Print a problem and remember that there was one (base.Errorf)."""
        self.inv.stderr.write(text + "\n")
        self.status = 1

    # Showing

    def shower(self, format_: str, plain: str, plain_text: Callable[[object], str], graph: ImportGraph | None) -> Show:
        """What shows one package or module. plain: the default format, whose text plain_text makes directly."""
        options, stdout = self.options, self.inv.stdout
        if options.json:

            def show_json(x: object) -> None:
                stdout.write(encode(self.to_json(x)) + "\n")

            return show_json
        if format_ in ("", plain):

            def show_plain(x: object) -> None:
                text = plain_text(x)
                stdout.write(text if text.endswith("\n") or not text else text + "\n")

            return show_plain
        from gokiln.cli.listformat import template_shower

        return template_shower(format_, self.config, graph, stdout)

    def to_json(self, x: object) -> dict[str, object]:
        """The JSON object of a package or module, cut to the fields wanted."""
        from gokiln.packages.package import Package

        fields = self.options.json_fields
        if isinstance(x, Package):
            return package_json(x, fields)
        assert isinstance(x, ModulePublic)
        return module_json(x, fields)

    # Modules

    def list_modules(self) -> None:
        """list -m."""
        from gokiln.packages.listfields import module_string

        options = self.options
        format_ = options.f
        if not format_ and options.versions:
            format_ = "{{.Path}}{{range .Versions}} {{.}}{{end}}{{if .Deprecated}} (deprecated){{end}}"

        def plain(x: object) -> str:
            assert isinstance(x, ModulePublic)
            return module_string(x)

        show = self.shower(format_, "{{.String}}", plain, None)
        modules = open_modules(self.config)
        modules.init_workfile()
        self.refuse_gopath(modules)
        if not modules.enabled():
            raise PlainError("go: list -m cannot be used with GO111MODULE=off")
        if options.reuse and modules.has_mod_root():
            raise PlainError("go list -reuse cannot be used inside a module")
        modules.load_mod_file()  # settles -mod
        if modules.build_mod == "vendor":
            self.refuse_vendor()
        if options.reuse and not self.config.args:
            raise PlainError("go: list -m -reuse only has an effect with module@version arguments")
        found, err = self.found_modules(modules)
        if not options.e:
            for m in found:
                if m.error is not None:
                    self.error(f"go: {m.error}")
            if err is not None:
                self.error(f"go: {err}")
            if self.status or self.inv.stderr.failed:
                return
        for m in found:
            show(m)

    def refuse_gopath(self, modules: Loader) -> None:
        """Raise PlainError for -retracted where there are no modules."""
        if self.options.retracted and not modules.enabled():
            raise PlainError("go list -retracted can only be used in module-aware mode")

    def refuse_vendor(self) -> None:
        """A vendor directory holds less than the module graph: raise GokilnError for what needs more."""
        wanted = ""
        if self.options.versions:
            wanted = "determine available versions"
        elif self.options.u:
            wanted = "determine available upgrades"
        else:
            arg = next((arg for arg in self.config.args if arg == "all" or "..." in arg), "")
            wanted = "compute 'all'" if arg == "all" else "match module patterns" if arg else ""
        if wanted:
            hint = "(Use -mod=mod or -mod=readonly to bypass.)"
            raise GokilnError(f"can't {wanted} using the vendor directory", hint=hint)

    def found_modules(self, modules: Loader) -> tuple[list[ModulePublic], GokilnError | None]:
        """The modules that the arguments name, and an error that concerns none of them."""
        from gokiln.modules.resolve import modinfo

        options = self.options
        mode = 0
        if options.u:
            mode |= modinfo.LIST_U | modinfo.LIST_RETRACTED | modinfo.LIST_DEPRECATED
        if options.retracted:
            mode |= modinfo.LIST_RETRACTED
        if options.versions:
            mode |= modinfo.LIST_VERSIONS
            if options.retracted:
                mode |= modinfo.LIST_RETRACTED_VERSIONS
        try:
            return modules.list_modules(self.config.args, mode, options.reuse), None
        except GokilnError as err:
            listed = getattr(err, "modules", None)
            if listed is None:
                raise
            return list(listed), err

    # Packages

    def list_packages(self) -> None:
        """list without -m."""
        options = self.options
        graph = open_graph(self.config)
        self.refuse_gopath(graph.modules)
        show = self.shower(options.f, "{{.ImportPath}}", _import_path, graph)
        opts = PackageOpts(
            ignore_imports=options.find,
            mod_resolve_tests=options.test,
            auto_vcs=True,
            suppress_build_info=not options.export and not options.need_any("Stale", "StaleReason"),
            suppress_embed_files=not options.export
            and not options.need_any("EmbedFiles", "TestEmbedFiles", "XTestEmbedFiles"),
        )
        if self.config.gocache != "off":
            from gokiln.cache.location import make_cache_dir

            make_cache_dir(self.config.gocache, self.config.gocache_error)  # where cmd/go keeps its module index
        packages = packages_and_errors(graph, opts, self.config.args)
        if not options.e:
            for p in packages:
                if p.error is not None:
                    self.error(str(p.error))
            if self.status:
                return
        if options.test:
            packages += self.test_packages(graph, opts, packages)
        named = set(packages)
        if options.deps:
            packages = self.with_deps(packages)
        self.build_facts(graph, packages)
        if options.retracted:
            from gokiln.cli.listretracted import add_retractions

            add_retractions(graph.modules, packages, (lambda text: None) if options.e else self.error)
        self.finish(graph, packages, named)
        for p in packages:
            show(p)

    def with_deps(self, packages: Sequence[Package]) -> list[Package]:
        """The packages and what they import; without -e their errors are printed."""
        found = listing.packages_with_deps(packages)
        if not self.options.e:
            for p in found:
                if p.error is not None:
                    self.error(str(p.error))
        return found

    def test_packages(self, graph: ImportGraph, opts: PackageOpts, packages: Sequence[Package]) -> list[Package]:
        """Test mains and variants of the packages that have tests."""
        from gokiln.base.spawn import Children
        from gokiln.gotest.syntax import TestSyntax
        from gokiln.packages.testpkg import has_tests, test_packages_and_errors

        if self.config.gocache == "off":
            from gokiln.cache.location import make_cache_dir

            make_cache_dir("off", self.config.gocache_error)  # refused, even where no package has tests
        found: list[Package] = []
        syntax = TestSyntax(self.config, Children(), graph.memo.file_hash)
        syntax.look_at(packages)
        for p in packages:
            if not has_tests(p):
                continue
            made = test_packages_and_errors(graph, opts, p, syntax=syntax.error)
            broken = None if self.options.e else made.broken()
            if broken is not None:
                raise PlainError(f"go: can't load test package: {broken.error}")
            self.store_testmain(made.main)
            found.append(made.main)
            if made.test is not p:
                found.append(made.test)
            if made.xtest is not None:
                found.append(made.xtest)
        return found

    def store_testmain(self, main: Package) -> None:
        """Keep the text of a test's main file in the build cache, which is where the package then says it is."""
        from gokiln.cache.inputhash import InputHash, strip_experiment
        from gokiln.cli.buildcache import open_build_cache

        config = self.config
        if self.store is None:
            self.store = open_build_cache(
                config.gocache,
                config.gocache_error,
                config.env.environ,
                config.toolchain.host_os,
                config.sink,
                self.inv.stderr.write,
            )
        assert main.testmain_go is not None
        h = InputHash(strip_experiment(config.toolchain.version), "testmain")
        h.add("testmain\n")
        h.add(main.testmain_go)
        main.go_files = [self.store.output_file(self.store.put_bytes(h.digest(), main.testmain_go))]

    def build_facts(self, graph: ImportGraph, packages: Sequence[Package]) -> None:
        """Fill what only a build knows: export data, compiled files, staleness."""
        options = self.options
        stale = (options.json and options.need_any("Stale", "StaleReason")) or ".Stale" in options.f
        if not (options.export or options.compiled or stale):
            return
        from gokiln.actions.action import Action
        from gokiln.actions.graph import MODE_INSTALL
        from gokiln.cli.building import Session, cover_packages
        from gokiln.execute.workdir import WorkDir

        cover_packages(self.config, graph, packages)
        with WorkDir(self.config) as work:
            session = Session(self.inv, self.config, graph, work)
            builder = session.builder
            builder.allow_errors = options.e
            builder.is_cmd_list = True
            builder.need_export = options.export
            builder.need_compiled_go_files = options.compiled
            root = Action("list")
            root.deps = [builder.planner.auto_action(MODE_INSTALL, p) for p in packages if p.go_files or p.cgo_files]
            self.status = session.do(root) or self.status

    def finish(self, graph: ImportGraph, packages: Sequence[Package], named: set[Package]) -> None:
        """Work out what is shown of how packages hang together."""
        options = self.options
        listing.show_resolved_imports(graph, packages, named)
        if options.compiled:
            for p in packages:
                p.imports = [*p.imports, *p.compiled_imports]
        everything = list(packages)
        if options.test or (self.config.flags.pgo == "auto" and len(named) > 1):
            listing.rename_variants(everything if options.deps else self.with_deps(packages), named)
        if options.need_any("Deps", "DepsErrors") and (options.json or "Deps" in options.f):
            if not options.deps:
                everything = listing.packages_with_deps(packages)
            if options.need_any("Deps"):
                listing.collect_deps(everything)
            if options.need_any("DepsErrors"):
                listing.collect_deps_errors(everything)
        if options.json or "ImportMap" in options.f:
            listing.fill_import_maps(packages)


def _import_path(x: object) -> str:
    return str(getattr(x, "import_path", ""))

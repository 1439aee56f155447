"""The steps that make one package's archive, in cmd/go's order.

Source: Builder.build in cmd/go/internal/work/exec.go, gcToolchain.{gc,asm,symabis,pack} in gc.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.graph import C_ACTIONS_SINCE
from gokiln.actions.importcfg import embed_config, import_config
from gokiln.execute.byproducts import load_compiled_go_files, store_objdir_file, store_source_files
from gokiln.execute.providers import NEED_COMPILED_GO_FILES, NEED_VET, Covered, profile_of
from gokiln.execute.report import StepError, join_unambiguously
from gokiln.execute.reuse import update_build_id
from gokiln.tools.asm import asm_words, object_name, symabis_words
from gokiln.tools.gc import compile_words, make_absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder


class PackageBuild:
    """One package being built. need: a sum of NEED_*."""

    def __init__(self, builder: Builder, action: Action, need: int) -> None:
        package = action.package
        assert package is not None
        self.builder = builder
        self.config = builder.config
        self.action = action
        self.package = package
        self.need = need
        self.result = builder.result(action)
        self.shell = builder.shell(action)
        self.objdir = action.objdir
        self.go_files = list(package.go_files)
        self.s_files = list(package.s_files)
        self.c_files = list(package.c_files)
        self.cgo_objects: list[str] = []

    def run(self) -> None:
        """Do it all. Raises GokilnError, OSError."""
        try:
            self._run()
        finally:
            self.shell.flush_output()

    def _run(self) -> None:
        if self.config.toolchain.release.minor >= C_ACTIONS_SINCE:
            self.builder.announce(self.action)
        self._take_over_prepared_files()
        sources = [*self.go_files, *self.s_files, *self.c_files]
        store_source_files(self.builder, self.action, sources)
        if not self.go_files:
            from gokiln.packages.package import NoGoError

            raise NoGoError(self.package)
        if self.need & NEED_VET:
            from gokiln.execute.vetting import write_vet_config

            write_vet_config(self.builder, self.action, sources, self.action.deps)
            self.need &= ~NEED_VET
        if self.need & NEED_COMPILED_GO_FILES:
            if not load_compiled_go_files(self.builder, self.action):
                self._name_compiled_go_files()
            self.need &= ~NEED_COMPILED_GO_FILES
        if self.need:
            self._make_archive()

    def _name_compiled_go_files(self) -> None:
        """The files given to the compiler, where the cache could not take their list. Raises StepError."""
        if any(name.startswith(self.objdir) for name in self.go_files):  # files that are gone with the work directory
            raise StepError("loading compiled Go files from cache: reading srcfiles list: cache entry not found")
        self.package.compiled_go_files = list(self.go_files)

    def _take_over_prepared_files(self) -> None:
        """Replace sources by what the cover and cgo steps made of them."""
        package = self.package
        if package.cover.mode:
            for dep in self.action.deps:
                provider = self.builder.result(dep).provider
                if isinstance(provider, Covered):
                    self.go_files = list(provider.go_files)
        if not (package.uses_cgo() or package.uses_swig()):
            return
        from gokiln.execute.cgo import outputs

        self.c_files = []
        if package.standard and package.import_path == "runtime/cgo":
            self.s_files = [name for name in self.s_files if not name.startswith("gcc_")]
        else:
            self.s_files = []
        made = outputs(self.builder, self.action)
        self.go_files += made.go_files
        self.cgo_objects = made.objects
        if self.config.flags.compiler == "gccgo":
            self.cgo_objects = [self.objdir + "_cgo_flags", *made.objects]  # for whoever links the package
        if self.config.flags.buildmode in ("c-archive", "c-shared"):
            store_objdir_file(self.builder, self.action, "_cgo_install.h")

    def _make_archive(self) -> None:
        archive = self.objdir + "_pkg_.a"
        self.make_with_tools(archive)
        update_build_id(self.builder, self.action, archive, self._changed_input())
        self.result.built = archive

    def make_with_tools(self, archive: str) -> None:
        """Compile, assemble and pack with the tools of the Go toolchain. Raises GokilnError, OSError."""
        symabis = self._symabis()
        self._compile(archive, symabis)
        self.copy_headers()
        if self.c_files:
            path = make_absolute(self.package.dir, self.c_files[0])
            raise StepError(f"{path}: C source files not supported without cgo")
        objects = self._assemble()
        objects += self.cgo_objects
        objects += [os.path.join(self.package.dir, name) for name in self.package.syso_files]
        if objects:
            self._pack(archive, objects)

    def _changed_input(self) -> str:
        """A source file that is not any more what the action ID says; "" when all are.

        It was hashed when packages were loaded and read by the compiler just now: an editor may have been between.
        Only the user's own files are looked at, not GOROOT's and not those of the module cache.
        """
        package, config = self.package, self.config
        cache = config.gomodcache
        if config.flags.n or package.goroot or (cache and package.dir.startswith(cache + os.sep)):
            return ""
        for names in (
            package.go_files,
            package.cgo_files,
            package.c_files,
            package.cxx_files,
            package.m_files,
            package.h_files,
            package.s_files,
            package.embed_files,
        ):
            for name in names:
                path = os.path.join(package.dir, name)
                if self.builder.changed_since_load(path):
                    return path
        return ""

    def _symabis(self) -> str:
        """Find out which functions are in assembly; the file that says so, "" without any."""
        if not self.s_files:
            return ""
        output = self.objdir + "symabis"
        words = symabis_words(self.config, self.action, self.result.build_id, self.s_files, output)
        # An empty header will do: only names are looked at, not what the real one would define.
        self.shell.write_file(self.objdir + "go_asm.h", b"")
        self.shell.run(self.package.dir, self.package.import_path, (), words)
        return output

    def _compile(self, archive: str, symabis: str) -> None:
        results = self.builder.queue.results
        profile = profile_of(self.builder, self.action)
        importcfg = import_config(self.package, self.action.deps, lambda dep: results[dep].built)
        embedcfg = embed_config(self.package, self.config.disk.actual)
        pool = self.builder.pool()
        concurrency = pool.take()
        try:
            words = compile_words(
                self.config,
                self.action,
                self.result.build_id,
                output=archive,
                importcfg=self.objdir + "importcfg",
                embedcfg=self.objdir + "embedcfg" if embedcfg is not None else "",
                symabis=symabis,
                asm_header=bool(self.s_files),
                profile=profile,
                concurrency=concurrency,
                fuzz_flags=self.builder.facts.fuzz_flags,
                go_files=self.go_files,
            )
            self.shell.write_file(self.objdir + "importcfg", importcfg)
            if embedcfg is not None:
                self.shell.write_file(self.objdir + "embedcfg", embedcfg)
            output, problem = self.shell.run_out(self.config.cwd, (), words)
        finally:
            pool.give_back(concurrency)
        self.shell.report_compiled(output, problem)

    def copy_headers(self) -> None:
        """Give headers named for the target the names by which assembly files include them."""
        goos, goarch = self.config.target.goos, self.config.target.goarch
        for name in self.package.h_files:
            stem, dot, ending = name.rpartition(".")
            for suffix, plain in (
                (f"_{goos}_{goarch}", "_GOOS_GOARCH"),
                (f"_{goarch}", "_GOARCH"),
                (f"_{goos}", "_GOOS"),
            ):
                if stem.endswith(suffix):
                    target = self.objdir + stem.removesuffix(suffix) + plain + dot + ending
                    self.shell.copy_file(target, os.path.join(self.package.dir, name), 0o666, True)
                    break

    def _assemble(self) -> list[str]:
        """Assemble each file; the objects."""
        objects = []
        for name in self.s_files:
            output = object_name(self.action, name)
            source = self.config.disk.actual(make_absolute(self.package.dir, name))
            words = [*asm_words(self.config, self.action, self.result.build_id), "-o", output, source]
            self.shell.run(self.package.dir, self.package.import_path, (), words)
            objects.append(output)
        return objects

    def _pack(self, archive: str, objects: list[str]) -> None:
        """Append objects to the archive, as `go tool pack r` would."""
        objects = [make_absolute(self.objdir, name) for name in objects]
        if self.shell.shared.show:
            words = ["go", "tool", "pack", "r", archive, *objects]
            self.shell.show_cmd(self.package.dir, join_unambiguously(words) + " # internal")
        if not self.config.flags.n:
            from gokiln.golang.archive import append_objects

            append_objects(archive, objects)

"""Planning: from packages to the actions that build, link and install them.

compile_action: a package's archive. Before it stand a check of the cache (which computes the action ID as soon as the
dependencies are known), and cover and cgo steps where a package needs them. link_action: a program; it waits for the
archives of everything it imports, directly or not. auto_action: whichever of the two fits. install: the result goes
to the package's target.

Directories for intermediate files (`b001`, `b002` ...) are numbered in the order in which cmd/go's recursive planner
meets the packages: they show in -n and -x. The walk keeps its own stack, so import chains of any depth work.

Source: cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.action import (
    BUILD,
    CGO_COLLECT,
    CGO_COMPILE,
    CGO_RUN,
    CHECK_CACHE,
    COVER,
    INSTALL,
    INSTALL_HEADER,
    LINK,
    NOTHING,
    PGO,
    VET,
    Action,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from gokiln.packages.package import Package

    class Libraries(Protocol):
        """Who plans shared libraries (sharedlib.SharedLibraries)."""

        def library_action(self, mode: int, dep_mode: int, library: str, group: Action | None = None) -> Action: ...


MODE_BUILD = 0
MODE_INSTALL = 1
MODE_BUGGY_INSTALL = 2  # install though nobody asked for it: the libraries that -linkshared links against
C_ACTIONS_SINCE = 26  # each C file is an action of its own; before, the build's action ID stood for all of them
FMT_UNASKED_SINCE = 26  # minor release whose vet does not need fmt to be compiled
_FAKE_PACKAGES = ("builtin", "unsafe")  # nothing to build


class Planner:
    """Makes actions; asking twice for the same thing gives the same action.

    work_dir: the build's directory without a separator at its end. goos: the target's. buildmode: the -buildmode
    flag. exe_suffix: ending of programs' names. swig_outputs: for a package that uses SWIG, (Go files, C files,
    C++ files) that SWIG will write into the object directory. minor: 26 for go1.26.
    """

    def __init__(
        self,
        work_dir: str,
        goos: str,
        buildmode: str = "default",
        exe_suffix: str = "",
        swig_outputs: Callable[[Package, str], tuple[list[str], list[str], list[str]]] | None = None,
        minor: int = C_ACTIONS_SINCE,
    ) -> None:
        self.work_dir = work_dir
        self.goos = goos
        self.buildmode = buildmode
        self.exe_suffix = exe_suffix
        self.swig_outputs = swig_outputs
        self.shared: Libraries | None = None  # set by commands under -buildmode=shared and -linkshared
        self.linkshared = False
        # set for releases whose vet wants fmt compiled: the package fmt as one that another imports it finds it
        self.fmt_of: Callable[[Package], Package] | None = None
        self.gccgo = False  # -compiler=gccgo: its standard library is there and cannot be built
        self.minor = minor
        self._objdirs = 0
        self._cache: dict[tuple[str, Package | None], Action] = {}

    def new_objdir(self) -> str:
        """A fresh name for a directory of intermediate files, ending in a separator."""
        self._objdirs += 1
        return f"{self.work_dir}{os.sep}b{self._objdirs:03d}{os.sep}"

    # --- what callers ask for ---

    def auto_action(self, mode: int, package: Package) -> Action:
        """What `go build` (MODE_BUILD) or `go install` (MODE_INSTALL) does with a package."""
        if package.name == "main":
            return self.link_action(mode, package)
        return self.compile_action(mode, package)

    def compile_action(
        self, mode: int, package: Package, *, dep_mode: int = MODE_BUILD, vet_only: bool = False
    ) -> Action:
        """The action that makes a package's archive, never a program.

        dep_mode: what to do with the packages it imports. vet_only: only vet asks for it.
        """
        if mode != MODE_BUILD and (not package.target or package.name == "main"):
            mode = MODE_BUILD  # nowhere to install it; and the archive of a main package is never installed
        action = self._cache.get(("build", package))
        if action is None:
            action = self._plan_packages(package, dep_mode, vet_only)
        build = action.deps[0] if action.mode == "build-install" else action
        build.need_build = build.need_build or not vet_only
        if mode != MODE_BUILD:
            action = self.install_action(action, mode)
        return action

    def link_action(self, mode: int, package: Package) -> Action:
        """The action that links a main package, and installs the program when mode says so."""
        action = self._cache.get(("link", package))
        if action is None:
            compile_ = self.compile_action(MODE_BUILD, package)
            action = Action("link", package, LINK, deps=[compile_], objdir=compile_.objdir)
            # The name shows in lists of processes, so it is a telling one where one is known.
            name = "a.out"
            if package.exe_name:
                name = package.exe_name
            elif self.goos in ("darwin", "windows") and self.buildmode == "c-shared" and package.target:
                name = os.path.basename(package.target)  # the linker records it in the library
            action.target = os.path.join(action.objdir + "exe", name) + self.exe_suffix
            self.add_transitive_deps(action, compile_)
            # The main package comes strictly last: the shortcut for an up-to-date program computes the link's
            # action ID while it decides about the main package, and needs everybody else's build ID for that.
            compile_.deps.append(Action("nop", deps=action.deps[1:]))
            self._cache["link", package] = action
        if mode != MODE_BUILD:
            action = self.install_action(action, mode)
        return action

    def install_action(self, action: Action, mode: int = MODE_INSTALL) -> Action:
        """The action that installs the result of another one.

        Everything that waits for that one, already planned or not yet, now waits for the installation, because it
        takes the built file away: the given action turns into the installation and its old self becomes its dep.
        """
        if action.mode.endswith("-install"):
            action.buggy_install = action.buggy_install and mode != MODE_INSTALL
            return action
        if action.handler == NOTHING:
            return action
        package = action.package
        assert package is not None
        build = action.copy()
        install = Action(build.mode + "-install", package, INSTALL, deps=[build], objdir=build.objdir)
        install.target = package.target
        install.buggy_install = mode == MODE_BUGGY_INSTALL
        if package.uses_cgo() and self.buildmode in ("c-archive", "c-shared"):
            header = Action("install header", package, INSTALL_HEADER, deps=[build], objdir=build.objdir)
            header.target = os.path.splitext(package.target)[0] + ".h"
            install.deps.append(header)
        action.become(install)
        return action

    def vet_action(self, mode: int, package: Package, need_fix: bool = False) -> Action:
        """The action that vets a package for the user, after its build and the facts of all it imports."""
        action = self._vet_action(mode, package)
        action.vetx_only = False
        action.need_fix = need_fix
        return action

    def _vet_action(self, mode: int, package: Package) -> Action:
        """Vet actions for a package and all below it, made bottom up; the builds are planned first, from the top."""
        self.compile_action(mode, package, vet_only=True)
        if self.fmt_of is not None:
            self.compile_action(MODE_BUILD, self.fmt_of(package))
        stack = [package]
        while stack:
            top = stack[-1]
            missing = [p for p in top.internal_imports if ("vet", p) not in self._cache and p is not top]
            if missing and ("vet", top) not in self._cache:
                stack += reversed(missing)
                continue
            stack.pop()
            if ("vet", top) not in self._cache:
                self._cache["vet", top] = self._one_vet_action(mode, top)
        return self._cache["vet", package]

    def _one_vet_action(self, mode: int, package: Package) -> Action:
        build = self.compile_action(mode, package, vet_only=True)
        # vet expects the build itself first; what waits for the library's installation waits for that too.
        before = [build.deps[0], build] if build.buggy_install else [build]
        if self.fmt_of is not None:
            before.insert(1, self.compile_action(MODE_BUILD, self.fmt_of(package)))
        deps = [*before, *(self._cache["vet", p] for p in package.internal_imports)]
        action = Action("vet", package, NOTHING, deps=deps, objdir=build.objdir)
        action.vetx_only = True
        action.ignore_fail = True  # vet of a dependency "fails" when it has something to report
        if build.handler != NOTHING:
            (build.deps[0] if build.mode == "build-install" else build).need_vet = True
            action.handler = VET
        return action

    # --- compile ---

    def _plan_packages(self, package: Package, dep_mode: int, vet_only: bool) -> Action:
        """Plan a package and, depth first, all it imports that is not planned yet."""
        top = self._start_package(package)
        stack: list[tuple[Action, Package, Iterator[Package]]] = [(top, package, self._imports(package))]
        while stack:
            action, owner, imports = stack[-1]
            for imported in imports:
                known = self._cache.get(("build", imported))
                if known is None:
                    known = self._start_package(imported)
                    known.need_build = True  # dependencies are always wanted whole
                    stack.append((known, imported, self._imports(imported)))
                    action.deps.append(known)
                    break
                (known.deps[0] if known.mode == "build-install" else known).need_build = True
                self._install_dep(known, imported, dep_mode)
                action.deps.append(known)
            else:
                stack.pop()
                self._finish_package(action, owner)
                if action is not top:
                    self._install_dep(action, owner, dep_mode)
        top.need_build = top.need_build or not vet_only
        return top

    def _install_dep(self, action: Action, package: Package, mode: int) -> None:
        """Turn the build of an imported package into its installation, if mode says so and it has a place."""
        if mode != MODE_BUILD and package.target and package.name != "main":
            self.install_action(action, mode)

    @staticmethod
    def _imports(package: Package) -> Iterator[Package]:
        if package.error is not None and package.error.is_import_cycle:
            return iter(())
        return iter(package.internal_imports)

    def _start_package(self, package: Package) -> Action:
        action = Action("build", package, BUILD, objdir=self.new_objdir())
        self._cache["build", package] = action
        return action

    def _finish_package(self, action: Action, package: Package) -> None:
        """What comes after the imports: profile, cache check, coverage, cgo."""
        if package.pgo_profile:
            action.deps.append(self._pgo_action(package.pgo_profile))
        if package.standard and package.import_path in _FAKE_PACKAGES:
            action.mode = "built-in package"
            action.handler = NOTHING
            return
        if package.standard and self.gccgo:
            action.mode = "gccgo stdlib"
            action.target = package.target
            action.handler = NOTHING
            return
        check = Action("build check cache", package, CHECK_CACHE, deps=action.deps, objdir=action.objdir)
        check.about = action
        before = [check]
        action.deps.append(check)
        covered = bool(package.cover.mode)
        if covered:
            cover = Action("cover", package, COVER, deps=[check], objdir=action.objdir)
            cover.about = action
            before.append(cover)
            action.deps.append(cover)
        if package.uses_cgo() or package.uses_swig():
            action.deps.append(self._cgo_action(package, action, before, covered))

    def _pgo_action(self, profile: str) -> Action:
        key = ("preprocess PGO profile " + profile, None)
        action = self._cache.get(key)
        if action is None:
            action = Action("preprocess PGO profile", None, PGO, objdir=self.new_objdir(), subject=profile)
            action.target = action.objdir + "pgo.preprofile"
            self._cache[key] = action
        return action

    def _cgo_action(self, package: Package, build: Action, before: list[Action], covered: bool) -> Action:
        """The steps of cgo: run cgo (and SWIG), compile each C file, and a joint that the build waits for."""
        objdir = build.objdir
        run = Action("cgo run", package, CGO_RUN, deps=before, objdir=objdir)
        run.about = build
        compiles: list[Action] = []
        for lang, name in self._c_files(package, objdir, covered):
            step = Action("cgo compile " + name, package, CGO_COMPILE, deps=[run], objdir=objdir, subject=name)
            step.lang = lang
            step.about = build
            step.target = f"{objdir}_x{len(compiles) + 1:03d}.o"
            compiles.append(step)
        collect = Action("collect cgo", None, CGO_COLLECT, deps=compiles, objdir=objdir)
        collect.about = build
        return collect

    def _c_files(self, package: Package, objdir: str, covered: bool) -> list[tuple[str, str]]:
        """(language, file) of everything a C compiler has to compile, in cmd/go's order; names as it shows them."""
        swig_go: list[str] = []
        swig_c: list[str] = []
        swig_cxx: list[str] = []
        if package.uses_swig() and self.swig_outputs is not None:
            swig_go, swig_c, swig_cxx = self.swig_outputs(package, objdir)
        cgo_files = list(package.cgo_files)
        if covered:
            cgo_files = [name.removesuffix(".go") + ".cover.go" for name in cgo_files]
        generated = ["_cgo_export.c"]
        generated += [os.path.basename(name).removesuffix(".go") + ".cgo2.c" for name in cgo_files + swig_go]
        files = [("c", objdir + name) for name in generated]
        # runtime/cgo has assembly for both sides: the files gcc_* are the C compiler's, the others are asm's.
        bridge = package.standard and package.import_path == "runtime/cgo"
        asm = [("asm", name) for name in package.s_files if not bridge or name.startswith("gcc_")]
        c = [("c", name) for name in package.c_files]
        objc = [("c", name) for name in package.m_files]
        from_swig = [("c", name) for name in swig_c]
        cxx = [("c++", name) for name in [*package.cxx_files, *swig_cxx]]
        fortran = [("fortran", name) for name in package.f_files]
        if self.minor < C_ACTIONS_SINCE:
            return [*files, *c, *from_swig, *asm, *cxx, *objc, *fortran]
        return [*files, *asm, *c, *objc, *from_swig, *cxx, *fortran]

    # --- link ---

    def add_transitive_deps(self, link: Action, main: Action, library: str = "") -> None:
        """Append to a link all packages its main package needs, breadth first: variants made for a test come first.

        main: or the group of packages that becomes a library of this name. Under -linkshared the installed libraries
        come last.
        """
        have = {main.package.import_path} if main.package is not None else set()
        queue = [main]
        for action in queue:
            for dep in action.deps:
                if dep.package is None or dep.mode not in ("build-install", "build"):
                    continue
                if dep.package.import_path in have:
                    continue
                have.add(dep.package.import_path)
                link.deps.append(dep)
                queue.append(dep.deps[0] if dep.mode == "build-install" else dep)
        if not self.linkshared or self.shared is None:
            return
        libraries = {library}
        for dep in list(link.deps):
            path = dep.package.shlib if dep.package is not None else ""
            name = os.path.basename(path)
            if path and name not in libraries:
                libraries.add(name)
                link.deps.append(self.shared.library_action(MODE_BUGGY_INSTALL, MODE_BUGGY_INSTALL, path))

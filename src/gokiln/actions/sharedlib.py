"""Planning shared libraries of Go packages: -buildmode=shared makes one, -linkshared links against those installed.

A library is linked from a group of built packages. Beside it, for each of its packages, lies a file `PATH.shlibname`
that names it, by which -linkshared finds out where a package is; the library itself holds the list of its packages.
Whoever links against an installed library has it built anew if need be (a "buggy install": cmd/go's word for
installing something that nobody asked to install).

Source: linkSharedAction, buildmodeShared in cmd/go/internal/work/action.go, libname in build.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.action import INSTALL, INSTALL_SHLIBNAME, LINK_SHARED, Action
from gokiln.actions.graph import MODE_BUILD
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.actions.graph import Planner
    from gokiln.packages.package import Package


class SharedLibraryError(PlainError):
    """Packages that cannot be one library, or a library that cannot be read."""


class Surroundings:
    """What planning libraries needs from those who load packages and read files.

    load: import path -> package, with its flags; raises when it cannot be loaded. package_list: a library's path -> the
    import paths of what is in it. linker_deps: import paths that every link needs. fake_package: a package that
    stands for a library and has the linker flags of the command line. goarch: the target's. gccgo: -compiler=gccgo.
    """

    __slots__ = ("fake_package", "gccgo", "goarch", "linker_deps", "load", "package_list")

    def __init__(
        self,
        load: Callable[[str], Package],
        package_list: Callable[[str], list[str]],
        linker_deps: Callable[[], list[str]],
        fake_package: Callable[[], Package],
        goarch: str,
        gccgo: bool = False,
    ) -> None:
        self.load = load
        self.package_list = package_list
        self.linker_deps = linker_deps
        self.fake_package = fake_package
        self.goarch = goarch
        self.gccgo = gccgo


def library_name(patterns: Sequence[str], packages: Sequence[Package], local_path: Callable[[str], str]) -> str:
    """The file name of a library of these packages. Raises SharedLibraryError.

    patterns: as given on the command line. local_path: a directory such as "./x" -> its import path, or itself.
    """
    from gokiln.base.pattern import is_local_import, is_meta_package

    meta = [pattern for pattern in patterns if is_meta_package(pattern)]
    if meta:
        if len(meta) < len(patterns):
            raise SharedLibraryError("mixing of meta and non-meta packages is not allowed")
        names = meta
    elif len(patterns) == 1 and patterns[0].endswith("/..."):
        name = patterns[0].removesuffix("/...")
        names = [local_path(name) if is_local_import(name) else name]
    else:
        names = [package.import_path for package in packages]
    names = names if meta else [name.replace("/", "-") for name in names]
    return f"lib{','.join(names)}.so"


class SharedLibraries:
    """The libraries of one plan."""

    def __init__(self, planner: Planner, around: Surroundings) -> None:
        self._planner = planner
        self._around = around
        self._builds: dict[str, Action] = {}
        self._installs: dict[str, Action] = {}

    def library_action(self, mode: int, dep_mode: int, library: str, group: Action | None = None) -> Action:
        """The action that links a library, and installs it when mode says so.

        group: an action whose dependencies are the packages; without it, library is the path of an installed library
        that says what is in it. dep_mode: what to do with the packages. Raises what loading packages raises,
        SharedLibraryError.
        """
        name = os.path.basename(library)
        build = self._builds.get(name)
        if build is None:
            if group is None:
                group = Action("shlib packages")
                for path in self._around.package_list(library):
                    package = self._around.load(path)
                    group.deps.append(self._planner.compile_action(mode, package, dep_mode=dep_mode))
            build = self._builds[name] = self._build_action(name, dep_mode, group)
        if mode == MODE_BUILD:
            return build
        install = self._installs.get(name)
        if install is None:
            install = self._installs[name] = self._install_action(name, build)
        return install

    def _build_action(self, name: str, dep_mode: int, group: Action) -> Action:
        planner, around = self._planner, self._around
        objdir = planner.new_objdir()
        action = Action("go build -buildmode=shared", around.fake_package(), LINK_SHARED, deps=[group], objdir=objdir)
        action.target = objdir + name
        if not around.gccgo:
            # A library is linked by the C linker, and that needs runtime/cgo.
            self._add(group, "runtime/cgo", dep_mode, False)
            if around.goarch == "arm":
                self._add(group, "math", dep_mode, False)
            for path in around.linker_deps():
                self._add(action, path, dep_mode, True)
        planner.add_transitive_deps(action, group, name)
        return action

    def _add(self, to: Action, path: str, dep_mode: int, force: bool) -> None:
        """Make an action depend on a package, unless it does, or (not force) another library has the package."""
        if any(dep.package is not None and dep.package.import_path == path for dep in to.deps):
            return
        package = self._around.load(path)
        if package.error is not None:
            raise SharedLibraryError(f"load {path}: {package.error}")
        if force or not package.shlib or os.path.basename(package.shlib) == path:
            to.deps.append(self._planner.compile_action(dep_mode, package, dep_mode=dep_mode))

    def _install_action(self, name: str, build: Action) -> Action:
        members = build.deps[0].deps
        first = members[0].package if members else None
        root = _target_root(first)
        for member in members:
            other = _target_root(member.package)
            if other != root:
                assert first is not None and member.package is not None
                raise SharedLibraryError(
                    f"installing shared library: cannot use packages {first.import_path} and "
                    f"{member.package.import_path} from different roots {root} and {other}"
                )
        folder = os.path.join(root, "shlibs") if self._around.gccgo else root
        install = Action("go install -buildmode=shared", None, INSTALL, deps=[build], objdir=build.objdir)
        install.target = os.path.join(folder, name)
        for member in members:
            place = _target_root(member.package)
            if place and member.package is not None:
                note = Action("shlibname", member.package, INSTALL_SHLIBNAME, deps=[build])
                note.target = os.path.join(place, member.package.import_path + ".shlibname")
                install.deps.append(note)
        return install


def _target_root(package: Package | None) -> str:
    """The directory below which a package's archive is installed; "" if it never is."""
    build = package.build if package is not None else None
    return str(getattr(build, "pkg_target_root", ""))

"""Plans for shared libraries of Go packages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gokiln.actions.action import INSTALL_SHLIBNAME, Action
from gokiln.actions.graph import MODE_BUILD, MODE_INSTALL, Planner
from gokiln.actions.sharedlib import SharedLibraries, SharedLibraryError, Surroundings, library_name
from gokiln.packages.package import Package
from tests.unit.actions.test_graph import names, package, planner

ROOT = "/pkg"


def place(p: Package, root: str = ROOT) -> Package:
    """The package with a place for its archive."""
    p.build = SimpleNamespace(pkg_target_root=root)
    p.target = f"{root}/{p.import_path}.a" if root else ""
    return p


def libraries(plan: Planner, *known: Package, lists: dict[str, list[str]] | None = None) -> SharedLibraries:
    """A planner's libraries; `known` can be loaded."""
    table = {p.import_path: p for p in known}
    return SharedLibraries(
        plan,
        Surroundings(
            table.__getitem__,
            lambda path: (lists or {})[path],
            lambda: ["runtime", "runtime/cgo"],
            lambda: package("", name=""),
            "amd64",
        ),
    )


def test_an_installed_library_has_its_packages_runtime_cgo_and_a_note_for_each() -> None:
    runtime = place(package("runtime"))
    cgo = place(package("runtime/cgo", runtime))
    plan = planner("shared")
    group = Action("go install", deps=[plan.auto_action(MODE_INSTALL, runtime)])
    install = libraries(plan, runtime, cgo).library_action(MODE_INSTALL, MODE_INSTALL, "libruntime.so", group)
    assert install.mode == "go install -buildmode=shared"
    assert install.target == "/pkg/libruntime.so"
    build = install.deps[0]
    assert names(build.deps[0].deps) == ["build-install runtime", "build-install runtime/cgo"]
    assert names(build.deps[1:])[:2] == ["build-install runtime", "build-install runtime/cgo"]
    notes = [a.target for a in install.deps if a.handler == INSTALL_SHLIBNAME]
    assert notes == ["/pkg/runtime.shlibname", "/pkg/runtime/cgo.shlibname"]


def test_a_library_of_packages_with_different_places_is_refused() -> None:
    plan, cgo, runtime = planner("shared"), place(package("runtime/cgo")), place(package("runtime"))
    mine = place(package("example.com/m"), "")
    group = Action("go install", deps=[plan.auto_action(MODE_INSTALL, mine)])
    with pytest.raises(SharedLibraryError, match="from different roots  and"):
        libraries(plan, cgo, runtime).library_action(MODE_INSTALL, MODE_INSTALL, "libm.so", group)


def test_a_program_links_against_the_libraries_of_what_it_imports() -> None:
    runtime = place(package("runtime"))
    cgo = place(package("runtime/cgo", runtime))
    runtime.shlib = cgo.shlib = "/pkg/libruntime.so"
    plan = planner()
    plan.linkshared = True
    plan.shared = libraries(plan, runtime, cgo, lists={"/pkg/libruntime.so": ["runtime", "runtime/cgo"]})
    main = package("m", runtime, cgo, name="main")
    link = plan.link_action(MODE_BUILD, main)
    library = link.deps[-1]
    assert library.mode == "go install -buildmode=shared"
    assert names(link.deps[:3]) == ["build m", "build-install runtime", "build-install runtime/cgo"]
    assert link.deps[1].buggy_install
    assert not plan.compile_action(MODE_INSTALL, runtime).buggy_install


@pytest.mark.parametrize(
    ("patterns", "paths", "name"),
    [
        (["std"], ["fmt"], "libstd.so"),
        (["std", "cmd"], [], "libstd,cmd.so"),
        (["a/b/..."], ["a/b/c", "a/b/d"], "liba-b.so"),
        (["./..."], ["m/c"], "libhere-x.so"),
        (["a/b", "gopkg.in/tomb.v2"], ["a/b", "gopkg.in/tomb.v2"], "liba-b,gopkg.in-tomb.v2.so"),
        ([], ["m/n"], "libm-n.so"),
    ],
)
def test_library_names(patterns: list[str], paths: list[str], name: str) -> None:
    assert library_name(patterns, [package(path) for path in paths], lambda directory: "here/x") == name


def test_meta_packages_do_not_mix() -> None:
    with pytest.raises(SharedLibraryError, match="mixing of meta and non-meta packages is not allowed"):
        library_name(["std", "fmt"], [], str)

"""Plans: which actions, after what, in which directories, as cmd/go's recursive planner makes them."""

from __future__ import annotations

from gokiln.actions.action import Action, freeze, post_order
from gokiln.actions.graph import MODE_BUILD, MODE_INSTALL, Planner
from gokiln.packages.package import Package


def package(path: str, *imports: Package, name: str = "lib", **fields: object) -> Package:
    """A package that imports others."""
    p = Package()
    p.import_path = path
    p.name = name
    p.dir = f"/src/{path}"
    p.go_files = ["x.go"]
    p.internal_imports = list(imports)
    for field, value in fields.items():
        setattr(p, field, value)
    return p


def planner(buildmode: str = "default") -> Planner:
    """A Planner in a work directory."""
    return Planner("/temp", "linux", buildmode)


def names(actions: list[Action]) -> list[str]:
    """Mode and path of each."""
    return [f"{a.mode} {a.package.import_path}" if a.package else a.mode for a in actions]


def test_directories_are_numbered_before_those_of_imports() -> None:
    c = package("c")
    b = package("b", c)
    d = package("d", c)
    a = planner().compile_action(MODE_BUILD, package("a", b, d))
    dirs = {x.package.import_path: x.objdir for x in post_order(a) if x.package}
    assert dirs == {"a": "/temp/b001/", "b": "/temp/b002/", "c": "/temp/b003/", "d": "/temp/b004/"}


def test_a_build_waits_for_imports_in_order_and_then_its_own_check() -> None:
    b, c = package("b"), package("c")
    a = planner().compile_action(MODE_BUILD, package("a", b, c))
    assert names(a.deps) == ["build b", "build c", "build check cache a"]
    assert names(a.deps[-1].deps) == ["build b", "build c"]
    assert a.deps[-1].about is a


def test_the_same_package_gives_the_same_action() -> None:
    plan = planner()
    p = package("a")
    assert plan.compile_action(MODE_BUILD, p) is plan.compile_action(MODE_BUILD, p)


def test_unsafe_is_nothing_to_build() -> None:
    unsafe = package("unsafe", standard=True)
    action = planner().compile_action(MODE_BUILD, unsafe)
    assert (action.mode, action.handler, action.deps) == ("built-in package", "", [])


def test_vet_of_old_releases_waits_for_fmt_as_well() -> None:
    plan, fmt = planner(), package("fmt")
    plan.fmt_of = lambda p: fmt
    vet = plan.vet_action(MODE_BUILD, package("a", package("b")))
    assert names(vet.deps) == ["build a", "build fmt", "vet b"]
    assert vet.deps[1].need_build and vet.deps[1].objdir == "/temp/b003/"
    assert names(vet.deps[2].deps) == ["build b", "build fmt"]


def test_import_chains_of_any_length_plan() -> None:
    p = package("p0")
    for i in range(1, 5000):
        p = package(f"p{i}", p)
    assert len(freeze(planner().compile_action(MODE_BUILD, p))) == 10000


def test_a_link_has_every_package_breadth_first_after_main() -> None:
    low = package("low")
    left = package("left", low)
    right = package("right")
    main = package("m", left, right, name="main")
    link = planner().link_action(MODE_BUILD, main)
    assert names(link.deps) == ["build m", "build left", "build right", "build low"]
    assert names(link.deps[0].deps) == ["build left", "build right", "build check cache m", "nop"]
    assert link.deps[0].deps[-1].deps == link.deps[1:]
    assert link.target == "/temp/b001/exe/a.out"


def test_installing_stands_before_everyone_who_pointed_at_the_build() -> None:
    plan = planner()
    main = package("m", name="main", target="/out/m")
    link = plan.link_action(MODE_BUILD, main)
    root = Action("go build", deps=[link])
    install = plan.link_action(MODE_INSTALL, main)
    assert root.deps[0] is install
    assert (install.mode, install.target, install.deps[0].mode) == ("link-install", "/out/m", "link")
    assert plan.install_action(install) is install


def test_the_archive_of_a_main_package_is_not_installed() -> None:
    main = package("m", name="main", target="/out/m")
    assert planner().compile_action(MODE_INSTALL, main).mode == "build"
    library = package("l", target="/out/l.a")
    assert planner().compile_action(MODE_INSTALL, library).mode == "build-install"


def test_cgo_compiles_generated_files_then_assembly_c_and_cxx() -> None:
    p = package("p", cgo_files=["a.go"], s_files=["z.S"], c_files=["y.c"], cxx_files=["x.cc"], f_files=["w.f"])
    build = planner().compile_action(MODE_BUILD, p)
    collect = build.deps[-1]
    assert collect.mode == "collect cgo"
    assert [(a.subject, a.lang, a.target) for a in collect.deps] == [
        ("/temp/b001/_cgo_export.c", "c", "/temp/b001/_x001.o"),
        ("/temp/b001/a.cgo2.c", "c", "/temp/b001/_x002.o"),
        ("z.S", "asm", "/temp/b001/_x003.o"),
        ("y.c", "c", "/temp/b001/_x004.o"),
        ("x.cc", "c++", "/temp/b001/_x005.o"),
        ("w.f", "fortran", "/temp/b001/_x006.o"),
    ]
    assert names(collect.deps[0].deps[0].deps) == ["build check cache p"]


def test_runtime_cgo_gives_the_c_compiler_its_own_assembly_only() -> None:
    p = package("runtime/cgo", standard=True, cgo_files=["cgo.go"], s_files=["asm_amd64.s", "gcc_amd64.S"])
    collect = planner().compile_action(MODE_BUILD, p).deps[-1]
    assert [a.subject for a in collect.deps if a.lang == "asm"] == ["gcc_amd64.S"]


def test_covered_cgo_files_have_covered_names() -> None:
    p = package("p", cgo_files=["a.go"])
    p.cover.mode = "set"
    build = planner().compile_action(MODE_BUILD, p)
    assert [a.mode for a in build.deps] == ["build check cache", "cover", "collect cgo"]
    assert build.deps[-1].deps[1].subject == "/temp/b001/a.cover.cgo2.c"


def test_one_profile_is_preprocessed_once() -> None:
    low = package("low", pgo_profile="/p/default.pgo")
    top = package("top", low, pgo_profile="/p/default.pgo")
    actions = freeze(planner().compile_action(MODE_BUILD, top))
    profiles = [a for a in actions if a.mode == "preprocess PGO profile"]
    assert [(a.objdir, a.target) for a in profiles] == [("/temp/b003/", "/temp/b003/pgo.preprofile")]


def test_a_c_library_installs_its_header_beside_it() -> None:
    p = package("m", name="main", cgo_files=["m.go"], target="/out/libm.so")
    install = planner("c-shared").link_action(MODE_INSTALL, p)
    assert [(a.mode, a.target) for a in install.deps[1:]] == [("install header", "/out/libm.h")]


def test_vet_alone_wants_dependencies_whole_but_not_the_package() -> None:
    low = package("low")
    top = package("top", low)
    plan = planner()
    action = plan.compile_action(MODE_BUILD, top, vet_only=True)
    assert (action.need_build, action.deps[0].need_build) == (False, True)
    assert plan.compile_action(MODE_BUILD, top).need_build


def test_priorities_are_depth_first_and_triggers_the_inverse_of_deps() -> None:
    b, c = package("b"), package("c")
    root = planner().compile_action(MODE_BUILD, package("a", b, c))
    actions = freeze(root)
    assert [a.priority for a in actions] == list(range(len(actions)))
    assert names(actions) == [
        "build check cache b",
        "build b",
        "build check cache c",
        "build c",
        "build check cache a",
        "build a",
    ]
    for action in actions:
        assert all(action in dep.triggers for dep in action.deps)

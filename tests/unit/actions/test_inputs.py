"""The lines of an action ID, against what GODEBUG=gocachehash=1 shows of cmd/go."""

from __future__ import annotations

from gokiln.actions.action import Action
from gokiln.actions.importcfg import embed_config, import_config, link_config, modinfo_data
from gokiln.actions.inputs import HashFacts, compile_inputs, link_inputs, profile_inputs, shared_link_inputs
from gokiln.modules.version import ModulePublic
from gokiln.packages.package import Package


def facts(**changes: object) -> HashFacts:
    """Facts of a plain linux/amd64 build."""
    values: dict[str, object] = {
        "goos": "linux",
        "goarch": "amd64",
        "goroot": "/go",
        "tool_id": lambda name: f"{name} version go1.26.8",
        "file_hash": lambda path: f"<{path}>",
        "arch_variable": ("GOAMD64", "v1"),
        **changes,
    }
    return HashFacts("go1.26.8", **values)  # type: ignore[arg-type]


def package(path: str, **fields: object) -> Package:
    """A package of module m in /m."""
    p = Package()
    p.import_path = path
    p.dir = "/m/" + path
    p.module = ModulePublic("example.com/m")
    p.module.go_version = "1.25"
    for field, value in fields.items():
        setattr(p, field, value)
    return p


def dep(path: str, name: str = "lib") -> Action:
    """The action of a package that is imported."""
    return Action("build", package(path, name=name))


def lines_of(f: HashFacts, p: Package, *deps: Action, profile: str = "") -> list[str]:
    """The lines as text; content IDs are the paths in capitals, none for unsafe."""

    def content(action: Action) -> str:
        assert action.package is not None
        return "" if action.package.import_path == "unsafe" else action.package.import_path.upper()

    return [line.decode() for line in compile_inputs(f, p, deps, content, profile).lines]


def test_a_plain_package() -> None:
    p = package("p", go_files=["a.go", "b.go"], h_files=["x.h"], s_files=["y.s"], embed_files=["data/z"])
    assert lines_of(facts(), p, dep("fmt"), dep("unsafe")) == [
        "compile\n",
        "dir /m/p\n",
        "go 1.25\n",
        "goos linux goarch amd64\n",
        'import "p"\n',
        'omitdebug false standard false local false prefix ""\n',
        "compile compile version go1.26.8 [] []\n",
        'asm "asm version go1.26.8" [] []\n',
        "GOAMD64=v1\n",
        "file a.go </m/p/a.go>\n",
        "file b.go </m/p/b.go>\n",
        "file x.h </m/p/x.h>\n",
        "file y.s </m/p/y.s>\n",
        "file data/z </m/p/data/z>\n",
        "import fmt FMT\n",
        "import unsafe \n",
    ]


def test_a_standard_package_has_no_directory_and_no_module() -> None:
    p = package("errors", goroot=True, standard=True)
    p.module = None
    assert lines_of(facts(), p)[:4] == [
        "compile\n",
        "goos linux goarch amd64\n",
        'import "errors"\n',
        'omitdebug false standard true local false prefix ""\n',
    ]


def test_trimpath_names_the_module_instead_of_the_directory() -> None:
    p = package("p")
    lines = lines_of(facts(trimpath=True), p)
    assert lines[1:3] == ["module example.com/m@\n", "go 1.25\n"]
    assert lines[6] == "trimpath\n"


def test_the_work_directory_is_not_hashed() -> None:
    p = package("p")
    p.dir = "/tmp/go-build1/b001"
    p.module = None
    assert lines_of(facts(work_dir="/tmp/go-build1"), p)[1].startswith("goos")


def test_everything_that_is_not_default_has_its_line() -> None:
    p = package(
        "p", force_library=True, build_info="path\tp\n", cgo_files=["c.go"], gcflags=["-N"], fuzz_instrument=True
    )
    p.cover.mode = "set"
    f = facts(
        c_lines=lambda p: ['CC=["gcc"] [] [] []\n', 'CC ID="gcc version 12 "\n'],
        forced_gcflags=["-race"],
        fuzz_flags=["-d=libfuzzer"],
        experiment="nogreenteagc",
        environ={"GOSSAFUNC": "f", "HOME": "/root"},
    )
    assert lines_of(f, p)[6:] == [
        "forcelibrary\n",
        'cgo "cgo version go1.26.8"\n',
        'CC=["gcc"] [] [] []\n',
        'CC ID="gcc version 12 "\n',
        'cover "set" "cover version go1.26.8"\n',
        'fuzz ["-d=libfuzzer"]\n',
        'modinfo "path\\tp\\n"\n',
        'compile compile version go1.26.8 ["-race"] ["-N"]\n',
        "GOAMD64=v1\n",
        'GOEXPERIMENT="nogreenteagc"\n',
        "magic GOSSAFUNC=f\n",
        "file c.go </m/p/c.go>\n",
    ]


def test_a_profile_is_the_last_line() -> None:
    p = package("p")
    profile = Action("preprocess PGO profile")
    assert lines_of(facts(), p, dep("fmt"), profile, profile="/w/b/pgo.preprofile")[-2:] == [
        "import fmt FMT\n",
        "pgofile </w/b/pgo.preprofile>\n",
    ]


def test_what_stands_for_a_dependency_is_the_callers_choice() -> None:
    """The same walk makes the action ID and the key under which a compile can be skipped."""
    p = package("p")
    one = compile_inputs(facts(), p, [dep("a")], lambda action: "content1")
    two = compile_inputs(facts(), p, [dep("a")], lambda action: "content2")
    same = compile_inputs(facts(), p, [dep("a")], lambda action: "content1")
    assert one.digest() == same.digest() != two.digest()
    assert one.lines[:-1] == two.lines[:-1]


def test_a_link() -> None:
    main = package("m", name="main", default_godebug="a=1", ldflags=["-s"])
    ids = {"m": "ma/mc", "fmt": "fa/fc", "unsafe": ""}

    def build_id(action: Action) -> str:
        assert action.package is not None
        return ids[action.package.import_path]

    deps = [dep("m", "main"), dep("fmt"), dep("unsafe"), Action("nop")]
    f = facts(forced_ldflags=["-race"], extlink_enabled="1")
    assert [line.decode() for line in link_inputs(f, main, deps, build_id, str).lines] == [
        "link\n",
        "buildmode default goos linux goarch amd64\n",
        'import "m"\n',
        'omitdebug false standard false local false prefix ""\n',
        'defaultgodebug "a=1"\n',
        'link link version go1.26.8 ["-race"] exe\n',
        'linkflags ["-s"]\n',
        "GOAMD64=v1\n",
        "GOROOT=/go\n",
        "GO_EXTLINK_ENABLED=1\n",
        "packagefile m=mc\n",
        "packagemain ma/mc\n",
        "packagefile fmt=fc\n",
    ]


def test_every_switch_of_the_compiler_counts_and_only_when_it_is_set() -> None:
    names = ["GOCLOBBERDEADHASH", "GOSSAFUNC", "GOSSADIR", "GOCOMPILEDEBUG"]
    found = lines_of(facts(environ={**{name: name.lower() for name in names}, "GODEBUG": "x"}), package("p"))
    assert found[-4:] == [f"magic {name}={name.lower()}\n" for name in names]
    assert lines_of(facts(environ=dict.fromkeys(names, "")), package("p")) == lines_of(facts(), package("p"))


def test_generated_files_are_named_by_their_absolute_paths() -> None:
    p = package("p", go_files=["/m/gen/../gen/a.go"])
    f = facts(file_hash=lambda path: f"<{path}>")
    assert lines_of(f, p)[-1] == "file /m/gen/../gen/a.go </m/p/m/gen/a.go>\n"


def test_gccgo_speaks_for_itself() -> None:
    f = facts(gccgo=(lambda p: [f"compile gccgo {p.import_path}\n"], lambda: "link gccgo\n"), forced_ldflags=["-x"])
    p = package("m", name="main", s_files=["a.s"])
    assert lines_of(f, p)[6:] == ["compile gccgo m\n", "file a.s </m/m/a.s>\n"]
    link = [line.decode() for line in link_inputs(f, p, [], lambda action: "", str).lines]
    assert link[5:] == ["link gccgo\n"]


def test_packages_of_shared_libraries_count_by_the_librarys_id() -> None:
    main = package("m", name="main")
    shared = Action("build", package("fmt", shlib="/lib/libstd.so"))
    lines = link_inputs(facts(), main, [shared], lambda action: "fa/fc", lambda path: f"id/of{path}").lines
    assert lines[-2:] == [b"packagefile fmt=fc\n", b"packageshlib fmt=libstd.so\n"]


def test_the_link_of_a_shared_library() -> None:
    a, b, unbuilt, nothing = dep("a"), dep("b"), dep("unsafe"), Action("nop")
    assert b.package is not None
    b.package.shlib = "/lib/libb.so"
    files = {id(a): "/c/a-d", id(b): "/c/b-d"}
    inputs = shared_link_inputs(
        facts(ld_buildmode="shared", forced_ldflags=["-race"]),
        [a, b, unbuilt, nothing],
        [a, nothing],
        lambda action: files.get(id(action), ""),
        lambda path: f"action/{path[1:].replace('/', '.')}",
    )
    assert [line.decode() for line in inputs.lines] == [
        "linkShared\n",
        "goos linux goarch amd64\n",
        'link link version go1.26.8 ["-race"] shared\n',
        "GOAMD64=v1\n",
        "GOROOT=/go\n",
        "GO_EXTLINK_ENABLED=\n",
        "packagefile a=c.a-d\n",
        "packagefile b=c.b-d\n",
        "packageshlib b=lib.libb.so\n",
        "top a=c.a-d\n",
    ]


def test_trimpath_hides_goroot_from_the_link() -> None:
    lines = link_inputs(facts(trimpath=True), package("m"), [], lambda action: "", str).lines
    assert b"trimpath\n" in lines and b"GOROOT=\n" in lines


def test_a_profiles_inputs() -> None:
    assert profile_inputs(facts(), "/m/default.pgo").lines == [
        b"preprocess PGO profile\n",
        b"preprofile preprofile version go1.26.8\n",
        b'input "</m/default.pgo>"\n',
    ]


def test_importcfg_renames_and_leaves_out_what_has_no_archive() -> None:
    p = package("p", imports=["a", "vendor/b", "unsafe"], raw_imports=["a", "b", "unsafe"])
    files = {"a": "/c/a-d", "vendor/b": "/c/b-d", "unsafe": ""}

    def built(action: Action) -> str:
        assert action.package is not None
        return files[action.package.import_path]

    deps = [dep("a"), dep("vendor/b"), dep("unsafe"), Action("nop")]
    assert import_config(p, deps, built) == (
        b"# import config\nimportmap b=vendor/b\npackagefile a=/c/a-d\npackagefile vendor/b=/c/b-d\n"
    )


def test_embedcfg_has_sorted_patterns_and_actual_files() -> None:
    assert embed_config(package("p"), str) is None
    p = package("p", embed={"z*": ["z1"], "a": ["a"]}, embed_files=["z1", "a"])
    data = embed_config(p, lambda path: "/overlay" if path == "/m/p/a" else path)
    assert data == (
        b'{\n\t"Patterns": {\n\t\t"a": [\n\t\t\t"a"\n\t\t],\n\t\t"z*": [\n\t\t\t"z1"\n\t\t]\n\t},\n'
        b'\t"Files": {\n\t\t"a": "/overlay",\n\t\t"z1": "/m/p/z1"\n\t}\n}'
    )


def test_linkcfg_names_the_library_that_a_package_is_in() -> None:
    deps = [dep("m"), Action("build", package("fmt", shlib="/lib/libstd.so")), Action("nop")]
    data = link_config(package("m"), deps, lambda action: "/c/x-d").decode()
    assert data.startswith("packagefile m=/c/x-d\npackagefile fmt=/c/x-d\npackageshlib fmt=/lib/libstd.so\nmodinfo ")


def test_linkcfg_ends_in_build_information_between_marks() -> None:
    main = package("m", build_info="path\tm\n")
    data = link_config(main, [dep("m")], lambda action: "/c/m-d").decode()
    assert data.startswith("packagefile m=/c/m-d\nmodinfo ")
    assert data.endswith('path\\tm\\n\\xf92C1\\x86\\x18 r\\x00\\x82B\\x10A\\x16\\xd8\\xf2"\n')
    assert modinfo_data("")[:4] == b"\x30\x77\xaf\x0c"

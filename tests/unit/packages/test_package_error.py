from gokiln.golang.position import Position
from gokiln.packages.error import ImportStack, PackageError
from gokiln.packages.package import NoGoError, Package


def stack(*names):
    s = ImportStack()
    for name in names:
        s.push(name, [Position(f"/src/{name}.go", 3, 8)])
    return s


def test_text_forms():
    assert str(PackageError("bad")) == "bad"
    assert str(PackageError("bad", stack("a", "b"))) == "package a\n\timports b: bad"
    assert str(PackageError("bad", stack("a", "b"), pos="x.go:1:2")) == "x.go:1:2: bad"
    both = PackageError("bad", stack("a", "b"), pos="x.go:1:2", always_print_stack=True)
    assert str(both) == "package a\n\timports b\n\tx.go:1:2: bad"
    cycle = PackageError("import cycle not allowed", stack("a", "b", "a"), is_import_cycle=True)
    assert str(cycle) == "package a from a.go\n\timports b from b.go\n\timports a from a.go: import cycle not allowed"


def test_position_is_shortened():
    err = PackageError("bad")
    err.set_pos([Position("/w/x.go", 3, 8), Position("/w/y.go", 1, 1)], lambda path: path.removeprefix("/w/"))
    assert str(err) == "x.go:3:8: bad"
    err.set_pos([], str)
    assert err.pos == "x.go:3:8"


def test_json():
    err = PackageError("bad", stack("a"), pos="x.go:1:2")
    assert err.as_json() == {"ImportStack": ["a"], "Pos": "x.go:1:2", "Err": "bad"}


def test_no_go_says_why():
    p = Package()
    p.dir = "/p"
    err = NoGoError(p)
    assert str(err) == "no Go files in /p"
    p.test_go_files = ["a_test.go"]
    assert str(err) == "no non-test Go files in /p"
    p.ignored_go_files = ["b.go"]
    assert str(err) == "build constraints exclude all Go files in /p"


def test_shorter_stack():
    assert stack("a").shorter_than(["a", "b"])
    assert stack("a", "b").shorter_than(["a", "c"])
    assert not stack("a", "b").shorter_than(["a", "b"])

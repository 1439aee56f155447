"""Which files make a package, on a disk in memory."""

import pytest

from gokiln.base.memorydisk import MemoryDisk
from gokiln.golang.source import read_go_info
from gokiln.packages.scan import NoGoFilesError, ScanMemo
from gokiln.packages.select import import_files
from gokiln.packages.sourcefiles import ReadError


def memo(files, tags=("linux", "amd64", "gc", "unix", "cgo")):
    disk = MemoryDisk({"/p/" + name: data.encode() for name, data in files.items()})
    return ScanMemo(disk, set(tags).__contains__, "cgo" in tags)


GO = "package p\n"


def test_files_go_to_their_lists():
    m = memo(
        {
            "a.go": '// Package p sorts. It is a test.\npackage p\nimport "fmt"\n',
            "b_windows.go": GO,
            "c.go": "//go:build ignore\n\npackage p\n",
            "d_test.go": 'package p\nimport "testing"\n',
            "e_test.go": 'package p_test\nimport "os"\n',
            "doc.go": "package documentation\n",
            "_x.go": "junk",
            ".y.go": "junk",
            "s.s": "TEXT",
            "s_arm64.s": "TEXT",
            "S.S": "TEXT",
            "x.syso": "",
            "h.h": "",
            "c.c": "//go:build windows\n\nint x;",
            "readme.txt": "",
        }
    )
    p = m.source_package("/p")
    assert p.error is None and p.name == "p" and p.doc == "Package p sorts."
    assert p.go_files == ["a.go"]
    assert p.ignored_go_files == ["b_windows.go", "c.go", "doc.go"]
    assert p.test_go_files == ["d_test.go"] and p.xtest_go_files == ["e_test.go"]
    assert (p.imports, p.test_imports, p.xtest_imports) == (["fmt"], ["testing"], ["os"])
    assert p.s_files == ["s.s"] and p.h_files == ["h.h"] and p.syso_files == ["x.syso"] and p.c_files == []
    assert p.ignored_other_files == ["S.S", "c.c", "s_arm64.s"]
    assert p.import_pos["fmt"][0][1:] == (3, 8)


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ("a.c", "c_files"),
        ("a.cc a.cpp a.cxx", "cxx_files"),
        ("a.m", "m_files"),
        ("a.h a.hh a.hpp a.hxx", "h_files"),
        ("a.F a.f a.for a.f90", "f_files"),
        ("a.S a.s a.sx", "s_files"),
        ("a.swig", "swig_files"),
        ("a.swigcxx", "swig_cxx_files"),
        ("a.syso", "syso_files"),
    ],
)
def test_every_extension_has_its_list(names, field):
    """go/build's fileListForExt, in a package that uses cgo: without it most of them are left out."""
    names = names.split()
    files = {"x.go": 'package p\nimport "C"\n', **dict.fromkeys(names, "")}
    files |= {name.replace("a.", "a_windows."): "" for name in names} | {"_" + name: "" for name in names}
    p = memo(files).source_package("/p")
    assert sorted(getattr(p, field)) == sorted(names)
    assert sorted(p.ignored_other_files) == sorted(name.replace("a.", "a_windows.") for name in names)
    lists = [f for f in vars(type(p)) if f.endswith("_files")] or dir(p)
    others = [f for f in lists if f.endswith("_files") and f not in (field, "cgo_files", "ignored_other_files")]
    assert others and not any(getattr(p, f) for f in others)


def test_only_a_test_of_another_package_is_a_package():
    p = memo({"a_test.go": "package p_test\n"}).source_package("/p")
    assert p.error is None and p.xtest_go_files == ["a_test.go"]


def test_a_name_that_ends_in_test_makes_no_test_file():
    p = memo({"a.go": "package p_test\n", "b_test.go": "package p_test\n"}).source_package("/p")
    assert (p.name, p.go_files, p.test_go_files, p.xtest_go_files) == ("p_test", ["a.go"], ["b_test.go"], [])


def test_only_sources_can_make_a_package_binary_only():
    mark = "//go:binary-only-package\n\npackage p\n"
    assert memo({"a.go": mark}).source_package("/p").binary_only
    assert not memo({"a.go": "package p\n", "a_test.go": mark}).source_package("/p").binary_only


def test_directories_and_links_to_them_are_no_files():
    disk = MemoryDisk({"/p/a.go": b"package p\n", "/p/dir.go/x": b"", "/q/x": b"", "/p/link.go": "/q"})
    p = ScanMemo(disk, {"linux"}.__contains__, False).source_package("/p")
    assert p.error is None and p.go_files == ["a.go"]


def test_cgo_on_and_off():
    files = {
        "a.go": GO,
        "b.go": '// #cgo LDFLAGS: -lm\npackage p\n\n// #cgo CFLAGS: -I${SRCDIR}/x\nimport "C"\n',
        "c.S": "",
    }
    on = memo(files).source_package("/p")
    assert on.cgo_files == ["b.go"] and on.cgo_cflags == ["-I/p/x"] and on.cgo_ldflags == []
    assert on.imports == ["C"] and on.s_files == ["c.S"]
    off = memo(files, ("linux", "amd64", "gc", "unix")).source_package("/p")
    assert off.cgo_files == [] and off.ignored_go_files == ["b.go"] and off.imports == []
    assert off.ignored_other_files == ["c.S"]


@pytest.mark.parametrize(
    ("files", "text", "kind"),
    [
        ({}, "no buildable Go source files in /p", "nogo"),
        ({"a_windows.go": GO}, "no buildable Go source files in /p", "ignored"),
        ({"a.go": GO, "b.go": "package q\n"}, "found packages p (a.go) and q (b.go) in /p", "bad"),
        (
            {"a.go": "//go:build !!x\n\npackage p\n"},
            "a.go: parsing //go:build line: double negation not allowed",
            "bad",
        ),
        ({"a.go": "//go:build a\n//go:build b\n\npackage p\n"}, "a.go: multiple //go:build comments", "bad"),
        ({"a_test.go": 'package p\nimport "C"\n'}, "use of cgo in test a_test.go not supported", "bad"),
    ],
)
def test_errors(files, text, kind):
    m = memo({"keep.txt": "", **files})
    p = m.source_package("/p")
    assert str(p.error) == text
    assert m.dir_kind("/p") == kind


def test_bad_files_are_listed_and_the_rest_is_kept():
    p = memo({"a.go": GO, "b.go": "package p\nimport (\n", "c.go": "package q\n"}).source_package("/p")
    assert p.invalid_go_files == ["b.go", "c.go"]
    assert "a.go" in p.go_files and "c.go" in p.go_files


def test_each_file_is_read_once():
    m = memo({"a.go": 'package p\nimport "x"\n', "a_test.go": 'package p\nimport "y"\n'})
    assert m.scan_dir("/p") == (["x"], ["y"])
    m.source_package("/p")
    m.file_hash("/p/a.go")
    assert sorted(m.disk.read) == ["/p/a.go", "/p/a_test.go"]
    assert m.disk.listed == ["/p"]


def test_scan_under_any_tags():
    m = memo(
        {
            "a_windows.go": 'package p\nimport "w"\n',
            "b.go": '//go:build ignore\n\npackage p\nimport "i"\n',
            "c.go": '//go:build !linux && plan9\n\npackage p\nimport "n"\n',
            "d.go": 'package p\nimport "C"\nimport "d"\n',
        },
        ("linux", "amd64", "gc"),
    )
    assert m.scan_dir("/p", {"*"}) == (["C", "d", "n", "w"], [])
    with pytest.raises(NoGoFilesError):
        m.scan_dir("/p")


def test_scan_reports_the_file():
    with pytest.raises(ReadError) as info:
        memo({"a.go": "package p\0\n"}).scan_files(["a.go"], cwd="/p")
    assert str(info.value) == "reading a.go: unexpected NUL in input"


def test_named_files_ignore_constraints():
    m = memo({"a_windows.go": "//go:build plan9\n\npackage main\n"})
    assert import_files(m, "/p", ["a_windows.go"]).go_files == ["a_windows.go"]


def test_names_beginning_with_an_underscore_do_not_count_even_named():
    assert str(import_files(memo({"_a.go": GO}), "/p", ["_a.go"]).error).startswith("no buildable")


@pytest.mark.parametrize(
    ("head", "built"),
    [
        ("// +build yes\n\npackage p\n", True),
        ("// +build no yes\n\npackage p\n", True),
        ("// +build no\n\npackage p\n", False),
        ("// +build no\npackage p\n", True),  # no blank line: it is the package comment
        ("//go:build yes\n// +build no\n\npackage p\n", True),
        ("//go:build yes && no\npackage p\n", False),
        ("/*\n//go:build no\n*/\n\npackage p\n", True),
        ("/* a */ //go:build no\n\npackage p\n", True),
        ("package p\n\n//go:build no\n", True),
        ("// +build !!!\n\npackage p\n", False),
    ],
)
def test_constraints_decide(head: str, built: bool) -> None:
    for data in (head.encode(), b"\n" + head.encode() + b'import "x"\n'):
        asked: list[str] = []
        m = ScanMemo(MemoryDisk({}), lambda tag, asked=asked: asked.append(tag) or tag == "yes", False)
        info = read_go_info("x.go", data)
        assert m.verdict(info) == (built, "")
        count = len(asked)
        assert m.verdict(read_go_info("y.go", data)) == (built, "") and len(asked) == count  # remembered


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("//go:build x !\n", "parsing //go:build line: unexpected token !"),
        ("//go:build\n", "parsing //go:build line: unexpected end of expression"),
        ("//go:build x\n//go:build y\n", "multiple //go:build comments"),
    ],
)
def test_constraints_that_are_wrong(head: str, problem: str) -> None:
    m = ScanMemo(MemoryDisk({}), lambda tag: True, False)
    for _ in range(2):
        assert m.verdict(read_go_info("x.go", f"{head}\npackage p\n".encode())) == (False, problem)

"""#cgo lines: flags, conditions, messages."""

import pytest

from gokiln.golang.cgodirective import CgoError, CgoFlags, expand_src_dir, make_paths_absolute, save_cgo, split_quoted


def collect(text: str, *tags: str) -> CgoFlags:
    flags = CgoFlags()
    save_cgo(flags, "/d/x.go", "/projects/src/add", text, set(tags).__contains__)
    return flags


def test_flags_and_conditions() -> None:
    flags = collect(
        "#include <a.h>\n#cgo CFLAGS: -DA=1 -Iinc -I /abs\n #cgo linux,!arm windows LDFLAGS: -L lib -lm\n"
        "#cgo darwin LDFLAGS: -lno\n#cgo pkg-config: png cairo\n#cgo noescape cFunc\n#cgo linux && cgo CPPFLAGS: -DX\n",
        "linux",
    )
    assert flags.cflags == ["-DA=1", "-I/projects/src/add/inc", "-I", "/abs"]
    assert flags.ldflags == ["-L", "/projects/src/add/lib", "-lm"]
    assert flags.pkg_config == ["png", "cairo"]
    assert flags.cppflags == ["-DX"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("#cgo CFLAGS -x", "/d/x.go: invalid #cgo line: #cgo CFLAGS -x"),
        ("#cgo : -x", "/d/x.go: invalid #cgo line: #cgo : -x"),
        ('#cgo LDFLAGS: "x', '/d/x.go: invalid #cgo line: #cgo LDFLAGS: "x'),
        ("#cgo CFLAGS: a;b", "/d/x.go: malformed #cgo argument: a;b"),
        ("#cgo FOO: x", "/d/x.go: invalid #cgo verb: #cgo FOO: x"),
    ],
)
def test_messages(line: str, message: str) -> None:
    with pytest.raises(CgoError) as caught:
        collect(line)
    assert str(caught.value) == message


def test_other_lines_are_not_directives() -> None:
    assert collect("#cgoCFLAGS: x\n// #cgo CFLAGS: y\n#cgo\n").cflags == []


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("-L ${SRCDIR}/libs", "-L /projects/src/add/libs"),
        ("${SRCDIR}", "/projects/src/add"),
        ("no ${FOO", "no ${FOO"),
        ("a${SRCDIR}b${SRCDIR}", "a/projects/src/addb/projects/src/add"),
    ],
)
def test_expand_src_dir(text: str, expanded: str) -> None:
    assert expand_src_dir(text, "/projects/src/add")[0] == expanded


def test_shell_characters_are_refused() -> None:
    for bad in (r"X$Y;Z", "-I${SRCDIR}&& touch x", "`a`", ""):
        assert not expand_src_dir(bad, "/d")[1]
    assert not expand_src_dir("${SRCDIR}", "/a;b")[1]


def test_make_paths_absolute() -> None:
    args = ["-I", ".", "-L/x", "-Ly", "-lz"]
    make_paths_absolute(args, "/d")
    assert args == ["-I", "/d", "-L/x", "-L/d/y", "-lz"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"""a b:"c d" 'e''f'  "g\"" """, ["a", "b:c d", "ef", 'g"']),
        ("", []),
        ("''", [""]),
        (r"a\ b", ["a b"]),
    ],
)
def test_split_quoted(text: str, words: list[str]) -> None:
    assert split_quoted(text) == words


def test_split_quoted_errors() -> None:
    with pytest.raises(ValueError, match="unclosed quote"):
        split_quoted('"a')
    with pytest.raises(ValueError, match="unfinished escaping"):
        split_quoted("a\\")

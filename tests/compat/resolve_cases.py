"""More worlds for test_resolve: broken files, sums that do not fit, versions that do not exist, workspaces at odds.

Each case: name, files, commands, and the directory below the module that the commands run in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Case = tuple[str, Mapping[str, str], Sequence[Sequence[str]], str]


def module(*lines: str, go: str = "1.24") -> str:
    """A go.mod of example.com/m with these lines."""
    return f"module example.com/m\n\ngo {go}\n\n" + "".join(f"{line}\n" for line in lines)


def main_go(*imports: str) -> str:
    """A program that imports the packages."""
    return "package main\n\n" + "".join(f'import _ "{path}"\n' for path in imports) + "\nfunc main() {}\n"


NO_SUM = "h1:" + "A" * 43 + "="

HARD_CASES: list[Case] = [
    (
        "sub cwd",
        {"go.mod": module(), "main.go": main_go(), "x/y/z.go": "package y\n", "x/w.go": "package x\n"},
        [
            ["list", "./..."],
            ["list", ".."],
            ["list", "../..."],
            ["list", "."],
            ["list", "../../..."],
            ["list", "/"],
            ["list", "x.go"],
            ["list", "-m", "-json"],
        ],
        "x/y",
    ),
    (
        "noncanonical",
        {"go.mod": module("require example.com/a latest"), "main.go": main_go("example.com/a")},
        [["list", "."], ["list", "-mod=mod", "."], ["list", "-m", "all"], ["mod", "graph"], ["mod", "download"]],
        "",
    ),
    (
        "short version",
        {"go.mod": module("require example.com/a v1"), "main.go": main_go("example.com/a")},
        [["list", "."], ["list", "-mod=mod", "-m", "all"]],
        "",
    ),
    (
        "badsum",
        {
            "go.mod": module("require example.com/a v1.0.0"),
            "go.sum": f"example.com/a v1.0.0 {NO_SUM}\nexample.com/a v1.0.0/go.mod {NO_SUM}\n",
            "main.go": main_go("example.com/a"),
        },
        [
            ["list", "-deps", "."],
            ["build", "."],
            ["list", "-m", "all"],
            ["mod", "graph"],
            ["list", "-m", "-json", "all"],
        ],
        "",
    ),
    (
        "blocks of requirements",
        {
            "go.mod": module(
                "// first",
                "require (",
                "example.com/a v1.0.0 // why",
                "example.com/b v1.0.0 // indirect",
                ")",
                "",
                "// second",
                "require example.com/c v1.0.0",
                "// third",
                "require (",
                "example.com/old v1.0.0",
                ")",
                go="1.26",
            ),
            "main.go": main_go("example.com/a", "example.com/new2"),
        },
        [["list", "-mod=mod", "-deps", "."], ["list", "-mod=mod", "-m", "all"]],
        "",
    ),
    (
        "bad zip sum",
        {
            "go.mod": module("require example.com/a v1.0.0"),
            "go.sum": f"example.com/a v1.0.0 {NO_SUM}\n",
            "main.go": main_go("example.com/a"),
        },
        [["list", "-deps", "."], ["build", "."], ["mod", "graph"]],
        "",
    ),
    (
        "malformed go.sum",
        {"go.mod": module("require example.com/a v1.0.0"), "go.sum": "junk\n", "main.go": main_go("example.com/a")},
        [["list", "-deps", "."], ["list", "-m", "all"], ["list", "."]],
        "",
    ),
    (
        "gone version",
        {"go.mod": module("require example.com/a v1.9.0"), "main.go": main_go("example.com/a")},
        [
            ["list", "-deps", "."],
            ["list", "-m", "all"],
            ["mod", "graph"],
            ["list", "-mod=mod", "-deps", "."],
            ["list", "-m", "-json", "all"],
        ],
        "",
    ),
    (
        "gone module",
        {"go.mod": module("require example.com/zzz v1.9.0"), "main.go": main_go("example.com/zzz")},
        [["list", "-deps", "."], ["mod", "graph"], ["list", "-mod=mod", "."], ["build", "-mod=mod", "."]],
        "",
    ),
    (
        "missing in dep",
        {"go.mod": module("require example.com/b v1.1.0"), "main.go": main_go("example.com/b")},
        [["list", "-deps", "."], ["list", "-mod=mod", "-deps", "."], ["list", "-mod=mod", "-m", "all"], ["build", "."]],
        "",
    ),
    (
        "toolchain",
        {"go.mod": module("toolchain go1.26.1"), "main.go": main_go()},
        [["list", "-m", "all"], ["mod", "graph"], ["list", "-m", "-json"], ["list", "-mod=mod", "."]],
        "",
    ),
    (
        "old pruning convert",
        {"go.mod": "module example.com/m\n\nrequire example.com/b v1.1.0\n", "main.go": main_go("example.com/b")},
        [
            ["list", "-mod=mod", "-m", "all"],
            ["list", "."],
            ["list", "-deps", "-mod=mod", "."],
            ["build", "-mod=mod", "."],
        ],
        "",
    ),
    (
        "internal",
        {
            "go.mod": module(),
            "main.go": main_go("example.com/m/internal/x", "fmt/internal"),
            "internal/x/x.go": "package x\n",
        },
        [["list", "-deps", "."], ["build", "."]],
        "",
    ),
    (
        "dup require",
        {
            "go.mod": module("require example.com/a v1.0.0", "require example.com/a v1.1.0"),
            "main.go": main_go("example.com/a"),
        },
        [["list", "-m", "all"], ["list", "-deps", "."], ["list", "-mod=mod", "-m", "all"]],
        "",
    ),
    (
        "self require",
        {"go.mod": module("require example.com/m v1.0.0"), "main.go": main_go()},
        [["list", "-m", "all"], ["list", "."], ["list", "-mod=mod", "-m", "all"]],
        "",
    ),
    (
        "replace conflict",
        {"go.mod": module("replace example.com/a => ./x", "replace example.com/a => ./y"), "main.go": main_go()},
        [["list", "-m", "all"]],
        "",
    ),
    (
        "used twice",
        {
            "go.mod": module(
                "require example.com/a v1.0.0",
                "require example.com/q v1.0.0",
                "replace example.com/q => example.com/a v1.0.0",
            ),
            "main.go": main_go("example.com/a", "example.com/q"),
        },
        [["list", "-deps", "."], ["list", "-m", "all"], ["build", "."]],
        "",
    ),
    (
        "tooltoo",
        {"go.mod": module("tool example.com/nosuch/t"), "main.go": main_go()},
        [["list", "tool"], ["list", "all"], ["list", "./..."], ["build", "tool"], ["list", "-deps", "all"]],
        "",
    ),
    ("bad tool", {"go.mod": module("tool ./rel"), "main.go": main_go()}, [["list", "."]], ""),
    (
        "crlf bom",
        {"go.mod": "\ufeffmodule example.com/m\r\n\r\ngo 1.24\r\n", "main.go": main_go()},
        [["list", "."], ["list", "-m"]],
        "",
    ),
    (
        "gowork off",
        {"go.work": "go 1.24\n\nuse ./nosuch\n", "go.mod": module(), "main.go": main_go()},
        [["list", "."], ["list", "-m"], ["build", "."]],
        "",
    ),
    (
        "gowork old",
        {"go.work": "go 1.21\n\nuse .\n", "go.mod": module(), "main.go": main_go()},
        [["list", "."], ["list", "-m"]],
        "",
    ),
    (
        "gowork dup",
        {
            "go.work": "go 1.24\n\nuse .\nuse ./\nuse ./x\n",
            "go.mod": module(),
            "main.go": main_go(),
            "x/go.mod": "module example.com/m\n",
        },
        [["list", "."], ["list", "-m"]],
        "",
    ),
    (
        "gowork dup2",
        {
            "go.work": "go 1.24\n\nuse .\nuse ./x\n",
            "go.mod": module(),
            "main.go": main_go(),
            "x/go.mod": "module example.com/m\n",
        },
        [["list", "."], ["list", "-m"]],
        "",
    ),
    ("gowork bad", {"go.work": "go 1.24\n\nuze .\n", "go.mod": module(), "main.go": main_go()}, [["list", "."]], ""),
    ("gowork new", {"go.work": "go 1.99\n", "go.mod": module(), "main.go": main_go()}, [["list", "."]], ""),
    (
        "gowork replace",
        {
            "go.work": "go 1.24\nuse (\n./x\n./y\n)\nreplace example.com/a => ./a\n",
            "x/go.mod": "module example.com/x\ngo 1.24\nrequire example.com/a v1.0.0\nreplace example.com/a => ../aa\n",
            "y/go.mod": "module example.com/y\ngo 1.24\n replace example.com/q => ./q\n",
            "x/x.go": main_go("example.com/a"),
            "y/y.go": "package y\n",
            "a/go.mod": "module example.com/a\n",
            "a/a.go": "package a\n",
        },
        [
            ["list", "-deps", "-f", "{{.ImportPath}} {{.Dir}} {{.Module}}", "./x"],
            ["list", "-m", "all"],
            ["mod", "graph"],
            ["list", "-m", "-json", "all"],
            ["build", "./..."],
            ["build", "./x/..."],
        ],
        "",
    ),
    (
        "gowork vendor",
        {
            "go.work": "go 1.24\nuse ./x\n",
            "x/go.mod": "module example.com/x\ngo 1.24\nrequire example.com/a v1.0.0\n",
            "x/x.go": main_go("example.com/a"),
            "vendor/modules.txt": "## workspace\n# example.com/a v1.0.0\n## explicit; go 1.21\nexample.com/a\n",
            "vendor/example.com/a/a.go": "package a\n",
        },
        [["list", "-deps", "-f", "{{.ImportPath}} {{.Dir}}", "./x"], ["list", "-m", "all"], ["build", "./x"]],
        "",
    ),
    (
        "cycle",
        {
            "go.mod": module(),
            "main.go": main_go("example.com/m/a"),
            "a/a.go": 'package a\nimport _ "example.com/m/b"\n',
            "b/b.go": 'package b\nimport _ "example.com/m/a"\n',
        },
        [["list", "-deps", "."], ["build", "./..."]],
        "",
    ),
    (
        "why test",
        {"go.mod": module("require example.com/b v1.0.0"), "main.go": main_go("example.com/b")},
        [["mod", "why", "example.com/c"], ["list", "all"], ["mod", "why", "-m", "example.com/c"]],
        "",
    ),
]

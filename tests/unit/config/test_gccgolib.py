"""gccgo's standard library, as a program that plays gccgo describes it."""

from __future__ import annotations

from pathlib import Path

from gokiln.config.gccgolib import GccgoLibrary

SCRIPT = """#!/bin/sh
case $1 in
-print-search-dirs) echo "install: /x"; echo "libraries: ={root}/none:{root}/lib" ;;
-dumpversion) echo 12 ;;
-dumpmachine) echo x86_64-linux-gnu ;;
esac
"""


def test_packages_with_export_data_are_standard(tmp_path: Path) -> None:
    for name in ("fmt", "net/http"):
        path = tmp_path / "lib/go/12/x86_64-linux-gnu" / f"{name}.gox"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    gccgo = tmp_path / "gccgo"
    gccgo.write_text(SCRIPT.format(root=tmp_path))
    gccgo.chmod(0o755)
    library = GccgoLibrary({"GCCGO": str(gccgo), "PATH": "/usr/bin:/bin"})
    assert [library.has(path) for path in ("fmt", "net/http", "unsafe", "net", "slices")] == [True] * 3 + [False] * 2
    assert not library.has("example.com/fmt")


def test_without_gccgo_every_path_without_a_dot_counts() -> None:
    library = GccgoLibrary({"PATH": ""})
    assert library.has("slices")
    assert not library.has("golang.org/x/net")

"""What `clean` removes from a package's directory, and how it shows that, release by release."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gokiln.cli.clean import _Clean, _Options
from gokiln.cli.invocation import Invocation, Memory
from gokiln.packages.package import Package


def cleaned(directory: Path, minor: int, *, only_show: bool = False) -> tuple[str, list[str]]:
    """(what was shown under -x or -n, the names left) after cleaning a package main in directory."""
    for name in ("main.go", "main", "x.o", "_obj/y"):
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    out = Memory()
    config = SimpleNamespace(
        toolchain=SimpleNamespace(release=SimpleNamespace(minor=minor)),
        flags=SimpleNamespace(n=only_show, x=not only_show),
        modules_enabled=True,
    )
    package = Package()
    package.name, package.dir, package.import_path = "main", str(directory), "example.com/prog"
    package.target = str(directory / "installed")
    options = _Options()
    options.i = True
    clean = _Clean(Invocation("go", [], {}, "/", out, Memory()), cast(Any, config), options)
    assert clean.directory(package)
    out.flush()
    return out.text.replace(str(directory), "D"), sorted(path.name for path in directory.iterdir())


def test_all_names_in_a_line_until_1_26(tmp_path: Path) -> None:
    shown, left = cleaned(tmp_path, 26)
    first, *others = shown.splitlines()[1:]
    assert shown.startswith("cd D\nrm -f ") and first.endswith(" main main.exe") and "x.o" not in first
    assert others == ["rm -rf D/_obj", "rm -f D/installed"]
    assert left == ["main.go"]


@pytest.mark.parametrize("only_show", [False, True])
def test_file_by_file_from_1_27_on(tmp_path: Path, only_show: bool) -> None:
    shown, left = cleaned(tmp_path, 27, only_show=only_show)
    assert shown.splitlines() == ["rm -f D/main", "rm -f D/x.o", "rm -f D/installed"]
    assert left == (["_obj", "main", "main.go", "x.o"] if only_show else ["_obj", "main.go"])

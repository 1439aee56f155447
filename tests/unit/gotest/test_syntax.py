"""Which test files do not parse, found with few calls of gofmt (a stand-in here)."""

from __future__ import annotations

import os
import types
from collections.abc import Sequence
from pathlib import Path

import pytest

from gokiln.gotest.syntax import TestSyntax, parse_error


class Gofmt:
    """Stands for the children: complains of files with the word BAD. calls: how many files each call had."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def run(self, argv: Sequence[str], *, cwd: str, env: object) -> types.SimpleNamespace:
        self.calls.append(len(argv) - 2)
        bad = [path for path in argv[2:] if "BAD" in Path(path).read_text()]
        output = "".join(f"{path}:3:4: expected operand, found BAD\n{path}:9:1: more\n" for path in bad)
        return types.SimpleNamespace(status=2 if bad else 0, output=output.encode())


def make(root: Path, files: dict[str, str], gofmt: Gofmt) -> tuple[TestSyntax, types.SimpleNamespace]:
    """A TestSyntax in a made-up GOROOT, and a package with test files."""
    (root / "bin").mkdir(exist_ok=True)
    (root / "bin" / "gofmt").write_text("")
    os.chmod(root / "bin" / "gofmt", 0o755)
    for name, text in files.items():
        (root / name).write_text(text)
    config = types.SimpleNamespace(
        toolchain=types.SimpleNamespace(goroot=str(root), version="go1.26.8", host_os="linux"),
        env=types.SimpleNamespace(environ={"GOKILNCACHE": str(root / "records")}),
        disk=types.SimpleNamespace(actual=lambda path: path),
        cwd=str(root),
    )
    syntax = TestSyntax(config, gofmt, lambda path: Path(path).read_bytes().ljust(32)[:32])  # type: ignore[arg-type]
    return syntax, types.SimpleNamespace(dir=str(root), test_go_files=sorted(files), xtest_go_files=[])


@pytest.mark.skipif(os.name != "posix", reason="gofmt has an ending on Windows")
def test_good_files_are_looked_at_once(tmp_path: Path) -> None:
    gofmt = Gofmt()
    files = {f"{i}_test.go": f"good {i}" for i in range(5)}
    syntax, package = make(tmp_path, files, gofmt)
    syntax.look_at([package])  # type: ignore[list-item]
    assert gofmt.calls == [5]
    syntax, package = make(tmp_path, {**files, "2_test.go": "good, changed"}, gofmt)
    syntax.look_at([package])  # type: ignore[list-item]
    assert gofmt.calls == [5, 1]
    assert syntax.error(str(tmp_path / "2_test.go")) is None


@pytest.mark.skipif(os.name != "posix", reason="gofmt has an ending on Windows")
def test_bad_files_are_found_among_good_ones_every_time(tmp_path: Path) -> None:
    files = {f"{i}_test.go": f"good {i}" for i in range(8)} | {"3_test.go": "BAD", "6_test.go": "also BAD"}
    for expected in ([8, 4, 2, 2, 1, 1, 4, 2, 2, 1, 1], [2, 1, 1]):
        gofmt = Gofmt()
        syntax, package = make(tmp_path, files, gofmt)
        syntax.look_at([package])  # type: ignore[list-item]
        assert gofmt.calls[: len(expected)] == expected
        errors = {name: syntax.error(str(tmp_path / name)) for name in files}
        assert {name for name, error in errors.items() if error} == {"3_test.go", "6_test.go"}
        error = errors["3_test.go"]
        assert error is not None
        assert (error.pos.filename, error.pos.line, error.pos.column) == (str(tmp_path / "3_test.go"), 3, 4)
        assert error.message == "expected operand, found BAD"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("/o/a_test.go:3:4: bad: thing\n/o/a_test.go:5:1: more\n", ("/m/a_test.go", 3, 4, "bad: thing")),
        ("/o/a_test.go\n/o/a_test.go:3:4: bad\n", ("/m/a_test.go", 3, 4, "bad")),
        ("/o/other.go:100: bad\n", ("/o/other.go", 100, 0, "bad")),
    ],
)
def test_the_first_error_counts(output: str, expected: tuple[str, int, int, str]) -> None:
    found = parse_error(output, "/o/a_test.go", "/m/a_test.go")
    assert found is not None
    assert (*found.pos, found.message) == expected


def test_a_file_that_cannot_be_read_is_no_syntax_error() -> None:
    assert parse_error("open /o/a_test.go: permission denied\n", "/o/a_test.go", "/m/a_test.go") is None

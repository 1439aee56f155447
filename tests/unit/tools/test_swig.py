"""Running SWIG, with a tool that only records how it was called."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.packages.package import Package
from gokiln.tools.swig import Swig, SwigError, is_too_old, outputs
from tests.unit.tools.test_cgo import FakeSteps, cgo


@pytest.mark.parametrize(
    ("text", "old"),
    [
        (b"\nSWIG Version 4.1.0\n", False),
        (b"SWIG Version 3.0.6", False),
        (b"SWIG Version 3.0.5", True),
        (b"SWIG Version 3.1.0", False),
        (b"SWIG Version 3", False),
        (b"swig version 2.0.12", True),
        (b"nonsense", False),
    ],
)
def test_versions(text: bytes, old: bool) -> None:
    assert is_too_old(text) == old


def _package() -> Package:
    package = Package()
    package.name, package.import_path, package.dir = "p", "example.com/p", "/src/p"
    package.swig_files, package.swig_cxx_files = ["a.swig"], ["b.swigcxx"]
    package.cgo_cppflags = ["-DX"]
    return package


def _swig(tmp_path, background, minor=26, **kwargs):  # type: ignore[no-untyped-def]
    return Swig(cgo(tmp_path).compilers, background, lambda objdir: "64", minor=minor, **kwargs)


def test_outputs_are_named_before_swig_runs() -> None:
    assert outputs(_package(), "/w/") == (["/w/_a_swig.go", "/w/_b_swig.go"], ["/w/a_wrap.c"], ["/w/b_wrap.cxx"])


def test_runs_each_file_and_renames_what_it_wrote(tmp_path) -> None:  # type: ignore[no-untyped-def]
    objdir = f"{tmp_path}/"
    for name in ("a.go", "b.go"):
        (tmp_path / name).write_text(name)
    steps, background = FakeSteps(), FakeSteps({"-version": b"SWIG Version 4.1.0"})
    files = _swig(tmp_path, background, show=True).run(steps, _package(), objdir, ["-I/pc"])
    assert files == [f"{objdir}_a_swig.go", f"{objdir}_b_swig.go"]
    assert (tmp_path / "_a_swig.go").read_text() == "a.go"
    start = ["swig", "-go", "-cgo", "-intgosize", "64", "-module"]
    assert steps.ran == [
        [*start, "a", "-o", f"{objdir}a_wrap.c", "-outdir", objdir, "-I/pc", "a.swig"],
        [*start, "b", "-o", f"{objdir}b_wrap.cxx", "-outdir", objdir, "-I/pc", "-c++", "b.swigcxx"],
    ]
    assert steps.shown[0] == f"mv {objdir}a.go {objdir}_a_swig.go"


def test_the_version_is_asked_once(tmp_path) -> None:  # type: ignore[no-untyped-def]
    background = FakeSteps({"-version": b"SWIG Version 2.0.0"})
    swig = _swig(tmp_path, background)
    for _ in range(2):
        with pytest.raises(SwigError, match="must have SWIG version"):
            swig.run(FakeSteps(), _package(), "/w/", [])
    assert background.ran == [["swig", "-version"]]


def test_missing_swig_is_an_error(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GokilnError, match="failed"):
        _swig(tmp_path, FakeSteps(failing=["-version"])).run(FakeSteps(), _package(), "/w/", [])


@pytest.mark.parametrize(("minor", "fails"), [(26, False), (27, True)])
def test_failing_on_a_swigcxx_file_counts_since_go1_27(tmp_path, minor, fails) -> None:  # type: ignore[no-untyped-def]
    package = _package()
    package.swig_files = []
    swig = _swig(tmp_path, FakeSteps(), minor)
    if fails:
        with pytest.raises(GokilnError):
            swig.run(FakeSteps(failing=["-c++"]), package, "/w/", [])
    else:
        assert swig.run(FakeSteps(failing=["-c++"]), package, "/w/", []) == ["/w/_b_swig.go"]


def test_a_file_may_not_be_named_like_cgos_own(tmp_path) -> None:  # type: ignore[no-untyped-def]
    package = _package()
    package.swig_files = ["cgo1.swig"]
    with pytest.raises(SwigError, match="SWIG file must not use prefix 'cgo'"):
        _swig(tmp_path, FakeSteps()).run(FakeSteps(), package, "/w/", [])

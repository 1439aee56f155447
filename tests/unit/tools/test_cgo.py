"""The steps of cgo, with tools that only record how they were called."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.packages.package import Package
from gokiln.tools.cc import CcTarget, Compilers
from gokiln.tools.cgo import Cgo, CgoError, CgoSettings, ldflag_comments
from gokiln.tools.security import AllowLists, FlagChecker, InvalidFlagError
from tests.unit.tools.test_cc import SOURCE, FakeCc


class FakeSteps:
    """Records commands; those whose words hold a key of `answers` give that output."""

    def __init__(self, answers=None, failing=()):  # type: ignore[no-untyped-def]
        self.answers = answers or {}
        self.failing = failing
        self.ran: list[list[str]] = []
        self.written: dict[str, bytes] = {}
        self.shown: list[str] = []

    def mkdir(self, directory):  # type: ignore[no-untyped-def]
        pass

    def write_file(self, path, data):  # type: ignore[no-untyped-def]
        self.written[path] = data

    def show_cmd(self, directory, command):  # type: ignore[no-untyped-def]
        self.shown.append(command)

    def run_out(self, directory, env, *words):  # type: ignore[no-untyped-def]
        argv: list[str] = []
        for word in words:
            argv += [word] if isinstance(word, str) else word
        self.ran.append(argv)
        for key, output in self.answers.items():
            if key in argv:
                return output, None
        return b"", GokilnError("failed") if any(f in argv for f in self.failing) else None

    def run(self, directory, desc, env, *words):  # type: ignore[no-untyped-def]
        self.report_cmd(desc, directory, *self.run_out(directory, env, *words))

    def report_cmd(self, desc, directory, output, problem):  # type: ignore[no-untyped-def]
        if problem is not None:
            raise problem


def cgo(tmp_path, **env):  # type: ignore[no-untyped-def]
    checker = FlagChecker(AllowLists.parse(SOURCE), lambda k: env.get(k, ""))
    target = CcTarget("linux", "amd64", True, "", (1, 26))
    defaults = {"CC": "gcc", "CXX": "g++", "FC": "gfortran"}
    them = Compilers(target, lambda k: env.get(k, ""), defaults, checker, None, "go1.26", FakeCc(), environ={})
    settings = CgoSettings("/t/cgo", "linux", "amd64", (1, 26), str(tmp_path))
    return Cgo(settings, them, checker)


def package(tmp_path) -> Package:  # type: ignore[no-untyped-def]
    p = Package()
    p.dir, p.import_path, p.name, p.root = str(tmp_path), "example.com/p", "p", str(tmp_path)
    return p


def test_flags_reach_cgo_and_the_compilers(tmp_path) -> None:  # type: ignore[no-untyped-def]
    p = package(tmp_path)
    p.cgo_cflags, p.cgo_ldflags, p.cgo_pkg_config = ["-DX"], ["-lm"], ["--static", "gtk"]
    steps = FakeSteps({"--cflags": b"-DGTK\n", "--libs": b"-lgtk -lc\n"})
    run = cgo(tmp_path, CGO_LDFLAGS="-g").run_cgo(steps, p, "/w/b1/", ["a.go"])
    assert steps.ran[0] == ["pkg-config", "--cflags", "--static", "--", "gtk"]
    assert steps.ran[2] == [
        "/t/cgo", "-objdir", "/w/b1/", "-importpath", "example.com/p",
        '-ldflags="-g" "-lm" "-lgtk" "-lc"', "--", "-DGTK", "-I", "/w/b1/", "-O2", "-g", "-DX", f"{tmp_path}/a.go",
    ]  # fmt: skip
    assert run.go_files == ["/w/b1/_cgo_gotypes.go", "/w/b1/a.cgo1.go"]
    assert run.flags_for("c++") == ["-DGTK", "-I", "/w/b1/", "-O2", "-g"]
    assert run.prefer_external  # -O2 is not among the fake allow-list's flags


def test_a_forbidden_flag_stops_before_anything_runs(tmp_path) -> None:  # type: ignore[no-untyped-def]
    p = package(tmp_path)
    p.cgo_cflags = ["-fplugin=evil.so"]
    steps = FakeSteps()
    with pytest.raises(InvalidFlagError):
        cgo(tmp_path).run_cgo(steps, p, "/w/b1/", ["a.go"])
    assert not steps.ran


def test_go_assembly_in_a_cgo_package_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.s").write_text("// hello\nTEXT ·f(SB),0,$0\n")
    them = cgo(tmp_path)
    p = package(tmp_path)
    run = them.run_cgo(FakeSteps(), p, "/w/b1/", ["a.go"])
    with pytest.raises(CgoError, match=r"package using cgo has Go assembly file x\.s"):
        them.compile_file(FakeSteps(), p, run, "asm", "x.s", "/w/b1/_x001.o", "seed", "/w")


def test_a_failing_trial_link_is_marked_not_reported(tmp_path) -> None:  # type: ignore[no-untyped-def]
    them = cgo(tmp_path)
    them.settings.only_show = True
    p = package(tmp_path)
    run = them.run_cgo(FakeSteps(), p, "/w/b1/", ["a.go"])
    run.prefer_external = False
    steps = FakeSteps(failing=("/w/b1/_cgo_.o",))
    go_files, objects = them.finish(steps, p, run, "/w/b1/", ["/w/b1/_x001.o"], [], "seed")
    assert go_files == run.go_files
    assert objects == ["/w/b1/_x001.o", "/w/b1/dynimportfail"]
    assert steps.written == {"/w/b1/dynimportfail": b""}


def test_linker_flags_cannot_be_smuggled_in(tmp_path) -> None:  # type: ignore[no-untyped-def]
    them = cgo(tmp_path)
    path = tmp_path / "_cgo_gotypes.go"
    path.write_text('package p\n//go:cgo_ldflag "-lm"\n//go:cgo_ldflag "-g"\n')
    them._check_smuggled([str(path)], ["-lm", "-g"])
    path.write_text('package p\n//go:cgo_ldflag "-lm"\n//go:cgo_ldflag "-fuse-ld=evil"\n')
    with pytest.raises(InvalidFlagError, match="go:cgo_ldflag: -fuse-ld=evil"):
        them._check_smuggled([str(path)], ["-lm"])


def test_ldflag_comments() -> None:
    assert ldflag_comments(b'x //go:cgo_ldflag "-lm"\n// not //go:cgo_ldflag "-a"\n') == ["-lm"]

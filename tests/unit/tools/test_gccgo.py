"""gccgo: names in symbols, the files made for it, and how programs are linked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gokiln.packages.package import Package
from gokiln.tools import gccgo


# cmd/internal/pkgpath/pkgpath_test.go
@pytest.mark.parametrize(
    ("path", "v1", "v2", "v3"),
    [
        ("", "", "", ""),
        ("bytes", "bytes", "bytes", "bytes"),
        ("net/http", "net_http", "net..z2fhttp", "net_1http"),
        (
            "golang.org/x/net/http",
            "golang_org_x_net_http",
            "golang.x2eorg..z2fx..z2fnet..z2fhttp",
            "golang_0org_1x_1net_1http",
        ),
        ("pä世.🜃", "p____", "p..u00e4..u4e16.x2e..U0001f703", "p_u00e4_u4e16_0_U0001f703"),
    ],
)
def test_paths_in_symbols(path: str, v1: str, v2: str, v3: str) -> None:
    assert (gccgo.symbol_v1(path), gccgo.symbol_v2(path), gccgo.symbol_v3(path)) == (v1, v2, v3)


@pytest.mark.parametrize(
    ("assembly", "scheme"),
    [
        (b"\t.globl go_0l_u00e4ufer.Run\n", gccgo.symbol_v3),
        (b"\t.globl go.l..u00e4ufer.Run\n", gccgo.symbol_v2),
        (b"\t.globl go.l__ufer.Run\n", gccgo.symbol_v1),
        (b"", None),
    ],
)
def test_the_scheme_shows_in_assembly_code(assembly: bytes, scheme: object) -> None:
    assert gccgo.symbol_scheme(assembly) is scheme


def test_imports_become_links() -> None:
    config = b"# import config\nimportmap a/b=v/a/b\npackagefile v/a/b=/c/x-d\npackagefile fmt2=/c/y-d\n"
    assert gccgo.import_links(config, "/w/r") == [
        ("/w/r/v/a/libb.a", "/w/r/a/libb.a"),
        ("/c/x-d", "/w/r/v/a/libb.a"),
        ("/c/y-d", "/w/r/libfmt2.a"),
    ]


@pytest.mark.parametrize(
    ("goos", "goarch", "gnu", "section"),
    [
        ("linux", "amd64", False, '\t.section .go.buildid,"e"\n'),
        ("aix", "ppc64", False, "\t.csect .go.buildid[XO]\n"),
        ("solaris", "amd64", True, '\t.section .go.buildid,"e"\n'),
        ("solaris", "amd64", False, "\t.section .go.buildid,#exclude\n"),
        ("solaris", "sparc64", False, '\t.section ".go.buildid",#exclude\n'),
    ],
)
def test_the_build_id_is_a_section_of_its_own(goos: str, goarch: str, gnu: bool, section: str) -> None:
    text = gccgo.build_id_source("abcdefgh/i", goos, goarch, lambda: gnu).decode()
    assert text.startswith(section + "\t.byte 0x61,0x62,0x63,0x64,0x65,0x66,0x67,0x68\n\t.byte 0x2f,0x69\n")
    assert ("@progbits" in text) == (goos == "linux")


def test_flags_that_mean_nothing_to_a_linker_are_left_out() -> None:
    assert gccgo.cgo_ldflags("_CGO_CFLAGS=-g\n_CGO_LDFLAGS=-g\n_CGO_LDFLAGS=-O2\n_CGO_LDFLAGS=-lm\n") == ["-lm"]


def _package(**fields: object) -> Package:
    package = Package()
    package.import_path, package.name = "example.com/p", "p"
    for name, value in fields.items():
        setattr(package, name, value)
    return package


def test_a_program_has_no_package_path() -> None:
    main = _package(name="main", build=SimpleNamespace(name="main"))
    assert gccgo.package_path(main) == ""
    assert gccgo.package_path(_package()) == "example.com/p"
    main.force_library = True
    assert gccgo.package_path(main) == "example.com/p"


def test_a_program_is_linked_from_archives_between_brackets() -> None:
    parts = gccgo.LinkParts()
    parts.archives, parts.ldflags, parts.user_ldflags = ["/a.a"], ["-lm"], ["-g"]
    parts.libraries = ["/pkg/libx.so"]
    parts.look_at(_package(cgo_files=["c.go"], cxx_files=["c.cc"], m_files=["o.m"], f_files=["f.f"]))
    assert gccgo.link_flags(parts, "linux", ["-m64"], "ab") == [
        "-Wl,-(", "-m64", "-Wl,--whole-archive", "/a.a", "-Wl,--no-whole-archive", "-lm", "-g", "-Wl,-)",
        "-Wl,--build-id=0x6162", "-L/pkg", "-Wl,-rpath=/pkg", "-lx",
    ]  # fmt: skip
    assert gccgo.mode_flags("exe", parts, "linux", str, "ab") == ["-Wl,-E", "-lstdc++", "-lobjc", "-lgfortran"]
    assert gccgo.mode_flags("plugin", parts, "linux", str, "ab") is None
    archive = gccgo.mode_flags("c-archive", parts, "linux", lambda: "-no-pie", "")
    assert archive is not None
    assert archive[-2:] == ["-no-pie", "-Wl,--build-id=none"]

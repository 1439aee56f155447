"""What is read out of a GOROOT's source."""

from __future__ import annotations

from pathlib import Path

import pytest

from gokiln.config.release import (
    Release,
    check_godebug_name,
    minor_version,
    parse_default_compiler,
    parse_godebugs,
    parse_removed_godebugs,
)
from gokiln.golang.platform import Platforms, PortInfo, parse_zosarch

TABLE_26 = """var All = []Info{
	{Name: "a", Package: "time", Changed: 23, Old: "1"},
	//{Name: "off", Package: "x"},
	{Name: "b", Package: "x", Opaque: true, Immutable: true}, // bug: {Name
}

var Removed = []RemovedInfo{
	{Name: "x509sha1", Removed: 24},
}
"""
TABLE_27 = """var Removed = []RemovedInfo{
	{Name: "x", Removed: 24, Old: one},  // Old: "1"
	{Name: "y", Removed: 27, Old: zero}, // Old: "0"
	{Name: "z", Removed: 27, Old: func(s string) bool { return s == "1" || s == "2" }}, // Old: "1" or "2"
}
"""


@pytest.mark.parametrize(
    ("version", "minor"),
    [("go1.26.8", 26), ("go1.27rc1", 27), ("devel go1.28-abc", 28), ("go1.9", 9), ("weird", 27)],
)
def test_minor_version(version: str, minor: int) -> None:
    assert minor_version(version) == minor


def test_godebugs() -> None:
    first, second = parse_godebugs(TABLE_26)
    assert (first.name, first.package, first.changed, first.old, first.opaque) == ("a", "time", 23, "1", False)
    assert (second.name, second.changed, second.opaque, second.immutable) == ("b", 0, True, True)


def test_removed_godebugs_of_both_forms() -> None:
    assert [tuple(gone) for gone in parse_removed_godebugs(TABLE_26)] == [("x509sha1", 24, None)]
    assert [gone.old for gone in parse_removed_godebugs(TABLE_27)] == [("1",), ("0",), ("1", "2")]


def _release(tmp_path: Path, table: str) -> Release:
    path = tmp_path / "src/internal/godebugs/table.go"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table)
    return Release(str(tmp_path), "go1.27.3")


def test_which_godebug_settings_can_be(tmp_path: Path) -> None:
    old = _release(tmp_path, TABLE_26)
    assert check_godebug_name(old, "godebug", "a", "1") == ""
    assert check_godebug_name(old, "godebug", "zz", "1") == 'unknown godebug "zz"'
    assert check_godebug_name(old, "godebug", "x509sha1", "0") == (
        'use of removed godebug "x509sha1", see https://go.dev/doc/godebug#go-124'
    )
    new = _release(tmp_path, TABLE_27)
    assert check_godebug_name(new, "godebug", "z", "0") == ""
    assert check_godebug_name(new, "godebug", "z", "2") == (
        'removed GODEBUG "z" set to old value "2" (https://go.dev/doc/godebug#go-127)'
    )


def test_default_compilers_by_target() -> None:
    text = (
        "func DefaultCC(goos, goarch string) string {\n\tswitch goos+`/`+goarch {\n\tcase `linux/arm`:\n\t\treturn"
        ' `arm-gcc`\n\t}\n\tswitch goos {\n\tcase "darwin", "ios":\n\t\treturn "clang"\n\t}\n\treturn "gcc"\n}\n'
    )
    assert parse_default_compiler(text, "DefaultCC") == {
        "linux/arm": "arm-gcc",
        "darwin": "clang",
        "ios": "clang",
        "": "gcc",
    }


def test_a_goroot_without_sources_has_the_usual_defaults(tmp_path: Path) -> None:
    release = Release(str(tmp_path), "go1.26.8")
    assert release.default("DefaultGOAMD64") == "v1"
    assert release.default_compiler("DefaultCXX", "freebsd", "amd64") == "clang++"
    assert release.default_pkg_config() == "pkg-config"
    assert "GOFLAGS" in release.known_env()


def test_releases_beyond_the_tables_say_so(tmp_path: Path) -> None:
    assert Release(str(tmp_path), "go1.27.3").unknown == ""
    assert "go1.99 is newer" in Release(str(tmp_path), "go1.99").unknown
    assert "go1.20 is older" in Release(str(tmp_path), "go1.20").unknown


def test_ports() -> None:
    ports = parse_zosarch(
        'var List = []OSArch{\n\t{"linux", "amd64"},\n}\n'
        '\t{"linux", "amd64"}:   {CgoSupported: true, FirstClass: true},\n'
        '\t{"linux", "ppc64"}:   {},\n\t{"linux", "sparc64"}: {CgoSupported: true, Broken: true},\n'
    )
    platforms = Platforms(26, ports)
    assert platforms.cgo_supported("linux", "amd64") and platforms.first_class("linux", "amd64")
    assert platforms.known("linux", "ppc64") and not platforms.cgo_supported("linux", "ppc64")
    assert platforms.broken("linux", "sparc64") and not platforms.known("plan9", "mips")


@pytest.mark.parametrize(("minor", "supported"), [(26, False), (27, True)])
def test_linux_ppc64_came_with_27(minor: int, supported: bool) -> None:
    platforms = Platforms(minor, {("linux", "ppc64"): PortInfo()})
    for mode in ("c-archive", "c-shared", "pie", "shared", "plugin"):
        assert platforms.build_mode_supported("gc", mode, "linux", "ppc64") == supported
    assert platforms.must_link_external("linux", "ppc64", True) != supported
    assert platforms.internal_link_pie_supported("linux", "ppc64") == supported

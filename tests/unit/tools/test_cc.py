"""Calling C compilers, with a fake one."""

from __future__ import annotations

import pytest

from gokiln.tools.cc import BadVariableError, CcTarget, Compilers, arch_args, compiler_proper, version_line
from gokiln.tools.pkgconfig import PkgConfigError, split_arguments, split_output
from gokiln.tools.security import AllowLists, AllowListsMissingError, FlagChecker, InvalidFlagError

SOURCE = """
var validCompilerFlags = []*lazyregexp.Regexp{
	re(`-D([A-Za-z_]+)`),
	// re(`-fplugin`),
}

var validCompilerFlagsWithNextArg = []string{
	"-I",
}

var validLinkerFlags = []*lazyregexp.Regexp{
	re(`-l([^@\\-].*)`),
	re(`-Wl,--as-needed`),
}
	return fmt.Errorf("invalid flag in %s: %s %s (see there)", source, arg, list[i+1])
	return fmt.Errorf("invalid flag in %s: %s without argument (see there)", source, arg)
	return fmt.Errorf("invalid flag in %s: %s (see there)", source, arg)
"""


class FakeCc:
    """A compiler that knows every flag but those of `unknown`."""

    def __init__(self, unknown: tuple[str, ...] = ()) -> None:
        self.unknown = unknown
        self.ran: list[list[str]] = []
        self.shown: list[list[str]] = []

    def probe(self, argv, env):  # type: ignore[no-untyped-def]
        self.ran.append(list(argv))
        if "-###" in argv:
            return b"Using built-in specs.\ngcc version 12.2.0 (Debian 12.2.0-14) \n", 0
        bad = [a for a in argv if a in self.unknown]
        return (f"error: unrecognized command line option {bad[0]}".encode() if bad else b""), int(bool(bad))

    def show(self, argv):  # type: ignore[no-untyped-def]
        self.shown.append(list(argv))


def compilers(cc: FakeCc, build_n: bool = False, **env: str) -> Compilers:
    target = CcTarget("linux", "amd64", True, "", (1, 26))
    checker = FlagChecker(AllowLists.parse(SOURCE), lambda k: env.get(k, ""))
    return Compilers(
        target, lambda k: env.get(k, ""), {"CC": "gcc"}, checker, None, "go1.26.8", cc, environ={}, build_n=build_n
    )


def test_a_command_has_the_flags_the_compiler_knows() -> None:
    cc = FakeCc(unknown=("-Qunused-arguments", "-fno-caret-diagnostics"))
    assert compilers(cc).command("CC", "/p", "/w/b1/") == [
        "gcc", "-I", "/p", "-fPIC", "-m64", "-pthread", "-Wl,--no-gc-sections", "-fmessage-length=0",
        "-ffile-prefix-map=/w/b1=/tmp/go-build", "-gno-record-gcc-switches",
    ]  # fmt: skip


def test_a_flag_is_tried_once() -> None:
    cc = FakeCc()
    them = compilers(cc)
    assert them.supports(["gcc"], "-x1") and them.supports(["gcc"], "-x1")
    assert cc.ran == [["gcc", "-x1", "-O2", "-g", "-c", "-x", "c", "-", "-o", "/dev/null"]]


def test_nothing_is_tried_under_n() -> None:
    cc = FakeCc()
    assert not compilers(cc, build_n=True).supports(["gcc"], "-x1")
    assert not cc.ran and cc.shown == [["gcc", "-x1", "-O2", "-g", "-c", "-x", "c", "-", "-o", "/dev/null"]]


def test_tool_id_keeps_its_trailing_blank() -> None:
    assert compilers(FakeCc()).tool_id("gcc", "c") == ("gcc version 12.2.0 (Debian 12.2.0-14) ", "")


def test_variables_that_are_no_list_of_words() -> None:
    for name, value, problem in (
        ("CGO_CFLAGS", "'x", """with value "'x": unterminated ' string"""),
        ("CC", "'", "unterminated"),
        ("CC", " ", "no words"),
    ):
        with pytest.raises(BadVariableError, match=problem) as err:
            compilers(FakeCc(), **{name: value}).command("CC", "/p", "/w/b1/")
        assert err.value.exit_status == 2
    assert compiler_proper(" 'open quote\n") == ""


def test_version_line_ignores_configuration() -> None:
    assert version_line("Configured with: version 9\nclang version 14.0.6\n") == "clang version 14.0.6"
    assert version_line("no version here\n") == ""
    assert compiler_proper("x\n (in-process)\n /usr/lib/cc1 -quiet\n") == "/usr/lib/cc1"


def test_arch_args() -> None:
    assert arch_args(CcTarget("linux", "mipsle", True, "hardfloat", (1, 26))) == [
        "-mabi=32", "-march=mips32", "-mhard-float", "-mfp32", "-mno-odd-spreg",
    ]  # fmt: skip
    assert arch_args(CcTarget("linux", "loong64", True, "", (1, 27))) == ["-mabi=lp64d", "-mno-relax"]


def test_a_packages_flag_is_checked_the_users_is_not() -> None:
    them = compilers(FakeCc(), CGO_CFLAGS="-fplugin=x")
    assert them.build_flags("CFLAGS", ["-DA", "-I", "d"]) == ["-fplugin=x", "-DA", "-I", "d"]
    with pytest.raises(InvalidFlagError, match=r"invalid flag in #cgo CFLAGS: -fplugin=y"):
        them.build_flags("CFLAGS", ["-fplugin=y"])
    with pytest.raises(InvalidFlagError, match="-I without argument"):
        them.build_flags("CFLAGS", ["-I"])
    with pytest.raises(InvalidFlagError, match="-I -x"):
        them.build_flags("CFLAGS", ["-I", "-x"])


def test_no_lists_no_flags() -> None:
    with pytest.raises(AllowListsMissingError):
        AllowLists.parse("package work\n")


def test_pkg_config_words() -> None:
    assert split_output(r"-r:foo -L/usr/white\ space/lib '-l a' \\") == [
        "-r:foo",
        "-L/usr/white space/lib",
        "-l a",
        "\\",
    ]
    assert split_output('"" "\\x" "\\\\"') == ["", "\\x", "\\"]
    assert split_output("\\\n") == []
    for bad in ('"open', "end\\", "a;b", "$(x)", '"`x`"'):
        with pytest.raises(PkgConfigError):
            split_output(bad)


def test_pkg_config_names_come_last_and_are_safe() -> None:
    assert split_arguments(["gtk", "--static", "--", "cairo"]) == (["--static"], ["gtk", "cairo"])
    with pytest.raises(PkgConfigError, match="invalid pkg-config package name: -x"):
        split_arguments(["-x"])

"""Which toolchain GOTOOLCHAIN and go.mod ask for. Cases after cmd/go/testdata/script/gotoolchain_*.txt."""

from __future__ import annotations

import pytest

from gokiln.config.toolchainswitch import ToolchainError, ToolchainSwitchError, decide, go_mod_lookup

LOCAL = "go1.26.8"


@pytest.mark.parametrize(
    ("setting", "go", "toolchain", "chosen"),
    [
        ("local", "1.99", "", "local"),
        ("auto", "1.21", "", "local"),
        ("auto", "1.26.8", "", "local"),
        ("auto", "1.99", "", "go1.99.0"),
        ("auto", "1.99rc1", "", "go1.99rc1"),
        ("auto", "1.20", "go1.99.1", "go1.99.1"),
        ("auto", "1.99.2", "go1.99.1", "go1.99.2"),
        ("auto", "1.99", "default", "local"),
        ("auto", "1.20", "go1.26.8-fork", "local"),
        ("path", "1.99.3", "", "go1.99.3"),
        ("go1.26.8", "1.99", "", "local"),
        ("go1.25.1", "1.20", "", "go1.25.1"),
        ("go1.25.1+auto", "1.26.8", "", "local"),
        ("go1.25.1+auto", "", "", "go1.25.1"),
        ("local+path", "1.99.3", "", "go1.99.3"),
    ],
)
def test_decision(setting: str, go: str, toolchain: str, chosen: str) -> None:
    decision = decide(setting, LOCAL, "go.mod", go, toolchain)
    assert decision.toolchain == chosen
    assert decision.path_only == (chosen != "local" and setting.endswith("path"))


def test_why_is_kept_for_messages() -> None:
    decision = decide("auto", LOCAL, "go.mod", "1.99", "go1.98.1")
    assert (decision.startup.auto_go_version, decision.startup.auto_toolchain) == ("1.99", "")
    error = ToolchainSwitchError(decision, LOCAL)
    assert str(error).startswith("go.mod requires go >= 1.99 (running go1.26.8)")


@pytest.mark.parametrize(
    ("setting", "toolchain", "problem"),
    [
        ("foo", "", 'invalid GOTOOLCHAIN "foo"'),
        ("foo+auto", "", 'invalid GOTOOLCHAIN "foo+auto": invalid minimum toolchain "foo"'),
        ("go1.26.8+foo", "", 'invalid GOTOOLCHAIN "go1.26.8+foo": only version suffixes are +auto and +path'),
        ("../go1.2", "", 'invalid GOTOOLCHAIN "../go1.2"'),
        ("auto", "foo", 'invalid toolchain "foo" in go.mod'),
        ("auto", "go1.99/x", 'invalid toolchain "go1.99/x" in go.mod'),
    ],
)
def test_nonsense(setting: str, toolchain: str, problem: str) -> None:
    with pytest.raises(ToolchainError) as caught:
        decide(setting, LOCAL, "go.mod", "1.20", toolchain)
    assert str(caught.value) == problem


def test_lookup_reads_lines_without_parsing() -> None:
    data = b"module m\n\tgo  1.21 // why\ngo1 x\ntoolchain\tgo1.22.1\r\n(((\n"
    assert go_mod_lookup(data, "go") == "1.21"
    assert go_mod_lookup(data, "toolchain") == "go1.22.1"
    assert go_mod_lookup(b"", "go") == ""

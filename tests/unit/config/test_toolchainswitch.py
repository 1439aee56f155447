"""Which toolchain GOTOOLCHAIN and go.mod ask for. Cases after cmd/go/testdata/script/gotoolchain_*.txt."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gokiln.config.toolchainswitch import (
    ToolchainError,
    ToolchainSwitchError,
    check_name,
    decide,
    read_decision,
    traces,
)
from gokiln.golang import gover

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
    assert decision.follows == setting.endswith(("auto", "path"))


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
    assert gover.go_mod_lookup(data, "go") == "1.21"
    assert gover.go_mod_lookup(data, "toolchain") == "go1.22.1"
    assert gover.go_mod_lookup(b"", "go") == ""


def test_names_that_are_no_toolchains_are_refused_before_path_is_searched() -> None:
    check_name("go1.27.3")
    check_name("gccgo-go1.20.3")
    with pytest.raises(ToolchainError, match='invalid GOTOOLCHAIN "bash"'):
        check_name("bash")


def test_trace() -> None:
    decision = decide("go1.27.1+auto", LOCAL, "go.mod", "1.99", "go1.98.1")
    assert decision.trace == [
        "go: default toolchain set to go1.27.1 from GOTOOLCHAIN=go1.27.1+auto\n",
        "go: upgrading toolchain to go1.98.1 (required by toolchain line in go.mod;"
        " upgrade allowed by GOTOOLCHAIN=<name>+auto)\n",
        "go: upgrading toolchain to go1.99.0 (required by go line in go.mod;"
        " upgrade allowed by GOTOOLCHAIN=<name>+auto)\n",
    ]


def test_last_setting_of_the_trace_counts() -> None:
    assert traces({"GODEBUG": "toolchaintrace=0,x=1,toolchaintrace=1"})
    assert not traces({"GODEBUG": "toolchaintrace=1,toolchaintrace=0"})
    assert not traces({})


@pytest.mark.parametrize(("minor", "chosen"), [(26, None), (27, "go1.99.0")])
def test_go_work_alone_counts_with_modules_auto_from_1_27_on(tmp_path: Path, minor: int, chosen: str | None) -> None:
    (tmp_path / "go.work").write_text("go 1.99.0\n")
    settings = {"GO111MODULE": "auto", "GOTOOLCHAIN": "auto"}
    env = SimpleNamespace(
        get=lambda name: settings.get(name, ""),
        cwd=str(tmp_path),
        environ={},
        goroot="/goroot",
        toolchain=SimpleNamespace(version=LOCAL, release=SimpleNamespace(minor=minor)),
    )
    decision = read_decision(cast(Any, env), ["build"])
    assert (decision and decision.toolchain) == chosen

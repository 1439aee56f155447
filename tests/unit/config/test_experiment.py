"""GOEXPERIMENT, by the rules of internal/buildcfg/exp.go."""

from __future__ import annotations

import pytest

from gokiln.config import experiment
from gokiln.config.experiment import ExperimentError


def _parse(text: str, minor: int = 26, goos: str = "linux", goarch: str = "amd64") -> experiment.Experiment:
    return experiment.parse(minor, experiment.FIELDS[minor], experiment.BASELINE[minor], goos, goarch, text)


def test_the_baseline_is_not_said() -> None:
    base = _parse("")
    assert str(base) == ""
    assert base.enabled() == ["regabiwrappers", "regabiargs", "dwarf5", "greenteagc", "randomizedheapbase64"]


def test_differences_are_said_in_the_order_of_the_fields() -> None:
    assert str(_parse("arenas,nodwarf5,boringcrypto,greenteagc")) == "boringcrypto,arenas,nodwarf5"


def test_none_and_what_cannot_be_off() -> None:
    assert _parse("none").enabled() == ["regabiwrappers", "regabiargs"]
    assert _parse("noregabi").on == _parse("").on
    assert "regabiargs" not in _parse("regabi", goarch="mips").on
    assert _parse("noregabi", goarch="s390x").enabled()[:1] == ["dwarf5"]
    assert "regabiargs" in _parse("noregabi", minor=27, goarch="s390x").on


def test_targets_without_dwarf5() -> None:
    assert "dwarf5" not in _parse("", goos="darwin", goarch="arm64").on
    assert str(_parse("dwarf5", goos="aix", goarch="ppc64")) == "dwarf5"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("foo", "unknown GOEXPERIMENT foo"),
        ("nofoo", "unknown GOEXPERIMENT foo"),
        ("noregabiwrappers", "GOEXPERIMENT regabiargs requires regabiwrappers"),
    ],
)
def test_refusals(text: str, problem: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        _parse(text, goarch="s390x")
    assert str(caught.value) == problem


def test_a_newer_release_is_read_from_its_source() -> None:
    flags_go = [
        "type Flags struct {",
        "\tA bool // x bool",
        "",
        "\t// B bool",
        "\tRegabiArgs bool",
        "\tNew3 bool",
        "}",
        "",
    ]
    exp_go = ["\tbaseline := goexperiment.Flags{", "\t\tA: true,", "\t\tRegabiArgs: regabiSupported,", "\t}", ""]
    sources = {
        "internal/goexperiment/flags.go": "\n".join(flags_go),
        "internal/buildcfg/exp.go": "\n".join(exp_go),
    }
    fields, always = experiment.facts(99, lambda path: sources[path])
    assert fields == ("a", "regabiargs", "new3")
    assert always == ("a",)


def test_without_sources_the_nearest_release_stands_in() -> None:
    assert experiment.facts(99, lambda path: "") == (experiment.FIELDS[27], experiment.BASELINE[27])

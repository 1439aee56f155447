"""Completion scripts, run by the shells they are for."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gokiln.cli import completion
from gokiln.cli.commandtable import COMMANDS, OWN_COMMANDS, Table
from tests.unit.cli import completing

LATEST = Table()

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
needs_zsh = pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
needs_fish = pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")


@needs_bash
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (["gokiln", "bu"], ["bug", "build"]),
        (["gokiln", "mod", "ti"], ["tidy"]),
        (["gokiln", "build", "-trimp"], ["-trimpath"]),
        (["gokiln", "mod", "tidy", "-dif"], ["-diff"]),
        (["gokiln", "build", "-buildmode", "c-"], ["c-archive", "c-shared"]),
        (["gokiln", "build", "-buildmode", "=", "c-"], ["c-archive", "c-shared"]),
        (["gokiln", "build", "-buildvcs", "=", "tr"], ["true"]),
        (["gokiln", "env", "GOMODC"], ["GOMODCACHE"]),
        (["gokiln", "completion", "z"], ["zsh"]),
        (["gokiln", "telemetry", "o"], ["off", "on"]),
        (["gokiln", "help", "module"], ["module-auth", "modules"]),
        (["gokiln", "help", "work", "s"], ["sync"]),
        (["gokiln", "test", "-gokiln.j"], ["-gokiln.junit"]),
        (["gokiln", "run", "-tidy"], []),
        (["gokiln", "build", "-p", ""], []),
    ],
)
def test_bash_offers(line: list[str], wanted: list[str]) -> None:
    assert completing.bash(line, completion.bash(LATEST)) == wanted


@needs_bash
def test_bash_offers_files_where_a_flag_takes_one(tmp_path: Path) -> None:
    (tmp_path / "default.pgo").touch()
    (tmp_path / "sub").mkdir()
    line = ["gokiln", "build", "-overlay", f"{tmp_path}/"]
    assert set(completing.bash(line, completion.bash(LATEST))) == {f"{tmp_path}/default.pgo", f"{tmp_path}/sub"}
    line[2] = "-C"
    assert completing.bash(line, completion.bash(LATEST)) == [f"{tmp_path}/sub"]


@needs_fish
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("gokiln bu", {"bug", "build"}),
        ("gokiln mod ti", {"tidy"}),
        ("gokiln mod tidy -dif", {"-diff"}),
        ("gokiln build -buildmode c-", {"c-archive", "c-shared"}),
        ("gokiln env GOMODC", {"GOMODCACHE"}),
        ("gokiln help module", {"module-auth", "modules"}),
        ("gokiln help work s", {"sync"}),
        ("gokiln run -tidy", set()),
    ],
)
def test_fish_offers(line: str, wanted: set[str], tmp_path: Path) -> None:
    assert {word for word, _ in completing.fish(line, completion.fish(LATEST), tmp_path)} == wanted


@needs_fish
def test_fish_says_what_flags_are_for(tmp_path: Path) -> None:
    said = dict(completing.fish("gokiln vet -fi", completion.fish(LATEST), tmp_path))
    assert said == {"-fix": "Apply the first fix of each diagnostic instead of printing it"}


@needs_zsh
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("gokiln bui", "gokiln build"),
        ("gokiln mod ti", "gokiln mod tidy"),
        ("gokiln build -trimp", "gokiln build -trimpath"),
        ("gokiln build -buildmode=plu", "-buildmode=plugin"),
        ("gokiln build -buildmode plu", "-buildmode plugin"),
        ("gokiln env GOMODC", "GOMODCACHE"),
        ("gokiln help module-", "module-auth"),
        ("gokiln help work sy", "gokiln help work sync"),
        ("gokiln mod tidy -", "Print the changes as a patch and change no file"),
        ("gokiln vet -v", "Print the names of packages as they are compiled"),
    ],
)
def test_zsh_shows(line: str, shown: str, tmp_path: Path) -> None:
    assert shown in completing.zsh(line, completion.zsh(LATEST), tmp_path)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("minor", [25, 26, 27])
def test_scripts_can_be_read(shell: str, minor: int) -> None:
    table = Table(minor)
    text = getattr(completion, shell)(table)
    assert all(page.name.split(" ")[-1] in text for page in table.pages((*COMMANDS, *OWN_COMMANDS)))
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    assert subprocess.run([shell, "-n"], input=text, text=True).returncode == 0

"""The table of commands, and what is made of it: completions, man page, help without a toolchain."""

from __future__ import annotations

import importlib
import shutil
import subprocess

import pytest

from gokiln.cli import completion, manpage
from gokiln.cli.commandtable import COMMANDS, FLAGS, GROUPS, OWN, Command
from gokiln.cli.help import own_overview, own_text
from gokiln.cli.main import COMMANDS as DISPATCHED
from gokiln.cli.main import GROUPS as GROUPED
from gokiln.cli.main import OWN_COMMANDS


def test_every_command_is_in_the_table() -> None:
    names = {c.name for c in COMMANDS}
    assert names == DISPATCHED | {f"{group} {name}" for group, names in GROUPED.items() for name in names}
    assert set(GROUPS) == set(GROUPED)
    assert {c.name for c in OWN} <= OWN_COMMANDS


@pytest.mark.parametrize("command", [*COMMANDS, *OWN], ids=lambda c: c.name)
def test_usage_lines_agree_with_the_modules(command: Command) -> None:
    module = importlib.import_module("gokiln.cli." + command.name.replace(" ", "_"))
    usage = getattr(module, "USAGE", None)
    if isinstance(usage, dict):
        usage = usage[command.name]
    assert usage in (None, command.usage)


@pytest.mark.parametrize("command", [*COMMANDS, *OWN], ids=lambda c: c.name)
def test_flags_have_words(command: Command) -> None:
    assert all(flag in FLAGS for flag in command.flags)
    assert len(set(command.flags)) == len(command.flags), "a flag twice"


def test_no_flag_is_described_in_vain() -> None:
    assert set(FLAGS) == {flag for c in COMMANDS for flag in c.flags}


def reply(line: list[str], script: str) -> list[str]:
    """What bash would offer for the last word of a command line."""
    words = " ".join(f"'{word}'" for word in line)
    program = (
        f"{script}\nCOMP_WORDS=({words}); COMP_CWORD={len(line) - 1}; _gokiln; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (["gokiln", "bu"], ["bug", "build"]),
        (["gokiln", "mod", "ti"], ["tidy"]),
        (["gokiln", "build", "-trimp"], ["-trimpath"]),
        (["gokiln", "mod", "tidy", "-dif"], ["-diff"]),
        (["gokiln", "build", "-buildmode", "c-"], ["c-archive", "c-shared"]),
        (["gokiln", "env", "GOMODC"], ["GOMODCACHE"]),
        (["gokiln", "completion", "z"], ["zsh"]),
        (["gokiln", "run", "-tidy"], []),
    ],
)
def test_bash_offers(line: list[str], wanted: list[str]) -> None:
    assert reply(line, completion.bash()) == wanted


@pytest.mark.parametrize(("shell", "script"), [("zsh", completion.zsh), ("fish", completion.fish)])
def test_other_shells_can_read_their_scripts(shell: str, script: object) -> None:
    assert callable(script)
    text = script()
    assert all(word in text for word in ("tidy", "trimpath", "c-archive"))
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    assert subprocess.run([shell, "-n"], input=text, text=True).returncode == 0


def test_man_page_has_no_accidental_requests() -> None:
    lines = manpage.render().split("\n")
    known = (".TH", ".SH", ".TP", ".B", ".RI", ".I", "\\&")
    assert all(line.startswith(known) for line in lines if line.startswith((".", "'")))
    assert any("gokiln mod tidy" in line for line in lines)


def test_help_without_a_toolchain() -> None:
    assert own_text("run").startswith("usage: go run [build flags] [-exec xprog] package [arguments...]\n")
    assert "-exec text" in own_text("run")
    assert own_text("nope") == ""
    assert "\tvet " in own_overview()

"""The table of commands against the real thing: go's usage lines and lists, and the flags that commands register."""

from __future__ import annotations

import importlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

import gokiln.config.config as config
from gokiln.base.flagset import FlagSet
from gokiln.cli.commandtable import COMMANDS, TOPICS, Page, Table
from gokiln.cli.invocation import Invocation, Memory
from gokiln.cli.vetflags import ask_for_flags
from gokiln.config.config import load_env
from gokiln.config.toolchain import read_version
from tests.compat import gocmd

pytestmark = pytest.mark.go


def release() -> int:
    root = gocmd.goroot()
    assert root is not None
    return int(read_version(str(root)).removeprefix("go").split(".")[1])


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(release()) if gocmd.goroot() is not None else Table()


def go(args: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return gocmd.run(gocmd.go_command(), args, cwd, gocmd.clean_env(cwd / "cache"))


def page_of(table: Table, name: str) -> Page:
    page = table.page(name)
    assert page is not None
    return page


@pytest.mark.parametrize("name", COMMANDS)
def test_usage_lines_are_those_of_go(name: str, table: Table, tmp_path: Path) -> None:
    page = page_of(table, name)
    shown = go(["help", *name.split(" ")], tmp_path).stdout.decode()
    if page.kind == "group":
        assert f"\n\t{page.usage}\n" in shown
        rows = {row.split()[0] for row in shown.partition("The commands are:")[2].split("\n\n")[1].split("\n")}
        assert rows == {below.name.split(" ")[1] for below in table.below(name)}
    else:
        assert shown.split("\n", 1)[0] == f"usage: {page.usage}"


def test_lists_are_those_of_go(table: Table, tmp_path: Path) -> None:
    shown = go(["help"], tmp_path).stdout.decode()
    rows = {tuple(line.split(None, 1)) for line in shown.split("\n") if line.startswith("\t") and "<" not in line}
    top = [name for name in COMMANDS if " " not in name]
    assert rows == {(page.name, page.short) for page in table.pages((*top, *TOPICS))}


def test_settings_are_all_described(table: Table, tmp_path: Path) -> None:
    printed = set(json.loads(go(["env", "-json"], tmp_path).stdout))
    assert printed <= set(table.variables())


class Registered(BaseException):
    """Carries a command's flags out of it, before it reads its command line."""


def registered(name: str, monkeypatch: pytest.MonkeyPatch, cwd: Path) -> FlagSet:
    """The flags that a command defines in this release."""

    def stop(flagset: FlagSet, *_: object) -> None:
        raise Registered(flagset)

    monkeypatch.setattr(config, "set_from_goflags", stop)
    module = importlib.import_module("gokiln.cli." + name.replace(" ", "_"))
    env = {**gocmd.clean_env(cwd / "cache"), "PWD": str(cwd)}
    inv = Invocation("go", [], env, str(cwd), Memory(), Memory(), cmd_name=name, raw_args=name.split())
    with pytest.raises(Registered) as found:
        module.run(inv)
    flagset = found.value.args[0]
    assert isinstance(flagset, FlagSet)
    return flagset


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("mod", "work", "doc")])
def test_every_flag_is_in_the_table(name: str, table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(table, name)
    flagset = registered(name, monkeypatch, tmp_path)
    assert flagset.usage_line == page.usage
    flags = {flag.name: flag for flag in table.all_flags(page)}
    outside = {flag for flag in flags if flag.startswith("gokiln.")} | ({"args"} if name == "test" else set())
    theirs = {flag for flag in flagset.flags if flag.startswith("test.")}
    if name in ("vet", "fix") and page.usage != "go fix [-fix list] [packages]":
        theirs |= analyzers(name, tmp_path) - set(flags)
    assert set(flags) - outside == set(flagset.flags) - theirs
    for flag in set(flags) - outside:
        assert flags[flag].is_bool == flagset.flags[flag].is_bool, flag


def analyzers(command: str, cwd: Path) -> set[str]:
    """The flags that an analysis tool has of its own."""
    env, _ = load_env("go", [command], {**gocmd.clean_env(cwd / "cache"), "PWD": str(cwd)}, str(cwd))
    return {name for name, _ in ask_for_flags(env.toolchain.tool(command), env, env.toolchain.release.minor)}


def test_flags_of_doc_are_all_described(table: Table, tmp_path: Path) -> None:
    """They are its own program's, so go's words are what there is to compare with."""
    shown = go(["help", "doc"], tmp_path).stdout.decode().partition("\nFlags:\n")[2]
    printed = {words[0][1:] for words in map(str.split, shown.split("\n")) if words and words[0].startswith("-")}
    assert printed == {flag.name for flag in page_of(table, "doc").flags}

"""The table of commands and topics: its files, what is chosen for a release, and what help and man page make of it."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gokiln.cli import help as texts
from gokiln.cli import manpage
from gokiln.cli.commandtable import (
    COMMANDS,
    NEWEST,
    OWN_COMMANDS,
    OWN_TOPICS,
    TOPICS,
    Flag,
    Page,
    Table,
    blocks,
    filled,
)
from gokiln.cli.invocation import Invocation, Memory
from gokiln.cli.main import COMMANDS as DISPATCHED
from gokiln.cli.main import GROUPS as GROUPED
from gokiln.cli.main import OWN_COMMANDS as OWN_DISPATCHED

MINORS = (25, 26, 27)
ALL = (*COMMANDS, *TOPICS, *OWN_COMMANDS, *OWN_TOPICS)
FOLDER = Path(texts.__file__).parent / "helptexts"


def page_of(name: str, minor: int = NEWEST) -> Page:
    found = Table(minor).page(name)
    assert found is not None
    return found


def test_every_command_is_in_the_table() -> None:
    leaves = {name for name in COMMANDS if name not in GROUPED}
    assert leaves == DISPATCHED | {f"{group} {name}" for group, names in GROUPED.items() for name in names}
    assert {name for name in COMMANDS if page_of(name).kind == "group"} == set(GROUPED)
    assert set(OWN_COMMANDS) <= OWN_DISPATCHED


def test_every_file_is_a_page() -> None:
    files = {name.replace(" ", "_").replace(".", "_").replace("-", "_") for name in ALL} | {"shared"}
    assert {path.stem for path in FOLDER.glob("*.txt")} == files
    assert Table().page("nosuch") is None and Table().page("shared") is None


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("name", ALL)
def test_pages_are_whole(name: str, minor: int) -> None:
    page = page_of(name, minor)
    assert page.name == name and page.short
    assert page.usage or page.kind == "topic"
    assert blocks(page.body)
    for flag in (*page.flags, *page.shared):
        assert flag.short and flag.short[0].isupper() and not flag.short.endswith("."), flag.name
        assert len(flag.short) < 100, flag.short
    assert len({flag.name for flag in page.flags}) == len(page.flags), "a flag twice"
    assert not any(line.startswith("@") or line != line.rstrip() for line in page.body)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_conditions_are_closed(file: Path) -> None:
    depth = 0
    for line in file.read_text().splitlines():
        if line == "@end":
            depth -= 1
        elif line == "@gokiln" or line.startswith(("@since ", "@before ")):
            depth += 1
        assert depth in (0, 1), line
        assert len(line) < 130 and line.isascii()
    assert depth == 0


@pytest.mark.parametrize("name", [name for name in (*COMMANDS, *OWN_COMMANDS) if name not in GROUPED])
def test_usage_lines_agree_with_the_modules(name: str) -> None:
    module = importlib.import_module("gokiln.cli." + name.replace(" ", "_"))
    usage = getattr(module, "USAGE", None)
    if isinstance(usage, dict):
        usage = usage[name]
    assert usage in (None, page_of(name).usage)


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("-a", ("a", "", False, "", False, 0, 0)),
        ("-o file <file>", ("o", "file", False, "file", False, 0, 0)),
        ("-u[=patch] <patch>", ("u", "patch", True, "patch", False, 0, 0)),
        ("-ex @1.27", ("ex", "", False, "", False, 27, 0)),
        ("-old @-1.25", ("old", "", False, "", False, 0, 25)),
        ("-graph @gokiln", ("graph", "", False, "", True, 0, 0)),
        ("-ldflags '[pattern=]arg list'", ("ldflags", "'[pattern=]arg list'", False, "", False, 0, 0)),
    ],
)
def test_flag_lines(head: str, wanted: tuple[object, ...]) -> None:
    flag = Flag(head)
    assert (flag.name, flag.value, flag.optional, flag.kind, flag.own, flag.since, flag.until) == wanted
    assert flag.is_bool == (flag.optional or not flag.value)
    assert flag.heading().startswith(head.partition(" <")[0].partition(" @")[0])


def test_releases_have_their_own_flags() -> None:
    def names(command: str, minor: int) -> set[str]:
        table = Table(minor)
        page = table.page(command)
        assert page is not None
        return {flag.name for flag in table.all_flags(page)}

    assert names("doc", 27) - names("doc", 26) == {"ex"}
    assert names("test", 26) - names("test", 25) == {"artifacts"}
    assert names("vet", 26) - names("vet", 25) == {"diff", "fix"}
    assert "fixtool" not in names("fix", 25) and page_of("fix", 25).usage == "go fix [-fix list] [packages]"
    assert "coverpkg" not in names("clean", 27) and "tags" in names("clean", 27)


def test_paragraphs() -> None:
    body = "One,|two|, three.|| - a|   b| - c||\tcode {|\t\tx||\t}||Or||\tA,|\tB|\t\tis a".split("|")
    assert blocks(body) == [
        ("text", ["One, two, three."]),
        ("item", ["a b"]),
        ("item", ["c"]),
        ("code", ["code {", "\tx", "", "}"]),
        ("text", ["Or"]),
        ("terms", ["A,", "B", "\tis a"]),
    ]
    assert filled(["a", ".go", "b", ". C"]) == "a .go b. C"


def call(words: list[str], argv0: str = "gokiln", environ: dict[str, str] | None = None) -> tuple[int, str, str]:
    out, err = Memory(), Memory()
    status = texts.run(Invocation(argv0, words, environ or {"PATH": ""}, os.sep, out, err))
    out.flush()
    err.flush()
    return status, out.text, err.text


def test_help_prints_pages() -> None:
    status, out, _ = call(["run"])
    assert status == 0
    assert out.startswith("usage: go run [build flags] [-exec xprog] package [arguments...]\n\nRun builds one main")
    assert "\n\t-exec xprog\n\t\tRun the program by this command" in out
    assert "\n\t-C -a -asan" in out
    assert "\ttidy        add missing and remove unused modules\n" in call(["mod"])[1]
    assert call(["mod", "tidy"])[1].startswith("usage: go mod tidy ")
    assert call(["mod tidy"])[0] == 2


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "Go is a tool"),
        (["bug"], "bug report"),
        (["get"], "specific module versions"),
        (["get"], "updates go.mod to require those versions"),
        (["doc"], "go doc [<pkg>.][<sym>.]<methodOrField>"),
    ],
)
def test_words_that_scripts_look_for(words: list[str], line: str) -> None:
    """cmd/go/testdata/script: help.txt, mod_help.txt, doc.txt."""
    assert line in call(words)[1]


def test_help_says_what_only_gokiln_has() -> None:
    assert "\tshim " in call([])[1]
    assert "\tshim " not in call([], "go")[1]
    assert "-graph (gokiln's own)\n" in call(["mod", "why"])[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nosuch"], "go help nosuch: unknown help topic. Run 'go help'.\n"),
        (["run", "x"], "go help run x: unknown help topic. Run 'go help run'.\n"),
        (["mod", "x", "y"], "go help mod x y: unknown help topic. Run 'go help mod'.\n"),
    ],
)
def test_unknown_topics(words: list[str], message: str) -> None:
    assert call(words) == (2, "", message)


def test_help_documentation_has_everything() -> None:
    out = call(["documentation"])[1]
    assert all(f"usage: {page_of(name).usage}\n" in out for name in COMMANDS if name not in GROUPED)


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("name", ALL)
def test_lines_fit_a_terminal(name: str, minor: int) -> None:
    table = Table(minor)
    page = table.page(name)
    assert page is not None
    text = texts.render(table, page)
    prose = [line for line in text.split("\n") if not line.startswith(("\t", "usage:"))]
    assert all(len(line) <= 80 for line in prose)
    assert all(len(line.expandtabs(8)) <= 104 for line in text.split("\n")), "what is not filled is not too long"
    assert "\n\n\n" not in text and text.endswith("\n")


@pytest.mark.parametrize("minor", MINORS)
def test_man_page_has_no_accidental_requests(minor: int) -> None:
    lines = manpage.render(Table(minor)).split("\n")
    known = (".TH ", ".SH ", ".SS ", ".TP", ".B ", ".RI ", ".I ", ".IP ", ".PP", ".RS ", ".RE", ".nf", ".fi", "\\&")
    assert all(line.startswith(known) for line in lines if line.startswith((".", "'")))
    assert any("go mod tidy" in line for line in lines)


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff")
def test_man_page_is_set_without_a_warning() -> None:
    command = ["groff", "-man", "-ww", "-Tutf8", "-P-cbou"]
    done = subprocess.run(command, input=manpage.render(Table()).encode(), capture_output=True, check=True)
    assert not done.stderr
    assert b"COMMANDS OF ITS OWN" in done.stdout

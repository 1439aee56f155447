"""vet's diagnostics for people, and its fixes: no tool runs."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from gokiln.base.flagset import FlagSet, set_from_goflags
from gokiln.cli import vetflags
from gokiln.cli.invocation import Invocation, Memory, Output
from gokiln.cli.vet import Listener
from gokiln.cli.vetflags import NoFlagsError, VetFlags, ask_for_flags, find_tool_flag
from gokiln.cli.vetjson import diagnostics_of, parse_position, show_diagnostic
from gokiln.config.buildflags import OMIT_JSON_FLAG, BuildFlags, register_build_flags
from gokiln.errors import PlainError
from gokiln.execute.report import StepError


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a.go:3:4", ("a.go", 3, 4)),
        ("C:\\a.go:3:4", ("C:\\a.go", 3, 4)),
        ("a.go:3", None),
        ("-", None),
        ("a:x:1", None),
        ("a:-1:+2", ("a", -1, 2)),
        ("a:1_0: 2", None),
        ("a:99999999999999999999:1", None),
    ],
)
def test_positions(text: str, wanted: object) -> None:
    assert parse_position(text) == wanted


def shown(diagnostic: dict[str, object], cwd: Path, context: int = -1) -> str:
    out: list[str] = []
    show_diagnostic(diagnostics_of([diagnostic])[0], str(cwd), context, out.append)
    return "".join(out)


def test_diagnostics_have_short_paths_context_and_relatives(tmp_path: Path) -> None:
    file = tmp_path / "x.go"
    file.write_text("one\ntwo\nthree\nfour\n")
    where = f"{file}:2:1"
    assert shown({"posn": where, "message": "bad"}, tmp_path) == "x.go:2:1: bad\n"
    assert shown({"posn": where, "message": "bad"}, tmp_path, 1) == "x.go:2:1: bad\n1\tone\n2\ttwo\n3\tthree\n"
    related = {"posn": f"{file}:4:1", "message": "see"}
    text = shown({"posn": where, "message": "bad", "related": [related]}, tmp_path, 0)
    assert text == "x.go:2:1: bad\n2\ttwo\nx.go:4:1: \tsee\n4\tfour\n"
    assert shown({"posn": "", "message": "bad"}, tmp_path) == ": bad\n"


def listener() -> tuple[Listener, Memory, Memory]:
    out, err = Memory(), Memory()
    return Listener(Invocation("go", [], {}, "/", out, err), "/", -1), out, err


def test_listener_finds_and_copies() -> None:
    one, out, err = listener()
    one.print_diagnostics(b"{}")
    one.print_diagnostics(b"")
    one.print_diagnostics(b'{"p": {"mine": []}}')
    assert not one.found
    one.print_diagnostics(b'{"p": {"printf": [{"posn": "/a.go:1:2", "message": "m"}]}}')
    assert one.found
    assert err.text == "a.go:1:2: m\n"
    two, out, _ = listener()
    two.copy_diff(b"")
    assert not two.found
    two.copy_diff(b"--- a\n")
    assert (two.found, out.text) == (True, "--- a\n")


def test_listener_lets_a_pipe_have_each_packages_answer_at_once() -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    one = Listener(Invocation("go", [], {}, "/", Output(writer, buffered=True), Memory()), "/", -1)
    one.copy(b'{"p": {}}\n')
    assert os.read(reader, 100) == b'{"p": {}}\n'
    os.close(reader)
    os.close(writer)


def test_listener_passes_on_failures() -> None:
    one, _, _ = listener()
    with pytest.raises(StepError, match="panicked"):
        one.print_diagnostics(b'{"p": {"printf": {"error": "panicked"}}}')
    with pytest.raises(StepError, match=r"^parsing JSON: unexpected end of JSON input$"):
        one.print_diagnostics(b"{")
    with pytest.raises(StepError, match=r"^parsing JSON: json: cannot unmarshal array into Go value of type vet\.json"):
        one.print_diagnostics(b"[1]")
    for word, what in ((b"[]", "array"), (b"0", "number"), (b'""', "string"), (b"false", "bool")):
        with pytest.raises(StepError, match=f"cannot unmarshal {what} into Go value"):
            one.print_diagnostics(word)
    one.print_diagnostics(b"null")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"p":[]}', "JSON: json: cannot unmarshal array into Go value of type map[string]json.RawMessage"),
        ('{"p":{"a":3}}', "JSON error: json: cannot unmarshal number into Go value of type vet.jsonError"),
        ('{"p":{"a":{"error":3}}}', "JSON error: json: cannot unmarshal number into Go struct field jsonError.error of "
         "type string"),
        ('{"p":{"a":[3]}}', "JSON diagnostics: json: cannot unmarshal number into Go value of type vet.jsonDiagnostic"),
        ('{"p":{"a":[{"POSN":{}}]}}', "JSON diagnostics: json: cannot unmarshal object into Go struct field "
         "jsonDiagnostic.posn of type string"),
        ('{"p":{"a":[{"related":[3]}]}}', "JSON diagnostics: json: cannot unmarshal number into Go struct field "
         "jsonDiagnostic.related of type vet.jsonRelatedInformation"),
        ('{"p":{"a":[{"suggested_fixes":[{"edits":[{"start":1e3}]}]}]}}', "JSON diagnostics: json: cannot unmarshal "
         "number 1e3 into Go struct field jsonTextEdit.suggested_fixes.edits.start of type int"),
    ],
)  # fmt: skip
def test_values_of_the_wrong_type_are_told_in_go_words(text: str, problem: str) -> None:
    one, _, err = listener()
    with pytest.raises(StepError) as caught:
        one.print_diagnostics(text.encode())
    assert str(caught.value) == "parsing " + problem
    assert err.text == ""


def test_null_and_names_in_any_case_are_taken_as_go_takes_them() -> None:
    one, _, err = listener()
    one.print_diagnostics(b'{"p":null}')
    assert not one.found
    with pytest.raises(StepError) as caught:
        one.print_diagnostics(b'{"p":{"a":null}}')
    assert str(caught.value) == ""
    one.print_diagnostics(b'{"p":{"a":[null,{"Posn":"q","message":null,"related":null}]}}')
    assert (one.found, err.text) == (True, ": \nq: \n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("null", []),
        ('[{}, {"name":"q","Bool":null}]', [("", False), ("q", False)]),
        ("{}", "object into Go value of type []struct { Name string; Bool bool; Usage string }"),
        ('[{"Name":3}]', "number into Go struct field .Name of type string"),
    ],
)
def test_what_a_tool_says_of_its_flags(tmp_path: Path, text: str, found: object) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\necho '{text}'\n")
    tool.chmod(0o755)

    class Env:
        def child_environ(self) -> dict[str, str]:
            return {"PATH": "/usr/bin:/bin"}

    if not isinstance(found, str):
        assert ask_for_flags(str(tool), Env(), 26) == found  # type: ignore[arg-type]
        return
    with pytest.raises(NoFlagsError) as caught:
        ask_for_flags(str(tool), Env(), 26)  # type: ignore[arg-type]
    assert str(caught.value) == f"go: can't unmarshal JSON from {tool} -flags: json: cannot unmarshal {found}"
    assert caught.value.end == ""


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (["-vettool=/x", "p"], "/x"),
        (["--vettool", "/x"], "/x"),
        (["-vettool", "/x", "-vettool=/y"], "/x"),
        (["p"], ""),
    ],
)
def test_find_tool_flag(args: list[str], wanted: str) -> None:
    assert find_tool_flag(args, "vettool") == wanted


def test_tool_flag_without_a_value() -> None:
    with pytest.raises(PlainError, match="-vettool requires a filename"):
        find_tool_flag(["-vettool"], "vettool")


def archive(path: Path, files: dict[str, str]) -> str:
    with zipfile.ZipFile(path, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return str(path)


def test_fixes_are_applied_unless_they_disagree(tmp_path: Path) -> None:
    from gokiln.cli.vet import apply_fixes
    from gokiln.events import Recorder

    class Place:
        sink = Recorder()

    target = tmp_path / "x.go"
    target.write_text("old")
    one = archive(tmp_path / "1.zip", {str(target): "new"})
    again = archive(tmp_path / "2.zip", {str(target): "new"})
    other = archive(tmp_path / "3.zip", {str(target): "other"})
    place = Place()
    assert apply_fixes(place, [one, again]) == 0  # type: ignore[arg-type]
    assert target.read_text() == "new"
    assert apply_fixes(place, [one, other]) == 1  # type: ignore[arg-type]
    assert target.read_text() == "new"
    assert place.sink.text() == f"reading archive of fixes: inconsistent fixes to file {target}\n"


@pytest.mark.parametrize(
    ("goflags", "args", "wanted"),
    [
        (["-v"], ["."], ["-v=true"]),
        (["-v=false", "-tags=foo,bar"], ["."], ["-tags=<TagsFlag>", "-v=false"]),
        (["-v", "-tags=foo"], ["-tags", "x", "-printf", "."], ["-v=true", "-tags", "x", "-printf"]),
        (["-printf=false", "-json", "-race"], ["."], ["-json=true", "-printf=false"]),
    ],
)
def test_the_tool_gets_what_goflags_say_as_go_prints_it(
    monkeypatch: pytest.MonkeyPatch, goflags: list[str], args: list[str], wanted: list[str]
) -> None:
    theirs = [("json", True), ("printf", True), ("tags", False), ("v", True)]
    monkeypatch.setattr(vetflags, "ask_for_flags", lambda tool, env, minor: theirs)

    class Env:
        cwd = "/"

    asked = VetFlags("vet", ["-vettool=/x", *args], Env(), 26)  # type: ignore[arg-type]
    flagset = FlagSet("go vet [packages]")
    flags = BuildFlags()
    register_build_flags(flagset, flags, OMIT_JSON_FLAG)
    asked.register(flagset, flags)
    set_from_goflags(flagset, goflags)
    assert asked.parse(flagset, args) == ["."]
    assert asked.to_tool == wanted

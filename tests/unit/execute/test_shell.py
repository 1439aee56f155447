"""Steps as -x and -n show them, and tools' output as people see it. No process is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gokiln.actions.action import Action
from gokiln.base.shellwords import join_unambiguously
from gokiln.base.spawn import Children, Completed
from gokiln.errors import GokilnError
from gokiln.events import Recorder
from gokiln.execute import report
from gokiln.execute.report import StepError
from gokiln.execute.shell import Shared, Shell, flatten
from gokiln.execute.state import Result
from gokiln.packages.package import Package
from gokiln.terminal.printer import JsonPrinter, Printer


class FakeChildren(Children):
    """Answers without running anything; keeps what it was asked."""

    def __init__(self, output: bytes = b"", status: int = 0) -> None:
        super().__init__()
        self.answer = Completed(output, status)
        self.calls: list[dict[str, Any]] = []

    def run(self, argv: Any, *, cwd: Any, env: Any, executable: Any = None) -> Completed:
        """Note the call."""
        arguments = list(argv)
        if arguments[1:] and arguments[1].startswith("@"):
            arguments[1] = Path(arguments[1][1:]).read_text()
        self.calls.append({"argv": arguments, "cwd": cwd, "env": dict(env)})
        return self.answer


def make(
    tmp_path: Path, *, show: bool = False, only_show: bool = False, children: FakeChildren | None = None
) -> tuple[Shell, Recorder]:
    """A shell for package example.com/p in tmp_path/p, in work directory tmp_path/work."""
    sink = Recorder()
    package = Package()
    package.import_path = "example.com/p"
    package.dir = str(tmp_path / "p")
    for name in ("p", "work"):
        (tmp_path / name).mkdir(exist_ok=True)
    work = "$WORK" if only_show else str(tmp_path / "work")
    shared = Shared(
        work,
        Printer(sink),
        children or FakeChildren(),
        cwd=str(tmp_path),
        child_env=lambda: {"PATH": "/usr/bin:/bin", "HOME": "/h"},
        show=show,
        only_show=only_show,
    )
    return Shell(shared, Action("build", package), Result("", 0)), sink


def test_flatten() -> None:
    assert flatten("a", ["b", "c"], (), "d") == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["cp", "a b", "c"], 'cp "a b" c'),
        (["x", ""], 'x ""'),
        (["-trimpath", "$WORK/b001=>"], '-trimpath "$WORK/b001=>"'),
        (["-("], '"-("'),
        (['say"hi'], '"say\\"hi"'),
        (["naïve"], "naïve"),
        (["tab\there"], '"tab\\there"'),
    ],
)
def test_join_unambiguously(argv: list[str], shown: str) -> None:
    assert join_unambiguously(argv) == shown


def test_a_step_changes_directory_once_and_shortens_it(tmp_path: Path) -> None:
    shell, sink = make(tmp_path, show=True)
    directory = str(tmp_path / "p")
    shell.show_cmd(directory, f"asm {directory}/x.s -I {directory}")
    shell.show_cmd(directory, "asm ./y.s")
    shell.show_cmd("", "mkdir x")
    assert sink.text() == f"cd {directory}\nasm ./x.s -I .\nasm ./y.s\nmkdir x\n"


def test_a_directory_with_a_separator_keeps_it(tmp_path: Path) -> None:
    shell, sink = make(tmp_path, show=True)
    shell.show_cmd("/d/", "cover -o /d/x")
    assert sink.text() == "cd /d/\ncover -o ./x\n"


def test_files_are_shown_by_their_number_of_lines(tmp_path: Path) -> None:
    shell, sink = make(tmp_path, only_show=True)
    shell.write_file("$WORK/a", b"")
    shell.write_file("$WORK/b", b"one\n")
    shell.write_file("$WORK/c", b"one\ntwo\n")
    shell.write_file("$WORK/d", b"no newline")
    assert sink.text() == (
        "echo -n > $WORK/a # internal\n"
        "echo 'one' > $WORK/b # internal\n"
        "cat >$WORK/c << 'EOF' # internal\none\ntwo\nEOF\n"
        "cat >$WORK/d << 'EOF' # internal\nno newlineEOF\n"
    )


def test_the_work_directory_is_hidden_except_in_cat() -> None:
    assert report.hide_work_dir("cp /tmp/w/a /tmp/w/b", "/tmp/w") == "cp $WORK/a $WORK/b"
    assert report.hide_work_dir("cat /tmp/w/a", "/tmp/w") == "cat /tmp/w/a"
    assert report.hide_work_dir('x "C:\\\\w\\\\a" C:\\w\\b', "C:\\w") == 'x "$WORK\\\\a" $WORK\\b'


def test_mkdir_is_done_and_shown_once(tmp_path: Path) -> None:
    shell, sink = make(tmp_path, show=True)
    path = str(tmp_path / "work" / "b001") + "/"
    shell.mkdir(path)
    shell.mkdir(path)
    shell.mkdir("")
    assert sink.text() == "mkdir -p $WORK/b001/\n"
    assert (tmp_path / "work" / "b001").is_dir()


def test_dry_runs_run_nothing(tmp_path: Path) -> None:
    children = FakeChildren()
    shell, sink = make(tmp_path, only_show=True, children=children)
    assert shell.run_out(".", ["GOROOT=/go", "X=it's"], "/tool/link", ["-o", "$WORK/x"]) == (b"", None)
    assert sink.text() == "cd .\nGOROOT='/go' X=\"it's\" /tool/link -o $WORK/x\n"
    assert not children.calls


def test_a_tool_gets_directory_environment_and_the_package_it_works_for(tmp_path: Path) -> None:
    children = FakeChildren()
    shell, _ = make(tmp_path, children=children)
    shell.run(str(tmp_path / "p"), "", ["GOROOT="], "/bin/sh", ["-c", "true"])
    (call,) = children.calls
    assert call["argv"] == ["/bin/sh", "-c", "true"]
    assert call["cwd"] == str(tmp_path / "p")
    expected = {"PWD": str(tmp_path / "p"), "GOROOT": "", "TOOLEXEC_IMPORTPATH": "example.com/p", "HOME": "/h"}
    assert {k: call["env"][k] for k in expected} == expected


def test_arguments_that_look_like_response_files_are_refused(tmp_path: Path) -> None:
    shell, _ = make(tmp_path)
    _, problem = shell.run_out(".", (), "/bin/sh", "@evil")
    assert str(problem) == "invalid command-line argument @evil in command: /bin/sh @evil"


def test_long_arguments_go_through_a_file_for_tools_that_read_one(tmp_path: Path) -> None:
    tool = tmp_path / "compile"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    children = FakeChildren()
    shell, _ = make(tmp_path, children=children)
    long = "x" * 20000
    shell.run_out(".", (), str(tool), long, "a\\b\nc", long)
    assert children.calls[0]["argv"] == [str(tool), f"{long}\na\\\\b\\nc\n{long}\n"]
    shell.run_out(".", (), "/bin/sh", long, long)
    assert children.calls[1]["argv"] == ["/bin/sh", long, long]
    assert list((tmp_path / "work").iterdir()) == []


def test_output_of_a_tool_that_works_is_recorded_under_a_heading(tmp_path: Path) -> None:
    shell, sink = make(tmp_path)
    assert shell.result is not None
    shell.result.output = bytearray()
    shell.report_cmd("", "", b"%s/p/x.go:1: hm" % str(tmp_path).encode(), None)
    assert bytes(shell.result.output) == b"# example.com/p\np/x.go:1: hm\n"
    assert sink.text() == ""
    shell.flush_output()
    assert sink.text() == "# example.com/p\np/x.go:1: hm\n"
    assert shell.result.output is None


def test_a_failing_tool_raises_its_output_or_its_status(tmp_path: Path) -> None:
    shell, _ = make(tmp_path, children=FakeChildren(b"bad things\n", 2))
    with pytest.raises(report.CommandError) as caught:
        shell.run(".", "a desc", (), "/bin/sh")
    assert str(caught.value) == "# example.com/p\n# [a desc]\nbad things\n"
    shell, _ = make(tmp_path, children=FakeChildren(b"", -9))
    with pytest.raises(StepError, match=r"^/bin/sh: signal: killed$"):
        shell.run(".", "a desc", (), "/bin/sh")


def test_a_missing_tool(tmp_path: Path) -> None:
    shell, _ = make(tmp_path)
    _, problem = shell.run_out(".", (), "no-such-tool")
    assert isinstance(problem, GokilnError) and "executable file not found" in str(problem)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/w/d/x.go:1: a\n\t/w/d/y.go:2: b\nin /w/d/z.go", "x/x.go:1: a\n\tx/y.go:2: b\nin x/z.go\n"),
        ("/tmp/work/b001/_cgo.go:1", "$WORK/b001/_cgo.go:1\n"),
        ("not/w/d/x", "not/w/d/x\n"),
    ],
)
def test_paths_are_shortened_at_the_beginning_of_words(text: str, shown: str) -> None:
    def short(path: str) -> str:
        return "x" if path == "/w/d" else path

    assert report.readable_output(text, "/w/d", "/tmp/work", short, False) == shown


def test_cgo_names_become_go_names() -> None:
    text = "x.go:19[/tmp/go-build1/x.cgo1.go:18:2]: cannot use y (type *_Ctype_int) as _C2func_f\n"
    assert report.readable_output(text, "/", "", str, False) == "x.go:19: cannot use y (type *C.int) as C.f\n"
    assert report.readable_output(text, "/", "", str, True) == text


def test_names_in_what_the_compiler_of_go1_27_prints() -> None:
    assert report.go_names(b"x.go:19: *_Ctype_int as _C2func_f, x_Ctype_y, _Ctype_") == (
        b"x.go:19: *C.int as C.f, x_Ctype_y, _Ctype_"
    )


def test_json_printer_tells_one_event_a_line() -> None:
    sink = Recorder()
    package = Package()
    package.import_path = "p"
    printer = JsonPrinter(sink)
    printer.print(package, "")
    printer.print(None, "<x>\n")
    printer.error(package, "a\nb")
    assert printer.failed
    assert sink.text(1).splitlines() == [
        '{"ImportPath":"","Action":"build-output","Output":"\\u003cx\\u003e\\n"}',
        '{"ImportPath":"p","Action":"build-output","Output":"a\\n"}',
        '{"ImportPath":"p","Action":"build-output","Output":"b\\n"}',
        '{"ImportPath":"p","Action":"build-fail"}',
    ]

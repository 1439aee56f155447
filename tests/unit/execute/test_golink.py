"""The link by which children find gokiln as `go`, and running programs of the user."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gokiln.execute.golink import make_link, own_command
from gokiln.execute.userprogram import run_program

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links and modes of POSIX")


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_own_command_of_a_path_and_of_a_name(tmp_path: Path) -> None:
    exe = program(tmp_path / "gokiln")
    assert own_command("./gokiln", {}, str(tmp_path)) == str(exe)
    assert own_command("gokiln", {"PATH": str(tmp_path)}, "/") == str(exe)
    assert own_command("gokiln", {"PATH": "/nowhere"}, "/") == ""
    assert own_command("", {}, "/") == ""


def test_own_command_keeps_links(tmp_path: Path) -> None:
    program(tmp_path / "gokiln")
    (tmp_path / "go").symlink_to("gokiln")
    assert own_command(str(tmp_path / "go"), {}, "/") == str(tmp_path / "go")


def test_link_is_made_once_and_follows_the_command(tmp_path: Path) -> None:
    one, two = program(tmp_path / "one"), program(tmp_path / "two")
    made = make_link(str(tmp_path / "bin"), str(one))
    assert os.readlink(made) == str(one)
    before = os.lstat(made)
    assert make_link(str(tmp_path / "bin"), str(one)) == made
    assert os.lstat(made).st_ino == before.st_ino
    make_link(str(tmp_path / "bin"), str(two))
    assert os.readlink(made) == str(two)
    assert os.listdir(tmp_path / "bin") == ["go"]


def test_a_module_file_gets_a_starter(tmp_path: Path) -> None:
    made = make_link(str(tmp_path), str(tmp_path / "__main__.py"))
    text = Path(made).read_text()
    assert text.startswith(f"#!{sys.executable}\n")
    assert os.access(made, os.X_OK)


def test_run_program_tells_how_it_ended(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin"}
    assert run_program(["sh", "-c", "exit 0"], env).problem == ""
    ended = run_program(["sh", "-c", "exit 3"], env)
    assert (ended.status, ended.problem, ended.started) == (3, "exit status 3", True)
    assert run_program(["sh", "-c", "kill -9 $$"], env).problem == "signal: killed"
    missing = run_program(["no-such-program-at-all"], env)
    assert (missing.started, missing.problem) == (
        False,
        'exec: "no-such-program-at-all": executable file not found in $PATH',
    )


def test_no_input_is_empty(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin"}
    script = f'test -z "$(cat)" && pwd > {tmp_path}/where'
    assert run_program(["sh", "-c", script], env, cwd=str(tmp_path), no_input=True).problem == ""
    assert (tmp_path / "where").read_text().strip() == str(tmp_path.resolve())


def test_signals_go_on_to_the_program(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin"}
    script = f"trap 'echo got > {tmp_path}/it; exit 7' TERM; kill -TERM $PPID; while :; do sleep 0.05; done"
    assert run_program(["sh", "-c", script], env, forward=True).status == 7
    assert (tmp_path / "it").read_text() == "got\n"

"""The command line's first steps: which command, -C, what errors look like."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.cli.invocation import Memory, Output, ReaderGone, getwd
from gokiln.cli.main import lookup, report, take_chdir
from gokiln.cli.streams import StreamSink
from gokiln.errors import GokilnError, PlainError, UsageError
from gokiln.events import Text


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ([], ("", 0)),
        (["build", "x"], ("build", 1)),
        (["mod"], ("mod", 1)),
        (["mod", "download", "-x"], ("mod download", 2)),
        (["mod", "nope"], ("mod", 1)),
        (["nope"], ("", 0)),
        (["-C", "x"], ("", 0)),
    ],
)
def test_lookup(args: list[str], found: tuple[str, int]) -> None:
    assert lookup(args) == found


@pytest.mark.parametrize(
    ("args", "folder", "rest"),
    [
        (["build", "-C", "d", "x"], "d", ["build", "x"]),
        (["build", "--C=d"], "d", ["build"]),
        (["mod", "download", "-C=d"], "d", ["mod", "download"]),
        (["-C", "d", "env"], "d", ["env"]),
        (["build", "-v", "-C", "d"], None, ["build", "-v", "-C", "d"]),
        (["build", "-C"], None, ["build", "-C"]),
        (["build"], None, ["build"]),
    ],
)
def test_take_chdir(args: list[str], folder: str | None, rest: list[str]) -> None:
    assert take_chdir(args) == folder
    assert args == rest


def test_reports() -> None:
    out = Memory()
    report(GokilnError("no", place="a.go:1", hint="try"), out)
    report(PlainError("plain\n"), out)
    report(UsageError("usage: x"), out)
    assert out.text == "go: a.go:1: no\n\ttry\nplain\nusage: x\n"


def test_streams_keep_their_order(tmp_path: Path) -> None:
    """stderr hands over what stdout holds, so that joined streams read in the order of writing."""
    import os

    fd = os.open(tmp_path / "both", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        stdout = Output(fd, buffered=True)
        stderr = Output(fd, buffered=False, before=stdout)
        stdout.write("1\n")
        stderr.write("2 \udcff\n")
        stdout.write("3\n")
        stdout.flush()
    finally:
        os.close(fd)
    assert (tmp_path / "both").read_bytes() == b"1\n2 \xff\n3\n"


def test_getwd_believes_pwd_only_when_it_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path / "real")
    assert getwd({"PWD": str(tmp_path / "link")}) == str(tmp_path / "link")
    for lie in ("/", "real", str(tmp_path / "none"), ""):
        assert getwd({"PWD": lie}) == str((tmp_path / "real").resolve())


def test_a_stream_that_nobody_reads_ends_the_command() -> None:
    """As SIGPIPE ends go: what runs an action must not take it for the action's failure."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with pytest.raises(ReaderGone) as raised:
            Output(writer, buffered=False).write("x")
    finally:
        os.close(writer)
    assert raised.value.fatal and isinstance(raised.value, BrokenPipeError)


def test_what_is_told_goes_out_at_once() -> None:
    reader, writer = os.pipe()
    try:
        out = Output(writer, buffered=True)
        StreamSink(out, Memory()).tell(Text("a line\n", 1))
        assert os.read(reader, 100) == b"a line\n"
    finally:
        os.close(reader)
        os.close(writer)

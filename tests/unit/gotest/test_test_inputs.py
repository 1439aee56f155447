"""The state of what a test looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.gotest.inputs import InputReader, TestInputsError

OLD = 1_000_000_000 * 10**9


def reader(environ: dict[str, str] | None = None, *, content: bool = False) -> InputReader:
    return InputReader(environ or {}, "go1.26.8", content=content)


def write(path: Path, text: str, at_ns: int = OLD) -> None:
    path.write_text(text)
    os.utime(path, ns=(at_ns, at_ns))


def digest(r: InputReader, log: str, root: Path) -> bytes:
    return r.digest(r.read(b"# test log\n" + log.encode(), str(root), str(root)))


def test_godebug_always_counts(tmp_path: Path) -> None:
    assert digest(reader(), "", tmp_path) != digest(reader({"GODEBUG": "x=1"}), "", tmp_path)


def test_unset_is_not_empty(tmp_path: Path) -> None:
    log = "getenv FOO\n"
    assert digest(reader(), log, tmp_path) != digest(reader({"FOO": ""}), log, tmp_path)
    assert digest(reader({"BAR": "1"}), log, tmp_path) == digest(reader(), log, tmp_path)


def test_time_counts_and_content_does_not(tmp_path: Path) -> None:
    file = tmp_path / "f"
    log = "open f\n"
    write(file, "one")
    first = digest(reader(), log, tmp_path)
    write(file, "two")
    assert digest(reader(), log, tmp_path) == first
    os.utime(file, ns=(OLD + 1, OLD + 1))
    assert digest(reader(), log, tmp_path) != first


def test_with_testcontent_content_counts_and_time_does_not(tmp_path: Path) -> None:
    file = tmp_path / "f"
    log = "open f\nstat f\n"
    write(file, "one")
    first = digest(reader(content=True), log, tmp_path)
    assert first != digest(reader(), log, tmp_path)
    os.utime(file)  # now: too new for the usual way
    assert digest(reader(content=True), log, tmp_path) == first
    write(file, "two")
    assert digest(reader(content=True), log, tmp_path) != first
    write(file, "one")
    file.chmod(0o600)
    assert digest(reader(content=True), log, tmp_path) != first


def test_too_new_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(TestInputsError, match="too new") as caught:
        digest(reader(), "open f\n", tmp_path)
    assert caught.value.name == str(tmp_path / "f")
    digest(reader(), "stat f\n", tmp_path)


def test_files_outside_the_root_do_not_count(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    write(tmp_path / "out.txt", "x")
    log = f"open {tmp_path}/out.txt\nstat ../out.txt\n"
    assert digest(reader(), log, inside) == digest(reader(), "", inside)


def test_directories_count_with_what_is_in_them(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    os.utime(folder, ns=(OLD, OLD))
    first = digest(reader(), "open d\n", tmp_path)
    write(folder / "f", "x")
    os.utime(folder, ns=(OLD, OLD))
    assert digest(reader(), "open d\n", tmp_path) != first


def test_chdir_moves_relative_names(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    write(tmp_path / "d" / "f", "x")
    log = f"stat f\nchdir {tmp_path}/d\nstat f\n"
    names = [(i.op, i.name) for i in reader().read(log.encode(), str(tmp_path), str(tmp_path))]
    assert names == [
        ("env", "GODEBUG"),
        ("stat", f"{tmp_path}/f"),
        ("chdir", f"{tmp_path}/d"),
        ("stat", f"{tmp_path}/d/f"),
    ]


def test_repeated_lines_are_hashed_again_as_go_does(tmp_path: Path) -> None:
    assert digest(reader(), "getenv A\ngetenv A\n", tmp_path) != digest(reader(), "getenv A\n", tmp_path)


@pytest.mark.parametrize("line", ["nonsense", "getenv", "unlink x"])
def test_malformed_logs(line: str, tmp_path: Path) -> None:
    with pytest.raises(TestInputsError, match="malformed"):
        digest(reader(), line + "\n", tmp_path)


def test_missing_files_count_as_missing(tmp_path: Path) -> None:
    log = "stat f\nopen g\n"
    first = digest(reader(), log, tmp_path)
    assert digest(reader(), log, tmp_path) == first
    write(tmp_path / "f", "x")
    assert digest(reader(), log, tmp_path) != first

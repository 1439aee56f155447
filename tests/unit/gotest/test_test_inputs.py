"""The state of what a test looked at."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gokiln.gotest.inputs import InputReader, TestInputsError

OLD = 1_000_000_000 * 10**9


def reader(environ: dict[str, str] | None = None, *, content: bool = False) -> InputReader:
    return InputReader(environ or {}, "go1.26.8", content=content)


def write(path: Path, text: str, at_ns: int = OLD) -> None:
    path.write_text(text)
    path.chmod(0o644)  # whatever the umask
    os.utime(path, ns=(at_ns, at_ns))


def digest(r: InputReader, log: str, root: Path) -> bytes:
    return r.digest(r.read(b"# test log\n" + log.encode(), str(root), str(root)))


def test_godebug_always_counts(tmp_path: Path) -> None:
    assert digest(reader(), "", tmp_path) != digest(reader({"GODEBUG": "x=1"}), "", tmp_path)


def test_unset_is_not_empty(tmp_path: Path) -> None:
    log = "getenv FOO\n"
    assert digest(reader(), log, tmp_path) != digest(reader({"FOO": ""}), log, tmp_path)
    assert digest(reader({"BAR": "1"}), log, tmp_path) == digest(reader(), log, tmp_path)


def test_a_variables_value_counts(tmp_path: Path) -> None:
    log = "getenv FOO\n"
    assert digest(reader({"FOO": "1"}), log, tmp_path) != digest(reader({"FOO": "2"}), log, tmp_path)


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are printed in the local time zone, Go's way."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.skipif(os.name != "posix", reason="modes, links")
@pytest.mark.usefixtures("in_utc")
def test_the_hashes_are_the_go_commands(tmp_path: Path) -> None:
    """Results are shared, so each hash is pinned: what runCache's hashGetenv, hashStat and hashOpen write (go1.26)."""
    salt = b"go1.26.8"
    file, gone, folder = tmp_path / "f", tmp_path / "gone", tmp_path / "d"
    write(file, "x")
    file.chmod(0o640)
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    write(folder / "b", "yy")
    (folder / "b").chmod(0o600)
    (folder / "a").symlink_to("b")
    os.utime(folder / "a", ns=(OLD, OLD), follow_symlinks=False)
    os.utime(folder, ns=(OLD, OLD))
    when = "2001-09-09 01:46:40 +0000 UTC"
    r = InputReader({"SET": "v"}, "go1.26.8")
    log = f"getenv SET\ngetenv UNSET\nstat f\nstat {gone}\nopen {gone}\nopen d\n"
    found = r.read(log.encode(), str(tmp_path), str(tmp_path))
    state = [f"stat {size} {mode:x} {when} {is_dir}\n" for size, mode, is_dir in (
        (1, 0o640, "false"), (folder.stat().st_size, 0x80000000 | 0o755, "true"),
        (1, 0x8000000 | (folder / "a").lstat().st_mode & 0o777, "false"), (2, 0o600, "false"),
    )]  # fmt: skip
    missing = f"err stat {gone}: no such file or directory\n"
    texts = [
        b"\0",
        b"\1v",
        b"\0",
        (state[0] * 2).encode(),
        f"{missing}err lstat {gone}: no such file or directory\n".encode(),
        missing.encode(),
        f"{state[1]}file a {state[2]}file b {state[3]}".encode(),
    ]
    assert [i.hash for i in found] == [hashlib.sha256(salt + text).hexdigest() for text in texts]
    lines = "".join(f"{i.op} {i.name} {i.hash}\n" for i in found).encode()
    assert r.digest(found) == hashlib.sha256(salt + lines).digest()
    assert reader(content=True).digest(found) == hashlib.sha256(salt + b"testcontent\n" + lines).digest()


def test_a_name_that_no_system_knows_is_an_error_of_the_test_not_ours(tmp_path: Path) -> None:
    log = "open a\0b\nstat a\0b\n"
    assert len(reader().read(log.encode(), str(tmp_path), str(tmp_path))) == 3


@pytest.mark.parametrize(("age", "refused"), [(0, True), (1_999_999_999, True), (2_000_000_000, False)])
def test_how_new_is_too_new(age: int, refused: bool, tmp_path: Path) -> None:
    write(tmp_path / "f", "x")
    r = InputReader({}, "go1.26.8", now_ns=lambda: OLD + age)
    if refused:
        with pytest.raises(TestInputsError, match="too new"):
            digest(r, "open f\n", tmp_path)
    else:
        digest(r, "open f\n", tmp_path)


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

"""Putting results in place: what may be overwritten, modes, copies."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gokiln.execute.headroom import free_memory, with_headroom
from gokiln.execute.install import check_overwrite, copy, is_object, move
from gokiln.execute.report import StepError


@pytest.mark.parametrize(
    "head",
    [
        b"!<arch>\n", b"<bigaf>\n", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe", b"MZ\x90\x00\x03\x00", b"MZ\x78\x00\x01\x00", b"\x00\x00\x01\xeb", b"\x00\x00\x8a\x97",
        b"\x00\x00\x06\x47", b"\x00asm", b"\x01\xdf", b"\x01\xf7",
    ],
)  # fmt: skip
def test_objects_are_known_by_their_first_bytes(tmp_path: Path, head: bytes) -> None:
    """objectMagic of cmd/go/internal/work/builder.go, go1.26."""
    path = tmp_path / "x"
    path.write_bytes(head + b"rest")
    assert is_object(str(path))
    path.write_bytes(head[:-1] + bytes([head[-1] ^ 8]) + b"rest")
    assert not is_object(str(path))


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(fd: int, data: bytes) -> int:
        raise OSError(28, os.strerror(28))

    (tmp_path / "src").write_bytes(b"x" * 100)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    copy(str(tmp_path / "good"), str(tmp_path / "src"), 0o666, False)
    monkeypatch.setattr("gokiln.execute.install.os.write", refuse)
    with pytest.raises(StepError, match=r"^copying .*src to .*dst: write .*dst: no space left on device$"):
        copy(str(tmp_path / "dst"), str(tmp_path / "src"), 0o666, False)
    assert not (tmp_path / "dst").exists()
    assert not before or len(os.listdir("/proc/self/fd")) == before


def test_nothing_precious_is_overwritten(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("precious")
    with pytest.raises(StepError, match="already exists and is not an object file"):
        check_overwrite(str(text), False)
    check_overwrite(str(text), True)
    with pytest.raises(StepError, match="already exists and is a directory"):
        check_overwrite(str(tmp_path), True)
    (tmp_path / "empty").touch()
    check_overwrite(str(tmp_path / "empty"), False)
    check_overwrite(str(tmp_path / "new"), False)
    check_overwrite("/dev/null", False)


def test_a_moved_file_gets_the_mode_the_umask_leaves(tmp_path: Path) -> None:
    source, target = tmp_path / "a.out", tmp_path / "prog"
    source.write_bytes(b"\x7fELF")
    old = os.umask(0o027)
    try:
        assert move(str(target), str(source), 0o777)
    finally:
        os.umask(old)
    assert stat.S_IMODE(target.stat().st_mode) == 0o750
    assert sorted(p.name for p in tmp_path.iterdir()) == ["prog"]


def test_a_directory_with_a_group_of_its_own_gets_a_copy(tmp_path: Path) -> None:
    (tmp_path / "src").write_bytes(b"\x7fELF")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2775)
    if not shared.stat().st_mode & stat.S_ISGID:
        pytest.skip("this file system has no set-group-ID directories")
    assert not move(str(shared / "x"), str(tmp_path / "src"), 0o777)
    assert (tmp_path / "src").exists()


def test_a_copy_replaces_a_program_even_while_it_runs(tmp_path: Path) -> None:
    source, target = tmp_path / "src", tmp_path / "dst"
    source.write_bytes(b"\x7fELFnew")
    target.write_bytes(b"\x7fELFold")
    number = target.stat().st_ino
    with target.open("rb") as running:
        copy(str(target), str(source), 0o777, False)
        assert target.read_bytes() == b"\x7fELFnew"
        assert running.read() == b"\x7fELFold"
        assert target.stat().st_ino != number


def test_copy_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"^open .*none: no such file or directory$"):
        copy(str(tmp_path / "x"), str(tmp_path / "none"), 0o666, False)
    (tmp_path / "src").write_bytes(b"x")
    with pytest.raises(StepError, match=r"^copying .*src: open .*no/x: no such file or directory$"):
        copy(str(tmp_path / "no" / "x"), str(tmp_path / "src"), 0o666, False)


def test_the_tools_get_headroom_only_if_memory_is_free_and_the_user_is_silent() -> None:
    def plenty() -> int:
        return 64 << 30

    assert with_headroom({}, 8, plenty) == {"GOGC": "400"}
    assert with_headroom({"GOGC": "50"}, 8, plenty) == {"GOGC": "50"}
    assert with_headroom({"GOMEMLIMIT": "1GiB"}, 8, plenty) == {"GOMEMLIMIT": "1GiB"}
    assert with_headroom({}, 8, lambda: 4 << 30) == {}


def test_free_memory_is_what_the_control_group_leaves() -> None:
    files = {
        "/proc/meminfo": "MemTotal: 8 kB\nMemAvailable:    4096 kB\n",
        "/sys/fs/cgroup/memory.max": "3000000\n",
        "/sys/fs/cgroup/memory.current": "1000000\n",
    }

    def read(path: str) -> str:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    assert free_memory(read) == 2000000
    files["/sys/fs/cgroup/memory.max"] = "max\n"
    assert free_memory(read) == 4096 * 1024
    del files["/proc/meminfo"]
    assert free_memory(read) == 0

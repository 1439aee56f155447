"""Sources that go/parser has found good: remembered by Go version and bytes, forgotten when the record is damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gokiln.index import goodsources
from gokiln.index.goodsources import GoodSources

A, B, C = (hashlib.sha256(text).digest() for text in (b"a", b"b", b"c"))


def test_what_was_learnt_is_known_to_the_next_process(tmp_path: Path) -> None:
    path = str(tmp_path / "records" / "goodsources")
    GoodSources(path, "go1.26.8").learn([A])
    GoodSources(path, "go1.26.8").learn([B])
    assert GoodSources(path, "go1.26.8").unknown([A, B, C]) == {C}


def test_another_go_has_another_parser(tmp_path: Path) -> None:
    path = str(tmp_path / "goodsources")
    GoodSources(path, "go1.26.8").learn([A])
    assert GoodSources(path, "go1.27.3").unknown([A]) == {A}


def test_processes_do_not_forget_for_one_another(tmp_path: Path) -> None:
    path = str(tmp_path / "goodsources")
    one, two = GoodSources(path, "go"), GoodSources(path, "go")
    assert one.unknown([A, B]) == two.unknown([A, B]) == {A, B}
    one.learn([A])
    two.learn([B])
    assert GoodSources(path, "go").unknown([A, B]) == set()


@pytest.mark.parametrize("cut", [0, 1, 16, 33])
def test_a_damaged_record_is_an_empty_one(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "goodsources"
    GoodSources(str(path), "go").learn([A, B])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - cut] if cut else bytes([data[0] ^ 1]) + data[1:])
    assert GoodSources(str(path), "go").unknown([A, B]) == {A, B}
    path.write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
    assert GoodSources(str(path), "go").unknown([A, B]) == {A, B}


def test_a_full_record_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "goodsources")
    monkeypatch.setattr(goodsources, "MOST", 2)
    GoodSources(path, "go").learn([A, B])
    GoodSources(path, "go").learn([C])
    assert GoodSources(path, "go").unknown([A, B, C]) == {A, B}


def test_without_a_place_it_is_remembered_for_this_process() -> None:
    good = GoodSources("", "go")
    good.learn([A])
    assert good.unknown([A, B]) == {B}
    assert GoodSources("", "go").unknown([A]) == {A}


def test_a_place_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    good = GoodSources(str(tmp_path / "file" / "goodsources"), "go")
    good.learn([A])
    assert good.unknown([A]) == set()

"""Files of extracted modules that are not what was downloaded: noticed when they are read, and extracted again."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest

from gokiln.base.disk import Disk
from gokiln.errors import FatalError
from gokiln.events import Recorder, Warn
from gokiln.index import trees
from gokiln.modules.fetch.trees import TreeGuard
from gokiln.modules.version import ModVersion
from gokiln.packages.scan import ScanMemo

MOD = ModVersion("example.com/Greet", "v1.2.3")
FILES = {
    "go.mod": "module example.com/Greet\n",
    "greet.go": "package greet\n",
    "sub/a.txt": "a\n",
    "sub/s.go": "package sub\n",
}


@pytest.fixture(autouse=True)
def published(proxy, tmp_path):
    proxy.publish(tmp_path, MOD.path, MOD.version, FILES)


@pytest.fixture
def open_memo(make_fetcher, tmp_path):
    """A new process: a scan memo with a fetcher that knows the module's tree; and the tree."""

    def make(**changes: object) -> tuple[ScanMemo, Path]:
        fetcher = make_fetcher(known_trees=str(tmp_path / "records" / "trees"), **changes)
        memo = ScanMemo(Disk(), lambda tag: False, False)
        memo.guard = fetcher.trees
        return memo, Path(fetcher.download(MOD))

    return make


def write(path: Path, data: bytes | None) -> None:
    mode = path.parent.stat().st_mode
    path.parent.chmod(0o755)
    if path.exists():
        path.chmod(0o644)
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    path.parent.chmod(mode)


def warnings(memo: ScanMemo) -> list[str]:
    assert memo.guard is not None
    return [event.text for event in memo.guard._sink.events if isinstance(event, Warn)]  # type: ignore[attr-defined]


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def test_a_tree_is_hashed_once_and_then_known(open_memo, tmp_path, monkeypatch):
    memo, tree = open_memo()
    assert memo.file_hash(str(tree / "greet.go")) == digest("package greet\n")
    assert [entry.name for entry in memo.entries(str(tree / "sub"))] == ["a.txt", "s.go"]
    monkeypatch.setattr("gokiln.modules.fetch.trees.survey", lambda *a: pytest.fail("hashed again"))
    again, _ = open_memo()
    for name, text in FILES.items():
        assert again.file_hash(str(tree / name)) == digest(text)
    assert len(again.entries(str(tree))) == 3
    assert warnings(memo) == warnings(again) == []


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("data", [b"package evil\n", bytes(14), b"", None])
def test_a_changed_file_is_extracted_again(open_memo, known, data):
    memo, tree = open_memo()
    if known:
        memo.info(str(tree / "greet.go"))
    write(tree / "greet.go", data)
    memo, _ = open_memo(goproxy="off")
    assert [entry.name for entry in memo.entries(str(tree))] == ["go.mod", "greet.go", "sub"]
    info = memo.go_info(str(tree / "greet.go"))
    assert info.package == "greet"
    assert memo.file_hash(str(tree / "greet.go")) == digest("package greet\n")
    assert len(warnings(memo)) == 1 and str(tree) in warnings(memo)[0] and "damaged" in warnings(memo)[0]
    assert stat.S_IMODE(tree.stat().st_mode) & 0o222 == 0
    assert sorted(p.name for p in tree.parent.iterdir()) == ["!greet@v1.2.3"]


def test_files_that_were_added_or_taken_away_count(open_memo):
    memo, tree = open_memo()
    memo.entries(str(tree / "sub"))
    write(tree / "sub" / "extra.go", b"package sub\n")
    write(tree / "sub" / "s.go", None)
    memo, _ = open_memo()
    assert [entry.name for entry in memo.entries(str(tree / "sub"))] == ["a.txt", "s.go"]


def test_a_damaged_zip_beside_a_damaged_tree_is_fetched_again(open_memo, proxy):
    memo, tree = open_memo()
    write(tree / "greet.go", b"package evil\n")
    zip_file = tree.parents[1] / "cache/download/example.com/!greet/@v/v1.2.3.zip"
    zip_file.write_bytes(bytes(zip_file.stat().st_size))
    memo, _ = open_memo()
    assert memo.go_info(str(tree / "greet.go")).package == "greet"
    assert len(warnings(memo)) == 2


def test_what_cannot_be_had_again_is_refused_and_left(open_memo):
    memo, tree = open_memo()
    write(tree / "greet.go", b"package evil\n")
    (tree.parents[1] / "cache/download/example.com/!greet/@v/v1.2.3.zip").unlink()
    memo, _ = open_memo(goproxy="off")
    with pytest.raises(FatalError) as caught:
        memo.info(str(tree / "greet.go"))
    assert "example.com/Greet@v1.2.3" in str(caught.value) and "clean -modcache" in str(caught.value)
    assert (tree / "greet.go").read_bytes() == b"package evil\n"


def test_only_trees_of_this_build_are_looked_at(open_memo):
    memo, tree = open_memo()
    other = tree.parent / "other@v1.0.0"
    other.mkdir()
    (other / "x.go").write_bytes(b"package x\n")
    memo.info(str(other / "x.go"))
    memo.entries(str(tree.parent))
    assert warnings(memo) == []


def test_what_was_read_before_another_thread_mended_the_tree_is_read_again(open_memo):
    memo, tree = open_memo()
    for name in ("greet.go", "sub/s.go"):
        write(tree / name, b"package evil\n")
    memo, _ = open_memo()
    guard, evil = memo.guard, digest("package evil\n")
    assert guard is not None
    assert not guard.file_is_right(str(tree / "greet.go"), evil)
    assert not guard.file_is_right(str(tree / "sub/s.go"), evil)
    assert not guard.dir_is_right(str(tree / "sub"), ["a.txt"], [])
    assert (tree / "sub/s.go").read_text() == FILES["sub/s.go"]
    assert guard.file_is_right(str(tree / "sub/s.go"), digest(FILES["sub/s.go"]))
    assert len(warnings(memo)) == 1


@pytest.mark.parametrize("path", ["golang.org/toolchain", "golang.org/fips140", "example.com/m"])
def test_trees_that_go_itself_changes_are_left_alone(path, tmp_path):
    def mend(mod: ModVersion) -> None:
        mended.append(mod)

    mended: list[ModVersion] = []
    tree = tmp_path / "tree@v1.0.0"
    tree.mkdir()
    guard = TreeGuard(str(tmp_path), trees.KnownTrees(""), lambda mod: "h1:other", mend, Recorder())
    guard.add(str(tree), ModVersion(path, "v1.0.0"))
    guard.add(str(tmp_path.parent), ModVersion(path, "v1.0.1"))  # replaced by a directory: not the cache's
    exempt = path != "example.com/m"
    assert guard.file_is_right(str(tree / "a.go"), bytes(32)) == exempt
    assert guard.file_is_right(str(tmp_path.parent / "a.go"), bytes(32))
    assert len(mended) == (not exempt)


def test_without_a_recorded_hash_nothing_is_said(open_memo):
    memo, tree = open_memo()
    os.unlink(tree.parents[1] / "cache/download/example.com/!greet/@v/v1.2.3.ziphash")
    write(tree / "greet.go", b"package mine\n")
    assert memo.go_info(str(tree / "greet.go")).package == "mine"
    assert warnings(memo) == []


# The record


def test_the_record_keeps_what_was_learnt(tmp_path):
    path = str(tmp_path / "deep" / "trees")
    one, two = trees.KnownTrees(path), trees.KnownTrees(path)
    one.learn([1, 2])
    two.learn([2, 3, 2**64 - 1])
    fresh = trees.KnownTrees(path)
    assert all(fresh.holds(n) for n in (1, 2, 3, 2**64 - 1)) and not fresh.holds(4)


def test_what_is_learnt_while_another_thread_opens_the_record_stays_known(tmp_path, monkeypatch):
    path = str(tmp_path / "trees")
    trees.KnownTrees(path).learn([1])
    reading, may_end = threading.Event(), threading.Event()
    decode = trees.decode

    def slowly(data):
        if not reading.is_set():  # the first to read; another would not wait
            reading.set()
            assert may_end.wait(60)
        return decode(data)

    known = trees.KnownTrees(path)
    monkeypatch.setattr(trees, "decode", slowly)
    opener = threading.Thread(target=known.holds, args=(1,))
    opener.start()
    assert reading.wait(60)
    learner = threading.Thread(target=known.learn, args=([2],))
    learner.start()
    learner.join(0.05)  # it waits for the opener, or, if it does not, must not lose what it learns
    may_end.set()
    opener.join()
    learner.join()
    assert known.holds(1) and known.holds(2)


def test_every_damage_of_the_record_loses_at_most_what_follows(tmp_path):
    path = tmp_path / "trees"
    known = trees.KnownTrees(str(path))
    known.learn([1, 2])
    known.learn([3])
    whole = path.read_bytes()
    for at in range(len(whole)):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :]):
            found, good = trees.decode(data)
            assert found <= {1, 2, 3}
            assert not good or data in (b"", whole[:16], whole[:52])
    path.write_bytes(whole[:-3])
    damaged = trees.KnownTrees(str(path))
    assert damaged.holds(1) and not damaged.holds(3)
    damaged.learn([7])
    assert trees.decode(path.read_bytes()) == ({1, 2, 7}, True)


def test_a_record_that_has_grown_too_large_is_begun_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(trees, "LIMIT", 100)
    path = tmp_path / "trees"
    known = trees.KnownTrees(str(path))
    known.learn(range(20))
    known.learn([50])
    assert trees.decode(path.read_bytes()) == ({50}, True)


def test_what_is_known_already_is_not_written_again(tmp_path):
    path = tmp_path / "trees"
    trees.KnownTrees(str(path)).learn([1, 2])
    whole = path.read_bytes()
    for sentences in ([2, 1], [], [1]):
        trees.KnownTrees(str(path)).learn(sentences)
        assert path.read_bytes() == whole
    known = trees.KnownTrees(str(path))
    known.learn([2, 3])
    assert trees.decode(path.read_bytes()) == ({1, 2, 3}, True) and len(path.read_bytes()) == len(whole) + 4 + 8 + 16


def test_a_record_that_cannot_be_read_is_an_empty_one(tmp_path):
    known = trees.KnownTrees(str(tmp_path))  # a directory
    assert not known.holds(1)
    known.learn([1])
    assert known.holds(1)


def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    known = trees.KnownTrees(str(tmp_path / "file" / "trees"))
    known.learn([1])
    assert known.holds(1)


def test_sentences_tell_names_and_kinds_apart():
    a = trees.dir_sentence("m@v1", ["a"], ["b"])
    assert a == trees.dir_sentence("m@v1", iter(["a"]), ["b"])
    assert len({a, trees.dir_sentence("m@v1", ["b"], ["a"]), trees.dir_sentence("m@v1/a", [], ["b"])}) == 3
    assert trees.file_sentence("x", bytes(32)) != trees.file_sentence("y", bytes(32))

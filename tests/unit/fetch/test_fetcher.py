"""Modules from a proxy into a cache: what is written, what is noticed, what is said."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gokiln.errors import FatalError, GokilnError
from gokiln.golang.dirhash import hash_zip
from gokiln.golang.gover import TooNewError
from gokiln.modules.fetch.errors import DownloadDirError, DownloadDirPartialError, GoSumDirtyError
from gokiln.modules.version import ModVersion

MOD = ModVersion("example.com/Greet", "v1.2.3")
FILES = {"go.mod": "module example.com/Greet\n\ngo 1.20\n", "greet.go": "package greet\n", "sub/a.txt": "a\n"}


@pytest.fixture(autouse=True)
def published(proxy, tmp_path):
    proxy.publish(tmp_path, MOD.path, MOD.version, FILES)


def test_download_extracts_read_only_and_leaves_what_go_leaves(make_fetcher, tmp_path):
    fetcher = make_fetcher()
    dir = fetcher.download(MOD)
    assert dir == str(tmp_path / "mod/example.com/!greet@v1.2.3")
    assert Path(dir, "greet.go").read_text() == "package greet\n"
    assert stat.S_IMODE(os.stat(dir).st_mode) & 0o222 == 0
    assert stat.S_IMODE(os.stat(dir + "/greet.go").st_mode) & 0o333 == 0
    names = sorted(os.listdir(tmp_path / "mod/cache/download/example.com/!greet/@v"))
    assert names == ["v1.2.3.lock", "v1.2.3.zip", "v1.2.3.ziphash"]
    assert fetcher.settings.sink.text() == "go: downloading example.com/Greet v1.2.3\n"
    assert fetcher.sum(MOD).startswith("h1:")


def test_download_dir_tells_missing_from_partial(make_fetcher, tmp_path):
    fetcher = make_fetcher()
    with pytest.raises(DownloadDirError) as missing:
        fetcher.download_dir(MOD)
    assert missing.value.not_exist and missing.value.dir.endswith("!greet@v1.2.3")
    assert str(missing.value) == f"stat {missing.value.dir}: no such file or directory"
    dir = fetcher.download(MOD)
    Path(fetcher.cache_path(MOD, "partial")).touch()
    with pytest.raises(DownloadDirPartialError, match="not completely extracted"):
        fetcher.download_dir(MOD)
    os.unlink(fetcher.cache_path(MOD, "partial"))
    os.unlink(fetcher.cache_path(MOD, "ziphash"))
    with pytest.raises(DownloadDirPartialError, match="ziphash file is missing"):
        fetcher.download_dir(MOD)
    assert make_fetcher().download(MOD) == dir


def test_half_extracted_tree_is_extracted_anew(make_fetcher):
    dir = make_fetcher().download(MOD)
    fetcher = make_fetcher(goproxy="off")
    os.chmod(dir, 0o777)
    os.unlink(dir + "/greet.go")
    Path(fetcher.cache_path(MOD, "partial")).touch()
    assert Path(fetcher.download(MOD), "greet.go").exists()
    assert not os.path.exists(fetcher.cache_path(MOD, "partial"))


@pytest.mark.parametrize(
    "damage", [lambda data: b"\0" * len(data), lambda data: data[:-30], lambda data: data[:60] + b"X" + data[61:]]
)
def test_damaged_zip_in_the_cache_is_fetched_again(make_fetcher, damage):
    from gokiln.modules.fetch.cachedir import remove_all

    fetcher = make_fetcher()
    remove_all(fetcher.download(MOD))
    zip_file = Path(fetcher.cache_path(MOD, "zip"))
    whole = zip_file.read_bytes()
    zip_file.write_bytes(damage(whole))
    assert Path(make_fetcher().download(MOD), "greet.go").read_text() == "package greet\n"
    assert zip_file.read_bytes() == whole
    assert sorted(file.name for file in zip_file.parent.iterdir()) == ["v1.2.3.lock", "v1.2.3.zip", "v1.2.3.ziphash"]


def test_zip_swapped_for_another_valid_one_is_noticed(make_fetcher, tmp_path):
    from gokiln.modules.fetch.cachedir import remove_all
    from tests.unit.fetch.conftest import module_zip

    fetcher = make_fetcher()
    remove_all(fetcher.download(MOD))
    Path(fetcher.cache_path(MOD, "zip")).write_bytes(module_zip(MOD.path, MOD.version, {"evil.go": "package evil\n"}))
    dir = make_fetcher().download(MOD)
    assert sorted(os.listdir(dir)) == ["go.mod", "greet.go", "sub"]


def test_interrupted_extraction_leaves_nothing_or_a_marker(make_fetcher, monkeypatch):
    from gokiln.modules.fetch import unzip

    fetcher = make_fetcher()

    def interrupted(*args: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(unzip, "_extract_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetcher.download(MOD)
    monkeypatch.undo()
    with pytest.raises(DownloadDirError):
        fetcher.download_dir(MOD)
    assert Path(make_fetcher().download(MOD), "go.mod").exists()


def test_go_mod_and_info_are_cached_and_listed(make_fetcher, proxy, tmp_path):
    fetcher = make_fetcher()
    assert fetcher.go_mod_data(MOD) == FILES["go.mod"].encode()
    info, file = fetcher.info_file(*MOD)
    assert (info.version, info.time) == ("v1.2.3", "2020-01-02T03:04:05Z")
    assert Path(file).read_bytes() == b'{"Version":"v1.2.3","Time":"2020-01-02T03:04:05Z"}'
    assert (tmp_path / "mod/cache/download/example.com/!greet/@v/list").read_text() == "v1.2.3\n"
    before = len(proxy.seen)
    offline = make_fetcher(goproxy="off", gosumdb="off")
    assert offline.go_mod_data(MOD) == FILES["go.mod"].encode()
    assert offline.info_file(*MOD)[0].version == "v1.2.3"
    assert len(proxy.seen) == before


def test_too_new_a_go_version(make_fetcher):
    with pytest.raises(TooNewError, match=r"example.com/Greet@v1.2.3 requires go >= 1.20 \(running go 1.19"):
        make_fetcher(go_version="1.19").download(MOD)


def test_go_sum_mismatch_is_fatal_and_writes_nothing(make_fetcher, tmp_path):
    go_sum = tmp_path / "go.sum"
    wrong = "h1:" + "A" * 43 + "="
    go_sum.write_text(f"{MOD.path} {MOD.version} {wrong}\n")
    fetcher = make_fetcher()
    fetcher.set_go_sum_file(str(go_sum))
    with pytest.raises(FatalError) as err:
        fetcher.download(MOD)
    text = str(err.value)
    assert text.startswith("verifying example.com/Greet@v1.2.3: checksum mismatch\n\tdownloaded: h1:")
    assert f"\n\tgo.sum:     {wrong}\n\nSECURITY ERROR\nThis download does NOT match an earlier download" in text
    assert not os.path.exists(fetcher.cache_path(MOD, "zip"))
    assert not os.path.exists(fetcher.cache_path(MOD, "ziphash"))


def test_go_sum_is_written_with_what_is_kept(make_fetcher, tmp_path):
    go_sum = tmp_path / "go.sum"
    old = f"example.org/old v1.0.0 h1:{'B' * 43}=\n"
    go_sum.write_text(old)
    fetcher = make_fetcher()
    fetcher.set_go_sum_file(str(go_sum))
    fetcher.go_mod_data(MOD)
    fetcher.download(MOD)
    mod_key = ModVersion(MOD.path, MOD.version + "/go.mod")
    assert not fetcher.have_sum(MOD)  # used and new: only the loader can say whether it stays
    with pytest.raises(GoSumDirtyError, match=r"updates to go\.sum needed, disabled by -mod=readonly"):
        fetcher.write_go_sum({MOD, mod_key}, readonly=True)
    fetcher.write_go_sum(set(), readonly=True)
    fetcher.write_go_sum({MOD, mod_key}, readonly=False)
    lines = go_sum.read_text().splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["example.com/Greet", "v1.2.3"],
        ["example.com/Greet", "v1.2.3/go.mod"],
        ["example.org/old", "v1.0.0"],
    ]
    assert fetcher.have_sum(MOD) and fetcher.recorded_sum(MOD) == lines[0].split()[2]
    fetcher.trim_go_sum({MOD, mod_key})
    fetcher.write_go_sum({MOD, mod_key}, readonly=False)
    assert "old" not in go_sum.read_text()


def test_malformed_go_sum(make_fetcher, tmp_path):
    go_sum = tmp_path / "go.sum"
    go_sum.write_text("\na b\n")
    fetcher = make_fetcher()
    fetcher.set_go_sum_file(str(go_sum))
    with pytest.raises(FatalError) as err:
        fetcher.have_sum(MOD)
    assert str(err.value) == f"malformed go.sum:\n{go_sum}:2: wrong number of fields 2\n"


def folder(fetcher) -> Path:
    return Path(fetcher.cache_path(MOD, "zip")).parent


def test_a_cached_zip_is_held_against_go_sum_all_the_same(make_fetcher, tmp_path):
    make_fetcher(gosumdb="off").download(MOD)
    sum = make_fetcher().sum(MOD)
    go_sum = tmp_path / "go.sum"
    fetcher = make_fetcher(goproxy="off", gosumdb="off")
    fetcher.set_go_sum_file(str(go_sum))
    fetcher.download(MOD)
    fetcher.write_go_sum({MOD}, readonly=False)
    assert go_sum.read_text() == f"{MOD.path} {MOD.version} {sum}\n"
    go_sum.write_text(f"{MOD.path} {MOD.version} h1:{'A' * 43}=\n")
    fetcher = make_fetcher(goproxy="off", gosumdb="off")
    fetcher.set_go_sum_file(str(go_sum))
    with pytest.raises(FatalError, match="checksum mismatch"):
        fetcher.download(MOD)


def test_a_cached_zip_that_nobody_vouches_for_is_not_extracted(make_fetcher, proxy):
    from gokiln.modules.fetch.cachedir import remove_all

    tree = make_fetcher(gosumdb="off").download(MOD)
    remove_all(tree)
    del proxy.db.records[f"{MOD.path}@{MOD.version}"]
    with pytest.raises(FatalError, match="verifying module: "):
        make_fetcher().download(MOD)
    assert not os.path.exists(tree)


@pytest.mark.parametrize("damage", [bytes(47), b"", b"h1:abc", b"x" * 47])
def test_a_recorded_hash_that_cannot_be_one_is_not_believed(make_fetcher, damage, tmp_path):
    fetcher = make_fetcher(gosumdb="off")
    fetcher.download(MOD)
    file = Path(fetcher.cache_path(MOD, "ziphash"))
    whole = file.read_bytes()
    assert len(whole) == 47
    file.write_bytes(damage)
    fetcher = make_fetcher(goproxy="off", gosumdb="off")
    fetcher.set_go_sum_file(str(tmp_path / "go.sum"))
    if damage == b"x" * 47:
        with pytest.raises(FatalError, match="unexpected ziphash"):
            fetcher.download(MOD)
    else:
        fetcher.download(MOD)
        assert file.read_bytes() == whole  # taken from the zip again


@pytest.mark.parametrize("answer", [(404, {}, b"gone"), (200, {}, b"no zip")])
def test_a_download_that_fails_leaves_nothing(make_fetcher, proxy, answer):
    path = "/example.com/!greet/@v/v1.2.3.zip"
    proxy.statuses[path] = [answer] * 9
    fetcher = make_fetcher()
    with pytest.raises(GokilnError):
        fetcher.download(MOD)
    assert [file.name for file in folder(fetcher).iterdir()] == ["v1.2.3.lock"]
    proxy.statuses.clear()
    (folder(fetcher) / "v1.2.3.zip123.tmp").write_bytes(b"left by a killed process")
    (folder(fetcher) / "v1.2.3.zip.keep").write_bytes(b"somebody's")
    assert make_fetcher().download(MOD)
    names = sorted(file.name for file in folder(fetcher).iterdir())
    assert names == ["v1.2.3.lock", "v1.2.3.zip", "v1.2.3.zip.keep", "v1.2.3.ziphash"]


def test_a_lost_hash_is_taken_from_the_zip_and_of_a_damaged_one_it_is_fetched(make_fetcher, proxy):
    fetcher = make_fetcher()
    fetcher.download(MOD)
    zip_file, hash_file = Path(fetcher.cache_path(MOD, "zip")), Path(fetcher.cache_path(MOD, "ziphash"))
    whole, sum = zip_file.read_bytes(), hash_file.read_bytes()
    for data, asked in ((whole, 0), (whole[:-9], 1)):
        hash_file.unlink()
        zip_file.write_bytes(data)
        proxy.seen.clear()
        make_fetcher().download(MOD)
        assert (zip_file.read_bytes(), hash_file.read_bytes()) == (whole, sum)
        assert len([path for path, _ in proxy.seen if path.endswith(".zip")]) == asked


def test_a_tree_that_was_being_mended_when_its_process_was_killed(make_fetcher):
    """What lies beside the place of a tree that has to be extracted goes; other versions stay."""
    tree = Path(make_fetcher().download(MOD))
    for name in (f"{tree.name}.tmp-0123456789ab", f"{tree.name}-pre"):
        (tree.parent / name).mkdir()
    fetcher = make_fetcher(goproxy="off")
    Path(fetcher.cache_path(MOD, "partial")).touch()
    fetcher.download(MOD)
    assert sorted(p.name for p in tree.parent.iterdir()) == [tree.name, f"{tree.name}-pre"]


def test_a_tree_that_comes_with_goroot_is_that_of_its_zip(make_fetcher, tmp_path):
    from gokiln.modules.fetch.cachedir import remove_all
    from tests.unit.fetch.conftest import module_zip

    mod = ModVersion("golang.org/fips140", "v1.0.0")
    zip_file = tmp_path / "v1.0.0.zip"
    zip_file.write_bytes(module_zip(*mod, {"fips140/a.go": "package a\n"}))
    downloader = make_fetcher()._downloader
    verified: list[str] = []

    def tree(hash: str) -> Path:
        return Path(downloader.bundled_tree(mod, str(zip_file), hash, lambda: verified.append(hash)))

    def refuse() -> None:
        raise FatalError("not the zip of this release")

    with pytest.raises(FatalError, match="not the zip"):
        downloader.bundled_tree(mod, str(zip_file), f"h1:{'A' * 43}=", refuse)
    with pytest.raises(DownloadDirError):
        make_fetcher().download_dir(mod)
    right = hash_zip(str(zip_file))
    found = tree(right)
    assert (found / "fips140" / "a.go").read_text() == "package a\n"
    assert tree(right) == found and verified == [right]  # as it is
    remove_all(str(found))
    zip_file.write_bytes(module_zip(*mod, {"fips140/b.go": "package b\n"}))
    newer = hash_zip(str(zip_file))
    assert os.listdir(tree(newer) / "fips140") == ["b.go"] and verified == [right, newer]
    zip_file.write_bytes(module_zip(*mod, {"fips140/c.go": "package c\n"}))
    assert os.listdir(tree(hash_zip(str(zip_file))) / "fips140") == ["c.go"]  # another release's tree went

"""A proxy and a checksum database that lie (CVE-2026-56864, -56865, -42501 and their kin)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.errors import FatalError, GokilnError
from gokiln.modules.fetch.cachedir import CacheDir
from gokiln.modules.fetch.gosum import GoSum
from gokiln.modules.fetch.settings import Settings
from gokiln.modules.version import ModVersion
from tests.unit.fetch.conftest import FakeDb, module_zip

MOD = ModVersion("example.com/greet", "v1.2.3")
EVIL = {"go.mod": "module example.com/greet\n", "greet.go": "package evil\n"}


@pytest.fixture(autouse=True)
def published(proxy, tmp_path):
    for i in range(5):
        proxy.publish(tmp_path, f"example.com/m{i}", "v1.0.0", {"go.mod": f"module example.com/m{i}\n"})
    proxy.publish(tmp_path, *MOD, {"go.mod": "module example.com/greet\n", "greet.go": "package greet\n"})


def nothing_was_kept(fetcher) -> bool:
    return not os.path.exists(fetcher.cache_path(MOD, "zip")) and not os.path.exists(fetcher.cache_path(MOD, "ziphash"))


def test_honest_pair_verifies(make_fetcher, tmp_path):
    fetcher = make_fetcher()
    assert fetcher.download(MOD)
    assert (tmp_path / "sumdb/sum.example.org/latest").read_bytes().startswith(b"go.sum database tree\n6\n")
    assert (tmp_path / "mod/cache/download/sumdb/sum.example.org/lookup/example.com/greet@v1.2.3").exists()


def test_changed_zip(make_fetcher, proxy):
    proxy.files["/example.com/greet/@v/v1.2.3.zip"] = module_zip(*MOD, EVIL)
    fetcher = make_fetcher()
    with pytest.raises(GokilnError) as err:
        fetcher.download(MOD)
    text = str(err.value)
    assert text.startswith("example.com/greet@v1.2.3: verifying module: checksum mismatch\n\tdownloaded: h1:")
    assert "\n\tsum.example.org: h1:" in text and "reported by the checksum server" in text
    assert nothing_was_kept(fetcher)


def evil_lines(proxy, tmp_path) -> str:
    from gokiln.golang.dirhash import hash_zip

    file = Path(tmp_path, "evil.zip")
    file.write_bytes(module_zip(*MOD, EVIL))
    proxy.files["/example.com/greet/@v/v1.2.3.zip"] = file.read_bytes()
    return f"{MOD.path} {MOD.version} {hash_zip(str(file))}\n"


@pytest.mark.parametrize("where", ["before", "after", "instead"])
def test_hash_smuggled_into_the_answer_outside_the_record(make_fetcher, proxy, tmp_path, where):
    lines = evil_lines(proxy, tmp_path).encode()

    def change(path: str, data: bytes | None) -> bytes | None:
        if data is None or "/lookup/example.com/greet" not in path:
            return data
        if where == "before":
            return data.replace(b"\n", b"\n" + lines, 1)
        if where == "after":
            return data + b"\n" + lines
        number, _, rest = data.partition(b"\n")
        return number + b"\n" + lines + rest[rest.index(b"\n\n") + 1 :]

    proxy.change = change
    fetcher = make_fetcher()
    with pytest.raises(GokilnError):
        fetcher.download(MOD)
    assert nothing_was_kept(fetcher)


def test_answer_about_another_module(make_fetcher, proxy, tmp_path):
    evil_lines(proxy, tmp_path)
    proxy.db.records["example.com/greet@v1.2.3"] = 0
    fetcher = make_fetcher()
    with pytest.raises(GokilnError, match="verifying module: checksum missing from sumdb response") as err:
        fetcher.download(MOD)
    assert "do\nnot contain an entry for the download" in str(err.value)
    assert nothing_was_kept(fetcher)


def test_answer_that_only_begins_like_the_module(make_fetcher, proxy, tmp_path):
    evil_lines(proxy, tmp_path)
    proxy.db.add("example.com/greet@v1.2.3", "example.com/greet v1.2.30 h1:abc=\nexample.com/greet v1.2.3-x h1:abc=\n")
    with pytest.raises(GokilnError, match="checksum missing"):
        make_fetcher().download(MOD)


def test_go_mod_is_held_against_the_record_too(make_fetcher, proxy):
    proxy.files["/example.com/greet/@v/v1.2.3.mod"] = b"module example.com/greet\n\nrequire evil.com v1.0.0\n"
    with pytest.raises(GokilnError, match=r"verifying go\.mod: checksum mismatch"):
        make_fetcher().go_mod_data(MOD)


@pytest.mark.parametrize("part", ["tile/8/0/", "lookup/"])
def test_changed_tiles_and_records(make_fetcher, proxy, part):
    def change(path: str, data: bytes | None) -> bytes | None:
        if data and f"/{part}" in path:
            middle = 20
            return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        return data

    proxy.change = change
    fetcher = make_fetcher()
    with pytest.raises(GokilnError):
        fetcher.download(MOD)
    assert nothing_was_kept(fetcher)
    kept = os.path.join(fetcher.settings.gomodcache, "cache/download/sumdb/sum.example.org", part.split("/")[0])
    assert not os.path.isdir(kept)


@pytest.mark.parametrize("data", [b"", b"x" * 31, b"y" * 32 * 7])
def test_tiles_of_a_wrong_size(make_fetcher, proxy, data):
    proxy.change = lambda path, old: data if "/tile/" in path else old
    with pytest.raises(GokilnError):
        make_fetcher().download(MOD)


def test_signature_of_another_key(make_fetcher, proxy):
    proxy.db.signer = FakeDb(seed=b"e" * 32).signer
    with pytest.raises(GokilnError, match="note has no verifiable signatures"):
        make_fetcher().download(MOD)


def test_fork_is_a_security_error_with_proof(make_fetcher, proxy, tmp_path):
    make_fetcher().download(MOD)
    old = proxy.db
    proxy.db = FakeDb()
    for i in range(9):
        proxy.db.add(f"example.com/f{i}@v1.0.0", f"example.com/f{i} v1.0.0 h1:{i}=\n")
    latest = tmp_path / "sumdb/sum.example.org/latest"
    before = latest.read_bytes()
    fetcher = make_fetcher()
    proxy.files["/example.com/f3/@v/v1.0.0.mod"] = b"module example.com/f3\n"
    with pytest.raises(FatalError) as err:
        fetcher.go_mod_data(ModVersion("example.com/f3", "v1.0.0"))
    text = str(err.value)
    assert text.startswith(
        "SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\tgo.sum database tree\n\t6\n"
    )
    assert "new database:\n\tgo.sum database tree\n\t9\n" in text and "proof of misbehavior:\n\t" in text
    assert "internal error" not in text
    assert latest.read_bytes() == before
    assert old.key == proxy.db.key


def test_damaged_cached_tile_is_fetched_again(make_fetcher, proxy, tmp_path):
    make_fetcher().download(MOD)
    for path in (tmp_path / "mod/cache/download/sumdb/sum.example.org/tile").rglob("*"):
        if path.is_file():
            path.write_bytes(b"z" * path.stat().st_size)
    assert make_fetcher().go_mod_data(ModVersion("example.com/m1", "v1.0.0"))


def test_toolchain_is_looked_up_even_with_gosumdb_off(make_fetcher, proxy, tmp_path):
    proxy.publish(tmp_path, "golang.org/toolchain", "v0.0.1-go1.30.1.linux-amd64", {"bin/go": "x"})
    with pytest.raises(GokilnError, match="checksum database disabled by GOSUMDB=off"):
        make_fetcher(gosumdb="off", gonosumdb="golang.org").download_toolchain("go1.30.1", "linux", "amd64")
    fetcher = make_fetcher(gonosumdb="golang.org")
    assert Path(fetcher.download_toolchain("go1.30.1", "linux", "amd64"), "bin/go").exists()
    assert fetcher.settings.sink.text() == "go: downloading go1.30.1 (linux/amd64)\n"


def test_gonosumdb_and_noproxy(make_fetcher, proxy):
    fetcher = make_fetcher(gonosumdb="example.com")
    fetcher.download(MOD)
    assert not any("/sumdb/" in path for path, _ in proxy.seen)
    with pytest.raises(GokilnError, match=r"no modules on example\.net"):
        make_fetcher(gonoproxy="example.net").go_mod_data(ModVersion("example.net/private", "v1.0.0"))


@pytest.mark.parametrize(("path", "asked"), [("golang.org/toolchain", True), (MOD.path, False)])
def test_go_sum_is_no_proof_for_a_toolchain(path: str, asked: bool, tmp_path: Path) -> None:
    mod = ModVersion(path, "v0.0.1-go1.30.0.linux-amd64")
    file = tmp_path / "go.sum"
    line = f"{path} {mod.version} h1:{'A' * 43}=\n"
    file.write_text(line)
    questions: list[ModVersion] = []
    sums = GoSum(Settings(), CacheDir(str(tmp_path)), lambda mod, sum: questions.append(mod))
    sums.go_sum_file = str(file)
    sums.check_mod_sum(mod, line.split()[2])
    assert questions == [mod] * asked

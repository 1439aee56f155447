"""Where the cache is, in the go command's words when it is nowhere."""

from __future__ import annotations

import errno
import os

import pytest

from gokiln.cache.debug import CacheDebug
from gokiln.cache.inputhash import InputHash, file_hash, short, strip_experiment, subkey
from gokiln.cache.location import CacheError, kiln_dir, make_cache_dir


def test_kiln_dir():
    assert kiln_dir({"HOME": "/h"}, "linux") == "/h/.cache/gokiln"
    assert kiln_dir({"HOME": "/h", "GOKILNCACHE": "/k"}, "linux") == "/k"
    assert kiln_dir({"HOME": "/h", "GOKILNCACHE": "off"}, "linux") == ""
    assert kiln_dir({}, "linux") == ""


@pytest.mark.parametrize(
    ("directory", "reason", "problem"),
    [
        ("off", "", "build cache is disabled by GOCACHE=off, but required as of Go 1.12"),
        (
            "off",
            "GOCACHE is not an absolute path",
            "build cache is required, but could not be located: GOCACHE is not an absolute path",
        ),
    ],
)
def test_no_cache(directory, reason, problem):
    with pytest.raises(CacheError) as caught:
        make_cache_dir(directory, reason)
    assert str(caught.value) == problem
    assert caught.value.prefix == ""


def test_making_the_directory(tmp_path):
    directory = str(tmp_path / "a" / "b")
    make_cache_dir(directory)
    make_cache_dir(directory)
    assert len(os.listdir(directory)) == 257
    os.rmdir(os.path.join(directory, "7f"))
    os.unlink(os.path.join(directory, "README"))
    make_cache_dir(directory)
    assert len(os.listdir(directory)) == 257


def test_a_readme_that_is_there_is_not_written_over(tmp_path):
    make_cache_dir(str(tmp_path))
    (tmp_path / "README").write_bytes(b"mine")
    make_cache_dir(str(tmp_path))
    assert (tmp_path / "README").read_bytes() == b"mine"


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for path in ("file", "file/x"):
        with pytest.raises(CacheError) as caught:
            make_cache_dir(str(tmp_path / path))
        where = tmp_path / path
        assert (
            str(caught.value) == f"failed to initialize build cache at {where}: mkdir {tmp_path}/file: not a directory"
        )
    make_cache_dir(str(tmp_path / "c"))
    os.rmdir(tmp_path / "c" / "00")
    (tmp_path / "c" / "00").write_bytes(b"")
    with pytest.raises(CacheError, match="c/00: not a directory"):
        make_cache_dir(str(tmp_path / "c"))


def test_godebug():
    debug = CacheDebug("gocachetest=1", lambda text: None)
    assert (debug.tests, debug.hashes, debug.verify, debug.trace) == (True, False, False, None)


def test_hash_vectors():
    # sha256("subkey:" + 32 zero bytes + "stdout") and sha256("go1.26.8" + "compile\n"), computed with sha256sum
    from hashlib import sha256

    assert subkey(bytes(32), "stdout") == sha256(b"subkey:" + bytes(32) + b"stdout").digest()
    hash_ = InputHash("go1.26.8", "build x")
    hash_.add("compile\n")
    hash_.add(b"\xff")
    assert hash_.digest() == sha256(b"go1.26.8compile\n\xff").digest()
    assert hash_.lines == [b"compile\n", b"\xff"]
    assert strip_experiment("go1.26.8 X:boringcrypto") == strip_experiment("go1.26.8-X:a") == "go1.26.8"


def test_traces_read_as_gos(tmp_path):
    out: list[str] = []
    debug = CacheDebug("gocachehash=1,gocacheverify=1", out.append)
    hash_ = InputHash("go1", "build x", debug.trace)
    hash_.add('compile "a"\n')
    digest = hash_.digest()
    key = subkey(digest, "stdout", debug.trace)
    path = tmp_path / "f"
    path.write_bytes(b"")
    sum_ = file_hash(str(path), debug.trace)
    assert "".join(out) == (
        "HASH[build x]\n"
        'HASH[build x]: "go1"\n'
        'HASH[build x]: "compile \\"a\\"\\n"\n'
        f"HASH[build x]: {digest.hex()}\n"
        f'HASH subkey {digest.hex()} "stdout" = {key.hex()}\n'
        f"HASH {path}: {sum_.hex()}\n"
    )
    assert short(sum_) == "47DEQpj8HBSa-_TImW-5"
    assert debug.input_of(digest) == 'go1compile "a"\n'
    with pytest.raises(FileNotFoundError):
        file_hash(str(tmp_path / "none"), debug.trace)
    assert out[-1] == f"HASH {tmp_path}/none: open {tmp_path}/none: no such file or directory\n"


def test_a_cache_that_cannot_be_listed(tmp_path, monkeypatch):
    """Its directories may be there all the same; go looks at each of them."""

    def refuse(path, mode=0):
        raise PermissionError(errno.EACCES, "", path)

    make_cache_dir(str(tmp_path))
    monkeypatch.setattr(os, "scandir", refuse)
    make_cache_dir(str(tmp_path))
    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(CacheError) as caught:
        make_cache_dir(str(tmp_path))
    problem = f"mkdir {tmp_path}/00: permission denied"
    assert str(caught.value) == f"failed to initialize build cache at {tmp_path}: {problem}"

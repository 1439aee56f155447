"""One module cache for both: what either command fetched, the other finds whole."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from gokiln.events import Recorder
from gokiln.golang.modpath import escape_path
from gokiln.modules.fetch.cachedir import remove_all
from gokiln.modules.fetch.fetcher import Fetcher
from gokiln.modules.fetch.settings import Settings
from gokiln.modules.version import ModVersion
from tests.compat import gocmd

pytestmark = pytest.mark.go
MOD = ModVersion("example.com/Greet", "v1.2.3")
FILES = {"go.mod": "module example.com/Greet\n\ngo 1.20\n", "greet.go": "package greet\n", "sub/x/a.txt": "a\n"}


@pytest.fixture
def proxy(tmp_path: Path) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in FILES.items():
            archive.writestr(f"{MOD.path}@{MOD.version}/{name}", text)
    at = tmp_path / "proxy" / escape_path(MOD.path) / "@v"
    at.mkdir(parents=True)
    (at / "v1.2.3.info").write_text('{"Version":"v1.2.3","Time":"2020-01-02T03:04:05Z"}')
    (at / "v1.2.3.mod").write_text(FILES["go.mod"])
    (at / "v1.2.3.zip").write_bytes(out.getvalue())
    (at / "list").write_text("v1.2.3\n")
    return (tmp_path / "proxy").as_uri()


def go(tmp_path: Path, cache: Path, proxy: str, *args: str) -> subprocess.CompletedProcess[str]:
    extra = {"GOMODCACHE": str(cache), "GOPROXY": proxy, "GONOSUMDB": "*", "GOPATH": str(tmp_path / "gopath")}
    env = gocmd.clean_env(tmp_path / "gocache", extra)
    return subprocess.run([*gocmd.go_command(), *args], cwd=tmp_path, env=env, capture_output=True, text=True)


def fetcher(cache: Path, proxy: str) -> Fetcher:
    settings = Settings(str(cache))
    settings.goproxy, settings.gonosumdb, settings.go_version = proxy, "*", "1.26.0"
    settings.gosumdb = "sum.example.org"
    settings.sink = Recorder()
    return Fetcher(settings)


def listing(root: Path) -> dict[str, tuple[int, bytes]]:
    found = {}
    for folder, dirs, names in os.walk(root):
        for name in dirs + names:
            path = Path(folder, name)
            found[str(path.relative_to(root))] = (path.stat().st_mode, b"" if path.is_dir() else path.read_bytes())
    return found


def fill(cache: Path, proxy: str) -> None:
    ours = fetcher(cache, proxy)
    ours.info_file(*MOD)
    ours.go_mod_data(MOD)
    ours.download(MOD)


def test_both_leave_the_same_files(tmp_path, proxy):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    assert go(tmp_path, theirs, proxy, "mod", "download", "example.com/Greet@v1.2.3").returncode == 0
    fill(ours, proxy)
    a, b = listing(theirs), listing(ours)
    a.pop("cache/lock", None)
    b.pop("cache/lock", None)
    assert a == b
    for cache in (theirs, ours):
        remove_all(str(cache))


def test_each_uses_what_the_other_fetched(tmp_path, proxy):
    cache = tmp_path / "mod"
    fill(cache, proxy)
    result = go(tmp_path, cache, "off", "mod", "download", "-x", "-json", "example.com/Greet@v1.2.3")
    assert result.returncode == 0, result.stderr
    remove_all(str(cache))
    assert go(tmp_path, cache, proxy, "mod", "download", "example.com/Greet@v1.2.3").returncode == 0
    assert fetcher(cache, "off").download(MOD) == str(cache / "example.com/!greet@v1.2.3")
    remove_all(str(cache))


@pytest.mark.parametrize("damage", ["missing", "prefix", "garbage", "go.mod"])
def test_errors_are_in_the_go_commands_words(tmp_path, proxy, damage):
    zip_file = tmp_path / "proxy/example.com/!greet/@v/v1.2.3.zip"
    if damage == "missing":
        zip_file.unlink()
    elif damage == "garbage":
        zip_file.write_bytes(b"no zip at all")
    else:
        with zipfile.ZipFile(zip_file, "a") as archive:
            archive.writestr("../evil" if damage == "prefix" else "example.com/Greet@v1.2.3/sub/go.mod", "x")
    theirs = go(tmp_path, tmp_path / "theirs", proxy, "mod", "download", "example.com/Greet@v1.2.3")
    assert theirs.returncode == 1
    ours = fetcher(tmp_path / "ours", proxy)
    with pytest.raises(Exception) as err:
        ours.download(MOD)
    said = "".join(e for e in [ours.settings.sink.text().partition("v1.2.3\n")[2], f"go: {err.value}\n"])
    assert said == theirs.stderr.replace("/theirs/", "/ours/")
    for cache in ("theirs", "ours"):
        remove_all(str(tmp_path / cache))


@pytest.mark.network
def test_public_proxy_and_checksum_database(tmp_path):
    root = gocmd.goroot()
    assert root is not None
    env_file = dict(line.split("=", 1) for line in (root / "go.env").read_text().splitlines() if "=" in line)
    settings = Settings(str(tmp_path / "mod"), goroot=str(root), environ=dict(os.environ))
    settings.goproxy, settings.gosumdb = env_file["GOPROXY"], env_file["GOSUMDB"]
    settings.sumdb_dir, settings.go_version = str(tmp_path / "sumdb"), "1.26.0"
    assert Path(Fetcher(settings).download(ModVersion("rsc.io/quote", "v1.5.2")), "quote.go").exists()
    assert (tmp_path / "sumdb" / env_file["GOSUMDB"] / "latest").exists()
    remove_all(str(tmp_path / "mod"))

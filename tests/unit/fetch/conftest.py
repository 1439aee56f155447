"""A module proxy with a checksum database on the loopback interface, both of which can be told to lie."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gokiln.events import Recorder
from gokiln.golang.dirhash import hash_go_mod, hash_zip
from gokiln.golang.modpath import escape_path, unescape_path, unescape_version
from gokiln.modules.fetch.fetcher import Fetcher
from gokiln.modules.fetch.http import HttpClient
from gokiln.modules.fetch.settings import Settings
from gokiln.modules.fetch.sumdb import tlog
from tests import sumdbserver


class FakeDb:
    """A checksum database: records by module@version, signed heads, tiles."""

    def __init__(self, name: str = "sum.example.org", seed: bytes = b"s" * 32) -> None:
        self.name = name
        self.signer = sumdbserver.Signer(name, seed)
        self.key = self.signer.key
        self.hashes: list[bytes] = []
        self.records: dict[str, int] = {}
        self.texts: list[bytes] = []

    def read(self, indexes: list[int]) -> list[bytes]:
        return [self.hashes[i] for i in indexes]

    def add(self, module: str, text: str) -> None:
        n = len(self.texts)
        self.hashes += sumdbserver.stored_hashes(n, text.encode(), self.read)
        self.texts.append(text.encode())
        self.records[module] = n

    def head(self) -> bytes:
        n = len(self.texts)
        return self.signer.sign(sumdbserver.format_tree(tlog.Tree(n, tlog.tree_hash(n, self.read))))

    def answer(self, path: str) -> bytes | None:
        if path == "/supported":
            return b""
        if path.startswith("/lookup/"):
            escaped, _, version = path.removeprefix("/lookup/").rpartition("@")
            module = f"{unescape_path(escaped)}@{unescape_version(version)}"
            n = self.records.get(module)
            return None if n is None else sumdbserver.format_record(n, self.texts[n]) + self.head()
        tile = sumdbserver.parse_tile_path(path.removeprefix("/"))
        if ((tile.n << tile.h) + tile.w) << (tile.h * tile.l) > len(self.texts):
            return None
        return sumdbserver.read_tile_data(tile, self.read)


class FakeProxy:
    """files: what is served, by path; change: may replace any answer; seen: (path, Authorization) of requests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.statuses: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.db = FakeDb()
        self.change: Callable[[str, bytes | None], bytes | None] = lambda path, data: data
        self.seen: list[tuple[str, str]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                from urllib.parse import unquote

                path = unquote(self.path)
                proxy.seen.append((path, self.headers.get("Authorization", "")))
                code, headers, data = proxy.answer(path)
                self.send_response(code)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        if self.statuses.get(path):
            return self.statuses[path].pop(0)
        prefix = f"/sumdb/{self.db.name}"
        data = self.db.answer(path.removeprefix(prefix)) if path.startswith(prefix) else self.files.get(path)
        data = self.change(path, data)
        if data is None:
            return 404, {"Content-Type": "text/plain; charset=utf-8"}, b"not found: no such file\n"
        return 200, {}, data

    def publish(self, tmp: Path, path: str, version: str, files: dict[str, str], raw_zip: bytes | None = None) -> None:
        """Serve a module and enter it into the database."""
        data = raw_zip or module_zip(path, version, files)
        at = f"/{escape_path(path)}/@v/"
        go_mod = files.get("go.mod", f"module {path}\n").encode()
        self.files[f"{at}{version}.info"] = f'{{"Version":"{version}","Time":"2020-01-02T03:04:05Z"}}'.encode()
        self.files[f"{at}{version}.mod"] = go_mod
        self.files[f"{at}{version}.zip"] = data
        self.files[f"{at}list"] = self.files.get(f"{at}list", b"") + f"{version}\n".encode()
        file = tmp / "hash.zip"
        file.write_bytes(data)
        self.db.add(
            f"{path}@{version}",
            f"{path} {version} {hash_zip(str(file))}\n{path} {version}/go.mod {hash_go_mod(go_mod)}\n",
        )


def module_zip(path: str, version: str, files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{path}@{version}/{name}", text)
    return out.getvalue()


@pytest.fixture
def proxy() -> Iterator[FakeProxy]:
    fake = FakeProxy()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture
def make_fetcher(tmp_path: Path, proxy: FakeProxy) -> Iterator[Callable[..., Fetcher]]:
    def make(**changes: object) -> Fetcher:
        settings = Settings(str(tmp_path / "mod"), environ={"HOME": str(tmp_path)})
        settings.goproxy = proxy.url
        settings.gosumdb = proxy.db.key
        settings.sumdb_dir = str(tmp_path / "sumdb")
        settings.go_version = "1.26.8"
        settings.sink = Recorder()
        for name, value in changes.items():
            setattr(settings, name, value)
        fetcher = Fetcher(settings)
        fetcher._parts.do("http", lambda: HttpClient(settings, sleep=lambda seconds: None))
        return fetcher

    yield make
    from gokiln.modules.fetch.cachedir import remove_all

    remove_all(str(tmp_path / "mod"))

"""Module commands that are killed in the middle: the files are the old or the new ones, and a second run ends well.

The moment is not left to chance: the proxy that the command asks kills it at a given request.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.compat import gocmd
from tests.compat.modules_as_go import snapshot
from tests.compat.proxy import Proxy, write_tree

pytestmark = pytest.mark.skipif(
    gocmd.goroot() is None or os.name == "nt", reason="needs a Go toolchain and signals that end a process"
)

CHAIN = 6
GO_MOD = "module example.com/m\n\ngo 1.21\n\nrequire example.com/k0 v1.0.0\n"
FILES = {"go.mod": GO_MOD, "m.go": 'package m\n\nimport _ "example.com/k0"\n'}


class Killer(ThreadingHTTPServer):
    """Serves a proxy's tree; at request `at`, counted from 0, kills `victim` with `signal` instead of answering."""

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root = root
        self.at = -1
        self.count = 0
        self.signal = signal.SIGKILL
        self.victim: subprocess.Popen[bytes] | None = None
        self.counting = threading.Lock()

    def is_the_one(self) -> bool:
        """Count a request; whether it is the last that the victim makes."""
        with self.counting:
            self.count += 1
            return self.count - 1 == self.at


class _Handler(BaseHTTPRequestHandler):
    server: Killer

    def do_GET(self) -> None:
        if self.server.is_the_one():
            while self.server.victim is None:
                pass  # it asks before Popen has returned
            os.kill(self.server.victim.pid, self.server.signal)
            self.server.victim.wait()
            return
        path = self.server.root / self.path.lstrip("/")
        found = path.is_file()
        data = path.read_bytes() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Killer]:
    """A proxy of a chain of modules, each needing the next, in two versions."""
    proxy = Proxy(tmp_path / "proxy")
    for version in ("v1.0.0", "v1.1.0"):
        for i in range(CHAIN):
            more = i + 1 < CHAIN
            text = f"module example.com/k{i}\n\ngo 1.21\n" + (
                f"\nrequire example.com/k{i + 1} {version}\n" if more else ""
            )
            source = "package k\n" + (f'\nimport _ "example.com/k{i + 1}"\n' if more else "")
            proxy.add(f"example.com/k{i}@{version}", {"go.mod": text, "k.go": source})
    server = Killer(proxy.root)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("args", [["mod", "tidy"], ["get", "-u", "./..."], ["mod", "vendor"]], ids=" ".join)
def test_a_killed_command_leaves_whole_files(
    tmp_path: Path, killer: Killer, args: list[str], number: signal.Signals
) -> None:
    proxy = f"http://127.0.0.1:{killer.server_port}"
    killer.signal = number

    def run(place: Path, cache: str, at: int = -1) -> int:
        extra = {"GOPROXY": proxy, "GOSUMDB": "off", "GOFLAGS": "-modcacherw", "GOMODCACHE": str(tmp_path / cache)}
        env = {**gocmd.clean_env(tmp_path / "cache", extra), "PWD": str(place), "NO_PROXY": "*"}
        killer.at, killer.count, killer.victim = at, 0, None
        quiet = subprocess.DEVNULL
        killer.victim = subprocess.Popen(
            [*gocmd.gokiln_command(), *args], cwd=place, env=env, stdout=quiet, stderr=quiet
        )
        return killer.victim.wait()

    def start(name: str) -> Path:
        write_tree(tmp_path / name, FILES)
        if args != ["mod", "tidy"]:
            write_tree(tmp_path / name, {"go.mod": tidied, "go.sum": sums})
        return tmp_path / name

    args, wanted = ["mod", "tidy"], args
    tidied = sums = ""
    first = start("tidied")
    assert run(first, "mod-tidied") == 0
    tidied, sums = (first / "go.mod").read_text(), (first / "go.sum").read_text()
    args = wanted
    whole = start("whole")
    old = snapshot(whole)
    assert run(whole, "mod-whole") == 0
    requests = killer.count
    new = snapshot(whole)
    assert requests > 3
    for at in sorted({0, requests // 3, requests * 2 // 3, requests - 1}):
        place = start(f"cut-{at}")
        assert run(place, f"mod-{at}", at) == -number, at
        for name, data in snapshot(place).items():
            assert data in (old.get(name), new.get(name)), (at, name)
        assert run(place, f"mod-{at}") == 0
        assert snapshot(place) == new

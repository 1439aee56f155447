"""Mercurial, Subversion, Fossil and Bazaar beside the go command's: stamps, and modules from real servers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gokiln.modules.fetch.cachedir import remove_all
from tests.compat import gocmd
from tests.gitserver import HOST, GitServer

pytestmark = pytest.mark.go

FILES = {"sub/s.go": "package sub\n", "LICENSE": "free\n"}
# What makes a repository of the working directory, records its files, calls that v1.0.0, records a change; and what
# serves it. $UP is the directory above, $PORT a free port.
MADE = {
    "hg": (["hg init"], ["hg add -q", "hg commit -q -m one"], ["hg tag v1.0.0"], ["hg commit -q -m two"]),
    "svn": (
        ["svnadmin create $UP/repo", "svn checkout -q file://$UP/repo ."],
        ["svn add -q go.mod m.go sub LICENSE", "svn commit -q -m one", "svn update -q"],
        [],
        ["svn commit -q -m two"],
    ),
    "fossil": (
        ["fossil init $UP/repo.fossil", "fossil open -f $UP/repo.fossil"],
        ["fossil add .", "fossil commit --user-override a -m one --no-warnings"],
        ["fossil tag add v1.0.0 tip"],
        ["fossil commit --user-override a -m two --no-warnings"],
    ),
    "bzr": (
        ["bzr init -q", "bzr whoami --branch a@example.test"],
        ["bzr add -q", "bzr commit -q -m one"],
        ["bzr tag -q v1.0.0"],
        ["bzr commit -q -m two"],
    ),
}
SERVED = {
    "hg": ("hg serve -a 127.0.0.1 -p $PORT", "http://127.0.0.1:$PORT/"),
    "svn": (
        "svnserve -d --foreground -r $UP/repo --listen-host 127.0.0.1 --listen-port $PORT",
        "svn://127.0.0.1:$PORT/",
    ),
    "fossil": ("fossil server --localhost --port $PORT $UP/repo.fossil", "http://127.0.0.1:$PORT/"),
    "bzr": (f"{sys.executable} -m http.server --bind 127.0.0.1 $PORT", "http://127.0.0.1:$PORT/"),
}


class Repository:
    """A module under version control, in a directory of its own. vcs: the command."""

    def __init__(self, vcs: str, up: Path) -> None:
        if shutil.which(vcs) is None:
            pytest.skip(f"no {vcs}")
        self.vcs = vcs
        self.up = up
        self.where = up / "work"
        self.where.mkdir()
        self.env = {**os.environ, "HOME": str(up), "USER": "a", "HGUSER": "a <a@example.test>", "UP": str(up)}
        self.step(0)
        (self.where / "go.mod").write_text(f"module {HOST}/m\n\ngo 1.20\n")
        (self.where / "m.go").write_text("package main\n\nfunc main() {}\n")
        for name, text in FILES.items():
            (self.where / name).parent.mkdir(exist_ok=True)
            (self.where / name).write_text(text)

    def step(self, number: int) -> None:
        for line in MADE[self.vcs][number]:
            subprocess.run(["sh", "-c", line], cwd=self.where, env=self.env, check=True, capture_output=True)

    def serve(self) -> tuple[subprocess.Popen[bytes], str]:
        """A server, ready to answer, and the URL of the repository."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        command, url = (text.replace("$PORT", port).replace("$UP", str(self.up)) for text in SERVED[self.vcs])
        quiet = subprocess.DEVNULL
        server = subprocess.Popen(command.split(), cwd=self.where, env=self.env, stdout=quiet, stderr=quiet)
        while server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", int(port))).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        return server, url


@pytest.fixture(scope="module")
def gocache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gocache")


@pytest.fixture(params=["hg", "svn", "fossil", "bzr"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    return Repository(request.param, tmp_path)


def test_stamps(repository: Repository, gocache: Path, tmp_path: Path) -> None:
    """Programs are the same from files not yet recorded, recorded ones, a tag, a change to it, and that recorded."""
    env = gocmd.clean_env(gocache, {"HOME": str(tmp_path), "USER": "a"})
    stamps = []
    for number in (None, 1, 2, None, 3):
        if number is not None:
            repository.step(number)
        elif stamps:
            with (repository.where / "m.go").open("a") as file:
                file.write("\nconst Change = 1\n")
        programs = []
        for name, command in (("go", gocmd.go_command()), ("us", gocmd.gokiln_command())):
            done = gocmd.run(command, ["build", "-o", str(tmp_path / f"program-{name}"), "."], repository.where, env)
            assert done.returncode == 0, done.stderr
            programs.append((tmp_path / f"program-{name}").read_bytes())
        assert programs[1] == programs[0]
        shown = gocmd.run(gocmd.go_command(), ["version", "-m", str(tmp_path / "program-us")], tmp_path, env).stdout
        stamps.append([line for line in shown.decode().splitlines() if "vcs" in line])
    assert any("vcs.modified=false" in line for line in stamps[1])
    assert len({str(stamp) for stamp in stamps}) >= 3


@pytest.fixture
def pages(repository: Repository, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A server of the repository and one of the page that leads to it; variables that let go ask them."""
    for number in (1, 2):
        repository.step(number)
    with (repository.where / "m.go").open("a") as file:
        file.write("\nconst Change = 1\n")
    repository.step(3)
    server, url = repository.serve()
    web = GitServer(tmp_path)
    web.pages["/m"] = f'<html><head><meta name="go-import" content="{HOST}/m {repository.vcs} {url}"></head></html>'
    try:
        yield {**web.environ(), "GOVCS": "*:all", "HOME": str(tmp_path), "USER": "a"}
    finally:
        web.close()
        server.kill()
        server.wait()


def test_modules(repository: Repository, pages: dict[str, str], gocache: Path, tmp_path: Path) -> None:
    """Versions, revisions, trees and sums of a module that comes straight from its repository."""
    work = tmp_path / "user"
    work.mkdir()
    lines = [["list", "-m", "-versions", f"{HOST}/m"]]
    for query in ("latest", "v1.0.0", "tip", "trunk", "1", "2", "absent", "v9.9.9"):
        lines.append(["mod", "download", "-json", f"{HOST}/m@{query}"])
    lines += [["get", f"{HOST}/m/sub"], ["get", f"{HOST}/m@v1.0.0"], ["get", f"{HOST}/m/none"], ["mod", "tidy"]]
    try:
        for args in lines:
            answers = []
            for which, command in (("go", gocmd.go_command()), ("us", gocmd.gokiln_command())):
                modules = str(tmp_path / f"mod-{which}")
                (work / "go.mod").write_text("module example.com/user\n\ngo 1.20\n")
                (work / "go.sum").unlink(missing_ok=True)
                env = gocmd.clean_env(gocache, {**pages, "GOMODCACHE": modules})
                done = gocmd.run(command, args, work, env)
                text, said = (out.decode().replace(modules, "mod") for out in (done.stdout, done.stderr))
                files = [path.read_text() for path in sorted(work.iterdir())]
                answers.append((done.returncode, json.loads(text) if "-json" in args and text else text, said, files))
            assert answers[1] == answers[0], args
    finally:
        for which in ("go", "us"):
            remove_all(str(tmp_path / f"mod-{which}"))

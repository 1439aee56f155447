"""What `get` and `mod why -graph` show beyond the go command's words: on a terminal, or where it was asked for."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.proxy import Proxy, write_tree

pytestmark = pytest.mark.skipif(
    gocmd.goroot() is None or not hasattr(os, "openpty"), reason="needs a Go toolchain and pseudo-terminals"
)

TABLE = "  + example.com/a       -  v1.0.0\n  ↑ example.com/b  v1.0.0  v1.1.0  minor\n"
TOLD = "go: added example.com/a v1.0.0\ngo: upgraded example.com/b v1.0.0 => v1.1.0\n"


@pytest.fixture
def module(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """(a module that requires example.com/b, the environment with a proxy of example.com/a and two versions of b)."""
    proxy = Proxy(tmp_path / "proxy")
    for version in ("v1.0.0", "v1.1.0"):
        proxy.add(f"example.com/b@{version}", {"b.go": "package b\n"})
    requires_b = "module example.com/a\n\ngo 1.21\n\nrequire example.com/b v1.1.0\n"
    proxy.add("example.com/a@v1.0.0", {"go.mod": requires_b, "a.go": 'package a\n\nimport _ "example.com/b"\n'})
    root = tmp_path / "m"
    go_mod = "module example.com/m\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n"
    source = 'package m\n\nimport (\n\t_ "example.com/a"\n\t_ "example.com/b"\n)\n'
    write_tree(root, {"go.mod": go_mod, "m.go": source})
    extra = {"GOPROXY": proxy.url, "GOSUMDB": "off", "GOFLAGS": "-modcacherw", "GOMODCACHE": str(tmp_path / "mod")}
    return root, gocmd.clean_env(tmp_path / "cache", extra)


def on_terminal(args: list[str], root: Path, env: dict[str, str]) -> str:
    """Everything written to a terminal, with plain line ends."""
    ours, theirs = os.openpty()
    where = {**env, "PWD": str(root), "TERM": "dumb"}
    process = subprocess.Popen(
        [*gocmd.gokiln_command(), *args], cwd=root, env=where, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # the last writer has gone
            piece = b""
        if not piece:
            break
        seen += piece
    os.close(ours)
    assert process.wait() == 0, seen.decode()
    return seen.decode().replace("\r\n", "\n")


def test_a_terminal_gets_a_table_after_the_go_commands_lines(module: tuple[Path, dict[str, str]]) -> None:
    assert on_terminal(["get", "example.com/a"], *module).endswith(TOLD + TABLE)


def test_one_change_needs_no_table(module: tuple[Path, dict[str, str]]) -> None:
    shown = on_terminal(["get", "example.com/b@v1.1.0"], *module)
    assert shown.endswith("go: upgraded example.com/b v1.0.0 => v1.1.0\n")


def test_a_pipe_gets_the_go_commands_lines_alone(module: tuple[Path, dict[str, str]]) -> None:
    done = gocmd.run(gocmd.gokiln_command(), ["get", "example.com/a"], *module)
    assert done.returncode == 0
    assert done.stderr.decode().endswith(TOLD)
    assert done.stdout == b""


def test_why_draws_the_chain_with_modules(module: tuple[Path, dict[str, str]]) -> None:
    root, env = module
    (root / "m.go").write_text('package m\n\nimport _ "example.com/a"\n')
    assert gocmd.run(gocmd.gokiln_command(), ["get", "example.com/a"], root, env).returncode == 0
    done = gocmd.run(gocmd.gokiln_command(), ["mod", "why", "-graph", "example.com/b", "fmt"], root, env)
    assert done.stdout.decode() == (
        "# example.com/b\n"
        "example.com/m  [example.com/m]\n"
        "└─ example.com/a  [example.com/a@v1.0.0]\n"
        "   └─ example.com/b  [example.com/b@v1.1.0]\n"
        "\n"
        "# fmt\n"
        "(main module does not need package fmt)\n"
    )


def test_a_go_version_below_what_a_module_wants_is_refused(module: tuple[Path, dict[str, str]]) -> None:
    """With -go=1.16 the go command panics ("missing go root module"); gokiln says what it says for 1.17."""
    root, env = module
    (root / "go.mod").write_text("module example.com/m\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n")
    before = (root / "go.mod").read_bytes()
    for flags in (["-go=1.16"], ["-go=1.16", "-e"], ["-go=1.17"]):
        done = gocmd.run(gocmd.gokiln_command(), ["mod", "tidy", *flags], root, env)
        # The first that asks for the Go version of the main module.
        assert b"example.com/a@v1.0.0 requires go@1.21, but " + flags[0][4:].encode() in done.stderr
        if flags != ["-go=1.17"]:
            assert done.returncode == 1
        assert (root / "go.mod").read_bytes() == before


def test_upgrades_of_all_raise_an_old_go_line(tmp_path: Path) -> None:
    """The go command panics ("missing go root module") when go.mod says less than 1.17 and a module wants more."""
    proxy = Proxy(tmp_path / "proxy")
    proxy.add("example.com/a@v1.0.0", {"a.go": "package a\n"})
    new = "module example.com/a\n\ngo 1.22.0\n\nrequire example.com/b v1.0.0\n"
    proxy.add("example.com/a@v1.1.0", {"go.mod": new, "a.go": 'package a\n\nimport _ "example.com/b"\n'})
    proxy.add("example.com/b@v1.0.0", {"b.go": "package b\n"})
    root = tmp_path / "m"
    extra = {"GOPROXY": proxy.url, "GOSUMDB": "off", "GOFLAGS": "-modcacherw", "GOMODCACHE": str(tmp_path / "mod")}
    env = gocmd.clean_env(tmp_path / "cache", extra)
    said = {}
    for patterns in ("all", "./..."):
        go_mod = "module example.com/m\n\ngo 1.12\n\nrequire example.com/a v1.0.0\n"
        write_tree(root, {"go.mod": go_mod, "m.go": 'package m\n\nimport _ "example.com/a"\n'})
        done = gocmd.run(gocmd.gokiln_command(), ["get", "-u", patterns], root, env)
        assert done.returncode == 0, done.stderr
        told = [line for line in done.stderr.decode().splitlines() if "downloading" not in line]
        said[patterns] = (told, (root / "go.mod").read_text())
    assert said["all"] == said["./..."]
    assert said["all"][0][0] == "go: upgraded go 1.12 => 1.22.0"

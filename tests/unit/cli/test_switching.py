"""Toolchain switches in one process, with toolchains that are nothing but a VERSION file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.cli.invocation import Invocation, Memory
from gokiln.cli.main import _run_switching
from gokiln.cli.switching import _find_version_arg, switch
from gokiln.config.envlayers import SWITCH_COUNT, SWITCH_VERSION
from gokiln.errors import GokilnError
from gokiln.golang.gover import TooNewError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="makes links and execute bits")


class World:
    """A directory with toolchains go1.30.0 (the local one) and go1.30.2, go1.31.1, go1.32rc1 on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"HOME": str(folder), "PATH": str(folder / "bin"), "GOENV": "off", "GOPROXY": "off"}
        (folder / "bin").mkdir()
        (folder / "work").mkdir()
        for version in ("go1.30.0", "go1.30.2", "go1.31.1", "go1.32rc1"):
            root = folder / version
            (root / "pkg" / "tool" / "linux_amd64").mkdir(parents=True)
            (root / "bin").mkdir()
            (root / "bin" / "go").write_text("")
            (root / "bin" / "go").chmod(0o755)
            (root / "VERSION").write_text(version + "\n")
            (root / "go.env").write_text("GOTOOLCHAIN=path\n")
            if version != "go1.30.0":
                (folder / "bin" / version).symlink_to(root / "bin" / "go")
        self.environ["GOROOT"] = str(folder / "go1.30.0")

    def call(self, name: str, *args: str, **environ: str) -> Invocation:
        """One invocation in the working directory."""
        return Invocation(
            "gokiln",
            list(args),
            self.environ | environ,
            str(self.folder / "work"),
            Memory(),
            Memory(),
            cmd_name=name,
            raw_args=[name, *args],
        )

    def version(self, **environ: str) -> str:
        """What `version` says, or the error."""
        inv = self.call("version", **environ)
        try:
            _run_switching("version", inv, [])
        except GokilnError as err:
            return str(err)
        assert isinstance(inv.stdout, Memory) and isinstance(inv.stderr, Memory)
        inv.stdout.flush()
        return inv.stderr.text + " ".join(inv.stdout.text.split()[2:3])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_names_and_lines_choose(world: World) -> None:
    assert world.version() == "go1.30.0"
    assert world.version(GOTOOLCHAIN="go1.31.1") == "go1.31.1"
    assert world.version(GOTOOLCHAIN="go1.30.2+path") == "go1.30.2"
    go_mod = world.folder / "work" / "go.mod"
    go_mod.write_text("module m\ngo 1.30.2\n")
    assert world.version() == "go1.30.2"
    assert world.version(GOTOOLCHAIN="local") == "go1.30.0"
    go_mod.write_text("module m\ngo 1.30.1\ntoolchain go1.31.1\n")
    assert world.version() == "go1.31.1"
    go_mod.write_text("module m\ngo 1.30.1\n")
    assert world.version() == 'cannot find "go1.30.1" in PATH'


def test_trace_and_depth(world: World) -> None:
    exe = world.folder / "bin" / "go1.31.1"
    assert world.version(GOTOOLCHAIN="go1.31.1", GODEBUG="toolchaintrace=1") == (
        "go: default toolchain set to go1.31.1 from GOTOOLCHAIN=go1.31.1\n"
        f"go: using go1.31.1 toolchain located in system PATH ({exe})\n"
        "go1.31.1"
    )
    assert world.version(GOTOOLCHAIN="go1.31.1", **{SWITCH_COUNT: "95"}) == (
        "go: switching from go1.30.0 to go1.31.1 [depth 95]\ngo1.31.1"
    )
    assert world.version(GOTOOLCHAIN="go1.31.1", **{SWITCH_COUNT: "100"}) == "too many toolchain switches"


def test_a_toolchain_that_was_started_as_another_one_says_so(world: World) -> None:
    assert world.version(**{SWITCH_VERSION: "go1.30.0"}, GOTOOLCHAIN="go1.31.1") == "go1.30.0"
    text = "toolchain go1.30.0 invoked to provide go1.31.1"
    assert world.version(**{SWITCH_VERSION: "go1.31.1"}, GOTOOLCHAIN="go1.31.1") == text


def test_programs_see_nothing_of_a_goroot_from_path(world: World) -> None:
    inv = world.call("env", GOTOOLCHAIN="go1.31.1")
    _run_switching("env", inv, ["GOROOT"])
    assert isinstance(inv.stdout, Memory)
    inv.stdout.flush()
    assert inv.stdout.text.strip() == str(world.folder / "go1.31.1")
    assert "GOROOT" not in inv.environ


def test_what_a_module_asks_for_is_followed_by_some_commands(world: World) -> None:
    err = TooNewError("m@v1.0.0", "1.30.1", "1.30.0")
    inv = world.call("get")
    switch(inv, "get", err)
    assert isinstance(inv.stderr, Memory)
    inv.stderr.flush()
    assert inv.stderr.text == "go: m@v1.0.0 requires go >= 1.30.1; switching to go1.30.2\n"
    assert inv.environ[SWITCH_VERSION] == "go1.30.2"
    with pytest.raises(TooNewError):
        switch(world.call("build"), "build", err)
    with pytest.raises(TooNewError):
        switch(world.call("get", GOTOOLCHAIN="local"), "get", err)
    with pytest.raises(GokilnError) as caught:
        switch(world.call("get"), "get", TooNewError("m@v1.0.0", "1.40", "1.30.0"))
    assert str(caught.value).endswith("\ngo: switching to go >= 1.40: no releases found for go >= 1.40")
    err.own = True
    with pytest.raises(TooNewError):
        switch(world.call("get"), "get", err)


@pytest.mark.parametrize(
    ("name", "args", "package", "writable"),
    [
        ("run", ["a@v1", "-x"], "a@v1", None),
        ("run", ["-exec", "b@v1", "a@v1"], "a@v1", None),
        ("run", ["-v", "-tags=x", "-modcacherw", "a@v1"], "a@v1", True),
        ("run", ["-modcacherw=0", "--", "a@v1"], "a@v1", False),
        ("run", ["-modcacherw=maybe", "a@v1"], "", None),
        ("run", ["-newflag", "a@v1"], "", None),
        ("install", ["-newflag", "x", "a@v1"], "a@v1", None),
        ("install", ["-newflag", "-modcacherw", "a@v1"], "a@v1", True),
    ],
)
def test_finding_the_argument(world: World, name: str, args: list[str], package: str, writable: bool | None) -> None:
    assert _find_version_arg(world.call(name, *args), name, 27) == (package, writable)


def test_install_knows_the_flags_of_run_until_1_26(world: World) -> None:
    call = world.call("install", "-exec", "x", "-modcacherw", "a@v1")
    assert _find_version_arg(call, "install", 26) == ("a@v1", True)
    call = world.call("install", "-exec", "x", "-modcacherw", "a@v1")
    assert _find_version_arg(call, "install", 27) == ("a@v1", True)
    call = world.call("install", "-exec", "a@v1")
    assert _find_version_arg(call, "install", 26) == ("", None)
    call = world.call("install", "-exec", "a@v1")
    assert _find_version_arg(call, "install", 27) == ("a@v1", None)

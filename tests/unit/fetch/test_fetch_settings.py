"""Settings of fetching, taken from a command's configuration."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.config.buildflags import BuildFlags
from gokiln.config.config import Config
from gokiln.config.environ import GoEnv
from gokiln.config.target import Target
from gokiln.modules.fetch.settings import Settings


def settings(root: Path, environ: dict[str, str]) -> Settings:
    """Those of a command with these variables and an empty GOROOT of go1.26.8 with Go's own defaults."""
    (root / "pkg" / "tool").mkdir(parents=True)
    (root / "VERSION").write_text("go1.26.8\n")
    (root / "go.env").write_text("GOPROXY=https://proxy.golang.org,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n")
    env = GoEnv({**environ, "GOROOT": str(root), "GOENV": "off"}, "", "/")
    target = Target.__new__(Target)
    target.compiler = "gc"
    return Settings.from_config(Config(env, BuildFlags("/", {}), target, "mod tidy"))


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"HOME": "/home/u"}, "/home/u/go/pkg/sumdb"),
        ({"HOME": "/home/u", "GOPATH": "/a:/b"}, "/a/pkg/sumdb"),
        ({}, ""),
    ],
)
def test_sumdb_dir_is_in_the_first_gopath_default_included(
    environ: dict[str, str], wanted: str, tmp_path: Path
) -> None:
    assert settings(tmp_path, environ).sumdb_dir == wanted


def test_defaults_are_those_of_goroot(tmp_path: Path) -> None:
    s = settings(tmp_path, {"HOME": "/home/u"})
    assert (s.goproxy, s.gosumdb) == ("https://proxy.golang.org,direct", "sum.golang.org")
    assert (s.gonoproxy, s.gonosumdb, s.goprivate, s.goinsecure, s.govcs) == ("", "", "", "", "")
    assert (s.goauth, s.go_version, s.gotoolchain, s.cmd_name) == ("netrc", "1.26.8", "auto", "mod tidy")
    assert s.gomodcache == "/home/u/go/pkg/mod" and s.known_trees.endswith(f"{os.sep}trees")


def test_private_modules_go_neither_to_a_proxy_nor_to_the_database(tmp_path: Path) -> None:
    s = settings(tmp_path / "a", {"HOME": "/h", "GOPRIVATE": "corp.example"})
    assert s.goprivate == s.gonoproxy == s.gonosumdb == "corp.example"
    s = settings(tmp_path / "b", {"HOME": "/h", "GOPRIVATE": "corp.example", "GONOPROXY": "a.b", "GONOSUMDB": "c.d"})
    assert (s.goprivate, s.gonoproxy, s.gonosumdb) == ("corp.example", "a.b", "c.d")


def test_each_variable_has_its_place(tmp_path: Path) -> None:
    names = ["GOPROXY", "GOSUMDB", "GOINSECURE", "GOVCS", "GOAUTH", "GOTOOLCHAIN"]
    s = settings(tmp_path, {"HOME": "/h", **{name: f"value-of-{name.lower()}" for name in names}})
    assert [getattr(s, name.lower()) for name in names] == [f"value-of-{name.lower()}" for name in names]


def test_without_a_home_nothing_is_remembered(tmp_path: Path) -> None:
    assert settings(tmp_path, {}).known_trees == ""

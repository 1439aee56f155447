"""Settings of fetching, taken from a command's configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from gokiln.config.config import Config
from gokiln.modules.fetch.settings import Settings


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
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.environ import GoEnv
    from gokiln.config.target import Target

    root = tmp_path / "goroot"
    (root / "pkg" / "tool").mkdir(parents=True)
    (root / "VERSION").write_text("go1.26.8\n")
    env = GoEnv({**environ, "GOROOT": str(root), "GOENV": "off"}, "", "/")
    target = Target.__new__(Target)
    target.compiler = "gc"
    config = Config(env, BuildFlags("/", {}), target, "build")
    assert Settings.from_config(config).sumdb_dir == wanted

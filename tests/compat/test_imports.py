"""What a build with nothing to do loads: importing is part of the cost, so the list is held here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat import gocmd

pytestmark = pytest.mark.go

# Each of these takes longer to import than a tenth of the whole no-op build may take.
HEAVY = frozenset(
    "typing dataclasses asyncio subprocess tempfile json argparse urllib http ssl email logging inspect pathlib "
    "concurrent sqlite3 shutil zipfile rich urllib3 cryptography datetime decimal glob fnmatch socket selectors "
    "queue random traceback tokenize ast dis textwrap".split()
)
LAUNCH = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from gokiln.cli.main import main
status = main(sys.argv)
assert not status, status
print("\\n".join(sorted(sys.modules)))
"""


def test_a_build_with_nothing_to_do_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.25\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    env = {**gocmd.clean_env(tmp_path / "cache"), "PWD": str(tmp_path)}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", LAUNCH, str(gocmd.SRC), "build", "-o", "out"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    ours = {name for name in loaded if name.split(".")[0] == "gokiln"}
    assert not loaded & HEAVY
    assert len(ours) < 200, sorted(ours)
    for room in (
        "gotest",
        "packages.gopath",
        "terminal.live",
        "modules.fetch.http",
        "modules.fetch.sumdb",
        "golang.template",
    ):
        assert not any(name.startswith("gokiln." + room) for name in ours), room

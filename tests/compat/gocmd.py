"""Running the real go command and gokiln side by side, each in an environment that a test sets itself.

Only tests and benches use this: the program never runs the go command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"


def goroot() -> Path | None:
    """The GOROOT to compare with: $GOKILN_TEST_GOROOT, else that of the go on PATH; None without one."""
    named = os.environ.get("GOKILN_TEST_GOROOT")
    if named:
        return Path(named)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        candidate = Path(folder) / "go"
        if candidate.is_file():
            root = candidate.resolve().parent.parent
            if (root / "VERSION").is_file() and (root / "pkg" / "tool").is_dir():
                return root
    return None


def minor() -> int:
    """The release compared with: 26 for go1.26.8."""
    from gokiln.config.release import minor_version

    root = goroot()
    assert root is not None
    return minor_version((root / "VERSION").read_text().split()[0])


def clean_env(gocache: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process's environment without anything that steers Go, a cache of its own, and `extra` on top."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GO", "CGO_")) or k in ("GOMODCACHE", "GOPATH")}
    root = goroot()
    env.update(
        GOFLAGS="",
        GOENV="off",
        GOTOOLCHAIN="local",
        GOTELEMETRY="off",
        GOCACHE=str(gocache),
        GOKILNCACHE=str(gocache) + ".gokiln",
    )
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    if root is not None:
        env["GOROOT"] = str(root)
    env.update(extra or {})
    return env


def go_command() -> list[str]:
    """argv of the real go command."""
    root = goroot()
    assert root is not None
    return [str(root / "bin" / "go")]


def gokiln_command() -> list[str]:
    """argv of gokiln: $GOKILN_TEST_COMMAND (a path), else the package of this checkout."""
    named = os.environ.get("GOKILN_TEST_COMMAND")
    if named:
        return [named]
    launcher = "import sys; sys.path.insert(0, sys.argv.pop(1)); from gokiln.__main__ import main; sys.exit(main())"
    return [sys.executable, "-c", launcher, str(SRC)]


def run(
    command: Sequence[str], args: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float = 1800
) -> subprocess.CompletedProcess[bytes]:
    """Run to the end; stdout and stderr apart, as bytes."""
    where = {**env, "PWD": str(cwd)}
    return subprocess.run(
        [*command, *args], cwd=cwd, env=where, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout
    )


def have_gcc() -> bool:
    """Whether cgo programs can be built here."""
    return shutil.which("gcc") is not None

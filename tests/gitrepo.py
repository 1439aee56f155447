"""Small git repositories for tests, the same bytes and hashes at every run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

HAVE_GIT = shutil.which("git") is not None


class GitRepoMaker:
    """A work tree. Every commit gets its own date, a day after the last, from 2020-01-01 on."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.commits = 0
        directory.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str) -> str:
        """Run git; its standard output without the last line end."""
        when = f"2020-01-{self.commits + 1:02d}T00:00:00Z"
        who = {f"GIT_{role}_{what}": "t@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", *args],
            cwd=self.directory,
            env=os.environ | who | dates | quiet,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.rstrip("\n")

    def commit(self, files: dict[str, str], *tags: str) -> str:
        """Write files, commit everything, tag it; the hash."""
        for name, text in files.items():
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"commit {self.commits + 1}")
        for tag in tags:
            self.git("tag", tag)
        self.commits += 1
        return self.git("rev-parse", "HEAD")

    def bare(self, target: Path) -> Path:
        """A bare copy, as a server has it."""
        self.git("clone", "-q", "--bare", ".", str(target))
        return target

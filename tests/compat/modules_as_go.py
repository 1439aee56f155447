"""One command by go, the same by gokiln in the same directory as it was before: what each said and left behind."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.compat import gocmd

Tree = dict[str, bytes]


def snapshot(root: Path) -> Tree:
    """The files below a directory, empty directories left out."""
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def restore(root: Path, tree: Tree) -> None:
    """Make the directory hold exactly these files."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for name, data in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


class Pair:
    """go and gokiln with a module cache each, over one GOPROXY."""

    def __init__(self, tmp: Path, proxy: str, extra: Mapping[str, str] | None = None) -> None:
        # Of one length: which of a full and a relative path is shorter must not hang on the name.
        self.caches = {"go": tmp / "mod-of-theirs", "gokiln": tmp / "mod-of-gokiln"}
        self.envs = {}
        for name, cache in self.caches.items():
            env = {"GOPROXY": proxy, "GONOSUMDB": "*", "GOSUMDB": "off", "GOMODCACHE": str(cache), **(extra or {})}
            env["GOFLAGS"] = "-modcacherw"
            self.envs[name] = gocmd.clean_env(tmp / f"{name}-cache", env)
        self.commands = {"go": gocmd.go_command(), "gokiln": gocmd.gokiln_command()}

    def run(
        self, name: str, args: Sequence[str], root: Path, sub: str = "", env: Mapping[str, str] | None = None
    ) -> tuple[int, str, list[str]]:
        """(exit status, stdout, lines of stderr in comparable form). env: variables of this run alone."""
        done = gocmd.run(self.commands[name], args, root / sub, {**self.envs[name], **(env or {})}, timeout=30)
        cache = self.caches[name].name
        stdout = done.stdout.decode().replace(cache, "$MOD")
        return done.returncode, stdout, comparable(done.stderr.decode().replace(cache, "$MOD"))

    def difference(self, args: Sequence[str], root: Path, sub: str = "", env: Mapping[str, str] | None = None) -> str:
        """What differs when both do the same; "" for nothing. The directory is left as go leaves it."""
        before = snapshot(root)
        try:
            said_go = self.run("go", args, root, sub, env)
        except subprocess.TimeoutExpired:
            said_go = (2, "", ["panic: hangs"])
        after_go = snapshot(root)
        if any(line.startswith("panic: ") for line in said_go[2]):
            # go knows no way out (there are requests that it never ends on): gokiln has to fail and change nothing.
            restore(root, before)
            failed = self.run("gokiln", args, root, sub, env)[0] != 0 and snapshot(root) == before
            restore(root, before)
            return "" if failed else f"go {' '.join(args)} crashes, gokiln does not fail"
        restore(root, before)
        said_kiln = self.run("gokiln", args, root, sub, env)
        after_kiln = snapshot(root)
        report = []
        for what, theirs, ours in zip(("exit", "stdout", "stderr"), said_go, said_kiln, strict=True):
            if theirs != ours:
                report.append(f"{what}:\n  go:     {theirs}\n  gokiln: {ours}")
        for name in sorted({*after_go, *after_kiln}):
            if after_go.get(name) != after_kiln.get(name):
                report.append(f"{name}:\n  go:     {_show(after_go, name)}\n  gokiln: {_show(after_kiln, name)}")
        if report:
            at = f"{sub}/go.mod" if sub else "go.mod"
            said = [*(f"{k}={v}" for k, v in (env or {}).items()), "go", *args]
            report.insert(0, f"{' '.join(said)}; before:\n{before.get(at, b'').decode()}")
            restore(root, after_go)
        return "\n".join(report)


def _show(tree: Tree, name: str) -> str:
    data = tree.get(name)
    return "(none)" if data is None else data.decode("utf-8", "replace")


def comparable(stderr: str) -> list[str]:
    """Lines without those of downloads, which run at once; what is looked up at once is sorted."""
    lines = [line for line in stderr.splitlines() if not line.startswith("go: downloading ")]
    lines = [re.sub(r"/pkg/mod/cache/\S+", "$CACHE", line) for line in lines]
    looked_up = sorted(line for line in lines if line.startswith("go: finding module for package "))
    return looked_up + [line for line in lines if not line.startswith("go: finding module for package ")]

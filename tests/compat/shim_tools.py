"""Do editors, linters and release tools work with `gokiln shim` as they do with go? With the real tools.

    python -m tests.compat.shim_tools gopls=/path/to/gopls ko=/path/to/ko
    python -m tests.compat.shim_tools golangci-lint=PATH goreleaser=PATH

A small module (one dependency, a test, an unused variable for linters) is put into two places. In one, the only `go` on
PATH is the real one; in the other, a link that `gokiln shim` has made, behind a note taker. There GOROOT/bin/go is a
program that only tells that it was called. Each tool runs in both with caches of its own; what it prints and what it
writes must be equal. For ko an HTTP server stands in for a registry, with a base image that has no layers.
Exit status: 0 equal, 1 not, 2 could not compare.
"""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tests.compat import gocmd

KEPT = ("LANG", "HTTPS_PROXY", "SSL_CERT_FILE", "GOPROXY")  # of the environment, where they are set
FILES = {
    "go.mod": "module example.com/hello\n\ngo 1.25.0\n\nrequire golang.org/x/text v0.28.0\n",
    "go.sum": "golang.org/x/text v0.28.0 h1:rhazDwis8INMIwQ4tpjLDzUhx6RlXqZNPEM0huQojng=\n"
    "golang.org/x/text v0.28.0/go.mod h1:U8nCwOR8jO/marOQ0QbDiOngZVEBB7MAiitBuMjXiNU=\n",
    "cmd/hello/main.go": "// Hello greets.\npackage main\n\n"
    'import (\n\t"fmt"\n\n\t"example.com/hello/greet"\n)\n\nfunc main() {\n\tfmt.Println(greet.Greeting("world"))\n}\n',
    "greet/greet.go": "// Package greet has greetings.\npackage greet\n\n"
    'import (\n\t"golang.org/x/text/cases"\n\t"golang.org/x/text/language"\n)\n\n'
    "// Greeting greets.\nfunc Greeting(name string) string {\n"
    '\treturn "Hello, " + cases.Title(language.English).String(name)\n}\n',
    "greet/greet_test.go": 'package greet\n\nimport "testing"\n\nfunc TestGreeting(t *testing.T) {\n'
    '\tif Greeting("x") != "Hello, X" {\n\t\tt.Fatal("no")\n\t}\n}\n',
    "bad/bad.go": "// Package bad is for linters.\npackage bad\n\nfunc Bad() {\n\tunused := 1\n}\n",
    ".goreleaser.yaml": "version: 2\nbuilds:\n  - main: ./cmd/hello\n    env: [CGO_ENABLED=0]\n    goos: [linux]\n"
    # without -X main.date, which goreleaser sets by itself
    "    goarch: [amd64]\n    flags: [-trimpath]\n    ldflags: ['-s -w -X main.version={{.Version}}']\n"
    "    mod_timestamp: '0'\n",
}
TOOLS: dict[str, list[list[str]]] = {
    "gopls": [
        ["version"],
        ["check", "cmd/hello/main.go", "bad/bad.go"],
        ["symbols", "greet/greet.go"],
        ["workspace_symbol", "Greet"],
        ["references", "greet/greet.go:10:6"],
        ["definition", "cmd/hello/main.go:11:20"],
        ["implementation", "greet/greet.go:10:6"],
        ["rename", "-w", "greet/greet.go:10:6", "Hail"],
        ["codelens", "go.mod"],
        ["codelens", "-exec", "go.mod:1", "Run go mod tidy"],
        ["codelens", "-exec", "greet/greet_test.go:5", "run test"],
        ["codelens", "-exec", "go.mod:1", "Create vendor directory"],
    ],
    "ko": [
        ["build", "--push=false", "--bare", "--sbom=spdx", "--sbom-dir=sbom", "--oci-layout-path=image", "./cmd/hello"],
        ["resolve", "--push=false", "--bare", "-f", "deploy.yaml"],
    ],
    "golangci-lint": [
        ["run", "--default=standard", "./..."],
        ["run", "--default=all", "--issues-exit-code=0", "./..."],
    ],
    "goreleaser": [["build", "--snapshot", "--single-target", "--clean"], ["build", "--single-target", "--clean"]],
}
_VARIES = [
    (re.compile(r"\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?"), "DATE"),
    (re.compile(r"\b\d+(\.\d+)?(ms|µs|s)\b"), "TIME"),
    (re.compile(r"localhost:\d+|127\.0\.0\.1:\d+"), "REGISTRY"),
    (re.compile(r"(gopls-[a-z]+)\d+"), r"\1N"),
]


class NoComparison(Exception):
    """There is no go command here, or a tool is not one that this command knows."""


class Registry(http.server.BaseHTTPRequestHandler):
    """Answers for one image without layers, under any name."""

    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers"}}).encode()

    def do_GET(self) -> None:
        """The API's greeting, a manifest, or the config as a blob."""
        digest = "sha256:" + sha256(self.config).hexdigest()
        kind = "application/vnd.oci.image.manifest.v1+json"
        part = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": len(self.config)}
        body = b"{}"
        if "/blobs/" in self.path:
            body = self.config
        elif "/manifests/" in self.path:
            body = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": part, "layers": []}).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind if "/manifests/" in self.path else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", "sha256:" + sha256(body).hexdigest())
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def registry() -> Iterator[str]:
    """A registry's address for as long as the block lasts."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"localhost:{server.server_address[1]}"
    finally:
        server.shutdown()


class Arm:
    """One place with its `go`. root: the folder; calls: a file with one line for each call of the shim."""

    def __init__(self, name: str, work: Path, base: str) -> None:
        real = gocmd.goroot()
        if real is None:
            raise NoComparison("no go command on PATH")
        self.root = work / name
        self.module = self.root / "module"
        self.calls = self.root / "calls"
        for file, text in FILES.items():
            path = self.module / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.module / "deploy.yaml").write_text("kind: Pod\nspec:\n  image: ko://example.com/hello/cmd/hello\n")
        _git(self.module)
        bin_dir = self.root / "bin"
        bin_dir.mkdir()
        goroot = real
        if name == "go":
            (bin_dir / "go").symlink_to(real / "bin" / "go")
        else:
            goroot = self._goroot(real)
            self._shim(bin_dir)
        self.env = {
            **{key: os.environ[key] for key in KEPT if key in os.environ},
            "HOME": str(self.root / "home"),
            "PATH": os.pathsep.join([str(bin_dir), *_path_without_go()]),
            "GOROOT": str(goroot),
            "GOCACHE": str(self.root / "cache"),
            "GOMODCACHE": str(work / "modcache"),
            "GOPATH": str(self.root / "gopath"),
            "GOENV": "off",
            "GOFLAGS": "-modcacherw",
            "GOTOOLCHAIN": "local",
            "GOSUMDB": "off",
            "GOTELEMETRY": "off",
            "KO_DOCKER_REPO": f"{base}/out",
            "KO_DEFAULTBASEIMAGE": f"{base}/base:latest",
            "SOURCE_DATE_EPOCH": "1700000000",
        }
        Path(self.env["HOME"]).mkdir()

    def _goroot(self, real: Path) -> Path:
        """Links into the real GOROOT, but for bin/go: that one tells that it was called, and fails."""
        root = self.root / "goroot"
        (root / "bin").mkdir(parents=True)
        for entry in real.iterdir():
            if entry.name != "bin":
                (root / entry.name).symlink_to(entry)
        for entry in (real / "bin").iterdir():
            if entry.name != "go":
                (root / "bin" / entry.name).symlink_to(entry)
        _script(root / "bin" / "go", f'echo "STOCK $*" >> "{self.calls}"\nexit 97\n')
        return root

    def _shim(self, bin_dir: Path) -> None:
        """What `gokiln shim` makes, and before it on PATH a script that notes the call."""
        folder = self.root / "shim"
        done = subprocess.run([self._starter(), "shim", str(folder)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoComparison(f"gokiln shim: {done.stderr}")
        _script(bin_dir / "go", f'echo "$*" >> "{self.calls}"\nexec "{folder / "go"}" "$@"\n')

    def _starter(self) -> str:
        """A gokiln that can be called by its path: $GOKILN_TEST_COMMAND, or a starter of this checkout."""
        named = os.environ.get("GOKILN_TEST_COMMAND")
        if named:
            return named
        path = self.root / "gokiln"
        path.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(gocmd.SRC)!r})\n"
            "from gokiln.__main__ import main\nsys.exit(main())\n"
        )
        path.chmod(0o755)
        return str(path)

    def run(self, words: Sequence[str]) -> str:
        """What a call prints and how it ends, without what differs from run to run."""
        done = subprocess.run(
            words, cwd=self.module, env={**self.env, "PWD": str(self.module)}, capture_output=True, timeout=1800
        )
        warnings = sorted(done.stderr.decode().splitlines(keepends=True), key=_order_of_warning)
        text = f"{done.stdout.decode()}--- stderr\n{''.join(warnings)}--- exit status {done.returncode}\n"
        text = text.replace(str(self.root), "ROOT")
        for pattern, instead in _VARIES:
            text = pattern.sub(instead, text)
        return text

    def files(self) -> dict[str, str]:
        """Every file of the module, with the hash of its content."""
        found = (path for path in sorted(self.module.rglob("*")) if path.is_file() and ".git" not in path.parts)
        return {
            str(path.relative_to(self.module)): sha256(path.read_bytes()).hexdigest()
            for path in found
            if path.name not in ("artifacts.json", "metadata.json")  # goreleaser's, with the date
        }

    def noted(self) -> list[str]:
        """The calls of the shim so far."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []


def _order_of_warning(line: str) -> str:
    """A key to sort by: golangci-lint tells of deprecated linters in any order."""
    return line if line.startswith("level=warning ") else ""


def _script(path: Path, body: str) -> None:
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)


def _git(module: Path) -> None:
    """Make the module a repository of one commit whose hash is the same each time."""
    who = {f"GIT_{role}_{field}": "x" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    env = {**os.environ, **who, **when, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    steps = [
        "init -q",
        "add -A",
        "commit -q -m first",
        "tag v0.1.0",
        "remote add origin https://example.com/x/hello.git",
    ]
    for words in map(str.split, steps):
        subprocess.run(["git", *words], cwd=module, env=env, check=True, capture_output=True)


def _path_without_go() -> list[str]:
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return [folder for folder in folders if folder and not (Path(folder) / "go").exists()]


def compare(name: str, program: str, say: bool = True) -> list[str]:
    """Run one tool in both places; returns what differs, [] for nothing. Raises NoComparison."""
    if name not in TOOLS:
        raise NoComparison(f"unknown tool {name}: {', '.join(TOOLS)} are known")
    problems: list[str] = []
    work = Path(tempfile.mkdtemp(prefix="shim-tools-")).resolve()
    try:
        with registry() as base:
            arms = [Arm("go", work, base), Arm("gokiln", work, base)]
            arms[0].run(["go", "mod", "download"])  # the module cache is for both
            for words in TOOLS[name]:
                shown = [arm.run([program, *words]) for arm in arms]
                same = shown[0] == shown[1]
                if not same:
                    problems.append(f"{name} {' '.join(words)}\n=== with go\n{shown[0]}=== with gokiln\n{shown[1]}")
                if say:
                    print(f"{'equal ' if same else 'DIFFER'} {name} {' '.join(words)}", flush=True)
        written = [arm.files() for arm in arms]
        problems += [
            f"{name}: file {path} differs"
            for path in sorted({*written[0], *written[1]})
            if written[0].get(path) != written[1].get(path)
        ]
        calls = arms[1].noted()
        problems += [f"{name}: GOROOT/bin/go was called: {call}" for call in calls if call.startswith("STOCK")]
        if not calls:
            problems.append(f"{name}: never called go")
        if say:
            counts = Counter(" ".join(call.split()[: 2 if call.startswith("mod ") else 1]) for call in calls)
            print(f"{len(calls)} calls of gokiln: " + ", ".join(f"{what} {n}" for what, n in counts.most_common()))
            print(f"{len(written[1])} files of the module compared")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return problems


def main(args: Sequence[str]) -> int:
    """Compare the tools named; returns the exit status."""
    try:
        if not args or not all("=" in arg for arg in args):
            raise NoComparison((__doc__ or "").strip())
        named = [arg.partition("=") for arg in args]
        problems = [problem for name, _, program in named for problem in compare(name, program)]
    except NoComparison as err:
        print(err, file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

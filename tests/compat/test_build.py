"""gokiln build beside go build: hash inputs line by line, programs, caches in both directions, -n, messages.

Everything here uses programs that import nothing but runtime, so that a build from an empty cache stays short.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.files import lay_out

pytestmark = pytest.mark.go

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "main.go": 'package main\n\nimport "example.com/m/lib"\n\nvar V = "dev"\n\n'
    "func main() { println(V, lib.Add(1, 2)) }\n",
    "lib/lib.go": "package lib\n\nfunc Add(a, b int64) int64\n",
    "lib/add_amd64.s": '#include "textflag.h"\nTEXT ·Add(SB), NOSPLIT, $0-24\n\tMOVQ a+0(FP), AX\n\tADDQ b+8(FP), AX\n'
    "\tMOVQ AX, ret+16(FP)\n\tRET\n",
    "lib/add_arm64.s": '#include "textflag.h"\nTEXT ·Add(SB), NOSPLIT, $0-24\n\tMOVD a+0(FP), R0\n\tMOVD b+8(FP), R1\n'
    "\tADD R1, R0\n\tMOVD R0, ret+16(FP)\n\tRET\n",
    "bad/bad.go": 'package bad\n\nfunc F() int { return "x" }\n',
    "wantsbad/w.go": 'package wantsbad\n\nimport _ "example.com/m/bad"\n',
}


class Side:
    """One of the two commands, in its own copy of the module with the same path, and a cache of its own."""

    def __init__(self, command: list[str], cwd: Path, cache: Path) -> None:
        self.command = command
        self.cwd = cwd
        self.cache = cache

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Exit status, stdout, stderr; work directories have one name."""
        done = gocmd.run(self.command, args, self.cwd, gocmd.clean_env(self.cache, env))

        def plain(data: bytes) -> str:
            return re.sub(r"go-build\d+", "go-buildN", data.decode())

        return done.returncode, plain(done.stdout), plain(done.stderr)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module on disk."""
    return lay_out(tmp_path_factory.mktemp("m"), FILES)


@pytest.fixture(scope="module")
def caches(module: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with caches `go` and `gokiln`, each filled by its command from nothing."""
    root = tmp_path_factory.mktemp("caches")
    for name, command in (("go", gocmd.go_command()), ("gokiln", gocmd.gokiln_command())):
        status, _, err = Side(command, module, root / name).run("build", "-o", str(root / f"{name}.exe"), ".")
        assert status == 0, err
    return root


def go(module: Path, cache: Path) -> Side:
    """The real command."""
    return Side(gocmd.go_command(), module, cache)


def gokiln(module: Path, cache: Path) -> Side:
    """Ours."""
    return Side(gocmd.gokiln_command(), module, cache)


def hash_inputs(text: str) -> dict[str, list[list[str]]]:
    """What was hashed, by name: GODEBUG=gocachehash=1's lines. Hashes of one name do not interleave at -p 1."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for line in text.split("\n"):
        match = re.match(r"HASH\[((?:build|link) .*?)\](?:: (.*))?$", line)
        if match is None:
            continue
        name, rest = match.groups()
        if rest is None:
            found[name].append([])
        else:
            found[name][-1].append(rest)
    return found


def test_programs_are_the_same_bytes(caches: Path) -> None:
    assert (caches / "go.exe").read_bytes() == (caches / "gokiln.exe").read_bytes()


def test_each_command_finds_all_that_the_other_has_stored(module: Path, caches: Path, tmp_path: Path) -> None:
    for side, other in ((go, "gokiln"), (gokiln, "go")):
        status, _, err = side(module, caches / other).run("build", "-x", "-o", str(tmp_path / "p"), ".")
        assert status == 0
        assert not re.findall(r"/(?:compile|asm) ", err), err
        assert len(re.findall(r"/link ", err)) == 1
        assert (tmp_path / "p").read_bytes() == (caches / "go.exe").read_bytes()
        (tmp_path / "p").unlink()


def test_a_program_that_is_up_to_date_is_not_linked_again(module: Path, caches: Path, tmp_path: Path) -> None:
    program = tmp_path / "p"
    program.write_bytes((caches / "go.exe").read_bytes())
    program.chmod(0o755)
    status, out, err = gokiln(module, caches / "go").run("build", "-n", "-o", str(program), ".")
    assert (status, out, err) == go(module, caches / "go").run("build", "-n", "-o", str(program), ".")
    assert err == f"touch {program}\n"


@pytest.mark.parametrize("flags", [(), ("-trimpath", "-ldflags=-s -X main.V=2", "-gcflags=-N", "-tags=a,b")])
def test_hash_inputs_line_by_line(module: Path, caches: Path, flags: tuple[str, ...]) -> None:
    debug = {"GODEBUG": "gocachehash=1"}
    args = ("build", "-p=1", *flags, "-o", "/dev/null", ".")
    theirs = hash_inputs(go(module, caches / "go").run(*args, env=debug)[2])
    ours = hash_inputs(gokiln(module, caches / "go").run(*args, env=debug)[2])
    assert "build example.com/m/lib" in theirs and "build runtime" in theirs
    for name, inputs in theirs.items():
        if name.startswith("build "):
            assert ours[name] == inputs, name


def test_a_dry_run_shows_the_same_steps(module: Path, tmp_path: Path) -> None:
    shown = [
        Side(command, module, tmp_path / str(i)).run("build", "-n", "-p=1", "-o", "prog", ".")
        for i, command in enumerate((gocmd.go_command(), gocmd.gokiln_command()))
    ]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "args",
    [
        ("build", "./wantsbad"),
        ("build", "-v", "./lib"),
        ("build", "-json", "./wantsbad"),
        ("build", "-o", "lib", "."),
        ("build", "-o", "go.mod", "."),
        ("build", "-o", "x", "./lib", "./bad"),
        ("build", "-o", "dir/", "./lib"),
        ("build", "./missing"),
        ("build", "-buildmode=c-shared", "./lib"),
        ("build", "-buildmode=none", "./lib"),
        ("build", "-p=0", "./lib"),
        ("install", "./bad"),
    ],
)
def test_messages_and_exit_status(module: Path, caches: Path, args: tuple[str, ...]) -> None:
    if "go.mod" in args and gocmd.minor() < 26:
        pytest.skip("go1.25 puts the program in place of a file that is no program")
    theirs = go(module, caches / "go").run(*args)
    assert gokiln(module, caches / "go").run(*args) == theirs


def test_a_damaged_archive_is_built_again(module: Path, caches: Path, tmp_path: Path) -> None:
    side = gokiln(module, caches / "gokiln")
    status, _, err = side.run("build", "-x", "-a", "-o", str(tmp_path / "p"), "./lib")
    assert status == 0
    (stored,) = re.findall(r"cp \S+/b001/_pkg_.a (\S+-d) # internal", err)
    data = bytearray(Path(stored).read_bytes())
    data[len(data) // 2] ^= 1
    Path(stored).write_bytes(data)
    status, _, err = side.run("build", "-o", str(tmp_path / "p"), ".")
    assert status == 0, err
    assert err.startswith("gokiln: damaged cache file")
    assert (tmp_path / "p").read_bytes() == (caches / "go.exe").read_bytes()

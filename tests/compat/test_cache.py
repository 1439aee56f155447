"""One cache directory, both commands: each reads what the other wrote; build IDs agree in every object format."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gokiln.base.gojson import encode
from gokiln.cache.diskstore import DiskStore
from gokiln.cache.inputhash import InputHash, file_hash, short, subkey
from gokiln.events import Recorder, Warn
from gokiln.golang import buildid, buildidfile
from gokiln.golang.buildinfo import read_build_info
from tests.compat import gocmd

pytestmark = pytest.mark.go
TARGETS = ["linux/amd64", "darwin/arm64", "windows/amd64", "js/wasm"]


class World:
    """A module, a cache filled by go, and the programs it built."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / "cache"
        self.env = gocmd.clean_env(self.cache, {"CGO_ENABLED": "0"})
        (root / "m" / "lib").mkdir(parents=True)
        (root / "m" / "go.mod").write_text("module example.com/m\n\ngo 1.25\n")
        (root / "m" / "main.go").write_text(
            'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Word()) }\n'
        )
        (root / "m" / "lib" / "lib.go").write_text('package lib\n\nfunc Word() string { return "hi" }\n')
        self.programs = {target: self.build(target) for target in TARGETS}

    def go(self, *args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        return gocmd.run(gocmd.go_command(), args, self.root / "m", {**self.env, **env})

    def build(self, target: str) -> Path:
        goos, goarch = target.split("/")
        out = self.root / f"prog-{goos}-{goarch}"
        done = self.go("build", "-o", str(out), ".", GOOS=goos, GOARCH=goarch)
        assert done.returncode == 0, done.stderr.decode()
        return out

    def outputs(self) -> list[Path]:
        return sorted(self.cache.glob("??/*-d"))

    def entries(self) -> list[Path]:
        return sorted(self.cache.glob("??/*-a"))


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return World(tmp_path_factory.mktemp("world"))


def test_we_read_every_entry_go_wrote(world):
    sink = Recorder()
    store = DiskStore(str(world.cache), sink)
    entries = world.entries()
    assert len(entries) > 50
    for path in entries:
        action = bytes.fromhex(path.name[:64])
        found = store.get_file(action)
        assert found is not None, path
        assert hashlib.sha256(Path(found[0]).read_bytes()).digest() == found[1].output_id
    assert [event for event in sink.events if isinstance(event, Warn)] == []


def test_go_reads_every_entry_we_wrote(world, tmp_path):
    """The whole cache, put again entry by entry by us: go finds nothing to do."""
    ours = tmp_path / "ours"
    theirs = DiskStore(str(world.cache))
    from gokiln.cache.location import make_cache_dir

    make_cache_dir(str(ours))
    store = DiskStore(str(ours))
    for path in world.entries():
        action = bytes.fromhex(path.name[:64])
        found = theirs.get_file(action)
        assert found is not None
        assert store.put_file(action, found[0]) == (found[1].output_id, found[1].size)
    store.close()
    done = world.go("build", "-x", "-o", os.devnull, "example.com/m/lib", GOCACHE=str(ours))
    assert done.returncode == 0
    assert b"/compile " not in done.stderr
    again = world.go("build", "-x", "-o", str(tmp_path / "again"), ".", GOCACHE=str(ours))
    assert b"/compile " not in again.stderr, again.stderr.decode()
    assert (tmp_path / "again").read_bytes() == world.programs["linux/amd64"].read_bytes()


@pytest.mark.parametrize("target", TARGETS)
def test_build_ids_of_programs(world, target):
    path = world.programs[target]
    done = world.go("tool", "buildid", str(path))
    assert buildidfile.read_file(str(path)) == done.stdout.decode().rstrip("\n")


def temporary(build_id: str) -> str:
    """The ID that a file had while it was being built: the first part stands for the last."""
    return build_id[: build_id.rindex("/") + 1] + buildid.action_id(build_id)


@pytest.mark.parametrize("target", TARGETS)
def test_final_ids_of_programs_are_found_again(world, target, tmp_path):
    """Put the temporary ID back; our update must restore the program bit by bit, signature and all."""
    good = world.programs[target].read_bytes()
    final = buildidfile.read_file(str(world.programs[target]))
    copy = tmp_path / "copy"
    copy.write_bytes(good.replace(final.encode(), temporary(final).encode()))
    assert buildidfile.update(str(copy), temporary(final)) == (final, True)
    assert copy.read_bytes() == good


@pytest.mark.parametrize("target", ["darwin/arm64", "linux/amd64"])
def test_rewriting_is_what_go_tool_buildid_does(world, target, tmp_path):
    """Both tools start from a program with a changed byte and must end with the same bytes."""
    good = world.programs[target].read_bytes()
    bad = good.replace(b"unreachable", b"unreechable")
    assert bad != good
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for path in (ours, theirs):
        path.write_bytes(bad)
    assert world.go("tool", "buildid", "-w", str(theirs)).returncode == 0
    buildidfile.update(str(ours), buildidfile.read_file(str(ours)))
    assert ours.read_bytes() == theirs.read_bytes()
    assert ours.read_bytes() != bad


def test_archives_carry_the_content_id_they_hash_to(world, tmp_path):
    checked = 0
    for path in world.outputs():
        if not path.is_file() or path.read_bytes()[:8] != b"!<arch>\n":
            continue
        final = buildidfile.read_file(str(path))
        assert final == world.go("tool", "buildid", str(path)).stdout.decode().strip()
        copy = tmp_path / "copy"
        copy.write_bytes(path.read_bytes().replace(final.encode(), temporary(final).encode()))
        assert buildidfile.update(str(copy), temporary(final))[0] == final
        assert copy.read_bytes() == path.read_bytes()
        checked += 1
        if checked == 12:
            break
    assert checked == 12


@pytest.mark.parametrize("target", TARGETS[:3])
def test_build_information(world, target):
    path = world.programs[target]
    info = read_build_info(str(path))
    lines = info.text(with_go_version=False)
    assert world.go("version", "-m", str(path)).stdout.decode() == (
        f"{path}: {info.go_version}\n\t" + lines[:-1].replace("\n", "\n\t") + "\n"
    )
    assert world.go("version", "-m", "-json", str(path)).stdout.decode() == encode(info.as_json()) + "\n"


def test_hashes_are_those_of_gocachehash(world):
    """Every hash that go explains on stderr comes out the same from the fragments it shows."""
    done = world.go("build", "-o", os.devnull, "./lib", GODEBUG="gocachehash=1")
    text = done.stderr.decode()
    version = world.go("env", "GOVERSION").stdout.decode().strip()
    name = "build example.com/m/lib"
    fragments = re.findall(rf'^HASH\[{re.escape(name)}\]: "(.*)"$', text, re.M)
    want = re.findall(rf"^HASH\[{re.escape(name)}\]: ([0-9a-f]{{64}})$", text, re.M)
    assert fragments[0] == version
    ours = InputHash(version, name)
    for fragment in fragments[1:]:
        ours.add(fragment.encode().decode("unicode_escape"))
    assert ours.digest().hex() == want[0]
    lib = world.root / "m" / "lib" / "lib.go"
    assert f"file lib.go {short(file_hash(str(lib)))}\\n" in fragments
    for parent, desc, sum_ in re.findall(r'^HASH subkey ([0-9a-f]+) "(.*)" = ([0-9a-f]+)$', text, re.M):
        assert subkey(bytes.fromhex(parent), desc).hex() == sum_


def test_our_trace_reads_as_gos(world):
    from gokiln.cache.debug import CacheDebug

    done = world.go("build", "-o", os.devnull, "./lib", GODEBUG="gocachehash=1")
    theirs = [
        line for line in done.stderr.decode().splitlines(True) if line.startswith("HASH[build example.com/m/lib]")
    ]
    out: list[str] = []
    trace = CacheDebug("gocachehash=1", out.append).trace
    version = world.go("env", "GOVERSION").stdout.decode().strip()
    ours = InputHash(version, "build example.com/m/lib", trace)
    for line in theirs[2:-1]:
        quoted = line.split(": ", 1)[1].rstrip("\n")[1:-1]
        ours.add(quoted.encode().decode("unicode_escape"))
    ours.digest()
    assert "".join(out).splitlines(True) == theirs


WRITER = """
import os, sys, hashlib
sys.path.insert(0, sys.argv[1])
from gokiln.cache.diskstore import DiskStore
from gokiln.events import Recorder, Warn
sink = Recorder()
store = DiskStore(sys.argv[2], sink)
wrong = 0
for number in range(300):
    action = hashlib.sha256(b"%d" % (number % 40)).digest()
    data = (b"%d" % (number % 40)) * 5000
    store.put_bytes(action, data)
    found = store.get_bytes(action)
    wrong += found is None or found[0] != data
warned = sum(isinstance(event, Warn) for event in sink.events)
sys.exit(3 if wrong or warned else 0)
"""


def test_many_processes_on_one_cache(world, tmp_path):
    """Six of ours write the same entries over and over while go builds in the same directory: no miss, no warning."""
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(gocmd.SRC), str(world.cache)]) for _ in range(6)]
    done = world.go("build", "-o", str(tmp_path / "prog"), ".")
    assert done.returncode == 0
    assert [writer.wait() for writer in writers] == [0] * 6
    assert (tmp_path / "prog").read_bytes() == world.programs["linux/amd64"].read_bytes()
    assert list(world.cache.glob("??/*.tmp")) == []

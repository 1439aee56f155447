"""gokiln test -fuzz beside go test -fuzz: the same messages and exit codes, the same failing inputs, one corpus.

What a fuzzer tries is random. So the failing input of a target here is the same whatever is tried first, once it is
minimised; and where the corpus matters, only what both make of the same corpus is compared.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.files import lay_out

pytestmark = pytest.mark.go

ARCHIVE = """\
-- go.mod --
module example.com/fz

go 1.24
-- fails/f_test.go --
package fails

import "testing"

func FuzzFails(f *testing.F) {
	f.Add("seed")
	f.Fuzz(func(t *testing.T, s string) {
		if s != "seed" {
			t.Fatal("not the seed")
		}
	})
}
-- panics/p_test.go --
package panics

import "testing"

func FuzzPanics(f *testing.F) {
	f.Add([]byte("seed"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4 { // always minimised to the same
			panic("length")
		}
	})
}
-- exits/e_test.go --
package exits

import (
	"os"
	"testing"
)

func FuzzExits(f *testing.F) {
	f.Add("seed")
	f.Fuzz(func(t *testing.T, s string) {
		if s != "seed" {
			os.Exit(3)
		}
	})
}
-- badseed/b_test.go --
package badseed

import "testing"

func FuzzBad(f *testing.F) {
	f.Add(1)
	f.Add(2)
	f.Fuzz(func(t *testing.T, n int) {
		if n == 2 {
			t.Error("two")
		}
	})
}
-- good/g.go --
package good

// Depth has a branch for each letter.
func Depth(s string) int {
	n := 0
	if len(s) > 0 && s[0] == 'a' {
		n = 1
		if len(s) > 1 && s[1] == 'b' {
			n = 2
		}
	}
	return n
}
-- good/g_test.go --
package good

import "testing"

func FuzzDepth(f *testing.F) {
	f.Add("x")
	f.Fuzz(func(t *testing.T, s string) { Depth(s) })
}

func TestDepth(t *testing.T) {
	if Depth("") != 0 {
		t.Fail()
	}
}
-- two/t_test.go --
package two

import "testing"

func FuzzOne(f *testing.F) {
	f.Fuzz(func(t *testing.T, n int) {})
}

func FuzzTwo(f *testing.F) {
	f.Fuzz(func(t *testing.T, n int) {})
}
-- corpus/c_test.go --
package corpus

import "testing"

func FuzzC(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		if s == "bad" {
			t.Fatal("bad")
		}
	})
}
-- corpus/testdata/fuzz/FuzzC/one --
go test fuzz v1
string("fine")
-- corpus/testdata/fuzz/FuzzC/two --
go test fuzz v1
string("bad")
-- malformed/m_test.go --
package malformed

import "testing"

func FuzzM(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {})
}
-- malformed/testdata/fuzz/FuzzM/one --
go test fuzz v1
int(3)
-- notest/n.go --
package notest
"""
FILES = {
    name: text + "\n" * (not text.endswith("\n"))
    for name, text in (part.split(" --\n", 1) for part in ("\n" + ARCHIVE).split("\n-- ")[1:])
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One GOCACHE for both: instrumented packages are compiled once."""
    return tmp_path_factory.mktemp("cache") / "c"


class Fuzzed:
    """What a run left: status, stdout (without numbers that vary), stderr, files of the module."""

    def __init__(self, command: list[str], root: Path, cache: Path, args: tuple[str, ...], corpus: bool) -> None:
        module = root / "m"
        shutil.rmtree(module, ignore_errors=True)
        lay_out(module, FILES)
        if not corpus:
            shutil.rmtree(cache / "fuzz", ignore_errors=True)
        done = gocmd.run(command, ["test", *args], module, gocmd.clean_env(cache))
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()
        self.files = {
            str(path.relative_to(module)): path.read_text() for path in sorted(module.rglob("*")) if path.is_file()
        }
        self.files = {
            name: text + "\n" * (not text.endswith("\n")) for name, text in self.files.items() if name not in FILES
        }

    def lines(self) -> list[str]:
        """The lines of stdout that are the same in every run."""
        text = re.sub(r"0x[0-9a-f]+|\bgoroutine \d+\b|\+0x\w+|\bpid \d+|:\d+ ", "N", self.out)
        text = re.sub(r"\b\d+(\.\d+)?m?s\b", "Ns", re.sub(r"go-build\d+", "go-buildN", text))
        lines = [re.sub(r"minimizing \d+-byte|execs: \d+ \(\d+/sec\)|\(total: \d+\)|interesting: \d+", "N", line)
                 for line in text.splitlines()]  # fmt: skip
        # How often progress is told depends on the time it takes.
        return [line for i, line in enumerate(lines) if not line.startswith("fuzz: elapsed") or line not in lines[:i]]


def both(root: Path, cache: Path, *args: str, corpus: bool = False) -> tuple[Fuzzed, Fuzzed]:
    """(go's run, gokiln's). corpus: keep what earlier runs have found."""
    return (
        Fuzzed(gocmd.go_command(), root, cache, args, corpus),
        Fuzzed(gocmd.gokiln_command(), root, cache, args, corpus),
    )


@pytest.mark.parametrize("target", ["fails", "panics", "exits"])
def test_a_failing_input_is_minimised_and_written(target: str, cache: Path, tmp_path: Path) -> None:
    theirs, ours = both(tmp_path, cache, "-fuzz=.", "-parallel=1", f"./{target}")
    assert theirs.status == ours.status == 1
    written = [name for name in ours.files if "/testdata/fuzz/Fuzz" in name]
    assert len(written) == 1 and "Failing input written to testdata/fuzz/Fuzz" in ours.out
    name = os.path.basename(written[0])
    assert f"go test -run=Fuzz{target.title()}/{name}\n" in ours.out
    if target != "exits":  # where a worker ends, nothing can be minimised: it is whatever was tried first
        assert ours.files == theirs.files
        assert ours.lines()[-12:] == theirs.lines()[-12:]
    assert ours.err == theirs.err
    # The input is a seed from now on.
    path = tmp_path / "m" / written[0]
    assert path.read_text().startswith("go test fuzz v1\n")
    runs = [
        gocmd.run(command, ["test", "-count=1", f"./{target}"], tmp_path / "m", gocmd.clean_env(cache))
        for command in (gocmd.go_command(), gocmd.gokiln_command())
    ]
    assert runs[0].returncode == runs[1].returncode == 1
    assert (f"Fuzz{target.title()}/{name}".encode() in runs[1].stdout) == (target != "exits")


def test_seeds_fail_before_fuzzing(cache: Path, tmp_path: Path) -> None:
    for args in (("-fuzz=.", "./badseed"), ("-fuzz=.", "./corpus"), ("-fuzz=.", "./malformed"), ("./malformed",)):
        theirs, ours = both(tmp_path, cache, "-parallel=1", *args)
        assert (ours.status, ours.lines(), ours.err, ours.files) == (
            theirs.status,
            theirs.lines(),
            theirs.err,
            theirs.files,
        )
        assert ours.status == 1


def test_fuzzing_that_finds_nothing(cache: Path, tmp_path: Path) -> None:
    theirs, ours = both(tmp_path, cache, "-fuzz=Depth", "-fuzztime=50x", "-parallel=1", "./good")
    assert (ours.status, ours.err, ours.files) == (theirs.status, theirs.err, theirs.files) == (0, "", {})
    assert ours.lines()[0] == theirs.lines()[0] == "fuzz: elapsed: Ns, gathering baseline coverage: 0/1 completed"
    assert ours.lines()[-2:] == theirs.lines()[-2:] == ["PASS", "ok  \texample.com/fz/good\tNs"]


def baseline(run: Fuzzed) -> int:
    """How many inputs a run began with."""
    m = re.search(r"gathering baseline coverage: 0/(\d+) completed", run.out)
    assert m is not None, run.out
    return int(m.group(1))


@pytest.mark.parametrize("first", ["go", "gokiln"])
def test_the_corpus_is_shared(first: str, cache: Path, tmp_path: Path) -> None:
    commands = {"go": gocmd.go_command(), "gokiln": gocmd.gokiln_command()}
    args = ("-fuzz=Depth", "-parallel=1", "./good")
    found = Fuzzed(commands[first], tmp_path, cache, ("-fuzztime=30000x", *args), corpus=False)
    assert found.status == 0, found.out
    folder = cache / "fuzz" / "example.com" / "fz" / "good" / "FuzzDepth"
    kept = len(list(folder.iterdir()))
    assert kept >= 2, "the letters were not found"
    for command in commands.values():
        again = Fuzzed(command, tmp_path, cache, ("-fuzztime=1x", *args), corpus=True)
        assert baseline(again) == 1 + len(list(folder.iterdir()))
    env = gocmd.clean_env(cache)
    done = gocmd.run(commands["gokiln"], ["clean", "-fuzzcache"], tmp_path / "m", env)
    assert done.returncode == 0 and not (cache / "fuzz").exists()


def test_json_events(cache: Path, tmp_path: Path) -> None:
    def events(run: Fuzzed) -> list[tuple[object, ...]]:
        found = [json.loads(line) for line in run.out.splitlines()]
        seen: list[tuple[object, ...]] = []
        for event in found:
            if "fuzz: elapsed" in event.get("Output", ""):
                continue
            output = re.sub(r"\b\d+(\.\d+)?s\b|\b\d+-byte", "N", event.get("Output", "").replace("\t", " "))
            seen.append((event["Action"], event.get("Package"), event.get("Test"), output))
        return seen

    for args in (("-fuzz=Fails", "./fails"), ("-fuzz=Depth", "-fuzztime=20x", "./good")):
        theirs, ours = both(tmp_path, cache, "-json", "-parallel=1", *args)
        assert (ours.status, events(ours), ours.files) == (theirs.status, events(theirs), theirs.files)


@pytest.mark.parametrize(
    "args",
    [
        ("-fuzz=Fuzz", "./two"),
        ("-fuzz=None", "./good"),
        ("-fuzz=None", "-run=None", "./good"),
        ("-fuzz=.", "./good", "./two"),
        ("-fuzz=.", "./..."),
        ("-fuzz=.", "-coverprofile=c.out", "./good"),
        ("-fuzz=.", "-cpuprofile=c.out", "./good"),
        ("-fuzz=.", "strings"),
        ("-fuzz=.", "./notest"),
        ("-fuzz=(", "./good"),
        ("-fuzz=.", "-fuzztime=x", "./good"),
        ("-fuzz=.", "-fuzztime=-1s", "./good"),
        ("-fuzz=.", "-fuzzminimizetime=y", "./good"),
        ("-fuzz=Depth", "-fuzztime=10x", "-fuzzminimizetime=0x", "-run=TestDepth", "-parallel=1", "-v", "./good"),
        ("-fuzztime=10x", "./good"),
        ("-fuzz=Depth", "-fuzztime=5x", "-count=2", "-parallel=1", "./good"),
        ("-fuzz=Depth", "-fuzztime=5x", "-timeout=1m", "-parallel=1", "./good"),
    ],
    ids=" ".join,
)
def test_same_words(args: tuple[str, ...], cache: Path, tmp_path: Path) -> None:
    theirs, ours = both(tmp_path, cache, *args)
    cached = "(cached)"  # what the first command found out, the second may take from the cache
    assert (ours.status, [line.replace(cached, "Ns") for line in ours.lines()], ours.err, ours.files) == (
        theirs.status,
        [line.replace(cached, "Ns") for line in theirs.lines()],
        theirs.err,
        theirs.files,
    )


def test_instrumented_programs_are_the_same(cache: Path, tmp_path: Path) -> None:
    programs = []
    for name, command in (("go", gocmd.go_command()), ("gokiln", gocmd.gokiln_command())):
        run = Fuzzed(command, tmp_path, cache, ("-fuzz=Depth", "-c", "-o", str(tmp_path / name), "./good"), False)
        assert run.status == 0, run.err
        programs.append((tmp_path / name).read_bytes())
    assert programs[0] == programs[1]
    run = Fuzzed(gocmd.go_command(), tmp_path, cache, ("-c", "-o", str(tmp_path / "plain"), "./good"), False)
    assert (tmp_path / "plain").read_bytes() != programs[0], "fuzzing instruments"

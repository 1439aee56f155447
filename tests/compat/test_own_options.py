"""What gokiln test has of its own, in whole runs: watching, running failures again, JUnit reports."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.compat import gocmd
from tests.files import lay_out

pytestmark = pytest.mark.go

# A test that fails as often as the file `times` says, and counts its runs in the file `runs`.
COUNTING = """package f

import (
	"os"
	"strconv"
	"testing"
)

func count(t *testing.T, name string) {
	runs, _ := os.ReadFile("ROOT/" + name)
	os.WriteFile("ROOT/"+name, append(runs, '.'), 0o666)
	times, _ := os.ReadFile("ROOT/times")
	if n, _ := strconv.Atoi(string(times)); len(runs) < n {
		t.Fatal("failed in run", len(runs)+1)
	}
}

func TestFlaky(t *testing.T) { count(t, "runs") }

func TestGood(t *testing.T) {
	runs, _ := os.ReadFile("ROOT/good")
	os.WriteFile("ROOT/good", append(runs, '.'), 0o666)
}
"""
PATIENCE = 300.0  # seconds: a first build on a busy machine


def make(root: Path, files: dict[str, str]) -> Path:
    return lay_out(root / "m", {"go.mod": "module example.com/own\n\ngo 1.24\n", **files})


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "c"


@pytest.mark.parametrize(
    ("times", "option", "status", "runs"),
    [(1, "", 0, 2), (2, "", 0, 3), (3, "", 1, 3), (3, "=3", 0, 4), (1, "=0", 1, 1)],
)
def test_failures_run_again(times: int, option: str, status: int, runs: int, cache: Path, tmp_path: Path) -> None:
    module = make(tmp_path, {"f_test.go": COUNTING.replace("ROOT", str(tmp_path))})
    (tmp_path / "times").write_text(str(times))
    args = ["test", f"-gokiln.rerun-fails{option}", "."]
    done = gocmd.run(gocmd.gokiln_command(), args, module, gocmd.clean_env(cache))
    assert done.returncode == status, done.stdout.decode() + done.stderr.decode()
    assert len((tmp_path / "runs").read_bytes()) == runs
    assert (tmp_path / "good").read_bytes() == b".", "only what failed runs again"
    said = done.stderr.decode()
    assert said.count("TestFlaky failed, running again") == runs - 1
    if status == 0:
        assert done.stdout.decode().endswith(f"\t[passed in run {runs}: TestFlaky]\n")
        again = gocmd.run(gocmd.gokiln_command(), args, module, gocmd.clean_env(cache))
        assert b"(cached)" not in again.stdout, "luck is not cached"
    else:
        assert b"FAIL\texample.com/own\t" in done.stdout


def test_too_many_failures_do_not_run_again(cache: Path, tmp_path: Path) -> None:
    tests = "".join(f"func Test{i}(t *testing.T) {{ t.Fail() }}\n\n" for i in range(11))
    module = make(tmp_path, {"f_test.go": f'package f\n\nimport "testing"\n\n{tests}'})
    done = gocmd.run(gocmd.gokiln_command(), ["test", "-gokiln.rerun-fails", "."], module, gocmd.clean_env(cache))
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_junit_report_has_everything(cache: Path, tmp_path: Path) -> None:
    module = make(
        tmp_path,
        {
            "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestGood(t *testing.T) {}\n\n'
            'func TestBad(t *testing.T) {\n\tt.Run("sub", func(t *testing.T) { t.Error("oops <&> \\x01") })\n}\n\n'
            'func TestSkip(t *testing.T) { t.Skip("not now") }\n',
            "b/b_test.go": "package b\n\nvar x int = \"s\"\n",
            "c/c.go": "package c\n",
            "d/d_test.go": 'package d\n\nimport "testing"\n\nfunc TestPanics(t *testing.T) { panic("no") }\n',
            "e/e_test.go": "package e\n\nfunc f() { if }\n",
        },
    )  # fmt: skip
    args = ["test", "-gokiln.junit=out/report.xml", "./..."]
    done = gocmd.run(gocmd.gokiln_command(), args, module, gocmd.clean_env(cache))
    plain = gocmd.run(gocmd.go_command(), ["test", "./..."], module, gocmd.clean_env(cache))
    assert (done.returncode, done.stderr) == (1, plain.stderr)
    root = ElementTree.parse(module / "out" / "report.xml").getroot()
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    assert sorted(filter(None, suites)) == [f"example.com/own/{name}" for name in "abde"]
    cases = {case.get("name"): case for case in suites["example.com/own/a"].iter("testcase")}
    assert sorted(filter(None, cases)) == ["TestBad", "TestBad/sub", "TestGood", "TestSkip"]
    failure = cases["TestBad/sub"].find("failure")
    assert failure is not None and "oops <&>" in (failure.text or "") + (failure.get("message") or "")
    assert cases["TestSkip"].find("skipped") is not None and len(cases["TestGood"]) == 0
    for name in "bde":
        assert suites[f"example.com/own/{name}"].find(".//failure") is not None, name
    assert (suites["example.com/own/a"].get("tests"), suites["example.com/own/a"].get("failures")) == ("4", "2")


class Watched:
    """gokiln test -gokiln.watch, running. text: all it has printed so far."""

    def __init__(self, module: Path, cache: Path) -> None:
        command = [*gocmd.gokiln_command(), "test", "-gokiln.watch", "./..."]
        env = {**gocmd.clean_env(cache), "PWD": str(module)}
        self.process = subprocess.Popen(command, cwd=module, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = ""

    def until(self, word: str) -> str:
        """Wait for a word; what was printed since the last call."""
        assert self.process.stdout is not None
        start = len(self.text)
        end = time.monotonic() + PATIENCE
        while word not in self.text[start:]:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.process.stdout], [], [], left)[0], f"no {word!r} in {self.text!r}"
            piece = os.read(self.process.stdout.fileno(), 4096)
            assert piece, f"ended: {self.text}"
            self.text += piece.decode()
        return self.text[start:]


@pytest.mark.skipif(os.name != "posix", reason="SIGINT")
def test_watching(cache: Path, tmp_path: Path) -> None:
    module = make(
        tmp_path,
        {
            "a/a.go": "package a\n\nfunc F() int { return 1 }\n",
            "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestF(t *testing.T) {\n\tif F() != 1 {\n\t\tt.Fail()'
            "\n\t}\n}\n",
            "b/b_test.go": 'package b\n\nimport "testing"\n\nfunc TestB(t *testing.T) {}\n',
        },
    )  # fmt: skip
    watched = Watched(module, cache)
    try:
        first = watched.until("Ctrl-C ends\n")
        assert "ok  \texample.com/own/a\t" in first and "ok  \texample.com/own/b\t" in first
        (module / "a" / "a.go").write_text("package a\n\nfunc F() int { return 2 }\n")
        second = watched.until("Ctrl-C ends\n")
        assert "gokiln: a/a.go changed\n" in second and "--- FAIL: TestF" in second
        assert "ok  \texample.com/own/b\t(cached)\n" in second, "only what changed runs"
        (module / "a" / "a.go").write_text("package a\n\nfunc F() int { return }\n")
        assert "FAIL\texample.com/own/a [build failed]\n" in watched.until("Ctrl-C ends\n")
        (module / "go.mod").write_text("module example.com/own\n\nnonsense\n")
        assert "unknown directive: nonsense" in watched.until("Ctrl-C ends\n")
        (module / "go.mod").write_text("module example.com/own\n\ngo 1.24\n")
        assert "FAIL\texample.com/own/a [build failed]\n" in watched.until("Ctrl-C ends\n")
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(PATIENCE) == 1, "the last run's"
    finally:
        watched.process.kill()
        watched.process.wait()
        assert watched.process.stdout is not None
        watched.process.stdout.close()

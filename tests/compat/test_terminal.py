"""gokiln test on a terminal: running packages and tests are seen, failures come at once, the end sums up.

What is cached must be the same as without a terminal; and in a pipe there is nothing but what go prints.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.compat import gocmd
from tests.files import lay_out
from tests.screen import Screen, run_on_terminal

pytestmark = [pytest.mark.go, pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")]

SLEEPS = """package {name}

import (
	"testing"
	"time"
)

func TestFast(t *testing.T) {{ t.Log("not to be seen") }}

func TestSlow(t *testing.T) {{
	t.Run("inner", func(t *testing.T) {{ time.Sleep({ms} * time.Millisecond) }})
	t.Run("second", func(t *testing.T) {{ time.Sleep({ms} * time.Millisecond) }})
}}
"""
WAITS = """package waits

import (
	"os"
	"testing"
	"time"
)

func TestSlow(t *testing.T) {
	time.Sleep(1500 * time.Millisecond)
	for range 600 {
		if _, err := os.Stat("go-on"); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("nobody let it go on")
}
"""
FILES = {
    "go.mod": "module example.com/live\n\ngo 1.24\n",
    "a/a_test.go": SLEEPS.format(name="a", ms=1500),
    "b/b_test.go": SLEEPS.format(name="b", ms=1200),
    "c/c.go": "package c\n",
    "waits/w_test.go": WAITS,
    "fail/f_test.go": 'package fail\n\nimport (\n\t"fmt"\n\t"testing"\n)\n\nfunc TestGood(t *testing.T) {\n'
    '\tfmt.Println("printed")\n\tt.Log("logged")\n}\n\nfunc TestBad(t *testing.T) {\n\tt.Log("before")\n'
    '\tt.Run("sub", func(t *testing.T) {\n\t\tt.Run("deep", func(t *testing.T) { t.Error("oops\\nmore") })\n\t})\n'
    '\tt.Error("after")\n}\n\nfunc TestSkipped(t *testing.T) { t.Skip("why") }\n',
}  # fmt: skip


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("live"), FILES, time=1_700_000_000)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "c"


def on_terminal(module: Path, cache: Path, *args: str, **options: Any) -> tuple[int, Screen, bytes]:
    """`gokiln test` with these arguments. options: those of run_on_terminal."""
    argv = [*gocmd.gokiln_command(), "test", *args]
    return run_on_terminal(argv, module, gocmd.clean_env(cache, {"CI": ""}), **options)


def plain(text: str) -> str:
    return re.sub(r"\b\d+\.\d+ ?s\b", "Ns", text)


def test_running_tests_are_seen_and_gone_at_the_end(module: Path, cache: Path) -> None:
    status, screen, _ = on_terminal(module, cache, "-count=1", "-p=2", "./a", "./b", "./c")
    assert status == 0
    frames = screen.frames
    row = re.compile(r"^  example\.com/live/a  TestSlow/inner.*  1 passed  \d+ s$", re.MULTILINE)
    assert any(row.search(frame) for frame in frames), frames[-1]
    assert any(re.search(r"^  example\.com/live/a  TestSlow/second.*  2 passed ", f, re.MULTILINE) for f in frames)
    row = r"  example\.com/live/{}  TestSlow"
    both = re.compile(r"^\[\d+/\d+\].*\n" + row.format("a") + r".*\n" + row.format("b"), re.MULTILINE)
    assert any(both.search(frame) for frame in frames)
    assert plain("\n".join(screen.lines())) == plain(
        "ok      example.com/live/a      1.0s\nok      example.com/live/b      1.0s\n"
        "?       example.com/live/c      [no test files]\n\nslowest:\n"
        "     3.0 s  example.com/live/a TestSlow\n     2.4 s  example.com/live/b TestSlow\n"
        "tests: 8 passed\npackages: 2 passed, 1 without tests; 1.0 s"
    )


def test_failures_come_at_once_and_whole(module: Path, cache: Path) -> None:
    go_on = module / "waits" / "go-on"
    go_on.unlink(missing_ok=True)

    def let_go_on(frame: str) -> None:
        if "oops" in frame:
            go_on.touch()

    status, screen, _ = on_terminal(module, cache, "-count=1", "-p=2", "./waits", "./fail", watch=let_go_on)
    assert status == 1
    expected = gocmd.run(gocmd.go_command(), ["test", "-count=1", "./fail"], module, gocmd.clean_env(cache))
    failure = plain(expected.stdout.decode().removesuffix("FAIL\n").expandtabs())
    assert "        --- FAIL: TestBad/sub/deep" in failure and "\nprinted\n" in "\n" + failure
    assert plain("\n".join(screen.lines())) == failure + (
        "ok      example.com/live/waits  Ns\nFAIL\n\nfailed:\n  example.com/live/fail: TestBad/sub/deep\n\nslowest:\n"
        "     Ns  example.com/live/waits TestSlow\ntests: 2 passed, 3 failed, 1 skipped\n"
        "packages: 1 passed, 1 failed; Ns"
    )
    # The other package waited until the failure was seen: it passed, so the failure did not wait for its turn.
    first = next(frame for frame in screen.frames if "oops" in frame)
    assert "ok  " not in first


@pytest.mark.parametrize("flags", [(), ("-v",), ("-json",)])
def test_in_a_pipe_what_a_package_says_comes_when_it_has_ended(
    module: Path, cache: Path, flags: tuple[str, ...]
) -> None:
    go_on = module / "waits" / "go-on"
    go_on.unlink(missing_ok=True)
    argv = [*gocmd.gokiln_command(), "test", "-count=1", "-p=2", *flags, "./fail", "./waits"]
    with subprocess.Popen(argv, cwd=module, env=gocmd.clean_env(cache), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while b"live/fail\\t" not in (line := process.stdout.readline()) and b"live/fail\t" not in line:
            assert line, "it ended before it said so"
        go_on.touch()
        rest = process.stdout.read()
    assert process.returncode == 1 and b"live/waits" in rest and b"nobody" not in rest


def test_results_are_cached_as_without_a_terminal(module: Path, cache: Path) -> None:
    status, screen, _ = on_terminal(module, cache, "./a", "./b")
    assert status == 0 and "(cached)" not in screen.frames[-1]
    for command in (gocmd.go_command(), gocmd.gokiln_command()):
        done = gocmd.run(command, ["test", "./a", "./b"], module, gocmd.clean_env(cache))
        assert done.stdout == b"ok  \texample.com/live/a\t(cached)\nok  \texample.com/live/b\t(cached)\n"
    status, screen, _ = on_terminal(module, cache, "./a", "./b")
    assert screen.lines()[:2] == [f"ok      example.com/live/{name}      (cached)" for name in "ab"]
    assert screen.lines()[2].startswith("packages: 2 passed, 2 of them from the cache;")


def test_a_test_that_asks_for_v_is_not_told_that_it_has_it(module: Path, cache: Path) -> None:
    """Its result goes into the cache as that of a run without -v."""
    (module / "asks").mkdir(exist_ok=True)
    (module / "asks" / "a_test.go").write_text(
        'package asks\n\nimport "testing"\n\nfunc TestAsks(t *testing.T) {\n'
        '\tif testing.Verbose() {\n\t\tt.Fatal("verbose")\n\t}\n}\n'
    )
    status, screen, _ = on_terminal(module, cache, "./asks")
    assert (status, screen.lines()[0].split()[:2]) == (0, ["ok", "example.com/live/asks"])
    again = gocmd.run(gocmd.go_command(), ["test", "./asks"], module, gocmd.clean_env(cache))
    assert again.stdout == b"ok  \texample.com/live/asks\t(cached)\n"


def test_in_a_pipe_there_is_nothing_of_it(module: Path, cache: Path) -> None:
    args = ("-count=1", "-p=1", "./fail", "./b")
    status, screen, piped = on_terminal(module, cache, *args, to_pipe=True)
    expected = gocmd.run(gocmd.go_command(), ["test", *args], module, gocmd.clean_env(cache))
    assert (status, plain(piped.decode())) == (1, plain(expected.stdout.decode()))
    assert screen.lines() == [""]


def test_what_a_test_prints_in_the_working_directory_is_its_own(module: Path, cache: Path) -> None:
    """As with go, the test program has the terminal itself."""
    (module / "tty").mkdir(exist_ok=True)
    (module / "tty" / "t_test.go").write_text(
        'package tty\n\nimport (\n\t"fmt"\n\t"os"\n\t"testing"\n)\n\nfunc TestTerminal(t *testing.T) {\n'
        "\tinfo, _ := os.Stdout.Stat()\n\tfmt.Println(info.Mode()&os.ModeCharDevice != 0, testing.Verbose())\n}\n"
    )
    status, screen, _ = on_terminal(module / "tty", cache)
    assert (status, screen.lines()[0]) == (0, "true false")

"""gokiln test on a terminal: running packages and tests are seen, failures come at once, the end sums up.

What is cached must be the same as without a terminal; and in a pipe there is nothing but what go prints.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

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
FILES = {
    "go.mod": "module example.com/live\n\ngo 1.24\n",
    "a/a_test.go": SLEEPS.format(name="a", ms=1500),
    "b/b_test.go": SLEEPS.format(name="b", ms=1200),
    "c/c.go": "package c\n",
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


def on_terminal(module: Path, cache: Path, *args: str, to_pipe: bool = False) -> tuple[int, Screen, bytes]:
    argv = [*gocmd.gokiln_command(), "test", *args]
    return run_on_terminal(argv, module, gocmd.clean_env(cache, {"CI": ""}), to_pipe=to_pipe)


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
    status, screen, _ = on_terminal(module, cache, "-count=1", "-p=2", "./a", "./fail")
    assert status == 1
    expected = gocmd.run(gocmd.go_command(), ["test", "-count=1", "./fail"], module, gocmd.clean_env(cache))
    failure = plain(expected.stdout.decode().removesuffix("FAIL\n").expandtabs())
    assert "        --- FAIL: TestBad/sub/deep" in failure and "\nprinted\n" in "\n" + failure
    assert plain("\n".join(screen.lines())) == failure + (
        "ok      example.com/live/a      Ns\nFAIL\n\nfailed:\n  example.com/live/fail: TestBad/sub/deep\n\nslowest:\n"
        "     Ns  example.com/live/a TestSlow\ntests: 5 passed, 3 failed, 1 skipped\npackages: 1 passed, 1 failed; Ns"
    )
    first = next(frame for frame in screen.frames if "oops" in frame)
    assert "ok  " not in first, "it did not wait for its turn"


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

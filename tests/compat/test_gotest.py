"""gokiln test beside go test: lines, events, results, profiles, exit codes, cached results in both directions."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.files import lay_out

pytestmark = pytest.mark.go

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "a.go": "package m\n\nfunc Add(a, b int) int {\n\tif a > 100 {\n\t\treturn -1\n\t}\n\treturn a + b\n}\n",
    "a_test.go": 'package m\n\nimport (\n\t"os"\n\t"testing"\n)\n\n'
    'func TestAdd(t *testing.T) {\n\tos.Getenv("FOO")\n\tos.ReadFile("testdata/x.txt")\n'
    '\tif Add(1, 2) != 3 {\n\t\tt.Fatal("bad")\n\t}\n\tt.Run("sub", func(t *testing.T) { t.Log("in sub") })\n}\n\n'
    "func BenchmarkAdd(b *testing.B) {\n\tfor b.Loop() {\n\t\tAdd(1, 2)\n\t}\n}\n\n"
    "func FuzzAdd(f *testing.F) {\n\tf.Add(1)\n\tf.Fuzz(func(t *testing.T, n int) { Add(n, 1) })\n}\n",
    "x_test.go": 'package m_test\n\nimport (\n\t"fmt"\n\t"testing"\n\n\t"example.com/m"\n\t"example.com/m/mid"\n)\n\n'
    "func TestX(t *testing.T) { t.Log(mid.Two()) }\n\n"
    'func ExampleAdd() {\n\tfmt.Println(m.Add(1, 1), "<&>")\n\t// Output: 2 <&>\n}\n',
    "mid/mid.go": 'package mid\n\nimport "example.com/m"\n\nfunc Two() int { return m.Add(1, 1) }\n',
    "testdata/x.txt": "x\n",
    "bad/b.go": 'package bad\n\nfunc F() int { return "a" }\n',
    "bad/b_test.go": 'package bad\n\nimport "testing"\n\nfunc TestB(t *testing.T) {}\n',
    "vetted/v_test.go": 'package vetted\n\nimport "testing"\n\nfunc TestV(t *testing.T) { t.Logf("%d", "x") }\n',
    "fail/f_test.go": 'package fail\n\nimport "testing"\n\nfunc TestF(t *testing.T) { t.Error("oops") }\n\n'
    'func TestSkip(t *testing.T) { t.Skip("why") }\n',
    "wrong/w_test.go": 'package wrong\n\nimport "testing"\n\nfunc TestW(t *testing.T, n int) {}\n',
    "syntax/s_test.go": 'package syntax\n\nimport "testing"\n\nfunc TestS(t *testing.T) {\n\tx := := 3\n}\n',
    "noimport/n_test.go": 'package noimport\n\nimport _ "example.com/nowhere"\n',
    "cycle/c.go": "package cycle\n",
    "cycle/c_test.go": 'package cycle\n\nimport _ "example.com/m/cycle/inner"\n',
    "cycle/inner/i.go": 'package inner\n\nimport _ "example.com/m/cycle"\n',
    "cmd/main.go": "package main\n\nfunc f() int { return 1 }\n\nfunc main() {}\n",
    "cmd/main_test.go": 'package main\n\nimport (\n\t"os"\n\t"testing"\n)\n\n'
    "func TestMain(m *testing.M) { os.Exit(m.Run()) }\n\nfunc TestF(t *testing.T) { f() }\n",
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("m"), FILES, time=1_700_000_000)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "c"


def run(
    command: list[str], module: Path, cache: Path, *args: str, env: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Exit status, stdout, stderr; times and work directories have one name."""
    done = gocmd.run(command, ["test", *args], module, gocmd.clean_env(cache, env))

    def plain(data: bytes) -> str:
        text = re.sub(r"go-build\d+", "go-buildN", data.decode())
        text = re.sub(r"\b\d+(\.\d+)?s\b", "Ns", text)
        return re.sub(r"\d+\t +[\d.]+ ns/op", "N ns/op", text)

    return done.returncode, plain(done.stdout), plain(done.stderr)


MODES: list[tuple[str, ...]] = [
    (),
    (".",),
    ("-v", "."),
    ("-v", "-run", "TestAdd/sub", ".", "./bad", "./cmd", "./cycle/...", "./fail", "./mid", "./vetted", "./wrong"),
    ("-run=Nothing", "."),
    ("-list=.", ".", "./fail"),
    ("-short", "-p=1", "-count=1", "-failfast", "./fail", "."),
    ("./bad",),
    ("./vetted",),
    ("-vet=off", "./vetted"),
    ("./wrong",),
    ("./noimport",),
    ("./syntax",),
    ("./cycle",),
    ("./cmd", "./mid"),
    ("./nowhere",),
    ("-cover", ".", "./mid"),
    ("-cover", "-coverpkg=./...", "-count=1", ".", "./mid", "./cmd"),
    ("-bench=.", "-benchtime=1x", "-run=NONE", "."),
    ("a_test.go", "a.go"),
    ("-args", "-mine"),
    ("-c", "-mine", "."),
    ("-fuzz=X", ".", "./fail"),
    ("-cpuprofile=c.out", ".", "./fail"),
    ("-o", "out", ".", "./fail"),
    ("-shuffle=7", "-v", "./fail"),
    ("-json=false", "-timeout=1m", "./fail"),
    ("-n", "./mid"),
]


@pytest.mark.parametrize("args", MODES, ids=" ".join)
def test_same_lines_and_exit_status(args: tuple[str, ...], module: Path, cache: Path) -> None:
    expected = run(gocmd.go_command(), module, cache, *args)
    found = run(gocmd.gokiln_command(), module, cache, *args)
    # What the first command found out, the second takes from the cache.
    assert (found[0], found[1].replace("(cached)", "Ns"), found[2]) == (
        expected[0],
        expected[1].replace("(cached)", "Ns"),
        expected[2],
    )


@pytest.mark.parametrize(
    "args", [(".",), ("-v", "./fail"), ("./bad", "./mid"), ("-run=Nothing", "./cmd"), ("./wrong",)], ids=" ".join
)
def test_same_events(args: tuple[str, ...], module: Path, cache: Path) -> None:
    def events(command: list[str]) -> tuple[int, list[dict[str, object]]]:
        status, out, _ = run(command, module, cache, "-json", "-p=1", "-count=1", *args)
        found = []
        for line in out.splitlines():
            event = json.loads(line)
            assert event.pop("Time", "x") != ""
            if "Elapsed" in event:
                event["Elapsed"] = 0
            found.append(event)
        return status, found

    assert events(gocmd.gokiln_command()) == events(gocmd.go_command())


@pytest.mark.parametrize("first", ["go", "gokiln"])
def test_results_are_shared(first: str, module: Path, cache: Path) -> None:
    commands = {"go": gocmd.go_command(), "gokiln": gocmd.gokiln_command()}
    second = "gokiln" if first == "go" else "go"
    env = {"FOO": first}
    status, out, _ = run(commands[first], module, cache, ".", env=env)
    assert (status, out) == (0, "ok  \texample.com/m\tNs\n")
    for command in (second, first):
        assert run(commands[command], module, cache, ".", env=env)[1] == "ok  \texample.com/m\t(cached)\n"
    out = run(commands[second], module, cache, ".", env={"FOO": first + "2"})[1]
    assert out == "ok  \texample.com/m\tNs\n"


def test_same_decisions_of_the_cache(module: Path, cache: Path) -> None:
    run(gocmd.go_command(), module, cache, ".")
    env = {"GODEBUG": "gocachetest=1"}
    run(gocmd.go_command(), module, cache, ".", env=env)
    expected = run(gocmd.go_command(), module, cache, ".", env=env)
    assert run(gocmd.gokiln_command(), module, cache, ".", env=env) == expected
    assert "test ID" in expected[2]


@pytest.mark.parametrize("mode", ["set", "count", "atomic"])
def test_same_profiles(mode: str, module: Path, cache: Path, tmp_path: Path) -> None:
    profiles = []
    for name, command in (("go", gocmd.go_command()), ("gokiln", gocmd.gokiln_command())):
        path = tmp_path / name
        args = ("-p=1", "-count=1", f"-covermode={mode}", f"-coverprofile={path}", ".", "./mid", "./cmd", "./fail")
        run(command, module, cache, *args)
        profiles.append(path.read_text())
    assert profiles[0] == profiles[1]
    assert profiles[0].startswith(f"mode: {mode}\n")


def test_same_test_program(module: Path, cache: Path, tmp_path: Path) -> None:
    programs = []
    for name, command in (("go", gocmd.go_command()), ("gokiln", gocmd.gokiln_command())):
        assert run(command, module, cache, "-c", "-o", str(tmp_path / name), ".")[0] == 0
        programs.append((tmp_path / name).read_bytes())
    assert programs[0] == programs[1]


def test_inputs_by_content(module: Path, cache: Path) -> None:
    command = gocmd.gokiln_command()
    file = module / "testdata" / "x.txt"
    env = {"GOKILN": "testcontent", "FOO": "content"}
    assert run(command, module, cache, ".", env=env)[1] == "ok  \texample.com/m\tNs\n"
    os.utime(file)  # as a fresh checkout has it
    assert run(command, module, cache, ".", env=env)[1] == "ok  \texample.com/m\t(cached)\n"
    info = file.stat()
    file.write_text("y\n")
    os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert run(command, module, cache, ".", env=env)[1] == "ok  \texample.com/m\tNs\n"
    file.write_text("x\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))


def test_explanations(module: Path, cache: Path) -> None:
    command = gocmd.gokiln_command()

    def why(*args: str, env: Mapping[str, str] | None = None) -> str:
        return run(command, module, cache, "-gokiln.explain", *args, env=env)[2].strip()

    env = {"FOO": "explain"}
    why(".", env=env)
    assert why(".", env=env).startswith("example.com/m: cached, from ")
    assert why(".", env={"FOO": "explain2"}) == "example.com/m: ran: environment variable FOO changed"
    assert why("-count=1", ".") == "example.com/m: ran: not cacheable with -test.count=1"
    assert why("./mid") == "example.com/m/mid: not run: no test files"
    file = module / "a_test.go"
    file.write_text(file.read_text().replace("in sub", "in the sub"))
    assert why(".", env=env) == "example.com/m: ran: the program changed because of example.com/m"


def test_another_chance(module: Path, cache: Path, tmp_path: Path) -> None:
    root = tmp_path / "flaky"
    root.mkdir()
    (root / "go.mod").write_text("module example.com/flaky\n\ngo 1.24\n")
    (root / "f_test.go").write_text(
        'package flaky\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestFlaky(t *testing.T) {\n'
        f'\tif _, err := os.Stat("{tmp_path}/flag"); err != nil {{\n\t\tos.WriteFile("{tmp_path}/flag", nil, 0o666)\n'
        '\t\tt.Fatal("first")\n\t}\n}\n\nfunc TestGood(t *testing.T) {}\n'
    )
    report = tmp_path / "report.xml"
    args = ("-gokiln.rerun-fails", f"-gokiln.junit={report}", ".")
    status, out, err = run(gocmd.gokiln_command(), root, cache, *args)
    assert status == 0, out + err
    assert "ok  \texample.com/flaky\tNs\t[passed in run 2: TestFlaky]\n" in out
    assert "TestFlaky failed, running again (1 of 2)" in err
    text = report.read_text()
    assert 'name="TestGood"' in text
    assert 'failures="0"' in text

"""Options, settings, reports: what they read and what they write."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gokiln.config.settings import SettingsError, find_file, parse_variable, read_settings
from gokiln.errors import UsageError
from gokiln.gotest.closing import closing_words
from gokiln.gotest.collect import Collector
from gokiln.gotest.coverhtml import Block, make_tree, page_name, read_profile, source_page, totals, write_pages
from gokiln.gotest.github import error_lines, summary
from gokiln.gotest.junit import junit_xml
from gokiln.gotest.options import take_options
from gokiln.gotest.rerun import rerun_words
from gokiln.gotest.state import TestRun
from gokiln.packages.package import Package

OUTPUT = (
    b"=== RUN   TestGood\n--- PASS: TestGood (0.25s)\n"
    b"=== RUN   TestBad\n=== RUN   TestBad/sub\n    x_test.go:7: <bad> & \x01worse\n"
    b"--- FAIL: TestBad (0.50s)\n    --- FAIL: TestBad/sub (0.00s)\n"
    b"=== RUN   TestSkip\n    x_test.go:9: not today\n--- SKIP: TestSkip (0.00s)\nFAIL\nFAIL\tm\t0.1s\n"
)


def make_run(output: bytes = OUTPUT, *, passed: bool = False, path: str = "example.com/m") -> TestRun:
    package = Package()
    package.import_path, package.dir = path, "/repo/m"
    run = TestRun(package)
    run.collector = Collector(26, keep_pieces=True)
    run.collector.write(output)
    run.collector.close(passed)
    run.passed = passed
    run.seconds = 1.5
    return run


# --- options and settings ---


def test_options_are_taken_out() -> None:
    options, rest = take_options(
        ["-gokiln.explain", "-v", "--gokiln.junit=o.xml", "-gokiln.coverhtml", "html", ".", "-args", "-gokiln.watch"],
        {},
    )
    assert (options.explain, options.junit, options.coverhtml, options.watch) == (True, "o.xml", "html", False)
    assert rest == ["-v", ".", "-args", "-gokiln.watch"]


def test_settings_give_options_and_yield_to_flags() -> None:
    settings: dict[str, str | bool] = {"explain": "true", "rerun-fails": "3", "testcontent": "1", "other": "x"}
    options, _ = take_options(["-gokiln.explain=false"], settings)
    assert (options.explain, options.rerun_fails, options.testcontent) == (False, 3, True)
    assert options.unknown == ["other"]
    assert take_options(["-gokiln.rerun-fails"], {})[0].rerun_fails == 2


@pytest.mark.parametrize("value", [True, False])
def test_settings_without_a_value(value: bool) -> None:
    options, _ = take_options([], {"explain": value, "rerun-fails": value})
    assert (options.explain, options.rerun_fails) == (value, 2 if value else 0)


def test_a_setting_that_names_a_file_needs_one() -> None:
    assert take_options([], {"junit": False})[0].junit == ""
    with pytest.raises(UsageError) as caught:
        take_options([], {"junit": True})
    assert str(caught.value) == "gokiln: setting junit: a file name is wanted"
    with pytest.raises(UsageError) as caught:
        take_options([], {"testcontent": "maybe"})
    assert str(caught.value) == 'gokiln: setting testcontent: invalid value "maybe": parse error'


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["-gokiln.nope"], "flag provided but not defined: -gokiln.nope"),
        (["-gokiln.explain=x"], 'invalid value "x" for flag -gokiln.explain: parse error'),
        (["-gokiln.rerun-fails=-1"], 'invalid value "-1" for flag -gokiln.rerun-fails'),
        (["-gokiln.junit="], "a file name is wanted"),
    ],
)
def test_wrong_options(args: list[str], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        take_options(args, {})


def test_the_variable_and_the_file(tmp_path: Path) -> None:
    assert parse_variable("testcontent, junit=a=b,,") == {"testcontent": True, "junit": "a=b"}
    (tmp_path / ".git").mkdir()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_file(str(below)) == ""
    (tmp_path / "gokiln.toml").write_text('testcontent = true\n[test]\nrerun-fails = 2\n[build]\nx = "y"\n')
    assert read_settings({}, str(below), "test") == {"testcontent": True, "rerun-fails": "2"}
    assert read_settings({"GOKILN": "rerun-fails=5"}, str(below), "test")["rerun-fails"] == "5"


def test_a_wrong_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "gokiln.toml").write_text("explain = true\n[test\n")
    with pytest.raises(SettingsError) as caught:
        read_settings({}, str(tmp_path), "test")
    assert str(caught.value) == f"{tmp_path}/gokiln.toml:2:6: Expected ']' at the end of a table declaration"


@pytest.mark.parametrize("text", ["x = [1]\n", "nonsense", 'test = "x"\n'])
def test_files_that_cannot_be_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "gokiln.toml").write_text(text)
    with pytest.raises(SettingsError):
        read_settings({}, str(tmp_path), "test")
    with pytest.raises(SettingsError):
        parse_variable("=x")


# --- collected tests ---


def test_collected_results() -> None:
    collector = make_run().collector
    assert collector is not None
    assert [(c.name, c.result, c.elapsed) for c in collector.tests.values()] == [
        ("TestGood", "pass", 0.25),
        ("TestBad", "fail", 0.5),
        ("TestBad/sub", "fail", 0.0),
        ("TestSkip", "skip", 0.0),
    ]
    assert [c.name for c in collector.failed()] == ["TestBad/sub"]
    assert collector.failed()[0].root == "TestBad"
    assert collector.failed()[0].place()[:2] == ("x_test.go", 7)


def test_a_test_that_never_ended_failed() -> None:
    collector = make_run(b"=== RUN   TestA\npanic: oh\n").collector
    assert collector is not None
    assert collector.tests["TestA"].result == "fail"


def test_what_is_shown_without_v() -> None:
    collector = make_run().collector
    assert collector is not None
    assert collector.without_v() == (
        b"--- FAIL: TestBad (0.50s)\n    --- FAIL: TestBad/sub (0.00s)\n        x_test.go:7: <bad> & \x01worse\n"
        b"FAIL\nFAIL\tm\t0.1s\n"
    )
    loud = make_run(
        b"=== RUN   TestA\nprinted\n    x_test.go:5: logged\n--- PASS: TestA (0.00s)\n"
        b"=== RUN   TestB\nprinted too\n    x_test.go:9: bad\n--- FAIL: TestB (0.00s)\nFAIL\nFAIL\tm\t0.1s\n"
    ).collector
    assert loud is not None
    assert loud.without_v() == (
        b"printed\nprinted too\n--- FAIL: TestB (0.00s)\n    x_test.go:9: bad\nFAIL\nFAIL\tm\t0.1s\n"
    )
    good = make_run(b"=== RUN   TestA\nnoise\n--- PASS: TestA (0.00s)\nPASS\nok  \tm\t0.1s\n", passed=True).collector
    assert good is not None
    assert good.without_v() == b"ok  \tm\t0.1s\n"


def test_failed_subtests_stand_where_they_ended() -> None:
    mark = b"\x16"
    output = b"".join(
        mark + line if line.startswith((b"===", b"---", b"FAIL")) else line
        for line in (
            b"=== RUN   TestA\n", b"    a_test.go:1: one\n", b"=== RUN   TestA/x\n", b"    a_test.go:2: in x\n",
            b"=== RUN   TestA/x/y/z\n", b"    a_test.go:3: in z\n        more\n", b"--- FAIL: TestA/x/y/z (0.00s)\n",
            b"--- FAIL: TestA/x (0.00s)\n", b"=== RUN   TestA/good\n", b"    a_test.go:4: good\n",
            b"--- PASS: TestA/good (0.00s)\n", b"=== NAME  TestA\n", b"    a_test.go:5: two\n",
            b"--- FAIL: TestA (0.00s)\n", b"FAIL\n", b"FAIL\tm\t0.1s\n",
        )
    )  # fmt: skip
    collector = make_run(output).collector
    assert collector is not None
    assert collector.without_v().decode() == (
        "--- FAIL: TestA (0.00s)\n    a_test.go:1: one\n    --- FAIL: TestA/x (0.00s)\n        a_test.go:2: in x\n"
        "        --- FAIL: TestA/x/y/z (0.00s)\n            a_test.go:3: in z\n                more\n"
        "    a_test.go:5: two\nFAIL\nFAIL\tm\t0.1s\n"
    )


def test_only_failed_tests_run_again() -> None:
    words = ["/w/m.test", "-test.timeout=1m", "-test.run=X", "-test.coverprofile=c", "-mine"]
    assert rerun_words(words, ["TestA", "TestB"]) == [
        "/w/m.test",
        "-test.run=^(TestA|TestB)$",
        "-test.timeout=1m",
        "-mine",
    ]


# --- reports ---


def test_junit_is_well_formed_and_complete() -> None:
    built = make_run(b"FAIL\tm [build failed]\n", path="example.com/<odd>")
    root = ElementTree.fromstring(junit_xml([make_run(), built], 2.0, "go1.26.8 linux/amd64", "2026-01-01T00:00:00Z"))
    assert (root.get("tests"), root.get("failures")) == ("5", "3")
    suite = root.findall("testsuite")[0]
    assert suite.get("name") == "example.com/m"
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert list(cases) == ["TestGood", "TestBad", "TestBad/sub", "TestSkip"]
    failure = cases["TestBad/sub"].find("failure")
    assert failure is not None
    assert "<bad> & \ufffdworse" in (failure.text or "")
    skipped = cases["TestSkip"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not today"
    assert root.findall("testsuite")[1].get("name") == "example.com/<odd>"


def test_github_annotations() -> None:
    lines = error_lines(make_run(), "/repo")
    assert lines.startswith("::error file=m/x_test.go,line=7,title=example.com/m.TestBad/sub::")
    assert lines.count("\n") == 1
    assert error_lines(make_run(b"ok\n", passed=True), "/repo") == ""


def test_a_test_above_a_failed_subtest_is_annotated_for_what_it_says_itself() -> None:
    own = b"=== RUN   TestBad\n    x_test.go:5: own words\n=== RUN   TestBad/sub\n    x_test.go:7: below\n"
    ends = b"--- FAIL: TestBad (0.50s)\n    --- FAIL: TestBad/sub (0.00s)\nFAIL\n"
    lines = error_lines(make_run(own + ends), "/repo").splitlines()
    assert [line.partition("::")[2].partition("::")[0] for line in lines] == [
        "error file=m/x_test.go,line=5,title=example.com/m.TestBad",
        "error file=m/x_test.go,line=7,title=example.com/m.TestBad/sub",
    ]


def test_summaries() -> None:
    text = summary([make_run(), make_run(b"", passed=True, path="example.com/ok")], 3.0)
    assert text.startswith("### Tests: 1 of 2 packages failed, 0 from the cache, 3.0 s\n")
    assert "| example.com/m | `TestBad/sub` | 1.5 s |" in text
    assert closing_words([make_run()], 3.0) == (
        "\nfailed:\n  example.com/m: TestBad/sub\n\nslowest:\n     0.5 s  example.com/m TestBad\n"
        "tests: 1 passed, 2 failed, 1 skipped\npackages: 0 passed, 1 failed; 3.0 s\n"
    )
    cached = make_run(passed=True)
    cached.cached = True
    assert closing_words([cached], 3.0) == "packages: 1 passed, 1 of them from the cache; 3.0 s\n"
    unknown = make_run(passed=True)
    unknown.collector = None
    assert "\nslowest:\n     1.5 s  example.com/m\n" in closing_words([unknown], 3.0)


PROFILE = (
    "mode: set\nexample.com/m/a.go:3.24,4.13 1 1\nexample.com/m/a.go:4.13,6.3 2 0\nexample.com/m/a.go:4.13,6.3 2 0\n"
)


def test_profiles_are_added_up() -> None:
    files = read_profile(PROFILE + "example.com/m/a.go:3.24,4.13 1 4\n")
    assert list(files) == ["example.com/m/a.go"]
    assert [(b.start, b.end, b.statements, b.count) for b in files["example.com/m/a.go"]] == [
        ((3, 24), (4, 13), 1, 5),
        ((4, 13), (6, 3), 2, 0),
    ]
    assert totals(files["example.com/m/a.go"]) == (1, 3)


class Texts(HTMLParser):
    """All text of a page, and the links in it; complains of tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link"):
            self.open.append(tag)
        self.links += [value or "" for key, value in attrs if key == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_pages_can_be_browsed(tmp_path: Path) -> None:
    profile = tmp_path / "c.out"
    profile.write_text(PROFILE)
    source = b"package m\n\nfunc F(a int) bool {\n\tif a < 1 && true {\n\t\treturn false\n\t}\n\treturn true\n}\n"
    index = write_pages(str(profile), str(tmp_path / "html"), lambda name: source)
    page = Texts()
    page.feed(Path(index).read_text())
    assert page.open == []
    assert page.links == ["data:,", page_name("example.com/m/a.go")]
    assert "33.3%" in page.text
    file = tmp_path / "html" / page.links[1]
    inner = Texts()
    inner.feed(file.read_text())
    assert inner.open == []
    assert "if a < 1 && true {" in inner.text
    assert '<span class="miss">' in file.read_text()


def test_a_source_that_shrank_since_does_not_break_its_page() -> None:
    blocks = read_profile(PROFILE)["example.com/m/a.go"]
    assert b"package m" in source_page("example.com/m/a.go", b"package m\n", blocks)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (9999, "9999"), (10_000, "10k"), (33_418_071, "33.42M"), (2**64, "18.45E"), (9_999_600, "10M")],
)
def test_big_counts_are_shown_short(count: int, shown: str) -> None:
    block = Block((1, 1), (1, 9), 1, count)
    assert f">{shown}&times;</b>" in source_page("m/a.go", b"package m\n", [block], True).decode()


def test_folders_with_one_folder_are_one_line() -> None:
    block = [Block((1, 1), (1, 9), 2, 1)]
    tree = make_tree({name: block for name in ("x.org/m/in/deep/a.go", "x.org/m/in/deep/b.go", "x.org/m/c.go")})
    assert (tree.name, list(tree.files), list(tree.folders), tree.covered, tree.total) == (
        "x.org/m", ["c.go"], ["in/deep"], 6, 6,
    )  # fmt: skip
    assert make_tree({"/abs/dir/a.go": block}).name == "/abs/dir"
    several = make_tree({"x/a.go": block, "/y/b.go": block})
    assert (several.name, sorted(several.folders)) == ("", ["/y", "x"])


def test_page_names_differ() -> None:
    names = [
        "a/b.go",
        "a_b.go",
        "a.b.go",
        "a=b.go",
        "A/b.go",
        "a,b.go",
        "a=41=b.go",
        "x/" * 200 + "a",
        "y/" * 200 + "a",
    ]
    assert len({page_name(name).lower() for name in names}) == len(names)
    assert max(len(page_name(name)) for name in names) < 255

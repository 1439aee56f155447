"""The pages of coverage in a real browser: from file: URLs, with a mouse, light and dark, wide and narrow."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gokiln.gotest.coverhtml import page_name, write_pages
from tests.browser.chromium import Chromium, chromium_or_skip
from tests.compat import gocmd

SOURCE = """package m

// Sign <b>names</b> the sign & more of n, which may be negative; a long line for narrow windows to scroll: 0123456789.
func Sign(n int) string {
	if n < 0 {
		return "<i>minus</i>"
	} else if n == 0 { return "zero" }
	return "plus"
}

func never() {
	println("x")
}
"""
PROFILE = """mode: {mode}
example.com/m/a.go:4.25,5.11 1 {many}
example.com/m/a.go:5.11,7.3 1 0
example.com/m/a.go:7.9,7.19 1 {many}
example.com/m/a.go:7.19,7.36 1 1
example.com/m/a.go:8.2,8.15 1 1
example.com/m/a.go:11.14,13.2 1 0
example.com/m/in/deep/b <&>.go:4.25,5.11 1 0
example.com/m/in/deep/c.go:4.25,5.11 1 1
"""
WHITE, BLACK = 600, 150  # sums of red, green and blue: lighter, darker


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    made = Chromium(chromium_or_skip(), tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _clean(browser: Chromium) -> Iterator[None]:
    """Every test begins with a wide, light window, and must leave no complaint."""
    browser.media("light")
    browser.size(1200, 800)
    browser.events.clear()
    yield
    assert browser.complaints() == []
    assert {url.partition(":")[0] for url in browser.requested()} <= {"file", "data"}


def pages(folder: Path, mode: str = "count", files: int = 0) -> str:
    """Write pages; the URL of the first. files: so many more in the profile."""
    profile = folder / "c.out"
    more = "".join(f"example.com/m/in/p{i // 10}/f{i}.go:4.25,5.11 1 1\n" for i in range(files))
    profile.write_text(PROFILE.format(mode=mode, many=12 if mode != "set" else 1) + more)
    return Path(write_pages(str(profile), str(folder / "some html"), lambda name: SOURCE.encode())).as_uri()


def color(browser: Chromium, selector: str, name: str = "backgroundColor") -> list[int]:
    """Red, green, blue of a computed color, as painted."""
    text = browser.evaluate(f"getComputedStyle(document.querySelector('{selector}')).{name}")
    return [int(part) for part in text[text.index("(") + 1 : -1].split(",")[:3]]


def rows(browser: Chromium) -> list[str]:
    """The rows of the tree that can be seen: name, percentage, statements."""
    found: list[str] = browser.evaluate(
        "[...document.querySelectorAll('.row:not(.head)')].filter(e => e.checkVisibility()).map(e =>"
        " ['.name', '.percent', '.count'].map(c => e.querySelector(c).innerText.trim()).join(' | '))"
    )
    return found


def test_the_tree_adds_up(browser: Chromium, tmp_path: Path) -> None:
    browser.open(pages(tmp_path))
    assert browser.evaluate("document.title") == "Coverage"
    assert "62.5%" in browser.evaluate("document.querySelector('header').innerText")
    assert rows(browser) == [
        "example.com/m | 62.5% | 5 / 8",
        "a.go | 66.7% | 4 / 6",
        "in/deep | 50.0% | 1 / 2",
        "b <&>.go | 0.0% | 0 / 1",
        "c.go | 100.0% | 1 / 1",
    ]
    widths = browser.evaluate("[...document.querySelectorAll('.row .bar i')].map(e => e.offsetWidth)")
    whole = browser.evaluate("document.querySelector('.row .bar').offsetWidth")
    assert [round(100 * width / whole) for width in widths] == pytest.approx([62.5, 67, 50, 0, 100], abs=1)
    left = browser.evaluate("[...document.querySelectorAll('.row .name')].map(e => e.getBoundingClientRect().x)")
    assert left[1] < left[2] == left[3] < left[4] == left[5]


def test_folders_fold(browser: Chromium, tmp_path: Path) -> None:
    browser.open(pages(tmp_path))
    browser.click("details details > summary")
    assert [row.partition(" |")[0] for row in rows(browser)] == ["example.com/m", "a.go", "in/deep"]
    browser.click("details details > summary")
    assert len(rows(browser)) == 5


def test_a_big_tree_is_folded_at_first(browser: Chromium, tmp_path: Path) -> None:
    browser.open(pages(tmp_path, files=200))
    assert len(rows(browser)) == 2 + 1 + 20 + 1  # m, a.go, in, its folders
    browser.click("details details details > summary")
    assert len(rows(browser)) == 2 + 1 + 20 + 1 + 2


def test_a_file_is_a_click_away_and_back(browser: Chromium, tmp_path: Path) -> None:
    browser.open(pages(tmp_path))
    browser.click("a.row", loads=True)
    assert browser.evaluate("document.title") == "example.com/m/a.go"
    assert browser.evaluate("location.href").endswith("/some%20html/" + page_name("example.com/m/a.go"))
    assert "66.7%" in browser.evaluate("document.querySelector('header').innerText")
    browser.click("h1 a", loads=True)
    assert browser.evaluate("document.title") == "Coverage"
    browser.click("details details a.row", loads=True)
    assert browser.evaluate("document.querySelector('h1').innerText").endswith("m/in/deep/b <&>.go")


def test_the_source_is_as_it_is(browser: Chromium, tmp_path: Path) -> None:
    browser.open(pages(tmp_path))
    browser.click("a.row", loads=True)
    assert (
        browser.evaluate("[...document.querySelectorAll('.line code')].map(e => e.textContent).join('\\n')") + ("\n")
        == SOURCE
    )
    assert browser.evaluate("[...document.querySelectorAll('.line > a')].map(e => +e.innerText)") == list(range(1, 14))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_are_colored(scheme: str, browser: Chromium, tmp_path: Path) -> None:
    browser.media(scheme)
    browser.open(pages(tmp_path))
    browser.click("a.row", loads=True)
    kinds = browser.evaluate("[...document.querySelectorAll('.line')].map(e => e.classList[1] || '')")
    assert kinds == ["", "", "", "hit", "part", "miss", "part", "hit", "", "", "miss", "miss", "miss"]
    plain = color(browser, "body")
    assert (sum(plain) > WHITE) == (scheme == "light") and (sum(plain) < BLACK) == (scheme == "dark")
    ran, did_not = color(browser, "#L8"), color(browser, "#L6")
    assert ran[1] > max(ran[0], ran[2]), "green"
    assert did_not[0] > max(did_not[1], did_not[2]), "red"
    parts = browser.evaluate("[...document.querySelectorAll('#L7 span')].map(e => [e.className, e.innerText])")
    assert parts == [["miss", "\t}"], ["hit", "if n == 0 "], ["hit", '{ return "zero" }']]
    assert color(browser, "#L7 .miss") == did_not and color(browser, "#L7 .hit") == ran
    text = color(browser, "#L6 code", "color")
    for back in (plain, ran, did_not):
        assert contrast(text, back) > 7, "text can be read"


def contrast(one: list[int], two: list[int]) -> float:
    """The contrast ratio of two colors (WCAG 2.2)."""

    def light(rgb: list[int]) -> float:
        parts = [c / 255 for c in rgb]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


def test_counts_are_shown_where_they_are_known(browser: Chromium, tmp_path: Path) -> None:
    for mode, expected in (("count", ["12×", "12×", "0×", "12×", "1×", "0×", "0×", "0×"]), ("set", [])):
        (tmp_path / mode).mkdir()
        browser.open(pages(tmp_path / mode, mode))
        browser.click("a.row", loads=True)
        assert browser.evaluate("[...document.querySelectorAll('.line b')].map(e => e.innerText).filter(t => t)") == (
            expected
        )


def test_gaps_can_be_jumped_to(browser: Chromium, tmp_path: Path) -> None:
    browser.size(1200, 220)
    browser.open(pages(tmp_path))
    browser.click("a.row", loads=True)
    assert browser.evaluate("[...document.querySelectorAll('.gaps a')].map(e => e.innerText)") == ["5–7", "11–13"]
    browser.click(".gaps a:last-child")
    assert browser.evaluate("location.hash") == "#L11"
    seen = "const r = document.querySelector('#L11').getBoundingClientRect(), h = document.querySelector('header')"
    assert browser.evaluate(f"(() => {{ {seen}; return r.top >= h.offsetHeight && r.bottom <= innerHeight }})()")


def test_a_narrow_window_is_enough(browser: Chromium, tmp_path: Path) -> None:
    browser.size(400, 800)
    browser.open(pages(tmp_path))
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not browser.evaluate(wide)
    browser.click("a.row", loads=True)
    assert not browser.evaluate(wide), "only the code scrolls to the side"
    assert browser.evaluate("(e => e.scrollWidth > e.clientWidth)(document.querySelector('.code'))")


def test_light_and_dark_are_painted(browser: Chromium, tmp_path: Path) -> None:
    shots: list[bytes] = []
    url = pages(tmp_path)
    file = url.rpartition("/")[0] + "/" + page_name("example.com/m/a.go")
    for scheme, where in itertools.product(("light", "dark"), (url, file)):
        browser.media(scheme)
        browser.open(where)
        shots.append(browser.screenshot(tmp_path / f"{scheme}{len(shots)}.png"))
    assert all(shot.startswith(b"\x89PNG") for shot in shots) and len(set(shots)) == 4


@pytest.mark.go
def test_pages_of_a_real_run(browser: Chromium, tmp_path: Path) -> None:
    """gokiln test -gokiln.coverhtml: the percentages are those that the tests print."""
    for name, text in {
        "go.mod": "module example.com/r\n\ngo 1.24\n",
        "a/a.go": "package a\n\nfunc F(n int) int {\n\tif n > 1 {\n\t\treturn 1\n\t}\n\treturn 2\n}\n",
        "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestF(t *testing.T) { F(0) }\n',
        "b/b.go": "package b\n\nfunc G() {\n\tprintln()\n}\n",
    }.items():
        path = tmp_path / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    env = gocmd.clean_env(tmp_path / "cache")
    done = gocmd.run(gocmd.gokiln_command(), ["test", "-gokiln.coverhtml=html", "./..."], tmp_path / "m", env)
    assert done.returncode == 0, done.stderr.decode()
    assert b"coverage: 66.7% of statements" in done.stdout
    index = tmp_path / "m" / "html" / "index.html"
    assert f"coverage pages: {index}".encode() in done.stderr
    browser.open(index.as_uri())
    assert rows(browser) == [
        "example.com/r | 50.0% | 2 / 4",
        "a | 66.7% | 2 / 3",
        "a.go | 66.7% | 2 / 3",
        "b | 0.0% | 0 / 1",
        "b.go | 0.0% | 0 / 1",
    ]
    browser.click("a.row", loads=True)
    assert browser.evaluate("document.querySelectorAll('.line.miss').length") == 2
    assert sorted(os.listdir(index.parent)) == ["example.com,r,a,a.go.html", "example.com,r,b,b.go.html", "index.html"]

"""Unified differences: the format of internal/diff, chunk by chunk."""

from __future__ import annotations

from gokiln.base.diff import diff


def show(old: str, new: str) -> str:
    return diff("old", old.encode(), "new", new.encode()).decode()


def test_equal_texts_have_no_difference() -> None:
    assert show("a\nb\n", "a\nb\n") == ""


def test_changed_line_has_context() -> None:
    old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
    assert show(old, old.replace("5", "five")) == (
        "diff old new\n--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
    )


def test_empty_side_counts_from_zero() -> None:
    assert show("", "a\n") == "diff old new\n--- old\n+++ new\n@@ -0,0 +1,1 @@\n+a\n"
    assert show("a\n", "") == "diff old new\n--- old\n+++ new\n@@ -1,1 +0,0 @@\n-a\n"


def test_missing_newline_is_told() -> None:
    assert show("a", "a\n").splitlines()[3:] == [
        "@@ -1,1 +1,1 @@",
        "-a",
        "\\ No newline at end of file",
        "+a",
    ]


def test_far_changes_are_separate_chunks() -> None:
    lines = [str(n) for n in range(30)]
    old = "\n".join(lines) + "\n"
    new = old.replace("\n2\n", "\nB\n").replace("\n27\n", "\nY\n")
    assert show(old, new).count("@@ -") == 2


def test_applying_the_difference_gives_the_new_text() -> None:
    import random

    r = random.Random(7)
    for _ in range(200):
        old = [r.choice("abcdefgh") for _ in range(r.randint(0, 14))]
        new = [r.choice("abcdefgh") for _ in range(r.randint(0, 14))]
        text = show("".join(x + "\n" for x in old), "".join(x + "\n" for x in new))
        assert apply(old, text.splitlines()) == new


def apply(old: list[str], lines: list[str]) -> list[str]:
    out: list[str] = []
    at = 0
    for line in lines[3:]:
        if line.startswith("@@"):
            start, count = (int(n) for n in line.split()[1][1:].split(","))
            start = start - 1 if count else start
            out += old[at:start]
            at = start
        elif line[0] == "+":
            out.append(line[1:])
        else:
            assert old[at] == line[1:]
            at += 1
            if line[0] == " ":
                out.append(line[1:])
    return out + old[at:]

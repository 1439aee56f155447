"""Vectors are those of cmd/internal/pkgpattern/pat_test.go and path/match_test.go."""

import pytest

from gokiln.base.pattern import (
    BadPatternError,
    clean_patterns,
    in_dir,
    match_pattern,
    match_prefix_patterns,
    path_match,
    tree_can_match_pattern,
)

MATCH = {
    "...": ("foo", "foo/bar"),
    "net": ("net",),
    "net/http": ("net/http",),
    "net...": ("net", "net/http", "netchan"),
    "net/...": ("net", "net/http"),
    "abc.../def": ("abcxyz/def", "abc/xyz/def"),
    "x/vendor": ("x/vendor",),
    "x/vendor/...": ("x/vendor", "x/vendor/y"),
    "x/vendor/y": ("x/vendor/y",),
    "x/vendor/y/...": ("x/vendor/y", "x/vendor/y/z", "x/vendor/y/vendor"),
    ".../vendor/...": ("x/vendor/y",),
}
NO_MATCH = {
    "net": ("net/http", "netchan"),
    "net...": ("not/http",),
    "net/...": ("netchan",),
    "abc.../def": ("xyz/abc/def",),
    "...": ("x/vendor/y",),
    "x/vendor/y/...": ("x/vendor/y/vendor/z",),
    "x/...": ("x/vendor/y",),
}


@pytest.mark.parametrize(("pattern", "name"), [(p, n) for p, names in MATCH.items() for n in names])
def test_matches(pattern, name):
    assert match_pattern(pattern)(name)


@pytest.mark.parametrize(("pattern", "name"), [(p, n) for p, names in NO_MATCH.items() for n in names])
def test_does_not_match(pattern, name):
    assert not match_pattern(pattern)(name)


def test_tree_can_match():
    can = tree_can_match_pattern("net/http/...")
    assert can("net") and can("net/http") and can("net/http/httptest")
    assert not can("netx")


@pytest.mark.parametrize(
    ("pattern", "name", "want"),
    [
        ("abc", "abc", True),
        ("*", "abc", True),
        ("*c", "abc", True),
        ("a*", "ab/c", False),
        ("a*/b", "abc/b", True),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/f", True),
        ("a*b?c*x", "abxbbxdbxebxczzy", False),
        ("ab[c]", "abc", True),
        ("ab[^c]", "abc", False),
        ("ab[e-g]", "abc", False),
        ("ab[^e-g]", "abc", True),
        ("a\\*b", "a*b", True),
        ("a???b", "a\u263ab", False),
        ("a[^a][^a][^a]b", "a\u263ab", False),
        ("[\\]a]", "]", True),
        ("[x\\-]", "-", True),
        ("a?b", "a/b", False),
        ("a[x-x]b", "axb", True),
        ("[b-a]", "a", False),
    ],
)
def test_path_match(pattern, name, want):
    assert path_match(pattern, name) is want


@pytest.mark.parametrize("pattern", ["[]a]", "[-]", "[x-]", "[-x]", "[", "[^", "[^bc", "a[", "\\", "a[b-"])
def test_bad_path_patterns(pattern):
    with pytest.raises(BadPatternError):
        path_match(pattern, "a")


def test_clean_patterns():
    assert clean_patterns([]) == ["."]
    assert clean_patterns(["./x/../y", "a//b", "./", "/x/../y", "m@v1//x", "..", "a\\b"]) == [
        "./y",
        "a/b",
        ".",
        "/y",
        "m@v1//x",
        "..",
        "a/b",
    ]


def test_prefix_patterns():
    assert match_prefix_patterns("*.corp.example.com,rsc.io/private", "git.corp.example.com/xyzzy")
    assert match_prefix_patterns("rsc.io/private/", "rsc.io/private/quux")
    assert not match_prefix_patterns("rsc.io/private", "rsc.io")
    assert not match_prefix_patterns("[,,", "rsc.io")


def test_in_dir_looks_through_links_on_both_sides(tmp_path):
    real = tmp_path / "real"
    (real / "sub").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(real)
    (tmp_path / "into").symlink_to(real / "sub")
    assert in_dir(str(real), str(real)) == "."
    assert in_dir(str(real / "sub"), str(real)) == "sub"
    assert in_dir(str(link / "sub"), str(real)) == "sub"
    assert in_dir(str(real / "sub"), str(link)) == "sub"
    assert in_dir(str(tmp_path / "into"), str(real)) == in_dir(str(tmp_path / "into"), str(link)) == "sub"
    assert in_dir(str(real / "gone"), str(link)) == "gone"  # need not be there
    assert in_dir(str(link / "gone"), str(real)) == ""  # a link in it is not looked through then
    assert in_dir(str(tmp_path), str(real)) == in_dir(f"{real}s", str(real)) == ""

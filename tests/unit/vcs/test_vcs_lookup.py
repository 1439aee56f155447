"""From import paths to repositories: sites, pages, GOVCS. Pages are given, nothing is asked."""

# ruff: noqa: E501  (tables of cases)

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.goturl import GoUrl
from gokiln.modules.fetch.response import Response
from gokiln.modules.fetch.vcs.htmlhead import PageError, parse_meta_imports
from gokiln.modules.fetch.vcs.lookup import Finder
from gokiln.modules.fetch.vcs.policy import Policy, parse_govcs
from gokiln.modules.fetch.vcs.systems import System, Systems, VcsError

GIT = ("foo/bar", "git", "https://github.com/rsc/foo/bar", "")
TAG = '<meta name="go-import" content="foo/bar git https://github.com/rsc/foo/bar">'
# From cmd/go/internal/vcs/discovery_test.go (with "mod" preferred, as module lookups do).
PAGES = [
    (TAG, [GIT]),
    (TAG + '\n<meta name="go-import" content="baz/quux git http://x">', [GIT, ("baz/quux", "git", "http://x", "")]),
    (TAG + '<meta name="go-import" content="foo/bar mod http://x">', [("foo/bar", "mod", "http://x", "")]),
    ('<meta name="go-import" content="a mod http://x">' + TAG, [("a", "mod", "http://x", ""), GIT]),
    (f"<head>\n{TAG}\n</head>{TAG}", [GIT]),
    (f"{TAG}<body>{TAG}", [GIT]),
    (f"<!doctype html>{TAG}", [GIT]),
    (
        "<!doctype html><title>Page Not Found</title><meta name=go-import content=\"chitin.io/chitin git https://g/c\">"
        "<div style=position:relative>DRAFT</div>",
        [("chitin.io/chitin", "git", "https://g/c", "")],
    ),
    ('<META NAME="go-import" CONTENT="a git b sub/dir"/>', [("a", "git", "b", "sub/dir")]),
    ('<meta name="go-import" content="a git b c d"><meta name="go-import" content="a b"><meta name="x" content="a b c">', []),
    ("<!-- " + TAG + " --><![CDATA[" + TAG + "]]><?php " + TAG + " ?>" + TAG, [GIT]),
    ('<!DOCTYPE x [ <!ENTITY y "<z>"> <!-- > --> ]>' + TAG, [GIT]),
    ("<meta name='go-import' content='a&amp;b git&#32;c&unknown;d&#x2f;'>", [("a&b", "git", "c&unknown;d/", "")]),
    (TAG + "<p class=x", [GIT]),
    ("just text", []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("page", "want"), PAGES)
def test_meta_imports(page: str, want: list[tuple[str, str, str, str]]) -> None:
    assert [m.fields() for m in parse_meta_imports(page.encode())] == want


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("<html>\n<p", "XML syntax error on line 2: unexpected EOF"),
        ("<1>", "XML syntax error on line 1: invalid XML name: 1"),
        ("<a b='<'>", "XML syntax error on line 1: unescaped < inside quoted string"),
        ("</a b>", "XML syntax error on line 1: invalid characters between </a and >"),
        ("<!-- a -- b -->", 'XML syntax error on line 1: invalid sequence "--" not allowed in comments'),
        ('<?xml version="1.1"?>', 'xml: unsupported version "1.1"; only version 1.0 is supported'),
        (
            '<?xml encoding="latin1"?>',
            'xml: opening charset "latin1": can\'t decode XML document using charset "latin1"',
        ),
    ],
)
def test_broken_pages(page: str, problem: str) -> None:
    with pytest.raises(PageError) as err:
        parse_meta_imports(page.encode())
    assert str(err.value) == problem


class Pages:
    """An HttpClient with a fixed set of pages; all other hosts are unknown."""

    def __init__(self, pages: dict[str, tuple[int, str]]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def get(self, url: GoUrl, insecure: bool = False) -> Response:
        key = url.host + url.path
        self.asked.append(key)
        if key not in self.pages:
            raise FetchError(f"no such host {url.host}")
        status, text = self.pages[key]
        shown = f"https://{key}?go-get=1"
        return Response(shown, status, f"{status} S", lambda: iter([text.encode()]), content_type="text/plain")

    def get_bytes(self, url: GoUrl) -> bytes:
        response = self.get(url)
        response.check()
        return response.read()


def finder(
    pages: dict[str, tuple[int, str]] | None = None, govcs: str = "", version: str = "1.26.8", answers: str = ""
) -> Finder:
    client = Pages(pages or {})

    def ping(system: System, scheme: str, repo: str) -> bool:
        return f"{system.cmd} {scheme}" in answers

    return Finder(Systems(version), Policy(govcs, "corp.example.com"), lambda: client, ping, {})  # type: ignore


@pytest.mark.parametrize(
    ("path", "repo", "root"),
    [
        ("github.com/a/b", "https://github.com/a/b", "github.com/a/b"),
        ("github.com/a/b/c/v2", "https://github.com/a/b", "github.com/a/b"),
        ("bitbucket.org/a/b/c", "https://bitbucket.org/a/b", "bitbucket.org/a/b"),
        ("hub.jazz.net/git/u1/p/sub", "https://hub.jazz.net/git/u1/p", "hub.jazz.net/git/u1/p"),
        ("git.apache.org/package_name.git/sub", "https://git.apache.org/package_name.git", "git.apache.org/package_name.git"),
        ("git.openstack.org/o/s.git/x", "https://git.openstack.org/o/s.git", "git.openstack.org/o/s.git"),
        ("x.example.org/~u/r.git/sub", "ssh://x.example.org/~u/r", "x.example.org/~u/r.git"),
    ],
)  # fmt: skip
def test_sites(path: str, repo: str, root: str) -> None:
    found = finder(answers="git ssh").find(path, False)
    assert (found.repo, found.root, found.system.cmd) == (repo, root, "git")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("github.com/a", 'invalid github.com import path "github.com/a"'),
        ("github.com/a/b.git", "invalid version control suffix in github.com/ path"),
        ("chiselapp.com/user/k/repository/fossilhg", "GOVCS disallows using fossil for public chiselapp.com/user/k/repository/fossilhg; see 'go help vcs'"),
        ("example.net/x", "no modules on example.net"),
        ("rsc.io", "rsc.io is not a module"),
        ("https:/x.org/y", '"https://" not allowed in import path'),
        ("x.example.org/r.git", "no secure protocol found for repository"),
        ("x.example.org/r.svn", "GOVCS disallows using svn for public x.example.org/r.svn; see 'go help vcs'"),
        ("nodots/x", 'unrecognized import path "nodots/x": import path does not begin with hostname'),
        ("a.org/x", 'unrecognized import path "a.org/x": https fetch: no such host a.org'),
    ],
)  # fmt: skip
def test_refused_paths(path: str, problem: str) -> None:
    with pytest.raises(GokilnError) as err:
        finder().find(path, False)
    assert str(err.value) == problem


def test_insecure_tries_every_scheme() -> None:
    assert finder(answers="git http").find("x.org/r.git", True).repo == "http://x.org/r"
    assert finder(govcs="x.org:all").find("x.org/r.fossil", False).repo == "https://x.org/r"


def test_bazaar_went_with_1_27() -> None:
    found = finder(govcs="*:all").find("launchpad.net/project/series/sub", False)
    assert (found.repo, found.root) == ("https://launchpad.net/project", "launchpad.net/project")
    with pytest.raises(GokilnError, match="unrecognized import path"):
        finder(govcs="*:all", version="1.27.0").find("launchpad.net/project", False)


def tag(prefix: str, rest: str = "git https://g.org/r") -> str:
    return f'<meta name="go-import" content="{prefix} {rest}">'


def test_pages() -> None:
    pages = {"a.org/x/sub": (404, tag("a.org/x")), "a.org/x": (200, tag("a.org/x"))}
    found = finder(pages).find("a.org/x/sub", False)
    assert (found.repo, found.root, found.subdir) == ("https://g.org/r", "a.org/x", "")
    assert finder({"a.org/": (200, tag("a.org", "mod https://p.org"))}).find("a.org", False).system.name == "mod"
    assert (
        finder({"a.org/x": (200, tag("a.org/x", "git https://g.org/r in/side"))}).find("a.org/x", False).subdir
        == "in/side"
    )


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ({"a.org/x/y": (200, tag("a.org/x")), "a.org/x": (200, tag("a.org/x", "git https://evil.org/r"))},
         "https://a.org/x/y?go-get=1 and //a.org/x?go-get=1 disagree about go-import for a.org/x"),
        ({"a.org/x/y": (200, tag("a.org/x"))}, "fetching a.org/x: no such host a.org"),
        ({"a.org/x/y": (200, tag("a.org/x")), "a.org/x": (200, "")},
         "fetching a.org/x: no go-import meta tag found in https://a.org/x?go-get=1"),
        ({"a.org/x/y": (500, "broken\nserver")}, "reading https://a.org/x/y?go-get=1: 500 S\n\tserver response:\n\tbroken\n\tserver"),
        ({"a.org/x/y": (200, "")}, "parse https://a.org/x/y?go-get=1: no go-import meta tags ()"),
        ({"a.org/x/y": (200, tag("b.org"))},
         "parse https://a.org/x/y?go-get=1: no go-import meta tags (meta tag b.org did not match import path a.org/x/y)"),
        ({"a.org/x/y": (200, tag("a.org/x") * 2)}, 'parse //a.org/x/y?go-get=1: multiple meta tags match import path "a.org/x/y"'),
        ({"a.org/x/y": (200, tag("a.org/x/y", "cvs https://g"))}, 'https://a.org/x/y?go-get=1: unknown vcs "cvs"'),
        ({"a.org/x/y": (200, tag("a.org/x/y", "git g.org"))}, 'https://a.org/x/y?go-get=1: invalid repo root "g.org": no scheme'),
        ({"a.org/x/y": (200, tag("a.org/x/y", "git https://g /s"))},
         'https://a.org/x/y?go-get=1: invalid subdirectory "/s": leading slash'),
        ({"a.org/x/y": (200, "<a")}, "parsing a.org/x/y: XML syntax error on line 1: unexpected EOF"),
    ],
)  # fmt: skip
def test_pages_that_lie(pages: dict[str, tuple[int, str]], problem: str) -> None:
    with pytest.raises(GokilnError) as err:
        finder(pages).find("a.org/x/y", False)
    assert str(err.value) == f'unrecognized import path "a.org/x/y": {problem}'


# From cmd/go/testdata/script/govcs.txt and vcs_test.go.
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a:git,,b:git", "empty entry in GOVCS"),
        ("git", 'malformed entry in GOVCS (missing colon): "git"'),
        (":git", 'empty pattern in GOVCS: ":git"'),
        ("x:", 'empty VCS list in GOVCS: "x:"'),
        ("./x:git", 'relative pattern not allowed in GOVCS: "./x"'),
        ("x:git,x : hg", 'unreachable pattern in GOVCS: "x : hg" after "x:git"'),
        ("x:git||hg", 'empty VCS name in GOVCS: "x:git||hg"'),
    ],
)
def test_bad_govcs(text: str, problem: str) -> None:
    with pytest.raises(VcsError) as err:
        parse_govcs(text)
    assert str(err.value) == problem


def test_policy() -> None:
    Policy("", "").check("git", "x.org")
    Policy("", "x.org").check("svn", "x.org/y")
    Policy("public:all", "").check("svn", "x.org")
    Policy(" *.org/y : svn | hg ", "").check("svn", "x.org/y/z")
    for govcs, private, vcs in (("", "", "svn"), ("x.org:off", "", "git"), ("private:off", "x.org", "git")):
        kind = "private" if private else "public"
        with pytest.raises(VcsError, match=rf"^GOVCS disallows using {vcs} for {kind} x.org; see 'go help vcs'$"):
            Policy(govcs, private).check(vcs, "x.org")

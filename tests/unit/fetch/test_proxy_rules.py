"""GOPROXY lists, error texts, credentials, environment proxies."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.fetch.envproxy import EnvProxies
from gokiln.modules.fetch.errors import FetchError, NotExistError
from gokiln.modules.fetch.goturl import parse
from gokiln.modules.fetch.http import resolve_redirect
from gokiln.modules.fetch.netrc import basic_auth, parse_netrc
from gokiln.modules.fetch.proxylist import ProxyList
from gokiln.modules.fetch.response import format_detail
from gokiln.modules.version import ModVersion


def outcome(goproxy: str, errors: dict[str, GokilnError], gonoproxy: str = "") -> str:
    def attempt(proxy: str) -> str:
        if proxy in errors:
            raise errors[proxy]
        return proxy

    try:
        return ProxyList.parse(goproxy, gonoproxy).attempt(attempt)
    except GokilnError as err:
        return f"error: {err}"


GONE = NotExistError("gone")
DOWN = FetchError("down")


@pytest.mark.parametrize(
    ("goproxy", "errors", "want"),
    [
        ("https://a,https://b", {}, "https://a"),
        ("https://a,https://b", {"https://a": GONE}, "https://b"),
        ("https://a,https://b", {"https://a": DOWN}, "error: down"),
        ("https://a|https://b", {"https://a": DOWN}, "https://b"),
        ("https://a,https://b", {"https://a": DOWN, "https://b": GONE}, "error: down"),
        ("https://a|https://b", {"https://a": DOWN, "https://b": GONE}, "error: down"),
        ("https://a|https://b", {"https://a": GONE, "https://b": DOWN}, "error: down"),
        (" a.example.com , off", {"https://a.example.com": GONE}, "off"),
        ("off,https://b", {}, "off"),
        (",", {}, "error: GOPROXY list is not the empty string, but contains no entries"),
        ("nonsense", {}, "error: invalid proxy URL missing scheme: nonsense"),
        ("ftp://x.org", {}, "error: invalid proxy URL scheme (must be https, http, file): ftp://x.org"),
        ("file://host/p", {}, "error: invalid file:// proxy URL with non-path elements: file://host/p"),
    ],
)
def test_list(goproxy, errors, want):
    assert outcome(goproxy, errors) == want


def test_noproxy_comes_first_when_gonoproxy_is_set():
    assert ProxyList.parse("https://a", "corp.example.com").specs == [("noproxy", False), ("https://a", False)]
    assert ProxyList.parse("direct", "corp.example.com").specs == [("direct", False)]


def test_direct_after_404_tells_what_the_origin_says(make_fetcher, proxy):
    fetcher = make_fetcher(goproxy=f"{proxy.url},direct")
    with pytest.raises(GokilnError) as err:
        fetcher.go_mod_data(ModVersion("example.net/x", "v1.0.0"))  # known to be without modules: nothing is asked
    assert str(err.value) == "no modules on example.net"


def test_versions_and_latest(make_fetcher, proxy, tmp_path):
    for v in ("v1.10.0", "v1.9.0", "v0.0.0-20200102030405-abcdefabcdef"):
        proxy.publish(tmp_path, "example.com/x", v, {})
    repo = make_fetcher().lookup(proxy.url, "example.com/x")
    assert repo.versions("").list == ["v1.9.0", "v1.10.0"]
    assert repo.versions("v1.1").list == ["v1.10.0"]
    assert repo.latest().version == "v0.0.0-20200102030405-abcdefabcdef"
    with pytest.raises(GokilnError) as err:
        make_fetcher().lookup(proxy.url, "example.com/y").versions("")
    assert str(err.value) == (
        f"module example.com/y: reading {proxy.url}/example.com/y/@v/list: 404 Not Found\n"
        "\tserver response: not found: no such file"
    )


def test_info_for_another_version_is_refused(make_fetcher, proxy, tmp_path):
    proxy.files["/example.com/x/@v/v1.0.0.info"] = b'{"Version":"v1.0.1"}'
    with pytest.raises(GokilnError, match=r"proxy returned info for version v1\.0\.1 instead of requested version"):
        make_fetcher().info_file("example.com/x", "v1.0.0")
    proxy.files["/example.com/x/@v/master.info"] = b'{"Version":"v1.0.1","Time":"2020-01-02T03:04:05.500+00:00"}'
    info = make_fetcher().stat("example.com/x", "master")
    assert (info.version, info.time) == ("v1.0.1", "2020-01-02T03:04:05.5Z")
    proxy.files["/example.com/x/@v/dev.info"] = b"{"
    with pytest.raises(GokilnError, match=r"example\.com/x@dev: invalid version: invalid response from proxy"):
        make_fetcher().stat("example.com/x", "dev")


def test_overloaded_server_is_asked_again(make_fetcher, proxy, tmp_path):
    proxy.publish(tmp_path, "example.com/x", "v1.0.0", {})
    path = "/example.com/x/@v/v1.0.0.mod"
    proxy.statuses[path] = [(503, {}, b""), (429, {}, b"")]
    assert make_fetcher().go_mod_data(ModVersion("example.com/x", "v1.0.0"))
    assert [p for p, _ in proxy.seen].count(path) == 3
    proxy.statuses["/example.com/x/@v/v1.0.1.mod"] = [(500, {}, b"")] * 5
    with pytest.raises(GokilnError, match="500 Internal Server Error"):
        make_fetcher().go_mod_data(ModVersion("example.com/x", "v1.0.1"))


def test_a_server_may_compress_what_it_sends(make_fetcher, proxy, tmp_path):
    import gzip

    at = "/example.com/x/@v/v1.0.0.mod"
    fetcher = make_fetcher(gosumdb="off")
    proxy.statuses[at] = [(200, {"Content-Encoding": "GZIP"}, gzip.compress(b"module example.com/x\n"))]
    assert fetcher.go_mod_data(ModVersion("example.com/x", "v1.0.0")) == b"module example.com/x\n"
    at = "/example.com/x/@v/v1.0.1.mod"
    proxy.statuses[at] = [(200, {"Content-Encoding": "gzip"}, b"not compressed")]
    with pytest.raises(GokilnError, match=r"example\.com/x@v1\.0\.1: "):
        fetcher.go_mod_data(ModVersion("example.com/x", "v1.0.1"))


def test_redirects_are_followed_but_not_for_ever(make_fetcher, proxy, tmp_path):
    proxy.files["/real"] = b"module example.com/x\n"
    at = "/example.com/x/@v/v1.0.0.mod"
    proxy.statuses[at] = [(302, {"Location": "/real"}, b"")]
    fetcher = make_fetcher(gosumdb="off")
    assert fetcher.go_mod_data(ModVersion("example.com/x", "v1.0.0")) == b"module example.com/x\n"
    proxy.statuses["/example.com/x/@v/v2.0.0.mod"] = [(302, {"Location": "v2.0.0.mod"}, b"")] * 50
    with pytest.raises(GokilnError, match="stopped after 10 redirects"):
        fetcher.http.get(parse(proxy.url + "/example.com/x/@v/v2.0.0.mod"))


def test_password_never_shows():
    url = parse("https://user:se%40cret@example.com/a?q=1")
    assert url.redacted() == "https://user:xxxxx@example.com/a?q=1"
    assert url.user == ("user", "se@cret")
    assert "se" not in url.redacted().replace("user", "")


def test_refuses_credentials_over_http(make_fetcher):
    with pytest.raises(GokilnError) as err:
        make_fetcher().http.get(parse("http://u:p@127.0.0.1:1/x"))
    assert str(err.value) == "refusing to pass credentials to insecure URL: http://u:xxxxx@127.0.0.1:1/x"


def test_netrc():
    data = "machine a login u password p\nmacdef m\nmachine evil login x password y\n\n"
    data += "default\nmachine b login u password p\n"
    assert parse_netrc(data) == [("a", "u", "p")]
    assert parse_netrc("machine incomplete\nmachine test.host login user password pwd\n") == [
        ("test.host", "user", "pwd")
    ]
    assert basic_auth("user", "pwd") == "Basic dXNlcjpwd2Q="


@pytest.mark.parametrize(
    ("no_proxy", "url", "proxied"),
    [
        ("", "https://example.com", True),
        ("example.com", "https://example.com", False),
        ("example.com", "https://sub.example.com", False),
        (".example.com", "https://example.com", True),
        ("*.example.com", "https://example.com", True),
        ("*.example.com", "https://a.example.com", False),
        ("example.com:8080", "https://example.com", True),
        ("example.com:443", "https://example.com", False),
        ("10.0.0.0/8", "https://10.1.2.3", False),
        ("10.1.2.3", "https://10.1.2.3:99", False),
        ("*", "https://example.com", False),
        ("", "https://localhost", False),
        ("", "https://127.0.0.1:8080", False),
        ("", "https://[::1]:8080", False),
    ],
)
def test_no_proxy(no_proxy, url, proxied):
    proxies = EnvProxies({"https_proxy": "proxy.example.org:3128", "NO_PROXY": no_proxy})
    found = proxies.proxy_for(parse(url))
    assert (found is not None) == proxied
    if found is not None:
        assert found.text() == "http://proxy.example.org:3128"


def test_server_text_is_made_safe():
    assert format_detail(b"not found: x\n") == "not found: x"
    assert format_detail(b"a\nb\n\nc\n") == "a\n\tb"
    assert format_detail(b"\x1b[31mred") == ""
    assert format_detail(b"\xff") == ""
    assert format_detail(b"l\n" * 20).endswith("\n\t[Truncated: too many lines.]")


def test_redirect_targets():
    base = parse("https://a.example.com/x/y")
    assert resolve_redirect(base, "../z").text() == "https://a.example.com/z"
    assert resolve_redirect(base, "//b.example.com/q").host == "b.example.com"

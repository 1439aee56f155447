"""What a proxy that fails, lies or is not there makes of a request: one error that names module, version and URL."""

from __future__ import annotations

import os
import socket

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.fileurl import file_path, get_file
from gokiln.modules.fetch.goturl import parse
from gokiln.modules.fetch.netproblem import net_problem
from gokiln.modules.version import ModVersion

X = ModVersion("example.com/x", "v1.0.0")
LIST = "/example.com/x/@v/list"
LATEST = "/example.com/x/@latest"


def problem(do) -> str:
    with pytest.raises(GokilnError) as caught:
        do()
    return str(caught.value)


def test_a_port_that_nobody_listens_on(make_fetcher, proxy):
    proxy.server.server_close()
    url = f"{proxy.url}/example.com/x/@v/v1.0.0.mod"
    host = proxy.url.removeprefix("http://")
    text = problem(lambda: make_fetcher(gosumdb="off").go_mod_data(X))
    assert text == f'example.com/x@v1.0.0: Get "{url}": dial tcp {host}: connect: connection refused'


def test_the_address_that_was_tried_is_named(monkeypatch):
    def found(address):
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 0)), (0, 0, 0, "", ("x", 0))]
        )
        return net_problem(parse("https://proxy.example.com/x"), ConnectionRefusedError())

    assert found("192.0.2.1") == "dial tcp 192.0.2.1:443: connect: connection refused"
    assert found("2001:db8::1") == "dial tcp [2001:db8::1]:443: connect: connection refused"


def test_a_server_that_speaks_no_tls(make_fetcher, proxy):
    """OpenSSL's error has the number of EPERM, which is not what is wrong."""
    text = problem(lambda: make_fetcher(goproxy=proxy.url.replace("http:", "https:")).go_mod_data(X))
    assert text.endswith(": http: server gave HTTP response to HTTPS client")


def test_a_proxy_without_a_host(make_fetcher):
    text = problem(lambda: make_fetcher(goproxy="http://").go_mod_data(X))
    assert text == 'example.com/x@v1.0.0: Get "http:///example.com/x/@v/v1.0.0.mod": http: no Host in request URL'


@pytest.mark.parametrize(("code", "status"), [(404, "404 Not Found"), (410, "410 Gone"), (403, "403 Forbidden")])
def test_a_refusal_names_the_status_and_what_the_server_says(make_fetcher, proxy, code, status):
    proxy.statuses["/example.com/x/@v/v1.0.0.mod"] = [(code, {"Content-Type": "text/plain"}, b"not for you\n")]
    url = f"{proxy.url}/example.com/x/@v/v1.0.0.mod"
    text = problem(lambda: make_fetcher(gosumdb="off").go_mod_data(X))
    assert text == f"example.com/x@v1.0.0: reading {url}: {status}\n\tserver response: not for you"


def test_only_gone_and_not_found_let_the_next_proxy_answer(make_fetcher, proxy, tmp_path):
    fetcher = make_fetcher(goproxy=f"{proxy.url},{proxy.url}/", gosumdb="off")
    for code, version in ((404, "v1.0.4"), (410, "v1.1.0"), (403, "v1.0.3")):
        proxy.publish(tmp_path, "example.com/x", version, {})
        proxy.statuses[f"/example.com/x/@v/{version}.mod"] = [(code, {}, b"")]
    for version in ("v1.0.4", "v1.1.0"):
        assert fetcher.go_mod_data(ModVersion("example.com/x", version)) == b"module example.com/x\n"
    assert "403 Forbidden" in problem(lambda: fetcher.go_mod_data(ModVersion("example.com/x", "v1.0.3")))


def test_a_list_without_versions_and_no_latest(make_fetcher, proxy):
    proxy.files[LIST] = b"not a version\n\n1.0.0\n"
    repo = make_fetcher().lookup(proxy.url, "example.com/x")
    assert repo.versions("").list == []
    assert problem(repo.latest) == "module example.com/x: no commits"


def test_latest_that_is_no_json(make_fetcher, proxy):
    proxy.files[LATEST] = b"<html>sign in</html>"
    text = problem(make_fetcher().lookup(proxy.url, "example.com/x").latest)
    assert text.startswith(f'module example.com/x: invalid response from proxy "{proxy.url}": ')


def test_a_list_longer_than_its_lines_is_read_up_to_blanks(make_fetcher, proxy):
    proxy.files[LIST] = b"v1.0.0 2020-01-02T03:04:05Z extra\r\nv1.1.0\r\n"
    assert make_fetcher().lookup(proxy.url, "example.com/x").versions("").list == ["v1.0.0", "v1.1.0"]


def test_a_zip_of_another_module(make_fetcher, proxy, tmp_path):
    proxy.publish(tmp_path, "example.com/y", "v1.0.0", {"y.go": "package y\n"})
    proxy.publish(tmp_path, "example.com/x", "v1.0.0", {"x.go": "package x\n"})
    proxy.files["/example.com/x/@v/v1.0.0.zip"] = proxy.files["/example.com/y/@v/v1.0.0.zip"]
    fetcher = make_fetcher(gosumdb="off")
    assert "example.com/x@v1.0.0" in problem(lambda: fetcher.download(X))
    assert not os.path.exists(tmp_path / "mod" / "example.com" / "x@v1.0.0")


def test_a_zip_that_is_none_leaves_nothing(make_fetcher, proxy, tmp_path):
    proxy.publish(tmp_path, "example.com/x", "v1.0.0", {"x.go": "package x\n"})
    proxy.files["/example.com/x/@v/v1.0.0.zip"] = b"<html>"
    fetcher = make_fetcher(gosumdb="off")
    assert "not a valid zip file" in problem(lambda: fetcher.download(X))
    left = tmp_path / "mod" / "cache" / "download" / "example.com" / "x" / "@v"
    assert not [name for name in os.listdir(left) if name.endswith((".zip", ".ziphash"))]


# file:// proxies


def test_a_file_proxy_says_what_the_system_says(make_fetcher, tmp_path):
    url = (tmp_path / "nowhere").as_uri()
    text = problem(lambda: make_fetcher(goproxy=url, gosumdb="off").go_mod_data(X))
    assert text == f"example.com/x@v1.0.0: reading {url}/example.com/x/@v/v1.0.0.mod: no such file or directory"


def test_a_file_where_a_directory_should_be_is_not_found(tmp_path):
    (tmp_path / "f").write_text("")
    url = f"{(tmp_path / 'f').as_uri()}/@v/list"
    answer = get_file(parse(url))
    assert answer.code == 404
    assert problem(answer.check) == f"reading {url}: not a directory"


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("file:", "file URL missing path"),
        ("file://host", "file URL missing path"),
        ("file://host/p", "file URL specifies non-local host"),
        ("file:rel/path", "path is not absolute"),
    ],
)
def test_file_urls_that_name_no_file(url, want):
    with pytest.raises(FetchError) as caught:
        file_path(parse(url))
    assert str(caught.value) == want


def test_a_file_url_may_name_this_host():
    assert file_path(parse("file://localhost/p/q%20r")) == "/p/q r"

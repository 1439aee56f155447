"""Whom the checksum database is asked about, how it is named, and by which way it is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.fetch.goturl import parse
from gokiln.modules.fetch.settings import Settings
from gokiln.modules.fetch.sumdb.dial import DbOps
from gokiln.modules.fetch.sumdb.use import use_sum_db
from gokiln.modules.version import ModVersion

MOD = ModVersion("example.com/greet", "v1.2.3")
TOOLCHAIN = ModVersion("golang.org/toolchain", "v0.0.1-go1.30.0.linux-amd64")


def settings(**values: str) -> Settings:
    s = Settings(environ={"GIT_HTTP_USER_AGENT": values.pop("agent", "")}, goroot=values.pop("goroot", ""))
    s.gosumdb, s.goproxy = "sum.golang.org", "https://proxy.golang.org,direct"
    for name, value in values.items():
        setattr(s, name, value)
    return s


@pytest.mark.parametrize(
    ("values", "module", "toolchain"),
    [
        ({}, True, True),
        ({"gosumdb": "off"}, False, True),
        ({"gonosumdb": "example.com"}, False, True),
        ({"gonosumdb": "example.com/other,*.org"}, True, True),
        ({"gonosumdb": "golang.org"}, True, True),
        ({"gosumdb": "off", "goproxy": "file:///dist"}, False, False),
        ({"goproxy": "file:///dist"}, True, True),
        ({"gosumdb": "off", "goproxy": "file:///dist,direct"}, False, True),
        ({"gosumdb": "off", "goproxy": "file:///dist|direct"}, False, True),
        ({"gosumdb": "off", "goproxy": "direct,file:///dist"}, False, True),
        ({"gosumdb": "off", "agent": "the mirror"}, False, True),  # no source says so
    ],
)
def test_who_is_asked_about(values: dict[str, str], module: bool, toolchain: bool) -> None:
    assert use_sum_db(settings(**values), MOD) is module
    assert use_sum_db(settings(**values), TOOLCHAIN) is toolchain


def test_the_public_mirror_cannot_ask_itself(tmp_path: Path) -> None:
    source = tmp_path / "src/cmd/go/internal/modfetch/sumdb.go"
    source.parent.mkdir(parents=True)
    source.write_text('\t\tstrings.Contains(os.Getenv("GIT_HTTP_USER_AGENT"), "the-mirror.example") {\n')
    for agent, asked in (
        ("the-mirror.example", False),
        ("git (the-mirror.example/1)", False),
        ("other", True),
        ("", True),
    ):
        values = {"gosumdb": "off", "goroot": str(tmp_path), "agent": agent}
        assert use_sum_db(settings(**values), TOOLCHAIN) is asked
        assert use_sum_db(settings(**{**values, "gosumdb": "sum.golang.org"}), MOD)


@pytest.fixture
def published(proxy, tmp_path):
    proxy.publish(tmp_path, *MOD, {"go.mod": "module example.com/greet\n", "greet.go": "package greet\n"})


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (" ", "missing GOSUMDB"),
        ("{key} {url} more", "invalid GOSUMDB: too many fields"),
        ("sum.example.org", "invalid GOSUMDB: malformed verifier id"),
        ("{key}x", "invalid GOSUMDB: malformed verifier id"),
        ("{key} ://x", "invalid GOSUMDB URL: "),
    ],
)
def test_what_is_no_database(make_fetcher, proxy, published, value: str, problem: str) -> None:
    fetcher = make_fetcher(gosumdb=value.format(key=proxy.db.key, url=proxy.url))
    with pytest.raises(GokilnError) as err:
        fetcher.go_mod_data(MOD)
    assert problem in str(err.value)


@pytest.mark.parametrize(
    "name", ["a@b.example", "a.example?q", "a.example#f", "a.example/", "/a", "a%2fb.example/c%2f"]
)
def test_a_database_is_named_by_host_and_path_alone(make_fetcher, proxy, published, name: str) -> None:
    from tests.unit.fetch.conftest import FakeDb

    with pytest.raises(GokilnError, match=r"invalid sumdb name \(must be host\[/path\]\): "):
        make_fetcher(gosumdb=FakeDb(name).key).go_mod_data(MOD)


def test_the_url_that_is_given_is_the_only_way(make_fetcher, proxy, published) -> None:
    fetcher = make_fetcher(gosumdb=f"{proxy.db.key} {proxy.url}/sumdb/{proxy.db.name}")
    assert fetcher.go_mod_data(MOD)
    paths = [path for path, _ in proxy.seen if "/sumdb/" in path]
    assert paths and not any(path.endswith("/supported") for path in paths)


def test_a_database_that_cannot_be_reached_vouches_for_nothing(make_fetcher, proxy, published) -> None:
    proxy.statuses[f"/sumdb/{proxy.db.name}/supported"] = [(500, {}, b"")] * 9
    with pytest.raises(GokilnError, match="500"):
        make_fetcher().go_mod_data(MOD)


def test_without_a_place_for_its_head_a_database_is_not_believed(make_fetcher, published) -> None:
    with pytest.raises(GokilnError, match=r"could not locate sumdb file: missing \$GOPATH"):
        make_fetcher(sumdb_dir="").go_mod_data(MOD)


def test_a_go_mod_file_in_the_cache_is_held_against_what_is_known(make_fetcher, proxy, published, tmp_path) -> None:
    fetcher = make_fetcher()
    right = fetcher.go_mod_data(MOD)
    file = Path(fetcher.cache_path(MOD, "mod"))
    file.write_bytes(b"module example.com/greet\n\nrequire evil.example v1.0.0\n")
    assert make_fetcher().go_mod_data(MOD) == right  # fetched again
    assert file.read_bytes() == right
    file.write_bytes(b"module example.com/greet\n\nrequire evil.example v1.0.0\n")
    with pytest.raises(GokilnError):
        make_fetcher(goproxy="off").go_mod_data(MOD)


@pytest.mark.parametrize(
    ("goproxy", "gonoproxy", "way"),
    [
        ("{proxy}", "", "{proxy}/sumdb/{name}"),
        ("{proxy}/none", "", "https://{name}"),  # does not offer the database
        ("{proxy}/none,{proxy}", "", "{proxy}/sumdb/{name}"),
        ("direct", "", "https://{name}"),
        ("{proxy}/none,direct", "", "https://{name}"),
        ("off", "", "https://{name}"),
        ("{proxy}/none,off", "", "https://{name}"),
        ("{proxy}", "*", "{proxy}/sumdb/{name}"),
        ("{proxy}/none", "*", "https://{name}"),
    ],
)
def test_the_way_to_the_database(make_fetcher, proxy, goproxy: str, gonoproxy: str, way: str) -> None:
    name = proxy.db.name
    fetcher = make_fetcher(goproxy=goproxy.format(proxy=proxy.url), gonoproxy=gonoproxy)
    ops = DbOps(fetcher.settings, fetcher.http, lambda: fetcher.proxies, name, parse(f"https://{name}"), None)
    assert ops._find_base().text() == way.format(proxy=proxy.url, name=name)


def test_all_answers_are_kept_and_need_no_server_again(make_fetcher, proxy, tmp_path) -> None:
    mods = [ModVersion(f"example.com/m{i}", "v1.0.0") for i in range(3)]
    for mod in mods:
        proxy.publish(tmp_path, *mod, {"go.mod": f"module {mod.path}\n"})
    fetcher = make_fetcher()
    for mod in mods:
        fetcher.go_mod_data(mod)
    folder = tmp_path / "mod/cache/download/sumdb" / proxy.db.name / "lookup/example.com"
    assert sorted(file.name for file in folder.iterdir()) == [f"m{i}@v1.0.0" for i in range(3)]
    proxy.change = lambda path, data: None if "/lookup/" in path or "/tile/" in path else data
    again = make_fetcher()
    for mod in mods:
        assert again.go_mod_data(mod)

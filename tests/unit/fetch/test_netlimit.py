"""GODEBUG=cmdgonetlimit: what it forbids, what it lets through, and that what was taken is given back."""

from __future__ import annotations

import threading

import pytest

from gokiln.errors import FatalError
from gokiln.modules.fetch.codehost.shell import Shell
from gokiln.modules.fetch.codehost.vcsrepo import ProgramRepo
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.goturl import parse
from gokiln.modules.fetch.http import HttpClient
from gokiln.modules.fetch.netlimit import NetLimit
from gokiln.modules.fetch.settings import Settings

DISABLED = "network disabled by cmdgonetlimit=0"


def test_zero_forbids() -> None:
    with pytest.raises(FetchError, match=f"^{DISABLED}$"):
        NetLimit("x=1,cmdgonetlimit=0").acquire()


@pytest.mark.parametrize(
    "text", ["", "gctrace=0", "cmdgonetlimit=", "cmdgonetlimit=-1", "cmdgonetlimit=0,cmdgonetlimit=-2"]
)
def test_no_limit(text: str) -> None:
    limit = NetLimit(text)
    for _ in range(50):
        limit.acquire()  # none of them is given back


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("x", "invalid syntax"),
        ("1_0", "invalid syntax"),
        (" 1", "invalid syntax"),
        ("+", "invalid syntax"),
        ("9223372036854775808", "value out of range"),
    ],
)
def test_no_number(value: str, problem: str) -> None:
    with pytest.raises(FatalError) as caught:
        NetLimit("cmdgonetlimit=" + value).acquire()
    assert str(caught.value) == f'invalid cmdgonetlimit: strconv.Atoi: parsing "{value}": {problem}'


def test_one_at_a_time_and_released_once() -> None:
    limit = NetLimit("cmdgonetlimit=1")
    first = limit.acquire()
    entered = threading.Event()

    def second() -> None:
        with limit.acquire():
            entered.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert not entered.wait(0.05)
    first.release()
    first.release()
    assert entered.wait(5)
    thread.join()
    with limit.acquire():
        pass


def test_request_is_refused_before_it_is_made() -> None:
    client = HttpClient(Settings(environ={"GODEBUG": "cmdgonetlimit=0"}))
    with pytest.raises(FetchError, match=f"^{DISABLED}$"):
        client.get(parse("https://127.0.0.1:9/mod"))


def test_file_urls_need_no_network(tmp_path: object) -> None:
    client = HttpClient(Settings(environ={"GODEBUG": "cmdgonetlimit=0"}))
    assert client.get(parse(f"file://{tmp_path}/none")).code == 404


def test_failed_requests_give_their_token_back() -> None:
    settings = Settings(environ={"GODEBUG": "cmdgonetlimit=1"})
    client = HttpClient(settings, sleep=lambda seconds: None)
    for _ in range(3):
        with pytest.raises(FetchError, match=r"127\.0\.0\.1:9"):
            client.get(parse("http://127.0.0.1:9/mod"))
    settings.net_limit.acquire()


def test_programs_that_ask_a_server(tmp_path: object) -> None:
    shell = Shell(str(tmp_path), {}, net_limit=NetLimit("cmdgonetlimit=0"))
    with pytest.raises(FetchError, match=f"^{DISABLED}$"):
        ProgramRepo(shell, "hg", "https://example.com/repo")

"""GOAUTH: netrc, git and the user's own programs. Programs are small shell scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gokiln.errors import FatalError
from gokiln.modules.fetch.auth import Credentials
from gokiln.modules.fetch.authprograms import parse_git_answer, parse_program_answer
from gokiln.modules.fetch.netrc import AuthError, basic_auth


def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}


def test_netrc_by_host_and_the_first_command_wins(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine a.org login u password p\nmachine a.org login late password late\n")
    program = tmp_path / "helper"
    program.write_text("#!/bin/sh\nprintf 'https://a.org/private\\nhttps://b.org\\n\\nX-Key: 1\\nX-Key: 2\\n\\n'\n")
    program.chmod(0o755)
    found = Credentials(f"{program};netrc", environ(tmp_path))
    assert found.has_programs and not Credentials("netrc", {}).has_programs
    assert found.headers("https://a.org/x") == {"Authorization": basic_auth("u", "p")}
    assert found.headers("https://a.org/private/x/") == {"X-Key": "1, 2"}
    assert found.headers("https://c.org") == Credentials("off", environ(tmp_path)).headers("https://a.org") == {}


def test_program_is_told_of_a_refusal(tmp_path: Path) -> None:
    program = tmp_path / "helper"
    program.write_text('#!/bin/sh\n[ -z "$1" ] && exit 0\nread first\nprintf "%s\\n\\nTold: %s\\n\\n" "$1" "$first"\n')
    program.chmod(0o755)
    found = Credentials(str(program), environ(tmp_path))
    assert found.headers("https://a.org/x") == {}
    found.ask("https://a.org/x", b"HTTP/1.1 401 Unauthorized\n\n")
    assert found.headers("https://a.org/x/y") == {"Told": "HTTP/1.1 401 Unauthorized"}


def test_failures_are_told_when_nothing_helped(tmp_path: Path) -> None:
    lines: list[str] = []
    Credentials("false", environ(tmp_path), lines.append).ask("https://a.org", b"")
    assert lines == [
        "GOAUTH encountered errors for https://a.org:",
        "  GOAUTH=false: could not run command false: exit status 1\n",
    ]


@pytest.mark.parametrize(
    ("goauth", "problem"),
    [
        ("netrc;", r"GOAUTH encountered an empty command \(GOAUTH=netrc;\)"),
        ("off;netrc", r"GOAUTH=off cannot be combined with other authentication commands"),
        ("git", r"GOAUTH=git dir method requires an absolute path to the git working directory$"),
        ("git x", r"dir is not absolute$"),
        ("git /absent-dir", r"cannot stat /absent-dir: stat /absent-dir: no such file or directory$"),
    ],
)
def test_bad_goauth(tmp_path: Path, goauth: str, problem: str) -> None:
    with pytest.raises(FatalError, match=problem):
        Credentials(goauth, environ(tmp_path)).headers("https://a.org")


# From cmd/go/internal/auth/gitauth_test.go.
@pytest.mark.parametrize(
    ("extra", "prefix"),
    [("", "https://example.com"), ("url=invalid\n", "https://example.com"), ("url=https://go.dev\n", "https://go.dev")],
)
def test_git_answer(extra: str, prefix: str) -> None:
    text = f"protocol=https\nhost=example.com\nusername=bob\npassword=secr3t\n{extra}"
    assert parse_git_answer(text.encode()) == (prefix, "bob", "secr3t")
    assert parse_git_answer(b"\n") == parse_git_answer(b"protocol:https\nhost:example.com\n") == ("", "", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("https://a.org\n", "invalid format: missing empty line after URLs"),
        ("https://a.org\n\nA: b\n", "invalid format: missing empty line after headers"),
        ("https://a.org\n\nA b\n\n", "invalid format: invalid header line"),
        ("https://a.org\n\nA b: c\n\n", "invalid format: invalid header line"),
        ("a.org\n\nA: b\n\n", "could not parse URL a.org"),
    ],
)
def test_bad_program_answers(text: str, problem: str) -> None:
    with pytest.raises(AuthError, match=f"^{problem}"):
        parse_program_answer(text)


def test_program_answer() -> None:
    assert parse_program_answer("") == {}
    assert parse_program_answer("https://a.org/x\n\nA: b\n\n") == {"a.org/x": {"A": "b"}}


def test_a_missing_home_is_told_when_credentials_are_refused() -> None:
    lines: list[str] = []
    found = Credentials("netrc", {}, lines.append)
    assert found.headers("https://a.org/x") == {} and found.failed and lines == []
    found.ask("https://a.org/x", b"")
    home = "%userprofile%" if os.name == "nt" else "$HOME"
    assert lines == ["GOAUTH encountered errors for https://a.org/x:", f"  GOAUTH=netrc: {home} is not defined"]

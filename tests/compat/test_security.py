"""Every vector of cmd/go's own security_test.go, read in place, gets the same verdict from us."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gokiln.tools.security import AllowLists, FlagChecker, InvalidFlagError, safe_arg
from tests.compat import gocmd

pytestmark = pytest.mark.go
VECTOR = re.compile(r"^\t\{(.*)\},", re.M)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`')


def work_dir() -> Path:
    root = gocmd.goroot()
    assert root is not None
    return root / "src" / "cmd" / "go" / "internal" / "work"


def vectors(name: str) -> list[list[str]]:
    text = (work_dir() / "security_test.go").read_text()
    found = re.search(rf"^var {name} = \[\]\[\]string\{{\n(.*?)^\}}", text, re.M | re.S)
    assert found, name
    lists = [[a or b for a, b in STRING.findall(line)] for line in VECTOR.findall(found.group(1))]
    assert len(lists) > 5
    return lists


def checker(**env: str) -> FlagChecker:
    return FlagChecker(AllowLists.parse((work_dir() / "security.go").read_text()), lambda k: env.get(k, ""))


def test_good_flags_pass() -> None:
    for flags in vectors("goodCompilerFlags"):
        checker().compiler("TEST", "test", flags)
    for flags in vectors("goodLinkerFlags"):
        checker().linker("TEST", "test", flags)


def test_bad_flags_are_refused() -> None:
    check = checker()
    for flags in vectors("badCompilerFlags"):
        with pytest.raises(InvalidFlagError):
            check.compiler("TEST", "test", flags)
    for flags in vectors("badLinkerFlags"):
        with pytest.raises(InvalidFlagError):
            check.linker("TEST", "test", flags)


def test_the_users_patterns_override() -> None:
    checker(CGO_TEST_ALLOW="-disallow").compiler("TEST", "test", ["-disallow"])
    with pytest.raises(InvalidFlagError, match="invalid flag in test: -Wall"):
        checker(CGO_TEST_DISALLOW="-Wall").compiler("TEST", "test", ["-Wall"])
    with pytest.raises(InvalidFlagError, match="parsing"):
        checker(CGO_TEST_ALLOW="(").compiler("TEST", "test", ["-x"])


def test_pkg_config_cannot_write_a_log_file() -> None:
    if gocmd.minor() < 26 and "checkPkgConfigFlags" not in (work_dir() / "security.go").read_text():
        pytest.skip("a list that came with go1.25.6")
    with pytest.raises(InvalidFlagError):
        checker().pkg_config("PKG", "pkg-config", ["--log-file=/etc/passwd"])


def test_safe_arg() -> None:
    assert safe_arg("a") and safe_arg("/x") and safe_arg("é")
    assert not safe_arg("") and not safe_arg("-x") and not safe_arg("@x")

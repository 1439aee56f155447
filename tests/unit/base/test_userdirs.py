"""Where a user's directories are, on every operating system."""

from __future__ import annotations

import pytest

from gokiln.base.userdirs import user_cache_dir, user_config_dir


@pytest.mark.parametrize(
    ("environ", "goos", "want"),
    [
        ({"HOME": "/h"}, "linux", "/h/.cache"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "linux", "/x"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "darwin", "/h/Library/Caches"),
        ({"home": "/h"}, "plan9", "/h/lib/cache"),
        ({"LocalAppData": "C:\\x"}, "windows", "C:\\x"),
        ({"LOCALAPPDATA": "C:\\x"}, "windows", "C:\\x"),
    ],
)
def test_user_cache_dir(environ: dict[str, str], goos: str, want: str) -> None:
    assert user_cache_dir(environ, goos) == want


@pytest.mark.parametrize(
    ("environ", "goos", "problem"),
    [
        ({}, "linux", "neither $XDG_CACHE_HOME nor $HOME are defined"),
        ({"XDG_CACHE_HOME": "x"}, "linux", "path in $XDG_CACHE_HOME is relative"),
        ({}, "darwin", "$HOME is not defined"),
        ({}, "plan9", "$home is not defined"),
        ({}, "windows", "%LocalAppData% is not defined"),
    ],
)
def test_no_user_cache_dir(environ: dict[str, str], goos: str, problem: str) -> None:
    with pytest.raises(ValueError) as caught:
        user_cache_dir(environ, goos)
    assert str(caught.value) == problem


def test_user_config_dir() -> None:
    assert user_config_dir({"HOME": "/h"}, "linux") == "/h/.config"
    assert user_config_dir({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "linux") == "/x"
    assert user_config_dir({"HOME": "/h"}, "darwin") == "/h/Library/Application Support"
    assert user_config_dir({"APPDATA": "C:\\x"}, "windows") == "C:\\x"
    with pytest.raises(ValueError, match="%AppData% is not defined"):
        user_config_dir({}, "windows")
